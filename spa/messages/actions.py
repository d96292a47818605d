"""What staff do about a message: again, now, never, or in another way; each one transaction."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.plan import Kind
from spa.domain.roles import Actor
from spa.messages import outbox
from spa.models import Booking, Client, Message


def send_again(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Have a message about a visit sent again, to where its client is reached now.

    One that failed is tried anew; of one that was sent a copy goes out, and what was sent stays
    written down. False when there is no such message, it is on its way, or not true any more.
    """
    now = clock.now()
    with transaction() as session:
        message = _locked(session, message_id, location_id)
        if message is None or message.booking_id is None:
            return False
        booking = session.get_one(Booking, message.booking_id)
        if message.status not in {"failed", "sent"}:
            return False
        reached = _reach(session, message, booking)
        if reached is None or not outbox.is_true(message.event, booking.status):
            return False
        if message.status == "failed":
            message.status, message.due_at, message.tries = "waiting", now, 0
            message.interruptions, message.claimed_until = 0, None
            message.channel, message.recipient = reached.channel, reached.recipient
        else:
            session.add(_copy(message, reached, now))
        _record(session, "message.sent_again", message, booking, actor, now)
    return True


def send_now(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Have a message that waits go at once; False when it does not wait, or is on its way."""
    now = clock.now()
    with transaction() as session:
        message = _locked(session, message_id, location_id)
        if message is None or not _is_at_rest(message, now):
            return False
        booking = session.get(Booking, message.booking_id) if message.booking_id else None
        message.due_at = now
        # What somebody asks for is an answer: it does not wait for the morning.
        message.kind = Kind.ANSWER if message.kind == Kind.NOTE else message.kind
        _record(session, "message.sent_now", message, booking, actor, now, which=message.event)
    return True


def stop(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Have a message that waits never go; False when it does not wait, or is on its way."""
    now = clock.now()
    with transaction() as session:
        message = _locked(session, message_id, location_id)
        if message is None or message.booking_id is None or not _is_at_rest(message, now):
            return False
        message.status = "stopped"
        booking = session.get(Booking, message.booking_id)
        _record(session, "message.stopped", message, booking, actor, now, which=message.event)
    return True


def deal_with(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Note that what a failed message said was told in another way; False when it did not fail."""
    now = clock.now()
    with transaction() as session:
        message = _locked(session, message_id, location_id)
        if message is None or message.status != "failed":
            return False
        message.status = "dealt_with"
        booking = session.get(Booking, message.booking_id) if message.booking_id else None
        _record(session, "message.dealt_with", message, booking, actor, now)
    return True


def _locked(session: Session, message_id: int, location_id: int) -> Message | None:
    return session.scalars(
        sa.select(Message)
        .where(Message.id == message_id, Message.location_id == location_id)
        .with_for_update()
    ).first()


def _is_at_rest(message: Message, now: datetime) -> bool:
    in_hand = message.claimed_until is not None and message.claimed_until > now
    return message.status == "waiting" and not in_hand


def _reach(session: Session, message: Message, booking: Booking) -> outbox.Reached | None:
    if message.kind == Kind.ALERT:
        return outbox.Reached("email", message.recipient)
    client = session.get(Client, booking.client_id) if booking.client_id else None
    return outbox.reach(Kind(message.kind), booking, client)


def _copy(message: Message, reached: outbox.Reached, now: datetime) -> Message:
    """The same once more, as an answer to who asks for it."""
    return Message(
        location_id=message.location_id,
        booking_id=message.booking_id,
        kind=Kind.ANSWER if message.kind == Kind.NOTE else message.kind,
        channel=reached.channel,
        event=message.event,
        parts=list(message.parts),
        recipient=reached.recipient,
        language=message.language,
        unique_key=f"{message.id}:again:{int(now.timestamp() * 1000)}",
        created_at=now,
        due_at=now,
    )


def _record(
    session: Session,
    event: str,
    message: Message,
    booking: Booking | None,
    actor: Actor,
    now: datetime,
    **details: Any,
) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id,
        location_id=message.location_id,
        booking_id=message.booking_id,
        client_id=booking.client_id if booking else None,
        **details,
    )
