"""Tests of spa.schedule.rota_queries: what somebody's shifts come to."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from spa.domain.hours import Pattern
from spa.schedule import rota_queries
from spa.schedule.rota_queries import Away, Spell, day_on, last_day, single_days, spells, week_on
from tests import make

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
MORNING, LATE = (540, 720), (720, 1200)


def shift(day: int, hours: tuple[int, int], **about: object) -> Pattern:
    return Pattern(*hours, weekday=day, **about)  # type: ignore[arg-type]


def test_a_week_that_never_began_nor_ends_is_one_spell() -> None:
    week = (shift(0, MORNING), shift(2, LATE))

    assert spells(week) == [Spell(None, None, week)]


def test_one_week_follows_another_and_the_first_stays_readable() -> None:
    found = spells(
        [shift(0, MORNING, ends_on=date(2026, 4, 30)), shift(0, LATE, starts_on=MAY)],
    )

    assert found == [
        Spell(None, date(2026, 4, 30), (shift(0, MORNING),)),
        Spell(MAY, None, (shift(0, LATE),)),
    ]


def test_a_week_that_was_cut_in_two_reads_as_one() -> None:
    found = spells([shift(0, LATE, ends_on=date(2026, 4, 30)), shift(0, LATE, starts_on=MAY)])

    assert found == [Spell(None, None, (shift(0, LATE),))]


def test_two_shifts_of_a_day_read_as_one_with_a_break() -> None:
    (day,) = week_on([shift(0, MORNING), shift(0, (780, 1080), breaks=((900, 930),))], MAY)

    assert day == Pattern(540, 1080, weekday=0, breaks=((720, 780), (900, 930)))


@pytest.mark.parametrize(
    ("shifts", "day"),
    [
        ([], None),
        ([shift(0, LATE)], None),
        ([shift(0, LATE, starts_on=MAY)], None),
        ([shift(0, LATE, ends_on=MAY)], MAY),
        ([shift(0, LATE, ends_on=MAY), shift(1, LATE, ends_on=JUNE)], JUNE),
        ([shift(0, LATE, ends_on=MAY), shift(1, LATE)], None),
    ],
)
def test_the_last_day_is_that_of_the_last_shift_if_all_end(
    shifts: list[Pattern], day: date | None
) -> None:
    assert last_day(shifts) == day


def test_a_single_day_is_told_from_the_week() -> None:
    single = Pattern(*LATE, on_date=MAY)

    assert day_on([shift(4, MORNING), single], MAY) == single
    assert day_on([shift(4, MORNING), single], JUNE) is None
    assert single_days([shift(4, MORNING), single], MAY) == [MAY]
    assert single_days([single], JUNE) == []


@pytest.mark.parametrize(
    ("first", "start", "last", "end", "is_covered"),
    [
        (MAY, 0, MAY, 1440, True),
        (MAY, 600, MAY, 720, True),
        (MAY, 0, JUNE, 1440, False),
        (date(2026, 4, 30), 0, MAY, 1440, False),
    ],
)
def test_a_time_off_covers_what_lies_within_it(
    first: date, start: int, last: date, end: int, is_covered: bool
) -> None:
    whole = Away(1, MAY, 0, date(2026, 5, 3), 1440, "")

    assert whole.covers(Away(2, first, start, last, end, "")) is is_covered


def test_somebody_elsewhere_or_a_room_is_nobody_here(session: Session, studio: make.Studio) -> None:
    assert rota_queries.person(studio.location_id, "ines") is not None
    assert rota_queries.person(studio.location_id + 1, "ines") is None
    assert rota_queries.person(studio.location_id, "room-1") is None


def test_shifts_are_read_with_their_breaks(session: Session, studio: make.Studio) -> None:
    week = week_on(rota_queries.shifts(studio.ines), MAY)

    assert week == tuple(Pattern(540, 1140, weekday=day, breaks=((780, 810),)) for day in range(7))
