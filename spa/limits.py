"""How often one address may do a thing, counted in the database for all processes."""

from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any

import sqlalchemy as sa
from flask import current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from spa import clock
from spa.database import db, upsert
from spa.models import LimitCount

MINUTES = 10


class DatabaseStorage(Storage):
    """The counts of the `limits` library as rows; each count is one statement of its own."""

    STORAGE_SCHEME = ["spa"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong in here is the database's."""
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count this key once more and return how often it was seen in its window (seconds)."""
        table = LimitCount.__table__
        now = clock.now()
        fresh: dict[str, Any] = {"seen": amount, "expires_at": now + timedelta(seconds=expiry)}
        is_over = table.c.expires_at <= now
        statement = (
            upsert(LimitCount)
            .values(key=key, **fresh)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "seen": sa.case((is_over, amount), else_=table.c.seen + amount),
                    "expires_at": sa.case((is_over, fresh["expires_at"]), else_=table.c.expires_at),
                },
            )
            .returning(table.c.seen)
        )
        with db.engine.connect() as connection, connection.begin():
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """How often this key was seen in its present window."""
        return self._column(key, LimitCount.seen) or 0

    def get_expiry(self, key: str) -> float:
        """When the window of this key ends, in seconds since the epoch."""
        ends = self._column(key, LimitCount.expires_at)
        return (ends or clock.now()).timestamp()

    def _column(self, key: str, column: Any) -> Any:
        statement = sa.select(column).where(
            LimitCount.key == key, LimitCount.expires_at > clock.now()
        )
        with db.engine.connect() as connection:
            return connection.execute(statement).scalar()

    def check(self) -> bool:
        """Whether the counts can be read."""
        return self.get("check") == 0

    def reset(self) -> int | None:
        """Forget every count."""
        with db.engine.begin() as connection:
            return connection.execute(sa.delete(LimitCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        with db.engine.begin() as connection:
            connection.execute(sa.delete(LimitCount).where(LimitCount.key == key))


def is_within(setting: str, email: str = "") -> bool:
    """Count one more of these for this caller; whether the setting still allows it.

    With an email, that mailbox counts as well: it may be a stranger's, and callers change.
    """
    limit = current_app.config[setting]
    if not limit:
        return True
    item = RateLimitItemPerMinute(limit, MINUTES, namespace=setting)
    limiter = FixedWindowRateLimiter(DatabaseStorage())
    if not limiter.hit(item, _caller(request.remote_addr or "")):
        return False
    return not email or limiter.hit(item, sha256(email.encode()).hexdigest()[:32])


def counts_within(setting: str, *key: str, times: int = 1) -> bool:
    """Count one more for exactly this key; whether so many times the setting still allows it."""
    limit = current_app.config[setting]
    if not limit:
        return True
    return FixedWindowRateLimiter(DatabaseStorage()).hit(_item(setting, times), _hidden(*key))


def forget(setting: str, *key: str) -> None:
    """Start the count of this key anew."""
    if current_app.config[setting]:
        FixedWindowRateLimiter(DatabaseStorage()).clear(_item(setting, 1), _hidden(*key))


def caller() -> str:
    """Whoever asks now, as far as limits can tell callers apart."""
    return _caller(request.remote_addr or "")


def _item(setting: str, times: int) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(current_app.config[setting] * times, MINUTES, namespace=setting)


def _hidden(*key: str) -> str:
    """A key of a length that fits, and that tells nobody whose address it was."""
    return sha256("\n".join(key).encode()).hexdigest()[:32]


def _caller(address: str) -> str:
    """The address that counts; a household has 2^64 of the newer kind, and they count as one."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
