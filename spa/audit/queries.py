"""Reads the record of changes: of a booking, of a client."""

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


def entries_of(
    *, booking_id: int | None = None, client_id: int | None = None, after: int = 0
) -> list[Entry]:
    """What happened to a booking or a client, newest first; `after` is an entry that is known."""
    about = (
        AuditEntry.booking_id == booking_id
        if booking_id is not None
        else AuditEntry.client_id == client_id
    )
    rows = db.session.execute(
        sa.select(
            AuditEntry.id, AuditEntry.at, AuditEntry.event, AuditEntry.details, StaffMember.name
        )
        .outerjoin(StaffMember, StaffMember.id == AuditEntry.staff_id)
        .where(about, AuditEntry.id > after)
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()
    names = _names({number for row in rows for number in _resources(row.details)})
    return [Entry(row.id, row.at, row.event, row.name or "", row.details, names) for row in rows]


def newest_entry(*, booking_id: int | None = None, client_id: int | None = None) -> int:
    """The number of the last thing that happened to it, 0 when nothing did."""
    about = (
        AuditEntry.booking_id == booking_id
        if booking_id is not None
        else AuditEntry.client_id == client_id
    )
    return db.session.scalar(sa.select(sa.func.max(AuditEntry.id)).where(about)) or 0


def _resources(details: dict[str, Any]) -> list[int]:
    """The people, rooms and devices that the details of an entry name."""
    endings = ("_practitioner", "_room", "_device")
    found = [value for key, value in details.items() if key.endswith(endings)]
    return [*filter(None, found), *details.get("resources", ())]


def _names(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Resource.id, Resource.name).where(Resource.id.in_(ids)))
    return {row.id: row.name for row in rows}
