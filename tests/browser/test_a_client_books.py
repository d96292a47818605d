"""The whole way: a client books, reads the mail, keeps the hour in a calendar, moves, cancels."""

import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Entry, Site, entry_in, entry_of, text_of
from tests.browser.visitor import Visitor, day_words, moment_words

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
    entry = entry_in(confirmed)
    assert entry == Entry("REQUEST", entry.uid, 0, STUDIO, first, "CONFIRMED")
    assert downloaded(client) == replace(entry, method="PUBLISH")

    link = link_in(confirmed, site)
    at_home.open(link)
    at_home.reads(moment_words(first))
    at_home.link("Move it").click()
    at_home.see_day(second)
    at_home.time(second).click()
    at_home.button("Move my visit").click()
    at_home.reads(moment_words(second))

    moved = site.mail()
    assert entry_in(moved) == replace(entry, starts_at=second, sequence=1)

    at_home.open(link_in(moved, site))
    at_home.link("Cancel it").click()
    expect(at_home.page.get_by_text("Cancelling now is free.")).to_be_visible()
    at_home.button("Cancel my visit").click()
    at_home.reads("This visit is cancelled")

    gone = entry_in(site.mail())
    assert (gone.method, gone.status) == ("CANCEL", "CANCELLED")
    assert (gone.uid, gone.sequence) == (entry.uid, 2)

    client.open(link)
    client.reads("This visit is cancelled")
    expect(client.page.locator("main dl")).to_contain_text(day_words(second))
    for button in ("Move it", "Cancel it", "Add to calendar"):
        expect(client.link(button)).to_have_count(0)


def downloaded(client: Visitor) -> Entry:
    """What the calendar file says that the page offers."""
    with client.page.expect_download() as download:
        client.link("Add to calendar").click()
    return entry_of(Path(download.value.path()).read_bytes())


def link_in(mail: EmailMessage, site: Site) -> str:
    """The link to the page to keep."""
    (link,) = re.findall(rf"^{re.escape(site.address)}/booking/visit/\S+$", text_of(mail), re.M)
    return str(link)
