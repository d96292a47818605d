"""Reception runs the day: signs in, books by keyboard alone, sets a rule aside, marks visits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Route, expect

from spa.database import db, transaction
from spa.models import Booking
from tests import make
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site
from tests.browser.test_desk_schedule import booked, booking, listed, signed_in
from tests.browser.visitor import Visitor

Somebody = Callable[..., Visitor]


def press(desk: Visitor, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def known_client(site: Site) -> str:
    """The name of somebody with several visits behind them."""
    with site.app.app_context():
        query = (
            sa.select(Booking.contact_name)
            .where(Booking.status == "done", Booking.other_name == "", Booking.is_needling)
            .group_by(Booking.client_id, Booking.contact_name)
            .order_by(sa.func.count().desc())
            .limit(1)
        )
        return str(db.session.scalar(query))


def newest(site: Site) -> Booking:
    with site.app.app_context():
        query = sa.select(Booking).order_by(Booking.id.desc()).limit(1)
        return db.session.scalars(query).one()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_signs_in_and_marks_the_first_visit_as_arrived(
    has_scripts: bool, somebody: Somebody, site: Site
) -> None:
    with site.app.app_context(), transaction() as session:
        make.staff(session, "reception", email="kim@example.com", name="Kim Osei")
    kim = somebody(viewport=PHONE, java_script_enabled=has_scripts)

    kim.open("/staff")
    kim.page.get_by_label("Email").fill("kim@example.com")
    kim.page.get_by_label("Password").fill(make.PASSWORD)
    kim.button("Sign in").click()
    kim.reads("Good morning, Kim")
    kim.page.get_by_role("button", name="Arrived").first.click()

    expect(kim.page.locator("#said")).to_contain_text("arrived.")


def test_a_known_client_is_booked_by_keyboard_alone(somebody: Somebody, site: Site) -> None:
    desk, name = signed_in(somebody, site, "reception", viewport=DESKTOP), known_client(site)
    before = site.booking_count()

    desk.open("/staff/booking/new")
    desk.page.keyboard.type(name[:6])
    expect(desk.page.locator("#found a").first).to_contain_text(name)
    press(desk, "Enter")
    expect(desk.page.locator("h2#who")).to_have_text(name)
    focused = desk.page.locator("button:focus")
    expect(focused).to_have_attribute("name", "at")
    press(desk, "Enter")

    expect(desk.page.locator("#said")).to_contain_text(name)
    assert site.booking_count() == before + 1
    made = newest(site)
    assert (made.contact_name, made.status) == (name, "booked")
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.locator("#said")).to_contain_text("Undone.")
    assert newest(site).status == "cancelled"


def test_what_is_typed_before_the_scripts_are_there_is_looked_for(
    somebody: Somebody, site: Site
) -> None:
    desk, name = signed_in(somebody, site, "reception", viewport=DESKTOP), known_client(site)
    late: list[Route] = []
    desk.page.route("**/htmx*.js", lambda route: late.append(route))

    desk.page.goto(f"{site.address}/staff/booking/new", wait_until="commit")
    desk.page.locator("#q").fill(name[:6])
    while not late:
        desk.page.wait_for_timeout(20)
    late[0].continue_()

    expect(desk.page.locator("#found a").first).to_contain_text(name)


def test_choosing_a_day_does_not_lead_the_focus_away(somebody: Somebody, site: Site) -> None:
    desk, name = signed_in(somebody, site, "reception", viewport=DESKTOP), known_client(site)
    desk.open("/staff/booking/new")
    desk.page.keyboard.type(name[:6])
    expect(desk.page.locator("#found a").first).to_contain_text(name)
    press(desk, "Enter")
    expect(desk.page.locator("h2#who")).to_have_text(name)

    day = desk.page.locator("#day")
    day.focus()
    with desk.page.expect_response(lambda answer: answer.request.method == "POST"):
        day.evaluate(
            """(field, value) => {
              field.value = value;
              field.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            str(site.free()[-1].date()),
        )
    desk.page.wait_for_load_state("networkidle")

    expect(day).to_be_focused()


def test_a_tap_without_a_connection_stays_and_says_so(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, "reception", viewport=PHONE)
    desk.open("/staff")
    desk.expect_failure()
    desk.context.set_offline(True)

    desk.page.get_by_role("button", name="Arrived").first.click()

    expect(desk.page.locator("#said")).to_contain_text("Not saved: there is no connection.")
    desk.context.set_offline(False)
    desk.page.get_by_role("button", name="Arrived").first.click()
    expect(desk.page.locator("#said")).to_contain_text("arrived.")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_new_client_is_booked_while_they_talk(
    has_scripts: bool, somebody: Somebody, site: Site
) -> None:
    desk = signed_in(somebody, site, "reception", viewport=PHONE, java_script_enabled=has_scripts)

    desk.open("/staff/booking/new")
    desk.page.get_by_text("New client").click()
    desk.page.locator("#name").fill("Nour Haddad-O'Neill")
    desk.page.locator("#phone").fill("212 555 0144")
    desk.page.locator("#book button[name=at]").first.click()

    expect(desk.page.locator("#said")).to_contain_text("Nour Haddad-O'Neill")
    made = newest(site)
    assert (made.contact_phone, made.contact_email) == ("+12125550144", "")


def test_a_rule_is_set_aside_by_a_manager_who_says_why(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, "manager")
    start = site.free()[0]
    reference = booked(site, start, person=site.person_of(start))

    desk.expect_status(409)
    desk.open(f"/staff/booking/{reference}/move")
    desk.page.get_by_label("Another time").fill("21:00")
    desk.button("Move to that time").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("The studio closes at")
    desk.page.get_by_label("Why all the same?").fill("She flies home tomorrow")
    press(desk, "Enter")

    expect(desk.page.locator("#said")).to_contain_text("21:00")
    desk.open(f"/staff/booking/{reference}")
    expect(desk.page.locator(".record")).to_contain_text("She flies home tomorrow")


def test_a_move_is_taken_back_within_ten_seconds(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, "reception")
    start = site.free()[0]
    reference = booked(site, start)

    desk.open(f"/staff/booking/{reference}/move")
    desk.page.locator("#move .time").last.click()
    desk.page.get_by_role("button", name="Undo").click()

    desk.open(f"/staff/booking/{reference}")
    expect(desk.page.locator(".record")).to_contain_text("The move was undone.")
    assert booking(site, reference).starts_at == start


def test_a_visit_goes_from_arrived_to_done_on_a_phone(somebody: Somebody, site: Site) -> None:
    start = site.free(practitioner="ines-marchetti")[0]
    reference = booked(site, start, person="ines-marchetti")
    site.pass_minutes(int((start - site.now()) / timedelta(minutes=1)) - 5)
    ines = booking(site, reference).practitioner_id
    desk = somebody(viewport=PHONE)
    desk.context.add_cookies([site.cookie("practitioner", resource_id=ines)])
    desk.open("/staff/schedule")

    for words in ("Arrived", "Start treatment", "Done"):
        listed(desk.page, reference).get_by_role("button", name=words).first.click()
        site.pass_minutes(6)

    expect(listed(desk.page, reference).locator(".state")).to_have_text("Done")
    made = booking(site, reference)
    assert made.arrived_at and made.began_at and made.done_at


def test_a_client_who_books_by_phone_only_is_asked_to_call(somebody: Somebody, site: Site) -> None:
    desk, client = signed_in(somebody, site, "reception"), somebody()
    start, later = site.same_hour_on_two_days()
    reference = booked(site, start)
    desk.open(f"/staff/booking/{reference}")
    desk.page.locator("#client ~ p a").click()
    desk.link("Change details").click()
    desk.page.get_by_label("Books by phone only").check()
    desk.button("Save").click()

    client.expect_status(409)
    client.open(site.held(later, visitor="other"))
    client.type()
    client.confirm()

    expect(client.page.get_by_role("alert")).to_contain_text("call us")
