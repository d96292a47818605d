"""Reads the booking behind the link of a mail, for every page below it."""

from datetime import timedelta

from flask import abort

from spa import clock, links
from spa.booking import queries
from spa.booking.queries import Booking, Offer
from spa.domain.states import BookingStatus
from spa.pages import show_place

NOT_CONFIRMED = {BookingStatus.HELD, BookingStatus.LAPSED}


def booking_of(token: str) -> Booking:
    """The booking behind a link; a link that was replaced or is too old is gone (410)."""
    read = links.read_visit_token(token)
    booking = queries.booking_by_reference(read[0]) if read else None
    if not read or not booking:
        abort(404)
    last_day = booking.ends_at + timedelta(days=links.DAYS_AFTER_VISIT)
    show_place(booking.location_id)
    if booking.link_version != read[1] or clock.now() > last_day:
        abort(410)
    return booking


def kept(token: str) -> tuple[Booking, Offer]:
    """A confirmed booking; one that is still held has no page to keep yet."""
    booking = booking_of(token)
    if booking.status in NOT_CONFIRMED:
        abort(404)
    return booking, queries.offer_of_booking(booking)
