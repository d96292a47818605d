"""Somebody with a browser of their own: walks through a booking, and hears all that goes wrong."""

import re
from datetime import datetime

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, expect

FAILED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
NAME = "Ana Duarte"


class Visitor:
    """One browser context; `trouble` is what its console said and whom else it called."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        """An empty window."""
        self.context, self.address = context, address
        self.trouble: list[str] = []
        self.expected: set[int] = set()
        self.may_fail = False
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.trouble.append(str(error.error)))
        context.on("request", self._see)
        self.page = context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        failed = FAILED.match(message.text)
        if self.may_fail and "net::ERR_" in message.text:
            return
        if message.type == "error" and not (failed and int(failed[1]) in self.expected):
            self.trouble.append(f"{message.text} ({message.location.get('url', '')})")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.trouble.append(f"A request to {request.url}")

    def expect_status(self, *statuses: int) -> None:
        """The browser's remark on such an answer is no trouble."""
        self.expected.update(statuses)

    def expect_failure(self) -> None:
        """The browser's remark on a request that got no answer is no trouble."""
        self.may_fail = True

    def open(self, address: str) -> None:
        """Load a page."""
        self.page.goto(address if "://" in address else self.address + address)

    def link(self, name: str) -> Locator:
        """The link with these words."""
        return self.page.get_by_role("link", name=name, exact=True)

    def button(self, name: str) -> Locator:
        """The button with these words."""
        return self.page.get_by_role("button", name=name, exact=True)

    def time(self, start: datetime) -> Locator:
        """The button of a time on the chosen day."""
        return self.page.locator(f'.day button[value="{start.isoformat(timespec="minutes")}"]')

    def see_day(self, start: datetime) -> None:
        """Press a day in the month and wait for its times."""
        words = day_words(start)
        day = self.page.locator("table.cal").get_by_role("link", name=words, exact=True)
        day.click()
        self.sees_day(start)

    def sees_day(self, start: datetime) -> None:
        """The times on show are those of this day."""
        expect(self.page.locator("#day")).to_have_text(day_words(start))

    def hold(self, start: datetime) -> None:
        """Choose an hour and come to the form."""
        self.see_day(start)
        self.time(start).click()
        self.reads("Your details")

    def type(self, **about: str) -> None:
        """Fill in the form and tick what must be ticked."""
        typed = {"name": NAME, "email": "ana@example.com", "phone": "212 555 0111"} | about
        for name, words in typed.items():
            self.page.locator(f"#{name}").fill(words)
        self.page.get_by_label("Yes, my first").check()
        self.page.locator("#screening").check()
        self.page.locator("#privacy").check()

    def has_typed(self, **about: str) -> None:
        """All that `type` typed still stands in the form."""
        typed = {"name": NAME, "email": "ana@example.com", "phone": "212 555 0111"} | about
        for name, words in typed.items():
            expect(self.page.locator(f"#{name}")).to_have_value(words)
        expect(self.page.get_by_label("Yes, my first")).to_be_checked()
        expect(self.page.locator("#screening")).to_be_checked()
        expect(self.page.locator("#privacy")).to_be_checked()

    def confirm(self) -> None:
        """Press the button below the form."""
        self.button("Confirm the booking").click()

    def reads(self, heading: str) -> None:
        """The heading of the page is this."""
        expect(self.page.locator("h1")).to_have_text(heading)

    def has_booked(self, start: datetime) -> None:
        """The page says that the hour is theirs."""
        self.reads(f"{moment_words(start)} is yours")

    def has_focus(self, locator: Locator) -> None:
        """What is pressed next on the keyboard goes there."""
        expect(locator).to_be_focused()


def day_words(start: datetime) -> str:
    """A day as the pages write it: "Tuesday 24 November"."""
    return f"{start:%A} {start.day} {start:%B}"


def moment_words(start: datetime) -> str:
    """A moment as the pages write it: "Tuesday 24 November, 14:00"."""
    return f"{day_words(start)}, {start:%H:%M}"


def short_words(start: datetime) -> str:
    """A moment as buttons write it: "Tue 24 Nov, 14:00"."""
    return f"{start:%a} {start.day} {start:%b}, {start:%H:%M}"
