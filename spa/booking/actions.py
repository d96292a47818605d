"""What changes bookings: hold, keep, confirm, move, cancel; each is one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from spa import clock
from spa.audit.record import record
from spa.booking import matching, queries, taking
from spa.database import one_at_a_time, transaction
from spa.domain import policy
from spa.domain.states import BookingStatus
from spa.errors import ChangeRefused, HoldOver, NoLongerOffered, PleaseCall, TooManyVisits
from spa.messages import outbox, planning
from spa.models import Booking, Location

PRIVACY_VERSION = "2026-11"
SCREENING_VERSION = "2026-11"


@dataclass(frozen=True)
class Details:
    """What a client tells us on the form."""

    name: str
    email: str
    phone: str
    is_first_visit: bool
    other_name: str = ""
    note: str = ""
    is_screened: bool = False
    wants_marketing: bool = False


def hold_slot(
    slug: str, start: datetime, *, visitor: str, practitioner: str = "", language: str = "en"
) -> Booking:
    """Keep this hour for this visitor while they type, and give up any other they kept.

    `practitioner` is a slug, or empty for anyone. Raises SlotTaken with the reasons, or
    NoLongerOffered when nothing of that name is.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        taking.lock(session, taking.places_of(slug, visitor))
        offer = queries.offer(slug)
        if not offer:
            raise NoLongerOffered
        taking.free_ended_holds(session, offer.location_id, now, visitor)
        found = taking.find_place(offer, start, now=now, practitioner=practitioner)
        booking = taking.made_of(
            offer,
            now,
            visitor=visitor,
            language=language,
            wants_practitioner=bool(practitioner),
            extensions=0,
        )
        taking.hold(booking, offer, now)
        taking.take(session, booking, offer, start, found)
        record(
            session,
            "booking.held",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            starts_at=start.isoformat(),
            practitioner=found.person.slug,
        )
    return booking


def keep_hold(reference: str) -> Booking:
    """Hold the hour for another while; takes it again when it had lapsed and is still free.

    Raises HoldOver after the last extension, SlotTaken when somebody else has the hour by now.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking = _loaded(session, reference)
        offer = queries.offer_of_booking(booking)
        if booking.status not in {BookingStatus.HELD, BookingStatus.LAPSED}:
            return booking
        if booking.extensions >= offer.hold_extensions:
            raise HoldOver
        until = now + timedelta(minutes=offer.hold_minutes)
        if not _extend(session, booking, until, now):
            if not taking.retake(session, booking, offer, now):
                return booking
            booking.extensions += 1
        record(
            session,
            "booking.extended",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            held_until=str(booking.held_until),
        )
    return booking


def release_hold(reference: str) -> None:
    """Let a held hour go at once, because the visitor chose to."""
    now = clock.now()
    with transaction() as session:
        taking.lock(session, taking.place_of(reference))
        booking = _loaded(session, reference)
        freed = session.execute(
            sa.update(Booking)
            .where(Booking.id == booking.id, Booking.status == BookingStatus.HELD)
            .values(status=BookingStatus.LAPSED)
            .returning(Booking.id)
        ).scalar()
        if freed:
            taking.free(session, booking.id)
            record(
                session,
                "booking.released",
                at=now,
                location_id=booking.location_id,
                booking_id=booking.id,
            )


def confirm_booking(reference: str, details: Details) -> Booking:
    """Turn the hold into a booking and write its confirmation; a second time changes nothing.

    A hold that has ended is taken again if its hour is free. Raises SlotTaken when it is not,
    TooManyVisits when this address has all the coming visits it may book online, PleaseCall
    when whoever comes books by phone; the hold stays as it was.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking = _loaded(session, reference)
        if booking.status not in {BookingStatus.HELD, BookingStatus.LAPSED}:
            return booking
        _refuse_too_many(session, booking, details.email, now)
        client_id = matching.find_or_make(session, _who_comes(booking, details), now)
        if matching.books_by_phone(session, client_id):
            raise PleaseCall
        written = _as_columns(details, now) | {"client_id": client_id}
        if not (confirmed := _confirm_hold(session, booking, written, now)):
            taking.retake(session, booking, queries.offer_of_booking(booking), now)
            confirmed = _confirm_hold(session, booking, written, now)
        if not confirmed:
            session.rollback()
            return _loaded(session, reference)
        outbox.tell(session, "booking_confirmed", confirmed, at=now)
        planning.plan(session, confirmed, now)
        record(
            session,
            "booking.booked",
            at=now,
            location_id=confirmed.location_id,
            booking_id=confirmed.id,
            client_id=client_id,
            starts_at=confirmed.starts_at.isoformat(),
        )
    return confirmed


def move_booking(reference: str, start: datetime, *, practitioner: str = "") -> Booking:
    """Move a visit to another hour; the old one is kept until the new one is taken.

    Raises ChangeRefused when it may no longer be moved, SlotTaken with the reasons.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        visit = queries.visit_of(booking, now)
        if refused := policy.move_refusal(visit, now, offer.change_policy):
            raise ChangeRefused(refused)
        found = taking.find_place(
            offer,
            start,
            now=now,
            practitioner=practitioner,
            without=booking.id,
            preferred=booking.practitioner_id,
        )
        if start == booking.starts_at and found.person.id == booking.practitioner_id:
            return booking
        before = booking.starts_at
        booking.is_late = policy.is_late(visit, now, offer.change_policy)
        booking.moves += 1
        booking.sequence += 1
        booking.assured_at = None
        booking.wants_practitioner = bool(practitioner)
        taking.free(session, booking.id)
        taking.take(session, booking, offer, start, found)
        outbox.withdraw(session, booking.id, now)
        outbox.tell(session, "booking_moved", booking, at=now)
        planning.plan(session, booking, now)
        record(
            session,
            "booking.moved",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
            is_late=booking.is_late,
            to=start.isoformat(),
            **{"from": before.isoformat()},  # type: ignore[arg-type]
        )
    return booking


def cancel_booking(reference: str) -> Booking:
    """Cancel a visit and free its hour. Raises ChangeRefused when it is too late or done."""
    now = clock.now()
    with transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        visit = queries.visit_of(booking, now)
        if refused := policy.cancel_refusal(visit, now, offer.change_policy):
            raise ChangeRefused(refused)
        booking.is_late = policy.is_late(visit, now, offer.change_policy)
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
        booking.sequence += 1
        taking.free(session, booking.id)
        outbox.withdraw(session, booking.id, now)
        outbox.tell(session, "booking_cancelled", booking, at=now)
        planning.plan(session, booking, now)
        record(
            session,
            "booking.cancelled",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
            starts_at=booking.starts_at.isoformat(),
            is_late=booking.is_late,
        )
    return booking


def change_address(reference: str, email: str) -> Booking:
    """Send everything about this visit to another address; the link sent before stops working."""
    now = clock.now()
    with transaction() as session:
        booking = session.scalars(
            sa.select(Booking).where(Booking.reference == reference).with_for_update(key_share=True)
        ).one()
        visit, offer = queries.visit_of(booking, now), queries.offer_of_booking(booking)
        if refused := policy.cancel_refusal(visit, now, offer.change_policy):
            raise ChangeRefused(refused)
        if email != booking.contact_email:
            _refuse_too_many(session, booking, email, now)
        booking.contact_email = email
        booking.link_version += 1
        matching.correct_email(session, booking, now)
        outbox.withdraw(session, booking.id, now)
        outbox.tell(session, "booking_confirmed", booking, at=now)
        planning.plan(session, booking, now)
        record(
            session,
            "booking.address_changed",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
        )
    return booking


def request_links(email: str, *, location_id: int, language: str = "en") -> None:
    """Have the links of this address's coming visits sent to it; who has any is told to nobody."""
    with transaction() as session:
        outbox.send_links(
            session, email, location_id=location_id, language=language, at=clock.now()
        )


def _loaded(session: DbSession, reference: str) -> Booking:
    return session.scalars(sa.select(Booking).where(Booking.reference == reference)).one()


def _refuse_too_many(session: DbSession, booking: Booking, email: str, now: datetime) -> None:
    """An address books so many coming visits online and no more; who counts waits their turn."""
    one_at_a_time(session, f"visits of {email}")
    most = session.get_one(Location, booking.location_id).coming_visits
    if len(queries.coming_visits(email, now)) >= most:
        raise TooManyVisits


def _extend(session: DbSession, booking: Booking, until: datetime, now: datetime) -> bool:
    """One conditional update decides against the cleaner; no claim moves, so no lock is needed."""
    kept = session.execute(
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.status == BookingStatus.HELD)
        .where(Booking.held_until > now)
        .values(held_until=until, extensions=Booking.extensions + 1)
        .returning(Booking.id)
    ).scalar()
    session.refresh(booking)
    return bool(kept)


def _confirm_hold(
    session: DbSession, booking: Booking, written: dict[str, Any], now: datetime
) -> Booking | None:
    """One conditional update decides against the cleaner and against a second confirmation."""
    statement = (
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.status == BookingStatus.HELD)
        .where(Booking.held_until > now, Booking.starts_at > now)
        .values(status=BookingStatus.BOOKED, booked_at=now, visitor=None, **written)
        .returning(Booking)
    )
    fresh = {"populate_existing": True, "synchronize_session": False}
    return session.scalars(statement, execution_options=fresh).first()


def _who_comes(booking: Booking, details: Details) -> matching.Person:
    """The person in the chair, who need not be the one who books."""
    return matching.Person(
        details.other_name or details.name, details.email, details.phone, booking.language
    )


def _as_columns(details: Details, now: datetime) -> dict[str, Any]:
    """What the client told us, as the booking keeps it."""
    return {
        "contact_name": details.name,
        "contact_email": details.email,
        "contact_phone": details.phone,
        "other_name": details.other_name,
        "note": details.note,
        "is_first_visit": details.is_first_visit,
        "privacy_agreed_at": now,
        "privacy_version": PRIVACY_VERSION,
        "screened_at": now if details.is_screened else None,
        "screening_version": SCREENING_VERSION if details.is_screened else None,
        "marketing_agreed_at": now if details.wants_marketing else None,
    }
