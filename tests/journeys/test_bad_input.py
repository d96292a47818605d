"""Bad input: whatever is sent to whichever field, parameter or path, it is no error of ours."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from spa import links
from tests import make
from tests.pages import Page, check
from tests.visitor import TYPED, Visitor

GARBAGE = {
    "nothing": "",
    "space": " \t\r\n",
    "nul": "a\0b",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029",
    "long": "x" * 10_000,
    "emoji": "👩🏽‍⚕️🏳️‍🌈👨‍👩‍👧‍👦",
    "rtl": "\u202e\u200fשלום عليكم\u202c",
    "html": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "template": "{{ 7*7 }}{% include '/etc/passwd' %}%(name)s%s{0}",
    "sql": "'; DROP TABLE booking; --",
    "headers": "a\r\nSet-Cookie: x=1\r\n\r\n<p>",
    "number": "-99999999999999999999999999",
    "path": "../../../../etc/passwd",
    "zalgo": "Z" + "\u0335\u0321" * 300,
    "unassigned": "\ufffe\uffff\U0010ffff\ue000",
}
BYTES = {
    "broken": b"\xff\xfe\xc3\x28",
    "half": b"caf\xc3",
    "surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
}
ALL = [*GARBAGE, *BYTES]


def raw(kind: str) -> bytes:
    """The bytes of one kind of garbage."""
    return BYTES[kind] if kind in BYTES else GARBAGE[kind].encode()


def quoted(data: bytes) -> str:
    """Any bytes as they stand in an address or a form."""
    return "".join(f"%{byte:02X}" for byte in data)


@pytest.fixture
def ana(app: Flask, studio: make.Studio) -> Visitor:
    """Somebody who means no good, or whose keyboard is broken."""
    return Visitor(app)


@pytest.fixture
def token(session: Session, ana: Visitor) -> str:
    """The link of a booked visit."""
    return links.visit_token(make.booked(visitor="other").reference, 1)


def fine(answer: TestResponse, what: object = "") -> TestResponse:
    """No error of ours, no header that somebody else wrote, and a good page if it is one."""
    assert answer.status_code < 500, (what, answer.status)
    assert "x=1" not in answer.headers.get("Set-Cookie", "")
    if answer.mimetype == "text/html" and answer.data and "Content-Encoding" not in answer.headers:
        tree = html.fromstring(answer.get_data(as_text=True))
        assert not tree.xpath("//*[@onerror] | //script[not(@src)]"), what
    return answer


def send(ana: Visitor, path: str, fields: dict[str, str], name: str, kind: str) -> TestResponse:
    """Send a form in which one field is garbage."""
    body = "&".join(f"{k}={quoted(v.encode())}" for k, v in fields.items() if k != name)
    return ana.pages.client.post(
        path,
        data=f"{body}&{name}={quoted(raw(kind))}".encode(),
        content_type="application/x-www-form-urlencoded",
    )


PARAMETERS = {
    "/booking/facial": ("day", "month", "with", "part"),
    "/": ("unknown",),
    "/api/v1/treatments/facial/free-times": ("from", "days", "practitioner"),
}


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in PARAMETERS.items() for name in names]
)
def test_any_parameter_may_be_garbage(path: str, name: str, ana: Visitor) -> None:
    query = {"from": "2026-03-12", "days": "1"} if path.startswith("/api") else {}
    rest = "&".join(f"{k}={v}" for k, v in query.items() if k != name)

    for kind in ALL:
        fine(ana.pages.client.get(f"{path}?{name}={quoted(raw(kind))}&{rest}"), kind)


@pytest.mark.parametrize("name", ["day", "month", "with", "part", "at"])
def test_any_parameter_of_a_move_may_be_garbage(name: str, ana: Visitor, token: str) -> None:
    for kind in ALL:
        path = f"/booking/visit/{token}/move?{name}={quoted(raw(kind))}"
        fine(ana.pages.client.get(path), kind)


@pytest.mark.parametrize(
    "path",
    [
        "/{}",
        "/treatments/{}",
        "/booking/{}",
        "/booking/held/{}",
        "/booking/visit/{}",
        "/booking/visit/{}/move",
        "/booking/visit/{}/calendar.ics",
        "/api/v1/treatments/{}/free-times?from=2026-03-12&days=1",
        "/api/{}",
        "/static/{}",
    ],
)
def test_any_part_of_a_path_may_be_garbage(path: str, ana: Visitor) -> None:
    for kind in ALL[1:]:
        answer = fine(ana.pages.client.get(path.format(quoted(raw(kind)))), kind)
        assert answer.status_code in {308, 404}, kind


@pytest.mark.parametrize(
    "path", ["/booking/{}/hold", "/booking/held/{}", "/booking/visit/{}/cancel"]
)
def test_any_part_of_a_path_that_is_posted_to_may_be_garbage(path: str, ana: Visitor) -> None:
    for kind in ALL:
        full = path.format(quoted(raw(kind)) or "x")
        answer = fine(ana.pages.client.post(full, data={"at": "x"}), kind)
        assert answer.status_code in {308, 404, 405}, kind


@pytest.mark.parametrize("name", ["at", "practitioner", "csrf_token"])
def test_any_field_of_a_chosen_time_may_be_garbage(name: str, ana: Visitor) -> None:
    fields = ana.choose().fields("/hold") | {"at": "2026-03-12T10:00-04:00"}

    for kind in ALL:
        fine(send(ana, "/booking/facial/hold", fields, name, kind), kind)


@pytest.mark.parametrize(
    "name",
    [*TYPED, "for_other", "other_name", "note", "marketing", "do", "use_email", "at", "email_kept"],
)
def test_any_field_of_the_details_may_be_garbage(name: str, ana: Visitor) -> None:
    page, filled = ana.hold(), TYPED | {"for_other": "y", "other_name": "Rosa"}
    if name in TICKED:
        filled |= {"phone": "1"}

    for number, kind in enumerate(ALL):
        answer = fine(send(ana, page.path, page.fields() | filled, name, kind), kind)
        if answer.status_code == 303:
            there = fine(ana.pages.client.get(answer.location), kind)
            fine(ana.pages.client.get(f"{answer.location}/calendar.ics"), kind)
            assert there.status_code == 200, kind
            page, filled = ana.hold("10:00", day=f"2026-04-{number + 1:02}"), filled | mail(number)


TICKED = {"is_first_visit", "screening", "privacy", "for_other", "marketing", "do", "email_kept"}


def mail(number: int) -> dict[str, str]:
    """Another address each time, because one has only so many visits to come."""
    return {"email": f"ana{number}@example.com"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/booking/find", "email"),
        ("/booking/visit/{}/move", "at"),
        ("/booking/visit/{}/move", "practitioner"),
        ("/booking/visit/{}/email", "email"),
        ("/booking/visit/{}/cancel", "reason"),
    ],
)
def test_any_field_of_the_other_forms_may_be_garbage(
    path: str, name: str, ana: Visitor, token: str
) -> None:
    path = path.format(token)
    page = ana.pages.open(f"{path}?at=2026-03-20T15:00-04:00")
    form = next(f for f in page.tree.forms if f.method == "POST")
    fields = {k: v for k, v in form.form_values() if v is not None}

    for kind in ALL:
        fine(send(ana, path, fields, name, kind), kind)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"&&&===", "application/x-www-form-urlencoded"),
        (b"%", "application/x-www-form-urlencoded"),
        (b"at=1&at=2&at=3", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"\x00\xff", "application/octet-stream"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary="),
        (b"\xff", "text/plain; charset=utf-16"),
        (b"a=b", "\xff/\xfe"),
    ],
)
@pytest.mark.parametrize("path", ["/booking/find", "/booking/facial/hold"])
def test_any_body_may_be_garbage(path: str, body: bytes, kind: str, ana: Visitor) -> None:
    answer = fine(ana.pages.client.post(path, data=body, content_type=kind))

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=garbage"},
        {"Cookie": "session=\xff\xfe; session=; ;;=;"},
        {"Cookie": "session=" + "x" * 8000},
        {"Accept-Language": "\xff" * 500},
        {"Accept-Encoding": "br;q=nan, gzip;q=-1, *;q=9e999"},
        {"If-None-Match": '"' * 1000},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=-1-9"},
        {"Content-Length": "0"},
        {"X-Forwarded-For": "\x7f, ,,"},
        {"Referer": "https://evil.example/\xff"},
        {"HX-Request": "true", "HX-Target": "\xff"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/booking/facial", "/api/v1/treatments"])
def test_any_header_may_be_garbage(path: str, headers: dict[str, str], ana: Visitor) -> None:
    assert fine(ana.pages.client.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/booking/facial", "/booking/find", "/nothing"])
def test_any_method_is_answered(method: str, path: str, ana: Visitor) -> None:
    assert fine(ana.pages.client.open(path, method=method)).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/", "/booking/facial", "/booking/find", "/api/v1/treatments"])
def test_who_asks_for_headers_only_gets_those(path: str, ana: Visitor) -> None:
    answer = fine(ana.pages.client.head(path))

    assert (answer.status_code, answer.data) == (200, b"")


@pytest.fixture
def walk(ana: Visitor, token: str) -> Iterator[Callable[[str], Page]]:
    """Opens a page whose words somebody typed, and checks it as every page is."""

    def opened(path: str) -> Page:
        page = ana.pages.open(path.format(token))
        check(page.tree, page.response, path)
        return page

    yield opened


def test_pages_of_a_visit_are_good_pages(walk: Callable[[str], Page]) -> None:
    for page in ("", "/move", "/cancel", "/email"):
        assert walk("/booking/visit/{}" + page).status == 200
