"""Reads when each person works: their week and what follows it, single days, and time off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from spa.audit.queries import Entry, entries_of, newest_entry
from spa.database import db
from spa.domain.hours import Pattern
from spa.domain.spans import subtract, union
from spa.models import AuditEntry, OpeningHours, Resource, Shift, ShiftBreak, TimeOff

PEOPLE = "practitioner"
EVENTS = (
    "rota.week_set",
    "rota.day_set",
    "rota.left",
    "time_off.made",
    "time_off.changed",
    "time_off.removed",
)
WHOLE_DAY = (0, 1440)
A_DAY = timedelta(days=1)

Week = tuple[Pattern, ...]
"""A pattern for each weekday that somebody is in, Monday first; without dates."""


A_MOMENT = timedelta(minutes=5)
"""Who sends the same form again this soon has pressed twice."""


@dataclass(frozen=True)
class Spell:
    """A week that repeats, from its first day through its last; open where that is None."""

    first_on: date | None
    last_on: date | None
    week: Week


@dataclass(frozen=True)
class Away:
    """A time off, in wall times of the place."""

    id: int
    first_on: date
    from_minute: int
    last_on: date
    to_minute: int
    reason: str

    @property
    def is_one_whole_day(self) -> bool:
        """Whether it is a single day, all of it."""
        return self.first_on == self.last_on and (self.from_minute, self.to_minute) == WHOLE_DAY

    def covers(self, other: "Away") -> bool:
        """Whether nothing of the other lies outside it."""
        starts = (self.first_on, self.from_minute) <= (other.first_on, other.from_minute)
        return starts and (self.last_on, self.to_minute) >= (other.last_on, other.to_minute)


def person(location_id: int, slug: str) -> Resource | None:
    """Somebody who works at this place."""
    return db.session.scalar(_people(location_id).where(Resource.slug == slug))


def people(location_id: int) -> list[Resource]:
    """Everyone who works at this place, in the house's order."""
    return list(db.session.scalars(_people(location_id)))


def _people(location_id: int) -> sa.Select[Resource]:
    return (
        sa.select(Resource)
        .where(
            Resource.location_id == location_id,
            Resource.kind == PEOPLE,
            Resource.archived_at.is_(None),
        )
        .order_by(Resource.position, Resource.id)
    )


def shifts(resource_id: int) -> list[Pattern]:
    """All the shifts that somebody ever had or will have, with their breaks."""
    rows = db.session.scalars(
        sa.select(Shift).where(Shift.resource_id == resource_id).order_by(Shift.id)
    ).all()
    pauses: dict[int, list[tuple[int, int]]] = {row.id: [] for row in rows}
    found = sa.select(ShiftBreak).where(ShiftBreak.shift_id.in_(pauses))
    for pause in db.session.scalars(found.order_by(ShiftBreak.from_minute)):
        pauses[pause.shift_id].append((pause.from_minute, pause.to_minute))
    return [
        Pattern(
            row.from_minute,
            row.to_minute,
            row.weekday,
            row.on_date,
            row.starts_on,
            row.ends_on,
            tuple(pauses[row.id]),
        )
        for row in rows
    ]


def time_off(resource_id: int, from_on: date) -> list[Away]:
    """When somebody is away from that day on, soonest first."""
    rows = db.session.scalars(
        sa.select(TimeOff)
        .where(TimeOff.resource_id == resource_id, TimeOff.last_on >= from_on)
        .order_by(TimeOff.first_on, TimeOff.from_minute, TimeOff.id)
    )
    return [_away(row) for row in rows]


def off(location_id: int, off_id: int) -> tuple[Resource, Away] | None:
    """One time off of somebody at this place, and whose it is."""
    row = db.session.execute(
        sa.select(TimeOff, Resource)
        .join(Resource, Resource.id == TimeOff.resource_id)
        .where(TimeOff.id == off_id, Resource.location_id == location_id)
    ).first()
    return (row.Resource, _away(row.TimeOff)) if row else None


def _away(row: TimeOff) -> Away:
    return Away(row.id, row.first_on, row.from_minute, row.last_on, row.to_minute, row.reason or "")


def open_by_weekday(location_id: int) -> dict[int, list[tuple[int, int]]]:
    """The opening hours of each weekday, to write shifts by."""
    rows = db.session.execute(
        sa.select(OpeningHours.weekday, OpeningHours.from_minute, OpeningHours.to_minute)
        .where(OpeningHours.location_id == location_id, OpeningHours.weekday.is_not(None))
        .order_by(OpeningHours.from_minute)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for weekday, first, last in rows:
        found.setdefault(weekday or 0, []).append((first, last))
    return found


def newest_change(resource_id: int) -> int:
    """The number of the last entry of the record about when somebody works; 0 for none."""
    return newest_entry(events=EVENTS, resource_id=resource_id)


def changes_since(resource_id: int, after: int) -> list[Entry]:
    """What happened to somebody's hours after that entry, newest first."""
    return entries_of(after=after, events=EVENTS, resource_id=resource_id)


# Working out a week from its shifts: nothing below reads.


def week_on(patterns: Iterable[Pattern], on: date) -> Week:
    """The week that is in force on a day."""
    weekly = [one for one in patterns if one.weekday is not None and _is_on(one, on)]
    days = sorted({one.weekday for one in weekly if one.weekday is not None})
    return tuple(
        replace(_as_one([one for one in weekly if one.weekday == day]), weekday=day) for day in days
    )


def day_on(patterns: Iterable[Pattern], on: date) -> Pattern | None:
    """What somebody works that day instead of their week; None when nothing is said of it."""
    single = [one for one in patterns if one.on_date == on]
    return replace(_as_one(single), on_date=on) if single else None


def usual_on(patterns: Iterable[Pattern], on: date) -> Pattern | None:
    """What the week says of a day; None when they are not in."""
    return next((one for one in week_on(patterns, on) if one.weekday == on.weekday()), None)


def single_days(patterns: Iterable[Pattern], from_on: date) -> list[date]:
    """The days from then on that are not as the week has them."""
    return sorted({one.on_date for one in patterns if one.on_date and one.on_date >= from_on})


def spells(patterns: Iterable[Pattern]) -> list[Spell]:
    """Each week with the days from and to which it is worked, oldest first; gaps are empty weeks.

    Two that follow each other and are the same are one.
    """
    weekly = [one for one in patterns if one.weekday is not None]
    if not weekly:
        return []
    starts: set[date] = {one.starts_on for one in weekly if one.starts_on}
    starts |= {one.ends_on + A_DAY for one in weekly if one.ends_on}
    edges = [date.min, *sorted(starts), date.max]
    found: list[Spell] = []
    for first, after in pairwise(edges):
        last = None if after == date.max else after - A_DAY
        spell = Spell(None if first == date.min else first, last, week_on(weekly, first))
        if found and found[-1].week == spell.week:
            found[-1] = replace(found[-1], last_on=last)
        else:
            found.append(spell)
    if found[0].first_on is None and not found[0].week:
        found.pop(0)
    return found


def last_day(patterns: Iterable[Pattern]) -> date | None:
    """The last day of somebody whose shifts end; None when they go on, or never were."""
    found = spells(patterns)
    if not found or found[-1].week or found[-1].first_on is None:
        return None
    return found[-1].first_on - A_DAY


def _is_on(pattern: Pattern, on: date) -> bool:
    is_begun = pattern.starts_on is None or pattern.starts_on <= on
    return is_begun and (pattern.ends_on is None or on <= pattern.ends_on)


def _as_one(patterns: list[Pattern]) -> Pattern:
    """Several ranges of a day as one with what lies between them as breaks."""
    first = min(one.from_minute for one in patterns)
    last = max(one.to_minute for one in patterns)
    present = union(
        span
        for one in patterns
        for span in subtract([(one.from_minute, one.to_minute)], one.breaks)
    )
    breaks = subtract([(first, last)], present)
    return Pattern(first, last, breaks=tuple((gap.start, gap.end) for gap in breaks))


def was_just_made(resource_id: int, staff_id: int, now: datetime) -> bool:
    """Whether this member of staff noted an absence of that person a moment ago."""
    query = sa.select(AuditEntry.id).where(
        AuditEntry.resource_id == resource_id,
        AuditEntry.staff_id == staff_id,
        AuditEntry.event == "time_off.made",
        AuditEntry.at > now - A_MOMENT,
    )
    return db.session.scalar(query.limit(1)) is not None
