"""Opening hours, shifts, closures and time off, turned from local wall times into spans."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from spa.domain.spans import (
    DAY_MINUTES,
    TICK_MINUTES,
    LocalDay,
    Span,
    local_days,
    subtract,
    tick_at,
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A range of wall time on a weekday (Monday is 0), or on one date in place of its weekly ones.

    Minutes count from midnight of the date the range starts on: a range past midnight goes beyond
    1440. One that ends where it starts is empty, which is how a single date is taken off.
    """

    from_minute: int
    to_minute: int
    weekday: int | None = None
    on_date: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TimeOff:
    """A practitioner's absence, from a wall time of one date to a wall time of another."""

    first_on: date
    from_minute: int
    last_on: date
    to_minute: int


class _Range(NamedTuple):
    """A pattern's dates and its minutes with the breaks taken out."""

    starts_on: date | None
    ends_on: date | None
    minutes: tuple[Span, ...]


def open_spans(
    patterns: Iterable[Pattern],
    closures: Iterable[tuple[date, date]],
    first_on: date,
    last_on: date,
    zone: ZoneInfo,
) -> tuple[Span, ...]:
    """When the house is open: every stretch that touches these days, whole."""
    return _stretches(patterns, closures, (), first_on, last_on, zone)


def shift_spans(
    patterns: Iterable[Pattern],
    time_off: Iterable[TimeOff],
    first_on: date,
    last_on: date,
    zone: ZoneInfo,
) -> tuple[Span, ...]:
    """When a practitioner works, without breaks and time off, in stretches as for open_spans."""
    off = [
        (tick_at(a.first_on, a.from_minute, zone), tick_at(a.last_on, a.to_minute, zone))
        for a in time_off
    ]
    return _stretches(patterns, (), off, first_on, last_on, zone)


def _stretches(
    patterns: Iterable[Pattern],
    closures: Iterable[tuple[date, date]],
    off: Iterable[tuple[int, int]],
    first_on: date,
    last_on: date,
    zone: ZoneInfo,
) -> tuple[Span, ...]:
    asked = local_days(first_on, last_on, zone)
    if not asked:
        return ()
    # A range past midnight reaches in from the day before, and one from midnight on the day after
    # may carry a visit that begins on the last day.
    days = local_days(_step(first_on, -1), _step(last_on, 1), zone)
    closed = {day.date for a, b in closures for day in days if a <= day.date <= b}
    weekly, single = _by_day(patterns)
    spans: list[tuple[int, int]] = []
    for day in days:
        if day.date not in closed:
            spans += _spans_on(day, single.get(day.date) or weekly[day.date.weekday()], zone)
    begin, end = asked[0].start, asked[-1].end
    return tuple(span for span in subtract(spans, off) if span.start < end and span.end > begin)


def _step(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def _by_day(patterns: Iterable[Pattern]) -> tuple[list[list[_Range]], dict[date, list[_Range]]]:
    weekly: list[list[_Range]] = [[] for _ in range(7)]
    single: dict[date, list[_Range]] = {}
    for pattern in patterns:
        minutes = _working_minutes(pattern.from_minute, pattern.to_minute, pattern.breaks)
        if pattern.on_date is not None:
            single.setdefault(pattern.on_date, []).append(_Range(None, None, minutes))
        elif pattern.weekday is not None:
            weekly[pattern.weekday].append(_Range(pattern.starts_on, pattern.ends_on, minutes))
    return weekly, single


@lru_cache(maxsize=1024)
def _working_minutes(start: int, end: int, breaks: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    return subtract([(start, end)], breaks)


def _spans_on(day: LocalDay, ranges: Iterable[_Range], zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    date, midnight, _ = day
    is_plain = day.is_plain
    for starts_on, ends_on, minutes in ranges:
        if (starts_on and date < starts_on) or (ends_on and date > ends_on):
            continue
        for start, end in minutes:
            if is_plain and end <= DAY_MINUTES:
                yield midnight + start // TICK_MINUTES, midnight + end // TICK_MINUTES
            else:
                yield tick_at(date, start, zone), tick_at(date, end, zone)
