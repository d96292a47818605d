"""The limits for each address, which all processes count together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from spa import limits
from spa.database import db
from spa.models import LimitCount

Apps = Callable[..., Flask]


def tries(app: Flask, count: int, *, caller: str = "203.0.113.7", of: str = "LIMIT_HOLDS") -> int:
    """How many of so many tries of one caller were within the limit."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": caller}):
        return sum(limits.is_within(of) for _ in range(count))


def test_the_thirty_first_hold_is_refused(another_app: Apps) -> None:
    assert tries(another_app(LIMIT_HOLDS=30), 31) == 30


def test_all_processes_count_together(another_app: Apps) -> None:
    one, other = another_app(LIMIT_HOLDS=30), another_app(LIMIT_HOLDS=30)

    assert [tries(one, 20), tries(other, 20)] == [20, 10]


def test_tries_at_the_same_moment_are_all_counted(another_app: Apps) -> None:
    app = another_app(LIMIT_HOLDS=10)

    with ThreadPoolExecutor(4) as pool:
        within = list(pool.map(lambda _: tries(app, 5), range(4)))

    assert sum(within) == 10


def test_another_caller_and_another_kind_have_counts_of_their_own(another_app: Apps) -> None:
    app = another_app(LIMIT_HOLDS=1, LIMIT_LINKS=1)
    tries(app, 1)

    assert tries(app, 1) == 0
    assert tries(app, 1, caller="203.0.113.8") == 1
    assert tries(app, 1, of="LIMIT_LINKS") == 1


def test_nought_turns_a_limit_off(another_app: Apps) -> None:
    app = another_app(LIMIT_HOLDS=0)

    assert tries(app, 100) == 100
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(LimitCount.key))) == 0


def test_a_window_ends(another_app: Apps) -> None:
    app = another_app(LIMIT_HOLDS=2)
    tries(app, 3)

    with app.app_context(), db.engine.begin() as connection:
        long_ago = sa.text("UPDATE limit_count SET expires_at = '2020-01-01 00:00:00'")
        connection.execute(long_ago)

    assert tries(app, 3) == 2


@pytest.mark.parametrize(("proxies", "within"), [(0, 1), (1, 2)])
def test_who_calls_is_believed_only_from_trusted_proxies(
    proxies: int, within: int, another_app: Apps
) -> None:
    app = another_app(LIMIT_HOLDS=1, TRUSTED_PROXIES=proxies)
    app.add_url_rule("/try", view_func=lambda: str(limits.is_within("LIMIT_HOLDS")))

    answers = [
        app.test_client().get("/try", headers={"X-Forwarded-For": caller}).text
        for caller in ("203.0.113.1", "203.0.113.2")
    ]

    assert answers.count("True") == within


def keyed(app: Flask, count: int, *key: str, times: int = 1) -> int:
    """How many of so many tries for exactly this key were within the limit."""
    with app.app_context():
        return sum(limits.counts_within("LIMIT_SIGN_IN", *key, times=times) for _ in range(count))


def test_a_key_is_counted_as_it_is_and_as_widely_as_asked(another_app: Apps) -> None:
    app = another_app(LIMIT_SIGN_IN=3)

    assert keyed(app, 5, "account", "ana@example.com") == 3
    assert keyed(app, 5, "account", "bea@example.com") == 3
    assert keyed(app, 5, "accountana@example.com") == 3
    assert keyed(app, 40, "account", "ana@example.com", times=10) == 30


def test_a_key_that_is_forgotten_starts_anew_and_no_other_does(another_app: Apps) -> None:
    app = another_app(LIMIT_SIGN_IN=3)
    for key in ("one", "other"):
        keyed(app, 3, key)

    with app.app_context():
        limits.forget("LIMIT_SIGN_IN", "one")

    assert [keyed(app, 1, key) for key in ("one", "other")] == [1, 0]


def test_what_is_counted_names_nobody(another_app: Apps) -> None:
    app = another_app(LIMIT_SIGN_IN=3)
    keyed(app, 1, "account", "ana@example.com")

    with app.app_context():
        (key,) = db.session.scalars(sa.select(LimitCount.key))
    assert "ana" not in key and len(key) < 200
