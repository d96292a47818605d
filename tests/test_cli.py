"""The commands: prepare, migrate, demo, create-owner, worker, send-test-mail."""

import sqlite3
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate import downgrade

from spa.accounts import actions as accounts
from spa.accounts import passwords
from spa.database import db, transaction
from spa.models import AuditEntry, Booking, Location, Message, Resource, StaffMember
from tests import make
from tests.tables import count


def run(app: Flask, *words: str, typed: str | None = None) -> Result:
    """Run a command as `flask` does."""
    return app.test_cli_runner().invoke(FlaskGroup(), args=list(words), input=typed)


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
    messages = count(ready, "message")
    assert ready.test_client().get(f"/api/v1/treatments/{slug}/free-times").status_code == 400

    result = run(ready, "demo", "--again")

    assert (result.exit_code, result.output) == (0, "The demo studio is ready.\n")
    assert count(ready, "booking") == booked
    assert count(ready, "message") == messages


def demo_people(app: Flask) -> dict[str, tuple[str, str]]:
    """Address and password of each role, as the file of the installation tells them."""
    lines = (Path(app.instance_path) / "demo-passwords").read_text("utf-8").splitlines()
    return {role: (email, password) for role, email, password in map(str.split, lines)}


def test_the_demo_lets_one_of_each_role_in_with_passwords_of_its_own(ready: Flask) -> None:
    run(ready, "demo")
    path = Path(ready.instance_path) / "demo-passwords"
    first = demo_people(ready)

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(first) == ["owner", "manager", "reception", "practitioner"]
    with ready.app_context():
        for email, password in first.values():
            assert email.endswith("@example.com")
            assert not passwords.weakness(password, email=email)
            assert accounts.sign_in(email, password)
    run(ready, "demo", "--again")
    renewed = demo_people(ready)
    assert not {one for _, one in first.values()} & {one for _, one in renewed.values()}
    with ready.app_context():
        assert accounts.sign_in(*renewed["owner"])


def test_the_practitioner_of_the_demo_is_the_first_of_the_rota(ready: Flask) -> None:
    run(ready, "demo")

    with ready.app_context():
        bound = sa.select(StaffMember.role, Resource.position, Resource.name, StaffMember.name)
        found = db.session.execute(bound.join(Resource)).all()
    assert [tuple(row) for row in found] == [
        ("practitioner", 0, "Ines Marchetti", "Ines Marchetti")
    ]


def test_a_demo_from_before_there_was_a_desk_gets_its_people(ready: Flask) -> None:
    run(ready, "demo")
    with ready.app_context(), transaction() as session:
        session.execute(sa.delete(StaffMember))

    result = run(ready, "prepare", "--demo")

    assert (result.exit_code, count(ready, "staff_member")) == (0, 4)
    before = demo_people(ready)
    run(ready, "prepare", "--demo")
    assert demo_people(ready) == before


# The first owner


OWNER = ("create-owner", "--name", "Ola Real", "--email", "Ola@example.com")


def test_the_first_owner_comes_in_before_there_is_a_place(ready: Flask) -> None:
    result = run(ready, *OWNER, "--password-stdin", typed="four turtles in a boat\n")

    assert (result.exit_code, "/staff" in result.output) == (0, True)
    assert "turtles" not in result.output
    with ready.app_context():
        assert accounts.sign_in("ola@example.com", "four turtles in a boat")
        (owner,) = db.session.scalars(sa.select(StaffMember))
        assert (owner.role, owner.location_id) == ("owner", None)
        events = db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
        assert events == ["people.owner_made", "account.signed_in"]


def test_the_last_words_say_that_the_first_day_begins_until_there_is_a_studio(
    ready: Flask,
) -> None:
    first = run(ready, *OWNER, "--password-stdin", typed="four turtles in a boat\n")
    with ready.app_context(), transaction() as session:
        make.studio(session)
    words = [*OWNER[:4], "another@example.com"]
    second = run(ready, *words, "--password-stdin", typed="four turtles in a boat\n")

    assert "The first day begins there" in first.output
    assert (second.exit_code, "first day" in second.output) == (0, False)


def test_the_demo_does_not_come_by_itself_where_an_owner_is_about_to_begin(ready: Flask) -> None:
    run(ready, *OWNER, "--password-stdin", typed="four turtles in a boat\n")

    result = run(ready, "prepare", "--demo")

    assert (result.exit_code, result.output, places(ready)) == (0, "", [])


def test_the_password_is_asked_for_twice_and_not_shown(ready: Flask) -> None:
    typed = "Ola Real\nola@example.com\n" + "four turtles in a boat\n" * 2

    result = run(ready, "create-owner", typed=typed)

    assert result.exit_code == 0
    assert "turtles" not in result.output


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (OWNER, "short", "at least 12"),
        (OWNER, "password1234", "easy to guess"),
        (OWNER, "ola real 2026", "not your own name"),
        (OWNER, "", "at least 12"),
        ((*OWNER[:3], "--email", "nobody"), "four turtles in a boat", "email address"),
        (("create-owner", "--name", " ", *OWNER[3:]), "four turtles in a boat", "a name"),
    ],
)
def test_an_owner_who_cannot_be_is_refused_in_one_line(
    words: tuple[str, ...], password: str, said: str, ready: Flask
) -> None:
    result = run(ready, *words, "--password-stdin", typed=f"{password}\n")

    assert (result.exit_code, said in result.output) == (1, True)
    assert result.output.count("\n") == 1
    assert count(ready, "staff_member") == 0


def test_an_owner_is_made_once(ready: Flask) -> None:
    for _ in range(2):
        result = run(ready, *OWNER, "--password-stdin", typed="four turtles in a boat\n")

    assert (result.exit_code, "works here already" in result.output) == (1, True)


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
