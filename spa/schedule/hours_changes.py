"""What changes when the house is open: its week, one day, closing and opening again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.errors import ChangedMeanwhile
from spa.models import Closure, OpeningHours
from spa.schedule import hours_queries
from spa.schedule.changes import Entry
from spa.schedule.hours_queries import Ranges


@dataclass(frozen=True)
class OpenWeek:
    """The house is open at these hours of each weekday (Monday is 0) from now on."""

    location_id: int
    week: tuple[Ranges, ...]
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        if hours_queries.week(self.location_id) == self.week:
            return []
        _unchanged(self.location_id, self.seen)
        session.execute(
            sa.delete(OpeningHours).where(
                OpeningHours.location_id == self.location_id, OpeningHours.weekday.is_not(None)
            )
        )
        for weekday, ranges in enumerate(self.week):
            _add(session, self.location_id, ranges, weekday=weekday)
        days = [[day, *one] for day, ranges in enumerate(self.week) for one in ranges]
        return [Entry("hours.week_set", {"week": days})]


@dataclass(frozen=True)
class OpenDay:
    """The house is open at other hours on one day; with no ranges it is as every week again."""

    location_id: int
    on: date
    ranges: Ranges
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        if hours_queries.day(self.location_id, self.on) == self.ranges:
            return []
        _unchanged(self.location_id, self.seen)
        session.execute(
            sa.delete(OpeningHours).where(
                OpeningHours.location_id == self.location_id, OpeningHours.on_date == self.on
            )
        )
        _add(session, self.location_id, self.ranges, on_date=self.on)
        return [Entry("hours.day_set", {"on": self.on.isoformat(), "hours": list(self.ranges)})]


@dataclass(frozen=True)
class Close:
    """The house is closed from the first day through the last."""

    location_id: int
    first_on: date
    last_on: date
    reason: str

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; pressed twice it closes once."""
        if hours_queries.closure_of(self.location_id, self.first_on, self.last_on):
            return []
        closure = Closure(
            location_id=self.location_id,
            first_on=self.first_on,
            last_on=self.last_on,
            reason=self.reason,
        )
        session.add(closure)
        return [Entry("closure.made", _about(closure))]


@dataclass(frozen=True)
class Reopen:
    """A closure is taken back; whoever else did it before, it is gone."""

    location_id: int
    closure_id: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Take it away."""
        closure = session.scalar(
            sa.select(Closure).where(
                Closure.id == self.closure_id, Closure.location_id == self.location_id
            )
        )
        if closure is None:
            return []
        session.delete(closure)
        return [Entry("closure.removed", _about(closure))]


def _about(closure: Closure) -> dict[str, Any]:
    return {
        "first_on": closure.first_on.isoformat(),
        "last_on": closure.last_on.isoformat(),
        "reason": closure.reason,
    }


def _unchanged(location_id: int, seen: int) -> None:
    if hours_queries.newest_change(location_id) > seen:
        raise ChangedMeanwhile


def _add(
    session: Session, location_id: int, ranges: Iterable[tuple[int, int]], **when: Any
) -> None:
    session.add_all(
        OpeningHours(location_id=location_id, from_minute=first, to_minute=last, **when)
        for first, last in ranges
    )
