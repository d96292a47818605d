"""The routes: looking changes nothing, and nothing changes without a form of our own."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from spa import links
from spa.booking import actions
from tests import make
from tests.pages import Pages
from tests.tables import everything
from tests.visitor import TYPED, Visitor

AT = "2026-03-20T15:00-04:00"
# What each form sends, without its token; the last is whether it asks for a booked visit.
FORMS: dict[str, tuple[dict[str, str], bool]] = {
    "booking.hold": ({"at": AT}, False),
    "booking.confirm": (TYPED | {"do": "confirm"}, False),
    "booking.find": ({"email": "ana@example.com"}, True),
    "visit.move_now": ({"at": AT}, True),
    "visit.cancel_now": ({}, True),
    "choices.choose": ({"news": "y"}, True),
    "choices.assure": ({}, True),
    "visit.email_now": ({"email": "bea@example.com"}, True),
}


NEEDS_MORE = {"diary.tell", "news.stop_now", "pencil.answer"}
"""Tried in tests of their own: a visit that is over, who has news, a pencilled hour."""

LIES_BELOW_A_VISIT = {
    *("diary.page", "diary.tell", "diary.told"),
    *("choices.notes", "choices.choose", "choices.coming", "choices.assure"),
}
"""Pages of other packages behind the link of a visit."""


def rules(app: Flask, method: str) -> list[Rule]:
    """The public routes that take this method; those of the desk have tests of their own."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.rule.startswith("/staff")
    ]


def values(rule: Rule, token: str) -> dict[str, str]:
    """Something real for each part of an address."""
    known = {
        "treatment": "facial",
        "slug": "facial",
        "digest": "0",
        "token": token,
        "filename": "built/manifest.json",
    }
    return {name: known[name] for name in rule.arguments}


@pytest.fixture
def tokens(session: Session, studio: make.Studio) -> dict[str, str]:
    """Links of bookings in every state that has one."""
    held = make.held(visitor="held")
    lapsed = make.held("2026-03-13 10:00", visitor="lapsed")
    actions.release_hold(lapsed.reference)
    booked = make.booked("2026-03-14 10:00", visitor="booked")
    cancelled = actions.cancel_booking(make.booked("2026-03-16 10:00", visitor="off").reference)
    made = {"held": held, "lapsed": lapsed, "booked": booked, "cancelled": cancelled}
    return {name: links.visit_token(one.reference, 1) for name, one in made.items()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(method: str, app: Flask, tokens: dict[str, str]) -> None:
    pages, before = Pages(app), everything(app)

    for rule in rules(app, method):
        paths = {pages.address(rule.endpoint, **values(rule, one)) for one in tokens.values()}
        for path in paths:
            for query in ("", f"?at={AT}&do=confirm&email=x@example.com&day=2026-03-20"):
                answer = pages.client.open(path + query, method=method)
                assert answer.status_code < 500, path
        assert everything(app) == before, rule


def test_every_form_of_the_program_is_known_here(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app, "POST")} == set(FORMS) | NEEDS_MORE


@pytest.mark.parametrize("endpoint", FORMS)
@pytest.mark.parametrize("token", ["", "forged", "of another visitor"])
def test_nothing_changes_without_the_token_of_the_form(
    endpoint: str, token: str, app: Flask, tokens: dict[str, str]
) -> None:
    sent, is_booked = FORMS[endpoint]
    stranger = Pages(app).open("/booking/find").fields()["csrf_token"]
    forged = {"": {}, "forged": {"csrf_token": "x.y.z"}}.get(token, {"csrf_token": stranger})
    pages, before = Pages(app), everything(app)
    (rule,) = [rule for rule in rules(app, "POST") if rule.endpoint == endpoint]
    path = pages.address(endpoint, **values(rule, tokens["booked" if is_booked else "held"]))

    answer = pages.client.post(path, data=sent | forged)

    assert 400 <= answer.status_code < 500
    assert everything(app) == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_the_same_form_with_its_token_does_change_something(
    endpoint: str, app: Flask, tokens: dict[str, str]
) -> None:
    sent, is_booked = FORMS[endpoint]
    visitor, before = Visitor(app), everything(app)
    (rule,) = [rule for rule in rules(app, "POST") if rule.endpoint == endpoint]
    token = tokens["booked" if is_booked else "held"]
    path = visitor.pages.address(endpoint, **values(rule, token))
    form = visitor.pages.open("/booking/find").fields()["csrf_token"]

    answer = visitor.pages.client.post(path, data=sent | {"csrf_token": form})

    assert answer.status_code in {200, 303}
    assert everything(app) != before


def test_the_url_names_the_package(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view: Callable[..., object] = app.view_functions[rule.endpoint]
        folder = rule.rule.strip("/").split("/")[0]
        if rule.endpoint in LIES_BELOW_A_VISIT:
            continue
        if folder in {"booking", "treatments"} and rule.endpoint != "static":
            assert view.__module__.split(".")[1] == folder, rule
