"""Tests of spa.schedule.rota_shown and of the words of the rota."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from spa import wording
from spa.database import transaction
from spa.models import TimeOff
from spa.schedule.rota import Place, rota
from spa.schedule.rota_shown import Cell, everyone
from spa.wording.rota import rota_entry
from tests import make
from tests.conftest import NEW_YORK

SUNDAY = date(2026, 3, 8)
"""The night on which the clock goes forward."""


def cell(studio: make.Studio, on: date) -> Cell:
    """Ines on that day."""
    place = here(studio)
    monday = date.fromordinal(on.toordinal() - on.weekday())
    found = everyone(
        rota(place, monday, date.fromordinal(monday.toordinal() + 6), None), monday, on
    )
    return found.rows[0].cells[on.weekday()]


def here(studio: make.Studio) -> Place:
    class Here:
        id = studio.location_id
        zone = NEW_YORK

    return Here()


@pytest.mark.parametrize(
    ("start", "end", "hours", "off"),
    [
        (0, 1440, "", "Rome"),
        (840, 1440, "09:00–14:00", "Rome from 14:00"),
        (0, 660, "11:00–19:00", "Rome until 11:00"),
        (600, 660, "09:00–10:00, 11:00–19:00", "Rome 10:00–11:00"),
    ],
)
def test_a_day_says_when_somebody_is_in_and_why_not(
    start: int, end: int, hours: str, off: str, session: Session, studio: make.Studio, app: Flask
) -> None:
    with transaction() as inside:
        row = TimeOff(resource_id=studio.ines, first_on=SUNDAY, last_on=SUNDAY, reason="Rome")
        row.from_minute, row.to_minute = start, end
        inside.add(row)

    with app.test_request_context():
        found = cell(studio, SUNDAY)

    assert (found.hours, found.off) == (hours, [off])


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ((SUNDAY, 0, SUNDAY, 1440), "Sun 8 Mar"),
        ((SUNDAY, 540, SUNDAY, 1440), "Sun 8 Mar, from 09:00"),
        ((SUNDAY, 0, SUNDAY, 720), "Sun 8 Mar, until 12:00"),
        ((SUNDAY, 540, SUNDAY, 720), "Sun 8 Mar, 09:00–12:00"),
        ((SUNDAY, 0, date(2026, 3, 9), 1440), "Sun 8 Mar – Mon 9 Mar"),
        ((SUNDAY, 540, date(2026, 3, 9), 720), "Sun 8 Mar, 09:00 – Mon 9 Mar, 12:00"),
    ],
)
def test_a_time_off_is_said_as_short_as_it_is(
    about: tuple[date, int, date, int], words: str, app: Flask
) -> None:
    with app.test_request_context():
        assert wording.absence(*about) == words


@pytest.mark.parametrize(
    ("event", "details", "words"),
    [
        (
            "rota.week_set",
            {"first_on": "2026-03-16", "week": [[0, 540, 720], [6, 1080, 1560]]},
            "From 16 March 2026 on: Mon 09:00–12:00, Sun 18:00–02:00.",
        ),
        ("rota.day_set", {"on": "2026-03-08", "hours": None, "is_off": True}, "Sun 8 Mar: not in."),
        (
            "rota.day_set",
            {"on": "2026-03-08", "hours": [540, 720], "is_off": False},
            "Sun 8 Mar: in 09:00–12:00.",
        ),
        (
            "rota.day_set",
            {"on": "2026-03-08", "hours": None, "is_off": False},
            "Sun 8 Mar: in as usual again.",
        ),
        ("rota.left", {"last_on": "2026-03-08", "is_archived": False}, "Last day: 8 March 2026."),
        (
            "time_off.removed",
            {"first_on": "2026-03-08", "last_on": "2026-03-08"},
            "In after all: Sun 8 Mar.",
        ),
        ("team.added", {}, ""),
    ],
)
def test_what_happened_is_told_in_a_sentence(
    event: str, details: dict[str, object], words: str, app: Flask
) -> None:
    with app.test_request_context():
        assert rota_entry(event, details) == words
