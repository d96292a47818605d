"""What changes on the menu and could leave a visit without who does it: a treatment as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.errors import ChangedMeanwhile
from spa.models import Capability, Location, Resource, Treatment, TreatmentStep, TreatmentWords
from spa.schedule.changes import Entry
from spa.treatments import menu_queries
from spa.treatments.menu_queries import Item

PLAIN = (
    "price_minor",
    "turnover_minutes",
    "turnover_needs_practitioner",
    "is_needling",
    "days_between",
    "is_hidden",
)


@dataclass(frozen=True)
class Write:
    """A treatment is from now on as this item says; one without a number is new.

    Visits that are booked keep the name, price and steps they were booked with.
    """

    location_id: int
    item: Item
    doers: frozenset[int]
    seen: int
    known: frozenset[int] = frozenset()

    @property
    def treatment_id(self) -> int | None:
        """Which one it is; None for one that is new."""
        return self.item.id or None

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`.

        Only who and what is among `doers`, that the page asked about, gains or loses it. `known`
        are those that could do it when the page was made: where its ticks were left as they were,
        what the team's page wrote meanwhile stands.
        """
        if not self.item.id:
            return self._add(session)
        row = _row(session, self.location_id, self.item.id)
        old = menu_queries.item(self.location_id, row.slug)
        if old is None:
            raise ChangedMeanwhile
        able = self._able(old.resource_ids)
        new = replace(self.item, resource_ids=able)
        changed = _differences(old, new)
        if not changed:
            return []
        if menu_queries.newest_change(row.id) > self.seen:
            raise ChangedMeanwhile
        self._fill(session, row, old.resource_ids, able)
        told = _told(old, new, changed)
        if "price" in told:
            told["currency"] = session.get_one(Location, self.location_id).currency
        return [Entry("treatment.changed", told, treatment_id=row.id)]

    def _add(self, session: Session) -> list[Entry]:
        """A new one stands last on the menu; pressed twice it is added once."""
        there = menu_queries.item(self.location_id, self.item.slug)
        if there is not None:
            if there.is_like(self.item):
                return []
            raise ChangedMeanwhile
        last = sa.select(sa.func.max(Treatment.position)).where(
            Treatment.location_id == self.location_id
        )
        position = session.scalar(last)
        row = Treatment(
            location_id=self.location_id,
            slug=self.item.slug,
            position=0 if position is None else position + 1,
            price_minor=self.item.price_minor,
        )
        session.add(row)
        session.flush()
        self._fill(session, row, frozenset(), self._able(frozenset()))
        return [Entry("treatment.added", treatment_id=row.id)]

    def _able(self, now: frozenset[int]) -> frozenset[int]:
        """Who and what can do it: those of now, with what was ticked and without what was not."""
        wanted, known = self.item.resource_ids & self.doers, self.known & self.doers
        return (now | (wanted - known)) - (known - wanted)

    def _fill(
        self, session: Session, row: Treatment, old: frozenset[int], able: frozenset[int]
    ) -> None:
        for name in PLAIN:
            setattr(row, name, getattr(self.item, name))
        for table in (TreatmentWords, TreatmentStep):
            session.execute(sa.delete(table).where(table.treatment_id == row.id))
        session.add_all(
            TreatmentWords(
                treatment_id=row.id,
                language=language,
                name=words.name,
                summary=words.summary,
                about=words.about,
            )
            for language, words in self.item.words.items()
        )
        session.add_all(
            TreatmentStep(
                treatment_id=row.id,
                position=position,
                kind=step.kind,
                minutes=step.minutes,
                needs_practitioner=step.needs_practitioner,
                needs_device=step.needs_device,
            )
            for position, step in enumerate(self.item.steps)
        )
        session.execute(
            sa.delete(Capability).where(
                Capability.treatment_id == row.id, Capability.resource_id.in_(old - able)
            )
        )
        due = _service_due(session, able - old)
        session.add_all(
            Capability(treatment_id=row.id, resource_id=number, certified_until=due.get(number))
            for number in sorted(able - old)
        )


def _service_due(session: Session, numbers: Iterable[int]) -> dict[int, date]:
    """Until when rooms and devices may be used: as for the other treatments they suit."""
    rows = session.execute(
        sa.select(Capability.resource_id, sa.func.min(Capability.certified_until, type_=sa.Date))
        .join(Resource, Resource.id == Capability.resource_id)
        .where(
            Capability.resource_id.in_(list(numbers)),
            Capability.certified_until.is_not(None),
            Resource.kind != "practitioner",
        )
        .group_by(Capability.resource_id)
    )
    return {number: due for number, due in rows if due}


@dataclass(frozen=True)
class Archive:
    """A treatment is sold no more (or again); visits that are booked take place."""

    location_id: int
    treatment_id: int
    is_archived: bool

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; a second press changes nothing."""
        row = _row(session, self.location_id, self.treatment_id)
        if (row.archived_at is not None) == self.is_archived:
            return []
        row.archived_at = now if self.is_archived else None
        event = "treatment.archived" if self.is_archived else "treatment.brought_back"
        return [Entry(event, treatment_id=row.id)]


@dataclass(frozen=True)
class Move:
    """A treatment changes places with the one above or below it that is not archived."""

    location_id: int
    treatment_id: int
    is_up: bool

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; the first stays first, the last stays last."""
        rows = list(
            session.scalars(
                sa.select(Treatment)
                .where(Treatment.location_id == self.location_id)
                .order_by(Treatment.archived_at.is_not(None), Treatment.position, Treatment.id)
            )
        )
        at = next((n for n, row in enumerate(rows) if row.id == self.treatment_id), None)
        if at is None:
            raise ChangedMeanwhile
        other = at - 1 if self.is_up else at + 1
        is_there = 0 <= other < len(rows) and rows[other].archived_at is None
        if not is_there or rows[at].archived_at is not None:
            return []
        rows[at], rows[other] = rows[other], rows[at]
        for position, row in enumerate(rows):
            row.position = position
        return [Entry("treatment.moved", treatment_id=self.treatment_id)]


def _row(session: Session, location_id: int, treatment_id: int) -> Treatment:
    found = session.scalar(
        sa.select(Treatment).where(
            Treatment.id == treatment_id, Treatment.location_id == location_id
        )
    )
    if found is None:
        raise ChangedMeanwhile
    return found


def _differences(old: Item, new: Item) -> list[str]:
    """What differs, by the names of an item."""
    names = [one.name for one in fields(Item) if one.name not in {"id", "slug", "archived_at"}]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _told(old: Item, new: Item, changed: list[str]) -> dict[str, Any]:
    """What the record keeps: which details, and from what to what where that is a number."""
    details: dict[str, Any] = {"fields": changed}
    if "price_minor" in changed:
        details["price"] = [old.price_minor, new.price_minor]
    if "steps" in changed:
        details["minutes"] = [old.minutes, new.minutes]
    if "resource_ids" in changed:
        details["gained"] = sorted(new.resource_ids - old.resource_ids)
        details["lost"] = sorted(old.resource_ids - new.resource_ids)
    return details
