"""Tests of spa.domain.healing: the stages, what waits until when, when somebody reads, numbers."""

from datetime import UTC, datetime

import pytest

from spa.domain import healing
from spa.domain.healing import AGAIN, BEGINS, Avoid, Care, Opening, Sign, Stage
from spa.domain.spans import Span, tick_of


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (0, Stage.HOT),
        (1, Stage.PINK),
        (2, Stage.DRY),
        (3, Stage.DRY),
        (4, Stage.FLAKING),
        (6, Stage.FLAKING),
        (7, Stage.CALM),
        (13, Stage.CALM),
        (14, Stage.CHANGING),
        (89, Stage.CHANGING),
        (90, Stage.LASTING),
        (500, Stage.LASTING),
    ],
)
def test_each_day_has_its_stage(day: int, stage: Stage) -> None:
    assert healing.today(day).stage == stage


@pytest.mark.parametrize("day", range(100))
def test_the_next_stage_lies_ahead_until_there_is_none(day: int) -> None:
    today = healing.today(day)

    if today.stage == Stage.LASTING:
        assert today.coming is None
        return
    assert today.coming is not None
    stage, begins = today.coming
    assert begins > day and BEGINS[stage] == begins
    assert healing.today(begins).stage == stage


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (0, set(Avoid)),
        (1, set(Avoid)),
        (2, set(Avoid) - {Avoid.ALCOHOL}),
        (3, set(Avoid) - {Avoid.ALCOHOL}),
        (4, {Avoid.SAUNA_AND_POOL, Avoid.ACTIVES, Avoid.STRONG_SUN,
             Avoid.INJECTIONS}),
        (5, {Avoid.ACTIVES, Avoid.STRONG_SUN, Avoid.INJECTIONS}),
        (7, {Avoid.STRONG_SUN, Avoid.INJECTIONS}),
        (14, set()),
    ],
)  # fmt: skip
def test_what_waits_gets_less_from_day_to_day(day: int, left: set[Avoid]) -> None:
    assert {one.what for one in healing.today(day).waits} == left


@pytest.mark.parametrize("day", range(100))
def test_something_helps_on_every_day_and_nothing_that_waits_is_over(day: int) -> None:
    today = healing.today(day)

    assert today.good
    assert all(one.until > day and one.until == AGAIN[one.what] for one in today.waits)


def test_the_other_products_come_back_when_the_old_routine_does() -> None:
    first = next(day for day in range(30) if Care.ROUTINE in healing.today(day).good)

    assert first == AGAIN[Avoid.ACTIVES]


def test_only_breath_and_face_are_urgent() -> None:
    assert {sign for sign in Sign if healing.is_urgent([sign])} == {Sign.BREATHING, Sign.FACE}
    assert healing.is_urgent([Sign.PUS, Sign.FACE])
    assert not healing.is_urgent([])


def test_a_day_lies_on_the_line_where_its_label_is() -> None:
    # Below the drawing: today, day 2, day 4, day 7 at 0, 14, 28 and 45 of a hundred.
    assert [healing.along(day) for day in (0, 2, 4, 7, 180)] == [0, 98, 196, 315, 700]
    found = [healing.along(day) for day in range(-1, 400)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 700)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Span:
    return Span(tick_of(at(start)), tick_of(at(end)))


MORNING = span("2026-03-10 09:00", "2026-03-10 13:00")
AFTERNOON = span("2026-03-10 14:00", "2026-03-10 18:00")
THURSDAY = span("2026-03-12 09:00", "2026-03-12 18:00")
HOURS = (THURSDAY, AFTERNOON, MORNING)


@pytest.mark.parametrize(
    ("now", "begins", "is_now"),
    [
        ("2026-03-10 08:00", "2026-03-10 09:00", False),
        ("2026-03-10 09:00", "2026-03-10 09:00", True),
        ("2026-03-10 12:45", "2026-03-10 09:00", True),
        ("2026-03-10 12:46", "2026-03-10 14:00", False),
        ("2026-03-10 13:30", "2026-03-10 14:00", False),
        ("2026-03-10 17:50", "2026-03-12 09:00", False),
        ("2026-03-10 18:00", "2026-03-12 09:00", False),
        ("2026-03-11 12:00", "2026-03-12 09:00", False),
    ],
)
def test_who_tells_hears_when_somebody_is_there_to_read(
    now: str, begins: str, is_now: bool
) -> None:
    found = healing.reading_time(at(now), HOURS)

    assert found is not None
    assert (found.begins, found.is_now) == (at(begins), is_now)


def test_the_end_of_the_hours_is_told_as_well() -> None:
    assert healing.reading_time(at("2026-03-10 10:00"), HOURS) == Opening(
        at("2026-03-10 09:00"), at("2026-03-10 13:00"), is_now=True
    )


def test_nobody_is_promised_when_the_studio_does_not_open_again() -> None:
    assert healing.reading_time(at("2026-03-12 18:00"), HOURS) is None
    assert healing.reading_time(at("2026-03-10 10:00"), ()) is None


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("US", "911"),
        ("CA", "911"),
        ("GB", "999"),
        ("AU", "000"),
        ("NZ", "111"),
        ("DE", "112"),
        ("IE", "112"),
        ("BR", ""),
        ("", ""),
    ],
)
def test_the_emergency_number_is_that_of_the_country(country: str, number: str) -> None:
    assert healing.emergency_number(country) == number


def test_what_waits_is_told_in_the_order_of_its_days() -> None:
    assert list(AGAIN.values()) == sorted(AGAIN.values())
