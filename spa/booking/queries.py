"""Reads what booking needs: the offer, the facts for the rules, and the bookings themselves."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.database import UtcDateTime, db
from spa.domain.availability import (
    Facts,
    FreeStart,
    Person,
    Policy,
    Session,
    Step,
    Thing,
    free_starts,
)
from spa.domain.hours import Pattern, TimeOff, open_spans, shift_spans
from spa.domain.policy import ChangePolicy
from spa.domain.spans import LocalDay, Span, day_span, local_days
from spa.domain.states import BookingStatus
from spa.models import (
    Booking,
    Capability,
    Claim,
    Closure,
    Location,
    OpeningHours,
    PractitionerRoom,
    Resource,
    Shift,
    ShiftBreak,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.models import TimeOff as TimeOffRow
from spa.models.booking import LONGEST_RUN


@dataclass(frozen=True)
class Offer:
    """A treatment as it can be booked: its shape, its price, and what its house wants."""

    treatment_id: int
    slug: str
    name: str
    summary: str
    price_minor: int
    is_needling: bool
    session: Session
    location_id: int
    zone: ZoneInfo
    currency: str
    country: str
    language: str
    policy: Policy
    change_policy: ChangePolicy
    hold_minutes: int
    hold_extensions: int
    coming_visits: int


_treatment, _words, _step = (
    Treatment.__table__,
    TreatmentWords.__table__,
    TreatmentStep.__table__,
)
_location, _resource, _capability = Location.__table__, Resource.__table__, Capability.__table__
_claim, _booking = Claim.__table__, Booking.__table__

_OFFER = (
    sa.select(
        _treatment.c.id,
        _treatment.c.slug,
        _words.c.name,
        _words.c.summary,
        _treatment.c.price_minor,
        _treatment.c.is_needling,
        _treatment.c.turnover_minutes,
        _treatment.c.turnover_needs_practitioner,
        _step.c.kind,
        _step.c.minutes,
        _step.c.needs_practitioner,
        _step.c.needs_device,
        _location.c.id.label("location_id"),
        _location.c.zone,
        _location.c.currency,
        _location.c.country,
        _location.c.language,
        _location.c.notice_minutes,
        _location.c.horizon_days,
        _location.c.grid_minutes,
        _location.c.cut_off_hours,
        _location.c.grace_minutes,
        _location.c.online_moves,
        _location.c.hold_minutes,
        _location.c.hold_extensions,
        _location.c.coming_visits,
    )
    .join(_location, _location.c.id == _treatment.c.location_id)
    .join(
        _words,
        sa.and_(
            _words.c.treatment_id == _treatment.c.id, _words.c.language == _location.c.language
        ),
    )
    .join(_step, _step.c.treatment_id == _treatment.c.id)
    .order_by(_step.c.position)
)
_OFFER_BY_SLUG = _OFFER.where(
    _treatment.c.slug == sa.bindparam("slug"),
    _treatment.c.archived_at.is_(None),
    _location.c.opened_at.is_not(None),
)
_OFFER_BY_ID = _OFFER.where(_treatment.c.id == sa.bindparam("treatment_id"))


def offer(slug: str) -> Offer | None:
    """What is on offer under this name, or None."""
    return _offer(db.session.execute(_OFFER_BY_SLUG, {"slug": slug}).all())


def offer_of(treatment_id: int) -> Offer:
    """The treatment of a booking that is made already, also once it is archived."""
    found = _offer(db.session.execute(_OFFER_BY_ID, {"treatment_id": treatment_id}).all())
    if not found:
        raise LookupError(f"treatment {treatment_id} has no words or no steps")
    return found


def _offer(rows: Iterable[Any]) -> Offer | None:
    rows = list(rows)
    if not rows:
        return None
    first = rows[0]
    steps = tuple(
        Step(row.kind, row.minutes, row.needs_practitioner, row.needs_device) for row in rows
    )
    return Offer(
        treatment_id=first.id,
        slug=first.slug,
        name=first.name,
        summary=first.summary,
        price_minor=first.price_minor,
        is_needling=first.is_needling,
        session=Session(
            steps, first.turnover_minutes, first.turnover_needs_practitioner, first.is_needling
        ),
        location_id=first.location_id,
        zone=ZoneInfo(first.zone),
        currency=first.currency,
        country=first.country,
        language=first.language,
        policy=Policy(first.notice_minutes, first.horizon_days, first.grid_minutes),
        change_policy=ChangePolicy(first.cut_off_hours, first.grace_minutes, first.online_moves),
        hold_minutes=first.hold_minutes,
        hold_extensions=first.hold_extensions,
        coming_visits=first.coming_visits,
    )


def _arm(kind: Any, columns: dict[str, Any]) -> sa.Select[Any]:
    """One part of the union below; the columns it does not have are empty."""
    empty = {
        "id": sa.Integer,
        "owner_id": sa.Integer,
        "weekday": sa.Integer,
        "on_date": sa.Date,
        "from_minute": sa.Integer,
        "to_minute": sa.Integer,
        "first_on": sa.Date,
        "last_on": sa.Date,
        "slug": sa.String,
        "name": sa.String,
    }
    return sa.select(
        kind.label("kind"),
        *(
            (columns[name] if name in columns else sa.cast(sa.null(), type_)).label(name)
            for name, type_ in empty.items()
        ),
    )


def _rules() -> sa.CompoundSelect[Any]:
    """Everything that decides who may be booked when, apart from what is taken, in one query."""
    first, last = sa.bindparam("first_on", type_=sa.Date), sa.bindparam("last_on", type_=sa.Date)
    location_id, treatment_id = sa.bindparam("location_id"), sa.bindparam("treatment_id")
    hours, closure = OpeningHours.__table__, Closure.__table__
    shift, pause, off = Shift.__table__, ShiftBreak.__table__, TimeOffRow.__table__
    own_room = PractitionerRoom.__table__
    can_do = sa.and_(
        _capability.c.resource_id == _resource.c.id, _capability.c.treatment_id == treatment_id
    )
    is_current = sa.and_(
        sa.or_(shift.c.on_date.is_(None), shift.c.on_date.between(first, last)),
        sa.or_(shift.c.starts_on.is_(None), shift.c.starts_on <= last),
        sa.or_(shift.c.ends_on.is_(None), shift.c.ends_on >= first),
    )
    does = _capability.c.treatment_id == treatment_id

    def text(word: str) -> Any:
        return sa.literal_column(f"'{word}'", sa.String)

    resources = (
        _arm(
            _resource.c.kind,
            {
                "id": _resource.c.id,
                "from_minute": _resource.c.daily_maximum,
                "to_minute": _resource.c.position,
                "last_on": _capability.c.certified_until,
                "slug": _resource.c.slug,
                "name": _resource.c.name,
            },
        )
        .join(_capability, can_do)
        .where(_resource.c.location_id == location_id, _resource.c.archived_at.is_(None))
    )
    opening = _arm(
        text("open"),
        {name: hours.c[name] for name in ("id", "weekday", "on_date", "from_minute", "to_minute")},
    ).where(
        hours.c.location_id == location_id,
        sa.or_(hours.c.on_date.is_(None), hours.c.on_date.between(first, last)),
    )
    closed = _arm(
        text("closed"), {"first_on": closure.c.first_on, "last_on": closure.c.last_on}
    ).where(
        closure.c.location_id == location_id, closure.c.last_on >= first, closure.c.first_on <= last
    )
    shifts = (
        _arm(
            text("shift"),
            {
                "id": shift.c.id,
                "owner_id": shift.c.resource_id,
                "weekday": shift.c.weekday,
                "on_date": shift.c.on_date,
                "from_minute": shift.c.from_minute,
                "to_minute": shift.c.to_minute,
                "first_on": shift.c.starts_on,
                "last_on": shift.c.ends_on,
            },
        )
        .join(_capability, _capability.c.resource_id == shift.c.resource_id)
        .where(does, is_current)
    )
    pauses = (
        _arm(
            text("break"),
            {
                "owner_id": pause.c.shift_id,
                "from_minute": pause.c.from_minute,
                "to_minute": pause.c.to_minute,
            },
        )
        .join(shift, shift.c.id == pause.c.shift_id)
        .join(_capability, _capability.c.resource_id == shift.c.resource_id)
        .where(does, is_current)
    )
    away = (
        _arm(
            text("off"),
            {
                "owner_id": off.c.resource_id,
                "from_minute": off.c.from_minute,
                "to_minute": off.c.to_minute,
                "first_on": off.c.first_on,
                "last_on": off.c.last_on,
            },
        )
        .join(_capability, _capability.c.resource_id == off.c.resource_id)
        .where(does, off.c.last_on >= first, off.c.first_on <= last)
    )
    own = (
        _arm(
            text("own_room"),
            {"id": own_room.c.room_id, "owner_id": own_room.c.practitioner_id},
        )
        .join(_capability, _capability.c.resource_id == own_room.c.practitioner_id)
        .where(does)
    )
    return sa.union_all(resources, opening, closed, shifts, pauses, away, own)


_RULES = _rules()

_TAKEN = (
    sa.select(_claim.c.resource_id, _claim.c.tick, _claim.c.run, _claim.c.booking_id)
    .add_columns(_booking.c.is_needling)
    .join(_capability, _capability.c.resource_id == _claim.c.resource_id)
    .outerjoin(_booking, _booking.c.id == _claim.c.booking_id)
    .where(
        _capability.c.treatment_id == sa.bindparam("treatment_id"),
        _claim.c.run > 0,
        _claim.c.tick > sa.bindparam("after_tick"),
        _claim.c.tick < sa.bindparam("before_tick"),
        sa.or_(
            _booking.c.id.is_(None),
            sa.and_(
                _booking.c.id != sa.bindparam("without"),
                sa.or_(
                    _booking.c.status != BookingStatus.HELD.value,
                    sa.and_(
                        _booking.c.held_until > sa.bindparam("now", type_=UtcDateTime),
                        sa.func.coalesce(_booking.c.visitor, "") != sa.bindparam("visitor"),
                    ),
                ),
            ),
        ),
    )
)
"""The runs that are taken, without ended holds, the visitor's own holds, and one booking."""


def facts(
    offer: Offer,
    first_on: date,
    last_on: date,
    *,
    now: datetime,
    practitioner: str = "",
    visitor: str = "",
    without: int = 0,
    preferred: int | None = None,
) -> Facts:
    """What is true at the place in those days, for the rules; two queries however many the days.

    `practitioner` (a slug) leaves only that person; `visitor` and `without` (a booking's id) name
    whose hold and which booking count as free.
    """
    rows = db.session.execute(
        _RULES,
        {
            "first_on": first_on - timedelta(days=1),
            "last_on": last_on,
            "location_id": offer.location_id,
            "treatment_id": offer.treatment_id,
        },
    ).all()
    first = day_span(first_on, offer.zone).start
    before = day_span(last_on, offer.zone).end + offer.session.ticks
    taken = db.session.execute(
        _TAKEN,
        {
            "treatment_id": offer.treatment_id,
            "after_tick": first - LONGEST_RUN,
            "before_tick": before + -(-offer.session.turnover_minutes // 5),
            "now": now,
            "visitor": visitor or "-",
            "without": without,
        },
    ).all()
    return _gathered(
        offer,
        first_on,
        last_on,
        rows,
        taken,
        now=now,
        practitioner=practitioner,
        preferred=preferred,
    )


def _gathered(
    offer: Offer,
    first_on: date,
    last_on: date,
    rows: Iterable[Any],
    taken: Iterable[Any],
    *,
    now: datetime,
    practitioner: str,
    preferred: int | None,
) -> Facts:
    """The rows of both queries, sorted into what the rules ask for."""
    zone = offer.zone
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_kind[row[0]].append(row)
    around = timedelta(days=1)
    busy, sessions = _busy(taken, local_days(first_on - around, last_on + around, zone))
    pauses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in by_kind["break"]:
        pauses[row.owner_id].append((row.from_minute, row.to_minute))
    patterns: dict[int, list[Pattern]] = defaultdict(list)
    for row in by_kind["shift"]:
        patterns[row.owner_id].append(_pattern(row, tuple(pauses[row.id])))
    away: dict[int, list[TimeOff]] = defaultdict(list)
    for row in by_kind["off"]:
        away[row.owner_id].append(
            TimeOff(row.first_on, row.from_minute, row.last_on, row.to_minute)
        )
    own_rooms: dict[int, set[int]] = defaultdict(set)
    for row in by_kind["own_room"]:
        own_rooms[row.owner_id].add(row.id)
    people = tuple(
        Person(
            id=row.id,
            slug=row.slug,
            name=row.name,
            on_shift=shift_spans(patterns[row.id], away[row.id], first_on, last_on, zone),
            busy=tuple(busy[row.id]),
            certified_until=row.last_on,
            sessions_on=sessions[row.id],
            daily_maximum=row.from_minute,
            rooms=frozenset(own_rooms[row.id]) or None,
        )
        for row in _in_order(by_kind["practitioner"])
        if not practitioner or row.slug == practitioner
    )
    rooms, devices = (
        tuple(
            Thing(row.id, row.name, tuple(busy[row.id]), row.last_on)
            for row in _in_order(by_kind[kind])
        )
        for kind in ("room", "device")
    )
    closures = [(row.first_on, row.last_on) for row in by_kind["closed"]]
    hours = [_pattern(row) for row in by_kind["open"]]
    return Facts(
        now=now,
        zone=zone,
        first_on=first_on,
        last_on=last_on,
        open=open_spans(hours, closures, first_on, last_on, zone),
        session=offer.session,
        people=people,
        rooms=rooms,
        devices=devices,
        preferred=preferred,
    )


def _in_order(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.to_minute, row.id))


def _pattern(row: Any, breaks: tuple[tuple[int, int], ...] = ()) -> Pattern:
    return Pattern(
        from_minute=row.from_minute,
        to_minute=row.to_minute,
        weekday=row.weekday,
        on_date=row.on_date,
        starts_on=row.first_on,
        ends_on=row.last_on,
        breaks=breaks,
    )


def _busy(
    taken: Iterable[Any], days: Sequence[LocalDay]
) -> tuple[dict[int, list[Span]], dict[int, dict[date, int]]]:
    """The spans each resource is taken for, and each one's hands-on sessions by day."""
    busy: dict[int, list[Span]] = defaultdict(list)
    sessions: dict[int, dict[date, int]] = defaultdict(dict)
    counted: set[tuple[int, int]] = set()
    starts = [day.start for day in days]
    for resource_id, tick, run, booking_id, is_needling in taken:
        busy[resource_id].append(Span(tick, tick + run))
        if is_needling and (resource_id, booking_id) not in counted:
            counted.add((resource_id, booking_id))
            day = days[bisect_right(starts, tick) - 1].date
            sessions[resource_id][day] = sessions[resource_id].get(day, 0) + 1
    return busy, sessions


def people_of(offer: Offer) -> list[tuple[str, str]]:
    """Slug and name of everyone who does this treatment."""
    return [
        (row.slug, row.name)
        for row in db.session.execute(
            sa.select(_resource.c.slug, _resource.c.name)
            .join(_capability, _capability.c.resource_id == _resource.c.id)
            .where(_capability.c.treatment_id == offer.treatment_id)
            .where(_resource.c.kind == "practitioner", _resource.c.archived_at.is_(None))
            .order_by(_resource.c.position)
        )
    ]


def free_times(offer: Offer, first_on: date, last_on: date, **about: Any) -> list[FreeStart]:
    """The starts that can be booked in those days; `about` as for `facts`."""
    return free_starts(facts(offer, first_on, last_on, **about), offer.policy)


def booking_by_reference(reference: str) -> Booking | None:
    """The booking with this reference."""
    return db.session.scalar(sa.select(Booking).where(Booking.reference == reference))


def resource_name(resource_id: int) -> str:
    """The name of a person, room or device."""
    return db.session.scalar(sa.select(Resource.name).where(Resource.id == resource_id)) or ""


def location_of(booking: Booking) -> Location:
    """The place of a booking."""
    return db.session.get_one(Location, booking.location_id)


def coming_visits(email: str, now: datetime) -> list[Booking]:
    """The visits to come that were booked with this address, soonest first."""
    query = (
        sa.select(Booking)
        .where(Booking.contact_email == email)
        .where(Booking.starts_at > now, Booking.status == BookingStatus.BOOKED)
        .order_by(Booking.starts_at)
    )
    return list(db.session.scalars(query))


def resource_slug(resource_id: int) -> str:
    """The short name of a person, room or device in addresses."""
    return db.session.scalar(sa.select(Resource.slug).where(Resource.id == resource_id)) or ""


def starts(known: Facts, offer: Offer) -> list[FreeStart]:
    """The starts that these facts and the house allow."""
    return free_starts(known, offer.policy)
