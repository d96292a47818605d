"""Writes the record of a change beside the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from spa.audit.vocabulary import BY_OTHERS, EVENTS, MAY_CARRY
from spa.models import AuditEntry


def record(
    session: Session,
    event: str,
    *,
    at: datetime,
    staff_id: int | None = None,
    location_id: int | None = None,
    booking_id: int | None = None,
    client_id: int | None = None,
    resource_id: int | None = None,
    treatment_id: int | None = None,
    **details: Any,
) -> None:
    """Write down that this happened, and who of the studio did it, if not the client.

    Raises ValueError for an event or detail that nobody declared.
    """
    carried = frozenset(details)
    if event not in EVENTS or not EVENTS[event] <= carried <= EVENTS[event] | MAY_CARRY.get(
        event, frozenset()
    ):
        raise ValueError(f"{event} carries {sorted(EVENTS.get(event, ()))}, not {sorted(details)}")
    session.execute(
        AuditEntry.__table__.insert(),  # type: ignore[attr-defined]
        {
            "at": at,
            "event": event,
            "actor": "staff" if staff_id else BY_OTHERS.get(event, "client"),
            "staff_id": staff_id,
            "location_id": location_id,
            "booking_id": booking_id,
            "client_id": client_id,
            "resource_id": resource_id,
            "treatment_id": treatment_id,
            "details": details,
        },
    )
