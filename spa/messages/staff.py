"""Messages at the desk: what is in trouble, and again, now, stop or told in another way."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock
from spa.access import requires
from spa.domain.roles import Permission
from spa.messages import actions, desk_queries
from spa.messages.desk_shown import messages_shown

bp = Blueprint("messages", __name__, url_prefix="/staff/messages")

LARGEST = 2**31 - 1


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def index() -> ResponseReturnValue:
    """What could not be delivered, and what should have gone by now."""
    place, only, now = access.place(), access.actor().only, clock.now()
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= LARGEST:
        abort(404)
    failed = desk_queries.failed(place.id, only, before)
    late = [] if before else desk_queries.late(place.id, only, now)
    shown, has_more = failed[: desk_queries.PAGE], len(failed) > desk_queries.PAGE
    return render_template(
        "messages/desk/index.html",
        failed=messages_shown(shown, place.zone, place.country),
        late=messages_shown(late, place.zone, place.country),
        is_first_page=before is None,
        more_url=url_for("messages.index", before=shown[-1].id) if has_more else "",
    )


@bp.post("/<int:message_id>")
@requires(Permission.MANAGE_BOOKINGS)
def mend(message_id: int) -> ResponseReturnValue:
    """Send it again or now, stop it, or note that it was told in another way."""
    if message_id > LARGEST:
        abort(404)
    ways = {
        "again": (actions.send_again, _("It goes out again at once.")),
        "now": (actions.send_now, _("It goes out at once.")),
        "stop": (actions.stop, _("Stopped. It will not be sent.")),
        "told": (actions.deal_with, _("Noted: told in another way.")),
    }
    action, done = ways.get(request.form.get("do", ""), (None, ""))
    if action is None:
        abort(400)
    is_done = action(message_id, access.place().id, actor=access.actor())
    flash(done if is_done else _("Nothing was done: it is on its way already, or no longer true."))
    return redirect(access.way_back(url_for("morning.today")), 303)
