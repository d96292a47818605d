"""The Flask extensions that the whole program shares."""

from typing import Any

import alembic.autogenerate.api
from flask_babel import Babel
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from spa.database import UtcDateTime


def _render_item(kind: str, item: Any, _context: alembic.autogenerate.api.AutogenContext) -> Any:
    """Write our moment type into migrations as what the database has."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


babel = Babel()
compress = Compress()
csrf = CSRFProtect()
migrate = Migrate(render_as_batch=True, render_item=_render_item, compare_type=True)
