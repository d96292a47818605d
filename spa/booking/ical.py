"""A visit as a calendar file: one event that keeps its identity through every change."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from spa.domain.states import BookingStatus
from spa.models import Booking, Location


def calendar_file(
    booking: Booking,
    location: Location,
    *,
    method: str,
    link: str = "",
    stamp: datetime | None = None,
) -> bytes:
    """The event with a stable UID and a rising SEQUENCE; a cancelled visit is a CANCEL.

    The title names the studio only: calendars are shared, treatments are not.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//spa//booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(booking, method))
    calendar.add_component(_event(booking, location, method, link, stamp or booking.created_at))
    calendar.add_component(_zone(location.zone))
    return bytes(calendar.to_ical())


def method_of(booking: Booking, method: str) -> str:
    """What the file asks a calendar to do: whatever else is meant, a cancelled visit goes."""
    return "CANCEL" if booking.status == BookingStatus.CANCELLED else method


@lru_cache(maxsize=16)
def _zone(name: str) -> Timezone:
    """The clock changes of a zone; working them out takes longer than all the rest."""
    return Timezone.from_tzid(name)


def _event(booking: Booking, location: Location, method: str, link: str, stamp: datetime) -> Event:
    zone = ZoneInfo(location.zone)
    event = Event()
    event.add("uid", f"{booking.reference}@{location.slug}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    event.add("summary", location.name)
    event.add("location", ", ".join([location.name, *location.address.splitlines()]))
    is_cancelled = booking.status == BookingStatus.CANCELLED
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if link and not is_cancelled:
        event.add("description", _("Move or cancel: %(link)s", link=link))
    _add_organizer(event, location)
    if method != "PUBLISH":
        _add_attendee(event, booking)
    if not is_cancelled:
        event.add_component(_reminder(location))
    return event


def _add_organizer(event: Event, location: Location) -> None:
    """Who invites; a cancellation is believed only from the one who did (RFC 5546, 3.2)."""
    organizer = vCalAddress(f"mailto:{location.email}")
    organizer.params["CN"] = vText(location.name)
    event.add("organizer", organizer)


def _add_attendee(event: Event, booking: Booking) -> None:
    """Who is invited; nobody is asked to answer, and who has no address is not named."""
    if not booking.contact_email:
        return
    attendee = vCalAddress(f"mailto:{booking.contact_email}")
    attendee.params["CN"] = vText(booking.contact_name)
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)


def _reminder(location: Location) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", location.name)
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
