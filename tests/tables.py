"""What stands in the tables, to see that something changed, or that nothing did."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from spa.database import Base, db


def everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, apart from the counts of the limits."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "limit_count"]
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(
                tuple(map(repr, row)) for row in connection.execute(sa.select(table))
            )
            for table in tables
        }


def count(app: Flask, table: str) -> int:
    """How many rows a table has."""
    return len(everything(app)[table])
