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
    "message.dealt_with": frozenset(),
    "client.made": frozenset(),
    "client.note_written": frozenset({"number"}),
    "client.note_removed": frozenset({"number"}),
    "client.merged": frozenset({"other", "fields", "visits", "notes"}),
    "client.merged_into": frozenset({"other"}),
    "clients.exported": frozenset({"count"}),
    "client.corrected": frozenset({"fields"}),
    "bookings.exported": frozenset({"count"}),
    "treatment.added": frozenset(),
    "treatment.changed": frozenset({"fields"}),
    "treatment.archived": frozenset(),
    "treatment.brought_back": frozenset(),
    "treatment.moved": frozenset(),
    "hours.week_set": frozenset({"week"}),
    "hours.day_set": frozenset({"on", "hours"}),
    "closure.made": frozenset({"first_on", "last_on", "reason"}),
    "closure.removed": frozenset({"first_on", "last_on", "reason"}),
    "feed.made": frozenset(),
    "feed.ended": frozenset(),
    "feed.names_shown": frozenset(),
    "feed.names_hidden": frozenset(),
    "block.made": frozenset({"starts_at", "ends_at", "resources"}),
    "block.removed": frozenset({"starts_at", "ends_at", "resources"}),
    "rota.week_set": frozenset({"first_on", "week"}),
    "rota.day_set": frozenset({"on", "hours", "is_off"}),
    "rota.left": frozenset({"last_on", "is_archived"}),
    "time_off.made": frozenset({"first_on", "last_on"}),
    "time_off.changed": frozenset({"first_on", "last_on", "was_first_on", "was_last_on"}),
    "time_off.removed": frozenset({"first_on", "last_on"}),
    "studio.made": frozenset(),
    "studio.changed": frozenset({"changes"}),
    "studio.policies_changed": frozenset({"changes"}),
    "studio.zone_set": frozenset({"zone", "currency"}),
    "studio.opened": frozenset(),
    "first_day.hours_set": frozenset({"days"}),
    "first_day.menu_set": frozenset({"count"}),
    "team.added": frozenset(),
    "team.described": frozenset({"fields"}),
    "team.photo_changed": frozenset(),
    "team.photo_removed": frozenset(),
    "team.work_changed": frozenset({"gained", "lost", "certificates"}),
    "team.order_changed": frozenset(),
    "team.archived": frozenset(),
    "team.brought_back": frozenset(),
    "thing.added": frozenset(),
    "thing.changed": frozenset({"fields", "gained", "lost", "certificates"}),
    "thing.archived": frozenset(),
    "thing.brought_back": frozenset(),
}
"""What every entry of the event has."""

AT_THE_DESK = frozenset({"overrode", "because", "is_told"})
"""What staff set aside, why, and whether the client is told."""

CLOCKS = frozenset({"from_minute", "to_minute"})
"""The times of a first and a last day, where they are not whole."""

MAY_CARRY: dict[str, frozenset[str]] = {
    "account.refused": frozenset({"person"}),
    "booking.booked": AT_THE_DESK,
    "booking.kept": frozenset({"change"}),
    "treatment.changed": frozenset({"price", "currency", "minutes", "gained", "lost"}),
    "booking.moved": AT_THE_DESK
    | {"change"}
    | {"from_practitioner", "from_room", "from_device", "to_practitioner", "to_room", "to_device"}
    | {"assured_at", "arrived_at"},
    "booking.state": AT_THE_DESK | frozenset({"change", "by", "is_late"}),
    "rota.week_set": frozenset({"last_on"}),
    "team.work_changed": frozenset({"resources", "maximum"}),
    "time_off.changed": CLOCKS | {"was_from_minute", "was_to_minute"},
    "time_off.made": CLOCKS,
    "time_off.removed": CLOCKS,
}
"""What an entry of the event has besides when staff did it."""

BY_OTHERS = {"account.refused": "stranger"}
"""Who does what neither staff nor a client does."""
