"""Holding, confirming, moving and cancelling: rows, record and messages together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.database import transaction
from spa.domain.availability import Reason
from spa.domain.policy import ChangeRefusal
from spa.errors import ChangeRefused, HoldOver, SlotTaken, TooManyVisits
from spa.models import AuditEntry, Booking, Claim, Client, Message, Resource
from tests import make
from tests.conftest import NEW_YORK

Clock = Callable[[str], datetime]


def moment(text: str) -> datetime:
    """A local time in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


THURSDAY_TEN = moment("2026-03-12 10:00")


def held(start: datetime = THURSDAY_TEN, visitor: str = "one", **about: str) -> Booking:
    """A held hour."""
    return actions.hold_slot("facial", start, visitor=visitor, **about)


def booked(start: datetime = THURSDAY_TEN, visitor: str = "one", **about: str) -> Booking:
    """A confirmed booking."""
    return actions.confirm_booking(held(start, visitor).reference, make.details(**about))


def claimed(session: Session, booking: Booking) -> dict[int, int]:
    """How many ticks of each resource a booking has."""
    session.rollback()
    rows = session.execute(
        sa.select(Claim.resource_id, sa.func.count())
        .where(Claim.booking_id == booking.id)
        .group_by(Claim.resource_id)
    )
    return {row[0]: row[1] for row in rows}


def events(session: Session) -> list[str]:
    """What was recorded, in order."""
    return list(session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))


def messages(session: Session) -> list[tuple[str, str]]:
    """Events and states of the outbox, in order."""
    rows = session.execute(sa.select(Message.event, Message.status).order_by(Message.id))
    return [(row[0], row[1]) for row in rows]


def test_a_hold_claims_the_person_for_their_steps_and_the_room_with_its_cleaning(
    session: Session, studio: make.Studio
) -> None:
    booking = held()

    assert claimed(session, booking) == {studio.ines: 8, studio.room_1: 15}
    assert booking.status == "held"
    assert events(session) == ["booking.held"]


def test_a_held_hour_is_taken_for_others_until_nobody_is_left(
    session: Session, studio: make.Studio
) -> None:
    held(visitor="one")
    held(visitor="two")

    with pytest.raises(SlotTaken) as refused:
        held(visitor="three")

    assert refused.value.reasons in {
        (Reason.PRACTITIONER_BUSY,),
        (Reason.PRACTITIONER_BUSY, Reason.NO_ROOM),
    }
    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 2


def test_one_visitor_holds_one_hour_at_a_time(session: Session, studio: make.Studio) -> None:
    first = held()
    second = held(moment("2026-03-12 14:00"))

    session.refresh(first)
    assert (first.status, second.status) == ("lapsed", "held")
    assert claimed(session, first) == {}


def test_an_ended_hold_gives_its_hour_to_the_next(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    first = held(practitioner="ines")
    at("2026-03-10 09:10")

    second = held(visitor="two", practitioner="ines")

    session.refresh(first)
    assert (first.status, second.status) == ("lapsed", "held")


def test_confirming_books_the_hour_and_writes_one_confirmation(
    session: Session, studio: make.Studio
) -> None:
    booking = booked()

    assert booking.status == "booked"
    assert booking.client_id == session.scalar(sa.select(Client.id))
    assert messages(session) == [("booking_confirmed", "waiting")]
    assert events(session) == ["booking.held", "booking.booked"]


def test_confirming_twice_changes_nothing(session: Session, studio: make.Studio) -> None:
    first = booked()
    again = actions.confirm_booking(first.reference, make.details(name="Somebody Else"))

    assert again.contact_name == "Ana Duarte"
    assert len(messages(session)) == 1


def test_a_lapsed_hold_is_taken_again_when_its_hour_is_free(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    booking = held()
    at("2026-03-10 09:30")
    held(moment("2026-03-12 16:00"), visitor="two")

    confirmed = actions.confirm_booking(booking.reference, make.details())

    assert confirmed.status == "booked"
    assert claimed(session, booking) == {studio.ines: 8, studio.room_1: 15}


def test_a_lapsed_hold_whose_hour_is_gone_is_refused_and_nothing_is_written(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    booking = held()
    at("2026-03-10 09:30")
    booked(visitor="two", email="two@example.com")
    booked(visitor="three", email="three@example.com")
    before = events(session)

    with pytest.raises(SlotTaken):
        actions.confirm_booking(booking.reference, make.details())

    session.rollback()
    assert events(session) == before
    assert session.scalar(sa.select(Client.id).where(Client.email == "ana@example.com")) is None


def test_a_hold_can_be_kept_ten_times_and_then_is_over(
    session: Session, studio: make.Studio
) -> None:
    booking = held()
    for _ in range(10):
        booking = actions.keep_hold(booking.reference)

    with pytest.raises(HoldOver):
        actions.keep_hold(booking.reference)


def test_keeping_moves_the_end_of_the_hold(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    booking = held()
    later = at("2026-03-10 09:08")

    kept = actions.keep_hold(booking.reference)

    assert kept.held_until == later + timedelta(minutes=10)


def test_letting_go_frees_the_hour_at_once(session: Session, studio: make.Studio) -> None:
    booking = held()

    actions.release_hold(booking.reference)

    assert claimed(session, booking) == {}
    assert events(session)[-1] == "booking.released"


def test_the_fourth_coming_visit_of_an_address_is_for_the_phone(
    session: Session, studio: make.Studio
) -> None:
    for day in (12, 13, 14):
        booked(moment(f"2026-03-{day} 10:00"), visitor=str(day))

    with pytest.raises(TooManyVisits):
        booked(moment("2026-03-15 10:00"), visitor="late")


def test_a_record_is_matched_only_when_email_and_name_agree(
    session: Session, studio: make.Studio
) -> None:
    first = booked()
    same = booked(moment("2026-03-13 10:00"), name="  ana   DUARTE ", phone="+12125550199")
    other = booked(moment("2026-03-14 10:00"), name="Bea Duarte")

    assert same.client_id == first.client_id
    assert other.client_id != first.client_id
    client = session.get_one(Client, other.client_id)
    assert client.may_be_same_as_id == first.client_id
    assert session.get_one(Client, first.client_id).phone == "+12125550111"


def test_who_books_for_another_makes_a_record_for_the_one_who_comes(
    session: Session, studio: make.Studio
) -> None:
    booking = booked(other_name="Rosa Duarte")

    assert session.get_one(Client, booking.client_id).name == "Rosa Duarte"


def test_moving_takes_the_new_hour_and_frees_the_old(session: Session, studio: make.Studio) -> None:
    booking = booked()

    moved = actions.move_booking(booking.reference, moment("2026-03-13 15:00"))

    assert moved.starts_at == moment("2026-03-13 15:00")
    assert claimed(session, booking) == {studio.ines: 8, studio.room_1: 15}
    assert (moved.moves, moved.sequence, moved.is_late) == (1, 1, False)
    assert messages(session) == [("booking_confirmed", "withdrawn"), ("booking_moved", "waiting")]
    assert events(session)[-1] == "booking.moved"


def test_a_visit_may_move_into_its_own_hour(session: Session, studio: make.Studio) -> None:
    booking = booked()
    booked(visitor="two", email="two@example.com")

    moved = actions.move_booking(booking.reference, moment("2026-03-12 10:15"))

    assert moved.starts_at == moment("2026-03-12 10:15")


def test_a_refused_move_keeps_the_old_hour(session: Session, studio: make.Studio) -> None:
    booking = booked()

    with pytest.raises(SlotTaken) as refused:
        actions.move_booking(booking.reference, moment("2026-03-12 20:00"))

    assert Reason.CLOSED in refused.value.reasons
    assert claimed(session, booking) == {studio.ines: 8, studio.room_1: 15}


def test_two_moves_online_and_then_the_phone(session: Session, studio: make.Studio) -> None:
    booking = booked()
    actions.move_booking(booking.reference, moment("2026-03-13 15:00"))
    actions.move_booking(booking.reference, moment("2026-03-14 15:00"))

    with pytest.raises(ChangeRefused) as refused:
        actions.move_booking(booking.reference, moment("2026-03-15 15:00"))

    assert refused.value.reason == ChangeRefusal.NO_MOVES_LEFT


def test_a_late_mark_survives_a_move(session: Session, studio: make.Studio, at: Clock) -> None:
    booking = booked(moment("2026-03-13 10:00"))
    at("2026-03-12 10:00")

    actions.move_booking(booking.reference, moment("2026-03-30 10:00"))
    cancelled = actions.cancel_booking(booking.reference)

    assert cancelled.is_late


def test_cancelling_frees_the_hour_and_tells_the_client(
    session: Session, studio: make.Studio
) -> None:
    booking = booked(moment("2026-03-13 10:00"))

    cancelled = actions.cancel_booking(booking.reference)

    assert (cancelled.status, cancelled.is_late, cancelled.sequence) == ("cancelled", False, 1)
    assert claimed(session, booking) == {}
    assert messages(session) == [
        ("booking_confirmed", "withdrawn"),
        ("booking_cancelled", "waiting"),
    ]


def test_a_cancelled_visit_can_neither_be_moved_nor_cancelled_again(
    session: Session, studio: make.Studio
) -> None:
    booking = booked()
    actions.cancel_booking(booking.reference)

    with pytest.raises(ChangeRefused):
        actions.move_booking(booking.reference, moment("2026-03-14 15:00"))
    with pytest.raises(ChangeRefused):
        actions.cancel_booking(booking.reference)


def test_a_mistyped_address_is_mended_and_its_link_dies(
    session: Session, studio: make.Studio
) -> None:
    booking = booked(email="ana@exmaple.com")

    changed = actions.change_address(booking.reference, "ana@example.com")

    assert changed.link_version == 2
    assert session.scalars(sa.select(Client.email)).all() == ["ana@example.com"]
    assert messages(session) == [
        ("booking_confirmed", "withdrawn"),
        ("booking_confirmed", "waiting"),
    ]


def test_links_are_asked_for_once_in_ten_minutes(session: Session, studio: make.Studio) -> None:
    for _ in range(3):
        actions.request_links("nobody@example.com", location_id=studio.location_id)

    assert messages(session) == [("booking_links", "waiting")]


def test_an_action_never_calls_an_action(session: Session, studio: make.Studio) -> None:
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_a_change_outside_an_action_is_refused(session: Session, studio: make.Studio) -> None:
    session.add(Resource(location_id=studio.location_id, kind="room", slug="x", name="X"))

    with pytest.raises(RuntimeError), transaction():
        pass
    session.rollback()


def test_a_changed_address_counts_towards_its_own_coming_visits(
    session: Session, studio: make.Studio
) -> None:
    for day in (12, 13, 14):
        booked(moment(f"2026-03-{day} 10:00"), visitor=str(day))
    other = booked(moment("2026-03-15 10:00"), visitor="x", email="x@example.com")

    with pytest.raises(TooManyVisits):
        actions.change_address(other.reference, "ana@example.com")


def test_holding_a_lapsed_hour_again_gives_up_the_newer_hold(
    session: Session, studio: make.Studio
) -> None:
    first = held()
    second = held(moment("2026-03-12 14:00"))

    again = actions.keep_hold(first.reference)

    session.rollback()
    session.refresh(second)
    assert (again.status, second.status) == ("held", "lapsed")
    assert claimed(session, second) == {}
