"""The errors: each is a calm page or JSON with the right status, and none leaves half a change."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from spa.database import Base, db, transaction
from spa.errors import HoldOver
from tests import make
from tests.conftest import hurry
from tests.pages import Pages
from tests.tables import everything

Apps = Callable[..., Flask]


def broken(app: Flask) -> Flask:
    """The application with pages that go wrong."""

    def breaks() -> str:
        raise KeyError("Ana Duarte, ana@example.com")

    def refuses() -> str:
        raise HoldOver

    for prefix in ("", "/api"):
        app.add_url_rule(f"{prefix}/breaks", f"breaks{prefix}", breaks)
        app.add_url_rule(f"{prefix}/refuses", f"refuses{prefix}", refuses)
    return app


def unreachable(tmp_path: Path) -> str:
    """The address of a database that is not there: nobody listens, or no such folder."""
    if db.engine.dialect.name == "sqlite":
        return f"sqlite:///{tmp_path}/no/such/folder/spa.sqlite3"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return f"postgresql+psycopg://nobody@127.0.0.1:{port}/spa"


def press(app: Flask, start: str = "2026-03-12T10:00-04:00") -> TestResponse:
    """Choose an hour as a browser does, with the form's token."""
    pages = Pages(app)
    token = pages.open("/booking/facial?day=2026-03-12").fields("/hold")["csrf_token"]
    return pages.client.post("/booking/facial/hold", data={"at": start, "csrf_token": token})


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/no-such-page", 404, "We can't find that page"),
        ("/breaks", 500, "Something went wrong on our side"),
        ("/refuses", 409, "That didn't work"),
    ],
)
def test_an_error_is_a_page_and_for_programs_json(
    path: str, status: int, title: str, another_app: Apps, studio: make.Studio
) -> None:
    pages = Pages(broken(another_app()))
    page, answer = pages.open(path), pages.client.get(f"/api{path}")

    assert (page.status, page.all("h1")[0].text_content().strip()) == (status, title)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert list(answer.get_json()) == ["error"]


def test_an_error_page_offers_the_phone_and_a_way_on(pages: Pages) -> None:
    page = pages.open("/no-such-page")

    assert page.tree.xpath("//a[starts-with(@href, 'tel:')]")
    assert page.tree.xpath("//a[@href='/']")


def test_the_log_of_a_broken_page_holds_nothing_that_was_typed(
    another_app: Apps, caplog: pytest.LogCaptureFixture
) -> None:
    broken(another_app()).test_client().get("/breaks?name=Ana")

    assert "KeyError at" in caplog.text
    assert "Ana" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/treatments", "GET, HEAD, OPTIONS"),
        ("PUT", "/booking/facial/hold", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/booking/find", "GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/api/v1/treatments", "GET, HEAD, OPTIONS"),
    ],
)
def test_the_wrong_method_is_told_the_right_ones(
    method: str, path: str, allowed: str, pages: Pages
) -> None:
    answer = pages.client.open(path, method=method)

    assert answer.status_code == 405
    assert ", ".join(sorted(answer.headers["Allow"].split(", "))) == allowed


def test_a_body_that_is_too_large_is_refused(pages: Pages) -> None:
    answer = pages.client.post("/booking/find", data={"email": "x" * 300_000})

    assert answer.status_code == 413
    assert b"That is too much" in answer.data


def test_a_form_with_too_many_fields_is_refused(pages: Pages) -> None:
    fields = {f"field{n}": (b"x", f"{n}.txt") for n in range(150)}
    answer = pages.client.post(
        "/booking/find", data=fields, content_type="multipart/form-data", buffered=True
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", "x" * 300])
def test_an_untrusted_host_is_refused(host: str, pages: Pages) -> None:
    answer = pages.client.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert host.encode() not in answer.data


@pytest.mark.parametrize("path", ["/", "/treatments", "/booking/facial", "/readyz"])
def test_a_database_that_is_gone_is_a_503_page(
    path: str, another_app: Apps, session: Session, tmp_path: Path
) -> None:
    page = Pages(another_app(url=unreachable(tmp_path))).open(path)

    assert (page.status, page.response.headers["Retry-After"]) == (503, "30")
    assert "We'll be right back" in page.text


def test_a_database_that_is_gone_is_503_for_programs_too(
    another_app: Apps, session: Session, tmp_path: Path
) -> None:
    answer = another_app(url=unreachable(tmp_path)).test_client().get("/api/v1/treatments")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert list(answer.get_json()) == ["error"]


def test_the_process_is_well_while_the_database_is_not(
    another_app: Apps, session: Session, tmp_path: Path
) -> None:
    assert another_app(url=unreachable(tmp_path)).test_client().get("/healthz").json == {
        "status": "ok"
    }


def test_a_busy_database_is_a_503_and_nothing_is_half_written(
    another_app: Apps, app: Flask, studio: make.Studio
) -> None:
    other = another_app()
    hurry(other)
    before = everything(app)

    how = {"sqlite": {"sqlite_begin": "IMMEDIATE"}}.get(
        db.engine.dialect.name, {"isolation_level": "READ COMMITTED"}
    )
    with db.engine.connect().execution_options(**how) as busy:
        busy.execute(sa.text("UPDATE location SET version = version"))
        answer = press(other)
        busy.rollback()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert everything(app) == before
    assert press(other).status_code == 303


def test_a_full_disk_is_a_503_and_nothing_is_half_written(
    another_app: Apps, app: Flask, studio: make.Studio
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only a file can be kept from growing here")
    db.session.rollback()
    full = another_app()
    with full.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.driver_connection.execute("VACUUM")  # type: ignore[union-attr]
        pages = db.session.scalar(sa.text("PRAGMA page_count"))
        sa.event.listen(
            db.engine, "begin", lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        )

    answers = []
    for day in range(11, 31):
        before = everything(app)
        answers.append(press(full, f"2026-03-{day}T10:00-04:00").status_code)
        if answers[-1] == 503:
            break

    assert set(answers[:-1]) <= {303, 409}
    assert answers[-1] == 503
    assert everything(app) == before


def test_a_database_that_restarts_is_found_again(bare_app: Flask) -> None:
    with bare_app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("a file does not restart")
        Base.metadata.create_all(db.engine)
        with transaction() as session:
            make.studio(session)
        client, others = bare_app.test_client(), db.engine.url.database
        client.get("/treatments")
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    with db_server().connect() as admin:
        admin.execute(sa.text(kill), {"name": others})

    answers = [client.get("/treatments").status_code for _ in range(3)]

    assert set(answers) <= {200, 503}
    assert answers[-1] == 200


def db_server() -> sa.Engine:
    """The server that the tests run on, apart from the program."""
    return sa.create_engine(os.environ["TEST_DATABASE"], poolclass=sa.NullPool)


NOTHING = "%00"


@pytest.mark.parametrize(
    "path",
    [
        f"/staff/record?about=a{NOTHING}b",
        f"/staff/treatments/new?like={NOTHING}",
        f"/staff/absence/new?with={NOTHING}",
        f"/staff/booking?with={NOTHING}",
        f"/staff/hours/close?day={NOTHING}&reason={NOTHING}",
        f"/treatments/{NOTHING}",
        f"/booking/{NOTHING}",
    ],
)
def test_a_character_that_no_database_keeps_is_the_askers_mistake(
    path: str, staff: Callable[..., Pages]
) -> None:
    assert staff("owner").client.get(path).status_code < 500


def test_it_is_when_it_is_written_too(
    staff: Callable[..., Pages], session: Session, studio: make.Studio
) -> None:
    desk = staff("owner")
    about = {"first_on": "2026-03-12", "last_on": "2026-03-12", "reason": "a\0b"}
    page = desk.open("/staff/absence/off?with=ines")

    answer = desk.client.post("/staff/absence/off", data=page.fields() | about)

    assert answer.status_code < 500
