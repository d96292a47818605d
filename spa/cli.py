"""The commands of `flask --app wsgi`."""

import sqlite3
import sys
from contextlib import closing
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from email_validator import validate_email
from flask import Flask, current_app
from flask_migrate import upgrade

from spa import clock, demo, demo_people, wording
from spa.accounts import passwords, people_actions
from spa.contact import mailbox, one_line, written_address
from spa.database import db, transaction
from spa.errors import AlreadyHere
from spa.messages import planning, tidying
from spa.messages import worker as message_worker
from spa.messages.mailer import Mailer


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (prepare, migrate, load_demo, create_owner, worker, send_test_mail):
        app.cli.add_command(command)


@click.command("prepare")
@click.option("--demo", "with_demo", is_flag=True, help="Fill an empty database with the demo.")
@click.pass_context
def prepare(context: click.Context, with_demo: bool) -> None:
    """Migrate, and fill an empty database with the demo studio if asked to."""
    context.invoke(migrate)
    if with_demo:
        context.invoke(load_demo, if_empty=True)


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to date; an SQLite file is copied to instance/backups/ before."""
    if _is_up_to_date():
        return
    if copy := _back_up():
        click.echo(f"Copied the database to {copy}")
    upgrade()
    # Visits from before there was a plan of notes get theirs.
    with transaction() as session:
        planning.plan_again(session, sa.true(), clock.now())
    click.echo("The database is up to date.")


@click.command("demo")
@click.option("--again", is_flag=True, help="Throw the demo studio away and make it anew.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a studio already.")
def load_demo(again: bool = False, if_empty: bool = False) -> None:
    """Fill the database with a believable studio, relative to today."""
    folder, now = Path(current_app.instance_path), clock.now()
    with transaction() as session:
        if again:
            demo.clear(session)
        if if_empty and demo.is_awaited(session):
            return
        if not demo.is_empty(session):
            if if_empty:
                demo_people.hire(session, folder, now=now)
                return
            raise click.ClickException("There is a studio already; use --again to renew the demo.")
        demo.load(session, now=now)
        demo_people.hire(session, folder, now=now)
    click.echo("The demo studio is ready.")


@click.command("create-owner")
@click.option("--name", prompt="Name", help="Who it is; asked for unless given.")
@click.option("--email", prompt="Email address", help="What they sign in with.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_owner(name: str, email: str, password_stdin: bool) -> None:
    """Let an owner in, who then invites everyone else; the password is asked for, unseen."""
    name, email = one_line(name), mailbox(email)
    if not 0 < len(name) <= 200:
        raise click.ClickException("Give a name of at most 200 characters.")
    if not written_address(email):
        raise click.ClickException("Give an email address like name@example.com.")
    password = _password(password_stdin)
    if weak := passwords.weakness(password, name=name, email=email):
        raise click.ClickException(f"{wording.weakness(weak)}.")
    try:
        people_actions.create_owner(name, email, password)
    except AlreadyHere as error:
        raise click.ClickException(wording.refusal(error)) from None
    click.echo(f"{name} can sign in at {current_app.config['PUBLIC_URL']}/staff")
    if demo.is_empty(db.session()):
        click.echo("The first day begins there: seven steps to a studio that clients can book.")


def _password(from_stdin: bool) -> str:
    """The password of a person at the keyboard, or of a script."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


@click.command("worker")
@click.option("--once", is_flag=True, help="Send what is due now, tidy up, and stop.")
def worker(once: bool) -> None:
    """Send due messages and tidy up, until stopped."""
    if once:
        click.echo(f"{message_worker.send_due()} messages dealt with.")
        tidying.tidy()
        return
    message_worker.run()


@click.command("send-test-mail")
@click.argument("address")
def send_test_mail(address: str) -> None:
    """Send one mail to ADDRESS with the settings in use."""
    folder = Path(current_app.instance_path) / "mail"
    try:
        mail = _test_mail(address)
        with Mailer(current_app.config["MAIL_URL"], folder) as mailer:
            mailer.send(mail, f"{clock.now():%Y%m%dT%H%M%S}-test")
    except Exception as error:
        raise click.ClickException(f"The mail was not sent: {error}") from None
    click.echo(f"Sent to {address}." if current_app.config["MAIL_URL"] else f"Written to {folder}.")


def _test_mail(address: str) -> EmailMessage:
    """A mail to try the settings with; raises ValueError for what is no address."""
    recipient = Address(addr_spec=validate_email(address, check_deliverability=False).ascii_email)
    mail = EmailMessage()
    mail["From"] = current_app.config["MAIL_FROM"] or recipient
    mail["To"] = recipient
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=recipient.domain)
    mail["Subject"] = "Test mail from the booking program"
    mail.set_content("If you can read this, mail works.\n")
    return mail


def _is_up_to_date() -> bool:
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        return (
            MigrationContext.configure(connection).get_current_revision()
            == script.get_current_head()
        )


def _back_up() -> Path | None:
    """A copy of the SQLite file as it is now; None when there is none or it is empty."""
    path = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not path or not Path(path).exists():
        return None
    if not sa.inspect(db.engine).get_table_names():
        return None
    folder = Path(current_app.instance_path) / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"spa-{clock.now():%Y%m%dT%H%M%S}.sqlite3"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
