"""The database: moments, transactions, and what each connection is set to."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import db, transaction
from spa.models import Client
from tests import make

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)


def client(created_at: datetime = NOON) -> Client:
    """A person."""
    return Client(name="Ana", email="", phone="", language="en", created_at=created_at)


def add(row: Client) -> int:
    """Write a person down, and their number."""
    with transaction() as session:
        session.add(row)
    return row.id


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=-4)), timezone(timedelta(hours=5, minutes=30))]
)
def test_a_moment_comes_back_the_same_and_in_utc(session: Session, zone: timezone) -> None:
    number = add(client(NOON.astimezone(zone)))
    session.expunge_all()

    found = session.get_one(Client, number).created_at

    assert (found, found.tzinfo) == (NOON, UTC)


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(sa.exc.StatementError, match="a moment needs a zone"):
        add(client(datetime(2026, 3, 8, 12)))


def test_a_moment_without_a_zone_is_refused_in_a_question_too(session: Session) -> None:
    with pytest.raises(sa.exc.StatementError, match="a moment needs a zone"):
        session.scalars(sa.select(Client).where(Client.created_at < datetime(2026, 3, 8)))


def test_moments_are_in_order_across_zones(session: Session) -> None:
    early, late = NOON.astimezone(timezone(timedelta(hours=9))), NOON + timedelta(seconds=1)
    numbers = [add(client(late)), add(client(early))]

    found = session.scalars(sa.select(Client.id).order_by(Client.created_at)).all()

    assert found == numbers[::-1]


def test_a_transaction_is_whole_or_not_at_all(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as inside:
        inside.add(client())
        inside.flush()
        _ = 1 / 0

    assert session.scalar(sa.select(sa.func.count(Client.id))) == 0


def test_after_a_refused_transaction_the_next_one_works(session: Session) -> None:
    with pytest.raises(sa.exc.StatementError):
        add(client(datetime(2026, 3, 8)))

    assert add(client())


def test_what_was_read_before_a_transaction_is_forgotten(session: Session) -> None:
    number = add(client())
    session.get_one(Client, number)
    with db.engine.begin() as elsewhere:
        elsewhere.execute(sa.update(Client).values(name="Bea"))

    with transaction() as inside:
        assert inside.get_one(Client, number).name == "Bea"


def test_a_child_without_its_parent_is_refused(session: Session) -> None:
    orphan = client()
    orphan.may_be_same_as_id = 999

    with pytest.raises(sa.exc.IntegrityError):
        add(orphan)


def test_a_claim_belongs_to_one_booking_or_block(session: Session, studio: make.Studio) -> None:
    claim = "INSERT INTO claim (resource_id, tick, run, is_needling) VALUES (:person, 1, 1, FALSE)"

    with pytest.raises(sa.exc.IntegrityError, match="ck_claim_one_owner"):
        session.execute(sa.text(claim), {"person": studio.ines})
    session.rollback()


def test_each_connection_is_set_up(session: Session) -> None:
    known: dict[str, dict[str, Any]] = {
        "sqlite": {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1},
        "postgresql": {"timezone": "UTC", "lock_timeout": "5s", "statement_timeout": "20s"},
    }
    wanted = known[db.engine.dialect.name]
    ask = "PRAGMA" if db.engine.dialect.name == "sqlite" else "SHOW"

    found = {name: session.scalar(sa.text(f"{ask} {name}")) for name in wanted}

    assert found == wanted
