"""Opening hours, shifts, closures and time off as spans."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spa.domain.hours import Pattern, TimeOff, open_spans, shift_spans
from spa.domain.spans import Span, local_time, moment_of, tick_at

QUICK = settings(max_examples=100, deadline=None, database=None, derandomize=True)

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
SYDNEY, KOLKATA = ZoneInfo("Australia/Sydney"), ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
WEDNESDAY, THURSDAY = date(2026, 6, 10), date(2026, 6, 11)


def minute_of(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return hour * 60 + minute


def weekly(weekday: int, hours: str, *breaks: str, **dates: date) -> Pattern:
    start, end = map(minute_of, hours.split("-"))
    pauses = tuple((minute_of(a), minute_of(b)) for a, b in (each.split("-") for each in breaks))
    return Pattern(start, end, weekday=weekday, breaks=pauses, **dates)


def single(on_date: date, hours: str, *breaks: str) -> Pattern:
    same = weekly(0, hours, *breaks)
    return Pattern(same.from_minute, same.to_minute, on_date=on_date, breaks=same.breaks)


def every_day(hours: str, *breaks: str) -> list[Pattern]:
    return [weekly(weekday, hours, *breaks) for weekday in range(7)]


def shown(spans: tuple[Span, ...], zone: ZoneInfo = NEW_YORK) -> list[str]:
    """Each span as the clocks of the place show it: "9 10:00 - 9 18:00" on the ninth."""
    ends = [[local_time(moment_of(tick), zone) for tick in span] for span in spans]
    return [" - ".join(f"{end.day} {end:%H:%M}" for end in pair) for pair in ends]


def hours_on(patterns: list[Pattern], first: date, last: date | None = None) -> list[str]:
    return shown(open_spans(patterns, (), first, last or first, NEW_YORK))


# Weekly hours and single dates


def test_weekly_hours_come_back_each_week() -> None:
    patterns = [weekly(1, "09:00-18:00"), weekly(3, "12:00-20:30")]

    assert hours_on(patterns, TUESDAY, TUESDAY + timedelta(days=7)) == [
        "9 09:00 - 9 18:00",
        "11 12:00 - 11 20:30",
        "16 09:00 - 16 18:00",
    ]


def test_a_day_without_hours_is_closed() -> None:
    assert hours_on([weekly(1, "09:00-18:00")], MONDAY) == []
    assert hours_on([], MONDAY) == []


def test_no_days_have_no_hours() -> None:
    assert hours_on(every_day("00:00-24:00"), TUESDAY, MONDAY) == []


def test_a_day_may_have_two_ranges() -> None:
    patterns = [weekly(1, "14:00-18:00"), weekly(1, "09:00-12:00")]

    assert hours_on(patterns, TUESDAY) == ["9 09:00 - 9 12:00", "9 14:00 - 9 18:00"]


@pytest.mark.parametrize(
    ("dates", "is_open"),
    [
        ({}, True),
        ({"starts_on": TUESDAY}, True),
        ({"starts_on": WEDNESDAY}, False),
        ({"ends_on": TUESDAY}, True),
        ({"ends_on": MONDAY}, False),
        ({"starts_on": TUESDAY, "ends_on": TUESDAY}, True),
    ],
)
def test_weekly_hours_hold_from_one_date_to_another(dates: dict[str, date], is_open: bool) -> None:
    assert bool(hours_on([weekly(1, "09:00-18:00", **dates)], TUESDAY)) is is_open


def test_hours_of_a_single_date_replace_all_its_weekly_ones() -> None:
    patterns = [
        weekly(1, "09:00-12:00"),
        weekly(1, "14:00-18:00"),
        single(TUESDAY, "13:00-15:00"),
        single(TUESDAY, "16:00-17:00"),
    ]

    assert hours_on(patterns, TUESDAY) == ["9 13:00 - 9 15:00", "9 16:00 - 9 17:00"]
    assert hours_on(patterns, TUESDAY + timedelta(days=7)) == [
        "16 09:00 - 16 12:00",
        "16 14:00 - 16 18:00",
    ]


def test_an_empty_range_takes_a_single_date_off() -> None:
    assert hours_on([*every_day("09:00-18:00"), single(TUESDAY, "00:00-00:00")], TUESDAY) == []


# Past midnight


def test_a_range_past_midnight_belongs_to_the_date_it_starts_on() -> None:
    late = [weekly(1, "20:00-26:00")]

    assert hours_on(late, TUESDAY) == ["9 20:00 - 10 02:00"]
    assert hours_on(late, WEDNESDAY) == ["9 20:00 - 10 02:00"]
    assert hours_on(late, THURSDAY) == []


def test_a_change_of_the_next_day_leaves_the_night_before_it_alone() -> None:
    patterns = [weekly(1, "20:00-26:00"), single(WEDNESDAY, "12:00-13:00")]

    assert hours_on(patterns, WEDNESDAY) == ["9 20:00 - 10 02:00", "10 12:00 - 10 13:00"]


def test_a_range_that_ends_at_midnight_is_not_in_the_next_day() -> None:
    assert hours_on([weekly(1, "20:00-24:00")], TUESDAY) == ["9 20:00 - 10 00:00"]
    assert hours_on([weekly(1, "20:00-24:00")], WEDNESDAY) == []


def test_a_house_that_never_closes_has_no_gap_at_midnight() -> None:
    assert hours_on(every_day("00:00-24:00"), TUESDAY) == ["8 00:00 - 11 00:00"]


# Closures


@pytest.mark.parametrize(
    ("closure", "left"),
    [
        ((TUESDAY, TUESDAY), ["8 20:00 - 9 02:00", "10 20:00 - 11 02:00"]),
        ((MONDAY, TUESDAY), ["10 20:00 - 11 02:00"]),
        ((date(2026, 1, 1), date(2026, 12, 31)), []),
        ((THURSDAY, THURSDAY), ["8 20:00 - 9 02:00", "9 20:00 - 10 02:00", "10 20:00 - 11 02:00"]),
    ],
)
def test_a_closure_takes_whole_dates_and_leaves_the_night_before(
    closure: tuple[date, date], left: list[str]
) -> None:
    spans = open_spans(every_day("20:00-26:00"), [closure], TUESDAY, WEDNESDAY, NEW_YORK)

    assert shown(spans) == left


def test_a_closure_is_stronger_than_hours_of_a_single_date() -> None:
    patterns = [single(TUESDAY, "10:00-12:00")]

    assert open_spans(patterns, [(TUESDAY, TUESDAY)], TUESDAY, TUESDAY, NEW_YORK) == ()


# Shifts


def shifts(patterns: list[Pattern], *time_off: TimeOff, on: date = TUESDAY) -> list[str]:
    return shown(shift_spans(patterns, time_off, on, on, NEW_YORK))


def off(first: date, clock: str, last: date, until: str) -> TimeOff:
    return TimeOff(first, minute_of(clock), last, minute_of(until))


@pytest.mark.parametrize(
    ("breaks", "left"),
    [
        ([], ["9 09:00 - 9 18:00"]),
        (["13:00-13:30"], ["9 09:00 - 9 13:00", "9 13:30 - 9 18:00"]),
        (["09:00-09:30"], ["9 09:30 - 9 18:00"]),
        (["17:45-18:30"], ["9 09:00 - 9 17:45"]),
        (
            ["13:00-13:30", "11:00-11:10"],
            ["9 09:00 - 9 11:00", "9 11:10 - 9 13:00", "9 13:30 - 9 18:00"],
        ),
        (["08:00-19:00"], []),
    ],
)
def test_breaks_are_not_worked(breaks: list[str], left: list[str]) -> None:
    assert shifts([weekly(1, "09:00-18:00", *breaks)]) == left


def test_a_break_after_midnight_is_on_the_clock_of_the_shift() -> None:
    night = [weekly(1, "20:00-28:00", "24:30-25:00")]

    assert shifts(night) == ["9 20:00 - 10 00:30"]
    assert shifts(night, on=WEDNESDAY) == ["9 20:00 - 10 00:30", "10 01:00 - 10 04:00"]


@pytest.mark.parametrize(
    ("absence", "left"),
    [
        (off(TUESDAY, "12:00", TUESDAY, "14:00"), ["9 09:00 - 9 12:00", "9 14:00 - 9 18:00"]),
        (off(TUESDAY, "00:00", TUESDAY, "24:00"), []),
        (off(MONDAY, "15:00", TUESDAY, "10:00"), ["9 10:00 - 9 18:00"]),
        (off(TUESDAY, "17:00", date(2026, 6, 30), "12:00"), ["9 09:00 - 9 17:00"]),
        (off(WEDNESDAY, "00:00", WEDNESDAY, "24:00"), ["9 09:00 - 9 18:00"]),
        (off(date(2020, 1, 1), "00:00", date(2030, 1, 1), "00:00"), []),
    ],
)
def test_time_off_is_not_worked(absence: TimeOff, left: list[str]) -> None:
    assert shifts([weekly(1, "09:00-18:00")], absence) == left


def test_time_off_takes_from_the_night_shift_too() -> None:
    wednesday_off = off(WEDNESDAY, "00:00", WEDNESDAY, "24:00")

    assert shifts([weekly(1, "20:00-26:00")], wednesday_off) == ["9 20:00 - 10 00:00"]


# Clocks that change


@pytest.mark.parametrize("hours", ["09:00-18:00", "00:00-24:00"])
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (NEW_YORK, date(2026, 3, 8)),
        (NEW_YORK, date(2026, 11, 1)),
        (NEW_YORK, date(2027, 3, 14)),
        (NEW_YORK, date(2027, 11, 7)),
        (LONDON, date(2026, 3, 29)),
        (LONDON, date(2026, 10, 25)),
        (LONDON, date(2027, 3, 28)),
        (LONDON, date(2027, 10, 31)),
        (SYDNEY, date(2026, 4, 5)),
        (SYDNEY, date(2026, 10, 4)),
        (SYDNEY, date(2027, 4, 4)),
        (SYDNEY, date(2027, 10, 3)),
        (LORD_HOWE, date(2026, 4, 5)),
        (LORD_HOWE, date(2026, 10, 4)),
        (KOLKATA, date(2026, 3, 8)),
    ],
)
def test_hours_stay_on_the_clock_when_it_changes(zone: ZoneInfo, day: date, hours: str) -> None:
    pattern = single(day, hours)
    [span] = open_spans([pattern], (), day, day, zone)

    assert span == (tick_at(day, pattern.from_minute, zone), tick_at(day, pattern.to_minute, zone))
    assert (hours == "09:00-18:00") is (span.end - span.start == 9 * 12)


@pytest.mark.parametrize(
    ("day", "hours", "expected", "real_minutes"),
    [
        # 02:00 becomes 03:00: the night is an hour short, and times in between are read later.
        (date(2026, 3, 8), "00:00-06:00", "8 00:00 - 8 06:00", 300),
        (date(2026, 3, 8), "02:30-05:00", "8 03:30 - 8 05:00", 90),
        (date(2026, 3, 7), "22:00-28:00", "7 22:00 - 8 04:00", 300),
        # 02:00 becomes 01:00: the night is an hour long, and 01:30 is the first one.
        (date(2026, 11, 1), "00:00-06:00", "1 00:00 - 1 06:00", 420),
        (date(2026, 11, 1), "01:30-05:00", "1 01:30 - 1 05:00", 270),
        (date(2026, 11, 1), "00:00-01:30", "1 00:00 - 1 01:30", 90),
        (date(2026, 10, 31), "22:00-28:00", "31 22:00 - 1 04:00", 420),
    ],
)
def test_a_night_is_as_long_as_the_clocks_make_it(
    day: date, hours: str, expected: str, real_minutes: int
) -> None:
    spans = open_spans([single(day, hours)], (), day, day, NEW_YORK)

    assert shown(spans) == [expected]
    assert sum(end - start for start, end in spans) * 5 == real_minutes


def test_a_range_that_the_clocks_skip_is_empty() -> None:
    assert hours_on([single(date(2026, 3, 8), "02:30-03:00")], date(2026, 3, 8)) == []


@QUICK
@given(
    st.sampled_from([NEW_YORK, LONDON, SYDNEY, KOLKATA, LORD_HOWE]),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(
        st.builds(
            Pattern,
            from_minute=st.integers(0, 287).map(lambda tick: 5 * tick),
            to_minute=st.integers(0, 400).map(lambda tick: 5 * tick),
            weekday=st.integers(0, 6),
        ),
        max_size=8,
    ),
)
def test_a_long_look_says_of_each_day_what_a_short_one_says(
    zone: ZoneInfo, first_on: date, patterns: list[Pattern]
) -> None:
    days = [first_on + timedelta(days=n) for n in range(10)]
    whole = open_spans(patterns, (), days[0], days[-1], zone)

    for day in days:
        midnight, next_midnight = tick_at(day, 0, zone), tick_at(day, 24 * 60, zone)
        touching = {s for s in whole if s.start < next_midnight and s.end > midnight}
        near = open_spans(patterns, (), day, day, zone)
        assert [tick for s in near for tick in range(*s) if midnight <= tick < next_midnight] == [
            tick for s in sorted(touching) for tick in range(*s) if midnight <= tick < next_midnight
        ]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_raise_nothing(day: date) -> None:
    assert len(open_spans(every_day("09:00-18:00"), (), day, day, NEW_YORK)) == 1
