"""The manager raises a price and adds a treatment; a client then sees and holds it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.test_desk_schedule import signed_in
from tests.browser.visitor import Visitor

Somebody = Callable[..., Visitor]
MENU = "/staff/treatments"


def test_a_raised_price_is_seen_at_once_in_the_preview_and_then_by_visitors(
    somebody: Somebody, site: Site
) -> None:
    desk, guest = signed_in(somebody, site, "manager"), somebody()
    desk.open(f"{MENU}/{FACIAL}")

    desk.page.get_by_label("Price", exact=True).fill("333,50")

    expect(desk.page.locator("#preview")).to_contain_text("$333.50")
    desk.button("Save").last.click()
    expect(desk.page.get_by_text("is saved")).to_be_visible()
    guest.open(f"/treatments/{FACIAL}")
    expect(guest.page.get_by_text("$333.50").first).to_be_visible()


@pytest.mark.parametrize(
    ("has_scripts", "viewport"),
    [(True, DESKTOP), (False, PHONE)],
    ids=["with scripts", "without scripts on a phone"],
)
def test_ninety_minutes_in_the_large_room_with_one_certified_person(
    has_scripts: bool, viewport: dict[str, int], somebody: Somebody, site: Site
) -> None:
    desk = signed_in(somebody, site, "manager", viewport=viewport, java_script_enabled=has_scripts)
    desk.open(f"{MENU}/new")
    page = desk.page
    page.get_by_label("Name", exact=True).fill("Long evening session")
    page.get_by_label("In a sentence").fill("An hour and a half for face and neck.")
    page.get_by_label("Price", exact=True).fill("385")
    page.get_by_label("Step", exact=True).first.select_option("needle")
    page.get_by_label("Minutes", exact=True).first.fill("90")
    boxes = page.locator("#doers input[type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).uncheck()
    page.get_by_label("Mei-Lin Zhao").check()
    page.get_by_label("Clover room").check()
    desk.button("Save").last.click()
    expect(desk.page.get_by_text("“Long evening session” is on the menu.")).to_be_visible()

    guest = somebody(viewport=viewport, java_script_enabled=has_scripts)
    guest.open("/treatments/long-evening-session")
    expect(guest.page.get_by_text("90 minutes, $385")).to_be_visible()
    guest.page.locator("form#hold button[name=at]").first.click()

    expect(guest.page.get_by_text("Long evening session").first).to_be_visible()
    expect(guest.page.get_by_text("Mei-Lin Zhao").first).to_be_visible()
