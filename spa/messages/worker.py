"""Sends what is due and tidies up: one or many of these run beside the web processes."""

import logging
import re
import signal
import smtplib
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from spa import clock
from spa.database import db, transaction
from spa.domain.spans import tick_of
from spa.domain.states import BookingStatus
from spa.messages.mailer import Mailer
from spa.messages.render import render
from spa.models import AuditEntry, Booking, Claim, LimitCount, Location, Message, StaffSession

log = logging.getLogger("spa.worker")

AT_ONCE = 50
LEASE = timedelta(minutes=5)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
PAUSE_SECONDS = 1.0
TIDY_EVERY = timedelta(minutes=10)
KEEP_LAPSED = timedelta(days=7)
KEEP_ASKED = timedelta(days=1)
ASKED = ("booking_links", "staff_reset")
KEEP_SESSIONS = timedelta(days=30)
KEEP_TEXTS = timedelta(days=90)
SECRET = re.compile(r"/(booking/visit|booking/held|staff/password)/\S+")
TIDY_AT_ONCE = 5000


def run() -> None:
    """Work until told to stop; the message in hand is finished first."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    tidied = None
    while not stop.is_set():
        try:
            while send_due() == AT_ONCE and not stop.is_set():
                pass
            if tidied is None or clock.now() - tidied >= TIDY_EVERY:
                tidy()
                tidied = clock.now()
        except sa.exc.SQLAlchemyError as error:
            db.session.remove()
            log.error("database unavailable: %s", type(error).__name__)
        stop.wait(PAUSE_SECONDS)


def send_due() -> int:
    """Send the messages that are due, oldest first; how many were dealt with."""
    folder = Path(current_app.instance_path) / "mail"
    with Mailer(current_app.config["MAIL_URL"], folder) as mailer:
        due = _due(clock.now())
        for message_id in due:
            _deal_with(message_id, mailer)
    return len(due)


def _due(now: datetime) -> list[int]:
    is_free = sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now)
    query = (
        sa.select(Message.id)
        .where(Message.status == "waiting", Message.due_at <= now, is_free)
        .order_by(Message.due_at, Message.id)
        .limit(AT_ONCE)
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _deal_with(message_id: int, mailer: Mailer) -> None:
    """Claim, render, send and mark one message; a bad one never stops the rest."""
    if not _claim(message_id):
        return
    try:
        sent = _send(message_id, mailer)
    except Exception as error:
        log.error("message %d: %s", message_id, type(error).__name__)
        _mark_failed(message_id, error)
        return
    _mark(message_id, **sent)


def _claim(message_id: int) -> bool:
    """One conditional update: another worker may have been quicker."""
    now = clock.now()
    is_free = sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now)
    with transaction() as session:
        claimed = session.execute(
            sa.update(Message)
            .where(Message.id == message_id, Message.status == "waiting", is_free)
            .values(claimed_until=now + LEASE, tries=Message.tries + 1)
            .returning(Message.id)
        ).scalar()
    return bool(claimed)


def _send(message_id: int, mailer: Mailer) -> dict[str, Any]:
    """What to write down about the message once it is sent, or found to be needless."""
    now = clock.now()
    message = db.session.get_one(Message, message_id, populate_existing=True)
    if message.status != "waiting":
        return {}
    booking = db.session.get(Booking, message.booking_id) if message.booking_id else None
    rendered = render(message, db.session.get_one(Location, message.location_id), booking, now)
    db.session.rollback()
    if rendered is None:
        return {"status": "withdrawn"}
    name = f"{now:%Y%m%dT%H%M%S}-{message_id:06d}-{message.event}"
    mailer.send(rendered.mail, name)
    return {
        "status": "sent",
        "sent_at": clock.now(),
        "sent_subject": rendered.subject,
        "sent_text": SECRET.sub(r"/\1/…", rendered.text),
        "last_error": "",
    }


def _mark_failed(message_id: int, error: Exception) -> None:
    """Wait longer each time; what the server refuses for good, or the last try, needs a person."""
    db.session.rollback()
    tries = db.session.scalar(sa.select(Message.tries).where(Message.id == message_id)) or 1
    code = _code(error)
    reason = f"{type(error).__name__} {code or ''}".strip()
    if 500 <= code < 600 or tries > len(WAITS):
        _mark(message_id, status="failed", last_error=reason)
    else:
        _mark(message_id, due_at=clock.now() + WAITS[tries - 1], last_error=reason)


def _code(error: Exception) -> int:
    """The server's number alone: its words may hold an address. 5xx is a refusal for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0) or 0)


def _mark(message_id: int, **values: Any) -> None:
    """Write down what became of it; one that was taken back while it went out was sent."""
    was = ("waiting", "withdrawn") if values.get("status") == "sent" else ("waiting",)
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.id == message_id, Message.status.in_(was))
            .values(claimed_until=None, **values)
        )


def tidy() -> None:
    """Drop what guards nothing any more: ticks that have passed, holds let go, counts run out.

    Sessions of the desk go a month after they were last used.
    """
    now = clock.now()
    yesterday = tick_of(now - timedelta(days=1))
    with transaction() as session:
        session.execute(sa.delete(LimitCount).where(LimitCount.expires_at <= now))
        session.execute(sa.delete(StaffSession).where(StaffSession.seen_at <= now - KEEP_SESSIONS))
        passed = sa.select(Claim.resource_id, Claim.tick).where(Claim.tick < yesterday)
        session.execute(
            sa.delete(Claim).where(
                sa.tuple_(Claim.resource_id, Claim.tick).in_(passed.limit(TIDY_AT_ONCE))
            )
        )
        session.execute(
            sa.delete(Message).where(
                Message.event.in_(ASKED), Message.created_at <= now - KEEP_ASKED
            )
        )
        over = sa.select(Booking.id).where(Booking.ends_at <= now - KEEP_TEXTS)
        session.execute(
            sa.update(Message)
            .where(Message.sent_text != "", Message.booking_id.in_(over))
            .values(sent_text="")
        )
    _drop_lapsed(now - KEEP_LAPSED)


def _drop_lapsed(before: datetime) -> None:
    """A hold that was let go a week ago held nobody's details; its row and record can go."""
    with transaction() as session:
        old = list(
            session.scalars(
                sa.select(Booking.id)
                .where(Booking.status == BookingStatus.LAPSED, Booking.created_at < before)
                .limit(TIDY_AT_ONCE)
            )
        )
        session.execute(sa.delete(AuditEntry).where(AuditEntry.booking_id.in_(old)))
        session.execute(
            sa.delete(Booking).where(Booking.id.in_(old), Booking.status == BookingStatus.LAPSED)
        )
