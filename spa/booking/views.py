"""The public booking pages: choose a time, hold it, give details, find a booking."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import clock, limits, links, wording
from spa.booking import actions, picker, queries
from spa.booking.actions import Details
from spa.booking.forms import DetailsForm, EmailForm, HoldForm, suggested_email
from spa.booking.kept import NOT_CONFIRMED, booking_of
from spa.booking.picker import Query, addresses, query_of
from spa.booking.queries import Booking, Offer
from spa.booking.shown import not_for_you, visit_shown
from spa.contact import address
from spa.domain.spans import parse_moment
from spa.domain.states import BookingStatus
from spa.errors import Refusal, SlotTaken
from spa.extensions import csrf
from spa.pages import show_place
from spa.treatments import queries as treatments

bp = Blueprint("booking", __name__, url_prefix="/booking")


@dataclass(frozen=True)
class Held:
    """The hour this visitor keeps already."""

    label: str
    url: str
    until: str


@bp.get("/<treatment>")
def choose(treatment: str) -> ResponseReturnValue:
    """The month, the day and its times."""
    return _choose_page(_offer(treatment), query_of(request.args))


@bp.post("/<treatment>/hold")
@csrf.exempt
def hold(treatment: str) -> ResponseReturnValue:
    """Keep the pressed time for this visitor, then ask for details; csrf is the form's own."""
    offer = _offer(treatment)
    form = HoldForm()
    start = parse_moment(form.at.data)
    query = replace(query_of(request.args), practitioner=form.practitioner.data or "")
    if not form.validate_on_submit():
        return _choose_page(offer, query, status=400, refusal=wording.stale_form()[1])
    if not start:
        return _choose_page(offer, query, status=400, refusal=_("Choose one of the times below."))
    if not limits.is_within("LIMIT_HOLDS"):
        return _choose_page(offer, query, status=429, refusal=wording.http_error(429)[1])
    try:
        booking = actions.hold_slot(
            offer.slug, start, visitor=_visitor(), practitioner=form.practitioner.data or ""
        )
    except SlotTaken as error:
        return _choose_page(offer, query, status=409, refusal=wording.refusal(error), near=start)
    token = links.visit_token(booking.reference, booking.link_version)
    session["hold"] = token
    return redirect(url_for("booking.held", token=token), 303)


@bp.get("/<treatment>/hold")
def hold_again(treatment: str) -> ResponseReturnValue:
    """Whoever comes here by an address alone chooses a time first."""
    return redirect(url_for("booking.choose", treatment=treatment), 302)


@bp.get("/held/<token>")
def held(token: str) -> ResponseReturnValue:
    """The held hour and the form for the client's details."""
    booking = booking_of(token)
    if booking.pencilled_after_id is not None:
        return redirect(url_for("pencil.page", token=token), 303)
    if booking.status not in NOT_CONFIRMED:
        return redirect(url_for("visit.visit", token=token), 303)
    offer = queries.offer_of_booking(booking)
    return _held_page(offer, booking, _details_form(offer))


@bp.post("/held/<token>")
@csrf.exempt
def confirm(token: str) -> ResponseReturnValue:
    """Confirm, keep, let go or exchange the hour; csrf is the form's own, so typing is kept."""
    booking = booking_of(token)
    if booking.pencilled_after_id is not None:
        return redirect(url_for("pencil.page", token=token), 303)
    if booking.status not in NOT_CONFIRMED:
        return redirect(url_for("visit.visit", token=token), 303)
    offer = queries.offer_of_booking(booking)
    form = _details_form(offer)
    if not _has_token(form):
        return _held_page(offer, booking, form, status=400, refusal=_stale())
    if request.form.get("use_email"):
        form.email.data = address(request.form["use_email"])
        return _confirm(offer, booking, form)
    if request.form.get("at"):
        return _exchange(offer, booking, form)
    do = request.form.get("do", "confirm")
    if do == "keep":
        return _keep(offer, booking, form)
    if do == "release":
        actions.release_hold(booking.reference)
        session.pop("hold", None)
        return redirect(url_for("booking.choose", treatment=offer.slug), 303)
    return _confirm(offer, booking, form)


def _confirm(offer: Offer, booking: Booking, form: DetailsForm) -> ResponseReturnValue:
    if not form.validate():
        return _held_page(offer, booking, form, status=422)
    if suggested_email(form.email.data or "") and request.form.get("email_kept") != form.email.data:
        return _held_page(offer, booking, form, status=422)
    if not limits.is_within("LIMIT_CONFIRMATIONS", form.email.data or ""):
        return _held_page(offer, booking, form, status=429, refusal=wording.http_error(429)[1])
    details = Details(
        name=form.name.data or "",
        email=form.email.data or "",
        phone=form.e164,
        is_first_visit=form.is_first_visit.data == "yes",
        other_name=(form.other_name.data or "") if form.for_other.data else "",
        note=form.note.data or "",
        is_screened=offer.is_needling,
        wants_marketing=bool(form.marketing.data),
    )
    try:
        booking = actions.confirm_booking(booking.reference, details)
    except Refusal as error:
        return _refused(offer, booking, form, error)
    session.pop("hold", None)
    token = links.visit_token(booking.reference, booking.link_version)
    session["booked"] = booking.reference
    return redirect(url_for("visit.visit", token=token), 303)


def _keep(offer: Offer, booking: Booking, form: DetailsForm) -> ResponseReturnValue:
    """Hold for longer; what was typed stays as it is."""
    if not limits.is_within("LIMIT_HOLDS"):
        return _held_page(offer, booking, form, status=429, refusal=wording.http_error(429)[1])
    try:
        booking = actions.keep_hold(booking.reference)
    except Refusal as error:
        return _refused(offer, booking, form, error)
    return _held_page(offer, booking, form)


def _exchange(offer: Offer, booking: Booking, form: DetailsForm) -> ResponseReturnValue:
    """Take one of the nearest times instead, with everything typed kept."""
    start = parse_moment(request.form.get("at"))
    if not start:
        return _held_page(offer, booking, form, status=400, refusal=_("Choose one of the times."))
    if not limits.is_within("LIMIT_HOLDS"):
        return _held_page(offer, booking, form, status=429, refusal=wording.http_error(429)[1])
    try:
        booking = actions.hold_slot(offer.slug, start, visitor=_visitor())
    except Refusal as error:
        return _refused(offer, booking, form, error, wanted=start)
    session["hold"] = links.visit_token(booking.reference, booking.link_version)
    return _held_page(offer, booking, form)


def _refused(
    offer: Offer,
    booking: Booking,
    form: DetailsForm,
    error: Refusal,
    wanted: datetime | None = None,
) -> ResponseReturnValue:
    """The kept form with the reason, and the nearest times when the hour itself is gone."""
    near = (wanted or booking.starts_at) if isinstance(error, SlotTaken) else None
    return _held_page(
        offer, booking, form, status=error.status, refusal=wording.refusal(error), near=near
    )


@bp.route("/find", methods=["GET", "POST"])
@csrf.exempt
def find() -> ResponseReturnValue:
    """Send the links of the coming visits; the answer is the same for every address."""
    studio = treatments.studio()
    if not studio:
        return _opening_soon()
    form = EmailForm()
    if request.method != "POST":
        return render_template("booking/find.html", form=form, sent=False, refusal=None)
    if not form.validate_on_submit():
        refusal = _stale() if form.csrf_token.errors else None
        return render_template("booking/find.html", form=form, sent=False, refusal=refusal), 422
    if not limits.is_within("LIMIT_LINKS", form.email.data or ""):
        refusal = wording.http_error(429)[1]
        return render_template("booking/find.html", form=form, sent=False, refusal=refusal), 429
    actions.request_links(form.email.data or "", location_id=studio.id)
    return render_template("booking/find.html", form=form, sent=True, refusal=None)


def _offer(slug: str) -> Offer:
    offer = queries.offer(slug)
    if not offer:
        abort(404)
    show_place(offer.location_id)
    return offer


def _visitor() -> str:
    """A random name for this browser, so that it holds one hour at a time."""
    if "visitor" not in session:
        session["visitor"] = secrets.token_urlsafe(12)
    return str(session["visitor"])


def _choose_page(
    offer: Offer,
    query: Query,
    *,
    status: int = 200,
    refusal: str | None = None,
    near: datetime | None = None,
) -> ResponseReturnValue:
    now, visitor = clock.now(), str(session.get("visitor", ""))
    form = HoldForm(formdata=None, practitioner=query.practitioner)
    page = render_template(
        "booking/choose.html",
        treatment=card(offer),
        picker=picker.picker(
            offer,
            query,
            addresses(url_for("booking.choose", treatment=offer.slug)),
            now=now,
            visitor=visitor,
        ),
        hold_form=form,
        held=_held_already(),
        refusal=refusal,
        nearest=picker.nearest(
            offer, near, now=now, visitor=visitor, practitioner=query.practitioner
        )
        if near
        else [],
        free_hours=offer.change_policy.cut_off_hours,
    )
    return page, status


def card(offer: Offer) -> treatments.Card:
    """The offer as a line of the menu."""
    return treatments.Card(
        slug=offer.slug,
        name=offer.name,
        summary=offer.summary,
        minutes=offer.session.minutes,
        price=wording.price(offer.price_minor, offer.currency),
        is_needling=offer.is_needling,
    )


def _held_already() -> Held | None:
    """The hour this browser keeps, so that it finds its way back to it."""
    read = links.read_visit_token(session.get("hold", ""))
    booking = queries.booking_by_reference(read[0]) if read else None
    until = booking.held_until if booking and booking.status == BookingStatus.HELD else None
    if not booking or not until or until <= clock.now():
        return None
    zone = queries.offer_of_booking(booking).zone
    return Held(
        label=wording.moment_short(booking.starts_at, zone),
        url=url_for("booking.held", token=session["hold"]),
        until=wording.clock(until, zone),
    )


def _details_form(offer: Offer) -> DetailsForm:
    return DetailsForm(region=offer.country, is_needling=offer.is_needling)


def _has_token(form: DetailsForm) -> bool:
    """Whether the form came from one of our own pages; nothing else is checked yet."""
    form.csrf_token.process(request.form)
    return bool(form.csrf_token.validate(form))


def _stale() -> str:
    return _(
        "This page had been open for a while. Nothing you typed is lost: press the button again."
    )


def _held_page(
    offer: Offer,
    booking: Booking,
    form: DetailsForm,
    *,
    status: int = 200,
    refusal: str | None = None,
    near: datetime | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    held_until = booking.held_until or now
    is_held = booking.status == BookingStatus.HELD and held_until > now
    visit = visit_shown(booking, offer, now)
    token = links.visit_token(booking.reference, booking.link_version)
    page = render_template(
        "booking/held.html",
        form=form,
        visit=visit,
        treatment=card(offer),
        held_until_clock=wording.clock(held_until, offer.zone),
        held_seconds=max(0, int((held_until - now).total_seconds())),
        may_extend=booking.extensions < offer.hold_extensions,
        not_for_you=not_for_you() if offer.is_needling else [],
        suggestion=suggested_email(form.email.data or ""),
        lapsed=not is_held,
        nearest=picker.nearest(offer, near, now=now, visitor=booking.visitor or "") if near else [],
        refusal=refusal,
        action_url=url_for("booking.confirm", token=token),
    )
    return page, status


def _opening_soon() -> ResponseReturnValue:
    return render_template("errors/opening_soon.html")
