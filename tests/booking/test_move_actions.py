"""Tests of spa.booking.move_actions: moving at the desk, what is told of it, and undoing it."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.audit import queries as audit
from spa.booking import state_actions
from spa.booking.move_actions import move_at_desk, undo_move
from spa.booking.taking import Waiver
from spa.database import transaction
from spa.domain.availability import Reason
from spa.domain.roles import WAIVABLE, Actor, Role
from spa.domain.states import BookingStatus
from spa.errors import ChangedMeanwhile, NotAllowed, SlotTaken
from spa.messages import worker
from spa.models import AuditEntry, Booking, Claim, Message, PractitionerRoom, Resource, Shift
from tests import make
from tests.booking.test_state_actions import At, somebody

THURSDAY = "2026-03-12"


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    return somebody(session, Role.RECEPTION)


def moved(booking: Booking, clock: str, actor: Actor, day: str = THURSDAY, **about: Any) -> Booking:
    """The visit at that hour now."""
    return move_at_desk(booking.reference, make.moment(f"{day} {clock}"), actor=actor, **about)


def undone(booking: Booking, actor: Actor) -> Booking:
    """The last change of the visit taken back."""
    entry = audit.newest_entry(booking_id=booking.id)
    return undo_move(booking.reference, entry, actor=actor)


def arrived(session: Session, booking: Booking) -> None:
    """The client is there."""
    booking.status = BookingStatus.ARRIVED
    session.commit()


def told(session: Session) -> list[tuple[str, str]]:
    query = sa.select(Message.event, Message.status).order_by(Message.id)
    return [(event, status) for event, status in session.execute(query)]


def claimed(session: Session, booking: Booking) -> set[tuple[int, int]]:
    query = sa.select(Claim.resource_id, Claim.tick).where(Claim.booking_id == booking.id)
    return {(resource_id, tick) for resource_id, tick in session.execute(query)}


def newest(session: Session) -> AuditEntry:
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def sent(session: Session, studio: make.Studio) -> Booking:
    """A visit with Ines at ten on Thursday, whose confirmation has been sent."""
    booking = make.booked(f"{THURSDAY} 10:00", practitioner="ines")
    worker.send_due()
    return booking


def test_a_move_takes_the_new_hour_and_gives_back_the_old(
    session: Session, sent: Booking, kim: Actor
) -> None:
    before, room = claimed(session, sent), sent.room_id

    moved(sent, "15:00", kim, practitioner="maya")

    session.refresh(sent)
    assert sent.starts_at == make.moment(f"{THURSDAY} 15:00")
    assert sent.room_id == room
    assert claimed(session, sent).isdisjoint(before)
    assert (sent.moves, sent.sequence) == (0, 1)


def test_a_move_is_recorded_from_what_to_what(
    session: Session, studio: make.Studio, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim, practitioner="maya")

    entry = newest(session)
    assert (entry.event, entry.staff_id) == ("booking.moved", kim.id)
    assert entry.details["from"] == make.moment(f"{THURSDAY} 10:00").isoformat()
    assert entry.details["to"] == make.moment(f"{THURSDAY} 15:00").isoformat()
    people = (entry.details["from_practitioner"], entry.details["to_practitioner"])
    assert people == (studio.ines, studio.maya)


def test_the_desk_moves_to_any_five_minutes(session: Session, sent: Booking, kim: Actor) -> None:
    assert moved(sent, "15:05", kim).starts_at == make.moment(f"{THURSDAY} 15:05")


def test_another_room_of_the_same_hour_is_a_move_that_the_client_need_not_hear_of(
    session: Session, studio: make.Studio, sent: Booking, kim: Actor
) -> None:
    other = ({studio.room_1, studio.room_2} - {sent.room_id}).pop()

    moved(sent, "10:00", kim, practitioner="ines", room=other)

    session.refresh(sent)
    assert sent.room_id == other
    assert told(session) == [("booking_confirmed", "sent")]


def test_moving_to_where_it_is_changes_nothing(session: Session, sent: Booking, kim: Actor) -> None:
    before = newest(session).id

    moved(sent, "10:00", kim, practitioner="ines")

    assert newest(session).id == before


# What is told


def test_the_client_is_told_two_minutes_later(
    session: Session, sent: Booking, kim: Actor, at: At
) -> None:
    moved(sent, "15:00", kim)

    assert worker.send_due() == 0
    at("2026-03-10 09:02")
    assert worker.send_due() == 1
    assert told(session)[-1] == ("booking_moved", "sent")


def test_several_moves_in_two_minutes_send_one_message(
    session: Session, sent: Booking, kim: Actor, at: At
) -> None:
    for clock in ("15:00", "16:00", "11:30"):
        moved(sent, clock, kim)
    at("2026-03-10 09:05")
    worker.send_due()

    assert [event for event, status in told(session) if status == "sent"] == [
        "booking_confirmed",
        "booking_moved",
    ]


def test_a_move_there_and_back_is_never_told(session: Session, sent: Booking, kim: Actor) -> None:
    moved(sent, "15:00", kim)
    moved(sent, "10:00", kim, practitioner="ines")

    assert ("booking_moved", "waiting") not in told(session)


def test_a_move_that_was_told_and_is_taken_back_later_is_told_again(
    session: Session, sent: Booking, kim: Actor, at: At
) -> None:
    moved(sent, "15:00", kim)
    at("2026-03-10 09:05")
    worker.send_due()

    moved(sent, "10:00", kim, practitioner="ines")

    assert told(session)[-1] == ("booking_moved", "waiting")


def test_nobody_is_told_who_should_not_be(session: Session, sent: Booking, kim: Actor) -> None:
    moved(sent, "15:00", kim, is_told=False)

    assert told(session) == [("booking_confirmed", "sent")]


def test_a_confirmation_that_still_waits_tells_of_the_new_hour_by_itself(
    session: Session, studio: make.Studio, kim: Actor
) -> None:
    booking = make.booked(f"{THURSDAY} 10:00")

    moved(booking, "15:00", kim)

    assert told(session) == [("booking_confirmed", "waiting")]


def test_who_has_arrived_is_told_in_person(session: Session, sent: Booking, kim: Actor) -> None:
    arrived(session, sent)

    moved(sent, "15:00", kim)

    assert told(session) == [("booking_confirmed", "sent")]
    assert newest(session).details["is_told"] is False


def test_who_has_no_email_is_told_nothing_and_the_record_says_so(
    session: Session, sent: Booking, kim: Actor
) -> None:
    sent.contact_email = ""
    session.commit()

    moved(sent, "15:00", kim)

    assert told(session) == [("booking_confirmed", "sent")]
    assert newest(session).details["is_told"] is False


def test_a_move_still_to_be_told_outlives_a_cancellation_that_is_put_right(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim)

    for state in (BookingStatus.CANCELLED, BookingStatus.BOOKED):
        state_actions.change_state(sent.reference, state, actor=kim)

    waiting = [event for event, status in told(session) if status == "waiting"]
    assert waiting == ["booking_confirmed"]


def test_a_confirmation_still_to_be_sent_outlives_it_too(
    session: Session, studio: make.Studio, kim: Actor
) -> None:
    booking = make.booked(f"{THURSDAY} 10:00")

    for state in (BookingStatus.CANCELLED, BookingStatus.BOOKED):
        state_actions.change_state(booking.reference, state, actor=kim)

    assert told(session)[-1] == ("booking_confirmed", "waiting")


# Undo


def test_an_undone_move_leaves_everything_as_it_was(
    session: Session, sent: Booking, kim: Actor
) -> None:
    state_actions.assure(sent.reference, actor=kim)
    session.refresh(sent)
    was = (sent.starts_at, sent.practitioner_id, sent.room_id, sent.assured_at)
    claims = claimed(session, sent)
    moved(sent, "15:00", kim, practitioner="maya")

    undone(sent, kim)

    session.refresh(sent)
    assert (sent.starts_at, sent.practitioner_id, sent.room_id, sent.assured_at) == was
    assert claimed(session, sent) == claims
    assert ("booking_moved", "waiting") not in told(session)
    assert newest(session).event == "booking.move_undone"


def test_undoing_the_second_of_two_moves_tells_of_the_first(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim)
    moved(sent, "16:00", kim)

    undone(sent, kim)

    session.refresh(sent)
    assert sent.starts_at == make.moment(f"{THURSDAY} 15:00")
    assert told(session)[-1] == ("booking_moved", "waiting")


def test_undoing_a_move_that_was_not_told_is_not_told_either(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim, is_told=False)

    undone(sent, kim)

    assert told(session) == [("booking_confirmed", "sent")]


def test_undoing_a_move_that_was_not_told_keeps_what_was_to_be_told_before(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim)
    moved(sent, "16:00", kim, is_told=False)

    undone(sent, kim)

    assert told(session)[-1] == ("booking_moved", "waiting")
    assert told(session).count(("booking_moved", "waiting")) == 1


def test_a_move_is_undone_once(session: Session, sent: Booking, kim: Actor) -> None:
    moved(sent, "15:00", kim)
    entry = newest(session).id
    undo_move(sent.reference, entry, actor=kim)

    with pytest.raises(NotAllowed):
        undo_move(sent.reference, entry, actor=kim)


def test_a_visit_that_somebody_marked_since_is_not_moved_back(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim)
    entry = newest(session).id
    state_actions.change_state(sent.reference, BookingStatus.CANCELLED, actor=kim)

    with pytest.raises(NotAllowed):
        undo_move(sent.reference, entry, actor=kim)


def test_a_minute_later_it_is_too_late_to_undo(sent: Booking, kim: Actor, at: At) -> None:
    moved(sent, "15:00", kim)
    at("2026-03-10 09:02")

    with pytest.raises(NotAllowed):
        undone(sent, kim)


def test_nobody_undoes_what_another_did(session: Session, sent: Booking, kim: Actor) -> None:
    moved(sent, "15:00", kim)
    other = somebody(session, Role.MANAGER)

    with pytest.raises(NotAllowed):
        undone(sent, other)


def test_an_hour_that_was_taken_meanwhile_is_not_undone_into(
    session: Session, sent: Booking, kim: Actor
) -> None:
    moved(sent, "15:00", kim)
    make.booked(f"{THURSDAY} 10:00", visitor="2", practitioner="ines", email="b@example.com")

    with pytest.raises(SlotTaken):
        undo_move(sent.reference, newest_of(session, sent), actor=kim)

    session.expire_all()
    assert sent.starts_at == make.moment(f"{THURSDAY} 15:00")


def newest_of(session: Session, booking: Booking) -> int:
    return audit.newest_entry(booking_id=booking.id)


# Refusals


@pytest.mark.parametrize(
    ("clock", "day", "reason"),
    [
        ("09:15", "2026-03-10", Reason.TOO_SOON),
        ("10:00", "2026-10-09", Reason.TOO_FAR),
        ("19:00", THURSDAY, Reason.CLOSED),
        ("12:30", THURSDAY, Reason.NOT_ON_SHIFT),
        ("10:02", THURSDAY, Reason.OFF_GRID),
        ("08:00", "2026-03-10", Reason.IN_THE_PAST),
    ],
)
def test_the_rules_are_those_of_everyone(
    clock: str, day: str, reason: Reason, session: Session, sent: Booking, kim: Actor
) -> None:
    with pytest.raises(SlotTaken) as refused:
        moved(sent, clock, kim, day, practitioner="ines")

    assert reason in refused.value.reasons
    session.expire_all()
    assert sent.starts_at == make.moment(f"{THURSDAY} 10:00")


@pytest.mark.parametrize(
    ("role", "clock", "day", "may"),
    [
        (Role.RECEPTION, "09:15", "2026-03-10", True),
        (Role.RECEPTION, "10:00", "2026-10-09", True),
        (Role.RECEPTION, "19:00", THURSDAY, False),
        (Role.MANAGER, "19:00", THURSDAY, True),
        (Role.MANAGER, "12:30", THURSDAY, True),
        (Role.OWNER, "10:02", THURSDAY, False),
        (Role.OWNER, "08:00", "2026-03-10", False),
    ],
)
def test_who_may_sets_reasons_aside_by_saying_why(
    role: Role, clock: str, day: str, may: bool, session: Session, sent: Booking
) -> None:
    who = somebody(session, role)
    waiver = Waiver(WAIVABLE[role], "She flies home tomorrow")

    if not may:
        with pytest.raises(SlotTaken):
            moved(sent, clock, who, day, practitioner="ines", waiver=waiver)
        return
    moved(sent, clock, who, day, practitioner="ines", waiver=waiver)

    entry = newest(session)
    assert entry.details["because"] == "She flies home tomorrow"
    assert entry.details["overrode"]


@pytest.mark.parametrize("clock", ["10:00", "10:20"])
def test_who_arrived_changes_rooms_though_the_hour_has_begun(
    clock: str, session: Session, studio: make.Studio, sent: Booking, kim: Actor, at: At
) -> None:
    other = ({studio.room_1, studio.room_2} - {sent.room_id}).pop()
    at(f"{THURSDAY} {clock}")
    arrived(session, sent)

    moved(sent, "10:00", kim, practitioner="ines", room=other)

    session.refresh(sent)
    assert (sent.room_id, sent.status) == (other, BookingStatus.ARRIVED)
    assert "overrode" not in newest(session).details


def test_nothing_is_set_aside_while_somebody_can_be_had_without(
    session: Session, sent: Booking, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Resource).values(daily_maximum=1))
    owner = somebody(session, Role.OWNER)

    moved(sent, "15:00", owner, waiver=Waiver(owner.waives, "please"))
    make.booked(f"{THURSDAY} 11:00", visitor="2", practitioner="maya", email="b@example.com")
    moved(sent, "16:00", owner, waiver=Waiver(owner.waives, "please"))

    session.refresh(sent)
    assert sent.practitioner_id == studio.ines
    assert "overrode" not in newest(session).details


def only_in_the_morning(session: Session, resource_id: int) -> None:
    """Somebody goes home at noon on Thursday."""
    with transaction() as inside:
        morning = {"on_date": date(2026, 3, 12), "from_minute": 9 * 60, "to_minute": 12 * 60}
        inside.add(Shift(resource_id=resource_id, **morning))


def test_another_room_is_taken_before_anything_is_set_aside(
    session: Session, sent: Booking, studio: make.Studio
) -> None:
    only_in_the_morning(session, studio.ines)
    with transaction() as inside:
        inside.add(PractitionerRoom(practitioner_id=studio.maya, room_id=studio.room_2))
    owner = somebody(session, Role.OWNER)

    moved(sent, "15:00", owner, waiver=Waiver(owner.waives, "please"))

    session.refresh(sent)
    assert (sent.practitioner_id, sent.room_id) == (studio.maya, studio.room_2)
    assert "overrode" not in newest(session).details


def test_as_little_as_possible_is_set_aside(
    session: Session, sent: Booking, studio: make.Studio
) -> None:
    make.booked(f"{THURSDAY} 11:00", visitor="2", practitioner="ines", email="b@example.com")
    make.booked(f"{THURSDAY} 17:00", visitor="3", practitioner="maya", email="c@example.com")
    only_in_the_morning(session, studio.ines)
    with transaction() as inside:
        inside.execute(sa.update(Resource).values(daily_maximum=1))
    owner = somebody(session, Role.OWNER)

    moved(sent, "15:00", owner, waiver=Waiver(owner.waives, "please"))

    session.refresh(sent)
    assert sent.practitioner_id == studio.maya
    assert newest(session).details["overrode"] == [Reason.DAY_FULL]


def test_the_room_stays_where_it_can(
    session: Session, sent: Booking, studio: make.Studio, kim: Actor
) -> None:
    moved(sent, "10:00", kim, room=studio.room_2)

    moved(sent, "15:00", kim)

    session.refresh(sent)
    assert sent.room_id == studio.room_2


def test_of_anyone_it_is_who_may_be_had_by_setting_a_wish_aside(
    session: Session, sent: Booking, studio: make.Studio
) -> None:
    make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="ines", email="b@example.com")
    only_in_the_morning(session, studio.maya)
    owner = somebody(session, Role.OWNER)

    moved(sent, "15:00", owner, waiver=Waiver(owner.waives, "please"))

    session.refresh(sent)
    assert sent.practitioner_id == studio.maya
    assert newest(session).details["overrode"] == [Reason.NOT_ON_SHIFT]


def test_whom_the_client_wished_for_is_not_the_desks_to_say(
    session: Session, sent: Booking, kim: Actor
) -> None:
    assert sent.wants_practitioner

    moved(sent, "15:00", kim)

    session.refresh(sent)
    assert sent.wants_practitioner


def test_what_protects_people_is_never_set_aside(
    session: Session, sent: Booking, studio: make.Studio
) -> None:
    make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="ines", email="b@example.com")
    owner = somebody(session, Role.OWNER)

    with pytest.raises(SlotTaken) as refused:
        waiver = Waiver(owner.waives, "please")
        moved(sent, "15:15", owner, practitioner="ines", waiver=waiver)

    assert refused.value.reasons == (Reason.PRACTITIONER_BUSY,)


def test_a_hold_that_somebody_types_in_is_in_the_way(
    session: Session, sent: Booking, kim: Actor
) -> None:
    make.held(f"{THURSDAY} 15:00", visitor="2", practitioner="ines")

    with pytest.raises(SlotTaken):
        moved(sent, "15:00", kim, practitioner="ines")


def test_the_second_of_two_hears_that_it_was_moved(
    session: Session, sent: Booking, kim: Actor
) -> None:
    seen = newest(session).id
    moved(sent, "15:00", kim, seen=seen)

    with pytest.raises(ChangedMeanwhile):
        moved(sent, "16:00", kim, seen=seen)


def test_looking_at_it_is_no_change_to_be_warned_of(
    session: Session, sent: Booking, kim: Actor
) -> None:
    seen = newest(session).id
    state_actions.look(sent.reference, actor=kim)

    assert moved(sent, "15:00", kim, seen=seen).starts_at == make.moment(f"{THURSDAY} 15:00")


@pytest.mark.parametrize("role", [Role.PRACTITIONER])
def test_who_may_not_book_may_not_move(
    role: Role, session: Session, studio: make.Studio, sent: Booking
) -> None:
    who = somebody(session, role, resource_id=studio.ines)

    with pytest.raises(NotAllowed):
        moved(sent, "15:00", who)


def test_a_visit_that_is_over_is_not_moved(session: Session, sent: Booking, kim: Actor) -> None:
    state_actions.change_state(sent.reference, BookingStatus.CANCELLED, actor=kim)

    with pytest.raises(NotAllowed):
        moved(sent, "15:00", kim)


def test_who_had_arrived_and_comes_another_day_is_booked_and_told(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked(f"{THURSDAY} 10:00", practitioner="ines")
    at(f"{THURSDAY} 09:55")
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))
    state_actions.change_state(booking.reference, BookingStatus.ARRIVED, actor=kim)

    moved(booking, "11:00", kim, day="2026-03-13")

    session.refresh(booking)
    assert (booking.status, booking.arrived_at) == ("booked", None)
    assert ("booking_moved", "waiting") in told(session)
    undone(booking, kim)
    session.refresh(booking)
    assert booking.status == "arrived"
    assert booking.arrived_at == make.moment(f"{THURSDAY} 09:55")


def test_a_move_back_while_the_mail_goes_out_is_told(session: Session, kim: Actor) -> None:
    booking = make.booked(f"{THURSDAY} 10:00", practitioner="ines")
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))
    moved(booking, "11:00", kim)
    with transaction() as inside:
        soon = make.moment("2026-03-10 09:05")
        inside.execute(sa.update(Message).values(claimed_until=soon))

    moved(booking, "10:00", kim)

    assert told(session)[-1] == ("booking_moved", "waiting")
