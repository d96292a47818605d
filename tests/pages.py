"""The test browser: loads pages by endpoint or address and checks every page it ever loads."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, url_for
from lxml import html as lxml_html
from werkzeug.test import TestResponse

BUTTONS = {"hidden", "submit", "button"}


@dataclass
class Page:
    """A page that was loaded: its status, its parsed HTML, and where it was."""

    response: TestResponse
    tree: Any
    path: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """All the words of the page, with single spaces."""
        return " ".join(self.tree.text_content().split()) if self.tree is not None else ""

    def all(self, selector: str) -> list[Any]:
        """Elements by CSS selector, for the simple selectors that tests need."""
        return list(self.tree.xpath(_xpath(selector)))

    def fields(self, action: str = "") -> dict[str, str]:
        """What the form whose action ends like this (or the only one) would send untouched."""
        forms = [f for f in self.tree.forms if (f.action or "").partition("?")[0].endswith(action)]
        return {k: v for k, v in forms[0].form_values() if v is not None}


@dataclass
class Pages:
    """One visitor with cookies."""

    app: Flask
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A fresh browser."""
        self.client = self.app.test_client()

    def address(self, endpoint: str, **values: Any) -> str:
        """The path of an endpoint."""
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def get(self, endpoint: str, **values: Any) -> Page:
        """Load a page by endpoint."""
        return self.open(self.address(endpoint, **values))

    def open(self, path: str, *, follow: bool = True) -> Page:
        """Load a page by address."""
        return self._page(self.client.get(path, follow_redirects=follow))

    def post(self, path: str, data: dict[str, Any], *, follow: bool = True) -> Page:
        """Send a form."""
        return self._page(self.client.post(path, data=data, follow_redirects=follow))

    def _page(self, response: TestResponse) -> Page:
        path = response.request.path if response.request else ""
        is_html = response.mimetype == "text/html" and response.data
        tree = lxml_html.fromstring(response.get_data(as_text=True)) if is_html else None
        if tree is not None and response.status_code not in {301, 302, 303, 308}:
            check(tree, response, path)
        return Page(response, tree, path)


def check(tree: Any, response: TestResponse, path: str) -> None:
    """What holds for every page of the program."""
    assert len(tree.xpath("//h1")) == 1, f"{path}: one h1"
    assert (tree.findtext(".//title") or "").strip(), f"{path}: a title"
    assert tree.xpath("/html/@lang"), f"{path}: a language"
    doubled = [name for name, count in Counter(tree.xpath("//@id")).items() if count > 1]
    assert not doubled, f"{path}: ids used twice: {doubled}"
    assert not tree.xpath("//script[not(@src)]"), f"{path}: no inline script"
    assert not tree.xpath("//@style"), f"{path}: no inline style"
    assert not [name for name in tree.xpath("//@*") if name.attrname.startswith("on")], path
    for control in tree.xpath("//input | //select | //textarea"):
        if control.get("type") not in BUTTONS:
            assert _label(tree, control), f"{path}: no label for {control.get('name')}"
    for form in tree.xpath("//form[@method='post']"):
        assert form.xpath(".//input[@name='csrf_token']"), f"{path}: a form without its token"
    for anchor in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert anchor == "#" or tree.xpath("//*[@id=$id]", id=anchor[1:]), f"{path}: {anchor}"
    words = tree.text_content()
    odd = re.search(r"(?i:painless)|\{\{|\}\}|\bNone\b|\bNaN\b", words)
    assert not odd, f"{path}: {odd and words[max(odd.start() - 40, 0) : odd.end() + 40]}"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def _label(tree: Any, control: Any) -> bool:
    named = control.get("aria-label") or control.get("aria-labelledby")
    return bool(
        named
        or control.xpath("ancestor::label")
        or tree.xpath("//label[@for=$id]", id=control.get("id") or "-")
    )


def _xpath(selector: str) -> str:
    """`tag`, `.class`, `tag.class` and `tag[name=value]` as XPath."""
    found = re.fullmatch(r"([\w*]*)(?:\.([\w-]+))?(?:\[([\w-]+)=([^\]]*)\])?", selector)
    assert found, f"a selector that the test browser does not know: {selector}"
    tag, css, attribute, value = found.groups()
    path = f"//{tag or '*'}"
    if css:
        path += f"[contains(concat(' ', normalize-space(@class), ' '), ' {css} ')]"
    if attribute:
        path += f"[@{attribute}={value!r}]"
    return path
