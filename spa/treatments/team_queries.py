"""Reads people, rooms and devices: who they are, what they may do, and what is said of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from spa.audit import queries as audit
from spa.audit.queries import Entry
from spa.database import db
from spa.models import (
    Booking,
    Capability,
    Location,
    PractitionerRoom,
    Resource,
    ResourcePhoto,
    ResourceWords,
    Treatment,
    TreatmentWords,
)
from spa.treatments.team_events import EVENTS

PEOPLE, ROOMS, DEVICES = "practitioner", "room", "device"
FALLBACK = "en"
"""What is said in this language is shown where nothing is said in the place's own."""

PORTRAITS = 8
"""How many drawn portraits there are to choose from, numbered from 1."""


@dataclass(frozen=True)
class Words:
    """What is said about somebody in one language; `bio` is Markdown."""

    title: str = ""
    bio: str = ""


@dataclass(frozen=True)
class Skill:
    """What somebody or something may do, by which certificate, and until when."""

    treatment_id: int
    name: str
    certificate: str = ""
    certified_until: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether the certificate has ended."""
        return self.certified_until is not None and self.certified_until < today


@dataclass(frozen=True)
class Member:
    """A person, a room or a device; a photo has a digest, else a drawn portrait stands in."""

    id: int
    kind: str
    slug: str
    name: str
    daily_maximum: int | None
    portrait: int
    digest: str
    archived_at: datetime | None
    skills: list[Skill] = field(default_factory=list)
    rooms: list[int] = field(default_factory=list)

    @property
    def drawn(self) -> int:
        """The portrait that was chosen; who chose none has one all the same."""
        return self.portrait if 1 <= self.portrait <= PORTRAITS else 1 + self.id % PORTRAITS

    @property
    def treatment_ids(self) -> list[int]:
        """What they may do, by number."""
        return [skill.treatment_id for skill in self.skills]

    @property
    def skills_by_treatment(self) -> dict[int, Skill]:
        """The same, each with its certificate."""
        return {skill.treatment_id: skill for skill in self.skills}

    @property
    def due(self) -> date | None:
        """When the first certificate, or the service of a device, ends."""
        return min(
            (one.certified_until for one in self.skills if one.certified_until), default=None
        )


def members(location_id: int, *kinds: str) -> list[Member]:
    """Everyone and everything of these kinds in the house's order, the archived ones as well."""
    where = sa.and_(Resource.location_id == location_id, Resource.kind.in_(kinds))
    return _members(where)


def member(location_id: int, slug: str, *kinds: str) -> Member | None:
    """The one of this name in the address at this place."""
    found = _members(
        sa.and_(
            Resource.location_id == location_id, Resource.slug == slug, Resource.kind.in_(kinds)
        )
    )
    return found[0] if found else None


def _members(where: sa.ColumnElement[bool]) -> list[Member]:
    rows = db.session.execute(
        sa.select(Resource, ResourcePhoto.digest)
        .outerjoin(ResourcePhoto, ResourcePhoto.resource_id == Resource.id)
        .where(where)
        .order_by(Resource.position, Resource.id)
    ).all()
    ids = [row.Resource.id for row in rows]
    skills, rooms = _skills(ids), _own_rooms(ids)
    return [
        Member(
            id=one.id,
            kind=one.kind,
            slug=one.slug,
            name=one.name,
            daily_maximum=one.daily_maximum,
            portrait=one.portrait,
            # Who has left is not shown to the world any more.
            digest=digest if digest and one.archived_at is None else "",
            archived_at=one.archived_at,
            skills=skills[one.id],
            rooms=rooms[one.id],
        )
        for one, digest in rows
    ]


def _skills(ids: list[int]) -> Mapping[int, list[Skill]]:
    """What each may do of what is on the menu, in its order."""
    rows = db.session.execute(
        sa.select(Capability, TreatmentWords.name)
        .join(Treatment, Treatment.id == Capability.treatment_id)
        .join(Location, Location.id == Treatment.location_id)
        .join(TreatmentWords, _words_of_the_place())
        .where(Capability.resource_id.in_(ids), Treatment.archived_at.is_(None))
        .order_by(Treatment.position, Treatment.id)
    )
    found: dict[int, list[Skill]] = defaultdict(list)
    for can, name in rows:
        skill = Skill(can.treatment_id, name, can.certificate, can.certified_until)
        found[can.resource_id].append(skill)
    return found


def _words_of_the_place() -> sa.ColumnElement[bool]:
    return sa.and_(
        TreatmentWords.treatment_id == Treatment.id, TreatmentWords.language == Location.language
    )


def _own_rooms(ids: list[int]) -> Mapping[int, list[int]]:
    rows = db.session.execute(
        sa.select(PractitionerRoom.practitioner_id, PractitionerRoom.room_id)
        .join(Resource, Resource.id == PractitionerRoom.room_id)
        .where(PractitionerRoom.practitioner_id.in_(ids))
        .order_by(Resource.position, Resource.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for practitioner_id, room_id in rows:
        found[practitioner_id].append(room_id)
    return found


def menu(location_id: int) -> list[tuple[int, str]]:
    """Number and name of all that is on the menu, hidden or not, in its order."""
    rows = db.session.execute(
        sa.select(Treatment.id, TreatmentWords.name)
        .join(Location, Location.id == Treatment.location_id)
        .join(TreatmentWords, _words_of_the_place())
        .where(Treatment.location_id == location_id, Treatment.archived_at.is_(None))
        .order_by(Treatment.position, Treatment.id)
    )
    return [(row.id, row.name) for row in rows]


def words(resource_id: int) -> dict[str, Words]:
    """What is said about somebody, by language."""
    rows = db.session.scalars(
        sa.select(ResourceWords).where(ResourceWords.resource_id == resource_id)
    )
    return {row.language: Words(row.title, row.bio) for row in rows}


def languages(location_id: int, own: str) -> list[str]:
    """The languages that something is said in here, the place's own first."""
    menu_words = (
        sa.select(TreatmentWords.language)
        .join(Treatment, Treatment.id == TreatmentWords.treatment_id)
        .where(Treatment.location_id == location_id)
    )
    of_people = (
        sa.select(ResourceWords.language)
        .join(Resource, Resource.id == ResourceWords.resource_id)
        .where(Resource.location_id == location_id)
    )
    found = {FALLBACK, *db.session.scalars(menu_words.union(of_people))}
    return [own, *sorted(found - {own})]


def names_taken(location_id: int, kind: str, *, without: int | None = None) -> set[str]:
    """What others of the kind are called, in small letters."""
    query = sa.select(Resource.name).where(
        Resource.location_id == location_id,
        Resource.kind == kind,
        Resource.archived_at.is_(None),
        Resource.id != (without or 0),
    )
    return {name.casefold() for name in db.session.scalars(query)}


def coming_visits(member_id: int, now: datetime) -> int:
    """How many visits are still to come with this person, or in this room."""
    query = sa.select(sa.func.count()).where(
        sa.or_(
            Booking.practitioner_id == member_id,
            Booking.room_id == member_id,
            Booking.device_id == member_id,
        ),
        Booking.status == "booked",
        Booking.starts_at > now,
    )
    return db.session.scalar(query) or 0


def newest_change(resource_id: int) -> int:
    """The last thing that was done to who they are and what they do."""
    return audit.newest_entry(resource_id=resource_id, events=EVENTS)


def changes_since(resource_id: int, seen: int) -> list[Entry]:
    """What was done to it after an entry that is known, newest first."""
    return audit.entries_of(resource_id=resource_id, events=EVENTS, after=seen)


def said(language: str, ids: list[int]) -> dict[int, Words]:
    """What is said about each of these in one language."""
    rows = db.session.scalars(
        sa.select(ResourceWords).where(
            ResourceWords.resource_id.in_(ids), ResourceWords.language == language
        )
    )
    return {row.resource_id: Words(row.title, row.bio) for row in rows}
