"""The notes of a visit: written with it, changed with it, and sent only while they are true."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import actions, move_actions, state_actions
from spa.clients import actions as clients
from spa.database import UtcDateTime, transaction
from spa.domain.plan import BY_KEY, NOTES
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus as S
from spa.errors import SlotTaken
from spa.messages import outbox, planning, worker
from spa.models import Booking, Client, Location, Message
from tests import make
from tests.booking.test_state_actions import somebody
from tests.messages import mailbox

At = Callable[[str], datetime]
WHOLE = ["prep_7d", "prep_3d", "prep_1d", "care_0h", "care_d2", "care_d7", "care_d28"]
START = "2026-04-02 10:00"


@pytest.fixture(autouse=True)
def _with_notes(studio: make.Studio) -> None:
    with transaction() as inside:
        make.plan_notes(inside)


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    return somebody(session, Role.RECEPTION)


def coming(session: Session, booking: Booking | None = None) -> list[str]:
    """The notes that wait, soonest first."""
    session.rollback()
    query = sa.select(Message.event).where(Message.status == "waiting", Message.kind != "answer")
    if booking:
        query = query.where(Message.booking_id == booking.id)
    return list(session.scalars(query.order_by(Message.due_at, Message.id)))


def due(session: Session, event: str) -> datetime:
    """When this note is due."""
    return session.scalars(
        sa.select(Message.due_at).where(Message.event == event, Message.status == "waiting")
    ).one()


def statuses(session: Session, event: str) -> list[str]:
    session.rollback()
    query = sa.select(Message.status).where(Message.event == event)
    return list(session.scalars(query.order_by(Message.id)))


def sent(app: Flask) -> list[str]:
    """The subjects of the mails that went out, oldest first."""
    return [mail["Subject"] for mail in mailbox.mails(app)]


def test_a_booking_writes_its_whole_plan(session: Session) -> None:
    make.booked(START)

    assert coming(session) == WHOLE
    assert due(session, "prep_7d") == make.moment("2026-03-26 10:00")


def test_a_booking_that_fails_leaves_no_note(session: Session) -> None:
    make.booked(START, practitioner="ines")
    hold = make.held("2026-04-02 12:00", visitor="two")
    with pytest.raises(ZeroDivisionError), transaction() as inside:
        booking = inside.get_one(Booking, hold.id)
        booking.status = "booked"
        planning.plan(inside, booking, make.moment("2026-03-10 09:00"))
        raise ZeroDivisionError

    assert coming(session, hold) == []


def test_a_moved_visit_is_planned_anew_and_a_cancelled_one_has_no_notes(session: Session) -> None:
    booking = make.booked(START)

    actions.move_booking(booking.reference, make.moment("2026-04-10 15:00"))
    assert coming(session) == WHOLE
    assert due(session, "prep_7d") == make.moment("2026-04-03 10:00")

    actions.cancel_booking(booking.reference)
    assert coming(session) == []


def test_the_desk_plans_too_and_undoing_a_move_plans_back(session: Session, kim: Actor) -> None:
    booking = make.booked(START)
    move_actions.move_at_desk(booking.reference, make.moment("2026-04-10 15:00"), actor=kim)
    assert due(session, "prep_1d") == make.moment("2026-04-09 10:00")

    entry = make.last_entry_id(session)
    move_actions.undo_move(booking.reference, entry, actor=kim)

    assert due(session, "prep_1d") == make.moment("2026-04-01 10:00")
    assert coming(session) == WHOLE


def test_who_did_not_come_is_told_nothing_more_until_that_is_put_right(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked(START)
    at("2026-04-02 10:30")
    state_actions.change_state(booking.reference, S.NO_SHOW, actor=kim)
    assert coming(session) == []

    state_actions.change_state(booking.reference, S.ARRIVED, actor=kim)

    assert coming(session) == ["care_0h", "care_d2", "care_d7", "care_d28"]


def test_a_visit_that_nobody_marked_counts_as_attended(
    app: Flask, session: Session, at: At
) -> None:
    make.booked(START)
    worker.send_due()
    mailbox.empty(app)
    at("2026-04-02 18:00")

    worker.send_due()

    assert sent(app) == ["Tonight, after your visit"]


def test_notes_that_were_missed_go_as_one_or_not_at_all(
    app: Flask, session: Session, at: At
) -> None:
    make.booked(START)
    worker.send_due()
    mailbox.empty(app)
    at("2026-04-01 11:00")  # A week without a worker.

    for _ in range(3):
        worker.send_due()

    (mail,) = mailbox.mails(app)
    assert mail["Subject"] == "See you on Thursday 2 April, 10:00"
    assert "/coming" in mailbox.text(mail)
    assert set(statuses(session, "prep_7d") + statuses(session, "prep_3d")) <= {
        "sent",
        "withdrawn",
    }


def test_what_is_due_at_night_waits_for_the_morning_and_answers_do_not(
    app: Flask, session: Session, at: At
) -> None:
    make.booked(START)
    at("2026-03-26 23:00")
    make.booked("2026-04-09 12:00", visitor="two", email="bea@example.com")

    worker.send_due()

    assert [mail["To"] for mail in mailbox.mails(app)] == ["ana@example.com", "bea@example.com"]
    waiting = sa.select(sa.func.min(Message.due_at, type_=UtcDateTime))
    assert session.scalar(waiting.where(Message.status == "waiting")) == make.moment(
        "2026-03-27 08:00"
    )
    assert session.scalars(sa.select(Message.tries).where(Message.event == "prep_7d")).first() == 0


def test_a_reminder_never_waits_past_the_visit(app: Flask, session: Session, at: At) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Location).values(quiet_from_minute=0, quiet_until_minute=1435))
    make.booked(START)
    worker.send_due()
    mailbox.empty(app)
    at("2026-04-02 09:00")

    worker.send_due()

    assert sent(app) == ["See you on Thursday 2 April, 10:00"]


def test_nobody_is_reminded_of_what_has_begun(app: Flask, session: Session, at: At) -> None:
    make.booked(START)
    worker.send_due()
    mailbox.empty(app)
    at("2026-04-02 10:05")

    worker.send_due()

    assert sent(app) == []
    assert statuses(session, "prep_1d") == ["withdrawn"]


def test_a_note_goes_to_the_address_of_that_day(
    app: Flask, session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked(START)
    worker.send_due()
    clients.correct_client(
        booking.client_id or 0,
        {"email": "new@example.com"},
        seen=10**6,
        for_visits=True,
        actor=kim,
        location_id=booking.location_id,
    )
    mailbox.empty(app)
    at("2026-03-26 10:00")

    worker.send_due()

    assert {mail["To"] for mail in mailbox.mails(app)} == {"new@example.com"}
    assert "One week until your visit" in sent(app)


def test_news_is_for_who_agreed_and_has_not_stopped_it(session: Session, at: At) -> None:
    make.booked(START)
    assert not {"thanks", "next_time"} & set(coming(session))

    other = make.booked("2026-04-03 10:00", visitor="two", email="b@example.com",
                        name="Bea Lind", wants_marketing=True)  # fmt: skip

    assert [key for key in coming(session, other) if BY_KEY[key].kind == "news"] == [
        "thanks",
        "next_time",
    ]


def test_who_comes_again_is_not_asked_when(app: Flask, session: Session, at: At) -> None:
    make.booked(START, wants_marketing=True)
    at("2026-05-01 09:00")
    make.booked("2026-06-01 10:00", visitor="again", wants_marketing=True)
    worker.send_due()
    mailbox.empty(app)
    at("2026-05-14 10:00")

    worker.send_due()

    assert "Time for the next hour?" not in sent(app)
    assert statuses(session, "next_time") == ["withdrawn", "waiting"]


def test_who_chose_texts_gets_them_and_they_name_no_treatment(
    app: Flask, session: Session, at: At
) -> None:
    app.config["TEXT_URL"] = "file:"
    booking = make.booked(START)
    worker.send_due()
    with transaction() as inside:
        inside.execute(sa.update(Client).values(channel="text"))
    mailbox.empty(app)
    at("2026-03-30 10:00")
    for path in mailbox.texts(app):
        path.unlink()

    worker.send_due()

    (path,) = mailbox.texts(app)
    text = path.read_text("utf-8")
    assert text.startswith("To: +12125550111\n\nTest Studio: will you be there on Thursday 2 April")
    assert "/booking/visit/" in text and booking.treatment_name not in text
    assert sent(app) == []


def test_what_staff_stopped_stays_stopped_when_the_plan_is_written_again(
    session: Session,
) -> None:
    booking = make.booked(START)
    with transaction() as inside:
        inside.execute(
            sa.update(Message).where(Message.event == "prep_3d").values(status="stopped")
        )
        planning.plan(inside, inside.get_one(Booking, booking.id), make.moment("2026-03-10 09:01"))

    assert coming(session) == [key for key in WHOLE if key != "prep_3d"]
    assert statuses(session, "prep_3d") == ["stopped"]


def test_planning_again_repeats_nothing_that_was_sent(session: Session, at: At) -> None:
    booking = make.booked(START)
    at("2026-03-26 10:00")
    worker.send_due()
    with transaction() as inside:
        planning.plan(inside, inside.get_one(Booking, booking.id), make.moment("2026-03-26 10:01"))

    assert statuses(session, "prep_7d") == ["sent"]
    assert coming(session) == WHOLE[1:]


def test_a_note_in_a_workers_hand_is_left_to_it(session: Session, at: At) -> None:
    booking = make.booked(START)
    at("2026-03-26 10:00")
    number = session.scalars(sa.select(Message.id).where(Message.event == "prep_7d")).one()
    session.rollback()
    worker._claim(number)

    actions.move_booking(booking.reference, make.moment("2026-05-10 15:00"))

    assert sorted(statuses(session, "prep_7d")) == ["waiting", "waiting"]
    # Its worker gave it back unsent: the visit has another note by now.
    at("2026-03-27 10:00")
    worker.send_due()
    assert sorted(statuses(session, "prep_7d")) == ["waiting", "withdrawn"]


def test_the_visit_tells_which_notes_it_can_have_and_none_is_unknown() -> None:
    assert set(BY_KEY) <= set(outbox.EVENTS)
    assert len(BY_KEY) == len(NOTES)


@pytest.mark.parametrize("number", [1, 2])
def test_a_worker_that_is_killed_in_between_sends_once_more_and_then_asks(
    number: int, app: Flask, session: Session, at: At
) -> None:
    make.booked(START)
    message = session.scalars(sa.select(Message.id).where(Message.kind == "answer")).one()
    session.rollback()
    for _ in range(number):
        assert worker._claim(message) is not None
        app.config["SPA_NOW"] += timedelta(minutes=6)

    worker.send_due()

    row = session.execute(
        sa.select(Message.status, Message.interruptions, Message.last_error).where(
            Message.id == message
        )
    ).one()
    assert tuple(row) == [("sent", 1, ""), ("failed", 2, "Interrupted")][number - 1]


def test_a_taken_hour_leaves_no_plan(session: Session) -> None:
    for visitor, name in (("a", "ines"), ("b", "maya")):
        make.booked(START, visitor=visitor, practitioner=name, email=f"{visitor}@example.com")
    before = coming(session)
    with pytest.raises(SlotTaken):
        make.booked(START, visitor="c", email="c@example.com")

    assert coming(session) == before


def test_an_hour_that_is_kept_no_longer_is_not_offered(
    app: Flask, session: Session, at: At
) -> None:
    booking, after = make.booked(START), make.held("2026-05-07 10:00", visitor="next")
    worker.send_due()
    mailbox.empty(app)
    now = make.moment("2026-03-10 09:00")
    with transaction() as inside:
        kept = inside.get_one(Booking, after.id)
        kept.pencilled_after_id, kept.held_until = booking.id, now + timedelta(hours=48)
        outbox.tell(inside, "hour_pencilled", inside.get_one(Booking, booking.id), at=now)
    at("2026-03-12 10:00")

    worker.send_due()

    assert sent(app) == []
    assert statuses(session, "hour_pencilled") == ["withdrawn"]
