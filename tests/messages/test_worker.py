"""The worker: each message once, a bad one in nobody's way, and what it tidies up."""

import signal
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions as accounts
from spa.booking import actions
from spa.database import transaction
from spa.messages import tidying, worker
from spa.models import AuditEntry, Booking, Claim, LimitCount, Message, StaffSession
from tests import another, make, tables
from tests.messages import mailbox

Clock = Callable[[str], datetime]


def write(session: Session, count: int, event: str = "booking_confirmed", **about: object) -> None:
    """So many messages about one booking."""
    booking = session.scalars(sa.select(Booking)).first() or make.booked()
    with transaction() as inside:
        for number in range(count):
            inside.add(
                Message(
                    **{
                        "location_id": booking.location_id,
                        "booking_id": booking.id,
                        "event": event,
                        "recipient": "ana@example.com",
                        "language": "en",
                        "unique_key": f"{event}:{number}",
                        "created_at": booking.created_at,
                        "due_at": booking.created_at,
                    }
                    | about
                )
            )


def states(session: Session) -> list[str]:
    """The state of each message, in order."""
    session.rollback()
    return list(session.scalars(sa.select(Message.status).order_by(Message.id)))


def test_two_workers_send_every_message_once(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    write(session, 30)
    workers = [another.start(app, "worker", "--once") for _ in range(2)]
    said = [process.communicate() for process in workers]

    assert [process.returncode for process in workers] == [0, 0], said
    assert states(session) == ["sent"] * 31
    assert session.scalars(sa.select(Message.tries).distinct()).all() == [1]
    assert len(mailbox.mails(app)) == 31


def test_a_message_in_one_workers_hand_is_left_by_the_next(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    number = session.scalars(sa.select(Message.id)).one()

    assert worker._claim(number) == 0
    assert worker._claim(number) is None
    assert worker.send_due() == 0


def test_a_message_whose_worker_died_is_sent_after_a_while(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked()
    worker._claim(session.scalars(sa.select(Message.id)).one())
    at("2026-03-10 09:05")

    assert worker.send_due() == 1
    assert states(session) == ["sent"]


def test_a_message_taken_back_at_the_last_moment_is_not_sent(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    number = session.scalars(sa.select(Message.id)).one()
    session.rollback()
    actions.cancel_booking(booking.reference)

    assert not worker._claim(number)
    worker.send_due()
    assert [mail["Subject"] for mail in mailbox.mails(app)] == [
        "Your visit on Thursday 12 March is cancelled"
    ]


def test_messages_go_out_in_the_order_they_were_due(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    worker.send_due()
    actions.move_booking(booking.reference, make.moment("2026-03-13 10:00"))
    make.booked("2026-03-14 10:00", visitor="two", email="bea@example.com")

    worker.send_due()

    assert [mail["To"] for mail in mailbox.mails(app)] == [
        "ana@example.com",
        "ana@example.com",
        "bea@example.com",
    ]


def test_messages_that_cannot_be_made_never_block_the_rest(
    session: Session, studio: make.Studio
) -> None:
    early = make.moment("2026-03-10 08:00")
    make.booked()
    write(session, worker.AT_ONCE + 5, event="no_such_event", due_at=early)

    for _ in range(2):
        worker.send_due()

    assert states(session)[0] == "sent"
    assert states(session)[1:] == ["waiting"] * (worker.AT_ONCE + 5)


def test_a_message_that_cannot_be_made_ends_as_failed_and_says_why(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    worker.send_due()
    write(session, 1, event="no_such_event")

    for _ in range(6):
        worker.send_due()
        app.config["SPA_NOW"] += timedelta(days=1)

    failed = session.scalars(sa.select(Message).where(Message.status == "failed")).one()
    assert (failed.tries, failed.last_error) == (6, "TemplateNotFound")


def test_a_language_we_have_no_words_in_is_told_in_english(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(language="es"))

    mail = mailbox.delivered(app)

    assert "is booked" in mail["Subject"]


def test_the_worker_stops_when_told_to(app: Flask, session: Session, studio: make.Studio) -> None:
    make.booked()
    process = another.start(app, "worker")
    while states(session) == ["waiting"] and process.poll() is None:
        assert not session.scalar(sa.select(Message.last_error))

    process.send_signal(signal.SIGTERM)

    said = process.communicate(timeout=10)
    assert (process.returncode, states(session)) == (0, ["sent"]), said


def test_tidying_drops_ticks_that_have_passed_and_no_others(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked()
    coming = make.booked("2026-03-20 10:00", visitor="two", email="bea@example.com")
    at("2026-03-14 10:00")

    tidying.tidy()

    assert session.scalars(sa.select(Claim.booking_id).distinct()).all() == [coming.id]
    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 2


def test_tidying_keeps_the_ticks_of_today(session: Session, studio: make.Studio, at: Clock) -> None:
    make.booked("2026-03-10 12:00")
    at("2026-03-10 18:00")
    before = session.scalar(sa.select(sa.func.count(Claim.tick)))

    tidying.tidy()

    assert session.scalar(sa.select(sa.func.count(Claim.tick))) == before


def test_tidying_drops_holds_let_go_a_week_ago_and_their_record(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    actions.release_hold(make.held().reference)
    kept = make.booked("2026-03-20 10:00", visitor="two")
    at("2026-03-17 09:01")
    fresh = make.held("2026-03-21 10:00", visitor="three")
    actions.release_hold(fresh.reference)

    tidying.tidy()

    assert session.scalars(sa.select(Booking.id).order_by(Booking.id)).all() == [kept.id, fresh.id]
    about = set(session.scalars(sa.select(AuditEntry.booking_id)))
    assert about == {kept.id, fresh.id}


def test_tidying_leaves_every_booking_and_cancellation(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked()
    actions.cancel_booking(make.booked("2026-03-13 10:00", visitor="two").reference)
    at("2027-03-10 09:00")

    tidying.tidy()

    statuses = session.scalars(sa.select(Booking.status).order_by(Booking.id)).all()
    assert statuses == ["booked", "cancelled"]


def test_tidying_drops_what_was_asked_for_a_day_ago(
    app: Flask, session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked()
    accounts.request_reset("nobody@example.com")

    at("2026-03-11 08:59")
    tidying.tidy()
    assert tables.count(app, "message") == 2
    at("2026-03-11 09:00")
    tidying.tidy()

    assert session.scalars(sa.select(Message.event)).all() == ["booking_confirmed"]


def test_tidying_drops_counts_that_have_run_out(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    now = app.config["SPA_NOW"]
    with transaction() as inside:
        for key, minutes in (("old", -1), ("new", 5)):
            ends = now + timedelta(minutes=minutes)
            inside.add(LimitCount(key=key, seen=1, expires_at=ends))

    tidying.tidy()

    assert session.scalars(sa.select(LimitCount.key)).all() == ["new"]


def test_sessions_of_the_desk_go_a_month_after_their_last_use(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    with transaction() as inside:
        member = make.staff(inside)
    accounts.open_session(member.id)
    at("2026-04-08 09:00")
    tidying.tidy()
    assert session.scalar(sa.select(sa.func.count(StaffSession.id))) == 1

    at("2026-04-09 09:01")
    tidying.tidy()

    assert session.scalar(sa.select(sa.func.count(StaffSession.id))) == 0
