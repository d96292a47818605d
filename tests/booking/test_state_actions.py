"""Tests of spa.booking.state_actions: rows, claims, record and messages of each change."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions, state_actions
from spa.booking.state_actions import change_state
from spa.database import transaction
from spa.domain.facts import Reason
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus as S
from spa.errors import ChangedMeanwhile, NotAllowed, SlotTaken
from spa.messages import worker
from spa.models import AuditEntry, Booking, Claim, Closure, Message
from tests import make

At = Callable[[str], datetime]


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    return somebody(session, Role.RECEPTION)


def somebody(session: Session, role: Role, **about: object) -> Actor:
    with transaction() as inside:
        member = make.staff(inside, role, **about)
    return Actor(member.id, member.name, member.email, role, member.location_id, member.resource_id)


def claims(session: Session, booking: Booking) -> int:
    query = sa.select(sa.func.count()).where(Claim.booking_id == booking.id)
    return session.scalar(query) or 0


def last_entry(session: Session) -> AuditEntry:
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


def messages(session: Session, status: str = "waiting") -> list[str]:
    query = sa.select(Message.event).where(Message.status == status).order_by(Message.id)
    return list(session.scalars(query))


def test_a_visit_goes_through_its_day_and_each_moment_is_kept(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")

    moments = {
        column: (at(f"2026-03-12 {clock}"), change_state(booking.reference, new, actor=kim))[0]
        for clock, new, column in (
            ("09:55", S.ARRIVED, "arrived_at"),
            ("10:02", S.IN_TREATMENT, "began_at"),
            ("11:00", S.DONE, "done_at"),
        )
    }

    session.refresh(booking)
    assert booking.status == S.DONE
    assert {column: getattr(booking, column) for column in moments} == moments
    assert claims(session, booking) > 0


def test_each_change_is_recorded_with_who_did_it(session: Session, kim: Actor, at: At) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 09:55")

    change_state(booking.reference, S.ARRIVED, actor=kim)

    entry = last_entry(session)
    assert (entry.event, entry.staff_id, entry.booking_id) == ("booking.state", kim.id, booking.id)
    assert entry.details == {"old": "booked", "new": "arrived"}


def test_a_second_tap_changes_nothing(session: Session, kim: Actor, at: At) -> None:
    booking = make.booked("2026-03-12 10:00")
    first = at("2026-03-12 09:55")
    change_state(booking.reference, S.ARRIVED, actor=kim)
    before = last_entry(session).id
    at("2026-03-12 09:56")

    again = change_state(booking.reference, S.ARRIVED, actor=kim)

    assert (again.arrived_at, last_entry(session).id) == (first, before)


def test_somebody_who_did_not_come_gives_the_hour_back(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:15")

    change_state(booking.reference, S.NO_SHOW, actor=kim)

    assert claims(session, booking) == 0
    assert messages(session) == []


def test_who_came_after_all_has_the_hour_again(session: Session, kim: Actor, at: At) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    had = claims(session, booking)
    at("2026-03-12 10:15")
    change_state(booking.reference, S.NO_SHOW, actor=kim)

    change_state(booking.reference, S.ARRIVED, actor=kim)

    session.refresh(booking)
    assert (booking.status, booking.no_show_at) == (S.ARRIVED, None)
    assert booking.arrived_at is not None
    assert claims(session, booking) == had


def test_yesterdays_wrong_tap_can_be_put_right_though_its_hour_is_over(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:15")
    change_state(booking.reference, S.NO_SHOW, actor=kim)
    at("2026-03-13 09:00")

    change_state(booking.reference, S.BOOKED, actor=kim)
    change_state(booking.reference, S.DONE, actor=kim)

    session.refresh(booking)
    assert (booking.status, claims(session, booking)) == (S.DONE, 0)


def test_going_back_takes_away_the_moments_that_came_after(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:00")
    for new in (S.ARRIVED, S.IN_TREATMENT, S.DONE, S.BOOKED):
        change_state(booking.reference, new, actor=kim)

    session.refresh(booking)
    assert (booking.arrived_at, booking.began_at, booking.done_at) == (None, None, None)


@pytest.mark.parametrize(
    ("by", "clock", "is_late"),
    [
        ("client", "2026-03-11 12:00", True),
        ("studio", "2026-03-11 12:00", False),
        ("client", "2026-03-10 09:10", False),
    ],
)
def test_cancelling_says_by_whom_and_whether_late(
    by: str, clock: str, is_late: bool, session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at(clock)

    change_state(booking.reference, S.CANCELLED, actor=kim, cancelled_by=by)

    session.refresh(booking)
    assert (booking.cancelled_by, booking.is_late) == (by, is_late)
    assert claims(session, booking) == 0
    assert last_entry(session).details["by"] == by


def test_the_client_hears_of_a_cancellation_two_minutes_later(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-20 10:00")
    worker.send_due()

    change_state(booking.reference, S.CANCELLED, actor=kim)

    assert worker.send_due() == 0
    at("2026-03-10 09:02")
    assert worker.send_due() == 1
    assert messages(session, "sent") == ["booking_confirmed", "booking_cancelled"]


def test_a_client_who_is_not_told_gets_no_message(session: Session, kim: Actor) -> None:
    booking = make.booked("2026-03-20 10:00")
    worker.send_due()

    change_state(booking.reference, S.CANCELLED, actor=kim, is_told=False)

    assert messages(session) == []


def test_a_cancellation_put_right_in_time_is_never_told(session: Session, kim: Actor) -> None:
    booking = make.booked("2026-03-20 10:00")
    had = claims(session, booking)
    worker.send_due()
    change_state(booking.reference, S.CANCELLED, actor=kim)

    change_state(booking.reference, S.BOOKED, actor=kim)

    assert messages(session) == []
    assert claims(session, booking) == had


def test_booking_again_after_the_message_went_out_is_told(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-20 10:00")
    worker.send_due()
    change_state(booking.reference, S.CANCELLED, actor=kim)
    at("2026-03-10 09:05")
    worker.send_due()

    change_state(booking.reference, S.BOOKED, actor=kim)

    assert messages(session) == ["booking_confirmed"]


def test_an_hour_that_went_to_another_is_not_taken_back(session: Session, kim: Actor) -> None:
    booking = make.booked("2026-03-20 10:00", practitioner="ines")
    change_state(booking.reference, S.CANCELLED, actor=kim)
    make.booked("2026-03-20 10:00", visitor="two", practitioner="ines", email="b@example.com")

    with pytest.raises(SlotTaken):
        change_state(booking.reference, S.BOOKED, actor=kim)

    session.expire_all()
    assert (booking.status, claims(session, booking)) == (S.CANCELLED, 0)


def test_what_the_table_does_not_have_is_refused(session: Session, kim: Actor, at: At) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:15")
    change_state(booking.reference, S.NO_SHOW, actor=kim)

    with pytest.raises(ChangedMeanwhile):
        change_state(booking.reference, S.DONE, actor=kim)

    session.expire_all()
    assert booking.status == S.NO_SHOW


@pytest.mark.parametrize(
    ("role", "new", "clock"),
    [
        (Role.RECEPTION, S.ARRIVED, "2026-03-11 18:00"),
        (Role.RECEPTION, S.NO_SHOW, "2026-03-12 09:59"),
        (Role.PRACTITIONER, S.CANCELLED, "2026-03-12 09:00"),
    ],
)
def test_it_is_refused_before_its_time_and_to_who_may_not(
    role: Role, new: S, clock: str, session: Session, studio: make.Studio, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    who = somebody(session, role, resource_id=studio.ines)
    at(clock)

    with pytest.raises(NotAllowed):
        change_state(booking.reference, new, actor=who)

    assert messages(session) == ["booking_confirmed"]


def test_a_practitioner_marks_nobody_elses_visit(
    session: Session, studio: make.Studio, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="maya")
    ines = somebody(session, Role.PRACTITIONER, resource_id=studio.ines)
    at("2026-03-12 09:55")

    with pytest.raises(NotAllowed):
        change_state(booking.reference, S.ARRIVED, actor=ines)


@pytest.mark.parametrize(
    ("note", "column", "event"),
    [
        (state_actions.note_call, "no_answer_at", "booking.called_in_vain"),
        (state_actions.look, "looked_at", "booking.looked_at"),
        (state_actions.assure, "assured_at", "booking.assured"),
    ],
)
def test_a_call_a_look_and_a_promise_are_noted_with_their_moment(
    note: Callable[..., Booking], column: str, event: str, session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    now = at("2026-03-11 17:30")

    note(booking.reference, actor=kim)

    session.refresh(booking)
    assert getattr(booking, column) == now
    assert (last_entry(session).event, last_entry(session).staff_id) == (event, kim.id)


def test_the_client_who_moves_online_has_no_promise_left(
    session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-20 10:00")
    state_actions.assure(booking.reference, actor=kim)

    actions.move_booking(booking.reference, make.moment("2026-03-21 10:00"))

    session.refresh(booking)
    assert booking.assured_at is None


def test_a_cancellation_is_not_put_right_against_the_rules_without_a_reason(
    session: Session, studio: make.Studio
) -> None:
    boss, visit = somebody(session, Role.MANAGER), make.booked("2026-03-12 10:00")
    change_state(visit.reference, S.CANCELLED, actor=boss)
    with transaction() as inside:
        day = make.moment("2026-03-12 10:00").date()
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    with pytest.raises(SlotTaken) as refused:
        change_state(visit.reference, S.BOOKED, actor=boss)
    assert refused.value.reasons == (Reason.CLOSED,)
    change_state(visit.reference, S.BOOKED, actor=boss, because="Agreed with Ines")

    details = last_entry(session).details
    assert (details["overrode"], details["because"]) == (["closed"], "Agreed with Ines")


def test_who_came_after_all_has_been_there_whatever_the_rules_say_by_now(
    session: Session, studio: make.Studio, kim: Actor, at: At
) -> None:
    visit = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:20")
    change_state(visit.reference, S.NO_SHOW, actor=kim)
    with transaction() as inside:
        day = make.moment("2026-03-12 10:00").date()
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    change_state(visit.reference, S.ARRIVED, actor=kim)

    session.refresh(visit)
    assert (visit.status, "overrode" in last_entry(session).details) == ("arrived", False)


def test_reception_may_not_put_it_right_even_with_a_reason(
    session: Session, studio: make.Studio, kim: Actor
) -> None:
    visit = make.booked("2026-03-12 10:00")
    change_state(visit.reference, S.CANCELLED, actor=kim)
    with transaction() as inside:
        day = make.moment("2026-03-12 10:00").date()
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    with pytest.raises(SlotTaken):
        change_state(visit.reference, S.BOOKED, actor=kim, because="Agreed with Ines")


def test_putting_a_late_cancellation_right_leaves_nothing_late(
    session: Session, kim: Actor, at: At
) -> None:
    visit = make.booked("2026-03-10 12:00")
    at("2026-03-10 11:00")
    change_state(visit.reference, S.CANCELLED, actor=kim)
    session.refresh(visit)
    assert visit.is_late

    change_state(visit.reference, S.BOOKED, actor=kim)

    session.refresh(visit)
    assert not visit.is_late


def test_a_move_that_came_late_stays_late_when_a_cancellation_is_put_right(
    session: Session, kim: Actor, at: At
) -> None:
    visit = make.booked("2026-03-11 12:00")
    at("2026-03-10 13:00")
    actions.move_booking(visit.reference, make.moment("2026-03-20 10:00"))
    change_state(visit.reference, S.CANCELLED, actor=kim)

    change_state(visit.reference, S.BOOKED, actor=kim)

    session.refresh(visit)
    assert visit.is_late


def test_putting_it_right_while_the_mail_goes_out_is_told(session: Session, kim: Actor) -> None:
    visit = make.booked("2026-03-12 10:00")
    worker.send_due()
    change_state(visit.reference, S.CANCELLED, actor=kim)
    with transaction() as inside:
        soon = make.moment("2026-03-10 09:05")
        is_that = Message.event == "booking_cancelled"
        inside.execute(sa.update(Message).where(is_that).values(claimed_until=soon))

    change_state(visit.reference, S.BOOKED, actor=kim)

    waiting = sa.select(Message.event).where(Message.status == "waiting")
    assert list(session.scalars(waiting)) == ["booking_confirmed"]


def test_who_has_no_email_is_not_recorded_as_told(session: Session, kim: Actor) -> None:
    visit = make.booked("2026-03-12 10:00")
    visit.contact_email = ""
    session.commit()

    change_state(visit.reference, S.CANCELLED, actor=kim)

    assert last_entry(session).details["is_told"] is False
