"""What every test starts from: an application on a real, empty database, and a clock it can set."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from spa import create_app
from spa.accounts import actions as accounts
from spa.database import Base, db, transaction
from spa.models import StaffMember
from tests import make
from tests.pages import Pages

NEW_YORK = ZoneInfo("America/New_York")
A_TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=NEW_YORK)
LIMITS = ("LIMIT_HOLDS", "LIMIT_CONFIRMATIONS", "LIMIT_LINKS", "LIMIT_FEEDS", "LIMIT_SIGN_IN")
NO_LIMITS = dict.fromkeys(LIMITS, 0)


class Caller(FlaskClient):
    """Asks from outside: what a test has open is not the request's, and is stale afterwards."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request in a context of its own, as a server would have it."""
        # The whole body is read in there too: what is streamed needs its context to the end.
        answer = Context().run(super().open, *args, **{"buffered": True} | kwargs)
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()
        return answer


@contextmanager
def new_database(folder: Path) -> Iterator[str]:
    """A database for one use: a file, or one on the server that TEST_DATABASE names."""
    server, name = os.environ.get("TEST_DATABASE", ""), f"spa_{uuid4().hex[:12]}"
    if not server:
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    admin = sa.create_engine(sa.make_url(server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def app_on(url: str, instance: Path, **overrides: Any) -> Flask:
    """An application on that database, its clock at nine on a Tuesday, without limits."""
    settings = {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": "a key for tests alone",
        "PUBLIC_URL": "http://localhost",
        "SPA_NOW": A_TUESDAY.astimezone(UTC),
        **NO_LIMITS,
    }
    app = create_app(settings | overrides, instance)
    app.test_client_class = Caller
    return app


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    with new_database(folder) as url:
        app = app_on(url, folder)
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The application, its tables empty, its clock at nine on a Tuesday in New York."""
    before = dict(_app.config)
    _app.config["SPA_NOW"] = A_TUESDAY.astimezone(UTC)
    with _app.app_context():
        _empty()
    yield _app
    _app.config.clear()
    _app.config.update(before)


def _empty() -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            return
        connection.execute(sa.text("UPDATE client SET may_be_same_as_id = NULL"))
        connection.execute(sa.text("UPDATE booking SET pencilled_after_id = NULL"))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an application context that stays open through the test."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def at(app: Flask) -> Callable[[str], datetime]:
    """Set the clock to a local time in New York: at("2026-03-29 09:00")."""

    def set_clock(text: str) -> datetime:
        app.config["SPA_NOW"] = make.moment(text)
        return make.moment(text)

    return set_clock


@pytest.fixture
def studio(session: Session) -> make.Studio:
    """An open studio: Ines and Maya, two rooms, one hour of facial microneedling."""
    with transaction() as inside:
        made = make.studio(inside)
    return made


@pytest.fixture
def pages(app: Flask, studio: make.Studio) -> Pages:
    """A browser without scripts that checks every page it loads."""
    return Pages(app)


@pytest.fixture
def staff(app: Flask, studio: make.Studio) -> Callable[..., Pages]:
    """A browser that somebody of the studio is signed in with: staff("owner").

    A practitioner is Ines unless `resource_id` says who.
    """

    def sign_in(role: str = "reception", **about: Any) -> Pages:
        if role == "practitioner":
            about = {"resource_id": studio.ines} | about
        with transaction() as session:
            email = about.get("email", f"{role}@example.com")
            found = session.scalar(sa.select(StaffMember).where(StaffMember.email == email))
            member = found or make.staff(session, role, **about)
        key = accounts.open_session(member.id)
        pages = Pages(app)
        with pages.client.session_transaction() as cookie:
            cookie["staff"] = key
        return pages

    return sign_in


@pytest.fixture
def another_app(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes further applications on the same database, as other processes or settings would be."""
    made: list[Flask] = []

    def make_app(**overrides: Any) -> Flask:
        overrides.setdefault("SPA_NOW", app.config["SPA_NOW"])
        url = overrides.pop("url", app.config["SQLALCHEMY_DATABASE_URI"])
        made.append(app_on(url, tmp_path, **overrides))
        return made[-1]

    yield make_app
    for other in made:
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def bare_app(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has no table yet, with an instance folder of its own."""
    with new_database(tmp_path) as url:
        app = app_on(url, tmp_path / "instance")
        yield app
        with app.app_context():
            db.engine.dispose()


def hurry(app: Flask) -> None:
    """Give up on a locked database after a twentieth of a second: the program waits longer."""

    def impatient(connection: Any, _record: object) -> None:
        if db.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA busy_timeout=50")
        else:
            connection.execute("SET lock_timeout = 50")
            connection.commit()

    with app.app_context():
        db.engine.dispose()
        sa.event.listen(db.engine, "connect", impatient)
