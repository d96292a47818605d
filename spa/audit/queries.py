"""Reads the record of changes: of a booking, of a client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from spa.database import db
from spa.models import AuditEntry, Resource, StaffMember

MOST = 200


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `who` is empty when the client did it.

    `names` are the people, rooms and devices that its details speak of.
    """

    id: int
    at: datetime
    event: str
    who: str
    details: dict[str, Any]
    names: dict[int, str]


def _about(events: Sequence[str], **subject: int | None) -> sa.ColumnElement[bool]:
    """Those of one booking, client, person, room, treatment or place, of these events or any."""
    wanted = [getattr(AuditEntry, name) == value for name, value in subject.items() if value]
    if not wanted:
        raise ValueError("an entry of what?")
    return sa.and_(*wanted, *([AuditEntry.event.in_(events)] if events else ()))


def entries_of(
    *, after: int = 0, events: Sequence[str] = (), here: int = 0, **subject: int | None
) -> list[Entry]:
    """What happened to something, newest first; `after` is an entry that is known.

    The subject is a booking_id, client_id, resource_id, treatment_id or location_id; `here` leaves
    out what happened to a client's bookings at other places.
    """
    about = _about(events, **subject)
    if here:
        about &= sa.or_(AuditEntry.location_id == here, AuditEntry.event.like("client.%"))
    rows = db.session.execute(
        sa.select(
            AuditEntry.id, AuditEntry.at, AuditEntry.event, AuditEntry.details, StaffMember.name
        )
        .outerjoin(StaffMember, StaffMember.id == AuditEntry.staff_id)
        .where(about, AuditEntry.id > after)
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()
    names = names_in(row.details for row in rows)
    return [Entry(row.id, row.at, row.event, row.name or "", row.details, names) for row in rows]


def newest_entry(*, events: Sequence[str] = (), **subject: int | None) -> int:
    """The number of the last thing that happened to it, 0 when nothing did; as for entries_of."""
    about = _about(events, **subject)
    return db.session.scalar(sa.select(sa.func.max(AuditEntry.id)).where(about)) or 0


def _resources(details: dict[str, Any]) -> list[int]:
    """The people, rooms and devices that the details of an entry name."""
    endings = ("_practitioner", "_room", "_device")
    found = [value for key, value in details.items() if key.endswith(endings)]
    return [*filter(None, found), *details.get("resources", ())]


def names_in(details: Iterable[dict[str, Any]]) -> dict[int, str]:
    """The names of the people, rooms and devices that the details of some entries speak of."""
    ids = {number for one in details for number in _resources(one)}
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Resource.id, Resource.name).where(Resource.id.in_(ids)))
    return {row.id: row.name for row in rows}
