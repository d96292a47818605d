"""Runs the migrations: one at a time on PostgreSQL, whole or not at all on SQLite."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from spa.database import IN_ACTION

ONE_MIGRATION_AT_A_TIME = 7_221_901

extension = current_app.extensions["migrate"]
database = extension.db


def run() -> None:
    """Upgrade or downgrade in one transaction, refusing to leave a foreign key broken."""
    options = IN_ACTION[database.engine.dialect.name]
    with database.engine.connect().execution_options(**options) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # With foreign keys on, re-creating a parent table silently deletes its children.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transactional_ddl=True,
            **extension.configure_args,
        )
        with context.begin_transaction():
            if not is_sqlite:
                lock = sa.text("SELECT pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": ONE_MIGRATION_AT_A_TIME})
            context.run_migrations()
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("the migration would leave a row without its parent")
        connection.rollback()
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()
