"""Hours pencilled in after a visit: kept for two days, taken with one button, or let go."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import pencil_queries, queries, taking
from spa.database import transaction
from spa.domain.plan import EVENING
from spa.domain.roles import Actor
from spa.domain.states import BookingStatus
from spa.errors import NotAllowed, SlotTaken
from spa.messages import outbox, planning
from spa.models import Booking, Message

KEPT_FOR = timedelta(hours=48)
COPIED = (
    "client_id",
    "language",
    "contact_name",
    "contact_email",
    "contact_phone",
    "other_name",
    "privacy_agreed_at",
    "privacy_version",
)
"""What is known of the client from the visit before."""


def pencil_in(reference: str, *, actor: Actor) -> Booking:
    """Keep the next hour like this visit's for its client; a second press changes nothing.

    Raises NotAllowed when it is not the time for it, SlotTaken when there is no such hour.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        visit, _made_with = taking.locked_booking(session, reference, now)
        if already := queries.live_after(visit.id, now):
            return already
        if not pencil_queries.may_be_pencilled(visit, now):
            raise NotAllowed
        next_hour = pencil_queries.next_hour(visit, now)
        if next_hour is None:
            raise SlotTaken(())
        # By the menu of today, which may have changed since the visit was booked.
        offer = queries.offer_of(visit.treatment_id)
        booking = taking.made_of(
            offer,
            now,
            status=BookingStatus.HELD,
            held_until=now + KEPT_FOR,
            pencilled_after_id=visit.id,
            wants_practitioner=True,
            **{name: getattr(visit, name) for name in COPIED},
        )
        taking.take(session, booking, offer, next_hour.starts_at, next_hour.found)
        if not _is_told_this_evening(session, visit, now):
            outbox.tell(session, "hour_pencilled", visit, at=now, about=booking.reference)
        _record(session, "booking.pencilled", visit, actor, now, next_hour.starts_at)
    return booking


def take_pencilled(
    reference: str, *, start: datetime | None = None, actor: Actor | None = None
) -> Booking:
    """Book the hour that was pencilled in, or another `start`; a second press changes nothing.

    One that is kept no longer is taken all the same while it is free. Raises SlotTaken with the
    reasons when it is not, NotAllowed for what was never pencilled in.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        if booking.pencilled_after_id is None:
            raise NotAllowed
        if booking.status not in {BookingStatus.HELD, BookingStatus.LAPSED}:
            return booking
        wanted = start or booking.starts_at
        is_another = wanted != booking.starts_at
        if booking.status == BookingStatus.LAPSED or is_another:
            found = taking.find_place(
                offer if is_another else queries.at_desk(offer),
                wanted,
                now=now,
                practitioner="" if start else queries.resource_slug(booking.practitioner_id),
                without=booking.id,
                preferred=booking.practitioner_id,
            )
            taking.free(session, booking.id)
            taking.take(session, booking, offer, wanted, found)
        elif booking.starts_at <= now:
            raise SlotTaken(())
        booking.status, booking.booked_at = BookingStatus.BOOKED, now
        _take_back_the_offer(session, booking, now)
        outbox.tell(session, "booking_confirmed", booking, at=now)
        planning.plan(session, booking, now)
        _record(session, "booking.pencil_taken", booking, actor, now, booking.starts_at)
    return booking


def let_go(reference: str, *, actor: Actor | None = None) -> Booking:
    """Give a pencilled hour back at once; one that is no longer kept stays as it is."""
    now = clock.now()
    with transaction() as session:
        booking, _offer = taking.locked_booking(session, reference, now)
        if booking.pencilled_after_id is None or booking.status != BookingStatus.HELD:
            return booking
        booking.status = BookingStatus.LAPSED
        taking.free(session, booking.id)
        _take_back_the_offer(session, booking, now)
        visit = session.get_one(Booking, booking.pencilled_after_id)
        _record(session, "booking.pencil_let_go", visit, actor, now)
    return booking


def _take_back_the_offer(session: Session, booking: Booking, now: datetime) -> None:
    """The note that asks to take the hour is not sent once it is taken or let go."""
    session.execute(
        sa.update(Message)
        .where(
            Message.booking_id == booking.pencilled_after_id,
            Message.event == "hour_pencilled",
            Message.status.in_(outbox.UNHEARD),
            sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now),
        )
        .values(status="withdrawn")
    )


def _is_told_this_evening(session: Session, visit: Booking, now: datetime) -> bool:
    """Whether the evening's note is still to come: it says what is pencilled in."""
    query = sa.select(Message.parts).where(
        Message.booking_id == visit.id, Message.status == "waiting", Message.due_at > now
    )
    return any(EVENING in parts for parts in session.scalars(query))


def _record(
    session: Session,
    event: str,
    booking: Booking,
    actor: Actor | None,
    now: datetime,
    starts_at: datetime | None = None,
) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id if actor else None,
        location_id=booking.location_id,
        booking_id=booking.id,
        client_id=booking.client_id,
        **{"starts_at": starts_at.isoformat()} if starts_at else {},  # type: ignore[arg-type]
    )
