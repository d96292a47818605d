"""A week of everyone, and one person's hours, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.domain.hours import Pattern
from spa.domain.spans import (
    DAY_MINUTES,
    TICK_MINUTES,
    day_span,
    intersect,
    local_time,
    moment_of,
    union,
)
from spa.schedule.rota import Absence, Column, Rota
from spa.schedule.rota_queries import Away, Spell, Week, day_on, week_on
from spa.schedule.shown import span_words

BAR = 100
"""How wide the picture of the most hours is, in its own units."""


@dataclass(frozen=True)
class Cell:
    """Somebody's day: when they are in, and what is not as usual about it."""

    on: date
    title: str
    hours: str
    breaks: list[str]
    off: list[str]
    is_single: bool
    is_closed: bool
    is_today: bool
    is_over: bool


@dataclass(frozen=True)
class Row:
    """Somebody's week."""

    slug: str
    name: str
    is_archived: bool
    cells: list[Cell]
    hours: str
    share: int


@dataclass(frozen=True)
class Head:
    """A day of the week: its name, whether the house is closed, and how many are in."""

    on: date
    title: str
    closed: str
    is_today: bool
    count: int


@dataclass(frozen=True)
class Everyone:
    """The week as the page shows it."""

    heads: list[Head]
    rows: list[Row]


def everyone(found: Rota, monday: date, today: date) -> Everyone:
    """A week of everyone who works here, or did in that week."""
    days = [monday + timedelta(days=n) for n in range(7)]
    by_day = [found.people_on(day) for day in days]
    people = [
        one
        for one in zip(*by_day, strict=True)
        if not one[0].is_archived or any(column.working for column in one)
    ]
    worked = [sum(map(_minutes, one, days, [found] * 7)) for one in people]
    most = max([*worked, 1])
    rows = [
        Row(
            slug=one[0].slug,
            name=one[0].name,
            is_archived=one[0].is_archived,
            cells=[_cell(column, day, found, today) for column, day in zip(one, days, strict=True)],
            hours=wording.hours(minutes),
            share=minutes * BAR // most,
        )
        for one, minutes in zip(people, worked, strict=True)
    ]
    heads = [
        Head(
            on=day,
            title=wording.day_short(day),
            closed=_closed(found, day),
            is_today=day == today,
            count=sum(bool(one[n].working) for one in people) if not _closed(found, day) else 0,
        )
        for n, day in enumerate(days)
    ]
    return Everyone(heads, rows)


def _closed(found: Rota, day: date) -> str:
    """Why the house is closed all that day; empty when it is open."""
    reason = found.closed_on(day)
    if reason is not None:
        return _("closed: %(why)s", why=reason) if reason else _("closed")
    return "" if found.open_on(day) else _("closed")


def _minutes(column: Column, day: date, found: Rota) -> int:
    """How long somebody works that day; nobody does while the house is closed all day."""
    if _closed(found, day):
        return 0
    return sum(span.end - span.start for span in column.working) * TICK_MINUTES


def _cell(column: Column, day: date, found: Rota, today: date) -> Cell:
    zone, absences = found.zone, [one.span for one in column.off]
    pauses = [span for span in column.breaks if not intersect([span], absences)]
    present = union([*column.working, *pauses]) if column.working else ()
    shifts: Sequence[Pattern] = found.patterns.get(column.id, [])
    return Cell(
        on=day,
        title=wording.day_short(day),
        hours=", ".join(span_words(span, zone) for span in present),
        breaks=[span_words(span, zone) for span in pauses] if column.working else [],
        off=[_off(one, day, zone) for one in column.off],
        is_single=day_on(shifts, day) is not None,
        is_closed=bool(_closed(found, day)),
        is_today=day == today,
        is_over=day < today,
    )


def _off(one: Absence, day: date, zone: ZoneInfo) -> str:
    """Why somebody is away, and when where it is not all day."""
    reason = one.reason or _("away")
    whole = day_span(day, zone)
    if one.span == whole:
        return reason
    first, last = (local_time(moment_of(tick), zone) for tick in one.span)
    end = DAY_MINUTES if one.span.end == whole.end else last.hour * 60 + last.minute
    return f"{reason} {wording.within(first.hour * 60 + first.minute, end)}"


# One person


@dataclass(frozen=True)
class WeekDay:
    """A weekday in somebody's week."""

    name: str
    hours: str
    breaks: str


@dataclass(frozen=True)
class SpellInWords:
    """A week that repeats, and from when to when."""

    when: str
    days: list[WeekDay]
    hours: str


@dataclass(frozen=True)
class SingleDay:
    """A day that is not as usual."""

    on: date
    title: str
    hours: str


@dataclass(frozen=True)
class AwayInWords:
    """A time off."""

    id: int
    when: str
    reason: str


def spell_in_words(spell: Spell) -> SpellInWords:
    """A week with its days; those on which they are not in are named too."""
    return SpellInWords(
        when=wording.spell(spell.first_on, spell.last_on),
        days=week_in_words(spell.week),
        hours=wording.hours(sum(map(_length, spell.week))),
    )


def week_in_words(week: Week) -> list[WeekDay]:
    """Each weekday, Monday first."""
    by_day = {one.weekday: one for one in week}
    return [
        WeekDay(
            wording.name_of_weekday(day),
            hours_words(by_day.get(day)),
            wording.ranges(by_day[day].breaks) if day in by_day else "",
        )
        for day in range(7)
    ]


def single_in_words(shifts: Iterable[Pattern], days: Iterable[date]) -> list[SingleDay]:
    """The days that are not as usual, with their hours."""
    patterns = list(shifts)
    return [
        SingleDay(day, wording.day_short(day), hours_words(day_on(patterns, day))) for day in days
    ]


def away_in_words(away: Away) -> AwayInWords:
    """From when to when somebody is away, and why."""
    when = wording.absence(away.first_on, away.from_minute, away.last_on, away.to_minute)
    return AwayInWords(away.id, when, away.reason)


def hours_words(pattern: Pattern | None) -> str:
    """From when to when; "not in" for nothing."""
    if pattern is None:
        return _("not in")
    return wording.ranges([(pattern.from_minute, pattern.to_minute)])


def unlike(shifts: Iterable[Pattern], on: date, typed: Week) -> list[tuple[str, str]]:
    """The weekdays that are otherwise now than somebody typed, with what they are now."""
    now, then = week_in_words(week_on(shifts, on)), week_in_words(typed)
    return [
        (one.name, f"{one.hours} ({_('break')} {one.breaks})" if one.breaks else one.hours)
        for one, other in zip(now, then, strict=True)
        if one != other
    ]


def _length(pattern: Pattern) -> int:
    pauses = sum(last - first for first, last in pattern.breaks)
    return pattern.to_minute - pattern.from_minute - pauses
