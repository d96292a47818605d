"""Reads who works here and who is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from spa.database import db
from spa.domain.roles import Actor, Role
from spa.models import Location, StaffMember, StaffSession

SEEN_EVERY = timedelta(minutes=1)

_member = StaffMember.__table__
_session: sa.Table = StaffSession.__table__  # type: ignore[assignment]

_SIGNED_IN = (
    sa.select(
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
    .where(
        _session.c.key_digest == sa.bindparam("digest"),
        _session.c.ended_at.is_(None),
        _session.c.opened_at > sa.bindparam("opened_after", type_=_session.c.opened_at.type),
        _session.c.seen_at > sa.bindparam("seen_after", type_=_session.c.seen_at.type),
        _member.c.suspended_at.is_(None),
    )
)


@dataclass(frozen=True)
class Found:
    """A browser that is signed in, and who with."""

    session_id: int
    actor: Actor


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
    return Found(row.session_id, actor)


def note_seen(session_id: int, now: datetime) -> None:
    """Write down that this browser is in use, at most once a minute.

    A statement of its own, like the counts of the limits: looking at a page changes nothing else.
    """
    statement = (
        sa.update(_session)
        .where(_session.c.id == session_id, _session.c.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now)
    )
    with db.engine.connect() as connection, connection.begin():
        connection.execute(statement)


def place(location_id: int | None) -> Any:
    """That place, or the first one."""
    query = sa.select(Location).order_by(Location.id).limit(1)
    if location_id:
        query = query.where(Location.id == location_id)
    return db.session.scalar(query)
