"""Reads the menu and the studio for the public pages."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from markupsafe import Markup

from spa import clock, wording
from spa.database import db
from spa.domain.availability import Step
from spa.models import (
    Capability,
    Location,
    OpeningHours,
    Resource,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.treatments import markup

IS_SHOWN = sa.and_(Treatment.archived_at.is_(None), Treatment.is_hidden.is_(False))
"""What visitors see of the menu."""


@dataclass(frozen=True)
class Studio:
    """The place as the frame of every page shows it."""

    id: int
    name: str
    tagline: str
    address_lines: list[str]
    phone: str
    phone_uri: str
    email: str
    hours: list[tuple[str, str]]
    zone: ZoneInfo
    zone_name: str
    country: str
    location: Location


@dataclass(frozen=True)
class Card:
    """One line of the menu."""

    slug: str
    name: str
    summary: str
    minutes: int
    price: str
    is_needling: bool


@dataclass(frozen=True)
class StepShown:
    """One part of the hour as the page draws it."""

    kind: str
    name: str
    minutes: int
    is_rest: bool
    note: str


@dataclass(frozen=True)
class TreatmentShown(Card):
    """A treatment with all that its own page tells."""

    about: Markup
    steps: list[StepShown]
    spacing_days: int | None
    people: list[str]


@dataclass(frozen=True)
class Rules:
    """What the house wants, as the policies page tells it."""

    cut_off_hours: int
    grace_minutes: int
    online_moves: int
    notice_hours: int
    horizon_days: int
    max_coming: int
    hold_minutes: int


def rules(location: Location) -> Rules:
    """The policies of a place."""
    return Rules(
        cut_off_hours=location.cut_off_hours,
        grace_minutes=location.grace_minutes,
        online_moves=location.online_moves,
        notice_hours=-(-location.notice_minutes // 60),
        horizon_days=location.horizon_days,
        max_coming=location.coming_visits,
        hold_minutes=location.hold_minutes,
    )


def studio() -> Studio | None:
    """The first open place, or None while there is none: then visitors see "opening soon"."""
    first = sa.select(sa.func.min(Location.id)).where(Location.opened_at.is_not(None))
    return _studio(Location.id == first.scalar_subquery())


def coming_name() -> str:
    """What the place is called that visitors wait for; empty while it has no name."""
    return db.session.scalar(sa.select(Location.name).order_by(Location.id).limit(1)) or ""


def studio_of(location_id: int) -> Studio:
    """A place as its messages name it."""
    found = _studio(Location.id == location_id)
    if not found:
        raise LookupError(f"there is no place {location_id}")
    return found


def _studio(which: sa.ColumnElement[bool]) -> Studio | None:
    """A place and its week in one query."""
    hours = OpeningHours.__table__.c
    weekly = sa.and_(hours.location_id == Location.id, hours.weekday.is_not(None))
    rows = db.session.execute(
        sa.select(Location, hours.weekday, hours.from_minute, hours.to_minute)
        .outerjoin(OpeningHours.__table__, weekly)
        .where(which)
        .order_by(hours.weekday, hours.from_minute)
    ).all()
    if not rows:
        return None
    location, zone = rows[0][0], ZoneInfo(rows[0][0].zone)
    return Studio(
        id=location.id,
        name=location.name,
        tagline=location.tagline,
        address_lines=location.address.splitlines(),
        phone=wording.phone(location.phone, location.country),
        phone_uri=f"tel:{location.phone}",
        email=location.email,
        hours=_week([tuple(row[1:]) for row in rows if row[1] is not None]),
        zone=zone,
        zone_name=wording.zone_name(zone, clock.now()),
        country=location.country,
        location=location,
    )


def _week(rows: list[tuple[int, int, int]]) -> list[tuple[str, str]]:
    """The week in few lines: neighbouring days with the same hours share one."""
    days = {
        day: ", ".join(f"{_minute(row[1])}–{_minute(row[2])}" for row in of_day)
        for day, of_day in groupby(rows, key=lambda row: row[0])
    }
    lines = []
    for times, run in groupby(range(7), key=lambda day: days.get(day)):
        group = list(run)
        if times:
            first, last = _weekday(group[0]), _weekday(group[-1])
            lines.append((first if len(group) == 1 else f"{first}–{last}", times))
    return lines


def _minute(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _weekday(day: int) -> str:
    """Monday is 0, and the first of January 2024 was one."""
    return wording.weekday(date(2024, 1, 1 + day), is_short=True)


def menu(location: Location) -> list[Card]:
    """What can be booked there, in the order of the menu."""
    minutes = (
        sa.select(sa.func.sum(TreatmentStep.minutes))
        .where(TreatmentStep.treatment_id == Treatment.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Treatment.slug, TreatmentWords.name, TreatmentWords.summary, minutes)
        .add_columns(Treatment.price_minor, Treatment.is_needling)
        .join(TreatmentWords, TreatmentWords.treatment_id == Treatment.id)
        .where(Treatment.location_id == location.id, IS_SHOWN)
        .where(TreatmentWords.language == location.language)
        .order_by(Treatment.position, Treatment.id)
    )
    return [
        Card(slug, name, summary, int(length), wording.price(minor, location.currency), needling)
        for slug, name, summary, length, minor, needling in rows
    ]


def treatment_page(location: Location, slug: str) -> TreatmentShown | None:
    """One treatment with its hour and who does it, or None when the menu has no such thing."""
    found = db.session.execute(
        sa.select(Treatment, TreatmentWords)
        .join(TreatmentWords, TreatmentWords.treatment_id == Treatment.id)
        .where(Treatment.slug == slug, IS_SHOWN)
        .where(TreatmentWords.language == location.language)
    ).first()
    if not found:
        return None
    treatment, words = found
    steps = db.session.scalars(
        sa.select(TreatmentStep)
        .where(TreatmentStep.treatment_id == treatment.id)
        .order_by(TreatmentStep.position)
    ).all()
    return TreatmentShown(
        slug=treatment.slug,
        name=words.name,
        summary=words.summary,
        minutes=sum(step.minutes for step in steps),
        price=wording.price(treatment.price_minor, location.currency),
        is_needling=treatment.is_needling,
        about=markup.html(words.about),
        steps=[step_shown(step) for step in steps],
        spacing_days=treatment.days_between,
        people=_people(treatment.id),
    )


def step_shown(step: TreatmentStep | Step) -> StepShown:
    """A part of the hour in words."""
    name, note = wording.step(step.kind)
    return StepShown(step.kind, name, step.minutes, not step.needs_practitioner, note)


def _people(treatment_id: int) -> list[str]:
    query = (
        sa.select(Resource.name)
        .join(Capability, Capability.resource_id == Resource.id)
        .where(Capability.treatment_id == treatment_id, Resource.kind == "practitioner")
        .where(Resource.archived_at.is_(None))
        .order_by(Resource.position)
    )
    return list(db.session.scalars(query))


def menu_rows() -> list[dict[str, Any]]:
    """The menus of all open places as plain data."""
    minutes = (
        sa.select(sa.func.sum(TreatmentStep.minutes))
        .where(TreatmentStep.treatment_id == Treatment.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Treatment.slug,
            TreatmentWords.name,
            minutes.label("minutes"),
            Treatment.price_minor,
            Location.currency,
        )
        .join(Location, Location.id == Treatment.location_id)
        .join(
            TreatmentWords,
            sa.and_(
                TreatmentWords.treatment_id == Treatment.id,
                TreatmentWords.language == Location.language,
            ),
        )
        .where(IS_SHOWN, Location.opened_at.is_not(None))
        .order_by(Treatment.location_id, Treatment.position, Treatment.id)
    )
    return [{**row, "minutes": int(row["minutes"])} for row in rows.mappings()]
