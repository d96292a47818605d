"""Tests of spa.schedule.staff_absence: who is sick, and time off."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Booking, Message, TimeOff
from spa.schedule.rota_queries import time_off
from tests import make
from tests.pages import Pages
from tests.schedule.test_staff_rota import fields

Staff = Callable[..., Pages]
TODAY, THURSDAY = date(2026, 3, 10), date(2026, 3, 12)
SICK = "/staff/absence/new?with=ines&day=2026-03-10"


@pytest.fixture
def rome(session: Session, studio: make.Studio) -> int:
    """The number of Ines's days in Rome."""
    with transaction() as inside:
        row = TimeOff(
            resource_id=studio.ines, first_on=THURSDAY, last_on=date(2026, 3, 13), reason="Rome"
        )
        made: TimeOff = make.add(inside, row)
    return made.id


@pytest.mark.parametrize("page", ["/staff", "/staff/schedule", "/staff/rota", "/staff/rota/ines"])
def test_sick_today_is_one_press_away(page: str, staff: Staff) -> None:
    links = staff("reception").open(page).tree.xpath("//a/@href")

    found = [one for one in links if one.startswith("/staff/absence/new?") and "with=ines" in one]
    assert found and all("day=2026-03-10" in one for one in found[:1])


@pytest.mark.parametrize("page", ["/staff", "/staff/schedule"])
def test_a_practitioner_is_not_offered_it(page: str, staff: Staff) -> None:
    assert "absence" not in str(staff("practitioner").open(page).tree.xpath("//a/@href"))


def test_nobody_is_sick_on_a_day_that_is_over(staff: Staff) -> None:
    page = staff("reception").open("/staff/schedule?day=2026-03-09")

    assert "absence" not in str(page.tree.xpath("//a/@href"))


def test_the_form_knows_who_and_from_when(
    studio: make.Studio, staff: Staff, at: Callable[[str], datetime]
) -> None:
    assert fields(staff("reception").open(SICK))["part"] == "whole"

    at("2026-03-10 11:07")
    typed = fields(staff("reception").open(SICK))

    assert (typed["person"], typed["part"], typed["starts"]) == ("ines", "part", "11:05")
    assert (typed["first_on"], typed["last_on"]) == ("2026-03-10", "2026-03-10")


def test_nobody_is_chosen_by_mistake(staff: Staff) -> None:
    desk = staff("reception")

    page = desk.post("/staff/absence/new", fields(desk.open("/staff/absence/new")))

    assert page.status == 422
    assert "Choose who it is" in page.text


def test_everyone_booked_with_who_is_sick_is_dealt_with_on_one_page(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("reception")
    first = make.booked("2026-03-10 11:00", practitioner="ines")
    second = make.booked("2026-03-10 15:00", practitioner="ines", visitor="two")

    page = desk.post(SICK, fields(desk.open(SICK), back="/staff"))
    assert page.status == 409
    assert time_off(studio.ines, TODAY) == []
    after = desk.post(SICK, fields(page, settled="1", **{f"visit-{second.reference}": "cancel"}))

    assert after.path == "/staff"
    assert "Ines is away: Tue 10 Mar. 1 visit was moved. 1 visit was cancelled." in after.text
    session.expire_all()
    assert session.get_one(Booking, first.id).practitioner_id == studio.maya
    assert session.get_one(Booking, second.id).status == "cancelled"
    (off,) = time_off(studio.ines, TODAY)
    assert (off.reason, off.is_one_whole_day) == ("Sick", True)
    waiting = sa.select(Message.booking_id, Message.event).where(Message.status == "waiting")
    told = {tuple(row) for row in session.execute(waiting)}
    assert told == {(first.id, "booking_confirmed"), (second.id, "booking_cancelled")}


def test_from_a_time_on_leaves_the_morning_alone(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("reception")
    make.booked("2026-03-10 11:00", practitioner="ines")

    after = desk.post(SICK, fields(desk.open(SICK), part="part", starts="14:00"))

    assert "Ines is away: Tue 10 Mar, from 14:00." in after.text


def test_saving_twice_ends_where_saving_once_does(studio: make.Studio, staff: Staff) -> None:
    desk = staff("reception")
    typed = fields(desk.open(SICK))

    pages = [desk.post(SICK, typed) for _ in range(2)]

    assert [(page.status, page.path) for page in pages] == [(200, "/staff/rota")] * 2


def test_being_sick_twice_is_said(
    studio: make.Studio, staff: Staff, at: Callable[[str], datetime]
) -> None:
    desk = staff("reception")
    desk.post(SICK, fields(desk.open(SICK)))
    at("2026-03-10 09:10")

    page = desk.post(SICK, fields(desk.open(SICK)))

    assert page.status == 422
    assert "They are away then already: Tue 10 Mar" in page.text


def test_time_off_is_made_with_its_reason(studio: make.Studio, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.open("/staff/absence/off?with=ines")
    typed = fields(page, first_on="2026-03-12", starts="14:00", last_on="2026-03-13", reason="Rome")

    after = desk.post("/staff/absence/off", typed)

    assert after.path == "/staff/rota/ines"
    assert "Ines is away: Thu 12 Mar, 14:00 – Fri 13 Mar." in after.text
    assert [one.reason for one in time_off(studio.ines, TODAY)] == ["Rome"]


def test_time_off_that_is_over_is_not_made(studio: make.Studio, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.open("/staff/absence/off?with=ines&day=2026-03-09")

    after = desk.post("/staff/absence/off", fields(page))

    assert after.status == 422
    assert "That time is over" in after.text


def test_time_off_is_made_longer_and_taken_away(
    studio: make.Studio, staff: Staff, rome: int
) -> None:
    desk, address = staff("reception"), f"/staff/absence/{rome}"

    desk.post(address, fields(desk.open(address), last_on="2026-03-16"))
    assert time_off(studio.ines, TODAY)[0].last_on == date(2026, 3, 16)

    after = desk.post(address, fields(desk.open(address), remove="1"))
    assert "Ines is in after all" in after.text
    assert time_off(studio.ines, TODAY) == []


def test_a_longer_time_off_asks_for_the_visits_in_it(
    session: Session, studio: make.Studio, staff: Staff, rome: int
) -> None:
    make.booked("2026-03-16 10:00", practitioner="ines")
    desk, address = staff("reception"), f"/staff/absence/{rome}"

    page = desk.post(address, fields(desk.open(address), last_on="2026-03-16"))
    assert page.status == 409
    after = desk.post(address, fields(page, settled="1"))

    assert "1 visit was moved." in after.text
    assert time_off(studio.ines, TODAY)[0].last_on == date(2026, 3, 16)


def test_the_second_to_change_a_time_off_sees_what_the_first_did(
    studio: make.Studio, staff: Staff, rome: int
) -> None:
    first, second, address = staff("manager"), staff("reception"), f"/staff/absence/{rome}"
    typed = fields(second.open(address), reason="Rome and Naples")
    first.post(address, fields(first.open(address), last_on="2026-03-16"))

    page = second.post(address, typed)

    assert page.status == 409
    assert "Away Thu 12 Mar – Mon 16 Mar, was Thu 12 Mar – Fri 13 Mar." in page.text
    assert fields(page)["reason"] == "Rome and Naples"


def test_a_time_off_that_was_made_longer_is_not_taken_away_unseen(
    studio: make.Studio, staff: Staff, rome: int
) -> None:
    first, second, address = staff("manager"), staff("reception"), f"/staff/absence/{rome}"
    typed = fields(second.open(address), remove="1")
    first.post(address, fields(first.open(address), last_on="2026-03-16"))

    page = second.post(address, typed)
    assert page.status == 409
    assert time_off(studio.ines, TODAY)[0].last_on == date(2026, 3, 16)

    second.post(address, fields(page, remove="1"))
    assert time_off(studio.ines, TODAY) == []
    again = second.post(address, typed)
    assert "That time off is gone already." in again.text


def test_what_was_typed_into_a_time_off_that_is_gone_is_kept_as_a_new_one(
    studio: make.Studio, staff: Staff, rome: int
) -> None:
    first, second, address = staff("manager"), staff("reception"), f"/staff/absence/{rome}"
    typed = fields(second.open(address), reason="Naples")
    first.post(address, fields(first.open(address), remove="1"))

    page = second.post(address, typed)
    assert page.status == 409
    second.post("/staff/absence/off", fields(page))

    assert [one.reason for one in time_off(studio.ines, TODAY)] == ["Naples"]


@pytest.mark.parametrize("number", ["0", "9" * 30, "2147483647", "x"])
def test_a_time_off_that_is_not_there_is_not_found(number: str, staff: Staff) -> None:
    assert staff("owner").open(f"/staff/absence/{number}").status == 404


def test_another_places_time_off_is_not_found(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        zoe = make.person(inside, other.id, "Zoe")
        row = TimeOff(resource_id=zoe.id, first_on=THURSDAY, last_on=THURSDAY)
        number = make.add(inside, row).id

    assert staff("owner").open(f"/staff/absence/{number}").status == 404
