"""The first day in a browser: from create-owner to a visitor who books an hour."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import FlaskGroup
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import empty_app, serve
from tests.browser.test_axe import AXE, findings
from tests.browser.visitor import Visitor

Somebody = Callable[..., Visitor]
PASSWORD = "four turtles in a boat"


def create_owner(app: Flask) -> Result:
    """What whoever installed the program types."""
    words = ["create-owner", "--name", "Nora Lind", "--email", "nora@linden.com"]
    return app.test_cli_runner().invoke(
        FlaskGroup(), args=[*words, "--password-stdin"], input=f"{PASSWORD}\n"
    )


def sign_in(owner: Visitor) -> None:
    owner.open("/staff")
    owner.page.get_by_label("Email address").fill("nora@linden.com")
    owner.page.get_by_label("Password").fill(PASSWORD)
    owner.button("Sign in").click()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_an_owner_without_a_studio_to_a_visitor_with_an_hour(
    somebody: Somebody, tmp_path: Path, size: dict[str, int], has_scripts: bool
) -> None:
    about = {"viewport": size, "java_script_enabled": has_scripts}
    with empty_app(tmp_path) as app, serve(app) as address:
        assert "The first day begins there" in create_owner(app).output
        owner, visitor = somebody(address, **about), somebody(address, **about)
        visitor.open("/")
        visitor.reads("Opening soon")

        sign_in(owner)
        owner.reads("What is your studio called, and where is it?")
        owner.page.get_by_label("Name of the studio").fill("Linden Rooms")
        owner.page.get_by_label("Address", exact=True).fill("3 Mill Lane\nNew York, NY 10012")
        owner.page.get_by_label("Phone").fill("212 555 0199")
        owner.button("Save and go on").click()
        owner.reads("By which clock, and in which money?")
        expect(owner.page.get_by_label("Time zone")).to_have_value("America/New_York")
        owner.button("Save and go on").click()
        owner.reads("When are you open?")
        owner.page.get_by_label("Saturday", exact=True).uncheck()
        owner.page.get_by_label("Thursday to").fill("20:00")
        owner.button("Save and go on").click()

        # Left for today, and taken up again.
        owner.button("Sign out").click()
        sign_in(owner)
        owner.link("Go on with the first day").click()
        owner.reads("Who treats clients?")
        owner.button("Add me, Nora Lind").click()
        owner.page.get_by_label("Name", exact=True).fill("Sam Ortega")
        owner.page.keyboard.press("Enter")
        expect(owner.page.locator(".added li")).to_have_count(2)
        owner.link("Go on").click()
        owner.page.get_by_label("Name", exact=True).fill("Garden room")
        owner.page.keyboard.press("Enter")
        owner.link("Go on").click()
        owner.reads("What do you offer?")
        owner.page.get_by_label("Price of Facial microneedling in USD").fill("185,00")
        owner.button("Save and go on").click()
        owner.reads("Ready to open?")
        visitor.open("/")
        visitor.reads("Opening soon")
        owner.button("Open the studio").click()
        owner.reads("Studio")

        visitor.open("/treatments")
        expect(visitor.page.locator("li.offer", has_text="whole face")).to_contain_text("$185")
        visitor.open("/booking/facial-microneedling?day=2026-03-12")
        visitor.page.locator(".day button[value]").first.click()
        visitor.reads("Your details")
        visitor.type()
        visitor.confirm()
        visitor.reads("Thursday 12 March, 10:00 is yours")

        owner.open("/staff/schedule?day=2026-03-12")
        expect(owner.page.locator("main")).to_contain_text("Ana Duarte")


def test_axe_finds_nothing_on_any_step(somebody: Somebody, tmp_path: Path) -> None:
    with empty_app(tmp_path) as app, serve(app) as address:
        create_owner(app)
        owner = somebody(address, reduced_motion="reduce")
        owner.context.add_init_script(path=AXE)
        owner.expect_status(422)

        def clean() -> None:
            found = findings(owner.page)
            assert not found, json.dumps(found, indent=1, ensure_ascii=False)

        def on(button: str = "Save and go on") -> None:
            clean()
            owner.page.get_by_text(button, exact=True).click()

        sign_in(owner)
        on()
        expect(owner.page.get_by_role("alert")).to_be_visible()
        owner.page.get_by_label("Name of the studio").fill("Linden Rooms")
        owner.page.get_by_label("Address", exact=True).fill("3 Mill Lane")
        owner.page.get_by_label("Phone").fill("212 555 0199")
        on()
        on()
        owner.page.get_by_label("Monday to").fill("09:00")
        owner.button("Save and go on").click()
        expect(owner.page.get_by_role("alert")).to_be_visible()
        owner.page.get_by_label("Monday to").fill("19:00")
        on()
        on("Add me, Nora Lind")
        on("Go on")
        owner.page.get_by_label("Name", exact=True).fill("Garden room")
        on("Add")
        on("Go on")
        on()
        on("Open the studio")
        for path in ("/staff/studio", "/staff/studio/details", "/staff/studio/policies"):
            owner.open(path)
            clean()
