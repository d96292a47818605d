"""Sends what is due: one or many of these run beside the web processes."""

import logging
import re
import signal
import smtplib
import threading
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from spa import clock
from spa.database import db, transaction
from spa.messages import ready, tidying
from spa.messages.mailer import ChannelDown
from spa.messages.post import Post
from spa.messages.render import render
from spa.models import Booking, Location, Message

log = logging.getLogger("spa.worker")

AT_ONCE = 50
LEASE = timedelta(minutes=5)
"""How long a message is one worker's; eight answers of a slow server have to fit."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
MOST_INTERRUPTIONS = 1
"""A message may go out once more after its worker stopped with it in hand, and then no more."""

PAUSE_SECONDS = 1.0
TIDY_EVERY = timedelta(minutes=10)
SECRET = re.compile(
    r"/(booking/visit|booking/held|booking/pencilled|messages/stop|staff/password)/\S+"
)


def run() -> None:
    """Work until told to stop; the message in hand is finished first."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    tidied = None
    with Post() as post:
        while not stop.is_set():
            try:
                while send_due(post, stop) == AT_ONCE and not stop.is_set():
                    pass
                post.rest()
                if tidied is None or clock.now() - tidied >= TIDY_EVERY:
                    tidying.tidy()
                    tidied = clock.now()
            except sa.exc.SQLAlchemyError as error:
                db.session.remove()
                log.error("database unavailable: %s", type(error).__name__)
            stop.wait(PAUSE_SECONDS)


def send_due(post: Post | None = None, stop: threading.Event | None = None) -> int:
    """Send the messages that are due, oldest first; how many were dealt with."""
    if post is None:
        with Post() as own:
            return send_due(own, stop)
    due = _due(clock.now(), post)
    for message_id, channel in due:
        if stop and stop.is_set():
            break
        if not post.is_down(channel):
            _deal_with(message_id, post)
    return len(due)


def _due(now: datetime, post: Post) -> list[tuple[int, str]]:
    """The oldest that are due and nobody has in hand, by channels that work."""
    is_free = sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now)
    query = (
        sa.select(Message.id, Message.channel)
        .where(sa.text("status = 'waiting'"), Message.due_at <= now, is_free)
        .where(Message.channel.not_in(post.down()))
        .order_by(Message.due_at, Message.id)
        .limit(AT_ONCE)
    )
    found = [(row.id, row.channel) for row in db.session.execute(query)]
    db.session.rollback()
    return found


def _deal_with(message_id: int, post: Post) -> None:
    """Claim, render, send and mark one message; a bad one never stops the rest."""
    interruptions = _claim(message_id)
    if interruptions is None:
        return
    if interruptions > MOST_INTERRUPTIONS:
        _mark(message_id, status="failed", last_error="Interrupted")
        return
    try:
        marks = _send(message_id, post)
    except ChannelDown as error:
        log.error("%s is down: %s", error.channel, error.reason)
        post.pause(error.channel)
        # Nobody's try: it goes first when the channel is back.
        _mark(message_id, tries=Message.tries - 1, last_error=error.reason)
    except Exception as error:
        log.error("message %d: %s", message_id, type(error).__name__)
        _mark_failed(message_id, error)
    else:
        _mark(message_id, **marks)


def _claim(message_id: int) -> int | None:
    """How often a worker stopped with it in hand; None when another worker was quicker.

    One conditional update. A claim that ran out was never marked: its worker is gone.
    """
    now = clock.now()
    is_free = sa.or_(Message.claimed_until.is_(None), Message.claimed_until <= now)
    was_left = sa.case((Message.claimed_until.is_not(None), 1), else_=0)
    lease = max(LEASE, timedelta(seconds=8 * current_app.config["MAIL_TIMEOUT"]))
    with transaction() as session:
        claimed = session.execute(
            sa.update(Message)
            .where(Message.id == message_id, Message.status == "waiting", is_free)
            .values(
                claimed_until=now + lease,
                tries=Message.tries + 1,
                interruptions=Message.interruptions + was_left,
            )
            .returning(Message.interruptions)
        ).scalar()
    return claimed


def _claim_at_rest(message_id: int) -> bool:
    """The same for another that would go with it, outside of any reading."""
    db.session.rollback()
    return _claim(message_id) is not None


def _send(message_id: int, post: Post) -> dict[str, Any]:
    """What to write down about the message once it is sent, found to be needless, or put off."""
    now = clock.now()
    message = db.session.get_one(Message, message_id, populate_existing=True)
    if message.status != "waiting":
        db.session.rollback()
        return {}
    location = db.session.get_one(Location, message.location_id)
    booking = db.session.get(Booking, message.booking_id) if message.booking_id else None
    found = ready.now_or_later(db.session(), message, booking, location, now)
    if isinstance(found, datetime):
        db.session.rollback()
        return {"due_at": found, "tries": Message.tries - 1}
    if found is None:
        db.session.rollback()
        return {"status": "withdrawn"}
    # Only shown to the renderer: what became of it is marked once it is sent.
    db.session.expunge(message)
    taken = [number for number in found.companions if _claim_at_rest(number)]
    message.channel, message.recipient = found.channel, found.recipient
    message.parts = found.together(taken)
    try:
        rendered = render(message, location, booking, now)
        db.session.rollback()
        if rendered is None:
            return {"status": "withdrawn"}
        name = f"{now:%Y%m%dT%H%M%S}-{message_id:06d}-{message.event}"
        post.send(message.channel, message.recipient, rendered, name)
    except BaseException:
        for number in taken:
            _mark(number, tries=Message.tries - 1)
        raise
    for number in taken:
        _mark(number, status="withdrawn")
    return {
        "status": "sent",
        "sent_at": clock.now(),
        "sent_subject": rendered.subject,
        "sent_text": SECRET.sub(r"/\1/…", rendered.text),
        "channel": message.channel,
        "recipient": message.recipient,
        "parts": message.parts,
        "event": message.parts[0] if message.parts else message.event,
        "last_error": "",
    }


def _mark_failed(message_id: int, error: Exception) -> None:
    """Wait longer each time; what the server refuses for good, or the last try, needs a person."""
    db.session.rollback()
    tries = db.session.scalar(sa.select(Message.tries).where(Message.id == message_id)) or 1
    db.session.rollback()
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
            .execution_options(synchronize_session=False)
        )
