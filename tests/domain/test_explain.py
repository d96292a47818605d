"""What stands against an hour, told apart: who or what it is, and until when."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from spa.domain.availability import Facts, Policy, Reason, Session, Step, Thing
from spa.domain.explain import Diary, Hindrance, Obstacle, Use, explained
from spa.domain.spans import Span
from tests.domain.test_availability import DAY, HOUR, NEW_YORK, at, person, room, spans

POLICY = Policy(notice_minutes=120, horizon_days=180, grid_minutes=5)
LED = Session((Step("glow", 20, needs_device=True),), turnover_minutes=0)
INES, ONE, TWO, PEN = 1, 11, 12, 21


def use(hours: str, what: Hindrance = Hindrance.VISIT, words: str = "") -> Use:
    (span,) = spans(hours)
    return Use(span, what, words)


def taken(*hours: str) -> tuple[Use, ...]:
    """A visit, and the cleaning after it when there are two stretches."""
    kinds = (Hindrance.VISIT, Hindrance.CLEANING)
    return tuple(use(each, kind) for each, kind in zip(hours, kinds, strict=False))


def facts(**known: Any) -> Facts:
    """A day of Ines, open nine to seven, with two rooms."""
    defaults: dict[str, Any] = {
        "now": at("08:00", DAY - timedelta(days=1)),
        "zone": NEW_YORK,
        "first_on": DAY,
        "last_on": DAY,
        "open": spans("09:00-19:00"),
        "session": HOUR,
        "people": (person(INES, name="Ines"),),
        "rooms": (room(ONE), room(TWO)),
        "devices": (Thing(PEN, "Pen"),),
    }
    return Facts(**{**defaults, **known})


def why(clock: str, reason: Reason, known: Facts, **diary: Any) -> Obstacle:
    (found,) = explained(at(clock), [reason], known, POLICY, Diary(**diary))
    assert found.reason == reason
    return found


def told(found: Obstacle) -> tuple[Hindrance, str, str]:
    """What, who, and the clock until when."""
    until = f"{found.until.astimezone(NEW_YORK):%H:%M}" if found.until else ""
    return found.what, found.who, until


@pytest.mark.parametrize(
    ("opened", "clock", "what", "until"),
    [
        ("09:00-19:00", "08:55", Hindrance.NOT_YET_OPEN, "09:00"),
        ("09:00-19:00", "18:05", Hindrance.CLOSES, "19:00"),
        ("09:00-19:00", "20:00", Hindrance.CLOSES, "19:00"),
        ("09:00-12:00 14:00-19:00", "11:30", Hindrance.CLOSES, "12:00"),
        ("09:00-12:00 14:00-19:00", "13:00", Hindrance.NOT_YET_OPEN, "14:00"),
        ("", "12:00", Hindrance.SHUT, ""),
    ],
)
def test_the_house_is_shut_or_opens_or_closes(
    opened: str, clock: str, what: Hindrance, until: str
) -> None:
    found = why(clock, Reason.CLOSED, facts(open=spans(*opened.split())))

    assert told(found) == (what, "", until)


def test_closing_says_when_the_visit_would_end() -> None:
    found = why("18:15", Reason.CLOSED, facts())

    assert found.would_end == at("19:15")


def test_another_days_opening_is_not_this_days() -> None:
    yesterday = spans("09:00-19:00", day=DAY - timedelta(days=1))

    assert why("10:00", Reason.CLOSED, facts(open=yesterday)).what == Hindrance.SHUT


@pytest.mark.parametrize(
    ("shift", "clock", "diary", "what", "until"),
    [
        ("09:00-13:00 13:30-18:00", "12:30", {"breaks": "13:00-13:30"}, Hindrance.BREAK, "13:30"),
        ("12:00-18:00", "10:00", {"away": "09:00-12:00"}, Hindrance.AWAY, "12:00"),
        ("10:00-18:00", "09:00", {}, Hindrance.NOT_YET_IN, "10:00"),
        ("09:00-16:00", "15:30", {}, Hindrance.GONE, "16:00"),
        ("09:00-16:00", "17:00", {}, Hindrance.GONE, "16:00"),
        ("09:00-11:00 14:00-18:00", "10:30", {}, Hindrance.NOT_YET_IN, "14:00"),
        ("", "10:00", {}, Hindrance.NOT_IN, ""),
    ],
)
def test_a_practitioner_is_at_a_break_away_not_yet_in_gone_or_not_in(
    shift: str, clock: str, diary: dict[str, str], what: Hindrance, until: str
) -> None:
    known = facts(people=(person(INES, name="Ines", on_shift=spans(*shift.split())),))
    about = {name: {INES: spans(hours)} for name, hours in diary.items()}

    found = why(clock, Reason.NOT_ON_SHIFT, known, **about)

    assert told(found) == (what, "Ines", until)


def test_a_break_while_the_cream_works_is_in_nobodys_way() -> None:
    shift = spans("09:00-13:10", "13:30-18:00")
    known = facts(people=(person(INES, name="Ines", on_shift=shift),))

    found = why("12:25", Reason.NOT_ON_SHIFT, known, breaks={INES: spans("12:35-12:55")})

    assert found.what != Hindrance.BREAK


@pytest.mark.parametrize(
    ("uses", "what", "until"),
    [
        ([use("09:30-10:15")], Hindrance.VISIT, "10:15"),
        ([use("10:30-11:30")], Hindrance.VISIT, "11:30"),
        ([use("09:00-12:00", Hindrance.BLOCK, "Meeting")], Hindrance.BLOCK, "12:00"),
        ([use("09:30-10:05"), use("10:30-11:15")], Hindrance.VISIT, "11:15"),
        ([use("10:10-10:30"), use("10:50-11:30")], Hindrance.VISIT, "11:30"),
    ],
)
def test_a_practitioner_is_taken_by_the_last_thing_that_is_in_the_way(
    uses: list[Use], what: Hindrance, until: str
) -> None:
    found = why("10:00", Reason.PRACTITIONER_BUSY, facts(), uses={INES: tuple(uses)})

    assert told(found) == (what, "Ines", until)


def test_what_a_block_is_for_comes_with_it() -> None:
    uses = {INES: (use("09:00-12:00", Hindrance.BLOCK, "Meeting"),)}

    assert why("10:00", Reason.PRACTITIONER_BUSY, facts(), uses=uses).words == "Meeting"


def test_what_no_diary_knows_is_a_visit_for_as_long_as_it_is_taken() -> None:
    known = facts(people=(person(INES, name="Ines", busy=spans("10:30-11:00")),))

    found = why("10:00", Reason.PRACTITIONER_BUSY, known)

    assert told(found) == (Hindrance.VISIT, "Ines", "11:00")


@pytest.mark.parametrize(
    ("hours", "clock", "what", "until"),
    [
        (("10:00-11:00", "11:00-11:15"), "11:00", Hindrance.CLEANING, "11:15"),
        (("10:00-11:00", "11:00-11:15"), "10:30", Hindrance.VISIT, "11:15"),
        (("10:00-11:00", "11:00-11:15"), "09:30", Hindrance.VISIT, "11:15"),
        (("11:10-12:10", "12:10-12:25"), "10:00", Hindrance.VISIT, "12:25"),
    ],
)
def test_one_room_is_used_or_cleaned_until_then(
    hours: tuple[str, str], clock: str, what: Hindrance, until: str
) -> None:
    known = facts(rooms=(room(ONE),))

    found = why(clock, Reason.NO_ROOM, known, uses={ONE: taken(*hours)})

    assert told(found)[:2] == (what, "Room 11")
    assert told(found)[2] == until


def test_of_several_rooms_the_first_that_is_clean_again_counts() -> None:
    uses = {ONE: taken("10:00-11:00", "11:00-11:15"), TWO: taken("10:00-10:30", "10:30-10:45")}

    found = why("10:15", Reason.NO_ROOM, facts(), uses=uses)

    assert told(found) == (Hindrance.VISIT, "", "10:45")
    assert found.number == 2


def test_only_the_rooms_of_the_practitioner_count() -> None:
    known = facts(people=(person(INES, rooms=frozenset({TWO})),))

    found = why("10:00", Reason.NO_ROOM, known, uses={TWO: taken("10:00-11:00")})

    assert told(found) == (Hindrance.VISIT, "Room 12", "11:00")


@pytest.mark.parametrize(
    ("reason", "without"), [(Reason.NO_ROOM, "rooms"), (Reason.NO_DEVICE, "devices")]
)
def test_where_nothing_suits_that_is_said(reason: Reason, without: str) -> None:
    nothing: dict[str, Any] = {without: ()}
    known = replace(facts(session=LED), **nothing)

    assert why("10:00", reason, known).what == Hindrance.NOBODY_ABLE


def test_a_device_is_in_use_until_then() -> None:
    found = why("10:00", Reason.NO_DEVICE, facts(session=LED), uses={PEN: taken("10:10-10:40")})

    assert told(found) == (Hindrance.VISIT, "Pen", "10:40")


def test_a_device_that_may_not_be_used_any_more_says_since_when() -> None:
    ended = DAY - timedelta(days=1)
    known = facts(session=LED, devices=(Thing(PEN, "Pen", certified_until=ended),))

    found = why("10:00", Reason.NO_DEVICE, known)

    assert found == Obstacle(Reason.NO_DEVICE, Hindrance.EXPIRED, "Pen", on=ended)


def test_of_several_devices_only_those_that_may_be_used_count() -> None:
    ended = Thing(22, "Old pen", certified_until=DAY - timedelta(days=1))
    known = facts(session=LED, devices=(ended, Thing(PEN, "Pen", certified_until=DAY)))

    found = why("10:00", Reason.NO_DEVICE, known, uses={PEN: taken("10:00-10:30")})

    assert told(found) == (Hindrance.VISIT, "Pen", "10:30")


@pytest.mark.parametrize(
    ("reason", "known", "expected"),
    [
        (Reason.TOO_SOON, {}, {"number": 120}),
        (Reason.TOO_FAR, {}, {"number": 180}),
        (Reason.IN_THE_PAST, {}, {}),
        (Reason.OFF_GRID, {}, {}),
        (
            Reason.NOT_CERTIFIED,
            {"certified_until": date(2026, 5, 3)},
            {"who": "Ines", "on": date(2026, 5, 3)},
        ),
        (Reason.DAY_FULL, {"sessions_on": {DAY: 6}}, {"who": "Ines", "number": 6}),
    ],
)
def test_the_other_reasons_carry_what_makes_them_speakable(
    reason: Reason, known: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = why("10:00", reason, facts(people=(person(INES, name="Ines", **known),)))

    assert found == Obstacle(reason, **expected)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_can_be_explained_where_nobody_gives_the_session(reason: Reason) -> None:
    assert why("10:00", reason, facts(people=())).reason == reason


def test_reasons_keep_their_order() -> None:
    reasons = [Reason.TOO_SOON, Reason.CLOSED, Reason.NO_ROOM]

    found = explained(at("20:00"), reasons, facts(), POLICY, Diary())

    assert [one.reason for one in found] == reasons


def test_a_visit_past_midnight_belongs_to_the_day_it_begins() -> None:
    late = Span(spans("20:00-20:05")[0].start, spans("20:00-20:05")[0].start + 72)

    found = why("23:30", Reason.CLOSED, facts(open=(late,)))

    assert (found.what, found.until) == (Hindrance.CLOSES, at("20:00") + timedelta(hours=6))
