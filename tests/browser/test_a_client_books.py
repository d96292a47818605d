"""The whole way: a client books, reads the mail, keeps the hour in a calendar, moves, cancels."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site, calendar_in, calendar_of, text_of
from tests.browser.visitor import Visitor, moment_words

STUDIO = "Larkmoss Skin Studio"


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_client_books_then_moves_then_cancels(
    somebody: Callable[..., Visitor], site: Site, size: dict[str, int], has_scripts: bool
) -> None:
    client, at_home = (somebody(viewport=size, java_script_enabled=has_scripts) for _ in range(2))
    first, second = site.same_hour_on_two_days()

    client.open("/treatments/facial-microneedling")
    client.link("See all times").click()
    client.hold(first)
    client.type()
    client.confirm()
    client.has_booked(first)

    confirmed = site.mail()
    method, event = calendar_in(confirmed)
    assert (method, event["SUMMARY"], event.start, event["SEQUENCE"]) == (
        "REQUEST",
        STUDIO,
        first,
        0,
    )
    assert downloaded(client)["UID"] == event["UID"]

    link = link_in(confirmed, site)
    at_home.open(link)
    at_home.reads(moment_words(first))
    at_home.link("Move it").click()
    at_home.see_day(second)
    at_home.time(second).click()
    at_home.button("Move my visit").click()
    at_home.reads(moment_words(second))

    moved = site.mail()
    method, later = calendar_in(moved)
    assert (method, later["UID"], later.start) == ("REQUEST", event["UID"], second)
    assert later["SEQUENCE"] > event["SEQUENCE"]

    at_home.open(link_in(moved, site))
    at_home.link("Cancel it").click()
    expect(at_home.page.get_by_text("Cancelling now is free.")).to_be_visible()
    at_home.button("Cancel my visit").click()
    at_home.reads("This visit is cancelled")

    method, gone = calendar_in(site.mail())
    assert (method, gone["UID"], gone["STATUS"]) == ("CANCEL", event["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > later["SEQUENCE"]

    at_home.open(link)
    at_home.reads("This visit is cancelled")
    expect(at_home.page.get_by_text(moment_words(second).split(",")[0]).first).to_be_visible()
    for button in ("Move it", "Cancel it", "Add to calendar"):
        expect(at_home.link(button)).to_have_count(0)


def downloaded(client: Visitor) -> dict[str, object]:
    """The event of the calendar file that the page offers."""
    with client.page.expect_download() as download:
        client.link("Add to calendar").click()
    method, event = calendar_of(Path(download.value.path()).read_bytes())
    assert (method, event["SUMMARY"]) == ("PUBLISH", STUDIO)
    return dict(event)


def link_in(mail: EmailMessage, site: Site) -> str:
    """The link to the page to keep."""
    (link,) = re.findall(rf"^{re.escape(site.address)}/booking/visit/\S+$", text_of(mail), re.M)
    return str(link)
