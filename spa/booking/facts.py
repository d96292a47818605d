"""Gathers the rows that decide about free time into one frozen Facts, in two queries."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from spa.booking.offer import Offer
from spa.database import UtcDateTime, db
from spa.domain.availability import (
    NONE_WAIVED,
    Allocation,
    Facts,
    FreeStart,
    Person,
    Reason,
    Thing,
    Waived,
    allocate,
    free_starts,
    refusals,
)
from spa.domain.hours import Pattern, TimeOff, open_spans, shift_spans
from spa.domain.spans import LocalDay, Span, day_span, local_days
from spa.models import (
    Booking,
    Capability,
    Claim,
    Closure,
    OpeningHours,
    PractitionerRoom,
    Resource,
    Shift,
    ShiftBreak,
)
from spa.models import TimeOff as TimeOffRow
from spa.models.booking import IS_HELD, IS_RUN, LONGEST_RUN

FAR_AWAY = timedelta(days=3 * 366)

_resource, _capability = Resource.__table__, Capability.__table__
_claim, _booking = Claim.__table__, Booking.__table__


_COLUMNS = {
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


def _arm(kind: Any, columns: dict[str, Any], *, is_first: bool = False) -> sa.Select[Any]:
    """One part of the union below; what it does not have is empty. The first names the columns.

    Short, because the driver does not remember how to send a statement of over 4,096 characters.
    """
    if not is_first:
        return sa.select(kind, *(columns.get(name, sa.null()) for name in _COLUMNS))
    named = (
        columns.get(name, sa.cast(sa.null(), type_)).label(name) for name, type_ in _COLUMNS.items()
    )
    return sa.select(kind.label("kind"), *named)


def _falls_in(table: Any, first: Any, last: Any) -> sa.ColumnElement[bool]:
    """Hours of a weekday that is in the days asked for, or of one date among them."""
    is_weekday = table.c.weekday.in_(sa.bindparam("weekdays", expanding=True))
    return sa.or_(is_weekday, table.c.on_date.between(first, last))


def _rules() -> sa.CompoundSelect[Any]:
    """Everything that decides who may be booked when, apart from what is taken, in one query."""
    first, last = sa.bindparam("first_on", type_=sa.Date), sa.bindparam("last_on", type_=sa.Date)
    location_id = sa.bindparam("location_id", type_=sa.Integer)
    treatment_id = sa.bindparam("treatment_id", type_=sa.Integer)
    hours, closure = OpeningHours.__table__, Closure.__table__
    shift, pause, off = Shift.__table__, ShiftBreak.__table__, TimeOffRow.__table__
    own_room = PractitionerRoom.__table__
    can_do = sa.and_(
        _capability.c.resource_id == _resource.c.id, _capability.c.treatment_id == treatment_id
    )
    is_current = sa.and_(
        _falls_in(shift, first, last),
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
            is_first=True,
        )
        .join(_capability, can_do)
        .where(_resource.c.location_id == location_id, _resource.c.archived_at.is_(None))
    )
    opening = _arm(
        text("open"),
        {name: hours.c[name] for name in ("id", "weekday", "on_date", "from_minute", "to_minute")},
    ).where(
        hours.c.location_id == location_id,
        _falls_in(hours, first, last),
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

_NOT_COUNTED = sa.select(_booking.c.id).where(
    IS_HELD,
    sa.or_(
        _booking.c.held_until <= sa.bindparam("now", type_=UtcDateTime),
        _booking.c.visitor == sa.bindparam("visitor"),
    ),
)
"""Holds that have ended and are not cleaned up yet, and the visitor's own."""

_TAKEN = (
    sa.select(
        _claim.c.resource_id, _claim.c.tick, _claim.c.run, _claim.c.booking_id, _claim.c.is_needling
    )
    .join(_capability, _capability.c.resource_id == _claim.c.resource_id)
    .where(
        _capability.c.treatment_id == sa.bindparam("treatment_id"),
        IS_RUN,
        _claim.c.tick > sa.bindparam("after_tick"),
        _claim.c.tick < sa.bindparam("before_tick"),
        sa.func.coalesce(_claim.c.booking_id, 0) != sa.bindparam("without"),
        sa.func.coalesce(_claim.c.booking_id, 0).not_in(_NOT_COUNTED),
    )
)
"""The runs that are taken, without the holds that do not count, and without one booking."""


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
    rows = _rule_rows(offer, first_on, last_on)
    first = day_span(first_on, offer.zone).start
    before = day_span(last_on, offer.zone).end + offer.session.ticks
    taken = (
        db.session.connection()
        .execute(
            _TAKEN,
            {
                "treatment_id": offer.treatment_id,
                "after_tick": first - LONGEST_RUN,
                "before_tick": before + -(-offer.session.turnover_minutes // 5),
                "now": now,
                "visitor": visitor or "-",
                "without": without or -1,
            },
        )
        .all()
    )
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


def facts_without_visits(offer: Offer, first_on: date, last_on: date, *, now: datetime) -> Facts:
    """The same as if nothing were booked: hours, shifts, people and rooms alone, in one query."""
    rows = _rule_rows(offer, first_on, last_on)
    return _gathered(offer, first_on, last_on, rows, (), now=now, practitioner="", preferred=None)


def _rule_rows(offer: Offer, first_on: date, last_on: date) -> Sequence[Any]:
    """The rows of hours, shifts, people and rooms that shape those days."""
    # Hours may run past midnight, and a visit may run on into the next day's.
    day_before, day_after = first_on - timedelta(days=1), last_on + timedelta(days=1)
    return (
        db.session.connection()
        .execute(
            _RULES,
            {
                "first_on": day_before,
                "last_on": day_after,
                "weekdays": _weekdays(day_before, day_after),
                "location_id": offer.location_id,
                "treatment_id": offer.treatment_id,
            },
        )
        .all()
    )


def _weekdays(first_on: date, last_on: date) -> list[int]:
    days = min((last_on - first_on).days + 1, 7)
    return [(first_on.weekday() + n) % 7 for n in range(days)]


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
    day_before, day_after = first_on - timedelta(days=1), last_on + timedelta(days=1)
    busy, sessions = _busy(taken, local_days(day_before, day_after, zone))
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
            on_shift=shift_spans(patterns[row.id], away[row.id], first_on, day_after, zone),
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
        open=open_spans(hours, closures, first_on, day_after, zone),
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


def free_times(
    offer: Offer, first_on: date, last_on: date, *, room: int | None = None, **about: Any
) -> list[FreeStart]:
    """The starts that can be booked in those days; `room` and `about` as for `place_for`."""
    known = in_room(facts(offer, first_on, last_on, **about), room)
    return free_starts(known, offer.policy)


def starts(known: Facts, offer: Offer) -> list[FreeStart]:
    """The starts that these facts and the house allow."""
    return free_starts(known, offer.policy)


def place_for(
    offer: Offer,
    start: datetime,
    *,
    now: datetime,
    waived: Waived = NONE_WAIVED,
    room: int | None = None,
    **about: Any,
) -> tuple[tuple[Reason, ...], Allocation | None]:
    """Who and what would take this hour, or the reasons why nobody can; `about` as for `facts`.

    A start that is years away is answered before any calendar is asked. With a `room` only that
    one will do.
    """
    if abs(start - now) > FAR_AWAY:
        return (Reason.TOO_FAR if start > now else Reason.IN_THE_PAST,), None
    day = start.astimezone(offer.zone).date()
    known = in_room(facts(offer, day, day, now=now, **about), room)
    if found := allocate(start, known, offer.policy, waived):
        return (), found
    return refusals(start, known, offer.policy, waived), None


def in_room(known: Facts, room: int | None) -> Facts:
    """The facts with that room alone, when one is asked for."""
    if room is None:
        return known
    return replace(known, rooms=tuple(thing for thing in known.rooms if thing.id == room))
