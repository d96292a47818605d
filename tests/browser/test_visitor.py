"""The visitor of these tests hears what goes wrong; one that heard nothing would prove nothing."""

import pytest

from tests.browser.visitor import Visitor

MISHAPS = {
    "an error of a script": "setTimeout(() => { throw new Error('slipped') })",
    "a word on the console": "console.error('slipped')",
    "an inline style": "document.body.setAttribute('style', 'margin: 0')",
    "an inline script": "document.body.append(Object.assign(document.createElement('script'), "
    "{textContent: 'window.slipped = true'}))",
    "another host": "new Image().src = 'https://other.example/dot.gif'",
    "a missing file": "fetch('/static/nothing.css')",
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_visitor_hears(mishap: str, visitor: Visitor) -> None:
    visitor.open("/privacy")
    assert visitor.trouble == []

    with visitor.page.expect_event("console", lambda said: said.type == "info"):
        visitor.page.evaluate(f"{{ {MISHAPS[mishap]} }}")
        visitor.page.evaluate("fetch('/').then(() => setTimeout(() => console.info('done')))")

    assert visitor.trouble
    visitor.trouble.clear()
