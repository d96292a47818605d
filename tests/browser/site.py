"""The demo studio on a port of its own: its clock can be set, its mail read, its rows renewed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from werkzeug.serving import WSGIRequestHandler, make_server

from spa import clock, demo, links
from spa.accounts import actions as accounts
from spa.booking import queries
from spa.database import Base, db, transaction
from spa.domain.spans import moment_of
from spa.messages import worker
from spa.models import Booking, Closure, Location
from tests import make
from tests.conftest import A_TUESDAY, NEW_YORK, app_on

FACIAL = "facial-microneedling"
SOON, LATE = A_TUESDAY.date() + timedelta(days=6), date(2026, 3, 31)
"""From the first day to the last of the month whose changes are free and which is on show."""


class _Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: a failing test shows what its browser saw."""


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve on a free port until the block ends; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        app.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
        yield app.config["PUBLIC_URL"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def empty_app(folder: Path) -> Iterator[Flask]:
    """An application on a file with tables and no studio."""
    app = app_on(f"sqlite:///{folder / 'spa.sqlite3'}", folder)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


class Site:
    """The served demo studio, at nine on a Tuesday until a test says otherwise."""

    def __init__(self, app: Flask, address: str, folder: Path) -> None:
        """Load the demo and keep a copy of it for every further test."""
        self.app, self.address, self.folder = app, address, folder
        self._read: set[Path] = set()
        with app.app_context():
            with transaction() as session:
                demo.load(session, now=clock.now())
            db.engine.dispose()
        _copy(folder / "spa.sqlite3", folder / "loaded.sqlite3")

    def renew(self) -> None:
        """Everything as it was after loading."""
        with self.app.app_context():
            db.engine.dispose()
        _copy(self.folder / "loaded.sqlite3", self.folder / "spa.sqlite3")
        self.app.config["SPA_NOW"] = A_TUESDAY
        for path in self._mail_files():
            path.unlink()
        self._read = set()

    def now(self) -> datetime:
        """What the server takes for now."""
        moment: datetime = self.app.config["SPA_NOW"]
        return moment

    def pass_minutes(self, minutes: int) -> None:
        """Let the clock of the server go on."""
        self.app.config["SPA_NOW"] += timedelta(minutes=minutes)

    def close(self, first_on: date, last_on: date) -> None:
        """Close the studio for some days."""
        with self.app.app_context(), transaction() as session:
            place = session.scalars(sa.select(Location.id)).one()
            session.add(Closure(location_id=place, first_on=first_on, last_on=last_on))

    def free(self, slug: str = FACIAL, practitioner: str = "") -> list[datetime]:
        """The free starts of the month on show that may be changed without being late."""
        with self.app.app_context():
            offer = queries.offer(slug)
            assert offer
            found = queries.free_times(
                offer, SOON, LATE, now=clock.now(), practitioner=practitioner
            )
            return [_local(one.tick) for one in found]

    def same_hour_on_two_days(self) -> tuple[datetime, datetime]:
        """A free start whose time of day is free on the day after as well."""
        free = self.free()
        return next(
            (one, one + timedelta(days=1)) for one in free if one + timedelta(days=1) in free
        )

    def held(self, start: datetime, **about: Any) -> str:
        """The address of the form for an hour that is held; nobody typed anything yet."""
        with self.app.app_context():
            return f"/booking/held/{_token(make.held(_text(start), **{'slug': FACIAL} | about))}"

    def booked(self, start: datetime, **about: Any) -> str:
        """The address of the page to keep of a visit that was booked."""
        with self.app.app_context():
            return f"/booking/visit/{_token(make.booked(_text(start), **{'slug': FACIAL} | about))}"

    def person_of(self, start: datetime) -> str:
        """The short name of who is chosen when an hour is booked with anyone."""
        with self.app.app_context():
            offer = queries.offer(FACIAL)
            assert offer
            day = start.date()
            free = queries.free_times(offer, day, day, now=clock.now())
            return next(one.person.slug for one in free if _local(one.tick) == start)

    def cookie(self, role: str = "owner", **about: Any) -> Any:
        """The cookie of somebody of the studio who is signed in."""
        with self.app.app_context():
            with transaction() as session:
                details = {"email": f"{role}@browser.example.com"} | about
                member = make.staff(session, role, **details)
            key = accounts.open_session(member.id)
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return {"name": "session", "value": signer.dumps({"staff": key}), "url": self.address}

    def booking_count(self) -> int:
        """How many bookings there are, whatever their state."""
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count(Booking.id))) or 0

    def mail(self) -> EmailMessage:
        """Send what is due and give the one mail that this wrote."""
        (mail,) = self.mails()
        return mail

    def mails(self) -> list[EmailMessage]:
        """Send what is due and give the mails that this wrote."""
        with self.app.app_context():
            while worker.send_due():
                pass
        fresh = sorted(set(self._mail_files()) - self._read)
        self._read.update(fresh)
        return [_mail_in(path) for path in fresh]

    def _mail_files(self) -> list[Path]:
        return list((self.folder / "mail").glob("*.eml"))


def _mail_in(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    """The words of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return "\n".join(str(part.get_content()).splitlines())


@dataclass(frozen=True)
class Entry:
    """The one event of a calendar file, and what the file wants done with it."""

    method: str
    uid: str
    sequence: int
    title: str
    starts_at: datetime
    status: str


def entry_in(mail: EmailMessage) -> Entry:
    """What the calendar file says that came with a mail."""
    (part,) = [part for part in mail.walk() if part.get_filename() == "visit.ics"]
    return entry_of(part.get_payload(decode=True))


def entry_of(data: Any) -> Entry:
    """What a calendar file says."""
    calendar = Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    return Entry(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(str(event["SEQUENCE"])),
        title=str(event["SUMMARY"]),
        starts_at=event.decoded("DTSTART"),
        status=str(event["STATUS"]),
    )


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)


def _local(tick: int) -> datetime:
    return moment_of(tick).astimezone(NEW_YORK)


def _text(start: datetime) -> str:
    return f"{start.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"


def _token(booking: Booking) -> str:
    return links.visit_token(booking.reference, booking.link_version)
