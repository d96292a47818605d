"""Spans, ticks and what clock changes do to them."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spa.domain.spans import (
    Span,
    clock_ticks,
    day_span,
    in_utc,
    intersect,
    local_days,
    local_time,
    moment_of,
    moment_on,
    parse_day,
    subtract,
    tick_at,
    tick_at_or_after,
    tick_of,
    union,
)

QUICK = settings(max_examples=200, deadline=None, database=None, derandomize=True)

NEW_YORK, LONDON, SYDNEY = "America/New_York", "Europe/London", "Australia/Sydney"
KOLKATA, LORD_HOWE, SANTIAGO = "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago"

# Zone, day, length of the day in minutes.
DAYS = [
    (NEW_YORK, date(2026, 3, 8), 23 * 60),
    (NEW_YORK, date(2026, 11, 1), 25 * 60),
    (NEW_YORK, date(2027, 3, 14), 23 * 60),
    (NEW_YORK, date(2027, 11, 7), 25 * 60),
    (NEW_YORK, date(2026, 6, 9), 24 * 60),
    (LONDON, date(2026, 3, 29), 23 * 60),
    (LONDON, date(2026, 10, 25), 25 * 60),
    (LONDON, date(2027, 3, 28), 23 * 60),
    (LONDON, date(2027, 10, 31), 25 * 60),
    (SYDNEY, date(2026, 4, 5), 25 * 60),
    (SYDNEY, date(2026, 10, 4), 23 * 60),
    (SYDNEY, date(2027, 4, 4), 25 * 60),
    (SYDNEY, date(2027, 10, 3), 23 * 60),
    (LORD_HOWE, date(2026, 4, 5), 24 * 60 + 30),
    (LORD_HOWE, date(2026, 10, 4), 24 * 60 - 30),
    (LORD_HOWE, date(2027, 4, 4), 24 * 60 + 30),
    (LORD_HOWE, date(2027, 10, 3), 24 * 60 - 30),
    (KOLKATA, date(2026, 3, 8), 24 * 60),
    (KOLKATA, date(2026, 11, 1), 24 * 60),
    (SANTIAGO, date(2026, 9, 6), 23 * 60),
]
DAY_IDS = [f"{zone} {day}" for zone, day, _ in DAYS]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minute_of(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return hour * 60 + minute


# Ticks


@pytest.mark.parametrize(
    ("moment", "tick", "next_tick"),
    [
        ("1970-01-01 00:00:00", 0, 0),
        ("1970-01-01 00:00:01", 0, 1),
        ("1970-01-01 00:04:59.999999", 0, 1),
        ("1970-01-01 00:05:00", 1, 1),
        ("1969-12-31 23:59:59", -1, 0),
        ("2026-06-09 14:00:00", 5_936_712, 5_936_712),
    ],
)
def test_a_moment_lies_in_one_tick(moment: str, tick: int, next_tick: int) -> None:
    assert tick_of(utc(moment)) == tick
    assert tick_at_or_after(utc(moment)) == next_tick


def test_a_tick_begins_at_a_moment_in_utc() -> None:
    moment = moment_of(5_936_712)

    assert moment == utc("2026-06-09 14:00")
    assert moment.tzinfo is UTC


def test_the_zone_a_moment_is_written_in_makes_no_difference() -> None:
    there = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo(NEW_YORK))

    assert tick_of(there) == tick_of(utc("2026-11-01 06:30"))
    assert in_utc(there) == utc("2026-11-01 06:30")


@pytest.mark.parametrize("hours", [-14, 0, 14])
@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("zone", [NEW_YORK, SYDNEY])
def test_the_ends_of_the_calendar_are_pulled_in(moment: datetime, hours: int, zone: str) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert abs(in_utc(there).year - moment.year) == 0
    assert abs(local_time(there, ZoneInfo(zone)).year - moment.year) == 0


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("zone", [NEW_YORK, SYDNEY])
def test_the_first_and_the_last_date_have_a_span_too(day: date, zone: str) -> None:
    start, end = day_span(day, ZoneInfo(zone))

    assert 285 <= end - start <= 290


# Local time


@pytest.mark.parametrize(("zone", "day", "minutes"), DAYS, ids=DAY_IDS)
def test_a_day_is_as_long_as_its_clocks_make_it(zone: str, day: date, minutes: int) -> None:
    start, end = day_span(day, ZoneInfo(zone))
    [local_day] = local_days(day, day, ZoneInfo(zone))

    assert (end - start) * 5 == minutes
    assert local_day == (day, start, end)
    assert local_day.is_plain == (minutes == 24 * 60)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "moment"),
    [
        (NEW_YORK, date(2026, 3, 8), "01:55", "2026-03-08 06:55"),
        (NEW_YORK, date(2026, 3, 8), "02:30", "2026-03-08 07:30"),  # shown as 03:30
        (NEW_YORK, date(2026, 3, 8), "03:30", "2026-03-08 07:30"),
        (NEW_YORK, date(2027, 3, 14), "02:00", "2027-03-14 07:00"),
        (LONDON, date(2026, 3, 29), "01:30", "2026-03-29 01:30"),  # shown as 02:30
        (LONDON, date(2027, 3, 28), "01:30", "2027-03-28 01:30"),
        (SYDNEY, date(2026, 10, 4), "02:30", "2026-10-03 16:30"),  # shown as 03:30
        (SYDNEY, date(2027, 10, 3), "02:30", "2027-10-02 16:30"),
        (LORD_HOWE, date(2026, 10, 4), "02:15", "2026-10-03 15:45"),  # shown as 02:45
        (SANTIAGO, date(2026, 9, 6), "00:00", "2026-09-06 04:00"),  # shown as 01:00
    ],
)
def test_a_time_that_does_not_exist_is_read_by_the_clock_from_before(
    zone: str, day: date, clock: str, moment: str
) -> None:
    assert moment_of(tick_at(day, minute_of(clock), ZoneInfo(zone))) == utc(moment)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "moment"),
    [
        (NEW_YORK, date(2026, 11, 1), "01:30", "2026-11-01 05:30"),
        (NEW_YORK, date(2026, 11, 1), "02:00", "2026-11-01 07:00"),
        (NEW_YORK, date(2027, 11, 7), "01:30", "2027-11-07 05:30"),
        (LONDON, date(2026, 10, 25), "01:30", "2026-10-25 00:30"),
        (LONDON, date(2027, 10, 31), "01:30", "2027-10-31 00:30"),
        (SYDNEY, date(2026, 4, 5), "02:30", "2026-04-04 15:30"),
        (SYDNEY, date(2027, 4, 4), "02:30", "2027-04-03 15:30"),
        (LORD_HOWE, date(2026, 4, 5), "01:45", "2026-04-04 14:45"),
        (KOLKATA, date(2026, 11, 1), "01:30", "2026-10-31 20:00"),
    ],
)
def test_a_time_that_happens_twice_is_the_first(
    zone: str, day: date, clock: str, moment: str
) -> None:
    assert moment_of(tick_at(day, minute_of(clock), ZoneInfo(zone))) == utc(moment)


@pytest.mark.parametrize(("zone", "day", "_minutes"), DAYS, ids=DAY_IDS)
def test_nine_stays_nine_whatever_the_clocks_do(zone: str, day: date, _minutes: int) -> None:
    nine = local_time(moment_of(tick_at(day, 9 * 60, ZoneInfo(zone))), ZoneInfo(zone))

    assert (nine.date(), nine.hour, nine.minute) == (day, 9, 0)


@pytest.mark.parametrize(("zone", "day", "_minutes"), DAYS, ids=DAY_IDS)
def test_a_time_past_midnight_is_on_the_next_days_clock(
    zone: str, day: date, _minutes: int
) -> None:
    there, eve = ZoneInfo(zone), day - timedelta(days=1)

    assert tick_at(eve, 26 * 60, there) == tick_at(day, 2 * 60, there)
    assert tick_at(eve, 27 * 60 + 30, there) == tick_at(day, 3 * 60 + 30, there)


@pytest.mark.parametrize("step", [5, 7, 15, 20, 45, 60, 90])
@pytest.mark.parametrize(("zone", "day", "_minutes"), DAYS, ids=DAY_IDS)
def test_the_clocks_grid_has_each_time_that_exists_once(
    zone: str, day: date, _minutes: int, step: int
) -> None:
    shown = {
        t: local_time(moment_of(t), ZoneInfo(zone)) for t in range(*day_span(day, ZoneInfo(zone)))
    }
    first_times = [
        tick
        for tick, local in shown.items()
        if (local.hour * 60 + local.minute) % step == 0 and not local.fold
    ]

    assert list(clock_ticks(day, step, ZoneInfo(zone))) == first_times


@QUICK
@given(
    st.sampled_from([zone for zone, _, _ in DAYS]).map(ZoneInfo),
    st.dates(date(2025, 1, 1), date(2030, 12, 31)),
    st.integers(0, 287),
)
def test_wall_times_are_read_as_zoneinfo_reads_them(zone: ZoneInfo, day: date, tick: int) -> None:
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=5 * tick)

    assert moment_of(tick_at(day, 5 * tick, zone)) == wall.astimezone(UTC)


# Sets of ticks


def spans() -> st.SearchStrategy[list[Span]]:
    return st.lists(st.builds(Span, st.integers(-12, 12), st.integers(-12, 12)), max_size=6)


def ticks(some: object) -> set[int]:
    return {tick for start, end in some for tick in range(start, end)}  # type: ignore[attr-defined]


def assert_tidy(result: tuple[Span, ...]) -> None:
    assert all(isinstance(span, Span) and span.start < span.end for span in result)
    assert all(a.end < b.start for a, b in zip(result, result[1:], strict=False))


@pytest.mark.parametrize(
    ("given_spans", "merged"),
    [
        ([], ()),
        ([(3, 3)], ()),
        ([(5, 2)], ()),
        ([(1, 2), (2, 3)], ((1, 3),)),
        ([(4, 6), (1, 2)], ((1, 2), (4, 6))),
        ([(1, 9), (2, 3)], ((1, 9),)),
    ],
)
def test_spans_that_touch_become_one(
    given_spans: list[tuple[int, int]], merged: tuple[tuple[int, int], ...]
) -> None:
    assert union(given_spans) == merged


@QUICK
@given(spans(), spans())
def test_spans_behave_as_sets_of_ticks(a: list[Span], b: list[Span]) -> None:
    for result, expected in [
        (union([*a, *b]), ticks(a) | ticks(b)),
        (intersect(a, b), ticks(a) & ticks(b)),
        (subtract(a, b), ticks(a) - ticks(b)),
    ]:
        assert ticks(result) == expected
        assert_tidy(result)


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("2026-03-12T15:00", "2026-03-12T19:00:00+00:00"),
        ("2026-11-01T01:30", "2026-11-01T05:30:00+00:00"),
        ("2026-03-08T02:30", None),
        ("2026-03-08T03:30", "2026-03-08T07:30:00+00:00"),
        ("2026-03-12", None),
        ("2026-03-12T25:00", None),
        ("yesterday", None),
        ("0001-01-01T00:00", None),
        ("9999-12-31T23:59", None),
    ],
)
def test_a_time_of_the_wall_clock_is_read_as_the_place_shows_it(
    text: str, shows: str | None
) -> None:
    found = moment_on(text, ZoneInfo(NEW_YORK))

    assert (found and found.isoformat()) == shows


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-12", date(2026, 3, 12)),
        ("2199-12-31", date(2199, 12, 31)),
        ("2200-01-01", None),
        ("1999-12-31", None),
        ("2026-02-29", None),
        ("20260312", None),
        ("2026-W10-4", None),
        (" 2026-03-12", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_read_as_addresses_write_it(text: str | None, day: date | None) -> None:
    assert parse_day(text) == day
