"""Reads the menu as the desk keeps it: every line, and one with all that belongs to it."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from spa.audit import queries as audit
from spa.audit.queries import Entry
from spa.database import db
from spa.domain.availability import Step
from spa.domain.states import BookingStatus
from spa.models import (
    Booking,
    Capability,
    Resource,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.treatments.menu_words import Words

COMING = (BookingStatus.BOOKED, BookingStatus.ARRIVED)


@dataclass(frozen=True)
class Item:
    """A treatment with all that the desk keeps of it; `resource_ids` can do or suit it."""

    id: int
    slug: str
    words: dict[str, Words]
    price_minor: int
    steps: tuple[Step, ...]
    turnover_minutes: int
    turnover_needs_practitioner: bool
    is_needling: bool
    days_between: int | None
    is_hidden: bool
    resource_ids: frozenset[int]
    archived_at: datetime | None = None

    def is_like(self, other: "Item") -> bool:
        """Whether it is the same in everything that a form asks."""
        return self == replace(other, id=self.id, slug=self.slug, archived_at=self.archived_at)

    @property
    def minutes(self) -> int:
        """How long the client is there."""
        return sum(step.minutes for step in self.steps)

    def named(self, language: str) -> str:
        """Its name in that language, else in another."""
        words = self.words.get(language) or next(iter(self.words.values()), None)
        return words.name if words else self.slug


@dataclass(frozen=True)
class Doer:
    """A person, room or device that can be chosen for a treatment."""

    id: int
    kind: str
    name: str


def items(location_id: int) -> list[Item]:
    """Everything that is or was on the menu of a place, in its order; four queries."""
    return _items(location_id, sa.true())


def item(location_id: int, slug: str) -> Item | None:
    """The treatment of that name in addresses."""
    found = _items(location_id, Treatment.slug == slug)
    return found[0] if found else None


def called(location_id: int, language: str, name: str) -> list[Item]:
    """Those that are sold under this name, in small or in capital letters."""
    return [
        one
        for one in _items(location_id, Treatment.archived_at.is_(None))
        if language in one.words and one.words[language].name.casefold() == name.casefold()
    ]


def doers(location_id: int) -> list[Doer]:
    """Everyone and everything that is not archived, in the order of the house."""
    query = (
        sa.select(Resource.id, Resource.kind, Resource.name)
        .where(Resource.location_id == location_id, Resource.archived_at.is_(None))
        .order_by(Resource.position, Resource.id)
    )
    return [Doer(*row) for row in db.session.execute(query)]


def slugs() -> set[str]:
    """Every name in addresses that is taken, at whichever place."""
    return set(db.session.scalars(sa.select(Treatment.slug)))


def coming_visits(treatment_id: int, now: datetime) -> int:
    """How many visits to come were booked of it."""
    query = sa.select(sa.func.count()).where(
        Booking.treatment_id == treatment_id,
        Booking.starts_at > now,
        Booking.status.in_(COMING),
    )
    return db.session.scalar(query) or 0


def newest_change(treatment_id: int) -> int:
    """The last entry of the record about it."""
    return audit.newest_entry(treatment_id=treatment_id)


def changes_since(treatment_id: int, seen: int) -> list[Entry]:
    """What was done to it after that entry, newest first."""
    return audit.entries_of(after=seen, treatment_id=treatment_id)


def _items(location_id: int, which: sa.ColumnElement[bool]) -> list[Item]:
    rows = db.session.scalars(
        sa.select(Treatment)
        .where(Treatment.location_id == location_id, which)
        .order_by(Treatment.position, Treatment.id)
        .execution_options(populate_existing=True)
    ).all()
    ids = [row.id for row in rows]
    words: dict[int, dict[str, Words]] = defaultdict(dict)
    for said in db.session.scalars(
        sa.select(TreatmentWords)
        .where(TreatmentWords.treatment_id.in_(ids))
        .order_by(TreatmentWords.language)
        .execution_options(populate_existing=True)
    ):
        words[said.treatment_id][said.language] = Words(said.name, said.summary, said.about)
    steps: dict[int, list[Step]] = defaultdict(list)
    for one in db.session.scalars(
        sa.select(TreatmentStep)
        .where(TreatmentStep.treatment_id.in_(ids))
        .order_by(TreatmentStep.position)
        .execution_options(populate_existing=True)
    ):
        step = Step(one.kind, one.minutes, one.needs_practitioner, one.needs_device)
        steps[one.treatment_id].append(step)
    able: dict[int, set[int]] = defaultdict(set)
    can = sa.select(Capability.treatment_id, Capability.resource_id)
    for treatment_id, resource_id in db.session.execute(
        can.where(Capability.treatment_id.in_(ids))
    ):
        able[treatment_id].add(resource_id)
    return [
        Item(
            id=row.id,
            slug=row.slug,
            words=dict(words[row.id]),
            price_minor=row.price_minor,
            steps=tuple(steps[row.id]),
            turnover_minutes=row.turnover_minutes,
            turnover_needs_practitioner=row.turnover_needs_practitioner,
            is_needling=row.is_needling,
            days_between=row.days_between,
            is_hidden=row.is_hidden,
            resource_ids=frozenset(able[row.id]),
            archived_at=row.archived_at,
        )
        for row in rows
    ]
