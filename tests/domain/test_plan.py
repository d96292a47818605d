"""The plan of a visit: when each note goes out, what goes as one, and what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spa.domain import plan
from spa.domain.plan import NOTES, Kind, Note, Planned, Quiet, Visit, plan_of, schedule, waits_until
from spa.domain.spans import local_time

NEW_YORK = ZoneInfo("America/New_York")
NEEDLING = plan_of(is_needling=True)
AT_NIGHT = Quiet()
ALL = [replace(note, is_on=True) for note in NOTES]


def at(text: str) -> datetime:
    """A local time in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def visit(
    start: str = "2026-05-20 15:00", told: str = "2026-05-01 09:00", **about: object
) -> Visit:
    """An hour, booked when `told`."""
    starts_at = at(start)
    return Visit(
        **{  # type: ignore[arg-type]
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1),
            "told_at": at(told),
            "free_until": starts_at - timedelta(hours=48),
        }
        | about
    )


def shown(planned: tuple[Planned, ...]) -> list[str]:
    """What goes out, as the clock of the place shows it."""
    return [f"{local_time(one.at, NEW_YORK):%m-%d %H:%M} {'+'.join(one.keys)}" for one in planned]


def scheduled(
    notes: tuple[Note, ...] | list[Note] = NEEDLING,
    of: Visit | None = None,
    *,
    quiet: Quiet = AT_NIGHT,
    declined: frozenset[str] = frozenset(),
) -> list[str]:
    """The plan of a visit from the moment it was booked."""
    of = of or visit()
    return shown(schedule(notes, of, now=of.told_at, zone=NEW_YORK, quiet=quiet, declined=declined))


def test_the_plan_of_a_needling_visit_as_the_program_has_it() -> None:
    assert scheduled() == [
        "05-13 10:00 prep_7d",
        "05-17 10:00 prep_3d",
        "05-19 10:00 prep_1d",
        "05-20 18:00 care_0h",
        "05-22 10:00 care_d2",
        "05-27 10:00 care_d7",
        "05-30 10:00 thanks",
        "06-17 10:00 care_d28",
        "07-01 10:00 next_time",
    ]


def test_a_consultation_is_reminded_of_and_has_no_skin_to_care_for() -> None:
    assert scheduled(plan_of(is_needling=False)) == [
        "05-17 10:00 prep_3d",
        "05-19 10:00 prep_1d",
        "05-30 10:00 thanks",
    ]


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ("2026-05-13 09:00", "05-17 10:00 prep_3d"),  # A note an hour later would say it again.
        ("2026-05-12 23:00", "05-17 10:00 prep_3d"),  # Eleven hours later as well.
        ("2026-05-12 21:00", "05-13 10:00 prep_7d"),
        ("2026-05-13 12:00", "05-17 10:00 prep_3d"),
        ("2026-05-18 12:00", "05-19 10:00 prep_1d"),
        ("2026-05-19 08:00", "05-20 18:00 care_0h"),
        ("2026-05-20 09:00", "05-20 18:00 care_0h"),
    ],
)
def test_who_books_late_is_not_sent_what_is_past_or_was_just_said(told: str, first: str) -> None:
    assert scheduled(of=visit(told=told))[0] == first


@pytest.mark.parametrize(
    ("start", "evening"),
    [
        ("2026-05-20 10:00", "05-20 18:00"),
        ("2026-05-20 17:00", "05-20 18:30"),
        ("2026-05-20 19:45", "05-20 21:15"),  # Home late: tonight all the same.
        ("2026-05-20 20:30", "05-21 08:00"),
    ],
)
def test_the_evenings_note_finds_its_reader_at_home(start: str, evening: str) -> None:
    assert f"{evening} care_0h" in scheduled(of=visit(start))


@pytest.mark.parametrize(
    ("free_until", "asks_at"),
    [
        ("2026-05-18 15:00", "05-17 10:00"),
        ("2026-05-17 10:00", "05-17 09:00"),
        ("2026-05-16 15:00", "05-16 14:00"),
        ("2026-05-16 04:00", "05-15 20:00"),  # In the night: the evening before.
    ],
)
def test_who_is_asked_to_confirm_can_still_change_for_free(free_until: str, asks_at: str) -> None:
    (line,) = [line for line in scheduled(of=visit(free_until=at(free_until))) if "prep_3d" in line]
    assert line == f"{asks_at} prep_3d"


def test_notes_within_twelve_hours_go_as_one_and_the_one_that_asks_leads() -> None:
    late = [
        replace(note, is_on=True, days=-4, minute=23 * 60) if note.key == "prep_5d" else note
        for note in plan_of(is_needling=True)
    ]
    assert "05-17 08:00 prep_3d+prep_5d" in scheduled(late)


def test_the_morning_of_the_visit_leaves_its_day_to_the_evening() -> None:
    assert [line for line in scheduled(ALL) if "prep_0d" in line or "care_0h" in line] == [
        "05-19 08:00 prep_0d+prep_1d",
        "05-20 18:00 care_0h",
    ]


def test_news_never_joins_a_note_and_takes_the_next_free_day() -> None:
    moved = [
        replace(note, days=7) if note.key == "thanks" else note
        for note in plan_of(is_needling=True)
    ]
    found = schedule(moved, visit(), now=visit().told_at, zone=NEW_YORK, quiet=Quiet())
    (news,) = [one for one in found if one.keys == ("thanks",)]
    assert (news.kind, shown((news,))) == (Kind.NEWS, ["05-28 10:00 thanks"])


def test_what_was_declined_or_switched_off_does_not_come() -> None:
    off = [replace(note, is_on=note.key != "prep_7d") for note in plan_of(is_needling=True)]
    found = [line.split()[-1] for line in scheduled(off, declined=frozenset({"care_d2"}))]
    assert found[-1] == "care_m3"
    assert not {"prep_7d", "care_d2"} & set(found)


@pytest.mark.parametrize(
    ("quiet", "first"),
    [
        (Quiet(22 * 60, 11 * 60), "05-13 11:00 prep_7d"),
        (Quiet(9 * 60, 12 * 60), "05-13 12:00 prep_7d"),
        (Quiet(0, 0), "05-13 10:00 prep_7d"),
    ],
)
def test_a_planned_note_keeps_out_of_the_quiet_hours(quiet: Quiet, first: str) -> None:
    assert scheduled(quiet=quiet)[0] == first


def test_ten_in_the_morning_stays_ten_when_the_clocks_change() -> None:
    lines = scheduled(of=visit("2026-03-10 15:00", told="2026-02-01 09:00"))
    assert lines[:3] == ["03-03 10:00 prep_7d", "03-07 10:00 prep_3d", "03-09 10:00 prep_1d"]


@pytest.mark.parametrize(
    ("keys", "now", "had_one", "until"),
    [
        (["prep_3d"], "2026-05-17 10:00", False, None),
        (["prep_3d"], "2026-05-17 23:00", False, "2026-05-18 08:00"),
        (["prep_3d"], "2026-05-18 03:00", False, "2026-05-18 08:00"),
        (["prep_1d"], "2026-05-20 03:00", False, "2026-05-20 08:00"),
        (["prep_1d"], "2026-05-17 10:00", True, None),  # A reminder is not put off.
        (["care_d2"], "2026-05-22 10:00", True, "2026-05-23 09:00"),
        (["care_0h"], "2026-05-20 18:00", True, None),
        (["care_0h"], "2026-05-20 23:30", False, "2026-05-21 08:00"),
        (["thanks"], "2026-05-30 22:00", False, "2026-05-31 08:00"),
    ],
)
def test_what_is_due_waits_for_the_morning(
    keys: list[str], now: str, had_one: bool, until: str | None
) -> None:
    found = waits_until(
        keys,
        visit().starts_at,
        now=at(now),
        zone=NEW_YORK,
        quiet=Quiet(),
        had_one_today=had_one,
    )
    assert found == (at(until) if until else None)


def test_nothing_waits_past_the_visit_it_speaks_of() -> None:
    early = at("2026-05-20 08:00")
    found = waits_until(
        ["prep_1d"], early, now=at("2026-05-20 05:00"), zone=NEW_YORK, quiet=Quiet(),
        had_one_today=False,
    )  # fmt: skip
    assert found is None


@settings(max_examples=400, deadline=None)
@example(1, 49, {note.key for note in NOTES}, [0] * 16, [0] * 16, (2, 0))
@given(
    start=st.integers(0, 400 * 24 * 4),
    lead=st.integers(0, 60 * 24 * 4),
    on=st.sets(st.sampled_from([note.key for note in NOTES])),
    days=st.lists(st.integers(0, 9), min_size=len(NOTES), max_size=len(NOTES)),
    minutes=st.lists(st.integers(0, 287), min_size=len(NOTES), max_size=len(NOTES)),
    quiet=st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_in_any_plan_nobody_gets_two_in_one_day_or_hears_too_late(
    start: int, lead: int, on: set[str], days: list[int], minutes: list[int],
    quiet: tuple[int, int],
) -> None:  # fmt: skip
    starts_at = at("2026-01-02 00:00") + timedelta(minutes=15 * start)
    told_at = starts_at - timedelta(minutes=15 * lead + 1)
    of = Visit(starts_at, starts_at + timedelta(hours=1), told_at, starts_at - timedelta(hours=48))
    notes = [
        replace(note, is_on=note.key in on, days=note.days - day if note.days <= 0 and
                note.key not in plan.AFTER_THE_VISIT else note.days + day, minute=5 * minute)
        for note, day, minute in zip(NOTES, days, minutes, strict=True)
    ]  # fmt: skip
    hours = Quiet(60 * quiet[0], 60 * quiet[1])
    found = schedule(notes, of, now=told_at, zone=NEW_YORK, quiet=hours)

    days_used = [local_time(one.at, NEW_YORK).date() for one in found]
    assert len(days_used) == len(set(days_used))
    keys = [key for one in found for key in one.keys]
    assert len(keys) == len(set(keys)) and set(keys) <= on
    for one in found:
        assert one.at > told_at
        before = [key for key in one.keys if key not in plan.AFTER_THE_VISIT]
        assert (one.at < starts_at) if before else (one.at >= of.ends_at)
        assert not before or len(before) == len(one.keys)
    asked = [one for one in found if "prep_3d" in one.keys]
    assert all(one.at < of.free_until and one.keys[0] == "prep_3d" for one in asked)
