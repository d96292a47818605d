"""What the page for choosing a time shows, as plain data."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import picker, queries
from spa.booking.picker import Query, query_of
from spa.database import transaction
from spa.models import Closure, Resource
from tests import make

Clock = Callable[[str], datetime]
NOW = make.moment("2026-03-10 09:00")


@pytest.fixture(autouse=True)
def _spoken(app: Flask, studio: make.Studio) -> Iterator[None]:
    with app.test_request_context():
        yield


def offer(slug: str = "facial") -> queries.Offer:
    """What is on offer."""
    found = queries.offer(slug)
    assert found
    return found


def picked(query: Query | None = None, *, now: datetime = NOW, **about: Any) -> picker.Picker:
    """The picker; addresses are what they ask for."""
    return picker.picker(
        offer(),
        query or Query(),
        lambda q: f"{q.month or ''}|{q.day or ''}|{q.practitioner}|{q.part}",
        now=now,
        visitor=about.pop("visitor", ""),
        **about,
    )


def close(first_on: date, last_on: date, studio: make.Studio) -> None:
    """Close the place for some days."""
    with transaction() as session:
        session.add(Closure(location_id=studio.location_id, first_on=first_on, last_on=last_on))


def free_days(shown: picker.Picker) -> list[int]:
    """The days of the month that can be chosen."""
    return [day.number for week in shown.weeks for day in week if day and day.url]


def clocks(shown: picker.Picker) -> dict[str, list[str]]:
    """The times of the day, by part."""
    return {group.title: [time.clock for time in group.times] for group in shown.groups}


@pytest.mark.parametrize(
    ("args", "query"),
    [
        ({}, Query()),
        ({"month": "2026-04"}, Query(month=date(2026, 4, 1))),
        ({"day": "2026-04-05"}, Query(day=date(2026, 4, 5))),
        ({"with": "ines", "part": "evening"}, Query(practitioner="ines", part="evening")),
        ({"month": "2026-13", "day": "2026-02-30", "part": "night"}, Query()),
        ({"month": "0001-01", "day": "9999-12-31"}, Query()),
        ({"month": "\0", "day": "💆", "with": "a\0b"}, Query(practitioner="ab")),
        ({"with": "x" * 10_000}, Query(practitioner="x" * 80)),
    ],
)
def test_an_address_is_read_and_what_cannot_be_is_left_out(
    args: dict[str, str], query: Query
) -> None:
    assert query_of(args) == query


def test_the_month_begins_on_monday_with_gaps_around_it() -> None:
    weeks = picked().weeks

    assert [day and day.number for day in weeks[0]] == [None] * 6 + [1]
    assert [day and day.number for day in weeks[-1]] == [30, 31, *[None] * 5]
    assert [short for short, _ in picked().weekdays] == "Mon Tue Wed Thu Fri Sat Sun".split()


def test_today_and_the_chosen_day_are_marked() -> None:
    days = {d.number: d for week in picked(Query(day=date(2026, 3, 12))).weeks for d in week if d}

    assert [n for n, day in days.items() if day.is_today] == [10]
    assert [n for n, day in days.items() if day.is_chosen] == [12]


def test_days_that_are_past_closed_or_full_cannot_be_chosen(
    session: Session, studio: make.Studio
) -> None:
    close(date(2026, 3, 14), date(2026, 3, 15), studio)

    assert free_days(picked()) == [*range(10, 14), *range(16, 32)]


def test_a_late_evening_offers_nothing_today(session: Session) -> None:
    shown = picked(now=make.moment("2026-03-10 17:00"))

    assert free_days(shown)[0] == 11
    assert shown.day_title == "Wednesday 11 March"


def test_on_the_last_evening_of_a_month_the_next_one_is_shown(session: Session) -> None:
    shown = picked(now=make.moment("2026-03-31 20:00"))

    assert shown.month_title == "April 2026"
    assert shown.day_title == "Wednesday 1 April"


def test_the_times_of_a_day_stand_under_the_parts_of_the_day() -> None:
    times = clocks(picked(Query(day=date(2026, 3, 12))))

    assert list(times) == ["Morning", "Afternoon", "Evening"]
    assert (times["Morning"][0], times["Morning"][-1]) == ("09:00", "11:45")
    assert (times["Evening"][0], times["Evening"][-1]) == ("17:00", "18:00")


def test_a_time_stands_for_a_moment_with_its_zone() -> None:
    first = picked(Query(day=date(2026, 3, 12))).groups[0].times[0]

    assert first.value == "2026-03-12T09:00-04:00"
    assert first.iso == "2026-03-12T13:00:00Z"
    assert (first.clock, first.label, first.who) == ("09:00", "Thu 12 Mar, 09:00", "Ines")


def test_the_soonest_are_an_hour_apart_and_only_told_for_this_month() -> None:
    assert [t.clock for t in picked().soonest] == ["11:00", "12:00", "13:30"]
    assert picked(Query(month=date(2026, 4, 1))).soonest == []


def test_the_soonest_reach_over_days(session: Session, studio: make.Studio) -> None:
    found = picker.soonest(offer(), now=make.moment("2026-03-10 15:00"))

    assert [time.label for time in found] == [
        "Tue 10 Mar, 17:00",
        "Tue 10 Mar, 18:00",
        "Wed 11 Mar, 09:00",
    ]


@pytest.mark.parametrize("days", [10, 60, 170])
def test_the_soonest_are_found_however_far_they_are(
    days: int, session: Session, studio: make.Studio
) -> None:
    close(date(2026, 3, 10), date(2026, 3, 10) + timedelta(days=days), studio)

    first = picker.soonest(offer(), now=NOW)[0]

    assert first.value[:10] == str(date(2026, 3, 11) + timedelta(days=days))


def test_nothing_is_soonest_when_all_is_closed(session: Session, studio: make.Studio) -> None:
    close(date(2026, 1, 1), date(2027, 1, 1), studio)

    assert picker.soonest(offer(), now=NOW) == []
    assert picked().next_free is None
    assert picker.nearest(offer(), NOW, now=NOW) == []


def test_everyone_who_does_it_can_be_chosen_and_anyone() -> None:
    people = picked(Query(practitioner="maya")).people

    assert [(p.label, p.is_chosen) for p in people] == [
        ("Anyone", False),
        ("Ines", False),
        ("Maya", True),
    ]


def test_a_person_who_is_not_there_counts_as_anyone(session: Session) -> None:
    shown = picked(Query(practitioner="nobody"))

    assert shown.who_query == "" and shown.people[0].is_chosen


def test_a_chosen_person_decides_days_and_times(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(sa.text("DELETE FROM shift_break WHERE shift_id IN (SELECT id FROM shift)"))
        inside.execute(
            sa.text("DELETE FROM shift WHERE resource_id = :m AND weekday > 2"), {"m": studio.maya}
        )

    assert free_days(picked(Query(practitioner="maya"))) == [
        day for day in range(10, 32) if date(2026, 3, day).weekday() <= 2
    ]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        (Query(month=date(2026, 4, 1)), "Monday 4 May"),
        (Query(day=date(2026, 4, 10)), "Monday 4 May"),
        (Query(day=date(2026, 4, 10), part="evening"), "Monday 4 May"),
    ],
)
def test_a_month_with_nothing_free_leads_to_the_next_free_day(
    query: Query, label: str, session: Session, studio: make.Studio
) -> None:
    close(date(2026, 4, 1), date(2026, 5, 3), studio)

    shown = picked(query)

    assert free_days(shown) == []
    assert shown.next_free and shown.next_free.label == label
    assert shown.next_free.url == f"|2026-05-04||{query.part}"


def test_a_day_with_nothing_free_leads_to_the_next_one_in_its_month(
    session: Session, studio: make.Studio
) -> None:
    close(date(2026, 3, 12), date(2026, 3, 13), studio)

    shown = picked(Query(day=date(2026, 3, 12)))

    assert shown.groups == []
    assert shown.next_free and shown.next_free.label == "Saturday 14 March"


def test_the_last_free_day_of_all_leads_back_to_one_that_is_free(
    session: Session, studio: make.Studio
) -> None:
    close(date(2026, 9, 1), date(2026, 12, 31), studio)

    shown = picked(Query(day=date(2026, 9, 3)))

    assert shown.groups == []
    assert shown.next_free is None or "August" in shown.next_free.label


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2026, 3, 12), None, "2026-04-01|||"),
        (date(2026, 5, 1), "2026-04-01|||", "2026-06-01|||"),
        (date(2026, 9, 1), "2026-08-01|||", None),
        (date(2030, 1, 1), "2026-08-01|||", None),
        (date(2020, 1, 1), None, "2026-04-01|||"),
    ],
)
def test_months_turn_within_today_and_the_horizon(
    day: date, before: str | None, after: str | None
) -> None:
    shown = picked(Query(day=day))

    assert (shown.previous_url, shown.next_url) == (before, after)


def test_the_year_turns_with_the_months(session: Session) -> None:
    now = make.moment("2026-12-10 09:00")

    assert picked(now=now).next_url == "2027-01-01|||"
    assert picked(Query(month=date(2027, 1, 1)), now=now).previous_url == "2026-12-01|||"


def test_the_nearest_times_lie_on_both_sides_soonest_first(session: Session) -> None:
    near = picker.nearest(offer(), make.moment("2026-03-12 12:45"), now=NOW)

    assert [time.label for time in near] == [
        "Thu 12 Mar, 11:45",
        "Thu 12 Mar, 12:00",
        "Thu 12 Mar, 13:30",
    ]


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("2026-03-01 10:00", "Tue 10 Mar, 11:00"),
        ("2030-01-01 10:00", "Sun 6 Sep, 09:00"),
        ("2026-03-12 23:00", "Thu 12 Mar, 17:45"),
    ],
)
def test_the_nearest_times_are_found_from_anywhere(
    wanted: str, first: str, session: Session
) -> None:
    near = picker.nearest(offer(), make.moment(wanted), now=NOW)

    assert len(near) == 3
    assert near[0].label.split(",")[0] == first.split(",")[0]


def test_the_nearest_times_know_whose_they_are(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Resource).where(Resource.id == studio.maya).values(archived_at=NOW)
        )

    near = picker.nearest(offer(), make.moment("2026-03-12 10:00"), now=NOW, practitioner="ines")

    assert {time.who for time in near} == {"Ines"}


def test_a_visitors_own_hold_counts_as_free_for_them_only(
    session: Session, studio: make.Studio
) -> None:
    make.held(visitor="one", practitioner="ines")
    query = Query(day=date(2026, 3, 12), practitioner="ines")

    assert "10:00" in clocks(picked(query, visitor="one"))["Morning"]
    assert "10:00" not in clocks(picked(query, visitor="two"))["Morning"]


def test_on_the_day_the_clocks_change_each_hour_stands_once(session: Session) -> None:
    for now, day in (
        ("2026-03-06 09:00", date(2026, 3, 8)),
        ("2026-10-30 09:00", date(2026, 11, 1)),
    ):
        shown = picked(Query(day=day), now=make.moment(now))
        times = [clock for part in clocks(shown).values() for clock in part]
        assert times == sorted(set(times))
        assert times[0] == "09:00"
