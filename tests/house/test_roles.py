"""Every page of the desk says what it needs, lets nobody else in, and asks strangers to sign in."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from spa import create_app
from spa.domain.roles import RIGHTS, Permission, Role
from tests import make
from tests.pages import Pages
from tests.tables import everything

OPEN = {"accounts.sign_in", "accounts.forgot", "accounts.password"}
PARTS = {"IntegerConverter": 1, "UnicodeConverter": "x", "PathConverter": "x"}
Staff = Callable[..., Pages]


@cache
def desk() -> tuple[tuple[str, str, str, Permission | None], ...]:
    """Endpoint, method, an address and the permission of every route below /staff."""
    with TemporaryDirectory() as folder:
        app = create_app({"TESTING": True}, Path(folder))
    return tuple(
        (rule.endpoint, method, address(app, rule), permission_of(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        if rule.rule == "/staff" or rule.rule.startswith("/staff/")
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    )


def address(app: Flask, rule: Rule) -> str:
    """Some address of this route: who may not do it never learns whether it is there."""
    values = {name: PARTS[type(rule._converters[name]).__name__] for name in rule.arguments}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """What the view says it needs."""
    found: Permission | None = getattr(app.view_functions[endpoint], "permission", None)
    return found


GUARDED = [one for one in desk() if one[0] not in OPEN]
NAMES = [f"{method} {endpoint}" for endpoint, method, _, _ in GUARDED]


@pytest.mark.parametrize(("endpoint", "method", "path", "permission"), GUARDED, ids=NAMES)
def test_every_page_of_the_desk_names_its_permission(
    endpoint: str, method: str, path: str, permission: Permission | None
) -> None:
    assert permission in set(Permission), endpoint


def test_the_pages_without_a_permission_are_the_way_in_and_there_is_no_other() -> None:
    assert {endpoint for endpoint, *_, needs in desk() if needs is None} == OPEN


@pytest.mark.parametrize(("endpoint", "method", "path", "permission"), GUARDED, ids=NAMES)
def test_a_stranger_is_asked_to_sign_in_and_changes_nothing(
    endpoint: str, method: str, path: str, permission: Permission, app: Flask, pages: Pages
) -> None:
    token = pages.get("accounts.sign_in").fields()["csrf_token"]
    before = everything(app)

    answer = pages.client.open(path, method=method, data={"csrf_token": token})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/staff/login")
    assert everything(app) == before


@pytest.mark.parametrize(("endpoint", "method", "path", "permission"), GUARDED, ids=NAMES)
def test_a_role_without_the_right_gets_403_and_changes_nothing(
    endpoint: str, method: str, path: str, permission: Permission, app: Flask, staff: Staff
) -> None:
    for role in Role:
        if permission in RIGHTS[role]:
            continue
        pages = staff(role.value)
        token = pages.get("accounts.account").fields("/logout")["csrf_token"]
        before = everything(app)

        answer = pages.client.open(path, method=method, data={"csrf_token": token})

        assert answer.status_code == 403, role
        assert everything(app) == before


def test_every_role_but_the_owners_lacks_something(session: Session, studio: make.Studio) -> None:
    assert [role for role in Role if RIGHTS[role] == set(Permission)] == [Role.OWNER]
    assert all(Permission.OWN_ACCOUNT in RIGHTS[role] for role in Role)
