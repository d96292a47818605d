"""The notes of a visit, written beside whatever changes the visit, its plan or what is wanted."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import upsert
from spa.domain import plan as plans
from spa.domain import policy
from spa.domain.plan import Kind, Note, Planned, Quiet
from spa.domain.states import BookingStatus
from spa.messages import outbox
from spa.models import Booking, Client, Location, Message, TreatmentNote


def plan(session: Session, booking: Booking, now: datetime) -> None:
    """Write the notes of a visit that are still to come, in place of those written before.

    To be called in the transaction of whatever changes the visit, its treatment's plan or what its
    client wants. A visit that is called off or was not attended has none.
    """
    session.flush()
    rows = _planned_rows(session, booking)
    coming = _to_come(session, booking, now) if booking.status in PLANNED_FOR else ()
    wanted = {outbox.key_of(one.keys[0], booking): one for one in coming}
    at_rest = [
        row
        for row in rows
        if row.status in outbox.UNHEARD and not outbox.is_on_its_way(row.claimed_until, now)
    ]
    untried = [row.id for row in at_rest if row.status == "waiting" and not row.tries]
    if untried:
        session.execute(
            sa.delete(Message).where(
                Message.id.in_(untried), Message.status == "waiting", Message.tries == 0
            )
        )
    stale = [row.id for row in at_rest if row.id not in untried and row.unique_key not in wanted]
    if stale:
        session.execute(
            sa.update(Message)
            .where(Message.id.in_(stale), Message.status.in_(outbox.UNHEARD))
            .values(status="withdrawn")
        )
    client = outbox.client_of(session, booking)
    written = []
    for key, one in wanted.items():
        if reached := outbox.reach(one.kind, booking, client):
            written.append(_planned_row(booking, one, key, reached, now))
    if written:
        statement = upsert(Message)
        again = {
            name: getattr(statement.excluded, name)
            for name in ("parts", "channel", "recipient", "planned_for", "due_at")
        }
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["unique_key"],
                set_={"status": "waiting", "tries": 0, **again},
                where=Message.status == "withdrawn",
            ),
            written,
        )


STILL_TOLD = timedelta(days=100)
"""So long after a visit notes about it may still come."""


def plan_again(session: Session, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Write the notes of all these bookings anew that may have any to come; how many they are."""
    bookings = session.scalars(
        sa.select(Booking)
        .where(which, Booking.ends_at > now - STILL_TOLD, Booking.status.in_(PLANNED_FOR))
        .order_by(Booking.id)
    ).all()
    for booking in bookings:
        plan(session, booking, now)
    return len(bookings)


PLANNED_FOR = outbox.HAS_AN_HOUR | {BookingStatus.DONE}
"""The states of a visit that has notes; one that nobody marked counts as attended."""


def _planned_rows(session: Session, booking: Booking) -> list[Any]:
    """The notes and news of a visit that are not settled, or were sent."""
    query = sa.select(
        Message.id,
        Message.status,
        Message.tries,
        Message.claimed_until,
        Message.unique_key,
    ).where(Message.booking_id == booking.id, Message.kind.in_((Kind.NOTE, Kind.NEWS)))
    return list(session.execute(query))


def _planned_row(
    booking: Booking, one: Planned, key: str, reached: outbox.Reached, now: datetime
) -> dict[str, Any]:
    return {
        "location_id": booking.location_id,
        "booking_id": booking.id,
        "kind": one.kind,
        "channel": reached.channel,
        "event": one.keys[0],
        "parts": list(one.keys),
        "recipient": reached.recipient,
        "language": booking.language,
        "unique_key": key,
        "created_at": now,
        "planned_for": one.at,
        "due_at": one.at,
    }


def _to_come(session: Session, booking: Booking, now: datetime) -> tuple[Planned, ...]:
    """What the plan of the treatment, the hours of the place and the client's wishes make of it."""
    client = outbox.client_of(session, booking)
    declined = set(client.declined_notes) if client else set()
    if not wants_news(session, client):
        declined |= NEWS
    told_at = _told_at(session, booking)
    return scheduled(session, booking, told_at=told_at, now=now, declined=declined)


NEWS = frozenset(note.key for note in plans.NOTES if note.kind == Kind.NEWS)


def scheduled(
    session: Session,
    booking: Booking,
    *,
    told_at: datetime,
    now: datetime,
    declined: Collection[str] = (),
) -> tuple[Planned, ...]:
    """What goes out about a visit after `now`, where its client heard last at `told_at`."""
    place = session.get_one(Location, booking.location_id)
    changed = session.scalars(
        sa.select(TreatmentNote).where(TreatmentNote.treatment_id == booking.treatment_id)
    )
    notes = plans.plan_of(
        is_needling=booking.is_needling,
        changed=[Note(row.key, row.days, row.minute, is_on=row.is_on) for row in changed],
    )
    visit = plans.Visit(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        told_at=told_at,
        free_until=policy.free_until(
            policy.Visit(booking.starts_at, booking.booked_at or now, False, 0, False),
            policy.ChangePolicy(place.cut_off_hours, place.grace_minutes),
        ),
    )
    return plans.schedule(
        notes,
        visit,
        now=now,
        zone=ZoneInfo(place.zone),
        quiet=Quiet(place.quiet_from_minute, place.quiet_until_minute),
        declined=declined,
    )


def _told_at(session: Session, booking: Booking) -> datetime:
    """When the client last heard of the visit, or will in a moment."""
    query = sa.select(Message.sent_at, Message.planned_for).where(
        Message.booking_id == booking.id,
        sa.or_(
            Message.status == "sent",
            sa.and_(Message.status == "waiting", Message.kind == Kind.ANSWER),
        ),
    )
    heard = [sent_at or planned_for for sent_at, planned_for in session.execute(query)]
    return max(heard, default=booking.booked_at or booking.created_at)


def wants_news(session: Session, client: Client | None) -> bool:
    """Whether this client agreed to marketing, and has not stopped it since."""
    if client is None:
        return False
    agreed = session.scalars(
        sa.select(Booking.marketing_agreed_at)
        .where(Booking.client_id == client.id, Booking.marketing_agreed_at.is_not(None))
        .order_by(Booking.marketing_agreed_at.desc())
        .limit(1)
    ).first()
    stopped = client.news_stopped_at
    return agreed is not None and (stopped is None or agreed > stopped)
