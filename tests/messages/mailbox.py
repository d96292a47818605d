"""What the worker put into the folder for mails, read as a mail program reads it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from flask import Flask
from icalendar import Calendar

from spa.messages import worker


def folder(app: Flask) -> Path:
    """Where mails go without a server."""
    return Path(app.instance_path) / "mail"


def empty(app: Flask) -> None:
    """Throw away what earlier tests left."""
    for path in folder(app).glob("*"):
        path.unlink()


def texts(app: Flask) -> list[Path]:
    """The texts to telephones, oldest first."""
    return sorted((Path(app.instance_path) / "texts").glob("*.txt"))


def mails(app: Flask) -> list[EmailMessage]:
    """All mails in the folder, oldest first."""
    paths = sorted(folder(app).glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def delivered(app: Flask) -> EmailMessage:
    """Let the worker send what is due, and give the newest mail."""
    worker.send_due()
    return mails(app)[-1]


def text(mail: EmailMessage, kind: str = "plain") -> str:
    """The plain or the HTML text of a mail."""
    part = cast(EmailMessage, mail.get_body((kind,)))
    return str(part.get_content()).replace("\r\n", "\n")


def calendar(mail: EmailMessage) -> Any:
    """The calendar that a mail program reads at once."""
    part = next(
        p for p in mail.walk() if p.get_content_type() == "text/calendar" and not p.get_filename()
    )
    return Calendar.from_ical(part.get_content())


def event(mail: EmailMessage) -> Any:
    """The one event in that calendar."""
    (found,) = calendar(mail).walk("VEVENT")
    return found
