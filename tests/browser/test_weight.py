"""What the page for choosing a time weighs when a browser comes for the first time."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.site import FACIAL
from tests.browser.visitor import Visitor

MOST_BYTES = 100_000
MOST_REQUESTS = 10


def test_the_page_for_choosing_a_time_is_light(somebody: Callable[..., Visitor]) -> None:
    visitor = somebody(viewport=PHONE, timezone_id="Europe/Paris")
    asked: list[str] = []
    bytes_of: dict[str, float] = {}
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    wire.on(
        "Network.loadingFinished",
        lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]}),
    )
    wire.send("Network.enable")

    visitor.open(f"/booking/{FACIAL}")
    expect(visitor.page.locator("button.time .own").first).to_be_visible()
    visitor.page.evaluate("document.fonts.ready.then(() => true)")
    visitor.page.wait_for_load_state("networkidle")

    listing = "\n".join(asked)
    assert any(".woff2" in address for address in asked), listing
    assert len(asked) <= MOST_REQUESTS, listing
    assert {urlsplit(address).netloc for address in asked} == {urlsplit(visitor.address).netloc}
    assert len(bytes_of) == len(asked), listing
    assert sum(bytes_of.values()) < MOST_BYTES, bytes_of
