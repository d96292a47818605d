"""The outbox: written beside the change, once for each thing that is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.database import transaction
from spa.messages import outbox, worker
from spa.models import Booking, Message
from tests import make

Clock = Callable[[str], datetime]
MOVED = "booking_moved"
NOW = make.moment("2026-03-10 09:00")


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
        outbox.withdraw(inside, sent.id, make.moment("2026-03-10 09:00"))

    assert [status for *_, status in written(session)] == ["sent", "waiting"]
    assert other.status == "booked"


@pytest.mark.parametrize(
    ("status", "minutes", "is_unheard"),
    [("waiting", None, True), ("waiting", -1, True), ("waiting", 1, False), ("failed", None, True)],
)
def test_what_a_worker_has_in_hand_counts_as_heard(
    status: str, minutes: int | None, is_unheard: bool, session: Session, studio: make.Studio
) -> None:
    visit, now = make.booked(), make.moment("2026-03-10 09:00")
    claimed_until = now + timedelta(minutes=minutes) if minutes else None
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status=status, claimed_until=claimed_until))

        unheard = outbox.withdraw(inside, visit.id, now)

    assert ("booking_confirmed" in unheard) is is_unheard
    assert [status for *_, status in written(session)] == ["withdrawn"]


def test_what_was_taken_back_while_it_went_out_is_recorded_as_sent(
    session: Session, studio: make.Studio
) -> None:
    make.booked()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="withdrawn"))
    message_id = session.scalar(sa.select(Message.id)) or 0

    worker._mark(message_id, status="sent")
    worker._mark(message_id, status="failed")

    session.rollback()
    assert [status for *_, status in written(session)] == ["sent"]


@pytest.mark.parametrize(
    ("event", "status", "is_true"),
    [
        ("booking_cancelled", "cancelled", True),
        ("booking_cancelled", "booked", False),
        ("booking_confirmed", "booked", True),
        ("booking_confirmed", "cancelled", False),
        ("booking_moved", "arrived", True),
        ("booking_moved", "no_show", False),
        ("booking_links", "cancelled", True),
    ],
)
def test_a_message_is_true_while_the_visit_is_as_it_says(
    event: str, status: str, is_true: bool
) -> None:
    assert outbox.is_true(event, status) is is_true


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


# Changes made at the desk


def desk_move(booking_id: int, day: int, *, is_told: bool = True) -> None:
    """The visit is on that day of March now, and who is concerned may be told."""
    with transaction() as inside:
        booking = inside.get_one(Booking, booking_id)
        before = outbox.believed(booking)
        booking.starts_at = make.moment(f"2026-03-{day} 10:00")
        booking.ends_at = booking.starts_at + timedelta(hours=1)
        booking.sequence += 1
        due_at = NOW + timedelta(minutes=2)
        outbox.tell_change(inside, booking, before=before, at=NOW, due_at=due_at, is_told=is_told)


def waiting(session: Session) -> list[str]:
    """The day that each waiting message of a move takes its reader to believe in."""
    session.rollback()
    query = sa.select(Message.before).where(Message.status == "waiting")
    return [before[8:10] for before in session.scalars(query.where(Message.event == MOVED))]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([13], ["12"]),
        ([13, 14, 16], ["12"]),
        ([13, 12], []),
        ([13, 12, 14], ["12"]),
        ([13, -14], ["12"]),
        ([-13], []),
        ([-13, 14], ["13"]),
        ([-13, 14, 12], ["13"]),
        ([-13, 14, 13], []),
        ([13, -12], []),
    ],
)
def test_several_changes_are_told_as_one_from_what_the_client_believes(
    days: list[int], expected: list[str], session: Session, studio: make.Studio
) -> None:
    booking = make.booked("2026-03-12 10:00")
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))

    for day in days:
        desk_move(booking.id, abs(day), is_told=day > 0)

    assert waiting(session) == expected


@pytest.mark.parametrize(("day", "expected"), [(14, ["12"]), (-14, ["12"]), (12, [])])
def test_a_change_takes_the_place_of_one_that_was_never_delivered(
    day: int, expected: list[str], session: Session, studio: make.Studio
) -> None:
    booking = make.booked("2026-03-12 10:00")
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))
    desk_move(booking.id, 13)
    with transaction() as inside:
        inside.execute(sa.update(Message).where(Message.event == MOVED).values(status="failed"))

    desk_move(booking.id, abs(day), is_told=day > 0)

    assert waiting(session) == expected
    assert "failed" not in [status for *_, status in written(session)]


def test_a_change_is_due_two_minutes_later_for_the_one_who_booked(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))

    desk_move(booking.id, 13)

    message = session.scalars(sa.select(Message).where(Message.event == MOVED)).one()
    assert (message.recipient, message.status) == ("ana@example.com", "waiting")
    assert message.due_at - message.created_at == timedelta(minutes=2)


def test_a_confirmation_that_waits_is_enough(session: Session, studio: make.Studio) -> None:
    booking = make.booked()

    desk_move(booking.id, 13)

    assert written(session) == [("booking_confirmed", "ana@example.com", "waiting")]


def test_a_confirmation_that_goes_out_this_moment_is_not_enough(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(claimed_until=NOW + timedelta(minutes=5)))

    desk_move(booking.id, 13)

    assert waiting(session) == ["12"]


def test_the_answer_to_the_clients_own_move_is_never_left_out(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    actions.move_booking(booking.reference, make.moment("2026-03-13 10:00"))

    desk_move(booking.id, 14)
    desk_move(booking.id, 13)

    assert waiting(session) == [""]


def test_the_clients_own_move_takes_back_what_the_desk_had_to_tell(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))
    desk_move(booking.id, 13)
    actions.move_booking(booking.reference, make.moment("2026-03-14 10:00"))

    assert [(event, status) for event, _, status in written(session)] == [
        ("booking_confirmed", "sent"),
        (MOVED, "withdrawn"),
        (MOVED, "waiting"),
    ]


def test_who_has_no_email_is_not_written_to(session: Session, studio: make.Studio) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(sa.delete(Message))
        inside.execute(sa.update(Booking).values(contact_email=""))

    desk_move(booking.id, 13)

    assert written(session) == []
