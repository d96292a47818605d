"""What a page weighs for a browser that comes for the first time."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from script.bench_servers import Site
from script.processes import Failed

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ACCEPTS = "gzip, deflate, br"


@dataclass
class Weight:
    """All that came over the network for one page: headers, files and all."""

    bytes: int = 0
    addresses: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Who was asked."""
        return {urlsplit(address).netloc for address in self.addresses}


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of the system for the length of a `with`."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not path:
        raise Failed("Chromium was not found. On Debian and Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


def weigh(chromium: Browser, site: Site, path: str, cookie: str = "") -> Weight:
    """Load a page with an empty cache, until nothing more comes, and its icon."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    try:
        if cookie:
            name, _, value = cookie.partition("=")
            url = f"http://127.0.0.1:{site.port}"
            context.add_cookies([{"name": name, "value": value, "url": url}])
        page, weight = context.new_page(), Weight()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda event: _note_address(weight, event))
        network.on("Network.loadingFinished", lambda event: _note_bytes(weight, event))
        answer = page.goto(f"http://127.0.0.1:{site.port}{path}", wait_until="networkidle")
        if not answer or answer.status != 200:
            raise Failed(f"{path} answers {answer and answer.status}")
        _add_icon(weight, page)
    finally:
        context.close()
    return weight


def _note_address(weight: Weight, event: dict[str, Any]) -> None:
    address = event["request"]["url"]
    if not address.startswith("data:"):
        weight.addresses.append(address)


def _note_bytes(weight: Weight, event: dict[str, Any]) -> None:
    weight.bytes += int(event["encodedDataLength"])


def _add_icon(weight: Weight, page: Page) -> None:
    """A browser with a window asks for the icon too; one without does not."""
    icon = page.locator("link[rel~=icon]").first.get_attribute("href")
    if not icon:
        return
    address = urlsplit(page.url)
    connection = HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", icon, headers={"Accept-Encoding": ACCEPTS})
    answer = connection.getresponse()
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    weight.bytes += head + len(answer.read())
    weight.addresses.append(f"http://{address.netloc}{icon}")
    connection.close()


def first_treatment(site: Site) -> str:
    """The slug of a treatment that the site offers."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", "/api/v1/treatments")
    menu = json.loads(connection.getresponse().read())["treatments"]
    connection.close()
    return str(max(menu, key=lambda treatment: treatment["minutes"])["slug"])
