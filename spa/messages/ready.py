"""Whether what is due still holds at this moment, where it goes, and what has to wait."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import queries
from spa.domain import plan
from spa.domain.plan import AFTER_THE_VISIT, Kind, Quiet
from spa.domain.spans import local_time, moment_at
from spa.domain.states import TAKES_AN_HOUR
from spa.messages import outbox, planning
from spa.models import Booking, Client, Location, Message

NOTES = (Kind.NOTE, Kind.NEWS)


@dataclass(frozen=True, slots=True)
class Ready:
    """By what channel and where to a message goes now, and the notes that it still says.

    `companions` are messages about the same visit, due within hours, that go as one with it: their
    ids, each with its notes.
    """

    channel: str
    recipient: str
    parts: list[str]
    companions: dict[int, list[str]] = field(default_factory=dict)

    def together(self, taken: Collection[int]) -> list[str]:
        """The notes of this and of the companions that were taken along, the latest first.

        What holds before a visit adds up; after it only the latest says how the skin is now.
        """
        theirs = [keys for number, keys in self.companions.items() if number in taken]
        if not theirs:
            return self.parts
        if set(self.parts) & AFTER_THE_VISIT:
            return theirs[-1]
        return [key for keys in reversed([self.parts, *theirs]) for key in keys]


def now_or_later(
    session: Session, message: Message, booking: Booking | None, location: Location, now: datetime
) -> Ready | datetime | None:
    """Where a due message goes now; or the moment until which it waits; or None: it is needless.

    Answers and alerts go at once. A note goes out only while it is true and wanted, outside the
    quiet hours, and to its reader's present address.
    """
    if message.event == "hour_pencilled" and not (booking and queries.live_after(booking.id, now)):
        return None
    if message.kind not in NOTES or booking is None:
        return Ready(message.channel, message.recipient, list(message.parts))
    if _is_of_another_plan(message, booking):
        return None
    client = session.get(Client, booking.client_id) if booking.client_id else None
    parts = [key for key in message.parts if _holds(session, key, booking, client, now)]
    reached = outbox.reach(Kind(message.kind), booking, client)
    if not parts or reached is None:
        return None
    if message.kind == Kind.NEWS and not planning.wants_news(session, client):
        return None
    zone = ZoneInfo(location.zone)
    wait = plan.waits_until(
        parts,
        booking.starts_at,
        now=now,
        zone=zone,
        quiet=Quiet(location.quiet_from_minute, location.quiet_until_minute),
        had_one_today=_had_one_today(session, booking, now, zone),
    )
    if wait:
        return wait
    return Ready(
        reached.channel, reached.recipient, parts, _companions(session, message, booking, now)
    )


def _is_of_another_plan(message: Message, booking: Booking) -> bool:
    """Whether the visit was moved while a worker had the note in hand: it has another one now."""
    is_planned = f":{booking.reference}:" in message.unique_key
    return is_planned and not message.unique_key.endswith(outbox.key_of("", booking))


def _holds(
    session: Session, key: str, booking: Booking, client: Client | None, now: datetime
) -> bool:
    """Whether a note is still true of the visit, and its client wants it."""
    if not outbox.is_true(key, booking.status) or (client and key in client.declined_notes):
        return False
    if key == "next_time" and _comes_again(session, booking, now):
        return False
    return booking.ends_at <= now if key in AFTER_THE_VISIT else now < booking.starts_at


def _comes_again(session: Session, booking: Booking, now: datetime) -> bool:
    """Whether the client has an hour to come already, or one is kept for them."""
    query = sa.select(Booking.id).where(
        Booking.client_id == booking.client_id,
        Booking.starts_at > now,
        Booking.status.in_(TAKES_AN_HOUR),
    )
    return session.scalar(query.limit(1)) is not None


def _companions(
    session: Session, message: Message, booking: Booking, now: datetime
) -> dict[int, list[str]]:
    """The other notes of the visit that are due within twelve hours, in their order."""
    if message.kind != Kind.NOTE:
        return {}
    query = (
        sa.select(Message.id, Message.parts)
        .where(
            Message.booking_id == booking.id,
            Message.id != message.id,
            Message.kind == Kind.NOTE,
            Message.status == "waiting",
            Message.due_at < now + plan.TOGETHER,
        )
        .order_by(Message.planned_for)
    )
    client = session.get(Client, booking.client_id) if booking.client_id else None
    found = {
        row.id: [key for key in row.parts if _holds(session, key, booking, client, now)]
        for row in session.execute(query)
    }
    return {number: keys for number, keys in found.items() if keys}


def _had_one_today(session: Session, booking: Booking, now: datetime, zone: ZoneInfo) -> bool:
    """Whether their reader had a note about this visit today."""
    midnight = moment_at(local_time(now, zone).date(), 0, zone)
    query = sa.select(Message.id).where(
        Message.booking_id == booking.id,
        Message.kind.in_(NOTES),
        Message.status == "sent",
        Message.sent_at >= midnight,
    )
    return session.scalar(query.limit(1)) is not None
