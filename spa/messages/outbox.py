"""Writes messages beside the change they tell of; the worker sends them later."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import upsert
from spa.models import Booking, Message

EVENTS = ("booking_confirmed", "booking_moved", "booking_cancelled", "booking_links")


def tell(session: Session, event: str, booking: Booking, *, at: datetime) -> None:
    """Tell the client of this booking; once for each version and address of what is told."""
    key = f"{event}:{booking.reference}:{booking.sequence}:{booking.link_version}"
    _write(
        session,
        event,
        recipient=booking.contact_email,
        key=key,
        at=at,
        location_id=booking.location_id,
        language=booking.language,
        booking_id=booking.id,
    )


def send_links(
    session: Session, email: str, *, location_id: int, language: str, at: datetime
) -> None:
    """Send the links of the coming visits to that address, at most one mail in ten minutes."""
    address = sha256(email.encode()).hexdigest()[:32]
    _write(
        session,
        "booking_links",
        recipient=email,
        key=f"booking_links:{address}:{int(at.timestamp()) // 600}",
        at=at,
        location_id=location_id,
        language=language,
    )


def withdraw(session: Session, booking_id: int) -> None:
    """Take back what was written for this booking and has not been sent: it is no longer true."""
    session.execute(
        sa.update(Message)
        .where(Message.booking_id == booking_id, Message.status == "waiting")
        .values(status="withdrawn")
    )


def _write(
    session: Session,
    event: str,
    *,
    recipient: str,
    key: str,
    at: datetime,
    location_id: int,
    language: str,
    booking_id: int | None = None,
) -> None:
    session.execute(
        upsert(Message).on_conflict_do_nothing(index_elements=["unique_key"]),
        {
            "location_id": location_id,
            "booking_id": booking_id,
            "event": event,
            "recipient": recipient,
            "language": language,
            "unique_key": key,
            "created_at": at,
            "due_at": at,
        },
    )
