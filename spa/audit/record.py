"""Writes the record of a change beside the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from spa.audit.vocabulary import EVENTS
from spa.models import AuditEntry


def record(
    session: Session,
    event: str,
    *,
    at: datetime,
    actor: str = "client",
    location_id: int | None = None,
    booking_id: int | None = None,
    client_id: int | None = None,
    **details: Any,
) -> None:
    """Write down that this happened; raises ValueError for an event or detail nobody declared."""
    if EVENTS.get(event) != frozenset(details):
        raise ValueError(f"{event} carries {sorted(EVENTS.get(event, ()))}, not {sorted(details)}")
    session.execute(
        AuditEntry.__table__.insert(),  # type: ignore[attr-defined]
        {
            "at": at,
            "event": event,
            "actor": actor,
            "location_id": location_id,
            "booking_id": booking_id,
            "client_id": client_id,
            "details": details,
        },
    )
