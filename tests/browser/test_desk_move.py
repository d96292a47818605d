"""Moving by drag in a browser: taken back in time or too late, refused, on to what works."""

import pytest
from playwright.sync_api import expect

from spa.models import Booking
from tests.browser.site import Site
from tests.browser.test_desk_schedule import (
    Somebody,
    booked,
    booking,
    drag,
    drawn,
    see,
    signed_in,
    two_hours_of_one,
)
from tests.browser.visitor import Visitor

A_WHILE = 15_000


@pytest.fixture
def desk(somebody: Somebody, site: Site) -> Visitor:
    """The owner at the desk."""
    return signed_in(somebody, site)


def dragged(desk: Visitor, site: Site, *, is_taken: bool = False) -> tuple[str, Booking]:
    """A visit that was just dropped on another hour: its reference, and how it was."""
    start, other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    if is_taken:
        booked(site, other, person, email="bea@example.com", name="Bea Lind")
    was = booking(site, reference)
    see(desk, start.date())
    drag(desk, reference, person, other)
    return reference, was


def test_a_drag_is_taken_back_by_the_button_that_appears(desk: Visitor, site: Site) -> None:
    reference, was = dragged(desk, site)

    desk.page.get_by_role("button", name="Undo").click()

    expect(desk.page.locator("#said")).to_contain_text("Undone. All is as it was.")
    expect(drawn(desk.page, reference)).to_be_visible()
    now = booking(site, reference)
    assert (now.starts_at, now.practitioner_id, now.room_id) == (
        was.starts_at,
        was.practitioner_id,
        was.room_id,
    )


def test_the_way_back_goes_after_ten_seconds_and_says_nothing_more(
    desk: Visitor, site: Site
) -> None:
    dragged(desk, site)
    button = desk.page.get_by_role("button", name="Undo", exact=True)
    button.focus()

    expect(button).to_have_count(0, timeout=A_WHILE)

    expect(desk.page.locator("#said .said")).to_be_focused()
    expect(desk.page.locator("#said")).to_contain_text("is now booked for")


def test_a_refused_drag_goes_on_to_a_time_that_works(desk: Visitor, site: Site) -> None:
    desk.expect_status(409)
    reference, was = dragged(desk, site, is_taken=True)
    dialog = desk.page.locator("dialog#refused")
    expect(dialog).to_contain_text("is with another client until")

    dialog.locator("button[name=at]").first.click()

    expect(desk.page.locator("#said")).to_contain_text("is now booked for")
    assert booking(site, reference).starts_at != was.starts_at


def test_a_drag_past_closing_is_set_aside_by_saying_why(desk: Visitor, site: Site) -> None:
    desk.expect_status(409)
    start, _other, person = two_hours_of_one(site)
    reference = booked(site, start, person)
    # Tall enough that nothing scrolls while the visit is dragged to the end of the day.
    desk.page.set_viewport_size({"width": 1280, "height": 2000})
    see(desk, start.date())
    closes = desk.page.evaluate("window.drawn.to")
    late = start.replace(hour=int(closes[:2]) - 1, minute=45)

    drag(desk, reference, person, late)
    dialog = desk.page.locator("dialog#refused")
    dialog.get_by_label("Why all the same?").fill("She flies home tomorrow")
    dialog.get_by_role("button", name="Move it all the same").click()

    expect(desk.page.locator("#said")).to_contain_text("is now booked for")
    assert booking(site, reference).starts_at == late
