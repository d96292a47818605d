"""Tests of spa.domain.habits: what is usual for somebody, and when the next visit would be."""

from datetime import date, datetime

import pytest

from spa.domain.habits import MOST_VISITS, Habit, Visited, habit_of, next_on, usual, weekly

THURSDAY_AT_TEN = (3, 600)


def visited(at: str, treatment: str = "facial", practitioner: str = "ines") -> Visited:
    return Visited(datetime.fromisoformat(at), treatment, practitioner)


def test_who_was_never_here_has_no_habit() -> None:
    assert usual([]) is None


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        (
            [visited("2026-03-12 10:00")],
            Habit("facial", "ines", *THURSDAY_AT_TEN),
        ),
        (  # What is most frequent.
            [
                visited("2026-03-05 10:00"),
                visited("2026-03-12 10:00"),
                visited("2026-03-17 15:30", "peel", "maya"),
            ],
            Habit("facial", "ines", *THURSDAY_AT_TEN),
        ),
        (  # Of what is as frequent, the latest, whatever their order.
            [visited("2026-03-17 15:30", "peel", "maya"), visited("2026-03-12 10:00")],
            Habit("peel", "maya", 1, 930),
        ),
        (  # Each on its own: mostly Ines, mostly the peel, mostly Thursdays at ten.
            [
                visited("2026-03-05 10:00", "facial", "ines"),
                visited("2026-03-12 10:00", "peel", "maya"),
                visited("2026-03-17 15:30", "peel", "ines"),
            ],
            Habit("peel", "ines", *THURSDAY_AT_TEN),
        ),
        (  # The weekday and the hour belong together.
            [
                visited("2026-03-05 10:00"),
                visited("2026-03-10 10:00"),
                visited("2026-03-17 15:30"),
                visited("2026-03-24 15:30"),
            ],
            Habit("facial", "ines", 1, 930),
        ),
    ],
)
def test_the_most_frequent_of_the_last_visits_is_usual(
    visits: list[Visited], expected: Habit
) -> None:
    assert usual(visits) == expected


def test_what_was_long_ago_is_no_habit_any_more() -> None:
    old = [visited(f"2024-01-{day:02d} 10:00", "peel", "maya") for day in range(1, 29)]
    new = [visited(f"2026-03-{day:02d} 15:30") for day in range(1, MOST_VISITS + 1)]

    assert usual([*old, *new]) == Habit("facial", "ines", 4, 930)


def test_a_visit_alone_can_be_made_a_habit() -> None:
    assert habit_of(visited("2026-03-12 10:00")) == Habit("facial", "ines", *THURSDAY_AT_TEN)


@pytest.mark.parametrize(
    ("days_between", "expected"),
    [
        (None, "2026-04-09"),
        (0, "2026-04-09"),
        (14, "2026-04-09"),
        (28, "2026-04-09"),
        (29, "2026-04-16"),
        (42, "2026-04-23"),
    ],
)
def test_the_next_visit_is_four_weeks_on_or_as_much_later_as_the_treatment_asks(
    days_between: int | None, expected: str
) -> None:
    assert next_on(date(2026, 3, 12), days_between) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-03-12", "2026-03-12", ["2026-03-12"]),
        ("2026-03-13", "2026-03-18", []),
        ("2026-03-10", "2026-03-26", ["2026-03-12", "2026-03-19", "2026-03-26"]),
    ],
)
def test_each_such_weekday_of_some_days(first: str, last: str, expected: list[str]) -> None:
    found = weekly(3, date.fromisoformat(first), date.fromisoformat(last))

    assert [day.isoformat() for day in found] == expected
