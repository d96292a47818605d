"""Reads a day or a week of the studio: who is in, who comes, and what is still free."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.booking import queries as booking
from spa.database import db
from spa.domain.availability import free_starts
from spa.domain.spans import (
    Span,
    day_span,
    local_time,
    moment_of,
    subtract,
    tick_at_or_after,
)
from spa.domain.states import BookingStatus
from spa.models import Resource, Treatment
from spa.schedule.rota import Block, Column, Place, Rota, rota, tag, tagged_rota
from spa.schedule.visits import Visit, visits_between

__all__ = [
    "Block",
    "Column",
    "Day",
    "Visit",
    "day",
    "free_times",
    "opens_next",
    "people",
    "tag",
    "week",
]


@dataclass(frozen=True)
class Day:
    """A calendar day of a place. `closed` says why it is closed, None when it is not.

    `rooms_taken` is when visits that are not among these take a room as well.
    """

    on: date
    zone: ZoneInfo
    now: datetime
    tag: str
    closed: str | None
    open: tuple[Span, ...]
    people: tuple[Column, ...]
    rooms: tuple[Column, ...]
    visits: tuple[Visit, ...]
    cancelled: tuple[Visit, ...]
    blocks: tuple[Block, ...]
    rooms_taken: dict[int, list[Span]] = field(default_factory=dict)

    @property
    def free_minutes(self) -> int:
        """How long people who are in could still see somebody, from now on, in the rooms left."""
        begins, ends = day_span(self.on, self.zone)
        gone, taken = Span(begins, max(begins, tick_at_or_after(self.now))), self._taken()
        people = [subtract(one.working, [gone, *taken[one.id]]) for one in self.people]
        rooms = [subtract(one.working, [gone, *taken[one.id]]) for one in self.rooms]
        return 5 * sum(map(min, _counted(people, begins, ends), _counted(rooms, begins, ends)))

    @property
    def next_end(self) -> int | None:
        """In how many seconds, begun, the first hold ends; None when there is none."""
        held = [visit.held_until for visit in self.visits if visit.held_until]
        return -int((self.now - min(held)).total_seconds() // 1) if held else None

    @property
    def expected_minor(self) -> int:
        """What the visits that have their hour cost together."""
        return sum(visit.price_minor for visit in self.visits if _is_expected(visit))

    def _taken(self) -> dict[int, list[Span]]:
        """When each person or room is with somebody, cleaned or kept free."""
        taken: dict[int, list[Span]] = defaultdict(list)
        for visit in self.visits:
            for resource_id in (visit.practitioner_id, visit.room_id):
                taken[resource_id] += visit.takes(resource_id)
        for block in self.blocks:
            for resource_id in block.resource_ids:
                taken[resource_id].append(block.span)
        for room_id, spans in self.rooms_taken.items():
            taken[room_id] += spans
        return taken


def day(place: Place, on: date, now: datetime, only: int | None = None) -> Day:
    """One day of a place, in two queries; `only` leaves a practitioner's own visits."""
    found, mark = tagged_rota(place, on, on, only, now)
    return _day(found, mark, on, now, visits_between(place, on, on, now, only))


def week(place: Place, only: int | None, first_on: date, now: datetime) -> tuple[Day, ...]:
    """Seven days of one person, or of everyone, in two queries."""
    last_on = first_on + timedelta(days=6)
    found, mark = tagged_rota(place, first_on, last_on, only, now)
    visits = visits_between(place, first_on, last_on, now, only)
    return tuple(_day(found, mark, first_on + timedelta(days=n), now, visits) for n in range(7))


def opens_next(place: Place, now: datetime) -> date:
    """The day worth opening on: today, and once it is over the next that is open."""
    today = local_time(now, place.zone).date()
    found = rota(place, today, today + timedelta(days=7), None)
    for ahead in range(8):
        on = today + timedelta(days=ahead)
        is_ahead = [span for span in found.open_on(on) if moment_of(span.end) > now]
        if is_ahead:
            return on
    return today


def people(place_id: int, only: int | None) -> list[Any]:
    """Everyone in the rota of whom one may see the week, with id, slug and name."""
    query = sa.select(Resource.id, Resource.slug, Resource.name).where(
        Resource.location_id == place_id,
        Resource.kind == "practitioner",
        Resource.archived_at.is_(None),
    )
    if only is not None:
        query = query.where(Resource.id == only)
    return list(db.session.execute(query.order_by(Resource.position, Resource.id)))


def free_times(
    place: Place, on: date, now: datetime, only: int | None = None
) -> dict[int, list[datetime]]:
    """When each person could begin the standard treatment that day, by id; four queries.

    What is too soon for a client online is not for the desk.
    """
    slug = db.session.connection().execute(_STANDARD, {"place": place.id}).scalar()
    offer = booking.any_offer(slug) if slug else None
    if offer is None:
        return {}
    policy = replace(offer.policy, notice_minutes=0)
    known = booking.facts(offer, on, on, now=now)
    return {
        person.id: [
            moment_of(start.tick) for start in free_starts(replace(known, people=(person,)), policy)
        ]
        for person in known.people
        if only is None or person.id == only
    }


_treatment = Treatment.__table__

_STANDARD = (
    sa.select(_treatment.c.slug)
    .where(_treatment.c.location_id == sa.bindparam("place"), _treatment.c.archived_at.is_(None))
    .order_by(_treatment.c.is_needling.desc(), _treatment.c.position, _treatment.c.id)
    .limit(1)
)
"""The first treatment of the menu that needs needles: what most people come for."""


# One day out of the rows


def _day(found: Rota, mark: str, on: date, now: datetime, visits: Iterable[Visit]) -> Day:
    whole = day_span(on, found.zone)
    first, last = moment_of(whole.start), moment_of(whole.end)
    todays = [visit for visit in visits if first <= visit.starts_at < last]
    people = {visit.practitioner_id for visit in todays}
    rooms = {visit.room_id for visit in todays}
    return Day(
        on=on,
        zone=found.zone,
        now=now,
        tag=mark,
        closed=found.closed_on(on),
        open=found.open_on(on),
        people=_shown(found.people_on(on), people),
        rooms=_shown(found.rooms_on(on), rooms),
        visits=tuple(visit for visit in todays if visit.status != BookingStatus.CANCELLED),
        cancelled=tuple(visit for visit in todays if visit.status == BookingStatus.CANCELLED),
        blocks=found.blocks_on(on),
        rooms_taken=found.rooms_taken(),
    )


def _shown(columns: tuple[Column, ...], taken: set[int]) -> tuple[Column, ...]:
    """Whoever has left is shown on the days on which they still have visits."""
    return tuple(column for column in columns if not column.is_archived or column.id in taken)


def _counted(free: Iterable[Iterable[Span]], begins: int, ends: int) -> list[int]:
    """How many of them are free at each tick of the day."""
    changes = Counter[int]()
    for spans in free:
        for start, end in spans:
            changes[start] += 1
            changes[end] -= 1
    return list(accumulate(changes[tick] for tick in range(begins, ends)))


def _is_expected(visit: Visit) -> bool:
    return visit.has_hour and visit.status != BookingStatus.HELD
