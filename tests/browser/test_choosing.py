"""Choosing a time: the panel is exchanged in place; address, Back, Forward and focus stay true."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.visitor import Visitor, day_words

CHOOSE = f"/booking/{FACIAL}"
INES = "Ines Marchetti"


@pytest.fixture
def chooser(visitor: Visitor) -> Visitor:
    """Somebody who looks at the times and would notice if the page were loaded anew."""
    visitor.open(CHOOSE)
    visitor.page.evaluate("window.survives = true")
    return visitor


def is_same_page(visitor: Visitor) -> bool:
    """Whether nothing was loaded since `chooser` came."""
    return bool(visitor.page.evaluate("window.survives === true"))


def has_address(visitor: Visitor, words: str) -> None:
    """The address bar ends like this."""
    expect(visitor.page).to_have_url(re.compile(re.escape(words) + r"(#\w+)?$"))


def test_a_day_changes_the_panel_in_place(chooser: Visitor, site: Site) -> None:
    start = site.free()[0]

    chooser.see_day(start)

    has_address(chooser, f"{CHOOSE}?day={start.date()}")
    expect(chooser.time(start)).to_be_visible()
    chooser.has_focus(chooser.page.locator(f"#day-{start.day}"))
    expect(chooser.page.get_by_role("status")).to_contain_text(day_words(start))
    assert is_same_page(chooser)


def test_a_month_changes_the_panel_in_place(chooser: Visitor) -> None:
    chooser.link("April 2026").click()

    expect(chooser.page.locator("#month")).to_have_text("April 2026")
    has_address(chooser, f"{CHOOSE}?month=2026-04")
    chooser.has_focus(chooser.page.locator("#month-after"))
    assert is_same_page(chooser)


def test_a_person_changes_the_panel_in_place(chooser: Visitor) -> None:
    chooser.link(INES).click()

    expect(chooser.link(INES)).to_have_attribute("aria-current", "true")
    has_address(chooser, f"{CHOOSE}?with=ines-marchetti")
    chooser.has_focus(chooser.link(INES))
    assert is_same_page(chooser)


def test_a_part_of_the_day_changes_the_panel_in_place(chooser: Visitor) -> None:
    chooser.link("From 17:00").click()

    expect(chooser.page.locator(".day h3")).to_have_text(["Evening"])
    has_address(chooser, f"{CHOOSE}?part=evening")
    chooser.has_focus(chooser.link("From 17:00"))
    assert is_same_page(chooser)


def test_choices_add_up(chooser: Visitor, site: Site) -> None:
    start = next(one for one in site.free(practitioner="ines-marchetti") if one.hour < 12)

    chooser.link(INES).click()
    has_address(chooser, "?with=ines-marchetti")
    chooser.link("Morning").click()
    has_address(chooser, "?with=ines-marchetti&part=morning")
    chooser.see_day(start)

    has_address(chooser, f"?day={start.date()}&with=ines-marchetti&part=morning")
    expect(chooser.page.locator(".day h3")).to_have_text(["Morning"])
    chooser.time(start).click()
    chooser.reads("Your details")
    expect(chooser.page.locator("aside bdi")).to_have_text(INES)


def test_back_and_forward_are_true(chooser: Visitor, site: Site) -> None:
    first, second = two_days(site)
    chooser.see_day(first)
    chooser.see_day(second)

    chooser.page.go_back()
    chooser.sees_day(first)
    has_address(chooser, f"?day={first.date()}")
    expect(chooser.time(first)).to_be_visible()
    chooser.page.go_forward()

    chooser.sees_day(second)
    has_address(chooser, f"?day={second.date()}")
    chooser.page.go_back()
    chooser.sees_day(first)
    chooser.page.go_back()
    has_address(chooser, CHOOSE)
    expect(chooser.page.locator("#day")).not_to_have_text(day_words(first))


def test_back_from_the_form_shows_the_day_that_was_chosen(chooser: Visitor, site: Site) -> None:
    _, start = two_days(site)
    chooser.hold(start)

    chooser.page.go_back()

    chooser.sees_day(start)
    chooser.time(start).click()
    chooser.reads("Your details")


def test_the_choices_of_a_phone_stay_unfolded(somebody: Callable[..., Visitor]) -> None:
    phone = somebody(viewport=PHONE)
    phone.open(CHOOSE)
    expect(phone.link(INES)).to_be_hidden()

    phone.page.locator(".fold summary").click()
    phone.link(INES).click()

    has_address(phone, "?with=ines-marchetti")
    expect(phone.link("Morning")).to_be_visible()
    phone.has_focus(phone.link(INES))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_scripts_the_same_links_load_the_page(
    somebody: Callable[..., Visitor], site: Site, size: dict[str, int]
) -> None:
    plain = somebody(viewport=size, java_script_enabled=False)
    start = next(one for one in site.free(practitioner="ines-marchetti") if one.hour < 12)
    plain.open(CHOOSE)

    for choice in (INES, "Morning"):
        if not plain.link(choice).is_visible():
            plain.page.locator(".fold summary").click()
        plain.link(choice).click()
        expect(plain.page.locator(".fold summary")).to_contain_text(choice)
    plain.link("April 2026").click()
    expect(plain.page.locator("#month")).to_have_text("April 2026")
    plain.link("March 2026").click()
    plain.see_day(start)

    has_address(plain, f"?day={start.date()}&with=ines-marchetti&part=morning")
    plain.page.go_back()
    expect(plain.page.locator("#month")).to_have_text("March 2026")
    plain.page.go_forward()
    plain.time(start).click()
    plain.reads("Your details")


def test_a_visitor_from_another_zone_sees_their_own_time_beside_ours(
    somebody: Callable[..., Visitor], site: Site
) -> None:
    parisian = somebody(timezone_id="Europe/Paris")
    start = next(one for one in site.free() if one.day < 29)

    parisian.open(CHOOSE)
    expect(own_times(parisian).first).to_be_visible()
    parisian.see_day(start)

    # Six hours lie between them, but five from the second Sunday of March to the last.
    own = f"({start + timedelta(hours=5):%H:%M} your time)"
    expect(parisian.time(start).locator(".own")).to_have_text(own)
    parisian.time(start).click()
    expect(parisian.page.locator("dd .own")).to_have_text(own)


def test_a_visitor_from_the_same_zone_sees_one_time(chooser: Visitor, site: Site) -> None:
    start = site.free()[0]

    chooser.see_day(start)

    expect(own_times(chooser)).to_have_count(0)
    chooser.time(start).click()
    chooser.reads("Your details")
    expect(chooser.page.locator("dd .own")).to_be_empty()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_month_with_nothing_free_leads_to_the_next_free_day(
    somebody: Callable[..., Visitor], site: Site, has_scripts: bool
) -> None:
    visitor = somebody(java_script_enabled=has_scripts)
    reopens = datetime(2026, 5, 4)
    site.close(datetime(2026, 4, 1), reopens - timedelta(days=1))
    visitor.open(f"{CHOOSE}?month=2026-04")

    expect(visitor.page.get_by_text("Nothing is free here")).to_be_visible()
    visitor.link(f"Next free: {day_words(reopens)}").click()

    visitor.sees_day(reopens)
    expect(visitor.page.locator("#month")).to_have_text("May 2026")
    has_address(visitor, f"?day={reopens.date()}")
    expect(visitor.page.locator(".day .time").first).to_be_visible()


def test_when_the_exchange_fails_the_page_is_loaded_instead(chooser: Visitor, site: Site) -> None:
    start = site.free()[0]
    chooser.expect_status(503)
    chooser.page.route("**/booking/**", lambda route: route.fulfill(status=503), times=1)

    chooser.page.locator(f"#day-{start.day}").click()

    chooser.sees_day(start)
    assert not is_same_page(chooser)


def own_times(visitor: Visitor) -> Locator:
    """The small words beside the times."""
    return visitor.page.locator("button.time .own")


def two_days(site: Site) -> tuple[datetime, datetime]:
    """The first free start of each of two days."""
    first = site.free()[0]
    return first, next(one for one in site.free() if one.date() > first.date())
