"""The database: its session, its column types, and the one place that commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Every table; constraints have names, so that an error can be told by the one it broke."""

    metadata = sa.MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """What a type checker sees of `db.Model`."""

        __abstract__ = True
else:
    Model = db.Model


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware and in UTC on both sides; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """What is written; raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """What is read: SQLite forgets the zone, so it is put back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def init_app(app: Flask) -> None:
    """Connect the session to the configured database and set up each connection."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _prepare_sqlite)
            sa.event.listen(db.engine, "begin", _begin_sqlite)


def _engine_options(url: str) -> dict[str, Any]:
    """PostgreSQL gives up on a lock after five seconds, so that a busy place answers 503."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    options = "-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=20000"
    return {
        "connect_args": {"options": options, "connect_timeout": 5},
        "hide_parameters": True,
        # A reader needs no transaction, which saves it two round trips; actions ask for one.
        "isolation_level": "AUTOCOMMIT",
        "pool_size": 8,
    }


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """WAL with FULL: what was acknowledged survives a power cut."""
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer takes its lock at once; a reader that turned writer would fail."""
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


IN_ACTION = {
    "sqlite": {"sqlite_begin": "IMMEDIATE"},
    "postgresql": {"isolation_level": "READ COMMITTED"},
}


@contextmanager
def transaction() -> Iterator[Session]:
    """One action, whole or not at all: begins, commits on the way out, rolls back on any exception.

    What was loaded before is stale and is forgotten. Raises RuntimeError when an action calls an
    action, or when something was changed outside one.
    """
    with _in_action() as session:
        yield session
        session.commit()


@contextmanager
def rehearsal() -> Iterator[Session]:
    """An action that is only tried: what it would do can be read until the end, then it is undone.

    It holds its locks like any other, so keep it short. Raises RuntimeError as `transaction` does.
    """
    with _in_action() as session:
        yield session


@contextmanager
def _in_action() -> Iterator[Session]:
    """A transaction in which what is not committed by its end is rolled back."""
    session = db.session()
    if session.info.get("in_action"):
        raise RuntimeError("an action never calls an action")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside an action")
    session.rollback()
    session.info["in_action"] = True
    try:
        session.connection(execution_options=IN_ACTION[db.engine.dialect.name])
        yield session
    finally:
        session.rollback()
        session.info.pop("in_action", None)


def upsert(table: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do when the key is there already, for the database in use."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(table)


def one_at_a_time(session: Session, what: str) -> None:
    """Whoever does this to the same thing waits here until the one before has committed.

    PostgreSQL alone needs it: on SQLite an action has the database to itself.
    """
    if db.engine.dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(what))))
