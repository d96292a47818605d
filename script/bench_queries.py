"""How many queries a page makes, counted inside one process."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from script import bench_studio as studios
from spa import create_app
from spa.database import db


def count(database: str, path: str, folder: Path) -> int:
    """The statements that one GET sends, without the ones that only begin and end."""
    overrides = {"SQLALCHEMY_DATABASE_URI": database, "SPA_NOW": studios.NOW}
    app = create_app(overrides, folder)
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    client = app.test_client()
    client.get(path, base_url="http://127.0.0.1")
    sa.event.listen(engine, "before_cursor_execute", note)
    client.get(path, base_url="http://127.0.0.1")
    engine.dispose()
    return sum(not statement.startswith("BEGIN") for statement in sent)
