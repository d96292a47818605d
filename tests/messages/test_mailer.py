"""Sending by SMTP, to a real server on this machine that can say no."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.messages import worker
from spa.messages.post import Post
from spa.models import Message
from tests import make
from tests.messages import mailbox
from tests.messages.smtp import Inbox

Clock = Callable[[str], datetime]
ANA = "ana@studio-guest.com"


def state(session: Session, recipient: str = ANA) -> tuple[str, int, datetime, str]:
    """What is written down about the message to this address."""
    session.rollback()
    row = session.execute(
        sa.select(Message.status, Message.tries, Message.due_at, Message.last_error).where(
            Message.recipient == recipient
        )
    ).one()
    return (row[0], row[1], row[2], row[3])


def test_a_mail_is_delivered_whole(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked(email=ANA, name="Åsa 👩‍⚕️")

    worker.send_due()

    (mail,) = inbox.taken
    assert inbox.envelopes == [("hello@example.com", [ANA])]
    assert "Hello Åsa 👩‍⚕️," in mailbox.text(mail)
    assert mailbox.event(mail)["SUMMARY"] == "Test Studio"
    assert state(session)[:2] == ("sent", 1)
    assert mailbox.mails(app) == []


def test_many_mails_share_a_connection_and_all_arrive(
    inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    addresses = [f"guest{n}@studio-guest.com" for n in range(5)]
    for day, email in enumerate(addresses, 12):
        make.booked(f"2026-03-{day} 10:00", visitor=email, email=email)

    assert worker.send_due() == 5

    assert [to for _, [to] in inbox.envelopes] == addresses


@pytest.mark.parametrize(
    "email", ["ana@example.com", "ana@mail.example.com", "ana@example.org", "ana@studio.test"]
)
def test_an_address_for_show_never_reaches_a_server(
    email: str, inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked(email=email)

    worker.send_due()

    assert inbox.taken == []
    assert [mail["To"] for mail in mailbox.mails(app)] == [email]


@pytest.mark.parametrize("email", ["ana@myexample.com", "ana@contest.com", "ana@example.com.br"])
def test_an_address_that_only_looks_like_one_for_show_gets_its_mail(
    email: str, inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    make.booked(email=email)

    worker.send_due()

    assert [mail["To"] for mail in inbox.taken] == [email]


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_mail_that_is_refused_for_good_is_marked_failed_at_once(
    verb: str, inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    inbox.answers[verb] = f"550 5.1.1 {ANA} is unknown here"
    make.booked(email=ANA)

    worker.send_due()

    status, tries, _, error = state(session)
    assert (status, tries) == ("failed", 1)
    assert "550" in error and ANA not in error


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_mail_that_is_refused_for_now_is_tried_again(
    verb: str, inbox: Inbox, session: Session, studio: make.Studio, at: Clock
) -> None:
    inbox.answers[verb] = "451 4.7.1 greylisted"
    make.booked(email=ANA)
    worker.send_due()
    first = state(session)
    inbox.answers.clear()
    at("2026-03-10 09:01")

    worker.send_due()

    assert first[:2] == ("waiting", 1)
    assert "451" in first[3]
    assert state(session)[:2] == ("sent", 2)
    assert state(session)[3] == ""


def test_one_refused_address_does_not_hold_up_the_others(
    inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    inbox.answers["bad@studio-guest.com"] = "550 no such user"
    make.booked(email="bad@studio-guest.com", visitor="bad")
    make.booked(email=ANA)

    worker.send_due()

    assert state(session, "bad@studio-guest.com")[0] == "failed"
    assert state(session)[0] == "sent"


def test_a_mail_that_is_refused_again_and_again_waits_longer_and_then_needs_a_person(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    inbox.answers["DATA"] = "451 not now"
    make.booked(email=ANA)

    waits = []
    while state(session)[0] == "waiting":
        assert worker.send_due() == 1
        waits.append(state(session)[2] - app.config["SPA_NOW"])
        app.config["SPA_NOW"] = state(session)[2]

    assert [wait.total_seconds() // 60 for wait in waits] == [1, 5, 30, 120, 720, 0]
    assert state(session)[0] == "failed"
    assert worker.send_due() == 0


def test_a_message_that_waits_is_not_tried_before_its_time(
    inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    inbox.answers["DATA"] = "451 not now"
    make.booked(email=ANA)
    worker.send_due()

    assert worker.send_due() == 0


@pytest.mark.parametrize("answer", ["550 you may not send", "451 not now"])
def test_a_server_that_takes_nothing_from_us_is_no_messages_fault(
    answer: str, inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    inbox.answers["MAIL"] = answer
    make.booked(email=ANA)
    due_at = state(session)[2]

    worker.send_due()

    status, tries, due, error = state(session)
    assert (status, tries, due) == ("waiting", 0, due_at)
    assert error == f"SMTPSenderRefused {answer[:3]}"
    inbox.answers.clear()
    assert worker.send_due() == 1
    assert state(session)[:2] == ("sent", 1)


def test_while_the_server_is_down_only_the_oldest_is_tried(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    make.booked(email=ANA)
    make.booked("2026-03-13 10:00", email="bea@studio-guest.com", visitor="two")

    with Post() as post:
        worker.send_due(post)
        assert post.down() == ["email"]
        assert worker.send_due(post) == 0

    assert state(session)[:2] == ("waiting", 0)
    assert state(session)[3] == "ConnectionRefusedError"
    assert state(session, "bea@studio-guest.com")[3] == ""


def test_a_server_that_hangs_up_in_between_is_called_again(
    inbox: Inbox, session: Session, studio: make.Studio
) -> None:
    inbox.answers["bad@studio-guest.com"] = "421 shutting down"
    make.booked(email="bad@studio-guest.com", visitor="bad")
    make.booked(email=ANA)

    worker.send_due()

    assert [mail["To"] for mail in inbox.taken] == [ANA]
    assert state(session, "bad@studio-guest.com")[0] == "waiting"


def test_a_password_never_travels_without_encryption(
    inbox: Inbox, app: Flask, session: Session, studio: make.Studio
) -> None:
    app.config["MAIL_URL"] = app.config["MAIL_URL"].replace("smtp://", "smtp://me:secret@")
    make.booked(email=ANA)

    worker.send_due()

    assert inbox.taken == []
    assert state(session)[0] == "waiting"
    assert "secret" not in state(session)[3]


def test_the_log_names_neither_address_nor_link(
    app: Flask, session: Session, studio: make.Studio, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    booking = make.booked(email=ANA)

    worker.send_due()

    assert "email is down: ConnectionRefusedError" in caplog.text
    assert ANA not in caplog.text and booking.reference not in caplog.text
