"""The page of an hour that was pencilled in: look at it, take it with one button, or let it go."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import clock, limits, wording
from spa.booking import pencil_actions, picker, queries, shown
from spa.booking.forms import PlainForm
from spa.booking.kept import NOT_CONFIRMED, booking_of
from spa.booking.queries import Booking
from spa.domain.spans import parse_moment
from spa.domain.states import BookingStatus
from spa.errors import Refusal, SlotTaken
from spa.extensions import csrf

bp = Blueprint("pencil", __name__, url_prefix="/booking/pencilled")


@bp.get("/<token>")
def page(token: str) -> ResponseReturnValue:
    """The hour, until when it is kept, and the buttons; looking takes nothing."""
    booking = _pencilled(token)
    if booking.status not in NOT_CONFIRMED:
        return redirect(url_for("visit.visit", token=token), 303)
    return _page(booking)


@bp.post("/<token>")
@csrf.exempt
def answer(token: str) -> ResponseReturnValue:
    """Take it, another near it, or let it go; csrf is the form's own."""
    booking = _pencilled(token)
    if booking.status not in NOT_CONFIRMED:
        return redirect(url_for("visit.visit", token=token), 303)
    if not PlainForm().validate_on_submit():
        again = _(
            "This page had been open for a while. Nothing was changed: press the button again."
        )
        return _page(booking, refusal=again, status=400)
    if request.form.get("do") == "release":
        pencil_actions.let_go(booking.reference)
        return redirect(url_for("pencil.page", token=token), 303)
    if not limits.is_within("LIMIT_HOLDS"):
        return _page(booking, refusal=wording.http_error(429)[1], status=429)
    start = parse_moment(request.form.get("at"))
    try:
        pencil_actions.take_pencilled(booking.reference, start=start)
    except Refusal as error:
        near = (start or booking.starts_at) if isinstance(error, SlotTaken) else None
        refusal = wording.refusal(error)
        return _page(_pencilled(token), refusal=refusal, near=near, status=error.status)
    return redirect(url_for("visit.visit", token=token), 303)


def _pencilled(token: str) -> Booking:
    booking = booking_of(token)
    if booking.pencilled_after_id is None:
        abort(404)
    return booking


def _page(
    booking: Booking,
    *,
    refusal: str | None = None,
    near: datetime | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now, offer = clock.now(), queries.offer_of_booking(booking)
    until = booking.held_until or now
    is_kept = booking.status == BookingStatus.HELD and until > now
    page = render_template(
        "booking/pencilled.html",
        visit=shown.visit_shown(booking, offer, now),
        terms=shown.terms(booking, offer, now),
        is_kept=is_kept,
        until=wording.moment_long(until, offer.zone),
        form=PlainForm(),
        refusal=refusal,
        nearest=picker.nearest(offer, near, now=now, preferred=booking.practitioner_id)
        if near
        else [],
        other_url=url_for("booking.choose", treatment=offer.slug)
        if queries.offer(offer.slug)
        else url_for("treatments.index"),
    )
    return page, status
