"""Every event that is recorded, with the details it carries."""

EVENTS: dict[str, frozenset[str]] = {
    "account.signed_in": frozenset(),
    "booking.held": frozenset({"starts_at", "practitioner"}),
    "booking.extended": frozenset({"held_until"}),
    "booking.released": frozenset(),
    "booking.booked": frozenset({"starts_at"}),
    "booking.moved": frozenset({"from", "to", "is_late"}),
    "booking.cancelled": frozenset({"starts_at", "is_late"}),
    "booking.address_changed": frozenset(),
}
"""What every entry of the event has."""

AT_THE_DESK = frozenset({"overrode", "because", "is_told"})
"""What staff set aside, why, and whether the client is told."""

MAY_CARRY: dict[str, frozenset[str]] = {
    "booking.booked": AT_THE_DESK,
    "booking.moved": AT_THE_DESK
    | {"from_practitioner", "from_room", "from_device", "to_practitioner", "to_room", "to_device"},
    "booking.cancelled": AT_THE_DESK,
}
"""What an entry of the event has besides when staff did it."""
