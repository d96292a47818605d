"""The outbox: written beside the change, once for each thing that is told."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.database import transaction
from spa.messages import outbox
from spa.models import Message
from tests import make

Clock = Callable[[str], datetime]


def written(session: Session) -> list[tuple[str, str, str]]:
    """Event, recipient and state of every message, in order."""
    session.rollback()
    rows = session.execute(
        sa.select(Message.event, Message.recipient, Message.status).order_by(Message.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_confirmation_is_due_at_once_for_the_one_who_booked(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked(other_name="Rosa Duarte")

    message = session.scalars(sa.select(Message)).one()
    assert (message.event, message.recipient) == ("booking_confirmed", "ana@example.com")
    assert message.due_at == message.created_at == booking.booked_at
    assert (message.booking_id, message.status, message.tries) == (booking.id, "waiting", 0)


def test_a_change_that_fails_leaves_no_message(session: Session, studio: make.Studio) -> None:
    booking = make.booked()

    with pytest.raises(ZeroDivisionError), transaction() as inside:
        booking.sequence += 1
        outbox.tell(inside, "booking_moved", booking, at=booking.starts_at)
        _ = 1 / 0

    assert written(session) == [("booking_confirmed", "ana@example.com", "waiting")]


def test_the_same_thing_is_told_once(session: Session, studio: make.Studio) -> None:
    booking = make.booked()
    for _ in range(3):
        with transaction() as inside:
            outbox.tell(inside, "booking_confirmed", booking, at=booking.starts_at)

    assert len(written(session)) == 1


def test_each_move_is_told_anew_and_takes_back_what_was_not_sent_yet(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    actions.move_booking(booking.reference, make.moment("2026-03-13 10:00"))
    actions.move_booking(booking.reference, make.moment("2026-03-14 10:00"))

    assert [(event, status) for event, _, status in written(session)] == [
        ("booking_confirmed", "withdrawn"),
        ("booking_moved", "withdrawn"),
        ("booking_moved", "waiting"),
    ]


def test_taking_back_leaves_what_was_sent_and_what_is_about_others(
    session: Session, studio: make.Studio
) -> None:
    sent, other = make.booked(), make.booked(visitor="two", email="bea@example.com")
    with transaction() as inside:
        inside.execute(
            sa.update(Message).where(Message.booking_id == sent.id).values(status="sent")
        )
        outbox.withdraw(inside, sent.id)

    assert [status for *_, status in written(session)] == ["sent", "waiting"]
    assert other.status == "booked"


def test_links_are_asked_for_once_in_a_while_for_each_address(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    for clock in ("2026-03-10 09:01", "2026-03-10 09:09", "2026-03-10 09:11"):
        at(clock)
        for email in ("ana@example.com", "bea@example.com"):
            actions.request_links(email, location_id=studio.location_id)

    assert [recipient for _, recipient, _ in written(session)] == [
        "ana@example.com",
        "bea@example.com",
    ] * 2


def test_a_message_is_written_in_the_language_of_the_booking(
    session: Session, studio: make.Studio
) -> None:
    hold = make.held(language="es")
    actions.confirm_booking(hold.reference, make.details())

    assert session.scalars(sa.select(Message.language)).all() == ["es"]


def test_who_asks_for_links_is_not_readable_in_the_key(
    session: Session, studio: make.Studio
) -> None:
    actions.request_links("ana@example.com", location_id=studio.location_id)

    assert "ana" not in str(session.scalar(sa.select(Message.unique_key)))
