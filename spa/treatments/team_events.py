"""What can happen to a person, a room or a device, as the record calls it."""

EVENTS = (
    "team.added",
    "team.described",
    "team.photo_changed",
    "team.photo_removed",
    "team.work_changed",
    "team.archived",
    "team.brought_back",
    "thing.added",
    "thing.changed",
    "thing.archived",
    "thing.brought_back",
)
