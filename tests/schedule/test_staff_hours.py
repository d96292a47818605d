"""Tests of spa.schedule.staff_hours: the house's week, single days, closures and holidays."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Closure, OpeningHours
from spa.schedule import public_holidays
from tests import make
from tests.pages import Page, Pages
from tests.visitor import wrong

Staff = Callable[..., Pages]


def sent(desk: Pages, where: str, **typed: str) -> Page:
    """The form of that page, sent with what is typed."""
    page = desk.get(f"hours.{where}")
    return desk.post(f"/staff/hours/{where}", page.fields() | typed)


def rows(session: Session, *what: Any) -> list[tuple[Any, ...]]:
    session.rollback()
    return [tuple(row) for row in session.execute(sa.select(*what).order_by(*what))]


def events(session: Session) -> list[str]:
    found = [event for (event,) in rows(session, AuditEntry.event)]
    return [event for event in found if not event.startswith("account.")]


def test_the_page_shows_the_week_and_the_holidays_of_the_country(staff: Staff) -> None:
    page = staff("manager").get("hours.index")

    assert "Monday09:00–19:00" in page.text.replace(" ", "")
    assert "Thanksgiving Day" in page.text
    assert "Thu 26 November 2026" in page.text


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_sees_it(role: str, staff: Staff) -> None:
    assert staff(role).client.get("/staff/hours").status_code == 403


def test_a_week_is_written_whole(staff: Staff, session: Session, studio: make.Studio) -> None:
    sent(staff("manager"), "week", from_0_0="10:00", to_0_0="13:00", from_0_1="14:00",
         to_0_1="20:30", from_6_0="", to_6_0="")  # fmt: skip

    hours = OpeningHours
    found = rows(session, hours.weekday, hours.from_minute, hours.to_minute)
    assert found[:3] == [(0, 600, 780), (0, 840, 1230), (1, 540, 1140)]
    assert [day for day, *_ in found] == [0, 0, 1, 2, 3, 4, 5]
    assert events(session) == ["hours.week_set"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"to_0_0": "08:00"}, "to_0_0", "Enter a time after 09:00"),
        ({"to_0_0": ""}, "to_0_0", "Enter the time they finish"),
        ({"from_0_0": "09:02"}, "from_0_0", "on the five minutes"),
        ({"from_0_0": "nine"}, "from_0_0", "Enter a time such as 09:30"),
        ({"from_0_1": "18:00", "to_0_1": "20:00"}, "from_0_1", "Begin after the other hours"),
    ],
)
def test_what_is_wrong_with_a_week_is_said_beside_its_field(
    typed: dict[str, str], field: str, sentence: str, staff: Staff, session: Session
) -> None:
    page = sent(staff("manager"), "week", **typed)

    assert page.status == 422
    assert sentence in wrong(page)[field]
    for name, value in typed.items():
        assert page.fields()[name] == value
    assert events(session) == []


def test_an_empty_week_is_refused(staff: Staff, session: Session) -> None:
    empty = {f"{end}_{day}_0": "" for day in range(7) for end in ("from", "to")}

    page = sent(staff("manager"), "week", **empty)

    assert page.status == 422
    assert "at least one day" in page.text


def test_the_second_of_two_managers_sees_the_difference_and_keeps_what_they_typed(
    staff: Staff, session: Session
) -> None:
    first, second = staff("manager"), staff("owner")
    page = second.get("hours.week")
    sent(first, "week", to_0_0="20:00")

    page = second.post("/staff/hours/week", page.fields() | {"to_0_0": "21:00"})

    assert page.status == 409
    assert "Somebody changed this while your page was open" in page.text
    assert "Mon 09:00–20:00" in page.text
    assert page.fields()["to_0_0"] == "21:00"
    second.post("/staff/hours/week", page.fields())
    hours = OpeningHours
    assert (0, 1260) in rows(session, hours.weekday, hours.to_minute)


def test_a_late_evening_can_be_booked_and_taken_back(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    desk = staff("manager")
    sent(desk, "day", day="2026-03-12", from_0_0="09:00", to_0_0="21:00")
    found = rows(session, OpeningHours.on_date, OpeningHours.to_minute)
    assert (date(2026, 3, 12), 1260) in found
    page = desk.get("hours.index")
    assert "Thursday, 12 March 2026 09:00–21:00" in page.text

    desk.post("/staff/hours/day/usual", page.fields("/day/usual"))

    assert date(2026, 3, 12) not in [on for on, _ in rows(session, OpeningHours.on_date,
                                                          OpeningHours.id)]  # fmt: skip
    assert events(session) == ["hours.day_set", "hours.day_set"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"day": "2026-03-09"}, "day", "That day is over"),
        ({"day": "soon"}, "day", "Enter a day"),
        ({"day": "2026-03-12", "from_0_0": "", "to_0_0": ""}, "from_0_0", "to close it, use"),
    ],
)
def test_what_is_wrong_with_a_day_is_said(
    typed: dict[str, str], field: str, sentence: str, staff: Staff
) -> None:
    hours = {"from_0_0": "09:00", "to_0_0": "12:00"}

    page = sent(staff("manager"), "day", **hours | typed)

    assert page.status == 422
    assert sentence in wrong(page)[field]


def test_a_closure_over_a_busy_day_lists_whom_it_touches_first(
    staff: Staff, session: Session
) -> None:
    make.booked("2026-03-12 10:00")
    desk = staff("manager")
    about = {"first_on": "2026-03-12", "last_on": "2026-03-13", "reason": "Painting"}

    page = sent(desk, "close", **about)

    assert page.status == 409
    assert "The studio is closed then." in page.text
    assert rows(session, Closure.id) == []
    page = desk.post("/staff/hours/close", page.fields() | {"all": "cancel"})
    desk.post("/staff/hours/close", page.fields() | {"settled": "1"})
    assert rows(session, Closure.first_on, Closure.reason) == [(date(2026, 3, 12), "Painting")]
    assert "booking.state" in events(session)


@pytest.mark.parametrize(
    ("about", "field", "sentence"),
    [
        ({"last_on": "2026-03-11"}, "last_on", "Choose the first day or a later one"),
        ({"first_on": "2026-03-01", "last_on": "2026-03-02"}, "last_on", "Those days are over"),
        ({"last_on": "2030-03-12"}, "last_on", "Close for a year at most"),
        ({"first_on": ""}, "first_on", "Enter the first day"),
        ({"reason": " "}, "reason", "Say in a word why"),
        ({"reason": "x" * 201}, "reason", "200 characters"),
    ],
)
def test_what_is_wrong_with_a_closure_is_said(
    about: dict[str, str], field: str, sentence: str, staff: Staff, session: Session
) -> None:
    days = {"first_on": "2026-03-12", "last_on": "2026-03-12", "reason": "Painting"}

    page = sent(staff("manager"), "close", **days | about)

    assert page.status == 422
    assert sentence in wrong(page)[field]
    assert rows(session, Closure.id) == []


def test_a_closure_pressed_twice_is_one_and_is_taken_back(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    about = {"first_on": "2026-03-12", "last_on": "2026-03-12", "reason": "Painting"}
    for _ in range(2):
        sent(desk, "close", **about)
    assert len(rows(session, Closure.id)) == 1

    page = desk.get("hours.index")
    desk.post(desk.get("hours.index").tree.xpath(
        "//form[contains(@action, '/reopen')]/@action")[0], page.fields("/reopen"))  # fmt: skip

    assert rows(session, Closure.id) == []
    assert sorted(events(session)) == ["closure.made", "closure.removed"]


def test_hours_of_another_place_are_not_touched(staff: Staff, session: Session) -> None:
    other = make.add(session, make.location(slug="other", name="Other"))
    closure = make.add(
        session,
        Closure(location_id=other.id, first_on=date(2026, 3, 12), last_on=date(2026, 3, 12)),
    )
    session.commit()
    desk = staff("manager")
    token = desk.get("hours.close").fields()["csrf_token"]

    desk.post(f"/staff/hours/closures/{closure.id}/reopen", {"csrf_token": token})

    assert rows(session, Closure.id) == [(closure.id,)]


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [("US", "en", "Thanksgiving Day"), ("DE", "de", "Tag der Deutschen Einheit"),
     ("GB", "en", "Christmas Day"), ("FR", "fr", "Fête nationale")],
)  # fmt: skip
def test_holidays_are_named_in_the_readers_language(country: str, language: str, name: str) -> None:
    found = dict.fromkeys(n for _, n in public_holidays.ahead(country, language, date(2026, 3, 1)))

    assert name in found


def test_a_country_that_is_not_known_has_no_holidays() -> None:
    assert public_holidays.ahead("XX", "en", date(2026, 3, 1)) == []


def test_a_day_that_is_closed_is_opened_again_first(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    day = date(2026, 3, 12)
    session.add(Closure(location_id=studio.location_id, first_on=day, last_on=day, reason="Paint"))
    session.commit()

    page = sent(staff("manager"), "day", day="2026-03-12", from_0_0="09:00", to_0_0="21:00")

    assert page.status == 422
    assert "The studio is closed that day (Paint): open it again first" in wrong(page)["day"]


def test_a_late_evening_leads_on_to_the_shifts_of_that_day(staff: Staff) -> None:
    page = sent(staff("manager"), "day", day="2026-03-12", from_0_0="09:00", to_0_0="21:00")

    assert page.path == "/staff/rota"
    assert "Shifts are as before" in page.text


def test_closing_early_leads_back_to_the_hours(staff: Staff) -> None:
    page = sent(staff("manager"), "day", day="2026-03-12", from_0_0="09:00", to_0_0="14:00")

    assert page.path == "/staff/hours"
