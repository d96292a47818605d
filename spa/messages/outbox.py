"""Writes messages beside the change they tell of; the worker sends them later."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from spa.database import upsert
from spa.domain import plan as plans
from spa.domain import policy
from spa.domain.channels import channel_for
from spa.domain.plan import Kind, Note, Planned, Quiet
from spa.domain.states import BookingStatus
from spa.models import Booking, Client, Location, Message, TreatmentNote

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
    reached = reach(Kind.ANSWER, booking, _client_of(session, booking))
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


def _client_of(session: Session, booking: Booking) -> Client | None:
    return session.get(Client, booking.client_id) if booking.client_id else None


def key_of(event: str, booking: Booking) -> str:
    """What makes a message about a booking unique: told once for each version and address."""
    return f"{event}:{booking.reference}:{booking.sequence}:{booking.link_version}"


def plan(session: Session, booking: Booking, now: datetime) -> None:
    """Write the notes of a visit that are still to come, in place of those written before.

    To be called in the transaction of whatever changes the visit, its treatment's plan or what its
    client wants. A visit that is called off or was not attended has none.
    """
    session.flush()
    rows = _planned_rows(session, booking)
    coming = _to_come(session, booking, now) if booking.status in PLANNED_FOR else ()
    wanted = {key_of(one.keys[0], booking): one for one in coming}
    for row in rows:
        if row.status not in UNHEARD or _is_on_its_way(row.claimed_until, now):
            continue
        if row.status == "waiting" and not row.tries:
            session.execute(
                sa.delete(Message).where(
                    Message.id == row.id, Message.status == "waiting", Message.tries == 0
                )
            )
        elif row.unique_key not in wanted:
            session.execute(
                sa.update(Message)
                .where(Message.id == row.id, Message.status.in_(UNHEARD))
                .values(status="withdrawn")
            )
    client = _client_of(session, booking)
    written = []
    for key, one in wanted.items():
        if reached := reach(one.kind, booking, client):
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


PLANNED_FOR = HAS_AN_HOUR | {BookingStatus.DONE}
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
    booking: Booking, one: Planned, key: str, reached: Reached, now: datetime
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
    client = _client_of(session, booking)
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
    if first and not _is_on_its_way(first.claimed_until, at):
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
    return {
        row.event: row.before for row in withdrawn if not _is_on_its_way(row.claimed_until, now)
    }


def _is_on_its_way(claimed_until: datetime | None, now: datetime) -> bool:
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
