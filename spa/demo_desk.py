"""Gives the demo's days what a desk sees: who is here, who will come, a meeting, a lost mail."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.demo_diary import Visit
from spa.demo_house import Row
from spa.domain.spans import DAY_TICKS, day_span, local_time, moment_of, tick_of
from spa.domain.states import BookingStatus as S
from spa.models import Block, Booking, Claim, Client, Location, Message, Resource
from spa.models.booking import claim

EARLY, SETTLED, WAITED = timedelta(minutes=8), timedelta(minutes=2), timedelta(minutes=20)
MEETING_TICKS = 6
MEETING = "Team meeting"
PHONE_ONLY = 3
DAYS_OF_PROMISES = timedelta(days=3)


def moments(visit: Visit, now: datetime, dice: Random) -> Row:
    """When each state of this visit began, as far as it has."""
    start = visit.starts_at
    has_come = visit.status in {S.ARRIVED, S.IN_TREATMENT, S.DONE}
    has_begun = visit.status in {S.IN_TREATMENT, S.DONE}
    is_soon = visit.status == S.BOOKED and start - now < DAYS_OF_PROMISES
    has_promised = is_soon and dice.random() < 0.5
    is_called_off = visit.status == S.CANCELLED
    return {
        "arrived_at": min(start - EARLY, now) if has_come else None,
        "began_at": min(start + SETTLED, now) if has_begun else None,
        "done_at": visit.ends_at - SETTLED if visit.status == S.DONE else None,
        "no_show_at": start + WAITED if visit.status == S.NO_SHOW else None,
        "assured_at": max(visit.booked_at, now - EARLY * 9) if has_promised else None,
        "cancelled_by": ("client" if visit.is_late or dice.random() < 0.8 else "studio")
        if is_called_off
        else None,
    }


def entries(bookings: Iterable[tuple[int, Row]]) -> list[Row]:
    """The record of each booking, in order: that it was booked, and where it went from there."""
    found: list[Row] = [
        {
            "at": at,
            "event": event,
            "actor": "client",
            "location_id": row["location_id"],
            "booking_id": booking_id,
            "client_id": row["client_id"],
            "details": details,
        }
        for booking_id, row in bookings
        for at, event, details in _happened(row)
    ]
    return sorted(found, key=itemgetter("at"))


def _happened(row: Row) -> Iterator[tuple[datetime, str, Row]]:
    starts_at = row["starts_at"].isoformat()
    yield row["booked_at"], "booking.booked", {"starts_at": starts_at}
    state = {"old": "booked", "new": "no_show"}
    if row["no_show_at"]:
        yield row["no_show_at"], "booking.state", state
    if row["cancelled_by"] == "client":
        about = {"starts_at": starts_at, "is_late": row["is_late"]}
        yield row["cancelled_at"], "booking.cancelled", about


def write(session: Session, location: Location, *, now: datetime) -> None:
    """A meeting, a mail that did not arrive, a call in vain, and clients who only telephone."""
    coming = session.scalars(
        sa.select(Booking)
        .where(
            Booking.location_id == location.id, Booking.status == S.BOOKED, Booking.starts_at > now
        )
        .order_by(Booking.starts_at)
        .limit(40)
    ).all()
    _meeting(session, location, now)
    for booking in coming[3:4]:
        session.add(_failed(booking, now))
    for booking in coming[5:6]:
        booking.no_answer_at = min(now - EARLY * 4, booking.starts_at)
        booking.assured_at = None
    _telephone_only(session, coming)


def _meeting(session: Session, location: Location, now: datetime) -> None:
    """Half an hour in which nobody of two is booked, on the next day that people work."""
    people = session.scalars(
        sa.select(Resource.id)
        .where(Resource.location_id == location.id, Resource.kind == "practitioner")
        .order_by(Resource.position)
        .limit(2)
    ).all()
    zone = ZoneInfo(location.zone)
    day = day_span(local_time(now, zone).date(), zone)
    taken = set(
        session.scalars(
            sa.select(Claim.tick).where(
                Claim.resource_id.in_(people), Claim.tick.between(day.start, day.end + DAY_TICKS)
            )
        )
    )
    worked = sorted(tick for tick in taken if tick > tick_of(now))
    quarters = range(-(-worked[0] // 3) * 3, worked[-1], 3) if worked else ()
    for first in quarters:
        if not taken.intersection(range(first, first + MEETING_TICKS)):
            block = Block(
                location_id=location.id,
                starts_at=moment_of(first),
                ends_at=moment_of(first + MEETING_TICKS),
                reason=MEETING,
            )
            session.add(block)
            session.flush()
            span = (first, first + MEETING_TICKS)
            claim(session, [(person, span) for person in people], block_id=block.id)
            return


def _failed(booking: Booking, now: datetime) -> Message:
    """A confirmation that the client's mail server refused for good."""
    return Message(
        location_id=booking.location_id,
        booking_id=booking.id,
        event="booking_confirmed",
        recipient=booking.contact_email,
        language=booking.language,
        unique_key=f"booking_confirmed:{booking.reference}:{booking.sequence}:1",
        status="failed",
        created_at=booking.booked_at or now,
        due_at=booking.booked_at or now,
        tries=1,
        last_error="SMTPRecipientsRefused 550",
    )


def _telephone_only(session: Session, coming: Sequence[Booking]) -> None:
    """Some clients book by phone and have no email."""
    for booking in coming[8::9][:PHONE_ONLY]:
        client = session.get(Client, booking.client_id) if booking.client_id else None
        if client is not None and not booking.other_name:
            client.books_by_phone, client.email = True, ""
            session.execute(
                sa.update(Booking).where(Booking.client_id == client.id).values(contact_email="")
            )
