"""A calendar to subscribe to, as a file that calendar programs read."""

from datetime import timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event

from spa.feeds.queries import Entry, Feed

ASK_AGAIN = timedelta(minutes=15)


def calendar_of(shown: Feed, found: list[Entry]) -> bytes:
    """All of it, in the zone of the place, with the zone's own rules beside it (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//spa//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _title(shown))
    calendar.add("x-wr-timezone", str(shown.zone))
    # RFC 7986, and what programs read that are older.
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in found:
        calendar.add_component(_event(entry, shown))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _title(shown: Feed) -> str:
    return f"{shown.person}, {shown.place}" if shown.person else shown.place


def _event(entry: Entry, shown: Feed) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{shown.location_slug}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(shown.zone))
    event.add("dtend", entry.ends_at.astimezone(shown.zone))
    event.add("summary", summary(entry))
    event.add("status", "CONFIRMED")
    # Time off is told as free in some calendars; a visit never is.
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def summary(entry: Entry) -> str:
    """What the event is called: the treatment and the room, and names as far as they may show."""
    if entry.kind == "off":
        return _("%(who)s is away", who=entry.person) if entry.person else _("Away")
    parts = [entry.title or _("Kept free"), entry.client, entry.person, entry.room]
    return ", ".join(part for part in parts if part)
