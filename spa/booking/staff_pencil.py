"""Hours pencilled in at the desk: kept when a client leaves, taken for them, or let go."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, wording
from spa.access import requires
from spa.booking import pencil_actions
from spa.booking.staff import booking_of
from spa.domain.roles import Permission
from spa.domain.states import BookingStatus
from spa.errors import Refusal

bp = Blueprint("desk_pencil", __name__, url_prefix="/staff/booking/<reference>/pencil")


@bp.post("")
@requires(Permission.MARK_VISITS)
def pencil_in(reference: str) -> ResponseReturnValue:
    """Keep the next hour like this one for two days."""
    booking_of(reference)
    try:
        kept = pencil_actions.pencil_in(reference, actor=access.actor())
    except Refusal as error:
        flash(wording.refusal(error))
        return _back(reference)
    when = wording.moment_short(kept.starts_at, access.place().zone)
    flash(_("Pencilled in for %(when)s. The client is asked to take it.", when=when))
    return _back(reference)


@bp.post("/take")
@requires(Permission.MARK_VISITS)
def take(reference: str) -> ResponseReturnValue:
    """The client says yes at the desk; `reference` is the pencilled hour's own."""
    booking_of(reference)
    try:
        booking = pencil_actions.take_pencilled(reference, actor=access.actor())
    except Refusal as error:
        flash(wording.refusal(error))
        return _back(reference)
    flash(_("Booked.") if booking.status == BookingStatus.BOOKED else _no_longer())
    return redirect(url_for("desk.show", reference=reference), 303)


@bp.post("/release")
@requires(Permission.MARK_VISITS)
def release(reference: str) -> ResponseReturnValue:
    """Let it go, so that others can have it."""
    booking_of(reference)
    booking = pencil_actions.let_go(reference, actor=access.actor())
    is_let_go = booking.status == BookingStatus.LAPSED
    flash(_("Let go. The hour is free again.") if is_let_go else _no_longer())
    return _back(reference)


def _no_longer() -> str:
    return _("This hour is not pencilled in any more. Nothing was changed.")


def _back(reference: str) -> ResponseReturnValue:
    return redirect(access.way_back(url_for("desk.show", reference=reference)), 303)
