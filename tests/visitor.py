"""Somebody at a browser who books: presses what the pages show, and types what is asked."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tests.pages import Page, Pages

TYPED = {
    "name": "Ana Duarte",
    "email": "ana@example.com",
    "phone": "212 555 0111",
    "is_first_visit": "yes",
    "screening": "y",
    "privacy": "y",
}


@dataclass
class Visitor:
    """One browser on its way from a treatment to the page to keep."""

    app: Flask
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        """A fresh browser."""
        self.pages = Pages(self.app)

    def choose(self, treatment: str = "facial", **query: str) -> Page:
        """Open the page for choosing a time, on Thursday unless told."""
        asked = {"day": "2026-03-12"} | query
        return self.pages.get("booking.choose", treatment=treatment, **asked)

    def hold(
        self,
        clock: str = "10:00",
        *,
        day: str = "2026-03-12",
        treatment: str = "facial",
        **typed: str,
    ) -> Page:
        """Press a time; `typed` is what the form sends besides."""
        page = self.choose(treatment, day=day, **{"with": typed.get("practitioner", "")})
        at = f"{day}T{clock}-04:00"
        return self.press(page, f"/booking/{treatment}/hold", {"at": at} | typed)

    def confirm(self, page: Page, **typed: str) -> Page:
        """Fill the form that is shown and confirm."""
        return self.press(page, "", TYPED | {"do": "confirm"} | typed)

    def book(self, clock: str = "10:00", *, day: str = "2026-03-12", **typed: str) -> Page:
        """Hold an hour and confirm it: gives the page to keep."""
        return self.confirm(self.hold(clock, day=day), **typed)

    def press(self, page: Page, action: str, typed: dict[str, Any], **how: Any) -> Page:
        """Send the form whose address ends like this with what is in it and what is typed."""
        forms = [f for f in page.tree.forms if f.method == "POST"]
        form = next(f for f in forms if (f.action or "").partition("?")[0].endswith(action))
        kept = {k: v for k, v in form.form_values() if v is not None}
        return self.pages.post(form.action or page.path, kept | typed, **how)


def times(page: Page) -> list[str]:
    """The moments of all buttons that choose a time."""
    return [button.get("value") for button in page.tree.xpath("//button[@name='at']")]


def clocks(page: Page) -> list[str]:
    """The times of the day that is shown."""
    shown = page.tree.xpath("//section[contains(@class, 'day')]//button[@name='at']")
    return [button.get("value")[11:16] for button in shown]


def alert(page: Page) -> str:
    """What is said in alarm."""
    return " ".join(
        " ".join(a.text_content().split()) for a in page.tree.xpath("//*[@role='alert']")
    )


def wrong(page: Page) -> dict[str, str]:
    """The fields that are marked wrong, with what is said beside each."""
    found = {}
    for control in page.tree.xpath("//*[@aria-invalid='true']"):
        described = control.get("aria-describedby") or ""
        owner = control.xpath("ancestor::fieldset[@aria-describedby]/@aria-describedby")
        ids = (described or (owner[0] if owner else "")).split()
        said = [page.tree.xpath("//*[@id=$id]", id=one)[0] for one in ids if one.endswith("-error")]
        found[control.get("name")] = " ".join(s.text_content().strip() for s in said)
    return found
