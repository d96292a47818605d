"""Reads the studio itself: its details, its policies, and how far its first day is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.audit.queries import Entry, entries_of, newest_entry
from spa.database import db
from spa.domain.states import TAKES_AN_HOUR
from spa.models import (
    AuditEntry,
    Block,
    Booking,
    Location,
    OpeningHours,
    Resource,
    StaffMember,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)

DETAILS_EVENTS = ("studio.made", "studio.changed", "studio.zone_set")
POLICY_EVENTS = ("studio.policies_changed",)
STEPS = ("name", "zone", "hours", "people", "rooms", "menu", "open")
"""The first day, in its order."""


def columns(location_id: int, names: Sequence[str]) -> dict[str, Any]:
    """What stands in these columns of a place now."""
    table = Location.__table__.c
    row = db.session.execute(
        sa.select(*(table[name] for name in names)).where(table.id == location_id)
    ).one()
    return dict(row._mapping)


def newest(location_id: int, events: Sequence[str]) -> int:
    """The number of the last of these changes of a place."""
    return newest_entry(location_id=location_id, events=events)


def since(location_id: int, seen: int, events: Sequence[str]) -> list[Entry]:
    """These changes of a place after one that is known, newest first."""
    return entries_of(location_id=location_id, events=events, after=seen)


def changed_since(
    session: Session, location_id: int, seen: int, events: Sequence[str]
) -> frozenset[str]:
    """The names of what was changed after an entry that a page knew of."""
    rows = session.scalars(
        sa.select(AuditEntry.details).where(
            AuditEntry.location_id == location_id,
            AuditEntry.event.in_(events),
            AuditEntry.id > seen,
        )
    )
    return frozenset(name for details in rows for name in details.get("changes", ()))


def coming(session: Session, location_id: int, now: datetime) -> int:
    """How many visits and blocked times are still to come, holds among them."""
    visits = sa.select(sa.func.count(Booking.id)).where(
        Booking.location_id == location_id,
        Booking.status.in_(TAKES_AN_HOUR),
        Booking.ends_at > now,
    )
    blocks = sa.select(sa.func.count(Block.id)).where(
        Block.location_id == location_id, Block.ends_at > now
    )
    return (session.scalar(visits) or 0) + (session.scalar(blocks) or 0)


def coming_now(location_id: int, now: datetime) -> int:
    """The same for a page."""
    return coming(db.session(), location_id, now)


# The first day


@dataclass(frozen=True)
class Progress:
    """Which steps of the first day are done; without a place none is."""

    done: frozenset[str] = frozenset()

    @property
    def next(self) -> str:
        """The first step that is not done."""
        return next((step for step in STEPS if step not in self.done), "open")

    @property
    def missing(self) -> list[str]:
        """What has to be done before the studio can open."""
        return [step for step in STEPS[:-1] if step not in self.done]

    @property
    def is_over(self) -> bool:
        """Whether the studio is open."""
        return "open" in self.done


def progress(location_id: int | None) -> Progress:
    """How far the first day is, read from what there is."""
    return progress_in(db.session(), location_id) if location_id else Progress()


def progress_in(session: Session, location_id: int) -> Progress:
    """The same inside an action."""

    def some(table: Any, *which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return sa.exists().where(table.location_id == location_id, *which)

    found = session.execute(
        sa.select(
            (Location.address != "").label("name"),
            some(AuditEntry, AuditEntry.event == "studio.zone_set").label("zone"),
            some(OpeningHours, OpeningHours.weekday.is_not(None)).label("hours"),
            some(Resource, Resource.kind == "practitioner", Resource.archived_at.is_(None)).label(
                "people"
            ),
            some(Resource, Resource.kind == "room", Resource.archived_at.is_(None)).label("rooms"),
            some(Treatment, Treatment.archived_at.is_(None)).label("menu"),
            Location.opened_at.is_not(None).label("open"),
        ).where(Location.id == location_id)
    ).one()
    done = frozenset(step for step in STEPS if found._mapping[step])
    # A studio that came to be in another way, and is open, needs no first day.
    return Progress(frozenset(STEPS) if found.open else done)


def week(location_id: int) -> dict[int, tuple[int, int]]:
    """From when to when the place is open by weekday: the first opening to the last closing."""
    rows = db.session.execute(
        sa.select(
            OpeningHours.weekday,
            sa.func.min(OpeningHours.from_minute),
            sa.func.max(OpeningHours.to_minute),
        )
        .where(OpeningHours.location_id == location_id, OpeningHours.weekday.is_not(None))
        .group_by(OpeningHours.weekday)
    )
    return {day or 0: (first, last) for day, first, last in rows}


@dataclass(frozen=True)
class Named:
    """Somebody or something of the studio; `is_self` is whoever asks."""

    slug: str
    name: str
    kind: str
    is_self: bool = False


def members(location_id: int, kinds: Sequence[str], staff_id: int) -> list[Named]:
    """The people or things there are, in their order."""
    rows = db.session.execute(
        sa.select(Resource.slug, Resource.name, Resource.kind, StaffMember.id)
        .outerjoin(
            StaffMember,
            sa.and_(StaffMember.resource_id == Resource.id, StaffMember.id == staff_id),
        )
        .where(
            Resource.location_id == location_id,
            Resource.kind.in_(kinds),
            Resource.archived_at.is_(None),
        )
        .order_by(Resource.position, Resource.id)
    )
    return [Named(slug, name, kind, bool(me)) for slug, name, kind, me in rows]


@dataclass(frozen=True)
class Line:
    """A treatment of the menu as it is."""

    id: int
    slug: str
    name: str
    price_minor: int
    minutes: int


def menu(location_id: int) -> list[Line]:
    """What is on the menu, in its order."""
    minutes = (
        sa.select(sa.func.sum(TreatmentStep.minutes))
        .where(TreatmentStep.treatment_id == Treatment.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Treatment.id, Treatment.slug, TreatmentWords.name, Treatment.price_minor, minutes)
        .join(Location, Location.id == Treatment.location_id)
        .join(
            TreatmentWords,
            sa.and_(
                TreatmentWords.treatment_id == Treatment.id,
                TreatmentWords.language == Location.language,
            ),
        )
        .where(Treatment.location_id == location_id, Treatment.archived_at.is_(None))
        .order_by(Treatment.position, Treatment.id)
    )
    return [Line(*row) for row in rows]
