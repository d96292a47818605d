"""Reads who works here and who is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.database import db
from spa.domain.roles import Actor, Role
from spa.models import Location, Resource, StaffMember, StaffSession

SEEN_EVERY = timedelta(minutes=1)

_member = StaffMember.__table__
_session: sa.Table = StaffSession.__table__  # type: ignore[assignment]

_location = Location.__table__

_PLACE = [
    _location.c[name].label(f"place_{name}")
    for name in ("id", "name", "zone", "currency", "country", "language", "opened_at")
]
_SIGNED_IN = (
    sa.select(
        *_PLACE,
        _session.c.id.label("session_id"),
        _session.c.seen_at,
        _member.c.id,
        _member.c.name,
        _member.c.email,
        _member.c.role,
        _member.c.location_id,
        _member.c.resource_id,
    )
    .join(_member, _member.c.id == _session.c.staff_id)
    .outerjoin(_location, _location.c.id == _member.c.location_id)
    .where(
        _session.c.key_digest == sa.bindparam("digest"),
        _session.c.ended_at.is_(None),
        _session.c.opened_at > sa.bindparam("opened_after", type_=_session.c.opened_at.type),
        _session.c.seen_at > sa.bindparam("seen_after", type_=_session.c.seen_at.type),
        _member.c.suspended_at.is_(None),
    )
)


@dataclass(frozen=True)
class Place:
    """The place whose desk is open."""

    id: int
    name: str
    zone: ZoneInfo
    currency: str
    country: str
    language: str = "en"
    is_open: bool = True


@dataclass(frozen=True)
class Found:
    """A browser that is signed in, who with, and at which place, if they belong to one."""

    session_id: int
    seen_at: datetime
    actor: Actor
    place: Place | None


def digest(key: str) -> str:
    """What is kept of a session's key."""
    return sha256(key.encode()).hexdigest()


def signed_in(key: str, now: datetime, *, idle_minutes: int, hours: int) -> Found | None:
    """Whose session this key opens, unless it has ended, was idle or is too old."""
    row = (
        db.session.connection()
        .execute(
            _SIGNED_IN,
            {
                "digest": digest(key),
                "opened_after": now - timedelta(hours=hours),
                "seen_after": now - timedelta(minutes=idle_minutes),
            },
        )
        .first()
    )
    if row is None:
        return None
    actor = Actor(
        row.id,
        row.name,
        row.email,
        Role(row.role),
        row.location_id,
        practitioner_id=row.resource_id,
    )
    return Found(row.session_id, row.seen_at, actor, _place(row))


def _place(row: Any) -> Place | None:
    if row.place_id is None:
        return None
    return Place(
        row.place_id,
        row.place_name,
        ZoneInfo(row.place_zone),
        row.place_currency,
        row.place_country,
        row.place_language,
        is_open=row.place_opened_at is not None,
    )


def was_signed_in(key: str) -> int | None:
    """Whose session this key opened, also when it is over."""
    return db.session.scalar(
        sa.select(StaffSession.staff_id).where(StaffSession.key_digest == digest(key))
    )


def is_suspended(key: str) -> bool:
    """Whether whoever this session belonged to may not come in any more."""
    query = (
        sa.select(StaffMember.id)
        .join(StaffSession, StaffSession.staff_id == StaffMember.id)
        .where(StaffSession.key_digest == digest(key), StaffMember.suspended_at.is_not(None))
    )
    return db.session.scalar(query) is not None


def note_seen(found: Found, now: datetime) -> None:
    """Write down that this browser is in use, at most once a minute.

    A statement of its own, like the counts of the limits: looking at a page changes nothing else.
    """
    if found.seen_at > now - SEEN_EVERY:
        return
    session_id = found.session_id
    statement = (
        sa.update(_session)
        .where(_session.c.id == session_id, _session.c.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now)
    )
    with db.engine.connect() as connection, connection.begin():
        connection.execute(statement)


def place(location_id: int | None) -> Place | None:
    """That place, or the first one; None while there is none."""
    query = sa.select(*_PLACE).order_by(_location.c.id).limit(1)
    if location_id:
        query = query.where(_location.c.id == location_id)
    row = db.session.connection().execute(query).first()
    return _place(row) if row else None


def places() -> list[Place]:
    """Every place, in the order they were made."""
    query = sa.select(*_PLACE).order_by(_location.c.id)
    return [place for row in db.session.execute(query) if (place := _place(row))]


def member(staff_id: int | None) -> StaffMember | None:
    """Somebody who works here, as they are now."""
    return db.session.get(StaffMember, staff_id, populate_existing=True) if staff_id else None


def member_by_email(email: str) -> StaffMember | None:
    """Whose address this is."""
    return db.session.scalar(sa.select(StaffMember).where(StaffMember.email == email))


def first_place() -> int | None:
    """The place that writes to whoever belongs to none."""
    return db.session.scalar(sa.select(Location.id).order_by(Location.id).limit(1))


@dataclass(frozen=True)
class Browser:
    """One browser that somebody is signed in with."""

    id: int
    agent: str
    opened_at: datetime
    seen_at: datetime


def browsers(staff_id: int, now: datetime, *, idle_minutes: int, hours: int) -> list[Browser]:
    """The browsers that somebody is signed in with, the one used last first."""
    query = (
        sa.select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.ended_at.is_(None),
            StaffSession.opened_at > now - timedelta(hours=hours),
            StaffSession.seen_at > now - timedelta(minutes=idle_minutes),
        )
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return [
        Browser(row.id, row.browser, row.opened_at, row.seen_at)
        for row in db.session.scalars(query)
    ]


@dataclass(frozen=True)
class PersonShown:
    """Somebody who works here, as the owner sees them."""

    id: int
    name: str
    email: str
    role: Role
    location_id: int | None
    place: str
    practitioner: str
    practitioner_slug: str
    has_joined: bool
    suspended_at: datetime | None
    seen_at: datetime | None


_SEEN = (
    sa.select(sa.func.max(StaffSession.seen_at))
    .where(StaffSession.staff_id == StaffMember.id)
    .scalar_subquery()
)
_PEOPLE = (
    sa.select(
        StaffMember,
        Location.name.label("place"),
        Resource.name.label("practitioner"),
        Resource.slug.label("slug"),
        _SEEN.label("seen_at"),
    )
    .outerjoin(Location, Location.id == StaffMember.location_id)
    .outerjoin(Resource, Resource.id == StaffMember.resource_id)
    .order_by(StaffMember.suspended_at.is_not(None), StaffMember.name, StaffMember.id)
)


def people(actor: Actor) -> list[PersonShown]:
    """Everyone whom this owner may look after: their place's, or everyone."""
    return [_shown(row) for row in db.session.execute(_PEOPLE.where(managed_by(actor)))]


def person(actor: Actor, staff_id: int) -> PersonShown | None:
    """One of those whom this owner may look after."""
    query = _PEOPLE.where(managed_by(actor), StaffMember.id == staff_id)
    row = db.session.execute(query.execution_options(populate_existing=True)).first()
    return _shown(row) if row else None


def managed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Who belongs to one place looks after the people of that place alone."""
    if actor.location_id is None:
        return sa.true()
    return StaffMember.location_id == actor.location_id


def _shown(row: Any) -> PersonShown:
    found: StaffMember = row.StaffMember
    return PersonShown(
        found.id,
        found.name,
        found.email,
        Role(found.role),
        location_id=found.location_id,
        place=row.place or "",
        practitioner=row.practitioner or "",
        practitioner_slug=row.slug or "",
        has_joined=bool(found.password_hash),
        suspended_at=found.suspended_at,
        seen_at=row.seen_at,
    )


def rota(location_id: int) -> list[tuple[str, str]]:
    """Slug and name of everyone in the rota of that place."""
    query = (
        sa.select(Resource.slug, Resource.name)
        .where(
            Resource.location_id == location_id,
            Resource.kind == "practitioner",
            Resource.archived_at.is_(None),
        )
        .order_by(Resource.position, Resource.id)
    )
    return [(row.slug, row.name) for row in db.session.execute(query)]
