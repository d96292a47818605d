"""Every event that is recorded, with the details it carries."""

EVENTS: dict[str, frozenset[str]] = {
    "account.signed_in": frozenset(),
    "account.refused": frozenset(),
    "account.password_changed": frozenset(),
    "account.sessions_ended": frozenset(),
    "people.owner_made": frozenset(),
    "people.invited": frozenset({"person", "role"}),
    "people.role_changed": frozenset({"person", "from", "to"}),
    "people.suspended": frozenset({"person"}),
    "people.let_back": frozenset({"person"}),
    "booking.held": frozenset({"starts_at", "practitioner"}),
    "booking.extended": frozenset({"held_until"}),
    "booking.released": frozenset(),
    "booking.booked": frozenset({"starts_at"}),
    "booking.moved": frozenset({"from", "to", "is_late"}),
    "booking.cancelled": frozenset({"starts_at", "is_late"}),
    "booking.address_changed": frozenset(),
    "booking.move_undone": frozenset({"from", "to"}),
    "booking.state": frozenset({"old", "new"}),
    "booking.called_in_vain": frozenset(),
    "booking.looked_at": frozenset(),
    "booking.assured": frozenset(),
    "booking.kept": frozenset({"overrode"}),
    "message.sent_again": frozenset(),
    "client.made": frozenset(),
    "client.corrected": frozenset({"fields"}),
    "bookings.exported": frozenset({"count"}),
    "feed.made": frozenset(),
    "feed.ended": frozenset(),
    "feed.names_shown": frozenset(),
    "feed.names_hidden": frozenset(),
    "block.made": frozenset({"starts_at", "ends_at", "resources"}),
    "block.removed": frozenset({"starts_at", "ends_at", "resources"}),
}
"""What every entry of the event has."""

AT_THE_DESK = frozenset({"overrode", "because", "is_told"})
"""What staff set aside, why, and whether the client is told."""

MAY_CARRY: dict[str, frozenset[str]] = {
    "account.refused": frozenset({"person"}),
    "booking.booked": AT_THE_DESK,
    "booking.kept": frozenset({"change"}),
    "booking.moved": AT_THE_DESK
    | {"change"}
    | {"from_practitioner", "from_room", "from_device", "to_practitioner", "to_room", "to_device"}
    | {"assured_at"},
    "booking.state": frozenset({"change", "by", "is_late", "is_told"}),
}
"""What an entry of the event has besides when staff did it."""

BY_OTHERS = {"account.refused": "stranger"}
"""Who does what neither staff nor a client does."""
