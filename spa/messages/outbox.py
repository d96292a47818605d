"""Writes messages beside the change they tell of; the worker sends them later."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import upsert
from spa.models import Booking, Message

EVENTS = (
    "booking_confirmed",
    "booking_moved",
    "booking_cancelled",
    "booking_links",
    "staff_invited",
    "staff_reset",
)


def tell(
    session: Session,
    event: str,
    booking: Booking,
    *,
    at: datetime,
    due_at: datetime | None = None,
    before: str = "",
) -> None:
    """Tell the client of this booking; once for each version and address of what is told.

    Who has no email is told nothing. `due_at` is when to send it, at once unless told; `before`
    what they believe until then.
    """
    if not booking.contact_email:
        return
    key = f"{event}:{booking.reference}:{booking.sequence}:{booking.link_version}"
    _write(
        session,
        event,
        recipient=booking.contact_email,
        key=key,
        at=at,
        due_at=due_at,
        before=before,
        location_id=booking.location_id,
        language=booking.language,
        booking_id=booking.id,
    )


def believed(booking: Booking) -> str:
    """The hour and person that the client counts on, as a message remembers them."""
    return f"{booking.starts_at.isoformat()} {booking.practitioner_id}"


def tell_change(
    session: Session,
    booking: Booking,
    *,
    before: str,
    at: datetime,
    due_at: datetime,
    is_told: bool = True,
) -> None:
    """Tell the client of another hour or person, later and once for several changes in a row.

    `before` is what they counted on until now. What still waits to be told is told in its place,
    and nothing is when all is as they believe. The answer to a move of their own remembers no
    belief, so that it is never left out. A confirmation that still waits tells the truth.
    """
    waiting = session.execute(
        sa.update(Message)
        .where(Message.booking_id == booking.id, Message.status == "waiting")
        .where(Message.event == "booking_moved")
        .values(status="withdrawn")
        .returning(Message.before)
    ).first()
    if waiting:
        before = waiting.before
    if not (is_told or waiting) or before == believed(booking) or _confirms(session, booking):
        return
    tell(session, "booking_moved", booking, at=at, due_at=due_at, before=before)


def _confirms(session: Session, booking: Booking) -> bool:
    """Whether a confirmation of this booking waits to be sent."""
    query = sa.select(Message.id).where(
        Message.booking_id == booking.id,
        Message.status == "waiting",
        Message.event == "booking_confirmed",
    )
    return session.scalar(query.limit(1)) is not None


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


def send_staff_link(
    session: Session,
    event: str,
    email: str,
    *,
    staff_id: int | None,
    version: int,
    location_id: int,
    language: str,
    at: datetime,
) -> None:
    """Send a link to choose a password, at most one mail in ten minutes.

    An address of nobody's is written down as well, so that asking takes as long; nothing is sent.
    """
    address = sha256(email.encode()).hexdigest()[:32]
    _write(
        session,
        event,
        recipient=email,
        key=f"{event}:{address}:{version}:{int(at.timestamp()) // 600}",
        at=at,
        location_id=location_id,
        language=language,
        staff_id=staff_id,
    )


def withdraw(session: Session, booking_id: int) -> dict[str, str]:
    """Take back what was written for this booking and has not been sent: it is no longer true.

    Gives the events that will not be told now, each with what its reader believes.
    """
    withdrawn = session.execute(
        sa.update(Message)
        .where(Message.booking_id == booking_id, Message.status == "waiting")
        .values(status="withdrawn")
        .returning(Message.event, Message.before)
    )
    return {row.event: row.before for row in withdrawn}


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
    staff_id: int | None = None,
    due_at: datetime | None = None,
    before: str = "",
) -> None:
    session.execute(
        upsert(Message).on_conflict_do_nothing(index_elements=["unique_key"]),
        {
            "location_id": location_id,
            "booking_id": booking_id,
            "staff_id": staff_id,
            "event": event,
            "recipient": recipient,
            "language": language,
            "unique_key": key,
            "created_at": at,
            "due_at": due_at or at,
            "before": before,
        },
    )
