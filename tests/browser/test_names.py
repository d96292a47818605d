"""A name in any script, of any length: typed, kept and shown as its owner writes it."""

from playwright.sync_api import expect

from tests.browser.site import FACIAL, Site, text_of
from tests.browser.visitor import Visitor

NAME = "عبد-الرحمن بن عبد العزيز آل سعود الدو'سر"


def test_a_name_written_from_right_to_left_books_and_is_shown_as_written(
    visitor: Visitor, site: Site
) -> None:
    assert (len(NAME), "'" in NAME, "-" in NAME) == (40, True, True)
    start = site.free()[0]

    visitor.open(f"/booking/{FACIAL}")
    visitor.hold(start)
    visitor.type(name=NAME)
    visitor.page.get_by_label("I am booking for someone else").check()
    visitor.page.get_by_label("Their full name").fill(NAME)
    typed = visitor.page.locator("#name")
    assert typed.evaluate("field => getComputedStyle(field).direction") == "rtl"
    visitor.confirm()

    visitor.has_booked(start)
    expect(visitor.page.locator("bdi", has_text=NAME)).to_have_text(NAME)
    mail = site.mail()
    assert f"Hello {NAME}," in text_of(mail)
