"""What time it is: the only file that reads the system clock."""

import time
from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """This moment in UTC, or the fixed one of the setting SPA_NOW."""
    fixed: datetime | None = current_app.config["SPA_NOW"]
    return fixed or datetime.now(UTC)


def ticking() -> float:
    """Seconds that go on also while the setting SPA_NOW stops the clock: for pauses alone."""
    return time.monotonic()
