"""One served demo studio and one Chromium for all tests here; each test has visitors of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from script.test import CHROMIUM
from tests.browser.site import Site, empty_app, serve
from tests.browser.visitor import Visitor

PATIENCE = 30_000
FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's own Chromium."""
    expect.set_options(timeout=PATIENCE)
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, "Chromium is not installed; script/test says how."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("studio")
    with empty_app(folder) as app, serve(app) as address:
        yield Site(app, address, folder)


@pytest.fixture
def site(_site: Site) -> Site:
    """The demo studio as it was loaded, at nine on a Tuesday."""
    _site.renew()
    return _site


@pytest.fixture
def somebody(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; whatever their consoles complain about fails the test."""
    made: list[Visitor] = []

    def make_visitor(address: str = site.address, **about: Any) -> Visitor:
        about = {"viewport": DESKTOP, "timezone_id": "America/New_York", "locale": "en-US"} | about
        context = browser.new_context(**about)
        context.set_default_timeout(PATIENCE)
        made.append(Visitor(context, address))
        return made[-1]

    yield make_visitor
    for visitor in made:
        visitor.context.close()
    trouble = [line for visitor in made for line in visitor.trouble]
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def visitor(somebody: Callable[..., Visitor]) -> Visitor:
    """Somebody at a desk in New York, with scripts."""
    return somebody()
