"""Follow-ups at the desk: everyone sees whose and since when, who treats reads and closes them."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, wording
from spa.access import requires
from spa.diary import actions, queries, shown
from spa.diary.forms import CloseForm
from spa.diary.queries import Line
from spa.domain.roles import Permission
from spa.errors import ChangedMeanwhile
from spa.wording import healing as words

bp = Blueprint("desk_diary", __name__, url_prefix="/staff/diary")

LARGEST = 2**31 - 1


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def index() -> ResponseReturnValue:
    """What is open, and what was closed last."""
    place, only = access.place(), access.actor().only
    return render_template(
        "diary/desk/index.html",
        open_ones=[
            shown.line(one, place.zone, place.country) for one in queries.open_ones(place.id, only)
        ],
        closed_ones=[
            shown.line(one, place.zone, place.country)
            for one in queries.closed_ones(place.id, only)
        ],
    )


@bp.get("/<int:follow_up_id>")
@requires(Permission.SEE_SCHEDULE)
def show(follow_up_id: int) -> ResponseReturnValue:
    """One follow-up; what the client said is for who treats, and each reading is recorded."""
    return _page(_line(follow_up_id))


@bp.post("/<int:follow_up_id>/close")
@requires(Permission.SEE_HEALTH)
def close(follow_up_id: int) -> ResponseReturnValue:
    """Note what was done, and take it off the list."""
    one, form = _line(follow_up_id), CloseForm()
    if not form.validate_on_submit():
        return _page(one, form, status=422)
    place, actor = access.place(), access.actor()
    try:
        is_closed = actions.close_follow_up(
            one.id,
            form.note.data or "",
            seen=form.seen.data or "",
            actor=actor,
            location_id=place.id,
        )
    except ChangedMeanwhile as error:
        refusal = _("The client said more since you opened this page. Read it, then close it.")
        return _page(one, form, refusal=refusal, status=error.status)
    flash(_("Closed.") if is_closed else _("Somebody had closed it already; that note stands."))
    return redirect(url_for("desk_diary.index"), 303)


def _line(follow_up_id: int) -> Line:
    """The follow-up, if whoever asks may see it; else it does not exist."""
    if follow_up_id > LARGEST:
        abort(404)
    found = queries.one(follow_up_id, access.place().id, access.actor().only)
    if found is None:
        abort(404)
    return found


def _page(
    one: Line, form: CloseForm | None = None, *, refusal: str | None = None, status: int = 200
) -> ResponseReturnValue:
    place, actor = access.place(), access.actor()
    confided = None
    if actor.may(Permission.SEE_HEALTH):
        confided = actions.read_follow_up(one.id, actor=actor, location_id=place.id)
    form = form or CloseForm(formdata=None)
    if confided:
        form.seen.data = confided.seen
    page = render_template(
        "diary/desk/show.html",
        one=shown.line(one, place.zone, place.country),
        signs=[words.sign(sign) for sign in confided.signs] if confided else [],
        note=confided.note if confided else "",
        may_read=confided is not None,
        opened=wording.moment_long(one.opened_at, place.zone),
        form=form,
        refusal=refusal,
    )
    return page, status
