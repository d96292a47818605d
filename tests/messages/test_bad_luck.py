"""Bad luck, with real worker processes and a real mail server: nothing lost, nothing sent twice."""

import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.messages import worker
from spa.models import Message, MessageWords
from tests import another, make
from tests.messages import mailbox
from tests.messages.smtp import Inbox, OnFreePort

At = Callable[[str], datetime]
GUEST = "guest{}@studio-guest.com"


def book(count: int) -> list[str]:
    """So many people book, one after the other; their addresses in that order."""
    addresses = [GUEST.format(number) for number in range(count)]
    for number, email in enumerate(addresses):
        day, hour = divmod(number, 3)
        make.booked(f"2026-03-{12 + day} {(10, 12, 15)[hour]}:00", visitor=email, email=email)
    return addresses


def work(app: Flask, **settings: Any) -> str:
    """One worker process sends what is due now, and stops."""
    mail = {"MAIL_URL": app.config["MAIL_URL"], "MAIL_TIMEOUT": app.config["MAIL_TIMEOUT"]}
    process = another.start(app, "worker", "--once", **mail | settings)
    said, wrong = process.communicate(timeout=120)
    return said + wrong


def rows(session: Session) -> list[Any]:
    """Each message with what became of it, in order."""
    session.rollback()
    columns = (Message.status, Message.tries, Message.interruptions, Message.last_error)
    return list(session.execute(sa.select(*columns).order_by(Message.id)))


def recipients(inbox: Inbox) -> list[str]:
    return [to for _sender, [to] in inbox.envelopes]


def test_a_server_that_is_down_for_an_hour_costs_nobody_a_try(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    addresses = []
    for number in range(4):
        addresses += [GUEST.format(number)]
        make.booked(f"2026-03-1{2 + number} 10:00", visitor=str(number), email=addresses[-1])
        assert "email is down" in work(app)
        app.config["SPA_NOW"] += timedelta(minutes=15)
    assert {(row.status, row.tries) for row in rows(session)} == {("waiting", 0)}

    inbox = Inbox()
    server = OnFreePort(inbox)
    server.start()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
    work(app)
    work(app)
    server.stop()

    assert recipients(inbox) == addresses
    assert {(row.status, row.tries, row.last_error) for row in rows(session)} == {("sent", 1, "")}


def test_an_address_refused_for_good_fails_visibly_and_the_rest_go(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    addresses = book(5)
    inbox.answers[addresses[1]] = "550 5.1.1 no such user"

    work(app)

    assert recipients(inbox) == [addresses[0], *addresses[2:]]
    states = [row.status for row in rows(session)]
    assert states == ["sent", "failed", "sent", "sent", "sent"]
    assert rows(session)[1].last_error == "SMTPRecipientsRefused 550"


def test_a_server_that_takes_a_mail_and_says_nothing_is_left_and_tried_again(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    app.config["MAIL_TIMEOUT"], inbox.silent_seconds = 1, 3
    book(2)

    work(app)

    assert [(row.status, row.tries) for row in rows(session)] == [("waiting", 1)] * 2
    assert {row.last_error for row in rows(session)} == {"SMTPServerDisconnected"}
    inbox.silent_seconds = 0
    inbox.taken.clear()
    app.config["SPA_NOW"] += timedelta(minutes=1)
    work(app)
    assert [row.status for row in rows(session)] == ["sent", "sent"]
    assert len(inbox.taken) == 2


def test_a_server_that_never_greets_is_down_and_no_message_is_to_blame(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{mute.getsockname()[1]}"
        app.config["MAIL_TIMEOUT"] = 1
        book(3)
        said = work(app)

    assert said.count("email is down") == 1
    assert {(row.status, row.tries) for row in rows(session)} == {("waiting", 0)}


def test_of_two_workers_none_sends_what_the_other_did(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    book(24)
    mail = {"MAIL_URL": app.config["MAIL_URL"]}
    both = [another.start(app, "worker", "--once", **mail) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)
    work(app)

    sent = Counter(mail["Message-ID"] for mail in inbox.taken)
    assert len(sent) == 24 and set(sent.values()) == {1}
    assert {(row.status, row.tries) for row in rows(session)} == {("sent", 1)}


@pytest.mark.parametrize(("kills", "state"), [(1, "sent"), (2, "failed")])
def test_a_worker_killed_after_handing_over_sends_once_more_at_most(
    kills: int, state: str, inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    book(1)
    running: list[subprocess.Popen[str]] = []
    inbox.on_taken = lambda: os.kill(running[-1].pid, signal.SIGKILL)
    for _ in range(kills):
        mail = {"MAIL_URL": app.config["MAIL_URL"]}
        running.append(another.start(app, "worker", "--once", **mail))
        running[-1].communicate(timeout=60)
        assert running[-1].returncode == -signal.SIGKILL
        work(app)  # Somebody else's for now: it may still be in hand.
        app.config["SPA_NOW"] += timedelta(minutes=6)
    inbox.on_taken = lambda: None

    work(app)

    assert rows(session)[0].status == state
    assert rows(session)[0].interruptions == kills
    assert len(inbox.taken) == 2
    assert len({mail["Message-ID"] for mail in inbox.taken}) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: thief@example.com",
        "Ana 👩‍⚕️ Duarte",
        "محمد علي",
        "=?utf-8?q?=0D=0ABcc:_thief@example.com?=",
        "é" * 180,
    ],
)
def test_a_subject_with_anything_in_it_arrives_whole_and_adds_no_header(
    name: str, inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.add(
            MessageWords(
                location_id=studio.location_id,
                event="booking_confirmed",
                language="en",
                subject="🌿 שלום {name}, see you",
                body="{visit}",
            )  # fmt: skip
        )
    make.booked(email=GUEST.format(1), name=name)

    worker.send_due()

    (mail,) = inbox.taken
    plain = " ".join(name.split())
    subject = mail["Subject"].replace("\u2060", "")
    assert " ".join(subject.split()) == f"🌿 שלום {plain}, see you"
    assert mail["Bcc"] is None and mail["To"] == GUEST.format(1)
    assert f"Hello {plain}" in " ".join(mailbox.text(mail).split())


def test_what_was_planned_for_ten_is_sent_at_ten_after_the_clocks_changed(
    app: Flask, session: Session, studio: make.Studio, at: At
) -> None:
    at("2026-03-01 09:00")
    with transaction() as inside:
        make.plan_notes(inside)
    make.booked("2026-03-12 15:00")
    for moment in ("2026-03-01 09:00", "2026-03-05 10:00"):
        at(moment)
        worker.send_due()

    for moment, count in (("2026-03-09 09:55", 0), ("2026-03-09 10:00", 1)):
        at(moment)
        worker.send_due()
        asked = [m for m in mailbox.mails(app) if m["Subject"].startswith("Will you be there")]
        assert len(asked) == count


def test_many_due_at_once_leave_room_for_bookings(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(sa.delete(Message))
        inside.add_all(
            Message(
                location_id=studio.location_id,
                booking_id=booking.id,
                event="booking_confirmed",
                recipient="ana@example.com",
                language="en",
                unique_key=f"many:{number}",
                created_at=booking.created_at,
                due_at=booking.created_at,
            )  # fmt: skip
            for number in range(400)
        )
    process = another.start(app, "worker")
    try:
        for number in range(20):
            day, hour = divmod(number, 4)
            start = f"2026-03-{16 + day} {10 + 2 * hour}:00"
            assert make.booked(start, visitor=str(number), email=f"v{number}@example.com").id
        waiting = sa.select(sa.func.count()).where(Message.status == "waiting")
        while session.scalar(waiting) and process.poll() is None:
            session.rollback()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    session.rollback()
    assert session.scalars(sa.select(Message.status).distinct()).all() == ["sent"]
    assert session.scalars(sa.select(Message.tries).distinct()).all() == [1]
    assert len(mailbox.mails(app)) == 420
