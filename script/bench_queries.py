"""How many queries a page makes, counted inside one process."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from script import bench_studio as studios
from script.bench_servers import SECRET
from spa import create_app
from spa.database import db


def count(database: str, path: str, folder: Path, cookie: str = "") -> int:
    """The statements that one GET sends, without the ones that only begin and end."""
    overrides = {"SQLALCHEMY_DATABASE_URI": database, "SPA_NOW": studios.NOW}
    headers = {"Cookie": cookie} if cookie else {}
    app = create_app(overrides | {"SECRET_KEY": SECRET}, folder)
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    client.get(path, base_url="http://127.0.0.1", headers=headers)
    sa.event.listen(engine, "before_cursor_execute", note)
    client.get(path, base_url="http://127.0.0.1", headers=headers)
    engine.dispose()
    return sum(not statement.startswith("BEGIN") for statement in sent)
