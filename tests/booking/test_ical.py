"""The calendar file: one event with a lasting identity, that every calendar can read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from spa.booking import actions, queries
from spa.booking.ical import calendar_file
from spa.models import Booking
from tests import make


def read(booking: Booking, method: str = "PUBLISH", **about: Any) -> Any:
    """The calendar file of a booking, as a calendar reads it."""
    return Calendar.from_ical(
        calendar_file(booking, queries.location_of(booking), method=method, **about)
    )


def event(booking: Booking, **about: Any) -> Any:
    """Its one event."""
    (found,) = read(booking, **about).walk("VEVENT")
    return found


def test_a_file_to_keep_says_publish_and_invites_nobody(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    text = read(booking).to_ical().decode()

    assert read(booking)["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in text and "ORGANIZER" in text
    assert "ana" not in text.lower().replace("calendar", "")


def test_every_line_is_short_and_ends_as_the_format_wants(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked(name="é" * 200)
    body = calendar_file(
        booking, queries.location_of(booking), method="REQUEST", link="https://x.com/" + "y" * 300
    )

    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert body.endswith(b"END:VCALENDAR\r\n")


def test_a_reminder_rings_two_hours_before(session: Session, studio: make.Studio) -> None:
    (alarm,) = event(make.booked()).walk("VALARM")

    assert alarm.decoded("TRIGGER") == timedelta(hours=-2)


def test_moving_changes_the_time_and_the_sequence_and_nothing_else(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    before = event(booking)
    after = event(actions.move_booking(booking.reference, make.moment("2026-03-20 15:00")))

    changed = {key for key in before if before[key].to_ical() != after[key].to_ical()}
    assert changed == {"SEQUENCE", "DTSTART", "DTEND"}


def test_a_cancelled_visit_says_so_without_a_link_or_reminder(
    session: Session, studio: make.Studio
) -> None:
    booking = actions.cancel_booking(make.booked().reference)

    found = event(booking, link="https://x.com/y")
    assert read(booking)["METHOD"] == "CANCEL"
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 1)
    assert "DESCRIPTION" not in found and found.walk("VALARM") == []


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("2026-03-12 10:00", datetime(2026, 3, 12, 14, tzinfo=UTC)),
        ("2026-07-01 10:00", datetime(2026, 7, 1, 14, tzinfo=UTC)),
        ("2026-03-11 18:00", datetime(2026, 3, 11, 22, tzinfo=UTC)),
    ],
)
def test_times_are_the_studios_in_its_zone(
    start: str, utc: datetime, session: Session, studio: make.Studio
) -> None:
    found = event(make.booked(start))

    assert found["DTSTART"].params["TZID"] == "America/New_York"
    assert (
        found["DTSTART"].to_ical().decode()
        == start.replace("-", "").replace(" ", "T").replace(":", "") + "00"
    )
    assert found.decoded("DTSTART") == utc


def test_the_zone_in_the_file_knows_both_sides_of_a_clock_change(
    session: Session, studio: make.Studio
) -> None:
    (zone,) = read(make.booked()).walk("VTIMEZONE")
    there = zone.to_tz()

    assert datetime(2026, 3, 7, 12, tzinfo=there).utcoffset() == timedelta(hours=-5)
    assert datetime(2026, 3, 9, 12, tzinfo=there).utcoffset() == timedelta(hours=-4)
