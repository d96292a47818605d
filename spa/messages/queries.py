"""Reads what the pages about messages show."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from spa.database import db
from spa.domain.plan import Kind
from spa.messages import planning
from spa.models import Booking, Client, FollowUp, Message
from spa.models.message import IS_WAITING


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a client wants of the messages, and what could be had."""

    declined: frozenset[str]
    channel: str
    no_texts: bool
    wants_news: bool


def wishes_of(booking: Booking) -> Wishes:
    """The wishes of the client of a booking."""
    client = db.session.get(Client, booking.client_id) if booking.client_id else None
    return Wishes(
        declined=frozenset(client.declined_notes if client else ()),
        channel=client.channel if client else "email",
        no_texts=client.no_texts if client else False,
        wants_news=planning.wants_news(db.session(), client),
    )


def notes_of(booking: Booking) -> list[tuple[str, datetime]]:
    """Every note that this visit can have, with when it goes or went out; news is none of them.

    A visit that is called off or was not attended has none.
    """
    if booking.status not in planning.PLANNED_FOR:
        return []
    told_at = booking.booked_at or booking.created_at
    return [
        (key, one.at)
        for one in planning.scheduled(db.session(), booking, told_at=told_at, now=told_at)
        for key in one.keys
        if one.kind == Kind.NOTE
    ]


OWED_SINCE = sa.case((Message.tries > 0, Message.planned_for), else_=Message.due_at)
"""Since when a waiting message ought to be there; one put off for the morning, since then.

One that was tried in vain is owed from its first time on, however long it rests between tries.
"""


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest message that still waits is owed; None when none is."""
    # The first condition follows from the second, and has an index.
    query = sa.select(sa.func.min(OWED_SINCE)).where(
        IS_WAITING, Message.planned_for <= now, OWED_SINCE <= now
    )
    found: datetime | None = db.session.scalar(query)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How many messages wait, are due, or failed, and how many clients wait for a look."""

    waiting: int
    due: int
    failed: int
    follow_ups: int


def standing(now: datetime) -> Standing:
    """Counts of what is open; partial indexes know them, however much lies behind."""
    messages, is_failed = sa.select(sa.func.count(Message.id)), sa.text("message.status = 'failed'")
    return Standing(
        waiting=db.session.scalar(messages.where(IS_WAITING)) or 0,
        due=db.session.scalar(messages.where(IS_WAITING, Message.due_at <= now)) or 0,
        failed=db.session.scalar(messages.where(is_failed)) or 0,
        follow_ups=db.session.scalar(
            sa.select(sa.func.count(FollowUp.id)).where(FollowUp.closed_at.is_(None))
        )
        or 0,
    )
