"""What staff do about a message that could not be delivered; each is one transaction."""

import sqlalchemy as sa

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.roles import Actor
from spa.messages import outbox
from spa.models import Booking, Message


def send_again(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Have a message about a visit tried again, to the address the visit has now.

    False when there is no such message, it is on its way already, or it is not true any more.
    """
    return _mend(message_id, location_id, actor, is_sent_again=True)


def deal_with(message_id: int, location_id: int, *, actor: Actor) -> bool:
    """Note that what a failed message said was told in another way; False when it did not fail."""
    return _mend(message_id, location_id, actor, is_sent_again=False)


def _mend(message_id: int, location_id: int, actor: Actor, *, is_sent_again: bool) -> bool:
    now = clock.now()
    with transaction() as session:
        message = session.scalars(
            sa.select(Message)
            .where(Message.id == message_id, Message.location_id == location_id)
            .with_for_update()
        ).first()
        if message is None or message.status != "failed":
            return False
        booking = session.get(Booking, message.booking_id) if message.booking_id else None
        if is_sent_again:
            if booking is None or not outbox.is_true(message.event, booking.status):
                return False
            message.status, message.due_at, message.tries = "waiting", now, 0
            message.recipient = booking.contact_email or message.recipient
        else:
            message.status = "dealt_with"
        record(
            session,
            "message.sent_again" if is_sent_again else "message.dealt_with",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            booking_id=message.booking_id,
            client_id=booking.client_id if booking else None,
        )
    return True
