"""The migrations: they make what the models say, can be undone, and run one at a time."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from spa.database import Base, db, transaction
from spa.models import Location
from tests import another, make
from tests.conftest import hurry

LOCK = "SELECT pg_advisory_lock(7221901)"
UNLOCK = "SELECT pg_advisory_unlock(7221901)"


def tables() -> set[str]:
    """The tables there are, apart from the one that counts migrations."""
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def constraints() -> dict[str, set[str | None]]:
    """The names of what each table guards."""
    seen = sa.inspect(db.engine)
    return {
        table: {one["name"] for one in seen.get_check_constraints(table)}
        | {one["name"] for one in seen.get_unique_constraints(table)}
        | {one["name"] for one in seen.get_foreign_keys(table)}
        | {one["name"] for one in seen.get_indexes(table)}
        | {seen.get_pk_constraint(table)["name"]}
        for table in tables()
    }


def test_upgrading_makes_what_the_models_say(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()

        check()


def test_upgrading_makes_the_constraints_and_indexes_of_the_models(bare_app: Flask) -> None:
    with bare_app.app_context():
        Base.metadata.create_all(db.engine)
        wanted = constraints()
        Base.metadata.drop_all(db.engine)
        upgrade()

        assert constraints() == wanted


def test_a_migrated_database_takes_bookings(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        with transaction() as session:
            make.studio(session)

        assert make.booked().status == "booked"


def test_downgrading_leaves_nothing_behind(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        downgrade(revision="base")

        assert tables() == set()
        assert db.engine.dialect.name == "sqlite" or not db.session.scalar(
            sa.text("SELECT count(*) FROM pg_type WHERE typtype = 'e'")
        )


def test_upgrading_again_after_a_downgrade_works(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        downgrade(revision="base")
        upgrade()

        assert "booking" in tables()


def test_foreign_keys_are_on_again_after_a_migration(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        with pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.execute(
                sa.text(
                    "INSERT INTO closure (location_id, first_on, last_on, reason)"
                    " VALUES (99, '2026-01-01', '2026-01-01', '')"
                )
            )


def test_a_migration_waits_for_the_one_that_runs(bare_app: Flask) -> None:
    hurry(bare_app)
    with bare_app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("a file has its own lock")
        with db.engine.connect() as running:
            running.execute(sa.text(LOCK))
            with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
                upgrade()
            running.execute(sa.text(UNLOCK))

        upgrade()
        assert "booking" in tables()


def test_two_migrations_at_once_make_one_database(bare_app: Flask) -> None:
    running = [another.start(bare_app, "migrate") for _ in range(2)]
    said = [process.communicate()[1] for process in running]

    assert [process.returncode for process in running] == [0, 0], said
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Location.id))) == 0
