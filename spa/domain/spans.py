"""Spans of five-minute ticks and all that is known about local time and clock changes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

TICK_MINUTES = 5
DAY_MINUTES = 24 * 60
DAY_TICKS = DAY_MINUTES // TICK_MINUTES

_TICK = timedelta(minutes=TICK_MINUTES)
_TICK_SECONDS = TICK_MINUTES * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WALL = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH_WALL.toordinal()
_FIRST_WALL = (datetime.min - _EPOCH_WALL) // timedelta(minutes=1)
_LAST_WALL = (datetime.max - _EPOCH_WALL) // timedelta(minutes=1)
# Two days inside the calendar every zone can still be added; nobody books beyond them.
_FIRST_MOMENT = datetime(1, 1, 3, tzinfo=UTC)
_LAST_MOMENT = datetime(9999, 12, 29, tzinfo=UTC)


class Span(NamedTuple):
    """A stretch of time in ticks, from the first one in it to the first one after it."""

    start: int
    end: int


# Spans are made by the thousand, and this takes half as long as Span(start, end).
_quick_span = partial(tuple.__new__, Span)


class LocalDay(NamedTuple):
    """A calendar day at a place, with the ticks of its two midnights."""

    date: date
    start: int
    end: int

    @property
    def is_plain(self) -> bool:
        """Says whether no clock changes that day, so that minutes can simply be added."""
        return self.end - self.start == DAY_TICKS


def tick_of(moment: datetime) -> int:
    """The tick a moment lies in."""
    return (moment - _EPOCH) // _TICK


def tick_at_or_after(moment: datetime) -> int:
    """The first tick that begins at a moment or after it."""
    return -((_EPOCH - moment) // _TICK)


def moment_of(tick: int) -> datetime:
    """The moment a tick begins, in UTC."""
    return _EPOCH + tick * _TICK


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; the far ends of the calendar are pulled in rather than refused."""
    return min(max(moment, _FIRST_MOMENT), _LAST_MOMENT).astimezone(UTC)


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """What calendar and clock show at a place at a moment."""
    return in_utc(moment).astimezone(zone)


def parse_moment(text: str | None) -> datetime | None:
    """A moment with its zone as pages write it, or None."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def parse_day(text: str | None) -> date | None:
    """A day as addresses and forms write it, or None; far ends of the calendar are none of ours."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 and found.isoformat() == text else None


def moment_on(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment at which the clock of a place shows "2026-03-12T15:00"; None if it never does.

    A time that happens twice is the first.
    """
    try:
        shown = datetime.combine(date.fromisoformat(text[:10]), time.fromisoformat(text[11:]))
    except ValueError:
        return None
    if shown.tzinfo is not None or text[10:11] != "T" or not 2000 <= shown.year <= 2200:
        return None
    moment = shown.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == shown else None


def tick_at(day: date, minute: int, zone: ZoneInfo) -> int:
    """The tick of a local wall time; minutes from 1440 on are wall times of the days after.

    A time that does not exist is read with the clock from before the change (02:30 becomes 03:30),
    and one that happens twice is the first, which is how zoneinfo reads both without a fold.
    """
    wall = (day.toordinal() - _EPOCH_DAY) * DAY_MINUTES + minute
    shown = _EPOCH_WALL + timedelta(minutes=min(max(wall, _FIRST_WALL), _LAST_WALL))
    offset = zone.utcoffset(shown) or timedelta()
    return int(wall * 60 - offset.total_seconds()) // _TICK_SECONDS


def moment_at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment of a local wall time, read as `tick_at` reads it."""
    return moment_of(tick_at(day, minute, zone))


def day_span(day: date, zone: ZoneInfo) -> Span:
    """From local midnight to the next: 23 to 25 hours where clocks change."""
    return Span(tick_at(day, 0, zone), tick_at(day, DAY_MINUTES, zone))


@lru_cache(maxsize=64)
def local_days(first_on: date, last_on: date, zone: ZoneInfo) -> tuple[LocalDay, ...]:
    """Every calendar day from one to another, both included."""
    days = map(date.fromordinal, range(first_on.toordinal(), last_on.toordinal() + 1))
    return tuple(LocalDay(day, *day_span(day, zone)) for day in days)


@lru_cache(maxsize=64)
def clock_ticks(day: date, step_minutes: int, zone: ZoneInfo) -> tuple[int, ...]:
    """Every so many minutes on the wall clock of a day, in order of the clock.

    A wall time that does not exist is left out; one that happens twice is there once, the first.
    """
    wall = [m for m in range(0, DAY_MINUTES, step_minutes) if m % TICK_MINUTES == 0]
    ticks = [(tick_at(day, minute, zone), minute) for minute in wall]
    return tuple(tick for tick, minute in ticks if _shows(moment_of(tick), day, minute, zone))


def _shows(moment: datetime, day: date, minute: int, zone: ZoneInfo) -> bool:
    local = local_time(moment, zone)
    return (local.date(), local.hour * 60 + local.minute) == (day, minute)


def union(spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """All the time in any of the spans: sorted, those that overlap or touch made one."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        elif start < end:
            starts.append(start)
            ends.append(end)
    return tuple(map(_quick_span, zip(starts, ends, strict=True)))


def intersect(a: Iterable[tuple[int, int]], b: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """The time that is in both."""
    left, right, shared = union(a), union(b), []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            shared.append(Span(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtract(a: Iterable[tuple[int, int]], b: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """The time that is in the first and not in the second."""
    stretches, taken = union(a), union(b)
    if not stretches or not taken:
        return stretches
    first, last = stretches[0].start, stretches[-1].end
    taken = tuple(span for span in taken if span.end > first and span.start < last)
    edges = [first, *(edge for span in taken for edge in span), last]
    return intersect(stretches, zip(edges[::2], edges[1::2], strict=True))
