"""What staff do about a message: again, now, never, or in another way; each one transaction."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.plan import AFTER_THE_VISIT, BY_KEY, Kind
from spa.domain.roles import Actor
from spa.domain.states import BookingStatus
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
        if reached is None or not _is_true_now(message, booking, now):
            return False
        if message.status == "failed":
            message.status, message.tries = "waiting", 0
            message.interruptions, message.claimed_until = 0, None
            message.channel, message.recipient = reached.channel, reached.recipient
            _at_once(message, now)
        elif _is_asked_for(session, message):
            return False
        else:
            session.add(_copy(message, reached, now))
        _record(session, "message.sent_again", message, booking, actor, now)
    return True


def send_now(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Have a message that waits go at once.

    False when it does not wait, is on its way, or is not true of the visit now.
    """
    now = clock.now()
    with transaction() as session:
        message = _locked(session, message_id, location_id)
        if message is None or not _is_at_rest(message, now):
            return False
        booking = session.get(Booking, message.booking_id) if message.booking_id else None
        if booking and not _is_true_now(message, booking, now):
            return False
        _at_once(message, now)
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


def _is_true_now(message: Message, booking: Booking, now: datetime) -> bool:
    return still_true(message.event, booking.status, booking.starts_at, booking.ends_at, now)


def still_true(
    event: str, status: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> bool:
    """Whether a message says what is so: what leads to a visit before it, what follows after."""
    if not outbox.is_true(event, status):
        return False
    if event in AFTER_THE_VISIT:
        return ends_at <= now or status == BookingStatus.DONE
    return event not in BY_KEY or now < starts_at


def _at_once(message: Message, now: datetime) -> None:
    """What somebody asks for is an answer: no plan takes it back, it does not wait for morning."""
    message.planned_for = message.due_at = now
    message.kind = _answers(message)


def _answers(message: Message) -> str:
    return Kind.ANSWER if message.kind == Kind.NOTE else message.kind


def _is_asked_for(session: Session, message: Message) -> bool:
    """Whether a copy of it waits already, as when the button is pressed twice."""
    query = sa.select(Message.id).where(
        Message.booking_id == message.booking_id,
        Message.status == "waiting",
        Message.unique_key.startswith(f"{message.id}:again:"),
    )
    return session.scalar(query.limit(1)) is not None


def _copy(message: Message, reached: outbox.Reached, now: datetime) -> Message:
    """The same once more, as an answer to who asks for it."""
    return Message(
        location_id=message.location_id,
        booking_id=message.booking_id,
        kind=_answers(message),
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
