"""Moving and cancelling: when it is free, when it is late, and when it is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spa.domain.policy import (
    ChangePolicy,
    ChangeRefusal,
    Visit,
    cancel_refusal,
    free_until,
    is_late,
    move_refusal,
)

POLICY = ChangePolicy()
NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def visit(
    starts: str = "2026-06-12 15:00",
    booked: str = "2026-06-01 10:00",
    is_late: bool = False,
    moves: int = 0,
    is_cancelled: bool = False,
) -> Visit:
    return Visit(utc(starts), utc(booked), is_late, moves, is_cancelled)


# Free or late


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2026-06-01 10:00:00", False),
        ("2026-06-10 14:59:59", False),
        ("2026-06-10 15:00:00", False),  # 48 hours before
        ("2026-06-10 15:00:00.000001", True),
        ("2026-06-10 15:00:01", True),
        ("2026-06-12 14:59:59", True),
    ],
)
def test_a_change_is_free_until_48_hours_before(now: str, late: bool) -> None:
    assert is_late(visit(), utc(now), POLICY) is late


@pytest.mark.parametrize(
    ("starts", "zone", "last_free_moment"),
    [
        # The clocks change between: two days of the wall clock are 47 or 49 real hours.
        ("2026-03-09 10:00", NEW_YORK, "2026-03-07 09:00"),
        ("2026-11-02 10:00", NEW_YORK, "2026-10-31 11:00"),
        ("2026-03-30 10:00", LONDON, "2026-03-28 09:00"),
        ("2026-10-26 10:00", LONDON, "2026-10-24 11:00"),
        ("2026-06-12 10:00", NEW_YORK, "2026-06-10 10:00"),
    ],
)
def test_the_48_hours_are_real_ones(starts: str, zone: ZoneInfo, last_free_moment: str) -> None:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=zone)
    booked_at = starts_at - timedelta(days=20)
    last = free_until(Visit(starts_at, booked_at, False, 0, False), POLICY)

    assert last.tzinfo is UTC
    assert last.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(last_free_moment)


@pytest.mark.parametrize(
    ("booked", "last_free_moment"),
    [
        ("2026-06-10 14:45:00", "2026-06-10 15:00"),  # the quarter of an hour ends at it
        ("2026-06-10 14:50:00", "2026-06-10 15:05"),  # a little before the cut-off
        ("2026-06-10 15:00:00", "2026-06-10 15:15"),  # at it
        ("2026-06-11 09:00", "2026-06-11 09:15"),
        ("2026-06-12 14:45", "2026-06-12 15:00"),
        ("2026-06-12 14:50", "2026-06-12 15:00"),  # never after the start
        ("2026-06-12 16:00", "2026-06-12 15:00"),  # written down at the desk afterwards
    ],
)
def test_a_visit_booked_at_short_notice_is_free_to_change_for_15_minutes(
    booked: str, last_free_moment: str
) -> None:
    assert free_until(visit(booked=booked), POLICY) == utc(last_free_moment)


@pytest.mark.parametrize(
    ("now", "late"), [("2026-06-11 09:15", False), ("2026-06-11 09:15:01", True)]
)
def test_after_the_15_minutes_a_change_is_late(now: str, late: bool) -> None:
    assert is_late(visit(booked="2026-06-11 09:00"), utc(now), POLICY) is late


def test_a_late_mark_survives_a_move() -> None:
    moved_far_ahead = visit(starts="2026-08-01 15:00", is_late=True, moves=1)

    assert is_late(moved_far_ahead, utc("2026-06-11 09:00"), POLICY)


def test_the_house_sets_its_own_hours_and_minutes() -> None:
    policy = ChangePolicy(cut_off_hours=24, grace_minutes=60)

    assert free_until(visit(), policy) == utc("2026-06-11 15:00")
    assert free_until(visit(booked="2026-06-12 09:00"), policy) == utc("2026-06-12 10:00")


def test_a_house_without_a_cut_off_lets_a_client_change_until_the_start() -> None:
    assert free_until(visit(), ChangePolicy(cut_off_hours=0)) == utc("2026-06-12 15:00")


# Refused


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        ("2026-06-01 10:00", None),
        ("2026-06-12 14:59:59", None),  # late, but not refused
        ("2026-06-12 15:00:00", ChangeRefusal.STARTED),
        ("2026-06-12 15:30:00", ChangeRefusal.STARTED),
    ],
)
def test_nothing_changes_once_a_visit_has_started(now: str, refusal: ChangeRefusal | None) -> None:
    assert cancel_refusal(visit(), utc(now), POLICY) is refusal
    assert move_refusal(visit(), utc(now), POLICY) is refusal


@pytest.mark.parametrize(
    ("moves", "online_moves", "refusal"),
    [
        (0, 2, None),
        (1, 2, None),
        (2, 2, ChangeRefusal.NO_MOVES_LEFT),
        (3, 2, ChangeRefusal.NO_MOVES_LEFT),
        (0, 0, ChangeRefusal.NO_MOVES_LEFT),
    ],
)
def test_a_visit_is_moved_online_twice_at_most(
    moves: int, online_moves: int, refusal: ChangeRefusal | None
) -> None:
    policy = ChangePolicy(online_moves=online_moves)

    assert move_refusal(visit(moves=moves), utc("2026-06-02 10:00"), policy) is refusal
    assert cancel_refusal(visit(moves=moves), utc("2026-06-02 10:00"), policy) is None


@pytest.mark.parametrize("now", ["2026-06-02 10:00", "2026-06-13 10:00"])
def test_a_cancelled_visit_stays_as_it_is(now: str) -> None:
    cancelled = visit(is_cancelled=True, moves=2)

    assert cancel_refusal(cancelled, utc(now), POLICY) is ChangeRefusal.CANCELLED
    assert move_refusal(cancelled, utc(now), POLICY) is ChangeRefusal.CANCELLED
