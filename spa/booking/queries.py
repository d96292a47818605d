"""Reads what booking needs: the offer, the facts for the rules, and the bookings themselves."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from spa.booking.facts import facts, free_times, place_for, starts
from spa.booking.offer import Offer, any_offer, offer, offer_of
from spa.database import UtcDateTime, db
from spa.domain.availability import Session, Step
from spa.domain.policy import Visit
from spa.domain.spans import TICK_MINUTES
from spa.domain.states import TAKES_AN_HOUR, BookingStatus
from spa.models import Booking, Location, Resource, Treatment, TreatmentWords

__all__ = [
    "Booking",
    "Offer",
    "any_offer",
    "facts",
    "free_times",
    "offer",
    "offer_of",
    "place_for",
    "starts",
]


def booking_by_reference(reference: str) -> Booking | None:
    """The booking with this reference."""
    return db.session.scalar(sa.select(Booking).where(Booking.reference == reference))


def resource_name(resource_id: int) -> str:
    """The name of a person, room or device."""
    return db.session.scalar(sa.select(Resource.name).where(Resource.id == resource_id)) or ""


def location_of(booking: Booking) -> Location:
    """The place of a booking."""
    return db.session.get_one(Location, booking.location_id)


def coming_visits(email: str, now: datetime) -> list[Booking]:
    """The visits to come that were booked with this address, soonest first; none without one."""
    if not email:
        return []
    query = (
        sa.select(Booking)
        .where(Booking.contact_email == email)
        .where(Booking.starts_at > now, Booking.status == BookingStatus.BOOKED)
        .order_by(Booking.starts_at)
    )
    return list(db.session.scalars(query))


def live_after(booking_id: int, now: datetime) -> Booking | None:
    """The hour that is pencilled in after this visit and still kept for its client."""
    return db.session.scalar(
        sa.select(Booking).where(
            Booking.pencilled_after_id == booking_id,
            Booking.status == BookingStatus.HELD,
            Booking.held_until > now,
        )
    )


def resource_slug(resource_id: int) -> str:
    """The short name of a person, room or device in addresses."""
    return db.session.scalar(sa.select(Resource.slug).where(Resource.id == resource_id)) or ""


def offer_of_booking(booking: Booking) -> Offer:
    """The offer a booking was made from, with the steps it was made with."""
    found = offer_of(booking.treatment_id)
    return replace(found, session=session_of(booking, found))


def session_of(booking: Booking, offer: Offer) -> Session:
    """The steps a booking was made with, and the cleaning that its treatment wants."""
    return replace(
        offer.session,
        steps=tuple(Step(*step) for step in booking.steps),
        is_hands_on=booking.is_needling,
    )


def visit_of(booking: Booking, now: datetime) -> Visit:
    """A booking as the rules on changes see it; one that is still held counts as booked now."""
    status = BookingStatus(booking.status)
    return Visit(
        starts_at=booking.starts_at,
        booked_at=booking.booked_at or now,
        is_late=booking.is_late,
        moves=booking.moves,
        is_cancelled=status in {BookingStatus.CANCELLED, BookingStatus.LAPSED},
        is_under_way=status not in {BookingStatus.HELD, BookingStatus.BOOKED},
    )


def at_desk(offer: Offer) -> Offer:
    """The same offer as the desk books it: a visit may begin every five minutes."""
    return replace(offer, policy=replace(offer.policy, grid_minutes=TICK_MINUTES))


def desk_offer(slug: str, location_id: int) -> Offer | None:
    """What is on offer at this place under this name, as the desk books it."""
    found = any_offer(slug)
    return at_desk(found) if found and found.location_id == location_id else None


@dataclass(frozen=True)
class Sold:
    """A line of the menu as the desk chooses from it."""

    slug: str
    name: str
    days_between: int | None


def on_the_menu(location_id: int) -> list[Sold]:
    """Everything that is sold at this place, in the order of its menu."""
    rows = db.session.execute(
        sa.select(Treatment.slug, TreatmentWords.name, Treatment.days_between)
        .join(Location, Location.id == Treatment.location_id)
        .join(
            TreatmentWords,
            sa.and_(
                TreatmentWords.treatment_id == Treatment.id,
                TreatmentWords.language == Location.language,
            ),
        )
        .where(Treatment.location_id == location_id, Treatment.archived_at.is_(None))
        .order_by(Treatment.position, Treatment.id)
    )
    return [Sold(*row) for row in rows]


def last_visit(client_id: int, treatment_id: int) -> datetime | None:
    """When this client has or had this treatment last, whether it was or is to come."""
    return db.session.scalar(
        sa.select(sa.func.max(Booking.starts_at, type_=UtcDateTime)).where(
            Booking.client_id == client_id,
            Booking.treatment_id == treatment_id,
            Booking.status.in_(TAKES_AN_HOUR),
        )
    )


def last_practitioner(client_id: int) -> int | None:
    """Who gave this client's last session, or gives the next."""
    return db.session.scalar(
        sa.select(Booking.practitioner_id)
        .where(Booking.client_id == client_id, Booking.status.in_(TAKES_AN_HOUR))
        .order_by(Booking.starts_at.desc())
        .limit(1)
    )
