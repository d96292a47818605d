"""The rules of booking an hour, each with the last case it allows and the first it refuses."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from spa.domain.availability import (
    RULES,
    Allocation,
    Facts,
    Person,
    Policy,
    Reason,
    Session,
    Step,
    Thing,
    allocate,
    claims_of,
    free_starts,
    refusals,
)
from spa.domain.spans import Span, day_span, intersect, local_time, moment_of, tick_at, tick_of

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
SYDNEY, KOLKATA = ZoneInfo("Australia/Sydney"), ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")

DAY = date(2026, 6, 9)
POLICY = Policy(notice_minutes=120, horizon_days=180, grid_minutes=15)

SETTLE, NUMB = Step("settle", 10), Step("numb", 20, needs_practitioner=False)
NEEDLE, CALM = Step("needle", 20), Step("calm", 10)
HOUR = Session((SETTLE, NUMB, NEEDLE, CALM), turnover_minutes=15)
CHECK = Session((Step("check", 15),), turnover_minutes=5, is_hands_on=False)
LED = Session((SETTLE, Step("glow", 20, needs_device=True), CALM), turnover_minutes=10)


def at(clock: str, day: date = DAY, zone: ZoneInfo = NEW_YORK) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return moment_of(tick_at(day, hour * 60 + minute, zone))


def spans(*ranges: str, day: date = DAY, zone: ZoneInfo = NEW_YORK) -> tuple[Span, ...]:
    pairs = (each.split("-") for each in ranges)
    return tuple(Span(tick_of(at(a, day, zone)), tick_of(at(b, day, zone))) for a, b in pairs)


def person(id: int = 1, **known: Any) -> Person:
    defaults = {"slug": f"p{id}", "name": f"P {id}", "on_shift": spans("09:00-18:00")}
    return Person(id=id, **{**defaults, **known})


def room(id: int = 11, **known: Any) -> Thing:
    return Thing(id=id, name=f"Room {id}", **known)


def device(id: int = 21, **known: Any) -> Thing:
    return Thing(id=id, name=f"Device {id}", **known)


def facts(**known: Any) -> Facts:
    defaults = {
        "now": at("09:00", DAY - timedelta(days=1)),
        "zone": NEW_YORK,
        "first_on": DAY,
        "last_on": DAY,
        "open": spans("09:00-18:00"),
        "session": HOUR,
        "people": (person(),),
        "rooms": (room(),),
    }
    return Facts(**{**defaults, **known})


def offered(known: Facts, policy: Policy = POLICY) -> list[str]:
    starts = free_starts(known, policy)
    return [f"{local_time(moment_of(tick), known.zone):%H:%M}" for tick, _ in starts]


def chosen(known: Facts, clock: str, policy: Policy = POLICY) -> int | None:
    """Who is chosen for a start; the list and the single answer must agree."""
    allocation = allocate(at(clock), known, policy)
    listed = {tick: who.id for tick, who in free_starts(known, policy)}
    who = allocation and allocation.person.id
    assert listed.get(tick_of(at(clock))) == who
    return who


def assert_answers(
    known: Facts, start: datetime, *expected: Reason, policy: Policy = POLICY
) -> None:
    """The reasons, the list and the allocation say the same about a start."""
    assert refusals(start, known, policy) == expected
    assert (tick_of(start) in {tick for tick, _ in free_starts(known, policy)}) is (not expected)
    assert (allocate(start, known, policy) is not None) is (not expected)


def with_booking(known: Facts, start: datetime, allocation: Allocation) -> Facts:
    """The facts after a visit has been booked."""
    claims = claims_of(start, known.session, allocation)

    def busy(holder: Any) -> Any:
        taken = tuple(span for id, span in claims if id == holder.id)
        return replace(holder, busy=(*holder.busy, *taken))

    return replace(
        known,
        people=tuple(map(busy, known.people)),
        rooms=tuple(map(busy, known.rooms)),
        devices=tuple(map(busy, known.devices)),
    )


# The house's rules


@pytest.mark.parametrize(
    ("now", "notice", "expected"),
    [
        ("08:00", 120, ()),  # exactly the notice
        ("08:01", 120, (Reason.TOO_SOON,)),
        ("10:00", 120, (Reason.TOO_SOON,)),  # now, which is not the past
        ("10:00", 0, ()),
        ("10:01", 120, (Reason.IN_THE_PAST,)),
        ("10:01", 0, (Reason.IN_THE_PAST,)),
        ("10:01", -60, (Reason.IN_THE_PAST,)),
    ],
)
def test_notice_is_given(now: str, notice: int, expected: tuple[Reason, ...]) -> None:
    hour, minute = map(int, now.split(":"))
    known = facts(now=at("00:00") + timedelta(hours=hour, minutes=minute))

    assert_answers(known, at("10:00"), *expected, policy=replace(POLICY, notice_minutes=notice))


def test_a_second_past_the_notice_is_too_soon() -> None:
    known = facts(now=at("08:00") + timedelta(seconds=1))

    assert_answers(known, at("10:00"), Reason.TOO_SOON)
    assert_answers(known, at("10:15"))


@pytest.mark.parametrize(
    ("today", "now", "expected"),
    [
        (DAY - timedelta(days=7), "00:00", ()),
        (DAY - timedelta(days=7), "23:55", ()),
        (DAY - timedelta(days=8), "23:55", (Reason.TOO_FAR,)),
    ],
)
def test_the_horizon_counts_calendar_days_at_the_place(
    today: date, now: str, expected: tuple[Reason, ...]
) -> None:
    policy = replace(POLICY, horizon_days=7)

    assert_answers(facts(now=at(now, today)), at("09:00"), *expected, policy=policy)
    assert_answers(facts(now=at(now, today)), at("17:00"), *expected, policy=policy)


@pytest.mark.parametrize(
    ("clock", "grid", "expected"),
    [
        ("10:15", 15, ()),
        ("10:10", 15, (Reason.OFF_GRID,)),
        ("10:10", 5, ()),
        ("10:40", 20, ()),
        ("10:45", 20, (Reason.OFF_GRID,)),
        ("10:30", 90, ()),  # counted from midnight, not from the hour
        ("10:00", 90, (Reason.OFF_GRID,)),
        ("10:30", 7, ()),  # 630 is a multiple of seven and of five
        ("10:35", 7, (Reason.OFF_GRID,)),
    ],
)
def test_a_visit_starts_on_the_grid(clock: str, grid: int, expected: tuple[Reason, ...]) -> None:
    assert_answers(facts(), at(clock), *expected, policy=replace(POLICY, grid_minutes=grid))


@pytest.mark.parametrize(
    "beside", [timedelta(seconds=1), timedelta(microseconds=1), -timedelta(minutes=1)]
)
def test_a_start_beside_its_tick_is_off_the_grid(beside: timedelta) -> None:
    start = at("10:00") + beside

    assert refusals(start, facts(), POLICY) == (Reason.OFF_GRID,)
    assert allocate(start, facts(), POLICY) is None


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("08:45", (Reason.CLOSED, Reason.NOT_ON_SHIFT)),
        ("09:00", ()),
        ("17:00", ()),  # ends at closing; the room is cleaned after it
        ("17:15", (Reason.CLOSED, Reason.NOT_ON_SHIFT)),
    ],
)
def test_a_visit_ends_by_closing(clock: str, expected: tuple[Reason, ...]) -> None:
    assert_answers(facts(), at(clock), *expected)


def test_a_visit_does_not_span_two_openings() -> None:
    known = facts(open=spans("09:00-12:00", "12:15-18:00"))

    assert_answers(known, at("11:00"))
    assert_answers(known, at("11:30"), Reason.CLOSED)
    assert_answers(known, at("12:15"))


def test_openings_that_touch_are_one() -> None:
    assert_answers(facts(open=spans("12:00-18:00", "09:00-12:00")), at("11:30"))


def test_a_day_without_hours_offers_nothing() -> None:
    assert_answers(facts(open=()), at("10:00"), Reason.CLOSED)


# The practitioner's rules


@pytest.mark.parametrize(
    ("on_shift", "expected"),
    [
        (("10:00-11:00",), ()),
        (("10:00-10:55",), (Reason.NOT_ON_SHIFT,)),
        (("10:05-11:00",), (Reason.NOT_ON_SHIFT,)),
        (("09:00-10:10", "10:30-12:00"), ()),  # a break while the cream works
        (("09:00-10:05", "10:30-12:00"), (Reason.NOT_ON_SHIFT,)),
        (("09:00-10:10", "10:35-12:00"), (Reason.NOT_ON_SHIFT,)),
        ((), (Reason.NOT_ON_SHIFT,)),
    ],
)
def test_a_practitioner_is_on_shift_for_the_steps_that_need_them(
    on_shift: tuple[str, ...], expected: tuple[Reason, ...]
) -> None:
    assert_answers(facts(people=(person(on_shift=spans(*on_shift)),)), at("10:00"), *expected)


def test_the_turnover_may_lie_after_the_shift() -> None:
    session = replace(HOUR, turnover_needs_practitioner=True)
    known = facts(session=session, people=(person(on_shift=spans("10:00-11:00")),))

    assert_answers(known, at("10:00"))


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, ()),
        (DAY + timedelta(days=1), ()),
        (DAY, ()),
        (DAY - timedelta(days=1), (Reason.NOT_CERTIFIED,)),
    ],
)
def test_a_certificate_is_valid_on_the_day_of_the_visit(
    until: date | None, expected: tuple[Reason, ...]
) -> None:
    assert_answers(facts(people=(person(certified_until=until),)), at("10:00"), *expected)


def test_a_certificate_ends_with_the_day_at_the_place_not_in_utc() -> None:
    late = spans("19:00-22:00")
    known = facts(open=late, people=(person(on_shift=late, certified_until=DAY),))

    assert at("21:00").astimezone(UTC).date() == DAY + timedelta(days=1)
    assert_answers(known, at("21:00"))


def test_a_certificate_that_ends_between_two_days_counts_for_the_first() -> None:
    days = [DAY, DAY + timedelta(days=1)]
    both = tuple(span for day in days for span in spans("10:00-11:00", day=day))
    known = facts(open=both, people=(person(on_shift=both, certified_until=DAY),), last_on=days[1])

    assert [tick for tick, _ in free_starts(known, POLICY)] == [both[0].start]
    assert_answers(known, at("10:00", days[0]))
    assert_answers(known, at("10:00", days[1]), Reason.NOT_CERTIFIED)


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        ("09:00-10:00", ()),
        ("09:00-10:05", (Reason.PRACTITIONER_BUSY,)),
        ("10:10-10:30", ()),  # somebody else, while the cream works
        ("10:05-10:15", (Reason.PRACTITIONER_BUSY,)),
        ("10:25-10:35", (Reason.PRACTITIONER_BUSY,)),
        ("10:55-11:30", (Reason.PRACTITIONER_BUSY,)),
        ("11:00-11:30", ()),
    ],
)
def test_a_practitioner_sees_one_client_at_a_time(busy: str, expected: tuple[Reason, ...]) -> None:
    assert_answers(facts(people=(person(busy=spans(busy)),)), at("10:00"), *expected)


@pytest.mark.parametrize(
    ("busy", "expected"), [("11:15-11:30", ()), ("11:10-11:30", (Reason.PRACTITIONER_BUSY,))]
)
def test_a_practitioner_who_cleans_is_busy_until_the_room_is_ready(
    busy: str, expected: tuple[Reason, ...]
) -> None:
    session = replace(HOUR, turnover_needs_practitioner=True)
    known = facts(session=session, people=(person(busy=spans(busy)),))

    assert_answers(known, at("10:00"), *expected)


@pytest.mark.parametrize(
    ("sessions", "maximum", "session", "expected"),
    [
        (4, 5, HOUR, ()),
        (5, 5, HOUR, (Reason.DAY_FULL,)),
        (6, 5, HOUR, (Reason.DAY_FULL,)),
        (6, None, HOUR, ()),
        (5, 5, CHECK, ()),  # nothing hands-on
        (0, 0, HOUR, (Reason.DAY_FULL,)),
    ],
)
def test_a_practitioner_has_a_daily_maximum(
    sessions: int, maximum: int | None, session: Session, expected: tuple[Reason, ...]
) -> None:
    who = person(sessions_on={DAY: sessions}, daily_maximum=maximum)

    assert_answers(facts(session=session, people=(who,)), at("10:00"), *expected)


def test_the_day_before_does_not_count_towards_the_daily_maximum() -> None:
    who = person(
        sessions_on={DAY - timedelta(days=1): 9, DAY + timedelta(days=1): 9}, daily_maximum=5
    )

    assert_answers(facts(people=(who,)), at("10:00"))


def test_a_practitioner_whose_maximum_is_none_at_all_gives_no_session() -> None:
    assert_answers(facts(people=(person(daily_maximum=0),)), at("10:00"), Reason.DAY_FULL)


# Rooms and devices


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        ("09:00-10:00", ()),
        ("09:00-10:05", (Reason.NO_ROOM,)),
        ("10:10-10:30", (Reason.NO_ROOM,)),  # the client is still in it
        ("11:10-12:00", (Reason.NO_ROOM,)),  # it is being cleaned
        ("11:15-12:00", ()),
    ],
)
def test_a_room_is_taken_until_it_is_clean(busy: str, expected: tuple[Reason, ...]) -> None:
    assert_answers(facts(rooms=(room(busy=spans(busy)),)), at("10:00"), *expected)


@pytest.mark.parametrize(
    ("rooms", "expected"),
    [
        ((), (Reason.NO_ROOM,)),
        ((room(certified_until=DAY),), ()),
        ((room(certified_until=DAY - timedelta(days=1)),), (Reason.NO_ROOM,)),
        ((room(certified_until=DAY - timedelta(days=1)), room(12)), ()),
        ((room(busy=spans("10:00-11:00")), room(12)), ()),
        # Half a visit in each room is no visit.
        (
            (room(11, busy=spans("10:30-12:00")), room(12, busy=spans("09:00-10:30"))),
            (Reason.NO_ROOM,),
        ),
    ],
)
def test_one_room_serves_the_whole_visit(
    rooms: tuple[Thing, ...], expected: tuple[Reason, ...]
) -> None:
    assert_answers(facts(rooms=rooms), at("10:00"), *expected)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, ()),
        (frozenset({12}), ()),
        (frozenset({11, 12}), ()),
        (frozenset({11}), (Reason.NO_ROOM,)),
        (frozenset({99}), (Reason.NO_ROOM,)),
        (frozenset(), (Reason.NO_ROOM,)),
    ],
)
def test_a_practitioner_works_in_rooms_of_their_own(
    own: frozenset[int] | None, expected: tuple[Reason, ...]
) -> None:
    rooms = (room(11, busy=spans("10:00-11:00")), room(12))

    assert_answers(facts(people=(person(rooms=own),), rooms=rooms), at("10:00"), *expected)


def test_somebody_free_and_some_room_free_is_not_enough() -> None:
    busy = spans("10:00-11:00")
    free_without_a_room = person(1, rooms=frozenset({11}))
    busy_with_a_room = person(2, rooms=frozenset({12}), busy=busy)
    known = facts(
        people=(free_without_a_room, busy_with_a_room), rooms=(room(11, busy=busy), room(12))
    )

    assert_answers(known, at("10:00"), Reason.NO_ROOM)


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ((), (Reason.NO_DEVICE,)),
        ((device(),), ()),
        ((device(busy=spans("10:00-10:10")),), ()),  # in use only from 10:10 to 10:30
        ((device(busy=spans("10:00-10:15")),), (Reason.NO_DEVICE,)),
        ((device(busy=spans("10:30-11:00")),), ()),
        ((device(busy=spans("10:25-11:00")),), (Reason.NO_DEVICE,)),
        ((device(busy=spans("10:00-11:00")), device(22)), ()),
        ((device(certified_until=DAY),), ()),
        ((device(certified_until=DAY - timedelta(days=1)),), (Reason.NO_DEVICE,)),
        (
            (device(21, busy=spans("10:20-10:30")), device(22, busy=spans("10:10-10:20"))),
            (Reason.NO_DEVICE,),
        ),
    ],
)
def test_a_device_is_shared_one_visit_at_a_time(
    devices: tuple[Thing, ...], expected: tuple[Reason, ...]
) -> None:
    assert_answers(facts(session=LED, devices=devices), at("10:00"), *expected)


def test_a_session_without_a_device_does_not_ask_for_one() -> None:
    assert_answers(facts(devices=()), at("10:00"))
    assert_answers(facts(devices=(device(busy=spans("09:00-18:00")),)), at("10:00"))


# Several reasons, several people


def test_every_rule_says_itself_in_a_sentence() -> None:
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES)
    assert len({rule.__doc__ for rule in RULES}) == len(RULES)


def test_the_houses_own_reasons_come_first() -> None:
    who = person(
        on_shift=(),
        busy=spans("09:00-18:00"),
        certified_until=date(2020, 1, 1),
        sessions_on={DAY: 5},
        daily_maximum=5,
    )
    known = facts(now=at("08:05"), session=LED, open=(), people=(who,), rooms=())

    assert refusals(
        at("10:00") + timedelta(seconds=1), known, replace(POLICY, horizon_days=-1)
    ) == (
        Reason.TOO_SOON,
        Reason.TOO_FAR,
        Reason.OFF_GRID,
        Reason.CLOSED,
        Reason.NOT_ON_SHIFT,
        Reason.NOT_CERTIFIED,
        Reason.PRACTITIONER_BUSY,
        Reason.DAY_FULL,
        Reason.NO_ROOM,
        Reason.NO_DEVICE,
    )


def test_without_anybody_there_is_no_practitioner() -> None:
    assert_answers(facts(people=()), at("10:00"), Reason.NO_PRACTITIONER)
    assert_answers(facts(people=()), at("10:10"), Reason.OFF_GRID, Reason.NO_PRACTITIONER)


def test_of_several_people_the_one_with_the_fewest_reasons_speaks() -> None:
    away = person(1, on_shift=(), certified_until=date(2020, 1, 1))
    busy = person(2, busy=spans("10:00-11:00"))
    full = person(3, sessions_on={DAY: 5}, daily_maximum=5)

    assert_answers(facts(people=(away, busy)), at("10:00"), Reason.PRACTITIONER_BUSY)
    assert_answers(facts(people=(away, full, busy)), at("10:00"), Reason.DAY_FULL)
    assert_answers(facts(people=(away, busy, full, person(4))), at("10:00"))


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (datetime.min.replace(tzinfo=UTC), Reason.IN_THE_PAST),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), Reason.IN_THE_PAST),
        (datetime.max.replace(tzinfo=UTC), Reason.TOO_FAR),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))), Reason.TOO_FAR),
        (datetime(9999, 12, 31, 23, 45, tzinfo=NEW_YORK), Reason.TOO_FAR),
        (datetime(1, 1, 1, tzinfo=SYDNEY), Reason.IN_THE_PAST),
    ],
)
def test_an_absurd_start_is_refused_calmly(start: datetime, reason: Reason) -> None:
    assert refusals(start, facts(), POLICY)[0] is reason
    assert allocate(start, facts(), POLICY) is None


def test_an_absurd_horizon_and_notice_raise_nothing() -> None:
    assert offered(facts(), Policy(notice_minutes=0, horizon_days=10**12, grid_minutes=60))
    assert not offered(facts(), Policy(notice_minutes=10**7, horizon_days=180, grid_minutes=60))


def test_a_session_takes_time() -> None:
    with pytest.raises(ValueError, match="takes time"):
        Session(())


# The list


def test_every_quarter_of_an_hour_is_offered_that_fits_the_day() -> None:
    times = offered(facts())

    assert (times[0], times[1], times[-1], len(times)) == ("09:00", "09:15", "17:00", 33)


def test_days_are_listed_in_order() -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    everywhen = tuple(span for day in days for span in spans("09:00-11:00", day=day))
    known = facts(open=everywhen, people=(person(on_shift=everywhen),), last_on=days[-1])

    listed = [local_time(moment_of(tick), NEW_YORK) for tick, _ in free_starts(known, POLICY)]
    assert listed == sorted(listed)
    assert {moment.date() for moment in listed} == set(days)


def test_no_days_have_no_starts() -> None:
    assert free_starts(facts(last_on=DAY - timedelta(days=1)), POLICY) == []


def test_a_visit_may_run_past_midnight() -> None:
    night = (Span(tick_at(DAY, 20 * 60, NEW_YORK), tick_at(DAY, 26 * 60, NEW_YORK)),)
    known = facts(open=night, people=(person(on_shift=night),))

    assert offered(known)[-1] == "23:45"
    assert offered(
        replace(known, first_on=DAY + timedelta(days=1), last_on=DAY + timedelta(days=1))
    ) == [
        "00:00",
        "00:15",
        "00:30",
        "00:45",
        "01:00",
    ]


def test_what_is_taken_after_midnight_counts_for_the_last_visit() -> None:
    night = (Span(tick_at(DAY, 20 * 60, NEW_YORK), tick_at(DAY, 26 * 60, NEW_YORK)),)
    cleaning = (Span(tick_at(DAY, 24 * 60 + 30, NEW_YORK), tick_at(DAY, 25 * 60, NEW_YORK)),)
    known = facts(open=night, people=(person(on_shift=night),), rooms=(room(busy=cleaning),))

    assert offered(known)[-1] == "23:15"


# Zone, day, and the half-hours that its clocks show around the change.
NIGHTS = [
    (NEW_YORK, date(2026, 3, 8), "01:30 03:00 03:30"),
    (NEW_YORK, date(2026, 11, 1), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (NEW_YORK, date(2027, 3, 14), "01:30 03:00 03:30"),
    (NEW_YORK, date(2027, 11, 7), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (LONDON, date(2026, 3, 29), "00:30 02:00 02:30 03:00 03:30"),
    (LONDON, date(2026, 10, 25), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (LONDON, date(2027, 3, 28), "00:30 02:00 02:30 03:00 03:30"),
    (LONDON, date(2027, 10, 31), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (SYDNEY, date(2026, 4, 5), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (SYDNEY, date(2026, 10, 4), "01:30 03:00 03:30"),
    (SYDNEY, date(2027, 4, 4), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (SYDNEY, date(2027, 10, 3), "01:30 03:00 03:30"),
    (LORD_HOWE, date(2026, 4, 5), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (LORD_HOWE, date(2026, 10, 4), "01:30 02:30 03:00 03:30"),
    (KOLKATA, date(2026, 3, 8), "01:00 01:30 02:00 02:30 03:00 03:30"),
    (KOLKATA, date(2026, 11, 1), "01:00 01:30 02:00 02:30 03:00 03:30"),
]


def night(zone: ZoneInfo, day: date) -> Facts:
    around = (Span(tick_at(day, -240, zone), tick_at(day, 1680, zone)),)
    return facts(
        now=at("00:00", day - timedelta(days=2), zone),
        zone=zone,
        first_on=day,
        last_on=day,
        open=around,
        session=CHECK,
        people=(person(on_shift=around),),
    )


@pytest.mark.parametrize(("zone", "day", "times"), NIGHTS, ids=[f"{z} {d}" for z, d, _ in NIGHTS])
def test_each_wall_time_of_a_night_of_change_is_offered_once_or_not_at_all(
    zone: ZoneInfo, day: date, times: str
) -> None:
    listed = offered(night(zone, day), replace(POLICY, grid_minutes=30))

    assert len(set(listed)) == len(listed)
    assert " ".join(clock for clock in listed if "00:00" < clock < "04:00").endswith(times)


@pytest.mark.parametrize(("zone", "day", "times"), NIGHTS, ids=[f"{z} {d}" for z, d, _ in NIGHTS])
def test_listing_a_night_of_change_is_the_same_as_asking_tick_by_tick(
    zone: ZoneInfo, day: date, times: str
) -> None:
    known = night(zone, day)

    assert [tick for tick, _ in free_starts(known, POLICY)] == [
        tick for tick in range(*day_span(day, zone)) if not refusals(moment_of(tick), known, POLICY)
    ]


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        (NEW_YORK, date(2026, 11, 1), "01:30"),
        (NEW_YORK, date(2027, 11, 7), "01:30"),
        (LONDON, date(2026, 10, 25), "01:30"),
        (SYDNEY, date(2026, 4, 5), "02:30"),
        (LORD_HOWE, date(2026, 4, 5), "01:30"),
    ],
)
def test_the_second_time_round_is_off_the_grid(zone: ZoneInfo, day: date, clock: str) -> None:
    first = at(clock, day, zone)
    second = first + timedelta(minutes=30 if zone is LORD_HOWE else 60)

    assert first.astimezone(zone).time() == second.astimezone(zone).time()
    assert_answers(night(zone, day), first)
    assert_answers(night(zone, day), second, Reason.OFF_GRID)


def test_notice_is_real_time_also_in_the_places_own_zone() -> None:
    half_past_one = datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK)
    known = replace(night(NEW_YORK, half_past_one.date()), now=half_past_one)

    assert_answers(known, datetime(2026, 3, 8, 4, 15, tzinfo=NEW_YORK), Reason.TOO_SOON)
    assert_answers(known, datetime(2026, 3, 8, 4, 30, tzinfo=NEW_YORK))


# While the cream works


SCAR = Session((SETTLE, Step("numb", 35, needs_practitioner=False), NEEDLE, CALM), 15)


def test_a_check_fits_inside_another_clients_numbing() -> None:
    known = facts(session=SCAR, rooms=(room(11), room(12)))
    first = allocate(at("10:00"), known, POLICY)
    assert first is not None

    inside = replace(with_booking(known, at("10:00"), first), session=CHECK)
    second = allocate(at("10:15"), inside, POLICY)
    assert second is not None
    assert (second.person.id, first.room.id, second.room.id) == (1, 11, 12)
    # The first client is numbing from 10:10 to 10:45, and with the practitioner until 11:15.
    morning = [clock for clock in offered(inside) if clock < "11:30"]
    assert morning == ["09:00", "09:15", "09:30", "09:45", "10:15", "10:30", "11:15"]


@pytest.mark.parametrize(
    ("session", "rooms", "expected"),
    [
        (CHECK, (room(11), room(12)), ()),
        (CHECK, (room(11),), (Reason.NO_ROOM,)),
        (Session((Step("consult", 30),), 5), (room(11), room(12)), ()),
        (Session((Step("consult", 35),), 5), (room(11), room(12)), (Reason.PRACTITIONER_BUSY,)),
        (replace(CHECK, turnover_minutes=20), (room(11), room(12)), ()),
        (
            replace(CHECK, turnover_minutes=20, turnover_needs_practitioner=True),
            (room(11), room(12)),
            (Reason.PRACTITIONER_BUSY,),
        ),
    ],
)
def test_what_fits_inside_a_numbing(
    session: Session, rooms: tuple[Thing, ...], expected: tuple[Reason, ...]
) -> None:
    known = facts(session=SCAR, rooms=rooms)
    first = allocate(at("10:00"), known, POLICY)
    assert first is not None

    inside = replace(with_booking(known, at("10:00"), first), session=session)
    assert_answers(inside, at("10:15"), *expected)


# Who is chosen


def test_the_practitioner_of_last_time_comes_first() -> None:
    people = (person(1), person(2, busy=spans("11:15-12:00"), sessions_on={DAY: 4}))

    assert chosen(facts(people=people), "10:00") == 1
    assert chosen(facts(people=people, preferred=2), "10:00") == 2
    assert chosen(facts(people=people, preferred=2), "11:15") == 1
    assert chosen(facts(people=people, preferred=99), "10:00") == 1


@pytest.mark.parametrize(
    ("first_busy", "second_busy", "who"),
    [
        # Gaps before: the first would be left half an hour, the second none.
        ("09:00-09:30", "09:00-10:00", 2),
        ("09:00-09:30", "09:30-10:00", 2),
        # An hour is of use to the next client.
        ("09:00-09:05", "09:30-10:00", 2),
        ("14:00-15:00", "09:00-10:00", 1),
        # Gaps after.
        ("11:30-12:00", "11:00-12:00", 2),
        ("11:55-12:30", "12:00-12:30", 2),
        ("12:00-12:30", "11:55-12:30", 1),
    ],
)
def test_then_the_one_left_the_fewest_useless_gaps(
    first_busy: str, second_busy: str, who: int
) -> None:
    people = (person(1, busy=spans(first_busy)), person(2, busy=spans(second_busy)))

    assert chosen(facts(people=people), "10:00") == who


def test_the_edge_of_a_shift_leaves_a_gap_too() -> None:
    people = (person(1, on_shift=spans("09:30-18:00")), person(2, on_shift=spans("10:00-18:00")))

    assert chosen(facts(people=people), "10:00") == 2
    assert chosen(facts(people=people), "11:00") == 1


def test_one_useless_gap_is_better_than_two() -> None:
    two = person(1, busy=spans("09:00-09:30", "11:30-12:00"))
    one = person(2, busy=spans("09:00-10:00", "11:30-12:00"), sessions_on={DAY: 3})

    assert chosen(facts(people=(two, one)), "10:00") == 2


def test_two_useless_gaps_are_better_than_no_visit() -> None:
    two = person(1, busy=spans("09:00-09:30", "11:30-12:00"))

    assert chosen(facts(people=(two,)), "10:00") == 1


def test_a_gap_is_counted_from_when_the_practitioner_comes() -> None:
    session = Session((Step("numb", 30, needs_practitioner=False), NEEDLE, CALM))
    gap = person(1, busy=spans("09:00-10:00"))
    no_gap = person(2, busy=spans("09:30-10:30"))

    assert chosen(facts(session=session, people=(gap, no_gap)), "10:00") == 2


def test_then_the_one_with_the_fewest_bookings_that_day() -> None:
    other_day = DAY + timedelta(days=1)
    people = (
        person(1, sessions_on={DAY: 2}),
        person(2, sessions_on={DAY: 1, other_day: 9}),
        person(3, sessions_on={DAY: 1}),
    )

    assert chosen(facts(people=people), "10:00") == 2
    assert chosen(facts(people=(*people, person(4, sessions_on={other_day: 1}))), "10:00") == 4


def test_then_the_one_named_first() -> None:
    assert chosen(facts(people=(person(7), person(3))), "10:00") == 7


def test_cleaning_that_the_practitioner_does_is_part_of_what_they_are_left() -> None:
    session = replace(HOUR, turnover_needs_practitioner=True)
    people = (person(1, busy=spans("11:30-12:00")), person(2, busy=spans("11:15-12:00")))

    assert chosen(facts(session=session, people=people), "10:00") == 2


def test_the_room_left_the_fewest_useless_gaps_is_taken() -> None:
    rooms = (room(11), room(12, busy=spans("09:30-10:00")), room(13, busy=spans("09:00-10:00")))

    allocation = allocate(at("10:00"), facts(rooms=rooms), POLICY)
    assert allocation is not None and allocation.room.id == 11

    allocation = allocate(at("09:30"), facts(rooms=rooms), POLICY)
    assert allocation is not None and allocation.room.id == 11

    pair = (room(11, busy=spans("11:30-12:00")), room(12, busy=spans("11:15-12:00")))
    allocation = allocate(at("10:00"), facts(rooms=pair), POLICY)
    assert allocation is not None and allocation.room.id == 12


def test_the_first_free_device_is_taken() -> None:
    devices = (device(21, busy=spans("10:00-11:00")), device(22), device(23))

    allocation = allocate(at("10:00"), facts(session=LED, devices=devices), POLICY)
    assert allocation is not None and allocation.device is devices[1]


# What is taken


def claimed(session: Session, device: Thing | None = None) -> dict[int, list[str]]:
    allocation = Allocation(person(), room(), device)
    taken: dict[int, list[str]] = {}
    for id, span in claims_of(at("10:00"), session, allocation):
        ends = [f"{local_time(moment_of(tick), NEW_YORK):%H:%M}" for tick in span]
        taken.setdefault(id, []).append("-".join(ends))
    return taken


@pytest.mark.parametrize(
    ("session", "who", "what"),
    [
        (HOUR, ["10:00-10:10", "10:30-11:00"], ["10:00-11:15"]),
        (
            replace(HOUR, turnover_needs_practitioner=True),
            ["10:00-10:10", "10:30-11:15"],
            ["10:00-11:15"],
        ),
        (
            Session((SETTLE, NUMB), 15, turnover_needs_practitioner=True),
            ["10:00-10:10", "10:30-10:45"],
            ["10:00-10:45"],
        ),
        (CHECK, ["10:00-10:15"], ["10:00-10:20"]),
        (Session((NUMB,)), [], ["10:00-10:20"]),
        # Minutes between ticks take the ticks they touch.
        (
            Session((Step("a", 7), NUMB, Step("b", 6)), 1),
            ["10:00-10:10", "10:25-10:35"],
            ["10:00-10:35"],
        ),
    ],
)
def test_a_visit_claims_what_it_really_needs(
    session: Session, who: list[str], what: list[str]
) -> None:
    taken = claimed(session)

    assert taken.get(1, []) == who
    assert taken[11] == what


def test_a_device_is_claimed_only_while_it_is_used() -> None:
    assert claimed(LED, device())[21] == ["10:10-10:30"]


def test_claims_are_sorted() -> None:
    claims = claims_of(at("10:00"), HOUR, Allocation(person(30), room(11), None))

    assert claims == sorted(claims)
    assert [id for id, _ in claims] == [11, 30, 30]


def test_the_runs_of_a_session_are_counted_from_its_start() -> None:
    assert (HOUR.minutes, HOUR.ticks, HOUR.room_ticks) == (60, 12, 15)
    assert HOUR.practitioner_runs == ((0, 2), (6, 6))
    assert LED.device_runs == ((2, 4),)
    assert HOUR.device_runs == ()


# Worlds


WORLDS = settings(max_examples=60, deadline=None, database=None, derandomize=True)

PLACES = [
    *[(zone, day) for zone, day, _ in NIGHTS],
    *[(zone, DAY) for zone in (NEW_YORK, LONDON, SYDNEY, KOLKATA, LORD_HOWE)],
]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Facts, Policy]:
    """A place with people, rooms and devices of every sort, on an ordinary day or one of change."""
    zone, day = draw(st.sampled_from(PLACES))
    midnight, _ = day_span(day, zone)
    dates = st.none() | st.sampled_from([day + timedelta(days=n) for n in (-1, 0, 0, 1)])
    ids = st.frozensets(st.sampled_from([11, 12, 13]), max_size=2)

    def some_spans(longest: int, most: int) -> st.SearchStrategy[tuple[Span, ...]]:
        starts, lengths = st.integers(-24, 300), st.integers(1, longest)
        pairs = st.lists(st.tuples(starts, lengths), max_size=most)
        return pairs.map(lambda each: tuple(Span(midnight + a, midnight + a + n) for a, n in each))

    def person(id: int) -> st.SearchStrategy[Person]:
        return st.builds(
            Person,
            id=st.just(id),
            slug=st.just(f"p{id}"),
            name=st.just(f"P {id}"),
            on_shift=some_spans(200, 3),
            busy=some_spans(20, 4),
            certified_until=dates,
            sessions_on=st.dictionaries(dates.filter(bool), st.integers(0, 3), max_size=2),
            daily_maximum=st.sampled_from([None, None, 0, 1, 3]),
            rooms=st.none() | ids,
        )

    def thing(id: int) -> st.SearchStrategy[Thing]:
        return st.builds(
            Thing,
            id=st.just(id),
            name=st.just(f"T {id}"),
            busy=some_spans(30, 4),
            certified_until=dates,
        )

    steps = st.lists(
        st.builds(
            Step, st.just("step"), st.integers(1, 60), st.booleans(), st.sampled_from([0, 0, 1])
        ),
        min_size=1,
        max_size=4,
    )
    session = draw(
        st.builds(
            Session, steps.map(tuple), st.sampled_from([0, 5, 15]), st.booleans(), st.booleans()
        )
    )
    known = Facts(
        now=moment_of(midnight) + draw(st.integers(-600, 600)) * timedelta(minutes=3, seconds=7),
        zone=zone,
        first_on=day,
        last_on=day + timedelta(days=draw(st.sampled_from([0, 0, 1]))),
        open=draw(some_spans(330, 3)),
        session=session,
        people=tuple(draw(person(id)) for id in range(1, draw(st.integers(0, 4)) + 1)),
        rooms=tuple(draw(thing(id)) for id in range(11, draw(st.integers(10, 13)) + 1)),
        devices=tuple(draw(thing(id)) for id in range(21, draw(st.integers(20, 22)) + 1)),
        preferred=draw(st.sampled_from([None, None, 2])),
    )
    policy = Policy(
        notice_minutes=draw(st.sampled_from([0, 0, 120])),
        horizon_days=draw(st.sampled_from([0, 1, 180])),
        grid_minutes=draw(st.sampled_from([15, 30, 45])),
    )
    return known, policy


def quarters_of(known: Facts) -> Iterable[int]:
    first, last = day_span(known.first_on, known.zone), day_span(known.last_on, known.zone)
    return range(first.start, last.end, 3)


@WORLDS
@given(worlds())
def test_the_list_is_every_start_without_a_refusal(world: tuple[Facts, Policy]) -> None:
    known, policy = world
    listed = dict(free_starts(known, policy))
    event(f"something is free: {bool(listed)}")

    asked = {}
    for tick in quarters_of(known):
        if not refusals(moment_of(tick), known, policy):
            allocation = allocate(moment_of(tick), known, policy)
            asked[tick] = allocation and allocation.person

    assert listed == asked
    assert list(listed) == sorted(listed)


@WORLDS
@given(worlds())
def test_what_is_offered_can_be_booked_from_what_is_free(world: tuple[Facts, Policy]) -> None:
    known, policy = world
    busy = {each.id: each.busy for each in known.people}
    busy |= {each.id: each.busy for each in (*known.rooms, *known.devices)}

    for tick, person in free_starts(known, policy)[:12]:
        start = moment_of(tick)
        allocation = allocate(start, known, policy)
        assert refusals(start, known, policy) == ()
        assert allocation is not None and allocation.person is person
        for id, span in claims_of(start, known.session, allocation):
            assert not intersect([span], busy[id])


@WORLDS
@given(worlds(), st.data())
def test_what_is_booked_is_not_offered_twice(
    world: tuple[Facts, Policy], data: st.DataObject
) -> None:
    known, policy = world
    taken: dict[int, list[Span]] = {}

    for _ in range(4):
        starts = free_starts(known, policy)
        if not starts:
            break
        start = moment_of(data.draw(st.sampled_from([tick for tick, _ in starts])))
        allocation = allocate(start, known, policy)
        assert allocation is not None
        for id, span in claims_of(start, known.session, allocation):
            assert not intersect([span], taken.get(id, []))
            taken.setdefault(id, []).append(span)
        known = with_booking(known, start, allocation)
