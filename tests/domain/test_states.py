"""Tests of spa.domain.states: every pair of states, and who may go from one to the other."""

from itertools import product

import pytest

from spa.domain.roles import RIGHTS, Permission, Role
from spa.domain.states import (
    CHANGES,
    TAKES_AN_HOUR,
    BookingStatus,
    By,
    Claims,
    When,
    change_between,
    changes_for,
    is_time,
)

S = BookingStatus
MAY = frozenset(Permission)
ALLOWED = {
    (S.HELD, S.BOOKED),
    (S.HELD, S.LAPSED),
    (S.LAPSED, S.HELD),
    (S.BOOKED, S.ARRIVED),
    (S.BOOKED, S.IN_TREATMENT),
    (S.BOOKED, S.DONE),
    (S.BOOKED, S.NO_SHOW),
    (S.BOOKED, S.CANCELLED),
    (S.ARRIVED, S.BOOKED),
    (S.ARRIVED, S.IN_TREATMENT),
    (S.ARRIVED, S.DONE),
    (S.ARRIVED, S.CANCELLED),
    (S.IN_TREATMENT, S.BOOKED),
    (S.IN_TREATMENT, S.ARRIVED),
    (S.IN_TREATMENT, S.DONE),
    (S.DONE, S.BOOKED),
    (S.DONE, S.ARRIVED),
    (S.DONE, S.IN_TREATMENT),
    (S.NO_SHOW, S.BOOKED),
    (S.NO_SHOW, S.ARRIVED),
    (S.CANCELLED, S.BOOKED),
}


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_every_pair_is_allowed_or_refused(old: BookingStatus, new: BookingStatus) -> None:
    change = change_between(old, new)

    assert (change is not None) == ((old, new) in ALLOWED)
    assert change is None or (change.old, change.new) == (old, new)


def test_no_pair_is_in_the_table_twice() -> None:
    assert len({(change.old, change.new) for change in CHANGES}) == len(CHANGES)


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.old}-{c.new}")
def test_hours_are_freed_and_taken_as_the_states_need_them(change) -> None:  # type: ignore[no-untyped-def]
    before, after = change.old in TAKES_AN_HOUR, change.new in TAKES_AN_HOUR

    expected = {(True, False): Claims.FREE, (False, True): Claims.TAKE}
    assert change.claims == expected.get((before, after), Claims.KEEP)


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.old}-{c.new}")
def test_the_client_is_told_what_concerns_their_plans(change) -> None:  # type: ignore[no-untyped-def]
    wanted = {S.CANCELLED: "booking_cancelled"}
    if change.old in {S.HELD, S.CANCELLED}:
        wanted[S.BOOKED] = "booking_confirmed"

    assert change.tells == wanted.get(change.new)


@pytest.mark.parametrize(
    ("role", "old", "may"),
    [
        (Role.PRACTITIONER, S.BOOKED, {S.ARRIVED, S.IN_TREATMENT, S.DONE, S.NO_SHOW}),
        (Role.PRACTITIONER, S.ARRIVED, {S.BOOKED, S.IN_TREATMENT, S.DONE}),
        (Role.PRACTITIONER, S.CANCELLED, set()),
        (Role.RECEPTION, S.BOOKED, {S.ARRIVED, S.IN_TREATMENT, S.DONE, S.NO_SHOW, S.CANCELLED}),
        (Role.RECEPTION, S.CANCELLED, {S.BOOKED}),
        (Role.RECEPTION, S.NO_SHOW, {S.BOOKED, S.ARRIVED}),
        (Role.MANAGER, S.DONE, {S.BOOKED, S.ARRIVED, S.IN_TREATMENT}),
        (Role.OWNER, S.HELD, set()),
        (Role.OWNER, S.LAPSED, set()),
    ],
)
def test_who_may_do_what_on_the_day(role: Role, old: S, may: set[S]) -> None:
    found = changes_for(old, RIGHTS[role], is_today=True, has_begun=True)

    assert {change.new for change in found} == may


@pytest.mark.parametrize(
    ("new", "is_today", "has_begun", "makes_sense"),
    [
        (S.ARRIVED, False, False, False),
        (S.ARRIVED, True, False, True),
        (S.IN_TREATMENT, True, False, True),
        (S.DONE, True, False, False),
        (S.DONE, True, True, True),
        (S.NO_SHOW, True, False, False),
        (S.NO_SHOW, True, True, True),
        (S.CANCELLED, False, False, True),
    ],
)
def test_nobody_is_there_before_the_day_nor_missing_before_the_hour(
    new: S, is_today: bool, has_begun: bool, makes_sense: bool
) -> None:
    change = change_between(S.BOOKED, new)

    assert change and is_time(change, is_today, has_begun) is makes_sense


def test_only_the_clock_and_the_client_touch_a_hold() -> None:
    holds = [change for change in CHANGES if S.HELD in {change.old, change.new}]

    assert {who for change in holds for who in change.by} == {By.CLIENT, By.CLOCK}


def test_wrong_taps_can_be_put_right_at_any_time() -> None:
    back = [change for change in CHANGES if change.new == S.BOOKED and change.old != S.HELD]

    assert {change.old for change in back} == {
        S.ARRIVED,
        S.IN_TREATMENT,
        S.DONE,
        S.NO_SHOW,
        S.CANCELLED,
    }
    assert {change.when for change in back} == {When.EVER}
    assert MAY >= {who for change in back for who in change.by}
