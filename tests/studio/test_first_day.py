"""The first day as its owner walks it: led, saved step by step, taken up again, and over."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions as accounts
from spa.database import transaction
from spa.domain.roles import Actor
from spa.models import (
    AuditEntry,
    Capability,
    Location,
    OpeningHours,
    Resource,
    Shift,
    ShiftBreak,
    StaffMember,
    Treatment,
    TreatmentWords,
)
from spa.studio import first_day_actions, queries
from tests import make
from tests.pages import Page, Pages
from tests.tables import everything

NAME = {
    "name": "Linden Rooms",
    "tagline": "",
    "address": "3 Mill Lane\nNew York",
    "country": "US",
    "phone": "212 555 0199",
    "email": "hello@linden.com",
}
ZONE = {"zone": "new york", "currency": "USD", "language": "en"}
WEEK = {"open_0": "y", "from_0": "10:00", "to_0": "18:00", "open_3": "y", "from_3": "12:00"}
WEEK |= {"to_3": "00:00"}
MENU = {"offer_facial-microneedling": "y", "price_facial-microneedling": "185,00"}
STEPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("first_day.name", "first_day.name", NAME),
    ("first_day.zone", "first_day.zone", ZONE),
    ("first_day.hours", "first_day.hours", WEEK),
    ("first_day.people", "first_day.add_person", {"me": "1"}),
    ("first_day.rooms", "first_day.add_room", {"name": "Garden", "kind": "room"}),
    ("first_day.menu", "first_day.menu", MENU),
    ("first_day.open_now", "first_day.open_now", {}),
)


def press(pages: Pages, page: str, to: str, typed: dict[str, str]) -> Page:
    """Load a step and press its button."""
    token = pages.get(page).all("input[name=csrf_token]")[0].get("value")
    return pages.post(pages.address(to), {"csrf_token": token} | typed)


def walk(pages: Pages, until: str = "") -> Page:
    """Every step in turn, up to one that is left out."""
    shown = pages.get("first_day.index")
    for step in STEPS:
        if step[0] == until:
            break
        shown = press(pages, *step)
    return shown


def shows(page: Page) -> dict[str, str]:
    """What the form of a step would send untouched."""
    return {name: value for name, value in page.tree.forms[-1].form_values() if value is not None}


def only(session: Session, table: Any) -> Any:
    """The one row of a table."""
    return session.scalars(sa.select(table)).one()


def test_without_a_studio_every_page_of_the_desk_leads_to_the_first_day(
    app: Flask, nora: Pages
) -> None:
    for path in ("/staff", "/staff/schedule", "/staff/clients", "/staff/account", "/staff/studio"):
        assert nora.open(path).path == "/staff/first-day/name", path


def test_who_is_no_owner_is_told_that_there_is_no_studio(app: Flask, session: Session) -> None:
    with transaction() as inside:
        member = make.staff(inside, "manager", location_id=None)
    pages = Pages(app)
    with pages.client.session_transaction() as cookie:
        cookie["staff"] = accounts.open_session(member.id)

    page = pages.open("/staff")

    assert (page.status, "no studio in this program yet" in page.text) == (404, True)
    assert pages.open("/staff/first-day").status == 403


def test_seven_steps_make_an_open_studio(nora: Pages, session: Session, owner: Actor) -> None:
    page = walk(nora)

    assert page.path == "/staff/studio"
    assert "from now on visitors can book" in page.text
    place = only(session, Location)
    assert (place.name, place.phone, place.zone) == (
        "Linden Rooms",
        "+12125550199",
        "America/New_York",
    )
    assert place.opened_at == make.moment("2026-03-10 09:00")
    assert only(session, Treatment).price_minor == 18500
    assert session.get_one(StaffMember, owner.id).resource_id
    events = session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events[-7:] == [
        "studio.made",
        "studio.zone_set",
        "first_day.hours_set",
        "team.added",
        "thing.added",
        "first_day.menu_set",
        "studio.opened",
    ]


def test_a_visitor_then_finds_an_hour_within_the_hours_that_were_given(
    app: Flask, nora: Pages
) -> None:
    walk(nora)

    times = Pages(app).client.get(
        "/api/v1/treatments/facial-microneedling/free-times?from=2026-03-12&days=1"
    )
    (first, *_) = times.get_json()["free_times"]

    assert first["starts_at"] == "2026-03-12T16:00:00Z"


def test_before_it_is_open_visitors_see_opening_soon_and_the_api_offers_nothing(
    app: Flask, nora: Pages
) -> None:
    walk(nora, until="first_day.open_now")
    visitor = Pages(app)

    for path in ("/", "/treatments", "/policies", "/privacy", "/booking/find"):
        page = visitor.open(path)
        assert (page.status, "Opening soon" in page.text) == (200, True), path
        assert "Linden Rooms" in page.text
    for path in ("/treatments/facial-microneedling", "/booking/facial-microneedling"):
        assert visitor.open(path).status == 404, path
    assert visitor.client.get("/api/v1/treatments").get_json()["treatments"] == []
    assert [visitor.client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize("number", range(1, 7))
def test_it_is_taken_up_again_where_it_was_left(number: int, nora: Pages) -> None:
    walk(nora, until=STEPS[number][0])

    page = nora.get("first_day.index")

    assert page.path == nora.address(STEPS[number][0])
    assert f"Step {number + 1} of 7" in page.text
    assert len(page.all("li.past")) == number


def test_after_the_first_step_the_desk_works_for_the_owner(nora: Pages) -> None:
    walk(nora, until="first_day.zone")

    for path in ("/staff", "/staff/schedule", "/staff/booking", "/staff/clients"):
        page = nora.open(path)
        assert (page.path, page.status) == (path, 200)
        assert "Go on with the first day" in page.text
    hub = nora.open("/staff/studio")
    assert "1 of 7 steps are done" in hub.text


def test_once_it_is_open_every_step_leads_to_the_studio(app: Flask, nora: Pages) -> None:
    walk(nora)
    before = everything(app)["location"], everything(app)["resource"]

    for page, to, typed in STEPS:
        assert nora.get(page).path == "/staff/studio"
        token = nora.get("accounts.account").fields("/logout")["csrf_token"]
        answer = nora.post(nora.address(to), {"csrf_token": token} | typed)
        assert answer.path == "/staff/studio", to

    assert (everything(app)["location"], everything(app)["resource"]) == before


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("name", NAME | {"name": " "}, "Enter the name of the studio"),
        ("name", NAME | {"phone": "12"}, "phone number with its area code"),
        ("name", NAME | {"email": "hello"}, "email address like"),
        ("zone", ZONE | {"zone": "Atlantis"}, "a large city near you"),
        ("hours", {}, "at least one day"),
        ("hours", WEEK | {"to_0": "09:00"}, "a time after the opening"),
        ("hours", WEEK | {"to_0": "10:00"}, "a time after the opening"),
        ("hours", WEEK | {"from_0": "10:03"}, "on the five minutes"),
        ("hours", WEEK | {"from_0": "ten"}, "a time such as 10:00"),
        ("hours", WEEK | {"from_0": "10:"}, "a time such as 10:00"),
        ("hours", WEEK | {"from_0": "25:00"}, "a time such as 10:00"),
        ("menu", {}, "at least one treatment"),
        ("menu", MENU | {"price_facial-microneedling": "1,850.5"}, "185 or 185.50"),
        ("menu", MENU | {"price_facial-microneedling": "-5"}, "185 or 185.50"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_changes_nothing(
    step: str, typed: dict[str, str], said: str, app: Flask, nora: Pages
) -> None:
    walk(nora, until=f"first_day.{step}")
    nora.get("first_day.index")
    before = everything(app)

    page = press(nora, f"first_day.{step}", f"first_day.{step}", typed)

    assert (page.status, said in page.text) == (422, True)
    assert page.all("p.error")
    assert everything(app) == before


def test_what_was_typed_stays_beside_the_error(nora: Pages) -> None:
    page = press(nora, "first_day.name", "first_day.name", NAME | {"email": "hello"})

    fields = shows(page)
    assert (fields["name"], fields["email"], fields["phone"]) == (
        "Linden Rooms",
        "hello",
        "212 555 0199",
    )


def test_somebody_without_a_name_is_not_added(nora: Pages) -> None:
    walk(nora, until="first_day.people")

    page = press(nora, "first_day.people", "first_day.add_person", {"name": " "})

    assert (page.status, "Enter a name" in page.text) == (422, True)


def test_it_cannot_open_while_something_is_missing(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.rooms")
    page = press(nora, "first_day.zone", "first_day.open_now", {})

    assert page.status == 422
    assert [link.text for link in page.tree.xpath("//div[@role='alert']//a")] == [
        "Rooms",
        "Treatments",
    ]
    assert only(session, Location).opened_at is None


def test_the_page_before_the_opening_names_the_first_hour_that_can_be_booked(nora: Pages) -> None:
    walk(nora, until="first_day.open_now")

    page = nora.get("first_day.open_now")

    assert "Facial microneedling, Thursday 12 March, 12:00" in page.text


# What the steps write


def test_everyone_works_whenever_it_is_open_with_a_break_in_a_long_day(
    nora: Pages, session: Session
) -> None:
    walk(nora, until="first_day.rooms")

    shifts = session.execute(
        sa.select(Shift.weekday, Shift.from_minute, Shift.to_minute, ShiftBreak.from_minute)
        .outerjoin(ShiftBreak, ShiftBreak.shift_id == Shift.id)
        .order_by(Shift.weekday)
    ).all()

    assert [tuple(row) for row in shifts] == [(0, 600, 1080, 840), (3, 720, 1440, 1080)]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(600, 1080, (840, 870)), (600, 955, None), (600, 960, (780, 810)), (540, 1025, (780, 810))],
)
def test_a_break_lies_in_the_middle_of_six_hours_or_more(
    first: int, last: int, expected: tuple[int, int] | None
) -> None:
    assert first_day_actions.break_of(first, last) == expected


def test_other_hours_move_those_who_work_all_of_them_and_nobody_else(
    nora: Pages, session: Session, owner: Actor
) -> None:
    walk(nora, until="first_day.rooms")
    press(nora, "first_day.people", "first_day.add_person", {"name": "Part Timer"})
    part_timer = session.scalars(sa.select(Resource.id).where(Resource.name == "Part Timer")).one()
    session.execute(
        sa.update(Shift)
        .where(Shift.resource_id == part_timer, Shift.weekday == 0)
        .values(to_minute=900)
    )
    session.commit()

    press(nora, "first_day.hours", "first_day.hours", WEEK | {"to_0": "17:00"})

    ends = sa.select(Shift.to_minute).where(Shift.weekday == 0).order_by(Shift.resource_id)
    assert session.scalars(ends).all() == [1020, 900]
    assert len(session.scalars(sa.select(OpeningHours)).all()) == 2


def test_who_is_taken_out_and_added_again_is_the_same(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.rooms")
    press(nora, "first_day.people", "first_day.remove_person", {"who": "nora-lind"})
    assert "Nora Lind" not in nora.get("first_day.people").all("main")[0].text_content().replace(
        "Add me, Nora Lind", ""
    )
    assert queries.progress(only(session, Location).id).next == "people"

    press(nora, "first_day.people", "first_day.add_person", {"me": "1"})

    assert only(session, Resource).archived_at is None


def test_a_second_press_adds_nobody_twice_and_the_owner_is_who_has_their_name(
    nora: Pages, session: Session, owner: Actor
) -> None:
    walk(nora, until="first_day.people")

    for typed in ({"name": "Nora Lind"}, {"name": "Nora Lind"}, {"me": "1"}):
        press(nora, "first_day.people", "first_day.add_person", typed)

    assert only(session, Resource).id == session.get_one(StaffMember, owner.id).resource_id
    added = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.event == "team.added")
    assert session.scalar(added) == 1


def test_everyone_and_every_room_can_do_all_also_who_comes_after_the_menu(
    nora: Pages, session: Session
) -> None:
    walk(nora, until="first_day.open_now")
    press(nora, "first_day.people", "first_day.add_person", {"name": "Late Comer"})
    press(nora, "first_day.rooms", "first_day.add_room", {"name": "LED", "kind": "device"})

    able = session.scalars(
        sa.select(Resource.name).join(Capability, Capability.resource_id == Resource.id)
    ).all()
    assert sorted(able) == ["Garden", "Late Comer", "Nora Lind"]


def test_a_treatment_that_needs_a_device_brings_one_along(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.menu")
    light = {"offer_facial-red-light": "y", "price_facial-red-light": "225"}

    press(nora, "first_day.menu", "first_day.menu", MENU | light)

    device = session.scalars(sa.select(Resource).where(Resource.kind == "device")).one()
    assert device.name == "Red light panel"
    slugs = session.scalars(
        sa.select(Treatment.slug)
        .join(Capability, Capability.treatment_id == Treatment.id)
        .where(Capability.resource_id == device.id)
    ).all()
    assert slugs == ["facial-red-light"]


def test_the_menu_can_be_gone_through_again(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.open_now")
    eyes = {"offer_eye-area": "y", "price_eye-area": "99.50"}

    press(nora, "first_day.menu", "first_day.menu", eyes)

    left = sa.select(Treatment.slug).where(Treatment.archived_at.is_(None))
    assert session.scalars(left).all() == ["eye-area"]
    shown = shows(nora.get("first_day.menu"))
    assert "offer_facial-microneedling" not in shown
    assert shown["price_eye-area"] == "99.50"


def test_prices_have_the_cents_of_the_currency(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.zone")
    press(nora, "first_day.zone", "first_day.zone", ZONE | {"zone": "Tokyo", "currency": "JPY"})

    shown = shows(nora.get("first_day.menu"))
    assert shown["price_facial-microneedling"] == "275"
    page = press(
        nora, "first_day.menu", "first_day.menu", MENU | {"price_facial-microneedling": "27.5"}
    )
    assert "as a whole number" in page.text
    press(nora, "first_day.menu", "first_day.menu", MENU | {"price_facial-microneedling": "28000"})
    assert only(session, Treatment).price_minor == 28000


def test_another_language_chosen_late_keeps_the_menu_on_show(nora: Pages, session: Session) -> None:
    walk(nora, until="first_day.open_now")

    press(nora, "first_day.zone", "first_day.zone", ZONE | {"language": "de"})

    assert len(queries.menu(only(session, Location).id)) == 1
    assert set(session.scalars(sa.select(TreatmentWords.language))) == {"en", "de"}


def test_the_country_of_the_browser_is_proposed(nora: Pages) -> None:
    answer = nora.client.get(
        "/staff/first-day/name", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}
    )

    assert '<option selected value="AT">' in answer.get_data(as_text=True)


def test_two_windows_at_once_make_one_studio(nora: Pages, session: Session, owner: Actor) -> None:
    told = NAME | {"phone": "+12125550199"}
    for name in ("Linden Rooms", "Linden House"):
        first_day_actions.set_name(None, told | {"name": name}, actor=owner)

    assert only(session, Location).name == "Linden House"


@pytest.mark.parametrize("role", ["manager", "reception", "practitioner"])
def test_only_the_owner_has_a_first_day(role: str, staff: Callable[..., Pages]) -> None:
    desk = staff(role)

    for page, _to, _typed in STEPS:
        assert desk.get(page).status == 403
