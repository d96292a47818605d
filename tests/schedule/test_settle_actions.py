"""Tests of spa.schedule.settle_actions: a change, and every visit that it would strand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import taking
from spa.booking.actions import hold_slot
from spa.booking.desk_actions import Wanted, book_at_desk
from spa.booking.matching import Person
from spa.booking.move_actions import move_at_desk, undo_move
from spa.booking.state_actions import change_state
from spa.booking.taking import Waiver
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus
from spa.errors import LeavesStranded, NotAllowed, SlotTaken
from spa.models import (
    AuditEntry,
    Booking,
    Capability,
    Claim,
    Closure,
    Message,
    Resource,
    TimeOff,
)
from spa.schedule import settle_actions
from spa.schedule.changes import Entry
from spa.schedule.settle_actions import CANCEL, KEEP, NEAREST, SAME_TIME, look_ahead, make_change
from tests import make
from tests.booking.test_state_actions import somebody

THURSDAY = date(2026, 3, 12)
EVENT = "booking.looked_at"


@dataclass(frozen=True)
class Away:
    """Somebody is away that Thursday, all day; what these tests change."""

    location_id: int
    resource_id: int
    on: date = THURSDAY

    def write(self, session: Session, now: datetime) -> list[Entry]:
        session.add(TimeOff(resource_id=self.resource_id, first_on=self.on, last_on=self.on))
        return [Entry(EVENT, resource_id=self.resource_id)]


@dataclass(frozen=True)
class BothAway:
    """Two people are away that Thursday."""

    location_id: int
    one: int
    other: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        for number in (self.one, self.other):
            Away(self.location_id, number).write(session, now)
        return []


@pytest.fixture
def boss(session: Session, studio: make.Studio) -> Actor:
    """A manager, who may keep what reception may not."""
    return somebody(session, Role.MANAGER)


@pytest.fixture
def away(studio: make.Studio) -> Away:
    return Away(studio.location_id, studio.ines)


def booked(clock: str, **about: Any) -> Booking:
    return make.booked(f"{THURSDAY} {clock}", practitioner="ines", **about)


def count(session: Session, of: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(of)) or 0


def test_a_change_that_strands_nobody_is_saved_at_once(
    session: Session, studio: make.Studio, away: Away, boss: Actor
) -> None:
    make.booked(f"{THURSDAY} 10:00", practitioner="maya")

    made = make_change(away, {}, actor=boss)

    assert (made.moved, made.cancelled, made.kept) == (0, 0, 0)
    assert count(session, TimeOff) == 1
    assert session.scalar(sa.select(AuditEntry.event).order_by(AuditEntry.id.desc())) == EVENT


def test_nothing_is_saved_while_a_visit_has_no_pick(
    session: Session, away: Away, boss: Actor
) -> None:
    first, second = booked("10:00"), booked("14:00")

    with pytest.raises(LeavesStranded):
        make_change(away, {first.reference: CANCEL}, actor=boss)

    session.expire_all()
    assert (first.status, second.status) == ("booked", "booked")
    assert count(session, TimeOff) == 0


def test_looking_ahead_changes_nothing(session: Session, away: Away, boss: Actor) -> None:
    visit = booked("10:00")
    before = (count(session, Claim), count(session, AuditEntry), count(session, Message))

    outlook = look_ahead(away, {}, actor=boss)

    assert [one.reference for one in outlook.visits] == [visit.reference]
    assert count(session, TimeOff) == 0
    assert (count(session, Claim), count(session, AuditEntry), count(session, Message)) == before


def test_the_same_time_with_a_named_free_person_is_proposed(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")

    outlook = look_ahead(away, {}, actor=boss)

    (one,) = outlook.visits
    assert [(choice.practitioner, choice.starts_at) for choice in one.same_time] == [
        ("Maya", visit.starts_at)
    ]
    assert outlook.picks == {visit.reference: one.same_time[0].value}
    assert len(one.nearest) == 3
    assert all(choice.starts_at != visit.starts_at for choice in one.nearest)


def test_two_visits_are_not_proposed_the_same_person(
    session: Session, studio: make.Studio, boss: Actor
) -> None:
    with transaction() as inside:
        noor = make.person(inside, studio.location_id, "Noor", 2).id
        inside.add(Capability(resource_id=noor, treatment_id=studio.facial))
    booked("10:00")
    make.booked(f"{THURSDAY} 10:00", practitioner="noor")

    outlook = look_ahead(BothAway(studio.location_id, studio.ines, noor), {}, actor=boss)

    proposed = [[choice.practitioner for choice in one.same_time] for one in outlook.visits]
    assert proposed == [["Maya"], []]


def test_what_was_picked_is_done_and_told_in_one_go(
    session: Session, studio: make.Studio, away: Away, boss: Actor
) -> None:
    stays, goes, silent = booked("10:00"), booked("14:00"), booked("16:00")
    silent.contact_email = ""
    session.commit()
    one = look_ahead(away, {}, actor=boss).visits[0]

    made = make_change(
        away,
        {
            stays.reference: one.same_time[0].value,
            goes.reference: CANCEL,
            silent.reference: CANCEL,
        },
        actor=boss,
    )

    session.expire_all()
    assert (made.moved, made.cancelled) == (1, 2)
    assert [visit.reference for visit in made.to_call] == [silent.reference]
    assert (stays.practitioner_id, stays.status) == (studio.maya, "booked")
    assert (goes.status, goes.cancelled_by, goes.is_late) == ("cancelled", "studio", False)
    waiting = sa.select(Message.event, Message.booking_id).where(Message.status == "waiting")
    assert ("booking_cancelled", goes.id) in {tuple(row) for row in session.execute(waiting)}
    owners = set(session.scalars(sa.select(Claim.booking_id)))
    assert owners == {stays.id}


def test_a_manager_keeps_a_visit_by_agreement_and_reception_may_not(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")
    with pytest.raises(LeavesStranded):
        make_change(away, {visit.reference: KEEP}, actor=somebody(session, Role.RECEPTION))

    made = make_change(away, {visit.reference: KEEP}, actor=boss)

    assert made.kept == 1
    kept = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "booking.kept")).one()
    assert kept.details == {"overrode": ["not_on_shift"], "change": EVENT}


def test_what_was_agreed_once_is_not_asked_again(
    session: Session, away: Away, boss: Actor, studio: make.Studio
) -> None:
    visit = booked("10:00")
    make_change(away, {visit.reference: KEEP}, actor=boss)

    made = make_change(Away(studio.location_id, studio.maya), {}, actor=boss)

    assert (made.moved, made.cancelled, made.kept) == (0, 0, 0)


@dataclass(frozen=True)
class Closed:
    """The house is closed that Thursday."""

    location_id: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        session.add(Closure(location_id=self.location_id, first_on=THURSDAY, last_on=THURSDAY))
        return []


@pytest.mark.parametrize("clock", ["18:30", "19:30"])
@pytest.mark.parametrize("is_closed", [True, False])
def test_a_visit_agreed_outside_of_the_hours_is_asked_about_when_the_day_is_taken_off(
    clock: str, is_closed: bool, session: Session, away: Away, boss: Actor
) -> None:
    wanted = Wanted("facial", make.moment(f"{THURSDAY} {clock}"), "ines",
                    person=Person("Bo Lind", "bo@example.com", "", "en"))  # fmt: skip
    waiver = Waiver(boss.waives, "Ines stays longer")
    visit = book_at_desk(wanted, actor=boss, location_id=away.location_id, waiver=waiver)
    change = Closed(away.location_id) if is_closed else away

    with pytest.raises(LeavesStranded):
        make_change(change, {}, actor=boss)

    assert [one.reference for one in look_ahead(change, {}, actor=boss).visits] == [visit.reference]


def test_a_pick_for_a_visit_that_was_moved_meanwhile_is_none(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")
    one = look_ahead(away, {}, actor=boss).visits[0]
    picks = {visit.reference: f"{one.sequence}|{CANCEL}"}
    move_at_desk(visit.reference, make.moment(f"{THURSDAY} 15:30"), actor=boss)

    with pytest.raises(LeavesStranded):
        make_change(away, picks, actor=boss)

    assert look_ahead(away, picks, actor=boss).taken == {visit.reference}
    session.expire_all()
    assert visit.status == "booked"


def test_a_visit_is_moved_to_the_hour_that_another_gives_up(
    session: Session, away: Away, boss: Actor, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.get_one(Resource, studio.room_2).archived_at = make.moment("2026-03-01 10:00")
    first, second = booked("10:00"), booked("14:00")
    pick = f"{second.starts_at.isoformat()} maya"

    made = make_change(away, {first.reference: pick, second.reference: CANCEL}, actor=boss)

    session.expire_all()
    assert (made.moved, made.cancelled) == (1, 1)
    assert first.starts_at == second.starts_at


def test_who_has_arrived_and_comes_another_day_is_booked_again_and_told(
    session: Session, away: Away, boss: Actor, at: Callable[[str], datetime]
) -> None:
    visit = booked("10:00")
    at(f"{THURSDAY} 09:55")
    change_state(visit.reference, BookingStatus.ARRIVED, actor=boss)
    friday = make.moment("2026-03-13 10:00").isoformat()

    make_change(away, {visit.reference: f"{friday} ines"}, actor=boss)

    session.expire_all()
    assert (visit.status, visit.arrived_at) == ("booked", None)
    events = session.scalars(sa.select(Message.event).where(Message.status == "waiting"))
    assert {"booking_moved", "booking_confirmed"} & set(events)


def test_a_move_is_not_undone_onto_a_day_that_was_taken_off_meanwhile(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")
    move_at_desk(visit.reference, make.moment("2026-03-13 10:00"), actor=boss, practitioner="ines")
    entry = session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
    make_change(away, {}, actor=boss)

    with pytest.raises((SlotTaken, NotAllowed)):
        undo_move(visit.reference, entry, actor=boss)

    session.expire_all()
    assert visit.starts_at == make.moment("2026-03-13 10:00")


def test_a_pick_that_is_gone_is_said_and_nothing_is_saved(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")
    pick = look_ahead(away, {}, actor=boss).visits[0].same_time[0].value
    make.booked(f"{THURSDAY} 10:00", practitioner="maya")

    with pytest.raises(LeavesStranded):
        make_change(away, {visit.reference: pick}, actor=boss)

    assert look_ahead(away, {visit.reference: pick}, actor=boss).taken == {visit.reference}
    assert count(session, TimeOff) == 0


@pytest.mark.parametrize("pick", ["nonsense", "2026-03-12T10:00", "2026-03-12T10:00+00:00", " x"])
def test_a_pick_that_is_none_saves_nothing(
    session: Session, away: Away, boss: Actor, pick: str
) -> None:
    visit = booked("10:00")

    with pytest.raises(LeavesStranded):
        make_change(away, {visit.reference: pick}, actor=boss)

    assert count(session, TimeOff) == 0


@pytest.mark.parametrize(
    ("wish", "hours"), [(SAME_TIME, ["10:00", "14:00"]), (NEAREST, None), (CANCEL, None)]
)
def test_the_same_can_be_picked_for_all(
    session: Session, away: Away, boss: Actor, wish: str, hours: list[str] | None
) -> None:
    visits = [booked("10:00"), booked("14:00")]

    outlook = look_ahead(away, {}, actor=boss, for_all=wish)

    assert set(outlook.picks) == {visit.reference for visit in visits}
    assert all(outlook.picks.values())
    made = make_change(away, outlook.picks, actor=boss)
    assert made.moved + made.cancelled == 2


def test_a_hold_that_is_stranded_ends(
    session: Session, studio: make.Studio, away: Away, boss: Actor
) -> None:
    held = hold_slot("facial", make.moment(f"{THURSDAY} 10:00"), practitioner="ines", visitor="v")

    make_change(away, {}, actor=boss)

    session.expire_all()
    assert session.get_one(Booking, held.id).status == "lapsed"
    assert count(session, Claim) == 0


def test_visits_that_are_over_or_elsewhere_are_left_alone(
    session: Session, away: Away, boss: Actor, at: Callable[[str], datetime]
) -> None:
    booked("09:00")
    at(f"{THURSDAY} 11:00")

    assert look_ahead(away, {}, actor=boss).visits == []


def test_comparing_reads_both_ways_and_changes_nothing(
    session: Session, away: Away, boss: Actor
) -> None:
    visit = booked("10:00")

    before, after, left = settle_actions.compare(away, lambda: count(session, TimeOff))

    assert (before, after, [one.reference for one in left]) == (0, 1, [visit.reference])
    assert count(session, TimeOff) == 0


def test_a_change_waits_for_whoever_books_at_that_second(
    app: Flask, session: Session, studio: make.Studio, away: Away, boss: Actor
) -> None:
    visit = make.booked("2026-03-13 10:00", practitioner="ines")
    came_of_it: list[str] = []

    def change() -> None:
        with app.app_context():
            try:
                make_change(away, {}, actor=boss)
            except LeavesStranded:
                came_of_it.append("somebody is booked")

    changing = Thread(target=change)
    with transaction() as booking:
        taking.lock_places(booking, [studio.location_id])
        changing.start()
        changing.join(0.5)
        moved = booking.get_one(Booking, visit.id)
        moved.starts_at -= timedelta(days=1)
        moved.ends_at -= timedelta(days=1)
    changing.join(10)

    assert came_of_it == ["somebody is booked"]
    assert count(session, TimeOff) == 0
