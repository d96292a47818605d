"""Tests of spa.domain.capacity: how many more sessions a day has room for."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from spa.domain.availability import Facts, Person, Policy, Session, Step, Thing
from spa.domain.capacity import sessions_that_fit
from spa.domain.spans import Span, tick_of

DAY = date(2026, 3, 12)
NINE = tick_of(datetime(2026, 3, 12, 9, tzinfo=UTC))
MORNING = (Span(NINE, NINE + 36),)
POLICY = Policy(notice_minutes=0, horizon_days=30, grid_minutes=15)


def facts(**about: object) -> Facts:
    """Three hours, one person, one room, an hour's session without cleaning."""
    known = Facts(
        now=datetime(2026, 3, 10, tzinfo=UTC),
        zone=ZoneInfo("UTC"),
        first_on=DAY,
        last_on=DAY,
        open=MORNING,
        session=Session((Step("needle", 60),)),
        people=(Person(1, "ines", "Ines", MORNING),),
        rooms=(Thing(11, "Room 1"),),
    )
    return replace(known, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("about", "count"),
    [
        ({}, 3),
        ({"open": (Span(NINE, NINE + 30),)}, 2),
        ({"open": ()}, 0),
        ({"session": Session((Step("needle", 60),), turnover_minutes=15)}, 2),
        ({"people": (Person(1, "ines", "Ines", MORNING, busy=(Span(NINE, NINE + 12),)),)}, 2),
        ({"people": (Person(1, "ines", "Ines", MORNING, daily_maximum=1),)}, 1),
        ({"people": (Person(1, "a", "A", MORNING), Person(2, "b", "B", MORNING))}, 3),
        (
            {
                "people": (Person(1, "a", "A", MORNING), Person(2, "b", "B", MORNING)),
                "rooms": (Thing(11, "Room 1"), Thing(12, "Room 2")),
            },
            6,
        ),
        ({"people": ()}, 0),
    ],
)
def test_a_morning_has_room_for(about: dict[str, object], count: int) -> None:
    assert sessions_that_fit(facts(**about), POLICY) == {DAY: count}


def test_while_cream_works_another_is_seen() -> None:
    steps = (Step("numb", 30, needs_practitioner=False), Step("needle", 30))
    two_rooms = (Thing(11, "Room 1"), Thing(12, "Room 2"))

    found = sessions_that_fit(facts(session=Session(steps), rooms=two_rooms), POLICY)

    assert found == {DAY: 5}


def test_each_day_is_counted_by_itself() -> None:
    next_day = tuple(Span(span.start + 288, span.end + 288) for span in MORNING)
    both = (*MORNING, *next_day)
    known = facts(open=both, people=(Person(1, "ines", "Ines", MORNING),))

    found = sessions_that_fit(replace(known, last_on=date(2026, 3, 13)), POLICY)

    assert found == {DAY: 3, date(2026, 3, 13): 0}
