"""What happened to people, rooms and devices, as the desk says it."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _


def team_entry(event: str, details: dict[str, Any], names: dict[int, str]) -> str:
    """One thing that happened to a person, a room or a device; empty for anything else."""
    if event in {"team.work_changed", "thing.changed"}:
        return " ".join(_changed(details, names)) or _("What it can be booked for was changed.")
    if event == "team.described":
        return _("Changed: %(what)s.", what=_fields(details))
    return {
        "team.added": _("Joined the team."),
        "team.photo_changed": _("A new photo."),
        "team.photo_removed": _("The photo was taken away."),
        "team.order_changed": _("Moved in the list."),
        "team.archived": _("Not booked any more from now on."),
        "team.brought_back": _("Can be booked again."),
        "thing.added": _("Added."),
        "thing.archived": _("Not booked any more from now on."),
        "thing.brought_back": _("Can be booked again."),
    }.get(event, "")


def team_field(name: str) -> str:
    """What a detail of somebody is called."""
    return {
        "name": _("name"),
        "title": _("what they are"),
        "bio": _("about them"),
        "portrait": _("portrait"),
    }.get(name, name)


def _fields(details: dict[str, Any]) -> str:
    return ", ".join(map(team_field, details.get("fields") or ()))


def _changed(details: dict[str, Any], names: dict[int, str]) -> Iterator[str]:
    """What somebody or something does now that it did not, and the other way round."""
    if details.get("fields"):
        yield _("Changed: %(what)s.", what=_fields(details))
    if details.get("gained"):
        yield _("Now does: %(what)s.", what=", ".join(details["gained"]))
    if details.get("lost"):
        yield _("No longer does: %(what)s.", what=", ".join(details["lost"]))
    if details.get("certificates"):
        yield _("Certificate changed: %(what)s.", what=", ".join(details["certificates"]))
    if "resources" in details:
        rooms = [names[number] for number in details["resources"] if number in names]
        yield _("Works in: %(rooms)s.", rooms=", ".join(rooms) or _("every room"))
    if "maximum" in details:
        most = details["maximum"][1]
        yield (
            _("At most %(most)s sessions a day.", most=most)
            if most
            else _("No limit to sessions a day.")
        )
