"""Every event that is recorded, with the details it carries."""

EVENTS: dict[str, frozenset[str]] = {
    "booking.held": frozenset({"starts_at", "practitioner"}),
    "booking.extended": frozenset({"held_until"}),
    "booking.released": frozenset(),
    "booking.booked": frozenset({"starts_at"}),
    "booking.moved": frozenset({"from", "to", "is_late"}),
    "booking.cancelled": frozenset({"starts_at", "is_late"}),
    "booking.address_changed": frozenset(),
}
