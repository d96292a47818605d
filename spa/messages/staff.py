"""Messages at the desk: what could not be delivered is sent again or told in another way."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access
from spa.access import requires
from spa.domain.roles import Permission
from spa.messages import actions

bp = Blueprint("messages", __name__, url_prefix="/staff/messages")

LARGEST = 2**31 - 1


@bp.post("/<int:message_id>")
@requires(Permission.MANAGE_BOOKINGS)
def mend(message_id: int) -> ResponseReturnValue:
    """Try it again, or note that it was told in another way."""
    if message_id > LARGEST:
        abort(404)
    place, actor = access.place(), access.actor()
    if "told" in request.form:
        if actions.deal_with(message_id, place.id, actor=actor):
            flash(_("Noted: told in another way."))
    elif actions.send_again(message_id, place.id, actor=actor):
        flash(_("It goes out again at once."))
    else:
        flash(_("It was not sent: it is on its way already, or no longer true."))
    return redirect(access.way_back(url_for("morning.today")), 303)
