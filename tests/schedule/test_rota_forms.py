"""Tests of spa.schedule.rota_forms: what is typed wrong, and what is said beside it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from spa.domain.hours import Pattern
from spa.schedule.absence_forms import SickForm, TimeOffForm
from spa.schedule.hour_rows import minute_of
from spa.schedule.rota_forms import day_form, week_form

TODAY = date(2026, 3, 10)
PEOPLE = [("ines", "Ines")]
Fill = Callable[..., Any]


@pytest.fixture
def sent(app: Flask) -> Fill:
    """A form as if this had been sent to it."""

    def fill(made: Callable[..., Any], data: dict[str, str], **about: Any) -> Any:
        with app.test_request_context(method="POST", data=data):
            form = made(meta={"csrf": False}, **about)
            form.is_fine = form.validate()
            form.said = {name: str(errors[0]) for name, errors in form.errors.items()}
        return form

    return fill


def week(sent: Fill, **data: str) -> Any:
    return sent(
        lambda **about: week_form(2, **about), {"starts_on": "2026-03-16"} | data, today=TODAY
    )


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("09:30", 570), ("9:30", 570), ("23:55:00", 1435), ("00:00", 0), (" 10:00 ", 600)]
    + [(text, None) for text in ("", "9", "24:00", "10:60", "25:00", "ten", "１０:００", "-1:00")],
)
def test_a_time_is_read_or_it_is_none(typed: str, minute: int | None) -> None:
    assert minute_of(typed) == minute


def test_a_week_is_read_with_its_breaks_in_order(sent: Fill) -> None:
    form = week(
        sent,
        from_0="09:00",
        to_0="17:00",
        rest1_0="15:00",
        on1_0="15:15",
        rest2_0="12:00",
        on2_0="13:00",
        from_6="18:00",
        to_6="00:00",
    )

    assert form.is_fine, form.said
    assert form.week == (
        Pattern(540, 1020, weekday=0, breaks=((720, 780), (900, 915))),
        Pattern(1080, 1440, weekday=6),
    )


@pytest.mark.parametrize(
    ("data", "where", "said"),
    [
        ({"to_0": "08:00"}, "to_0", "Enter a time after 09:00"),
        ({"to_0": "09:00"}, "to_0", "Enter a time after 09:00"),
        ({"to_0": ""}, "to_0", "Enter the time they finish"),
        ({"from_0": ""}, "from_0", "Enter the time they begin"),
        ({"from_0": "09:03"}, "from_0", "on the five minutes"),
        ({"from_0": "nine"}, "from_0", "such as 09:30"),
        ({"rest1_0": "08:00", "on1_0": "09:30"}, "rest1_0", "within the hours, 09:00–17:00"),
        ({"rest1_0": "16:30", "on1_0": "17:30"}, "rest1_0", "within the hours"),
        ({"rest1_0": "09:00", "on1_0": "17:00"}, "rest1_0", "within the hours"),
        ({"rest1_0": "12:00", "on1_0": "11:00"}, "on1_0", "Enter a time after 12:00"),
        ({"rest1_0": "12:00"}, "on1_0", "Enter the time the break ends"),
        ({"rest1_0": "12:00", "on1_0": "12:32"}, "on1_0", "on the five minutes"),
        (
            {"rest1_0": "12:00", "on1_0": "13:00", "rest2_0": "12:30", "on2_0": "14:00"},
            "rest2_0",
            "after the other break, which ends at 13:00",
        ),
        ({"from_0": "", "to_0": ""}, "from_0", "hours of at least one day"),
        ({"rest1_1": "12:00", "on1_1": "13:00"}, "from_1", "Enter the time they begin"),
        ({"starts_on": "2026-03-09"}, "starts_on", "Choose today or a later day"),
        ({"starts_on": "soon"}, "starts_on", "Enter the day"),
        ({"starts_on": "9999-12-31"}, "starts_on", "Enter the day"),
        ({"ends_on": "2026-03-15"}, "ends_on", "or a later one"),
        ({"ends_on": "never"}, "ends_on", "leave this empty"),
        (
            {"to_0": "03:00", "night_0": "y", "from_1": "02:00", "to_1": "09:00"},
            "from_1",
            "The night before ends at 03:00",
        ),
        (
            {"from_6": "20:00", "to_6": "10:00", "night_6": "y"},
            "from_0",
            "The night before ends at 10:00",
        ),
    ],
)
def test_a_week_typed_wrong_is_said_beside_the_field(
    data: dict[str, str], where: str, said: str, sent: Fill
) -> None:
    form = week(sent, **{"from_0": "09:00", "to_0": "17:00"} | data)

    assert not form.is_fine
    assert where in form.said
    assert said in form.said[where]


def test_a_night_with_a_break_after_midnight_is_read(sent: Fill) -> None:
    form = week(sent, from_4="20:00", to_4="02:00", night_4="y", rest1_4="00:30", on1_4="01:00")

    assert form.week == (Pattern(1200, 1560, weekday=4, breaks=((1470, 1500),)),)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"day": "2026-03-09", "choice": "off"}, "day"),
        ({"day": "", "choice": "off"}, "day"),
        ({"day": "2026-03-12"}, "choice"),
        ({"day": "2026-03-12", "choice": "holiday"}, "choice"),
        ({"day": "2026-03-12", "choice": "other"}, "from_0"),
        ({"day": "2026-03-12", "choice": "other", "from_0": "12:00", "to_0": "11:00"}, "to_0"),
    ],
)
def test_a_day_typed_wrong_is_said_beside_the_field(
    data: dict[str, str], where: str, sent: Fill
) -> None:
    form = sent(lambda **about: day_form(2, **about), data, today=TODAY)

    assert list(form.said) == [where]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"person": ""}, "person"),
        ({"person": "nobody"}, "person"),
        ({"first_on": "2026-03-09"}, "first_on"),
        ({"last_on": "2026-03-10"}, "last_on"),
        ({"last_on": ""}, "last_on"),
        ({"part": "part", "starts": ""}, "starts"),
        ({"part": "part", "starts": "10:02"}, "starts"),
        ({"part": "half"}, "part"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_somebody_sick_typed_wrong_is_said_beside_the_field(
    data: dict[str, str], where: str, sent: Fill
) -> None:
    fine = {"person": "ines", "first_on": "2026-03-11", "last_on": "2026-03-12", "part": "whole"}

    assert sent(SickForm, fine, people=PEOPLE, today=TODAY).is_fine
    assert list(sent(SickForm, fine | data, people=PEOPLE, today=TODAY).said) == [where]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"last_on": "2026-03-10"}, "last_on"),
        ({"last_on": "2026-03-11", "starts": "14:00", "ends": "13:00"}, "ends"),
        ({"last_on": "2026-03-11", "starts": "14:00", "ends": "14:00"}, "ends"),
        ({"starts": "14:01"}, "starts"),
        ({"ends": "late"}, "ends"),
        ({"first_on": "1999-01-01"}, "first_on"),
    ],
)
def test_time_off_that_ends_before_it_begins_is_said(
    data: dict[str, str], where: str, sent: Fill
) -> None:
    fine = {"person": "ines", "first_on": "2026-03-11", "last_on": "2026-03-12", "ends": "12:00"}

    form = sent(TimeOffForm, fine, people=PEOPLE)

    assert form.span == (date(2026, 3, 11), 0, date(2026, 3, 12), 720)
    assert list(sent(TimeOffForm, fine | data, people=PEOPLE).said) == [where]
