"""Booking at the desk: find or make the client, choose, done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import Place, requires
from spa.booking import desk_actions, desk_queries, desk_times, queries
from spa.booking.desk_actions import Wanted
from spa.booking.desk_forms import DeskBookingForm, asked_args, pressed
from spa.booking.desk_times import DeskTime, Wish
from spa.booking.matching import Person
from spa.booking.obstacles import why_not
from spa.booking.queries import Booking, Offer, Sold
from spa.booking.staff import booking_of
from spa.booking.taking import Waiver
from spa.clients import queries as clients
from spa.clients import shown as client_words
from spa.domain import habits
from spa.domain.availability import Reason
from spa.domain.explain import Hindrance
from spa.domain.habits import Habit, Visited
from spa.domain.roles import Permission
from spa.domain.spans import local_time, moment_on, parse_day
from spa.domain.states import BookingStatus
from spa.errors import Refusal, SlotTaken

bp = Blueprint("desk_new", __name__, url_prefix="/staff/booking/new")

SHOWN_FOR = timedelta(seconds=15)

A_MOMENT = timedelta(minutes=10)
"""Who presses a time that began this little ago means now."""


MOST_COMING = 4


@dataclass(frozen=True)
class Who:
    """For whom it is: a client there is, what is usual for them, and the visit this is next of."""

    client: clients.Client | None = None
    habit: Habit | None = None
    before: Booking | None = None


@dataclass(frozen=True)
class Refused:
    """Why an hour can't be had, and what may be done instead."""

    sentences: list[str]
    nearest: list[DeskTime]
    when: str
    at: str
    may_waive: bool


@dataclass(frozen=True)
class Desk:
    """What the page is about: the menu, what is chosen of it, and for whom."""

    menu: list[Sold]
    offer: Offer
    grid: int
    who: Who


@bp.get("")
@requires(Permission.MANAGE_BOOKINGS)
def new() -> ResponseReturnValue:
    """Who comes, for what, and when."""
    asked, place = asked_args(request.args), access.place()
    who = _who(asked["client"], asked["after"])
    if who.habit:
        asked["treatment"] = asked["treatment"] or who.habit.treatment
        asked["practitioner"] = asked["practitioner"] or who.habit.practitioner
    if who.client:
        asked["client"] = str(who.client.id)
    form = DeskBookingForm(formdata=None, region=place.country, data=asked | _typed())
    form.is_told.data = True
    form.back.data = access.way_back("")
    if request.args.get("new"):
        empty = form.phone if form.name.data else form.name
        empty.render_kw = (empty.render_kw or {}) | {"autofocus": True}
    return _page(_desk(form, who), form)


@bp.post("")
@requires(Permission.MANAGE_BOOKINGS)
def book() -> ResponseReturnValue:
    """Book the time that was pressed, or show other times with everything typed kept."""
    place = access.place()
    form = DeskBookingForm(region=place.country)
    form.back.data = access.way_back("")
    desk = _desk(form, _who(form.client.data or "", form.after.data or ""))
    if to := request.form.get("to"):
        form.day.data = to
    is_asked = request.form.get("do") == "clock" or {"at", "waive"} & set(request.form)
    if not is_asked:
        return _page(desk, form)
    start, practitioner = _start(desk, form, place)
    is_waived = "waive" in request.form
    if start and is_waived and not form.gives_reason:
        form.because.errors = [
            _("Say in a few words, at most 300 characters, why it is booked all the same.")
        ]
        refused = _refused(desk, form, start, practitioner, SlotTaken())
        return _page(desk, form, refused=refused, status=422)
    if not desk.who.client and not form.person_is_valid():
        return _page(desk, form, status=422)
    if start is None:
        form.clock.errors = [_("Choose a time that the clock shows that day.")]
        return _page(desk, form, status=422)
    wanted = Wanted(
        slug=desk.offer.slug,
        start=start,
        practitioner=practitioner,
        client_id=desk.who.client.id if desk.who.client else None,
        person=None if desk.who.client else _person(form, place),
        is_told=bool(form.is_told.data),
    )
    try:
        booking = desk_actions.book_at_desk(
            wanted,
            actor=access.actor(),
            location_id=place.id,
            waiver=_waiver(form, is_waived=is_waived),
        )
    except Refusal as error:
        refused = _refused(desk, form, start, practitioner, error)
        return _page(desk, form, refused=refused, status=error.status)
    return _booked(booking, place)


def _booked(booking: Booking, place: Place) -> ResponseReturnValue:
    words = _(
        "Booked: %(name)s, %(treatment)s, %(when)s, %(who)s.",
        name=booking.contact_name,
        treatment=booking.treatment_name,
        when=wording.moment_long(booking.starts_at, place.zone),
        who=queries.resource_name(booking.practitioner_id),
    )
    session["undo"] = {
        "action": url_for("desk_new.undo", reference=booking.reference),
        "entry": 0,
        "until": (clock.now() + SHOWN_FOR).isoformat(),
        "words": words,
        "hint": "" if booking.contact_email else _("No email is sent: none is known."),
    }
    day = local_time(booking.starts_at, place.zone).date()
    return redirect(access.way_back(url_for("schedule.day", day=day)), 303)


@bp.post("/<reference>/undo")
@requires(Permission.MANAGE_BOOKINGS)
def undo(reference: str) -> ResponseReturnValue:
    """Take the booking of a moment ago back."""
    booking_of(reference)
    try:
        desk_actions.undo_booking(reference, actor=access.actor())
    except Refusal:
        flash(_("It is too late to undo that. Cancel the visit instead."))
        return redirect(url_for("desk.show", reference=reference), 303)
    flash(_("Undone. The hour is free again."))
    return redirect(access.way_back(url_for("schedule.day")), 303)


def _who(client: str, after: str) -> Who:
    """For whom, if that is known; who may not be seen does not exist."""
    place, only = access.place(), access.actor().only
    before = desk_queries.booking_at(after, place.id, only) if after else None
    if after and (before is None or before.client_id is None):
        abort(404)
    number = before.client_id if before else _number(client)
    if number is None:
        return Who()
    found = clients.client(clients.survivor(number) or number, only)
    if found is None:
        abort(404)
    habit = clients.usual(found.id, place.id, place.zone)
    if before:
        about = desk_queries.about(before)
        habit = habits.habit_of(
            Visited(
                local_time(before.starts_at, place.zone),
                about.treatment_slug,
                about.practitioner_slug,
            )
        )
    return Who(found, habit, before)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 10 or int(text) >= 2**31:
        abort(404)
    return int(text)


def _desk(form: DeskBookingForm, who: Who) -> Desk:
    """The menu and what is chosen of it."""
    place, actor = access.place(), access.actor()
    menu = queries.on_the_menu(place.id)
    slugs = [sold.slug for sold in menu]
    if not slugs:
        abort(404)
    slug = form.treatment.data if form.treatment.data in slugs else slugs[0]
    offer = queries.any_offer(slug)
    if offer is None or offer.location_id != place.id:
        abort(404)
    form.treatment.data = slug
    at_desk = desk_times.eager(queries.at_desk(offer), actor.waives)
    return Desk(menu, at_desk, offer.policy.grid_minutes, who)


def _start(desk: Desk, form: DeskBookingForm, place: Place) -> tuple[datetime | None, str]:
    """When and with whom: the button pressed, the time typed, or the next that is free."""
    now, who = clock.now(), form.practitioner.data or ""
    button = request.form.get("at") or request.form.get("waive")
    if button is None:
        return form.other_time(place.zone), who
    start, named = pressed(button)
    if start and now - A_MOMENT < start < now:
        start = desk_times.from_now(now)
    return start, named


def _person(form: DeskBookingForm, place: Place) -> Person:
    return Person(form.name.data or "", form.email.data or "", form.e164, place.language)


def _waiver(form: DeskBookingForm, *, is_waived: bool) -> Waiver:
    """What may be set aside: with a reason all that this role may, without one the notice."""
    actor = access.actor()
    if is_waived:
        return Waiver(actor.waives, form.because.data or "")
    return Waiver(actor.waives & {Reason.TOO_SOON}, _("Agreed at the desk"))


def _refused(
    desk: Desk, form: DeskBookingForm, start: datetime, practitioner: str, error: Refusal
) -> Refused:
    """Each reason in words, the nearest times, and whether this role may set the reasons aside."""
    if not isinstance(error, SlotTaken):
        return Refused([wording.refusal(error)], [], "", "", False)
    now, zone, actor = clock.now(), access.place().zone, access.actor()
    found = why_not(desk.offer, start, now=now, practitioner=practitioner)
    return Refused(
        sentences=[wording.obstacle(one, zone) for one in found] or [wording.refusal(error)],
        nearest=desk_times.nearest(
            desk.offer, start, grid=desk.grid, now=now, practitioner=practitioner
        ),
        when=wording.moment_long(start, zone),
        at=f"{start.astimezone(zone).isoformat(timespec='minutes')} {practitioner}".strip(),
        may_waive=bool(found) and {one.reason for one in found} <= actor.waives,
    )


def _typed() -> dict[str, str]:
    """What was searched for without finding anybody, as the beginning of a new client."""
    asked = " ".join(request.args.get("q", "").replace("\0", "").split())[:200]
    if "@" in asked:
        return {"email": asked}
    is_number = bool(asked) and not any(character.isalpha() for character in asked)
    return {"phone" if is_number else "name": asked}


def _page(
    desk: Desk, form: DeskBookingForm, *, refused: Refused | None = None, status: int = 200
) -> ResponseReturnValue:
    place, who, now = access.place(), desk.who, clock.now()
    not_before = _not_before(desk, place)
    wanted, _slug = pressed(form.wanted.data or "")
    wish = Wish(
        practitioner=form.practitioner.data or "",
        day=parse_day(form.day.data),
        is_day_chosen=form.is_day_chosen,
        wanted=wanted,
        habit=who.habit,
        not_before=not_before,
        is_next=who.before is not None,
        preferred=queries.last_practitioner(who.client.id) if who.client else None,
    )
    times = desk_times.times(desk.offer, wish, grid=desk.grid, now=now)
    form.choose_from([(sold.slug, sold.name) for sold in desk.menu], times.people)
    form.day.data, form.own_day.data = times.day, "" if wish.is_day_chosen else times.day
    (asked, found), kept = _search(), _kept(form)
    page = render_template(
        "booking/desk/new.html",
        form=form,
        client=who.client,
        coming=_coming(who, place, now),
        times=times,
        offer=desk.offer,
        price=wording.price(desk.offer.price_minor, desk.offer.currency),
        habit=wording.weekly(who.habit.weekday, who.habit.minute)
        if who.habit and not wish.is_day_chosen
        else None,
        is_next=who.before is not None,
        due=wording.day_long(not_before) if not_before and not_before > _today(place) else None,
        refused=refused,
        why_none="" if times.on_day else _why_none(desk, times.day, now),
        asked=asked,
        found=found,
        address=url_for("desk_new.new", **kept, client=""),
        new_url=url_for("desk_new.new", q=asked, new="y", **kept),
        kept=kept,
        is_new_open=bool(form.errors or form.name.data or form.phone.data or form.email.data),
    )
    return page, status


def _why_none(desk: Desk, day: str, now: datetime) -> str:
    """Why nothing is free that day, when it is because the studio is closed."""
    zone = access.place().zone
    noon = moment_on(f"{day}T12:00", zone)
    found = why_not(desk.offer, noon, now=now) if noon else ()
    shut = [one for one in found if one.what == Hindrance.SHUT]
    return wording.obstacle(shut[0], zone) if shut else ""


def _coming(who: Who, place: Place, now: datetime) -> list[str]:
    """The visits that this client has before them."""
    if who.client is None:
        return []
    coming, _past = clients.visits(who.client.id, access.actor().only, now)
    return [
        f"{wording.moment_short(visit.starts_at, visit.place.zone)}, {visit.treatment}"
        f"{client_words.at_another(visit.place, place)}"
        for visit in coming
        if visit.status == BookingStatus.BOOKED
    ][:MOST_COMING]


def _search() -> tuple[str, list[client_words.Line]]:
    """Who is found without scripts."""
    asked = request.args.get("q", "").replace("\0", "").strip()[:200]
    if not asked or request.args.get("new"):
        return "", []
    found = clients.find(asked, access.actor().only, clock.now())
    return asked, [client_words.line(one, access.place()) for one in found]


def _kept(form: DeskBookingForm) -> dict[str, Any]:
    """What is chosen already, for the address of whoever is found."""
    kept = {
        "at": form.wanted.data,
        "day": request.args.get("day"),
        "with": request.args.get("with"),
        "treatment": request.args.get("treatment"),
    }
    return {name: value for name, value in kept.items() if value}


def _not_before(desk: Desk, place: Place) -> date | None:
    """The day from which the next session of this treatment is due, for a client who has had it."""
    who = desk.who
    if who.client is None:
        return None
    days = next((sold.days_between for sold in desk.menu if sold.slug == desk.offer.slug), None)
    if who.before is not None:
        return habits.next_on(local_time(who.before.starts_at, place.zone).date(), days)
    last = queries.last_visit(who.client.id, desk.offer.treatment_id)
    if last is None or not days:
        return None
    return local_time(last, place.zone).date() + timedelta(days=days)


def _today(place: Place) -> date:
    return local_time(clock.now(), place.zone).date()
