"""Tests of spa.schedule.staff_rota: the week of everyone, and the pages that change it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Booking, Closure, Resource, Shift, TimeOff
from spa.schedule.rota_queries import shifts, spells
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]
THURSDAY = date(2026, 3, 12)
MORNINGS = {f"from_{day}": "09:00" for day in range(5)} | {f"to_{day}": "12:00" for day in range(5)}


def rows(page: Page) -> dict[str, list[str]]:
    """Each person's days in words."""
    found = {}
    for row in page.tree.xpath("//table[contains(@class, 'rota')]/tbody/tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./td/div")]
        found[row.xpath("./th")[0].text_content().strip()] = cells
    return found


def fields(page: Page, **typed: str) -> dict[str, str]:
    """What the form of a page sends, with this typed into it."""
    form = page.tree.xpath("//main//form[@method='post']")[0]
    return dict(form.form_values()) | typed


def test_a_week_of_everyone_is_on_one_page(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        friday, saturday = date(2026, 3, 13), date(2026, 3, 14)
        inside.add_all(
            [
                Shift(resource_id=studio.ines, on_date=THURSDAY, from_minute=720, to_minute=1200),
                TimeOff(
                    resource_id=studio.ines,
                    first_on=friday,
                    last_on=friday,
                    reason="Course in Rome",
                ),
                Closure(location_id=studio.location_id, first_on=saturday, last_on=saturday),
            ]
        )

    page = staff("manager").open("/staff/rota?day=2026-03-12")

    ines = rows(page)["Ines"]
    assert ines[0].startswith("09:00–19:00") and "break 13:00–13:30" in ines[0]
    assert ines[3].startswith("12:00–20:00") and "that day only" in ines[3]
    assert ines[4].startswith("Course in Rome")
    assert ines[5].startswith("closed")
    assert (ines[7], rows(page)["Maya"][7]) == ("46 h", "57 h")
    assert "Rota, Mon 9 Mar – Sun 15 Mar" in page.text


def test_reception_sees_the_rota_and_changes_nothing_but_absence(staff: Staff) -> None:
    desk = staff("reception")

    page = desk.open("/staff/rota")

    assert not page.tree.xpath("//a[contains(@href, '/day')]")
    assert page.tree.xpath("//a[contains(@href, '/staff/absence/new?')]")
    for part in ("week", "day", "leave"):
        assert desk.open(f"/staff/rota/ines/{part}").status == 403
    assert desk.open("/staff/rota/ines").status == 200


def test_a_practitioner_does_not_see_the_rota(staff: Staff) -> None:
    assert staff("practitioner").open("/staff/rota").status == 403
    assert staff("practitioner").open("/staff/absence/new").status == 403


def test_somebody_who_left_is_in_the_weeks_they_worked_in(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        inside.get_one(Resource, studio.ines).archived_at = make.moment("2026-03-10 08:00")
        for shift in inside.scalars(sa.select(Shift).where(Shift.resource_id == studio.ines)):
            shift.ends_on = date(2026, 3, 8)

    assert "Ines" in rows(staff("manager").open("/staff/rota?day=2026-03-04"))
    assert "Ines" not in rows(staff("manager").open("/staff/rota?day=2026-03-10"))


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2000-01-01"])
def test_any_day_in_the_address_shows_a_week(day: str, staff: Staff) -> None:
    assert staff("manager").open(f"/staff/rota?day={day}").status == 200


def test_nobody_of_another_place_is_found(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        make.person(inside, other.id, "Zoe")

    for part in ("", "/week", "/day", "/leave"):
        assert staff("owner").open(f"/staff/rota/zoe{part}").status == 404


def test_a_new_week_is_written_from_a_day_on(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("manager")
    page = desk.open("/staff/rota/ines/week")
    assert fields(page)["from_0"] == "09:00"

    typed = fields(page, starts_on="2026-03-16", rest1_0="", on1_0="", to_0="12:00")
    after = desk.post("/staff/rota/ines/week", typed)

    assert "The week of Ines is saved." in after.text
    assert after.path == "/staff/rota/ines"
    first, then = spells(shifts(studio.ines))
    assert first.last_on == date(2026, 3, 15)
    assert (then.week[0].to_minute, then.week[0].breaks) == (720, ())
    assert then.week[1] == first.week[1]


def test_a_week_typed_wrong_keeps_everything_typed(studio: make.Studio, staff: Staff) -> None:
    desk = staff("manager")
    typed = fields(desk.open("/staff/rota/ines/week"), from_1="19:00", to_1="09:00", to_2="10:07")

    page = desk.post("/staff/rota/ines/week", typed)

    assert page.status == 422
    assert "Enter a time after 19:00" in page.text and "on the five minutes" in page.text
    again = fields(page)
    assert {name: again[name] for name in typed if name != "csrf_token"} == {
        name: value for name, value in typed.items() if name != "csrf_token"
    }
    assert len(spells(shifts(studio.ines))) == 1


def test_the_second_manager_sees_what_the_first_did_and_keeps_what_was_typed(
    studio: make.Studio, staff: Staff
) -> None:
    first, second = staff("manager"), staff("owner")
    late = fields(second.open("/staff/rota/ines/week"), starts_on="2026-03-16", to_4="15:00")
    early = fields(first.open("/staff/rota/ines/week"), starts_on="2026-03-16", to_0="12:00")
    early |= {"rest1_0": "", "on1_0": ""}
    first.post("/staff/rota/ines/week", early)

    page = second.post("/staff/rota/ines/week", late)

    assert page.status == 409
    assert "Manager" in page.text and "Monday: 09:00–12:00" in page.text
    assert fields(page)["to_4"] == "15:00"
    after = second.post("/staff/rota/ines/week", fields(page))
    assert "The week of Ines is saved." in after.text


def test_a_week_can_be_looked_at_before_it_is_saved(studio: make.Studio, staff: Staff) -> None:
    desk = staff("manager")
    make.booked("2026-03-17 15:00", practitioner="ines")
    typed = fields(desk.open("/staff/rota/ines/week")) | {"starts_on": "2026-03-16"} | MORNINGS
    typed |= {f"rest1_{day}": "" for day in range(7)} | {f"on1_{day}": "" for day in range(7)}

    page = desk.post("/staff/rota/ines/week", typed | {"preview": "1"})

    assert page.status == 200
    assert "Nothing is saved yet." in page.text and "Ana Duarte" in page.text
    assert len(spells(shifts(studio.ines))) == 1


def test_a_week_that_strands_a_visit_asks_and_then_saves(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("manager")
    visit = make.booked("2026-03-17 15:00", practitioner="ines")
    typed = fields(desk.open("/staff/rota/ines/week")) | {"starts_on": "2026-03-16"} | MORNINGS
    typed |= {f"rest1_{day}": "" for day in range(7)} | {f"on1_{day}": "" for day in range(7)}

    page = desk.post("/staff/rota/ines/week", typed)
    assert page.status == 409 and "Ana Duarte" in page.text
    after = desk.post("/staff/rota/ines/week", fields(page, settled="1"))

    assert "The week of Ines is saved. 1 visit was moved." in after.text
    session.expire_all()
    assert session.get_one(Booking, visit.id).practitioner_id == studio.maya


def test_one_day_is_changed_and_set_back(studio: make.Studio, staff: Staff) -> None:
    desk = staff("manager")
    address = "/staff/rota/ines/day?day=2026-03-12"
    typed = fields(desk.open(address), choice="other", from_0="12:00", to_0="20:00")

    after = desk.post(address, typed)

    assert "Ines, Thu 12 Mar: saved." in after.text
    assert rows(after)["Ines"][3].startswith("12:00–20:00")
    desk.post(address, fields(desk.open(address), choice="usual"))
    assert rows(desk.open("/staff/rota?day=2026-03-12"))["Ines"][3].startswith("09:00–19:00")


@pytest.mark.parametrize(
    ("part", "typed"),
    [("day?day=2026-03-12", {"choice": "off"}), ("leave", {"last_on": "2026-03-20"})],
)
def test_the_second_to_change_a_day_or_to_let_somebody_go_sees_what_the_first_did(
    part: str, typed: dict[str, str], studio: make.Studio, staff: Staff
) -> None:
    first, second, address = staff("manager"), staff("owner"), f"/staff/rota/ines/{part}"
    late = fields(second.open(address), **typed)
    day = "/staff/rota/ines/day?day=2026-03-12"
    first.post(day, fields(first.open(day), choice="other", from_0="12:00", to_0="20:00"))

    page = second.post(address, late)

    assert page.status == 409
    assert "Manager" in page.text and "Thu 12 Mar: in 12:00–20:00." in page.text
    assert {name: fields(page)[name] for name in typed} == typed
    assert second.post(address, fields(page)).status == 200


def test_other_hours_beside_another_choice_are_asked_about(
    studio: make.Studio, staff: Staff
) -> None:
    desk = staff("manager")
    address = "/staff/rota/ines/day?day=2026-03-12"

    page = desk.post(address, fields(desk.open(address), from_0="12:00"))

    assert page.status == 422
    assert "Other hours are typed below" in page.text


def test_a_longer_time_off_is_changed_first(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        inside.add(TimeOff(resource_id=studio.ines, first_on=THURSDAY, last_on=date(2026, 3, 20)))
    desk = staff("manager")
    address = "/staff/rota/ines/day?day=2026-03-12"

    page = desk.post(address, fields(desk.open(address), choice="other"))

    assert page.status == 422
    assert "They are away Thu 12 Mar – Fri 20 Mar: change that first" in page.text


def test_who_leaves_hands_over_and_is_archived_when_the_last_day_is_over(
    session: Session, studio: make.Studio, staff: Staff, at: Callable[[str], datetime]
) -> None:
    desk = staff("owner")
    visit = make.booked("2026-03-17 10:00", practitioner="ines")
    page = desk.open("/staff/rota/ines/leave")
    assert "How they sign in is not touched." in page.text
    assert page.tree.xpath("//main//a[@href='/staff/people']")

    page = desk.post("/staff/rota/ines/leave", fields(page, last_on="2026-03-13"))
    assert page.status == 409
    after = desk.post("/staff/rota/ines/leave", fields(page, settled="1"))
    assert "The last day of Ines is 13 March 2026. 1 visit was moved." in after.text
    session.expire_all()
    assert session.get_one(Booking, visit.id).practitioner_id == studio.maya
    assert session.get_one(Resource, studio.ines).archived_at is None

    at("2026-03-14 09:00")
    desk = staff("owner", email="other@example.com")
    page = desk.open("/staff/rota/ines/leave")
    assert "The last day was 13 March 2026" in page.text
    desk.post("/staff/rota/ines/leave", fields(page))
    session.expire_all()
    assert session.get_one(Resource, studio.ines).archived_at is not None


@pytest.mark.parametrize(
    ("last_on", "said"),
    [
        ("", "Enter their last day"),
        ("soon", "Enter their last day"),
        ("9999-12-31", "Enter their last day"),
        ("2026-02-06", "That is too long ago: choose 7 February 2026 or later"),
    ],
)
def test_a_last_day_typed_wrong_is_said(
    last_on: str, said: str, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("owner")

    page = desk.post(
        "/staff/rota/ines/leave", fields(desk.open("/staff/rota/ines/leave"), last_on=last_on)
    )

    assert page.status == 422
    assert said in page.text
