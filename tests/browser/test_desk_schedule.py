"""The schedule in a browser: drawn, dragged, refused, offline and back, on a phone, on paper."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from spa.booking import actions
from spa.database import db, transaction
from spa.models import Booking, Resource
from tests import make
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.test_axe import AXE, findings
from tests.browser.visitor import Visitor
from tests.conftest import NEW_YORK

SOON = 5_000
MOST_BYTES = 250_000
Somebody = Callable[..., Visitor]
LEARN = """async () => {
  const place = document.getElementById("schedule");
  window.drawn = await (await fetch(place.dataset.data)).json();
}"""
POINT = """([slug, minutes]) => {
  const columns = document.querySelectorAll("#schedule .ec-body .ec-day");
  const number = window.drawn.columns.findIndex((one) => one.id === slug);
  const box = columns[number].getBoundingClientRect();
  const from = window.drawn.from.split(":").reduce((hours, rest) => hours * 60 + +rest);
  return [box.left + box.width / 2, box.top + (minutes - from) / 15 * 22 + 3];
}"""


@pytest.fixture
def desk(somebody: Somebody, site: Site) -> Visitor:
    """The owner at the desk."""
    return signed_in(somebody, site)


def signed_in(somebody: Somebody, site: Site, role: str = "owner", **about: Any) -> Visitor:
    visitor = somebody(**about)
    visitor.context.add_cookies([site.cookie(role)])
    return visitor


def see(desk: Visitor, day: date, by: str = "practitioner") -> None:
    """Open a day and wait until it is drawn."""
    desk.open(f"/staff/schedule?day={day}&by={by}")
    expect(desk.page.locator(".ec-day").first).to_be_visible()
    desk.page.evaluate(LEARN)


def booked(site: Site, start: datetime, person: str = "", **about: Any) -> str:
    """The reference of a visit that was booked."""
    with site.app.app_context():
        hold = actions.hold_slot(FACIAL, start, visitor="browser", practitioner=person)
        return actions.confirm_booking(hold.reference, make.details(**about)).reference


def drawn(page: Page, reference: str) -> Locator:
    """A visit in the drawn calendar."""
    return page.locator(f'#schedule a[data-reference="{reference}"]')


def listed(page: Page, reference: str) -> Locator:
    """A visit in the list."""
    return page.locator(f'li[id="visit-{reference}"]')


def booking(site: Site, reference: str) -> Booking:
    with site.app.app_context():
        return db.session.scalars(sa.select(Booking).where(Booking.reference == reference)).one()


def point(page: Page, slug: str, start: datetime) -> tuple[float, float]:
    """Where on the screen an hour of somebody begins in the drawn calendar."""
    x, y = page.evaluate(POINT, [slug, start.hour * 60 + start.minute])
    return x, y


def drag(desk: Visitor, reference: str, slug: str, start: datetime) -> None:
    """Take a visit at its upper edge and drop it on somebody's hour."""
    page = desk.page
    visit = drawn(page, reference)
    visit.scroll_into_view_if_needed()
    box = visit.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12, steps=3)
    x, y = point(page, slug, start)
    page.mouse.move(x, y, steps=8)
    page.mouse.up()


def two_hours_of_one(site: Site) -> tuple[datetime, datetime, str]:
    """Two hours of a day that the same person has free, far enough apart."""
    for person in ("ines-marchetti", "tomasz-wisniewski", "daniel-okafor", "salma-haddad"):
        free = site.free(practitioner=person)
        for one in free:
            for other in free:
                if one.date() == other.date() and other - one >= timedelta(hours=2):
                    return one, other, person
    raise LookupError("nobody has two hours free on one day")


def test_a_visit_is_drawn_and_listed_with_its_numbing(desk: Visitor, site: Site) -> None:
    start = site.free()[0]
    reference = booked(site, start, note="Please call first")

    see(desk, start.date())

    event = drawn(desk.page, reference)
    expect(event).to_contain_text("Ana Duarte")
    expect(event).to_contain_text("Booked")
    expect(event).to_contain_text("note from the client")
    expect(event).to_contain_text("practitioner free")
    expect(listed(desk.page, reference)).to_contain_text("practitioner free")
    event.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page).to_have_url(re.compile(f"/staff/booking/{reference}$"))


@pytest.mark.parametrize("by", ["practitioner", "room"])
def test_axe_finds_nothing_on_the_drawn_day(by: str, somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, reduced_motion="reduce")
    desk.context.add_init_script(path=AXE)
    start = site.free()[0]
    booked(site, start, note="Please call first")

    see(desk, start.date(), by)
    found = findings(desk.page)

    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_axe_finds_nothing_on_the_week(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, reduced_motion="reduce")
    desk.context.add_init_script(path=AXE)

    desk.open("/staff/schedule/week")
    found = findings(desk.page)

    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_a_visit_is_dragged_to_a_free_hour(desk: Visitor, site: Site) -> None:
    start, other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    see(desk, start.date())

    drag(desk, reference, person, other)

    expect(desk.page.locator("#said")).not_to_be_empty()
    expect(drawn(desk.page, reference)).to_contain_text(f"{other:%H:%M}")
    expect(listed(desk.page, reference)).to_contain_text(f"{other:%H:%M}")
    assert booking(site, reference).starts_at == other


def test_a_drag_that_is_refused_goes_back_and_says_why(desk: Visitor, site: Site) -> None:
    start, other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    booked(site, other, person, email="bea@example.com", name="Bea Lind")
    see(desk, start.date())
    desk.expect_status(409)

    drag(desk, reference, person, other)

    dialog = desk.page.locator("dialog#refused")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-why]")).not_to_be_empty()
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(drawn(desk.page, reference)).to_contain_text(f"{start:%H:%M}")
    assert booking(site, reference).starts_at == start


def test_a_practitioner_cannot_drag(somebody: Somebody, site: Site) -> None:
    start, _other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    with site.app.app_context():
        own = db.session.scalars(sa.select(Resource.id).where(Resource.slug == person)).one()
    visitor = somebody()
    visitor.context.add_cookies([site.cookie("practitioner", resource_id=own)])

    see(visitor, start.date())

    expect(drawn(visitor.page, reference)).to_be_visible()
    expect(visitor.page.locator("#schedule .ec-draggable")).to_have_count(0)


@pytest.mark.parametrize(("day", "offset"), [("", "-04"), ("2026-11-01", "-05")])
def test_a_free_hour_leads_to_a_new_booking(
    day: str, offset: str, desk: Visitor, site: Site
) -> None:
    start, _other, person = two_hours_of_one(site)
    if day:
        start = datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=NEW_YORK)
    see(desk, start.date())

    desk.page.mouse.click(*point(desk.page, person, start))

    at = re.escape(f"{start:%Y-%m-%dT%H}%3A{start:%M}{offset}%3A00")
    expect(desk.page).to_have_url(re.compile(f"/staff/booking/new\\?at={at}&with={person}"))


def test_what_is_changed_elsewhere_appears_within_five_seconds(desk: Visitor, site: Site) -> None:
    start = site.free()[0]
    see(desk, start.date())

    reference = booked(site, start)

    expect(drawn(desk.page, reference)).to_be_visible(timeout=SOON)
    expect(listed(desk.page, reference)).to_be_visible(timeout=SOON)


def test_past_midnight_todays_schedule_is_that_of_the_new_day(
    somebody: Somebody, site: Site
) -> None:
    site.pass_minutes(14 * 60 + 59)
    desk, today = signed_in(somebody, site), site.now().date()
    see(desk, today)

    site.pass_minutes(2)

    new = today + timedelta(days=1)
    expect(desk.page.locator(f"#schedule[data-day='{new}']")).to_be_attached(timeout=3 * SOON)
    expect(desk.page.get_by_role("link", name="Today").nth(1)).to_have_attribute(
        "aria-current", "date"
    )


def test_the_morning_page_keeps_up_with_what_happens_and_with_the_day(
    somebody: Somebody, site: Site
) -> None:
    site.pass_minutes(14 * 60 + 59)
    desk = signed_in(somebody, site)
    reference = booked(site, site.free()[0], note="I use a wheelchair")
    page = desk.page
    desk.open("/staff")
    link = page.locator(f"#morning a[href$='{reference}']")
    expect(link.first).to_be_visible()

    with site.app.app_context():
        actions.cancel_booking(reference)
    expect(link).to_have_count(0, timeout=SOON)

    site.pass_minutes(2)
    new = site.now().date()
    expect(page.locator(f"#morning[data-today='{new}']")).to_be_attached(timeout=SOON)


def test_what_is_open_and_where_one_is_stays_when_the_list_is_exchanged(
    desk: Visitor, site: Site
) -> None:
    start, other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    see(desk, start.date())
    fold = listed(desk.page, reference).locator("summary")
    fold.focus()
    desk.page.keyboard.press("Enter")

    further = booked(site, other, person, email="bea@example.com", name="Bea Lind")

    expect(listed(desk.page, further)).to_be_visible(timeout=SOON)
    expect(listed(desk.page, reference).locator("details")).to_have_attribute("open", "")
    expect(listed(desk.page, reference).locator("summary")).to_be_focused()


def test_without_a_connection_it_says_since_when_and_is_true_again_afterwards(
    desk: Visitor, site: Site
) -> None:
    start, other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    see(desk, start.date())
    lost = desk.page.locator("#lost")
    desk.expect_failure()

    desk.context.set_offline(True)
    expect(lost).to_contain_text(re.compile(r"No connection since \d\d:\d\d\."))
    drag(desk, reference, person, other)
    expect(desk.page.locator("#said")).to_contain_text("Not moved: there is no connection.")
    expect(drawn(desk.page, reference)).to_contain_text(f"{start:%H:%M}")

    further = booked(site, other, person, email="bea@example.com", name="Bea Lind")
    desk.context.set_offline(False)
    expect(lost).to_be_hidden()
    expect(drawn(desk.page, further)).to_be_visible()


def test_whoever_was_signed_out_meanwhile_is_asked_politely(desk: Visitor, site: Site) -> None:
    see(desk, site.free()[0].date())
    desk.expect_status(401)

    site.pass_minutes(61)

    expect(desk.page.locator("#lost")).to_contain_text("You were signed out")
    expect(desk.link("Sign in again")).to_have_attribute("href", re.compile("^/staff/login"))


def test_a_hold_goes_when_its_time_is_over(desk: Visitor, site: Site) -> None:
    start = site.free()[0]
    with site.app.app_context():
        hold = actions.hold_slot(FACIAL, start, visitor="online").reference
    see(desk, start.date())
    expect(drawn(desk.page, hold)).to_contain_text("10 min left")

    with site.app.app_context(), transaction() as session:
        ends = site.now() + timedelta(seconds=2)
        session.execute(sa.update(Booking).values(held_until=ends))
    desk.page.reload()
    expect(drawn(desk.page, hold)).to_be_visible()
    site.pass_minutes(1)

    expect(drawn(desk.page, hold)).to_have_count(0, timeout=2 * SOON)


def test_on_a_phone_it_is_a_list_with_one_tap_and_no_calendar(
    somebody: Somebody, site: Site
) -> None:
    desk = signed_in(somebody, site, viewport=PHONE)
    start = site.free()[0]
    reference = booked(site, start)
    site.app.config["SPA_NOW"] = start
    desk.context.clear_cookies()
    desk.context.add_cookies([site.cookie("reception")])
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.open(f"/staff/schedule?day={start.date()}")

    tap = listed(desk.page, reference).get_by_role("button", name="Arrived")
    box = tap.bounding_box()
    assert box and box["height"] >= 44
    assert not [url for url in asked if "event-calendar" in url or "day.json" in url]
    tap.click()

    expect(listed(desk.page, reference).locator(".state")).to_have_text("Arrived")


def test_the_list_prints_on_one_page(desk: Visitor, site: Site) -> None:
    see(desk, site.now().astimezone(NEW_YORK).date())

    paper = desk.page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_schedule_is_light(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, viewport=DESKTOP)
    bytes_of: dict[str, float] = {}
    wire = desk.context.new_cdp_session(desk.page)
    wire.on(
        "Network.loadingFinished",
        lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]}),
    )
    wire.send("Network.enable")

    see(desk, site.now().astimezone(NEW_YORK).date())

    assert 50_000 < sum(bytes_of.values()) < MOST_BYTES
