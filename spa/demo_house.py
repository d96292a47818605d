"""Writes the demo studio itself: the place, its menu, its team and hours, as rows and as rules."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import demo_data as plan
from spa.demo_diary import DAYS_BEHIND, Equipment, Place, Worker
from spa.domain import availability
from spa.domain.availability import Policy
from spa.domain.hours import Pattern, TimeOff
from spa.domain.policy import ChangePolicy
from spa.models import (
    Capability,
    Closure,
    Location,
    OpeningHours,
    PractitionerRoom,
    Resource,
    ResourceWords,
    Shift,
    ShiftBreak,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.models import TimeOff as TimeOffRow

BREAK_MINUTES = 30

Row = dict[str, Any]
Ids = dict[str, int]


def write_location(session: Session, now: datetime) -> Location:
    """The place with its opening hours; it opened some weeks before its first visits."""
    opened_at = now.replace(microsecond=0) - timedelta(days=DAYS_BEHIND + 70)
    location = Location(**plan.STUDIO, opened_at=opened_at)
    session.add(location)
    session.flush()
    insert(
        session,
        OpeningHours,
        (
            {
                "location_id": location.id,
                "weekday": day,
                "from_minute": first,
                "to_minute": last,
            }
            for day, first, last in plan.OPENING_HOURS
        ),
    )
    return location


def write_menu(session: Session, location_id: int) -> Ids:
    """The treatments with their words and steps; ids by slug."""
    rows = [_treatment(location_id, *each) for each in enumerate(plan.TREATMENTS)]
    ids = _insert_named(session, Treatment, rows)
    insert(
        session,
        TreatmentWords,
        (
            {
                "treatment_id": ids[treatment.slug],
                "language": plan.LANGUAGE,
                "name": treatment.name,
                "summary": treatment.summary,
                "about": treatment.about,
            }
            for treatment in plan.TREATMENTS
        ),
    )
    insert(
        session,
        TreatmentStep,
        (
            {
                "treatment_id": ids[treatment.slug],
                "position": position,
                **step._asdict(),
            }
            for treatment in plan.TREATMENTS
            for position, step in enumerate(treatment.steps)
        ),
    )
    return ids


def _treatment(location_id: int, position: int, treatment: plan.TreatmentPlan) -> Row:
    return {
        "location_id": location_id,
        "slug": treatment.slug,
        "position": position,
        "price_minor": treatment.price_minor,
        "turnover_minutes": treatment.turnover_minutes,
        "turnover_needs_practitioner": False,
        "is_needling": treatment.is_needling,
        "days_between": plan.DAYS_BETWEEN if treatment.is_needling else None,
    }


def write_team(session: Session, location_id: int, treatments: Ids, today: date) -> Ids:
    """People, rooms and devices, and what each can do; ids by slug."""
    people = [
        ("practitioner", each.slug, each.name, each.daily_maximum, each.portrait)
        for each in plan.TEAM
    ]
    things = [(each.kind, each.slug, each.name, None, 0) for each in plan.THINGS]
    keys = ("kind", "slug", "name", "daily_maximum", "portrait")
    rows = [
        {
            "location_id": location_id,
            "position": position,
            **dict(zip(keys, row, strict=True)),
        }
        for position, row in enumerate([*people, *things])
    ]
    ids = _insert_named(session, Resource, rows)
    insert(
        session,
        Capability,
        (
            {
                "resource_id": ids[holder.slug],
                "treatment_id": treatments[slug],
                "certified_until": _certified_until(holder.slug, slug, today),
            }
            for holder in (*plan.TEAM, *plan.THINGS)
            for slug in holder.does
        ),
    )
    insert(
        session,
        ResourceWords,
        (
            {
                "resource_id": ids[person.slug],
                "language": plan.LANGUAGE,
                "title": person.title,
                "bio": person.bio,
            }
            for person in plan.TEAM
        ),
    )
    insert(
        session,
        PractitionerRoom,
        (
            {"practitioner_id": ids[person.slug], "room_id": ids[room]}
            for person in plan.TEAM
            for room in person.rooms
        ),
    )
    return ids


def _certified_until(holder: str, treatment: str, today: date) -> date | None:
    return today + timedelta(days=18) if (holder, treatment) == plan.CERTIFICATE_ENDS else None


def write_shifts(session: Session, resources: Ids) -> None:
    """The weekly shifts with their breaks."""
    shifts = [(resources[person.slug], *shift) for person in plan.TEAM for shift in person.shifts]
    rows = [
        {
            "resource_id": owner,
            "weekday": weekday,
            "from_minute": first,
            "to_minute": last,
        }
        for owner, weekday, first, last, _ in shifts
    ]
    ids = insert_counted(session, Shift, rows)
    insert(
        session,
        ShiftBreak,
        (
            {
                "shift_id": shift_id,
                "from_minute": pause,
                "to_minute": pause + BREAK_MINUTES,
            }
            for shift_id, (*_, pause) in zip(ids, shifts, strict=True)
            if pause
        ),
    )


Closures = tuple[tuple[date, date], ...]


def write_closures(session: Session, location_id: int, today: date) -> Closures:
    """A Monday and Tuesday some weeks ahead, and the days on which everybody is at home."""
    first_on = _weekday_from(today + timedelta(days=23), 0)
    closed = [(first_on, first_on + timedelta(days=1), plan.CLOSURE_REASON)]
    for year in range(today.year - 1, today.year + 2):
        closed += [(day, day, name) for day, name in _holidays(year)]
    rows = [
        {"location_id": location_id, "first_on": first, "last_on": last, "reason": reason}
        for first, last, reason in closed
    ]
    insert(session, Closure, rows)
    return tuple((first, last) for first, last, _reason in closed)


def _holidays(year: int) -> list[tuple[date, str]]:
    thanksgiving = _weekday_from(date(year, 11, 22), 3)
    return [
        (date(year, 1, 1), "New Year's Day"),
        (date(year, 7, 4), "Independence Day"),
        (thanksgiving, "Thanksgiving"),
        (date(year, 12, 25), "Christmas Day"),
    ]


def write_time_off(session: Session, resources: Ids, today: date) -> TimeOff:
    """From a Wednesday to a Saturday one practitioner is away."""
    first_on = _weekday_from(today + timedelta(days=8), 2)
    away = TimeOff(first_on, 0, first_on + timedelta(days=3), 1440)
    row = {
        "resource_id": resources[plan.PART_TIMER],
        "first_on": away.first_on,
        "from_minute": away.from_minute,
        "last_on": away.last_on,
        "to_minute": away.to_minute,
        "reason": plan.TIME_OFF_REASON,
    }
    insert(session, TimeOffRow, [row])
    return away


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def as_rules(
    location: Location,
    resources: Ids,
    *,
    closed: Closures,
    away: TimeOff,
    today: date,
) -> Place:
    """The same house as the rules see it."""
    change_policy = ChangePolicy(
        location.cut_off_hours, location.grace_minutes, location.online_moves
    )
    return Place(
        zone=ZoneInfo(location.zone),
        policy=Policy(location.notice_minutes, location.horizon_days, location.grid_minutes),
        change_policy=change_policy,
        hours=tuple(
            Pattern(first, last, weekday=weekday) for weekday, first, last in plan.OPENING_HOURS
        ),
        closures=closed,
        team=tuple(_worker(person, resources, away, today) for person in plan.TEAM),
        rooms=_equipment("room", resources),
        devices=_equipment("device", resources),
        sessions={treatment.slug: _session(treatment) for treatment in plan.TREATMENTS},
        shares={treatment.slug: treatment.share for treatment in plan.TREATMENTS},
    )


def _worker(person: plan.PersonPlan, resources: Ids, away: TimeOff, today: date) -> Worker:
    return Worker(
        id=resources[person.slug],
        slug=person.slug,
        name=person.name,
        daily_maximum=person.daily_maximum,
        rooms=frozenset(resources[room] for room in person.rooms) or None,
        shifts=tuple(
            Pattern(first, last, weekday=weekday, breaks=_breaks(pause))
            for weekday, first, last, pause in person.shifts
        ),
        time_off=(away,) if person.slug == plan.PART_TIMER else (),
        does={slug: _certified_until(person.slug, slug, today) for slug in person.does},
    )


def _breaks(pause: int) -> tuple[tuple[int, int], ...]:
    return ((pause, pause + BREAK_MINUTES),) if pause else ()


def _equipment(kind: str, resources: Ids) -> tuple[Equipment, ...]:
    return tuple(
        Equipment(resources[thing.slug], thing.name, frozenset(thing.does))
        for thing in plan.THINGS
        if thing.kind == kind
    )


def _session(treatment: plan.TreatmentPlan) -> availability.Session:
    steps = tuple(availability.Step(*step) for step in treatment.steps)
    return availability.Session(
        steps, treatment.turnover_minutes, is_hands_on=treatment.is_needling
    )


def insert(session: Session, table: Any, rows: Iterable[Row]) -> None:
    """Insert rows in one go."""
    session.execute(sa.insert(table.__table__), list(rows))


def insert_counted(session: Session, table: Any, rows: list[Row]) -> list[int]:
    """Insert rows in one go and give their new ids, in the same order."""
    columns = table.__table__.c
    statement = sa.insert(table.__table__).returning(columns.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _insert_named(session: Session, table: Any, rows: list[Row]) -> Ids:
    ids = insert_counted(session, table, rows)
    return {row["slug"]: new_id for row, new_id in zip(rows, ids, strict=True)}
