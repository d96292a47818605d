"""Every page, small and large, light and dark: no finding of axe-core, and nothing sticks out."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spa import links
from tests.browser.site import FACIAL, Site, empty_app, serve
from tests.browser.test_notes import pencilled
from tests.browser.visitor import Visitor

(AXE,) = Path(__file__).parent.glob("axe-core-*/axe.min.js")
WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
RUN = """async () => {
  await Promise.all(document.getAnimations().map((one) => one.finished));
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((one) => ({
    rule: one.id,
    help: one.help,
    at: one.nodes.map((node) => `${node.target} ${node.failureSummary}`),
  }));
}"""
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Way = Callable[[Visitor, Site], None]
WAYS: dict[str, Way] = {}


def way(steps: Way) -> Way:
    """These steps lead to the page that they are named after."""
    WAYS[steps.__name__.replace("_", " ")] = steps
    return steps


def at(address: str) -> Way:
    """A page that has an address of its own."""
    return lambda visitor, _site: visitor.open(address)


WAYS |= {
    "home": at("/"),
    "treatments": at("/treatments"),
    "treatment with needles": at(f"/treatments/{FACIAL}"),
    "treatment with a device": at("/treatments/facial-red-light"),
    "consultation": at("/treatments/skin-consultation"),
    "check": at("/treatments/skin-and-patch-check"),
    "team": at("/team"),
    "policies": at("/policies"),
    "privacy": at("/privacy"),
    "find": at("/booking/find"),
    "choose": at(f"/booking/{FACIAL}"),
    "choose with someone": at(f"/booking/{FACIAL}?with=ines-marchetti&part=morning"),
}


@way
def find_with_an_error(visitor: Visitor, _site: Site) -> None:
    visitor.expect_status(422)
    visitor.open("/booking/find")
    visitor.button("Send my links").click()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def find_sent(visitor: Visitor, _site: Site) -> None:
    visitor.open("/booking/find")
    visitor.page.locator("#email").fill("ana@example.com")
    visitor.button("Send my links").click()
    visitor.reads("Look in your mail")


@way
def choose_nothing_free(visitor: Visitor, site: Site) -> None:
    site.close(datetime(2026, 4, 1), datetime(2026, 4, 30))
    visitor.open(f"/booking/{FACIAL}?month=2026-04")


@way
def choose_taken(visitor: Visitor, site: Site) -> None:
    start = site.free()[0]
    person = site.person_of(start)
    visitor.open(f"/booking/{FACIAL}?day={start.date()}&with={person}")
    site.booked(start, practitioner=person)
    visitor.expect_status(409)
    visitor.time(start).click()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def choose_while_holding_from_another_zone(visitor: Visitor, site: Site) -> None:
    start = site.free()[0]
    visitor.open(f"/booking/{FACIAL}?day={start.date()}")
    visitor.hold(start)
    visitor.open(f"/booking/{FACIAL}?day={start.date()}")


@way
def held(visitor: Visitor, site: Site) -> None:
    visitor.open(site.held(site.free()[0]))


@way
def held_a_consultation(visitor: Visitor, site: Site) -> None:
    slug = "skin-consultation"
    visitor.open(site.held(site.free(slug)[0], slug=slug))


@way
def held_with_errors(visitor: Visitor, site: Site) -> None:
    visitor.expect_status(422)
    visitor.open(site.held(site.free()[0]))
    visitor.page.get_by_label("I am booking for someone else").check()
    visitor.confirm()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def held_with_a_suggestion(visitor: Visitor, site: Site) -> None:
    visitor.expect_status(422)
    visitor.open(site.held(site.free()[0]))
    visitor.type(email="ana@gmial.com")
    visitor.confirm()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def held_lapsed(visitor: Visitor, site: Site) -> None:
    address = site.held(site.free()[0])
    site.pass_minutes(11)
    visitor.open(address)


@way
def held_taken_meanwhile(visitor: Visitor, site: Site) -> None:
    start = site.free()[0]
    person = site.person_of(start)
    visitor.open(site.held(start, practitioner=person))
    visitor.type()
    site.pass_minutes(11)
    site.booked(start, practitioner=person, visitor="two", email="quick@example.com")
    visitor.expect_status(409)
    visitor.confirm()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def visit_just_booked(visitor: Visitor, site: Site) -> None:
    start = site.free()[0]
    visitor.open(site.held(start))
    visitor.type()
    visitor.confirm()
    visitor.has_booked(start)


@way
def visit(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0], other_name="Rosa Duarte"))


@way
def visit_cancelled(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/cancel")
    visitor.button("Cancel my visit").click()
    visitor.reads("This visit is cancelled")


@way
def move(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/move")


@way
def move_with_chosen_late(visitor: Visitor, site: Site) -> None:
    first, second = site.same_hour_on_two_days()
    address = site.booked(first)
    site.pass_minutes(int((first - site.now()) / timedelta(minutes=1)) - 24 * 60)
    visitor.open(f"{address}/move?day={second.date()}")
    visitor.time(second).click()
    expect(visitor.button("Move my visit")).to_be_visible()


@way
def cancel(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/cancel")


@way
def cancel_refused(visitor: Visitor, site: Site) -> None:
    start = site.free()[0]
    address = site.booked(start)
    site.pass_minutes(int((start - site.now()) / timedelta(minutes=1)) + 5)
    visitor.open(address + "/cancel")


@way
def email(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/email")


def after_the_visit(site: Site, days: int) -> str:
    """The address of the diary of a visit, so many days after it."""
    start = site.free()[0]
    address = site.booked(start)
    site.pass_minutes(int((start - site.now()) / timedelta(minutes=1)) + days * 24 * 60 + 120)
    return f"{address}/diary"


@way
def diary_before_the_visit(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/diary")


@way
def diary_on_the_day(visitor: Visitor, site: Site) -> None:
    visitor.open(after_the_visit(site, 0))


@way
def diary_with_errors(visitor: Visitor, site: Site) -> None:
    visitor.expect_status(422)
    visitor.open(after_the_visit(site, 3))
    visitor.button("Ask for a look").click()
    expect(visitor.page.get_by_role("alert")).to_be_visible()


@way
def diary_told_of_something_urgent(visitor: Visitor, site: Site) -> None:
    visitor.open(after_the_visit(site, 80))
    visitor.page.get_by_label("Trouble breathing").check()
    visitor.page.get_by_label("Yes, call me").check()
    visitor.button("Ask for a look").click()
    visitor.reads("We will look at it")
    expect(visitor.page.get_by_role("alert")).to_contain_text("911")


@way
def notes_about_a_visit(visitor: Visitor, site: Site) -> None:
    site.app.config["TEXT_URL"] = "file:"
    visitor.open(site.booked(site.free()[-1]) + "/notes")
    site.app.config["TEXT_URL"] = ""


@way
def notes_saved(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[-1]) + "/notes")
    visitor.button("Save").click()
    expect(visitor.page.get_by_role("status")).to_be_visible()


@way
def coming(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/coming")


@way
def coming_said(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/coming")
    visitor.button("I will be there").click()
    visitor.reads("Thank you: we expect you")


@way
def news_to_stop(visitor: Visitor, site: Site) -> None:
    with site.app.app_context():
        token = links.news_token(1)
    visitor.open(f"/messages/stop/{token}")


@way
def news_stopped(visitor: Visitor, site: Site) -> None:
    news_to_stop(visitor, site)
    visitor.button("No more news").click()
    expect(visitor.page.get_by_role("status")).to_be_visible()


@way
def pencilled_in(visitor: Visitor, site: Site) -> None:
    visitor.open(pencilled(site))


@way
def pencilled_and_let_go(visitor: Visitor, site: Site) -> None:
    visitor.open(pencilled(site))
    visitor.button("No, thank you").click()
    visitor.reads("This hour is no longer kept")


@way
def not_found(visitor: Visitor, _site: Site) -> None:
    visitor.expect_status(404)
    visitor.open("/nowhere")


@way
def link_that_no_longer_works(visitor: Visitor, site: Site) -> None:
    address = site.booked(site.free()[0])
    visitor.open(address + "/email")
    visitor.page.locator("#email").fill("other@example.com")
    visitor.button("Use this address").click()
    visitor.expect_status(410)
    expect(visitor.page.get_by_text("other@example.com")).to_be_visible()
    visitor.open(address)


@pytest.fixture
def examined(somebody: Callable[..., Visitor]) -> Visitor:
    """A visitor whose every page has axe-core in it."""
    visitor = somebody(reduced_motion="reduce", timezone_id="Europe/Paris")
    visitor.context.add_init_script(path=AXE)
    return visitor


@pytest.fixture(scope="module")
def opening_soon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio that is not set up yet."""
    with empty_app(tmp_path_factory.mktemp("empty")) as app, serve(app) as address:
        yield address


def findings(page: Page) -> list[Any]:
    """What axe-core finds at every width, in light and in dark, and by how much a page is wide."""
    found: list[Any] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += [{"width": width, "scheme": scheme} | one for one in page.evaluate(RUN)]
        if out := page.evaluate(STICKS_OUT):
            found.append({"width": width, "sticks out by": out})
    return found


@pytest.mark.parametrize("name", WAYS)
def test_axe_finds_nothing_on(name: str, examined: Visitor, site: Site) -> None:
    WAYS[name](examined, site)

    found = findings(examined.page)

    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_axe_finds_nothing_on_the_page_before_the_opening(
    somebody: Callable[..., Visitor], opening_soon: str
) -> None:
    visitor = somebody(opening_soon, reduced_motion="reduce")
    visitor.context.add_init_script(path=AXE)
    visitor.open(f"{opening_soon}/")
    visitor.reads("Opening soon")

    found = findings(visitor.page)

    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_the_page_to_keep_prints_what_matters_and_no_buttons(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]))

    visitor.page.emulate_media(media="print")

    for words in ("Facial microneedling", "48 Alder Row", "Before you come", "Free to move"):
        expect(visitor.page.get_by_text(words).first).to_be_visible()
    for gone in (".btn", ".top nav", ".foot", ".skip"):
        for one in visitor.page.locator(gone).all():
            expect(one).to_be_hidden()
    assert visitor.page.pdf().startswith(b"%PDF")
