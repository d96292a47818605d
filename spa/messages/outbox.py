"""Writes messages beside the change they tell of; the worker sends them later."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from spa.database import upsert
from spa.domain import plan as plans
from spa.domain.channels import channel_for
from spa.domain.plan import Kind
from spa.domain.states import BookingStatus
from spa.models import Booking, Client, Message

EVENTS = (
    "booking_confirmed",
    "booking_moved",
    "booking_cancelled",
    "booking_links",
    "hour_pencilled",
    "follow_up_opened",
    "staff_invited",
    "staff_reset",
    *plans.BY_KEY,
)
"""Everything there is to tell."""

HAS_AN_HOUR = frozenset({BookingStatus.BOOKED, BookingStatus.ARRIVED, BookingStatus.IN_TREATMENT})
UNHEARD = ("waiting", "failed")
"""Where a message stands that its reader has not had, so that it can be taken back."""


def tell(
    session: Session,
    event: str,
    booking: Booking,
    *,
    at: datetime,
    due_at: datetime | None = None,
    before: str = "",
    about: str = "",
) -> None:
    """Tell the client of this booking; once for each version and address of what is told.

    Who can't be reached is told nothing. `due_at` is when to send it, at once unless told;
    `before` what they believe until then; `about` what else makes it another message.
    """
    reached = reach(Kind.ANSWER, booking, client_of(session, booking))
    if reached is None:
        return
    _write(
        session,
        event,
        channel=reached.channel,
        recipient=reached.recipient,
        key=f"{key_of(event, booking)}:{about}" if about else key_of(event, booking),
        at=at,
        due_at=due_at,
        before=before,
        location_id=booking.location_id,
        language=booking.language,
        booking_id=booking.id,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """By what channel, and at which address or number, somebody hears of something."""

    channel: str
    recipient: str


def reach(kind: Kind, booking: Booking, client: Client | None) -> Reached | None:
    """Where the client of a booking hears of this; None when nowhere."""
    channel = channel_for(
        kind,
        prefers=client.channel if client else "email",
        no_texts=client.no_texts if client else False,
        has_email=bool(booking.contact_email),
        has_phone=bool(booking.contact_phone),
        texts_are_on=bool(current_app.config["TEXT_URL"]),
    )
    if channel is None:
        return None
    by_text = channel == "text"
    return Reached(channel, booking.contact_phone if by_text else booking.contact_email)


def client_of(session: Session, booking: Booking) -> Client | None:
    """The record of whoever comes."""
    return session.get(Client, booking.client_id) if booking.client_id else None


def key_of(event: str, booking: Booking) -> str:
    """What makes a message about a booking unique: told once for each version and address."""
    return f"{event}:{booking.reference}:{booking.sequence}:{booking.link_version}"


def alert(
    session: Session,
    event: str,
    recipient: str,
    *,
    key: str,
    at: datetime,
    location_id: int,
    language: str,
    booking_id: int | None = None,
) -> None:
    """Tell the studio of something at once; it is not taken back with the visit."""
    _write(
        session,
        event,
        kind=Kind.ALERT,
        recipient=recipient,
        key=f"{event}:{key}",
        at=at,
        location_id=location_id,
        language=language,
        booking_id=booking_id,
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

    `before` is what they counted on until now. What still waits to be told, or never arrived, is
    told in its place, and nothing is when all is as they believe. What a worker has in hand counts
    as heard. The answer to a move of their own remembers no belief, so that it is never left out.
    A confirmation that still waits tells the truth.
    """
    owed = session.execute(
        sa.update(Message)
        .where(Message.booking_id == booking.id, Message.status.in_(UNHEARD))
        .where(Message.event == "booking_moved")
        .values(status="withdrawn")
        .returning(Message.id, Message.before, Message.claimed_until)
    ).all()
    first = min(owed, key=lambda row: row.id, default=None)
    if first and not is_on_its_way(first.claimed_until, at):
        before = first.before
    if not (is_told or owed) or before == believed(booking) or _confirms(session, booking, at):
        return
    tell(session, "booking_moved", booking, at=at, due_at=due_at, before=before)


def _confirms(session: Session, booking: Booking, now: datetime) -> bool:
    """Whether a confirmation of this booking waits to be sent."""
    query = sa.select(Message.id).where(
        Message.booking_id == booking.id,
        Message.status == "waiting",
        Message.event == "booking_confirmed",
        sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now),
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


def withdraw(session: Session, booking_id: int, now: datetime) -> dict[str, str]:
    """Take back what was written for this booking and was not delivered: it is no longer true.

    Gives the events that will not be told now, each with what its reader believes. What a worker
    has in hand this moment may be heard, so it is not among them.
    """
    withdrawn = session.execute(
        sa.update(Message)
        .where(Message.booking_id == booking_id, Message.status.in_(UNHEARD))
        .where(Message.kind == Kind.ANSWER)
        .values(status="withdrawn")
        .returning(Message.event, Message.before, Message.claimed_until)
    )
    return {row.event: row.before for row in withdrawn if not is_on_its_way(row.claimed_until, now)}


def is_on_its_way(claimed_until: datetime | None, now: datetime) -> bool:
    """Whether a worker has the message in hand, so that it may be heard whatever we do."""
    return claimed_until is not None and claimed_until > now


TELLS_OF = {
    "booking_confirmed": HAS_AN_HOUR,
    "booking_moved": HAS_AN_HOUR,
    "booking_cancelled": frozenset({BookingStatus.CANCELLED}),
    **{key: HAS_AN_HOUR | {BookingStatus.DONE} for key in plans.AFTER_THE_VISIT},
    **dict.fromkeys(plans.BY_KEY.keys() - plans.AFTER_THE_VISIT, frozenset({BookingStatus.BOOKED})),
}
"""What must be so of a visit for a message about it to be true."""


def is_true(event: str, status: str) -> bool:
    """Whether a message still says what is so."""
    return event not in TELLS_OF or status in TELLS_OF[event]


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
    kind: Kind = Kind.ANSWER,
    channel: str = "email",
) -> None:
    session.execute(
        upsert(Message).on_conflict_do_nothing(index_elements=["unique_key"]),
        {
            "location_id": location_id,
            "booking_id": booking_id,
            "staff_id": staff_id,
            "kind": kind,
            "channel": channel,
            "event": event,
            "recipient": recipient,
            "language": language,
            "unique_key": key,
            "created_at": at,
            "due_at": due_at or at,
            "before": before,
        },
    )
