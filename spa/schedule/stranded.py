"""Reads which visits a change leaves stranded, and where else each of them could be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.booking import queries
from spa.booking.facts import facts_without_visits
from spa.booking.queries import Offer
from spa.database import db
from spa.domain.availability import Allocation, Facts, Reason, allocate
from spa.domain.roles import WAIVABLE, Role
from spa.domain.spans import Span, day_span, local_time, moment_of, tick_at
from spa.domain.states import BookingStatus
from spa.domain.stranding import Lacking, Standing, against, is_worse, lacking
from spa.models import Booking, Closure, Location, Resource, TimeOff

COMING = (BookingStatus.HELD, BookingStatus.BOOKED, BookingStatus.ARRIVED)
AGREED = frozenset({Reason.TOO_SOON, Reason.TOO_FAR})
"""The house's wishes are no question when it is the house that changes something."""

NEAREST = 3
REACH = (2, 14)
MOST_HELPED = 80
"""For more visits than this nobody is asked to read choices one by one."""


@dataclass(frozen=True)
class Choice:
    """Another hour, person or room that a visit could have; `room` where that alone changes."""

    starts_at: datetime
    practitioner: str
    slug: str
    room: str = ""

    @property
    def value(self) -> str:
        """What the page sends for it."""
        return f"{self.starts_at.isoformat()} {self.slug}"


@dataclass(frozen=True)
class Stranded:
    """A visit that can't stay as it is, why, and what could be done."""

    id: int
    reference: str
    client: str
    has_email: bool
    phone: str
    treatment: str
    practitioner: str
    room: str
    starts_at: datetime
    price_minor: int
    reasons: frozenset[Reason]
    sequence: int = 0
    same_time: tuple[Choice, ...] = ()
    nearest: tuple[Choice, ...] = ()

    @property
    def may_stay(self) -> bool:
        """Whether it could be kept by agreement: nobody and nothing that it needs is missing."""
        return self.reasons <= WAIVABLE[Role.OWNER]


Standings = Mapping[int, Lacking]
"""What each coming visit of a place has not, by number."""


def standings(location_id: int, now: datetime) -> dict[int, dict[str, frozenset[int]]]:
    """What each visit to come has not, as hours, people and rooms are now.

    Two queries for each treatment that is booked, and two more, however many the visits.
    """
    by_treatment: dict[int, list[Booking]] = defaultdict(list)
    for booking in _coming(location_id, now):
        by_treatment[booking.treatment_id].append(booking)
    found = {}
    away, shut = _days_off(location_id, now)
    for treatment_id, bookings in by_treatment.items():
        offer = queries.offer_of(treatment_id)
        days = [local_time(booking.starts_at, offer.zone).date() for booking in bookings]
        known = facts_without_visits(offer, min(days), max(days), now=now)
        for booking in bookings:
            found[booking.id] = lacking(
                _standing(booking, offer),
                known,
                offer.policy,
                away.get(booking.practitioner_id, ()),
                shut,
            )
    return found


def _days_off(location_id: int, now: datetime) -> tuple[dict[int, list[Span]], list[Span]]:
    """When each person is off and when the house is closed, from yesterday on."""
    zone = ZoneInfo(db.session.scalar(sa.select(Location.zone).where(Location.id == location_id))
                    or "UTC")  # fmt: skip
    since = local_time(now, zone).date() - timedelta(days=1)
    away: dict[int, list[Span]] = defaultdict(list)
    for off in db.session.scalars(
        sa.select(TimeOff)
        .join(Resource, Resource.id == TimeOff.resource_id)
        .where(Resource.location_id == location_id, TimeOff.last_on >= since)
    ):
        first = tick_at(off.first_on, off.from_minute, zone)
        away[off.resource_id].append(Span(first, tick_at(off.last_on, off.to_minute, zone)))
    closures = db.session.scalars(
        sa.select(Closure).where(Closure.location_id == location_id, Closure.last_on >= since)
    )
    shut = [
        Span(day_span(one.first_on, zone).start, day_span(one.last_on, zone).end)
        for one in closures
    ]
    return away, shut


def newly_stranded(location_id: int, before: Standings, now: datetime) -> list[Booking]:
    """The visits that lack something now which they had before, soonest first."""
    after = standings(location_id, now)
    worse = [
        number
        for number, found in after.items()
        if number in before and is_worse(found, before[number])
    ]
    bookings = db.session.scalars(
        sa.select(Booking)
        .where(Booking.location_id == location_id, Booking.id.in_(worse))
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(bookings)


def reasons_of(booking: Booking, now: datetime) -> frozenset[Reason]:
    """What stands against this visit as things are now."""
    offer = queries.offer_of(booking.treatment_id)
    day = local_time(booking.starts_at, offer.zone).date()
    known = facts_without_visits(offer, day, day, now=now)
    return against(_standing(booking, offer), known, offer.policy)


def described(booking: Booking, reasons: frozenset[Reason]) -> Stranded:
    """The visit as the page shows it, without choices."""
    return Stranded(
        id=booking.id,
        reference=booking.reference,
        client=booking.other_name or booking.contact_name,
        has_email=bool(booking.contact_email),
        phone=booking.contact_phone,
        treatment=booking.treatment_name,
        practitioner=queries.resource_name(booking.practitioner_id),
        room=queries.resource_name(booking.room_id),
        starts_at=booking.starts_at,
        price_minor=booking.price_minor,
        reasons=reasons,
        sequence=booking.sequence,
    )


def with_choices(one: Stranded, booking: Booking, now: datetime) -> Stranded:
    """The visit with whoever is free at the same time, and the nearest times with anybody."""
    offer = offer_at_desk(booking)
    day = local_time(booking.starts_at, offer.zone).date()
    known = queries.facts(
        offer, day, day, now=now, without=booking.id, preferred=booking.practitioner_id
    )
    return replace(
        one,
        same_time=tuple(_same_time(known, offer, booking)),
        nearest=tuple(_nearest(offer, booking, now)),
    )


def offer_at_desk(booking: Booking) -> Offer:
    """What was booked, as the desk may book it again: without notice."""
    offer = queries.at_desk(queries.offer_of_booking(booking))
    return replace(offer, policy=replace(offer.policy, notice_minutes=0))


def _same_time(known: Facts, offer: Offer, booking: Booking) -> Iterable[Choice]:
    """Everyone who could see the client at the time they have."""
    for person in sorted(known.people, key=lambda one: one.id != booking.practitioner_id):
        alone = replace(known, people=(person,))
        found = allocate(booking.starts_at, alone, offer.policy, AGREED)
        if found:
            yield _choice(booking, found)


def _choice(booking: Booking, found: Allocation) -> Choice:
    is_same = found.person.id == booking.practitioner_id
    room = found.room.name if is_same else ""
    return Choice(booking.starts_at, found.person.name, found.person.slug, room)


def _nearest(offer: Offer, booking: Booking, now: datetime) -> list[Choice]:
    """The nearest few times on the house's own grid, soonest first."""
    today = local_time(now, offer.zone).date()
    day = max(local_time(booking.starts_at, offer.zone).date(), today)
    house = queries.offer_of(booking.treatment_id).policy.grid_minutes
    offer = replace(offer, policy=replace(offer.policy, grid_minutes=house))
    about: dict[str, Any] = {
        "now": now,
        "without": booking.id,
        "preferred": booking.practitioner_id,
    }
    for days in REACH:
        reach = timedelta(days=days)
        first_on = max(day - reach, today)
        free = queries.free_times(offer, first_on, day + reach, **about)
        free = [one for one in free if moment_of(one.tick) != booking.starts_at]
        if len(free) >= NEAREST:
            break
    close = sorted(free, key=lambda one: abs(moment_of(one.tick) - booking.starts_at))[:NEAREST]
    return [
        Choice(moment_of(one.tick), one.person.name, one.person.slug)
        for one in sorted(close, key=lambda one: one.tick)
    ]


def _coming(location_id: int, now: datetime) -> list[Booking]:
    """The visits and holds of the place that are not over, and have not begun in earnest."""
    query = sa.select(Booking).where(
        Booking.location_id == location_id,
        Booking.status.in_(COMING),
        # Nothing is longer than a day.
        Booking.starts_at > now - timedelta(days=1),
        Booking.ends_at > now,
    )
    return list(db.session.scalars(query))


def _standing(booking: Booking, offer: Offer) -> Standing:
    return Standing(
        id=booking.id,
        starts_at=booking.starts_at,
        practitioner_id=booking.practitioner_id,
        room_id=booking.room_id,
        device_id=booking.device_id,
        session=queries.session_of(booking, offer),
    )
