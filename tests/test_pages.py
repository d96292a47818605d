"""What every answer carries: the headers that keep a page safe, cookie flags, trusted hosts."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.pages import HEADERS
from tests import make
from tests.pages import Pages
from tests.visitor import Visitor

Apps = Callable[..., Flask]

PUBLIC = [
    *("/", "/treatments", "/treatments/facial", "/policies", "/privacy", "/booking/facial"),
    *("/booking/find", "/nothing", "/api/v1/treatments", "/healthz", "/readyz"),
]


def policy(text: str) -> dict[str, list[str]]:
    """A Content-Security-Policy as what it allows for each kind."""
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("path", PUBLIC)
def test_every_answer_carries_the_safe_headers(path: str, pages: Pages) -> None:
    headers = pages.client.get(path).headers

    for name, value in HEADERS.items():
        assert headers.get_all(name) == [value], name


def test_the_policy_for_content_allows_nothing_but_our_own_files(pages: Pages) -> None:
    found = policy(pages.client.get("/").headers["Content-Security-Policy"])

    assert found["default-src"] == ["'none'"]
    for kind in ("script-src", "style-src", "font-src", "connect-src", "form-action"):
        assert found[kind] == ["'self'"], kind
    for kind in ("object-src", "base-uri", "frame-ancestors"):
        assert found[kind] == ["'none'"], kind
    assert not re.search(r"unsafe|\*|https?:", " ".join(sum(found.values(), [])))


def test_nothing_on_a_page_is_loaded_from_another_host(pages: Pages) -> None:
    for path in PUBLIC[:7]:
        page = pages.open(path)
        for address in page.tree.xpath("//@src | //link/@href | //form/@action | //@srcset"):
            assert address.startswith(("/", "#")) and not address.startswith("//"), (path, address)


def test_private_pages_are_never_kept(app: Flask, studio: make.Studio, session: Session) -> None:
    ana = Visitor(app)
    held = ana.hold()
    visit = ana.confirm(held)
    private = [visit.path, *(f"{visit.path}/{page}" for page in ("move", "cancel", "email"))]

    for path in [*private, f"{visit.path}/calendar.ics", held.path, "/booking/find"]:
        answer = ana.pages.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, path


def test_private_pages_stay_out_of_search_engines(
    app: Flask, studio: make.Studio, session: Session
) -> None:
    page = Visitor(app).book()

    for path in (page.path, f"{page.path}/move", f"{page.path}/cancel", f"{page.path}/email"):
        found = Pages(app).open(path)
        robots = found.tree.xpath("//meta[@name='robots']/@content")
        assert "noindex" in (robots or [found.response.headers.get("X-Robots-Tag", "")])[0], path


def test_a_page_that_only_shows_sets_no_cookie(pages: Pages) -> None:
    for path in ("/", "/treatments", "/policies", "/privacy"):
        assert "Set-Cookie" not in pages.client.get(path).headers, path


@pytest.mark.parametrize(
    ("public_url", "name", "is_secure"),
    [
        ("http://localhost", "session", False),
        ("https://book.studio.com", "__Host-session", True),
        ("https://book.studio.com:8443", "__Host-session", True),
    ],
)
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    public_url: str, name: str, is_secure: bool, another_app: Apps, studio: make.Studio
) -> None:
    from_environment = {"PUBLIC_URL": public_url, **flask_settings(public_url)}
    client = another_app(**from_environment).test_client()

    cookie = client.get("/booking/facial", base_url="http://localhost").headers["Set-Cookie"]

    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert ("Secure" in cookie) is is_secure
    assert "Domain" not in cookie and "Expires" not in cookie


def flask_settings(public_url: str) -> dict[str, object]:
    """What the program makes of its address at the start."""
    from spa import _flask_settings

    return _flask_settings(public_url)


@pytest.mark.parametrize(
    ("public_url", "expected"), [("http://localhost", False), ("https://book.studio.com", True)]
)
def test_browsers_are_told_to_keep_to_https_where_there_is_https(
    public_url: str, expected: bool, another_app: Apps, studio: make.Studio
) -> None:
    client = another_app(**flask_settings(public_url)).test_client()

    answer = client.get("/", base_url="http://localhost")

    assert ("Strict-Transport-Security" in answer.headers) is expected


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("book.studio.com", 200),
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("book.studio.com.evil.example", 400),
        ("", 400),
    ],
)
def test_only_hosts_of_ours_are_answered(
    host: str, status: int, another_app: Apps, studio: make.Studio
) -> None:
    client = another_app(**flask_settings("https://book.studio.com")).test_client()

    assert client.get("/treatments", headers={"Host": host}).status_code == status


def test_a_host_that_somebody_sends_never_gets_into_a_page_or_link(
    app: Flask, studio: make.Studio, session: Session
) -> None:
    booking = make.booked()
    path = f"/booking/visit/{links.visit_token(booking.reference, 1)}"

    answer = Pages(app).client.get(path, headers={"X-Forwarded-Host": "evil.example"})

    assert answer.status_code == 200
    assert b"evil.example" not in answer.data


def test_pages_are_sent_small_to_those_who_can_read_it(pages: Pages) -> None:
    whole = pages.client.get("/treatments/facial")
    small = pages.client.get("/treatments/facial", headers={"Accept-Encoding": "br, gzip"})

    assert small.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(whole.data) / 2


@pytest.mark.parametrize(
    "path",
    [
        "../config.py",
        "..%2fconfig.py",
        "%2e%2e/config.py",
        "built/../../config.py",
        "%00",
        "built/",
    ],
)
def test_no_address_reaches_a_file_that_is_not_for_everybody(path: str, pages: Pages) -> None:
    assert pages.client.get(f"/static/{path}").status_code == 404


def test_the_well_watched_pages_answer_machines(pages: Pages) -> None:
    assert pages.client.get("/healthz").json == {"status": "ok"}
    assert pages.client.get("/readyz").json == {
        "status": "ok", "messages": "on time", "oldest_due_seconds": 0,
    }  # fmt: skip
