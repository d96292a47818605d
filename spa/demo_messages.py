"""Gives the demo's visits the messages that the program would have sent and will send."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.demo_house import Row, insert
from spa.domain import plan, policy
from spa.domain.plan import Kind, Planned
from spa.messages import outbox, planning
from spa.models import Booking, Location, Message

LOOKS_BACK = timedelta(days=30)
"""The visits of this time still have notes to come; what older ones were sent is not told."""


def write(session: Session, location: Location, *, now: datetime) -> None:
    """The confirmation and every note of each visit: what is past as sent, the rest waiting."""
    bookings = session.scalars(
        sa.select(Booking)
        .where(
            Booking.location_id == location.id,
            Booking.starts_at > now - LOOKS_BACK,
            Booking.status.in_(planning.PLANNED_FOR),
            Booking.contact_email != "",
        )
        .order_by(Booking.id)
    ).all()
    told = set(session.scalars(sa.select(Message.unique_key)))
    insert(session, Message, _rows(bookings, location, told, now))


def _rows(
    bookings: Iterable[Booking], location: Location, told: set[str], now: datetime
) -> Iterator[Row]:
    for booking in bookings:
        booked_at = booking.booked_at or booking.created_at
        confirmation = Planned(booked_at, Kind.ANSWER, ("booking_confirmed",))
        for one in (confirmation, *_planned(booking, location, booked_at)):
            row = _row(booking, one, now)
            if row["unique_key"] not in told:
                yield row


def _planned(booking: Booking, location: Location, booked_at: datetime) -> tuple[Planned, ...]:
    declined = set() if booking.marketing_agreed_at else {
        note.key for note in plan.NOTES if note.kind == Kind.NEWS
    }  # fmt: skip
    return plan.schedule(
        plan.plan_of(is_needling=booking.is_needling),
        plan.Visit(
            booking.starts_at,
            booking.ends_at,
            booked_at,
            policy.free_until(
                policy.Visit(booking.starts_at, booked_at, False, 0, False), policy.ChangePolicy()
            ),
        ),
        now=booked_at,
        zone=ZoneInfo(location.zone),
        quiet=plan.Quiet(),
        declined=declined,
    )


def _row(booking: Booking, one: Planned, now: datetime) -> Row:
    """A message as the worker leaves it; of one that was sent the words are not kept here."""
    is_past = one.at <= now

    return {
        "location_id": booking.location_id,
        "booking_id": booking.id,
        "kind": one.kind,
        "event": one.keys[0],
        "parts": list(one.keys) if one.kind != Kind.ANSWER else [],
        "recipient": booking.contact_email,
        "language": booking.language,
        "unique_key": outbox.key_of(one.keys[0], booking),
        "created_at": booking.booked_at,
        "planned_for": one.at,
        "due_at": one.at,
        "status": "sent" if is_past else "waiting",
        "tries": int(is_past),
        "sent_at": one.at if is_past else None,
    }
