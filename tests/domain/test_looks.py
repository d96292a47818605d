"""What needs a look: each thing by itself, and what a look puts to rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spa.domain.looks import Asking, Look, looks
from spa.domain.states import BookingStatus

BOOKED = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = BOOKED + timedelta(hours=1)
ANA = ("ana@example.com", "+12125550111")


def found(status: BookingStatus = BookingStatus.BOOKED, **about: Any) -> tuple[Look, ...]:
    return looks(Asking(status=status, **{"told_at": BOOKED} | about))


@pytest.mark.parametrize(
    ("about", "wanted"),
    [
        ({}, ()),
        ({"has_note": True}, (Look.NOTE,)),
        ({"given": ANA, "recorded": ANA}, ()),
        ({"given": ("ANA@example.com", ANA[1]), "recorded": ANA}, ()),
        ({"given": ("", ""), "recorded": ANA}, ()),
        ({"given": ("a@example.com", ANA[1]), "recorded": ANA}, (Look.OTHER_CONTACT,)),
        ({"given": (ANA[0], "+12125550112"), "recorded": ANA}, (Look.OTHER_CONTACT,)),
        ({"given": ANA, "recorded": (ANA[0], "")}, (Look.OTHER_CONTACT,)),
        ({"may_be_same": True}, (Look.MAY_BE_SAME,)),
        ({"is_late": True}, (Look.LATE_CHANGE,)),
        ({"no_answer_at": LATER}, (Look.NO_ANSWER,)),
        ({"no_answer_at": LATER, "assured_at": BOOKED}, (Look.NO_ANSWER,)),
        ({"no_answer_at": BOOKED, "assured_at": LATER}, ()),
        ({"is_message_failed": True}, (Look.MESSAGE_FAILED,)),
        ({"has_note": True, "is_late": True}, (Look.NOTE, Look.LATE_CHANGE)),
    ],
)
def test_each_thing_asks_for_a_look(about: dict[str, Any], wanted: tuple[Look, ...]) -> None:
    assert found(**about) == wanted


@pytest.mark.parametrize(
    ("about", "stays"),
    [
        ({"has_note": True}, False),
        ({"given": ("a@example.com", ""), "recorded": ANA}, False),
        ({"may_be_same": True}, False),
        ({"is_late": True}, False),
        ({"no_answer_at": BOOKED}, True),
        ({"is_message_failed": True}, True),
    ],
)
def test_a_look_puts_to_rest_what_was_there(about: dict[str, Any], stays: bool) -> None:
    assert bool(found(looked_at=LATER, **about)) == stays


def test_what_the_client_changes_after_a_look_asks_for_another() -> None:
    told = LATER + timedelta(minutes=1)

    assert found(is_late=True, looked_at=LATER, told_at=told) == (Look.LATE_CHANGE,)
    assert found(is_late=True, looked_at=told, told_at=told) == ()


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (BookingStatus.HELD, ()),
        (BookingStatus.BOOKED, (Look.NOTE, Look.NO_ANSWER, Look.MESSAGE_FAILED)),
        (BookingStatus.ARRIVED, (Look.NOTE, Look.MESSAGE_FAILED)),
        (BookingStatus.IN_TREATMENT, (Look.NOTE, Look.MESSAGE_FAILED)),
        (BookingStatus.DONE, ()),
        (BookingStatus.NO_SHOW, ()),
        (BookingStatus.CANCELLED, (Look.MESSAGE_FAILED,)),
    ],
)
def test_only_who_is_awaited_needs_a_look(status: BookingStatus, wanted: tuple[Look, ...]) -> None:
    about = {"has_note": True, "no_answer_at": LATER, "is_message_failed": True}

    assert found(status, **about) == wanted
