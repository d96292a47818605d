"""What time it is: the only file that reads the system clock."""

from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """This moment in UTC, or the fixed one of the setting SPA_NOW."""
    fixed: datetime | None = current_app.config["SPA_NOW"]
    return fixed or datetime.now(UTC)
