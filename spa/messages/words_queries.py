"""Reads which words are the studio's own, and a visit to try words on."""

from datetime import datetime

import sqlalchemy as sa

from spa.database import db
from spa.domain.states import BookingStatus
from spa.messages import outbox
from spa.models import Booking, Location, MessageWords


def own_words(location_id: int) -> set[tuple[str, str]]:
    """Every event and language that this place has words of its own for."""
    query = sa.select(MessageWords.event, MessageWords.language)
    rows = db.session.execute(query.where(MessageWords.location_id == location_id))
    return {(row.event, row.language) for row in rows}


def place(location_id: int) -> Location:
    """The place itself."""
    return db.session.get_one(Location, location_id)


def visit_for(event: str, location_id: int, now: datetime, reference: str = "") -> Booking | None:
    """The visit that is asked for, or the next to come that such a message could be about."""
    here = sa.select(Booking).where(Booking.location_id == location_id)
    if reference:
        named = here.where(Booking.reference == reference, Booking.status != BookingStatus.HELD)
        return db.session.scalar(named)
    states = outbox.TELLS_OF.get(event, frozenset({BookingStatus.BOOKED}))
    fits = here.where(Booking.status.in_(states))
    coming = fits.where(Booking.starts_at > now, Booking.is_needling)
    return db.session.scalar(coming.order_by(Booking.starts_at).limit(1)) or db.session.scalar(
        fits.order_by(Booking.starts_at.desc()).limit(1)
    )
