"""The page to keep, behind the link in the mail: calendar, move, cancel, another address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import clock, limits, links, wording
from spa.booking import actions, ical, picker, queries, shown
from spa.booking.forms import EmailForm, MoveForm, PlainForm
from spa.booking.kept import kept
from spa.booking.picker import addresses, query_of
from spa.booking.queries import Booking, Offer
from spa.domain.spans import parse_moment
from spa.errors import Refusal, SlotTaken
from spa.extensions import csrf

bp = Blueprint("visit", __name__, url_prefix="/booking/visit/<token>")


@dataclass(frozen=True)
class Chosen:
    """The hour a client is about to move to."""

    label: str
    who: str
    late_note: str | None


@bp.get("", endpoint="visit")
def visit(token: str) -> ResponseReturnValue:
    """What, who, where, when, how to prepare, and what may still be changed."""
    booking, offer = kept(token)
    now = clock.now()
    visit = shown.visit_shown(booking, offer, now)
    return render_template(
        "booking/visit.html",
        visit=visit,
        just_booked=_is_just_booked(booking, now),
        news=_news(booking, now),
        terms=shown.terms(booking, offer, now),
        links=_links(token) | shown.calendar_links(booking, visit),
        prepare=shown.preparation(booking, offer, now),
        after=shown.aftercare(booking),
        next_url=_next_url(booking, now),
    )


def _next_url(booking: Booking, now: datetime) -> str:
    """The page of the hour that is pencilled in after this visit, if one is kept."""
    kept_hour = queries.live_after(booking.id, now)
    if kept_hour is None:
        return ""
    token = links.visit_token(kept_hour.reference, kept_hour.link_version)
    return url_for("pencil.page", token=token)


def _note_news(booking: Booking, what: str) -> None:
    """Remember what was just done, so that the page it leads to can say so."""
    session["news"] = [booking.reference, what, clock.now().isoformat()]


def _news(booking: Booking, now: datetime) -> str | None:
    """What was just done to this visit in this browser, said for a quarter of an hour."""
    reference, what, at = session.get("news") or ("", "", "")
    moment = parse_moment(at)
    if reference != booking.reference or not moment or now - moment > timedelta(minutes=15):
        return None
    if what == "moved":
        return _("Your visit has moved. A mail with the new calendar file is on its way.")
    if what == "cancelled":
        return _("A mail is on its way that takes the visit out of your calendar.")
    return _("Everything about this visit goes to the new address now; the old link is closed.")


def _is_just_booked(booking: Booking, now: datetime) -> bool:
    """Whether to say that the hour is theirs: to who booked it, for a quarter of an hour."""
    is_theirs = session.get("booked") == booking.reference and not booking.sequence
    return is_theirs and now - (booking.booked_at or now) < timedelta(minutes=15)


@bp.get("/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The visit as a calendar file."""
    booking, _offer = kept(token)
    link = links.absolute("visit.visit", token=token)
    body = ical.calendar_file(booking, queries.location_of(booking), method="PUBLISH", link=link)
    return Response(
        body,
        content_type=f"text/calendar; charset=utf-8; method={ical.method_of(booking, 'PUBLISH')}",
        headers={"Content-Disposition": 'attachment; filename="visit.ics"'},
    )


@bp.get("/move")
def move(token: str) -> ResponseReturnValue:
    """Choose another hour, then see what moving means before the button."""
    booking, offer = kept(token)
    start = parse_moment(request.args.get("at"))
    return _move_page(token, booking, offer, start=start)


@bp.post("/move")
@csrf.exempt
def move_now(token: str) -> ResponseReturnValue:
    """Move the visit; csrf is the form's own."""
    booking, offer = kept(token)
    form = MoveForm()
    start = parse_moment(form.at.data)
    if not form.validate_on_submit() or not start:
        return _move_page(token, booking, offer, start=start, refusal=_again(), status=400)
    if not limits.is_within("LIMIT_HOLDS"):
        refusal = wording.http_error(429)[1]
        return _move_page(token, booking, offer, start=start, refusal=refusal, status=429)
    before = booking.sequence
    try:
        booking = actions.move_booking(
            booking.reference, start, practitioner=form.practitioner.data or ""
        )
    except Refusal as error:
        near = start if isinstance(error, SlotTaken) else None
        return _move_page(
            token, booking, offer, refusal=wording.refusal(error), near=near, status=error.status
        )
    # Who chose the hour they have already is sent no mail, and is told of none.
    if booking.sequence != before:
        _note_news(booking, "moved")
    return redirect(url_for("visit.visit", token=token), 303)


@bp.get("/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """What cancelling means, before the button."""
    booking, offer = kept(token)
    return _cancel_page(token, booking, offer)


@bp.post("/cancel")
@csrf.exempt
def cancel_now(token: str) -> ResponseReturnValue:
    """Cancel the visit; csrf is the form's own."""
    booking, offer = kept(token)
    if not PlainForm().validate_on_submit():
        return _cancel_page(token, booking, offer, refusal=_again(), status=400)
    try:
        actions.cancel_booking(booking.reference)
    except Refusal as error:
        return _cancel_page(
            token, booking, offer, refusal=wording.refusal(error), status=error.status
        )
    _note_news(booking, "cancelled")
    return redirect(url_for("visit.visit", token=token), 303)


@bp.get("/email")
def email(token: str) -> ResponseReturnValue:
    """Put a mistyped address right."""
    booking, offer = kept(token)
    return _email_page(token, booking, offer, EmailForm(email=booking.contact_email))


@bp.post("/email")
@csrf.exempt
def email_now(token: str) -> ResponseReturnValue:
    """Send everything to the new address; csrf is the form's own."""
    booking, offer = kept(token)
    form = EmailForm()
    if not form.validate_on_submit():
        refusal = _again() if form.csrf_token.errors else None
        return _email_page(token, booking, offer, form, refusal=refusal, status=422)
    if not limits.is_within("LIMIT_LINKS", form.email.data or ""):
        refusal = wording.http_error(429)[1]
        return _email_page(token, booking, offer, form, refusal=refusal, status=429)
    try:
        booking = actions.change_address(booking.reference, form.email.data or "")
    except Refusal as error:
        return _email_page(
            token, booking, offer, form, refusal=wording.refusal(error), status=error.status
        )
    _note_news(booking, "address")
    new = links.visit_token(booking.reference, booking.link_version)
    return redirect(url_for("visit.visit", token=new), 303)


def _links(token: str) -> dict[str, str]:
    return {
        "ics_url": url_for("visit.calendar", token=token),
        "diary_url": url_for("diary.page", token=token),
        "move_url": url_for("visit.move", token=token),
        "cancel_url": url_for("visit.cancel", token=token),
        "email_url": url_for("visit.email", token=token),
        "notes_url": url_for("choices.notes", token=token),
    }


def _again() -> str:
    return _("This page had been open for a while. Nothing was changed: press the button again.")


def _move_page(
    token: str,
    booking: Booking,
    offer: Offer,
    *,
    start: datetime | None = None,
    refusal: str | None = None,
    near: datetime | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now, query = clock.now(), query_of(request.args)
    terms = shown.terms(booking, offer, now)
    chosen = None
    if start and terms.may_move:
        reasons, found = queries.place_for(
            offer,
            start,
            now=now,
            practitioner=query.practitioner,
            without=booking.id,
            preferred=booking.practitioner_id,
        )
        chosen = _chosen(offer, terms, start, found.person.name) if found else None
        if not chosen:
            near, refusal = start, wording.reasons(reasons)
    address = addresses(url_for("visit.move", token=token))
    page = render_template(
        "booking/move.html",
        visit=shown.visit_shown(booking, offer, now),
        terms=terms,
        picker=picker.picker(
            offer,
            query,
            address,
            now=now,
            visitor="",
            without=booking.id,
            preferred=booking.practitioner_id,
        ),
        chosen=chosen,
        form=MoveForm(
            formdata=None, at=start.isoformat() if start else "", practitioner=query.practitioner
        ),
        refusal=refusal or terms.move_refusal,
        nearest=picker.nearest(
            offer, near, now=now, without=booking.id, preferred=booking.practitioner_id
        )
        if near
        else [],
        back_url=url_for("visit.visit", token=token),
        action_url=url_for("visit.move", token=token),
    )
    return page, status


def _chosen(offer: Offer, terms: shown.Terms, start: datetime, who: str) -> Chosen:
    note = (
        _("This is a late change. It costs nothing here; we make a note of it.")
        if terms.is_late
        else None
    )
    return Chosen(wording.moment_long(start, offer.zone), who, note)


def _cancel_page(
    token: str, booking: Booking, offer: Offer, *, refusal: str | None = None, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    terms = shown.terms(booking, offer, now)
    cost = (
        _("This is a late cancellation. It costs nothing here; we make a note of it.")
        if terms.is_late
        else _("Cancelling now is free.")
    )
    page = render_template(
        "booking/cancel.html",
        visit=shown.visit_shown(booking, offer, now),
        terms=terms,
        cost_note=cost,
        form=PlainForm(),
        refusal=refusal or terms.cancel_refusal,
        back_url=url_for("visit.visit", token=token),
        move_url=url_for("visit.move", token=token),
    )
    return page, status


def _email_page(
    token: str,
    booking: Booking,
    offer: Offer,
    form: EmailForm,
    *,
    refusal: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "booking/email.html",
        visit=shown.visit_shown(booking, offer, clock.now()),
        form=form,
        refusal=refusal,
        back_url=url_for("visit.visit", token=token),
    )
    return page, status
