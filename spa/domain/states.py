"""The states a booking can be in, and which of them take up an hour."""

from enum import StrEnum


class BookingStatus(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    LAPSED = "lapsed"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    DONE = "done"
    NO_SHOW = "no_show"
