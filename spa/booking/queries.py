"""Reads what booking needs: the offer, the facts for the rules, and the bookings themselves."""

from datetime import datetime

import sqlalchemy as sa

from spa.booking.facts import facts, free_times, place_for, starts
from spa.booking.offer import Offer, offer, offer_of
from spa.database import db
from spa.domain.states import BookingStatus
from spa.models import Booking, Location, Resource

__all__ = ["Booking", "Offer", "facts", "free_times", "offer", "offer_of", "place_for", "starts"]


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
    """The visits to come that were booked with this address, soonest first."""
    query = (
        sa.select(Booking)
        .where(Booking.contact_email == email)
        .where(Booking.starts_at > now, Booking.status == BookingStatus.BOOKED)
        .order_by(Booking.starts_at)
    )
    return list(db.session.scalars(query))


def resource_slug(resource_id: int) -> str:
    """The short name of a person, room or device in addresses."""
    return db.session.scalar(sa.select(Resource.slug).where(Resource.id == resource_id)) or ""
