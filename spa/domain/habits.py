"""What somebody usually books, and when they would come next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

MOST_VISITS = 6
"""So many of the last visits say what is usual: what somebody did years ago no longer is."""

A_WEEK = timedelta(weeks=1)
FOUR_WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit as it says something about habits; `starts_at` is the time on the place's clock."""

    starts_at: datetime
    treatment: str
    practitioner: str


@dataclass(frozen=True, slots=True)
class Habit:
    """The treatment, the person, and the weekday and minute that are usual for somebody."""

    treatment: str
    practitioner: str
    weekday: int
    minute: int


def usual(visits: Iterable[Visited]) -> Habit | None:
    """The most frequent of the last visits; of those that are as frequent, the latest."""
    last = sorted(visits, key=lambda visit: visit.starts_at, reverse=True)[:MOST_VISITS]
    if not last:
        return None
    weekday, minute = _most([_when(visit.starts_at) for visit in last])
    return Habit(
        treatment=_most([visit.treatment for visit in last]),
        practitioner=_most([visit.practitioner for visit in last]),
        weekday=weekday,
        minute=minute,
    )


def habit_of(visit: Visited) -> Habit:
    """What one visit would be as a habit: the next one like it."""
    return Habit(visit.treatment, visit.practitioner, *_when(visit.starts_at))


def next_on(last_on: date, days_between: int | None) -> date:
    """The same weekday four weeks on, or in the first later week that leaves the days between."""
    found = last_on + FOUR_WEEKS
    while days_between and (found - last_on).days < days_between:
        found += A_WEEK
    return found


def weekly(weekday: int, first_on: date, last_on: date) -> list[date]:
    """Each such weekday from one date to another, both included."""
    found = first_on + timedelta(days=(weekday - first_on.weekday()) % 7)
    return [found + A_WEEK * n for n in range(max((last_on - found).days // 7 + 1, 0))]


def _when(starts_at: datetime) -> tuple[int, int]:
    return starts_at.weekday(), starts_at.hour * 60 + starts_at.minute


def _most(values: Sequence[T]) -> T:
    """The most frequent; the first of those that are as frequent."""
    return Counter(values).most_common(1)[0][0]
