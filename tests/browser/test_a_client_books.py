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
    client = somebody(viewport=size, java_script_enabled=has_scripts)
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
    client.open(link)
    client.reads(moment_words(first))
    client.link("Move it").click()
    client.see_day(second)
    client.time(second).click()
    client.button("Move my visit").click()
    client.reads(moment_words(second))

    moved = site.mail()
    method, later = calendar_in(moved)
    assert (method, later["UID"], later.start) == ("REQUEST", event["UID"], second)
    assert later["SEQUENCE"] > event["SEQUENCE"]

    client.open(link_in(moved, site))
    client.link("Cancel it").click()
    expect(client.page.get_by_text("Cancelling now is free.")).to_be_visible()
    client.button("Cancel my visit").click()
    client.reads("This visit is cancelled")

    method, gone = calendar_in(site.mail())
    assert (method, gone["UID"], gone["STATUS"]) == ("CANCEL", event["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > later["SEQUENCE"]

    client.open(link)
    client.reads("This visit is cancelled")
    expect(client.page.get_by_text(moment_words(second).split(",")[0]).first).to_be_visible()
    for button in ("Move it", "Cancel it", "Add to calendar"):
        expect(client.link(button)).to_have_count(0)


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
