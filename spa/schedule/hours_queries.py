"""Reads when the house is open: each weekday, days of their own, and when it is closed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from spa.audit import queries as audit
from spa.audit.queries import Entry
from spa.database import db
from spa.models import Closure, OpeningHours

Ranges = tuple[tuple[int, int], ...]
"""From and to in minutes since midnight, in the order of the clock."""

EVENTS = ("hours.week_set", "hours.day_set")


@dataclass(frozen=True)
class Closed:
    """A closure there is."""

    id: int
    first_on: date
    last_on: date
    reason: str


def week(location_id: int) -> tuple[Ranges, ...]:
    """The hours of each weekday, Monday first."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in db.session.execute(_hours(location_id).where(OpeningHours.weekday.is_not(None))):
        found[row.weekday].append((row.from_minute, row.to_minute))
    return tuple(tuple(found[day]) for day in range(7))


def day(location_id: int, on: date) -> Ranges:
    """The hours that one day has of its own; () when it is as every week."""
    rows = db.session.execute(_hours(location_id).where(OpeningHours.on_date == on))
    return tuple((row.from_minute, row.to_minute) for row in rows)


def days_ahead(location_id: int, today: date) -> list[tuple[date, Ranges]]:
    """The days from today on that have hours of their own."""
    found: dict[date, list[tuple[int, int]]] = defaultdict(list)
    rows = _hours(location_id).where(OpeningHours.on_date >= today)
    for row in db.session.execute(rows):
        found[row.on_date].append((row.from_minute, row.to_minute))
    return [(on, tuple(found[on])) for on in sorted(found)]


def closures(location_id: int, today: date) -> list[Closed]:
    """The closures that are not over, soonest first."""
    query = (
        sa.select(Closure)
        .where(Closure.location_id == location_id, Closure.last_on >= today)
        .order_by(Closure.first_on, Closure.id)
    )
    return [_closed(row) for row in db.session.scalars(query)]


def closure(location_id: int, closure_id: int) -> Closed | None:
    """The closure of that number."""
    row = db.session.scalar(
        sa.select(Closure).where(Closure.id == closure_id, Closure.location_id == location_id)
    )
    return _closed(row) if row else None


def closure_of(location_id: int, first_on: date, last_on: date) -> Closed | None:
    """A closure that holds all those days already."""
    row = db.session.scalars(
        sa.select(Closure).where(
            Closure.location_id == location_id,
            Closure.first_on <= first_on,
            Closure.last_on >= last_on,
        )
    ).first()
    return _closed(row) if row else None


def newest_change(location_id: int) -> int:
    """The last entry of the record about these hours."""
    return audit.newest_entry(events=EVENTS, location_id=location_id)


def changes_since(location_id: int, seen: int) -> list[Entry]:
    """What was done to these hours after that entry, newest first."""
    return audit.entries_of(after=seen, events=EVENTS, location_id=location_id)


def _closed(row: Closure) -> Closed:
    return Closed(row.id, row.first_on, row.last_on, row.reason)


def _hours(location_id: int) -> Any:
    return (
        sa.select(
            OpeningHours.weekday,
            OpeningHours.on_date,
            OpeningHours.from_minute,
            OpeningHours.to_minute,
        )
        .where(OpeningHours.location_id == location_id)
        .order_by(OpeningHours.weekday, OpeningHours.on_date, OpeningHours.from_minute)
    )


def covers(some: Ranges, others: Ranges) -> bool:
    """Whether the house is open already whenever these hours are."""
    return all(
        any(first <= begins and ends <= last for first, last in some) for begins, ends in others
    )
