"""What staff book at the desk: a visit with its client, by the same rules and claims as online."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import matching, queries, taking
from spa.booking.matching import Person
from spa.booking.queries import Offer
from spa.booking.taking import Waiver
from spa.database import transaction
from spa.domain.roles import Actor
from spa.domain.states import TAKES_AN_HOUR, BookingStatus
from spa.errors import NoLongerOffered, NotAllowed
from spa.messages import outbox, planning
from spa.models import AuditEntry, Booking, Client, Resource

LIVE = tuple(TAKES_AN_HOUR - {BookingStatus.HELD})
"""The states of a visit that is or was given."""


TOLD_AFTER = timedelta(seconds=30)
"""How long the confirmation waits, so that a slip of the hand can be undone in silence."""

UNDO_WITHIN = timedelta(seconds=60)
TWICE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Wanted:
    """What is to be booked, and for whom: a client there is, or a person as they were typed.

    `practitioner` is a slug, or empty for anyone.
    """

    slug: str
    start: datetime
    practitioner: str = ""
    client_id: int | None = None
    person: Person | None = None
    is_told: bool = True


def book_at_desk(
    wanted: Wanted, *, actor: Actor, location_id: int, waiver: Waiver | None = None
) -> Booking:
    """Book this hour for this client, and tell them; a second press changes nothing.

    How many coming visits somebody has is no limit here. Raises SlotTaken with the reasons unless
    the `waiver` covers them all, NoLongerOffered when nothing of that name is.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        taking.lock_places(session, [location_id])
        taking.free_ended_holds(session, location_id, now)
        offer = queries.desk_offer(wanted.slug, location_id)
        if not offer:
            raise NoLongerOffered
        client = _client(session, wanted, actor, location_id, now)
        if already := _booked_already(session, client, offer, wanted, now):
            return already
        found, overrode = taking.find_at_desk(
            offer,
            wanted.start,
            waiver=waiver,
            now=now,
            practitioner=wanted.practitioner,
            preferred=queries.last_practitioner(client.id),
        )
        booking = _booking(offer, wanted, client, now)
        booking.is_first_visit = not _has_been(session, client, wanted.start)
        taking.take(session, booking, offer, wanted.start, found)
        if wanted.is_told:
            outbox.tell(session, "booking_confirmed", booking, at=now, due_at=now + TOLD_AFTER)
        planning.plan(session, booking, now)
        set_aside: dict[str, Any] = {}
        if overrode and waiver:
            set_aside = {"overrode": list(overrode), "because": waiver.because}
        record(
            session,
            "booking.booked",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            booking_id=booking.id,
            client_id=client.id,
            starts_at=wanted.start.isoformat(),
            is_told=wanted.is_told and bool(booking.contact_email),
            **set_aside,
        )
    return booking


def undo_booking(reference: str, *, actor: Actor) -> Booking:
    """Take a visit back that was booked a moment ago; who heard of it already is told.

    Raises NotAllowed when that was longer ago, by somebody else, or the visit was changed since.
    """
    now = clock.now()
    with transaction() as session:
        booking, _offer = taking.locked_booking(session, reference, now)
        last = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.booking_id == booking.id)
            .order_by(AuditEntry.id.desc())
            .limit(1)
        ).one()
        is_own = last.event == "booking.booked" and last.staff_id == actor.id
        if not is_own or now - last.at > UNDO_WITHIN:
            raise NotAllowed
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
        booking.cancelled_by = "studio"
        booking.sequence += 1
        taking.free(session, booking.id)
        has_heard = "booking_confirmed" not in outbox.withdraw(session, booking.id, now)
        is_told = has_heard and bool(last.details.get("is_told"))
        if is_told:
            outbox.tell(session, "booking_cancelled", booking, at=now)
        planning.plan(session, booking, now)
        record(
            session,
            "booking.state",
            at=now,
            staff_id=actor.id,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
            old=BookingStatus.BOOKED,
            new=BookingStatus.CANCELLED,
            by="studio",
            is_late=False,
            is_told=is_told,
        )
    return booking


def _client(
    session: Session, wanted: Wanted, actor: Actor, location_id: int, now: datetime
) -> Client:
    """The client's record; one who was typed and is not known gets one."""
    if wanted.client_id is not None:
        return matching.current(session, wanted.client_id)
    if wanted.person is None:
        raise ValueError("a visit is for somebody")
    client_id = matching.known(session, wanted.person)
    if client_id is None:
        client_id = matching.make(session, wanted.person, now)
        record(
            session,
            "client.made",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            client_id=client_id,
        )
    return session.get_one(Client, client_id)


def _booked_already(
    session: Session, client: Client, offer: Offer, wanted: Wanted, now: datetime
) -> Booking | None:
    """The same visit of the same client, when the button was pressed twice.

    Pressed again a little later, "now" is a little later too; with somebody else it is another.
    """
    start = wanted.start
    who = sa.select(Resource.id)
    if wanted.practitioner:
        who = who.where(Resource.slug == wanted.practitioner)
    is_same = sa.and_(
        Booking.starts_at.between(start - TWICE_WITHIN, start),
        Booking.created_at >= now - TWICE_WITHIN,
        sa.true() if start <= now + TWICE_WITHIN else sa.false(),
        Booking.practitioner_id.in_(who),
    )
    return session.scalar(
        sa.select(Booking).where(
            Booking.client_id == client.id,
            Booking.treatment_id == offer.treatment_id,
            sa.or_(Booking.starts_at == start, is_same),
            Booking.status.in_(LIVE),
        )
    )


def _has_been(session: Session, client: Client, start: datetime) -> bool:
    """Whether this client has a visit before this one."""
    earlier = sa.select(sa.literal(1)).where(
        Booking.client_id == client.id, Booking.status.in_(LIVE), Booking.starts_at < start
    )
    return session.scalar(earlier.limit(1)) is not None


def _booking(offer: Offer, wanted: Wanted, client: Client, now: datetime) -> Booking:
    """The visit as it is booked, with the contact details that are known or were given."""
    given = wanted.person
    return taking.made_of(
        offer,
        now,
        client_id=client.id,
        status=BookingStatus.BOOKED,
        booked_at=now,
        language=client.language,
        wants_practitioner=bool(wanted.practitioner),
        contact_name=client.name,
        contact_email=(given.email if given else "") or client.email,
        contact_phone=(given.phone if given else "") or client.phone,
    )
