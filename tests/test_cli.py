"""The commands: prepare, migrate, demo, worker, send-test-mail."""

import sqlite3
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate import downgrade

from spa.database import db, transaction
from spa.models import Booking, Location, Message
from tests import make
from tests.tables import count


def run(app: Flask, *words: str) -> Result:
    """Run a command as `flask` does."""
    return app.test_cli_runner().invoke(FlaskGroup(), args=list(words))


def backups(app: Flask) -> list[Path]:
    """The copies that were made of the database."""
    return sorted((Path(app.instance_path) / "backups").glob("*"))


def mails(app: Flask) -> list[Path]:
    """The mails in the folder."""
    return sorted((Path(app.instance_path) / "mail").glob("*"))


def places(app: Flask) -> list[tuple[str, bool]]:
    """The places there are."""
    with app.app_context():
        return [
            (row[0], row[1])
            for row in db.session.execute(sa.select(Location.name, Location.is_demo))
        ]


@pytest.fixture
def ready(bare_app: Flask) -> Flask:
    """An application with its tables and nothing in them."""
    assert run(bare_app, "migrate").exit_code == 0
    return bare_app


def test_prepare_makes_the_tables_and_leaves_them_empty(bare_app: Flask) -> None:
    result = run(bare_app, "prepare")

    assert (result.exit_code, "up to date" in result.output) == (0, True)
    assert places(bare_app) == []


def test_prepare_fills_an_empty_database_with_the_demo_and_only_an_empty_one(
    bare_app: Flask,
) -> None:
    first, again = run(bare_app, "prepare", "--demo"), run(bare_app, "prepare", "--demo")

    assert [first.exit_code, again.exit_code] == [0, 0]
    assert "The demo studio is ready." in first.output
    assert again.output == ""
    assert [is_demo for _, is_demo in places(bare_app)] == [True]


def test_migrating_an_empty_database_copies_nothing(ready: Flask) -> None:
    assert backups(ready) == []


def test_migrating_when_nothing_is_to_do_says_and_copies_nothing(ready: Flask) -> None:
    result = run(ready, "migrate")

    assert (result.exit_code, result.output, backups(ready)) == (0, "", [])


def test_migrating_copies_a_file_with_something_in_it_first(ready: Flask) -> None:
    with ready.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only a file is copied")
        with transaction() as session:
            make.studio(session)
        db.session.remove()
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'lost'"))
        db.session.commit()

    result = run(ready, "migrate")

    assert result.exit_code != 0
    (copy,) = backups(ready)
    assert sqlite3.connect(copy).execute("SELECT name FROM location").fetchall() == [
        ("Test Studio",)
    ]


def test_the_demo_is_refused_where_a_studio_is(ready: Flask) -> None:
    with ready.app_context(), transaction() as session:
        make.studio(session)

    plain, gentle = run(ready, "demo"), run(ready, "demo", "--if-empty")

    assert (plain.exit_code, "--again" in plain.output) == (1, True)
    assert (gentle.exit_code, gentle.output) == (0, "")
    assert places(ready) == [("Test Studio", False)]


def test_the_demo_can_be_made_anew_with_all_that_was_booked_in_it(ready: Flask) -> None:
    run(ready, "demo")
    with ready.app_context():
        slug = db.session.scalar(sa.text("SELECT slug FROM treatment ORDER BY position LIMIT 1"))
        booked = db.session.scalar(sa.select(sa.func.count(Booking.id)))
    assert ready.test_client().get(f"/api/v1/treatments/{slug}/free-times").status_code == 400

    result = run(ready, "demo", "--again")

    assert (result.exit_code, result.output) == (0, "The demo studio is ready.\n")
    assert count(ready, "booking") == booked
    assert count(ready, "message") == 0


def test_renewing_the_demo_leaves_a_real_studio_alone(ready: Flask) -> None:
    with ready.app_context(), transaction() as session:
        make.studio(session)

    result = run(ready, "demo", "--again")

    assert result.exit_code == 1
    assert places(ready) == [("Test Studio", False)]


def test_the_worker_sends_what_is_due_once_and_stops(ready: Flask) -> None:
    with ready.app_context():
        with transaction() as session:
            make.studio(session)
        make.booked()

    results = [run(ready, "worker", "--once") for _ in range(2)]

    assert [result.output for result in results] == [
        "1 messages dealt with.\n",
        "0 messages dealt with.\n",
    ]
    assert len(mails(ready)) == 1
    with ready.app_context():
        assert db.session.scalars(sa.select(Message.status)).all() == ["sent"]


def test_a_test_mail_goes_to_the_folder_where_no_server_is_set(ready: Flask) -> None:
    result = run(ready, "send-test-mail", "me@studio.com")

    assert (result.exit_code, str(Path(ready.instance_path) / "mail") in result.output) == (0, True)
    (path,) = mails(ready)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["To"], "mail works" in mail.get_content()) == ("me@studio.com", True)
    assert mail["Date"] and mail["Message-ID"]


def test_a_test_mail_that_fails_says_so_in_one_line(ready: Flask) -> None:
    ready.config["MAIL_URL"] = "smtp://127.0.0.1:1"

    result = run(ready, "send-test-mail", "me@studio.com")

    assert result.exit_code == 1
    assert result.output.startswith("Error: The mail was not sent: ")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("address", ["not an address", "", "a@b\nBcc: c@d"])
def test_a_test_mail_to_no_address_says_so_in_one_line(address: str, ready: Flask) -> None:
    result = run(ready, "send-test-mail", address)

    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit)


def test_a_command_after_a_downgrade_migrates_again(ready: Flask) -> None:
    with ready.app_context():
        downgrade(revision="base")

    assert run(ready, "prepare").exit_code == 0
    assert places(ready) == []
