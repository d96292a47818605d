"""What a practitioner, room or device may do, and that taking it away strands nobody."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile, LeavesStranded
from spa.models import AuditEntry, Booking, Capability, PractitionerRoom, Resource, Treatment
from spa.schedule import settle_actions
from spa.schedule.changes import Change
from spa.treatments import team_queries
from spa.treatments.team_changes import Archive, Can, Thing, Work
from tests import make


@pytest.fixture
def manager(studio: make.Studio) -> Actor:
    with transaction() as session:
        member = make.staff(session, "manager")
    return Actor(member.id, member.name, member.email, Role.MANAGER)


def work(studio: make.Studio, *skills: Can, rooms: tuple[int, ...] = (), seen: int = 0) -> Work:
    """What Ines does from now on; both treatments unless told."""
    wanted = skills or (Can(studio.facial), Can(studio.check))
    return Work(studio.location_id, studio.ines, wanted, rooms, None, seen)


def skills_of(session: Session, resource_id: int) -> dict[int, tuple[str, date | None]]:
    rows = session.scalars(sa.select(Capability).where(Capability.resource_id == resource_id))
    return {row.treatment_id: (row.certificate, row.certified_until) for row in rows}


def newest(session: Session) -> AuditEntry:
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_a_skill_is_kept_with_its_certificate(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    until = date(2027, 5, 1)

    settle_actions.make_change(
        work(studio, Can(studio.facial, "Needling 2", until)), {}, actor=manager
    )

    assert skills_of(session, studio.ines) == {studio.facial: ("Needling 2", until)}
    assert newest(session).details == {
        "gained": [],
        "lost": ["Check"],
        "certificates": ["Facial"],
    }
    assert newest(session).resource_id == studio.ines


def test_the_same_again_writes_nothing(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    settle_actions.make_change(work(studio), {}, actor=manager)

    assert session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 0


@pytest.mark.parametrize(
    "taken_away",
    ["the skill", "the certificate", "the room", "the person", "a room they do not use"],
)
def test_what_a_coming_visit_needs_is_not_taken_from_it_unsaid(
    taken_away: str, session: Session, studio: make.Studio, manager: Actor
) -> None:
    booking = make.booked(practitioner="ines")
    other = studio.room_2 if booking.room_id == studio.room_1 else studio.room_1
    changes: dict[str, Change] = {
        "the skill": work(studio, Can(studio.check)),
        "the certificate": work(studio, Can(studio.facial, "", date(2026, 3, 11))),
        "the room": Archive(studio.location_id, booking.room_id),
        "the person": Archive(studio.location_id, studio.ines),
        "a room they do not use": work(studio, rooms=(other,)),
    }

    with pytest.raises(LeavesStranded):
        settle_actions.make_change(changes[taken_away], {}, actor=manager)

    assert len(skills_of(session, studio.ines)) == 2
    assert not session.scalars(sa.select(PractitionerRoom)).all()
    assert not session.scalars(sa.select(Resource).where(Resource.archived_at.is_not(None))).all()


def test_a_certificate_that_ends_after_the_visit_is_no_matter(
    studio: make.Studio, manager: Actor
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    change = work(studio, Can(studio.facial, "", date(2026, 3, 12)), Can(studio.check))

    made = settle_actions.make_change(change, {}, actor=manager)

    assert made.moved == made.cancelled == 0


def test_who_leaves_hands_their_visits_over(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    booking = make.booked(practitioner="ines")
    pick = {booking.reference: f"{booking.starts_at.isoformat()} maya"}

    settle_actions.make_change(Archive(studio.location_id, studio.ines), pick, actor=manager)

    assert session.get_one(Booking, booking.id).practitioner_id == studio.maya
    assert session.get_one(Resource, studio.ines).archived_at is not None


def test_own_rooms_are_kept_and_given_up(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    change = work(studio, rooms=(studio.room_2,))
    settle_actions.make_change(change, {}, actor=manager)
    assert session.scalars(sa.select(PractitionerRoom.room_id)).all() == [studio.room_2]
    seen = newest(session).id

    settle_actions.make_change(work(studio, seen=seen), {}, actor=manager)

    assert not session.scalars(sa.select(PractitionerRoom)).all()
    assert newest(session).details["resources"] == []


def test_what_is_archived_on_the_menu_is_left_as_it_is(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        inside.get_one(Treatment, studio.check).archived_at = make.moment("2026-03-01 10:00")

    settle_actions.make_change(work(studio, Can(studio.facial)), {}, actor=manager)

    assert set(skills_of(session, studio.ines)) == {studio.facial, studio.check}


def test_the_second_of_two_managers_is_told(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    settle_actions.make_change(work(studio, Can(studio.facial)), {}, actor=manager)

    with pytest.raises(ChangedMeanwhile):
        settle_actions.make_change(work(studio, Can(studio.check)), {}, actor=manager)

    assert set(skills_of(session, studio.ines)) == {studio.facial}


def test_another_place_s_person_is_not_touched(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))

    with pytest.raises(ChangedMeanwhile):
        settle_actions.make_change(Archive(other.id, studio.ines), {}, actor=manager)

    assert session.get_one(Resource, studio.ines).archived_at is None


def test_a_room_gets_another_name_and_suits_less(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    change = Thing(studio.location_id, studio.room_2, "Fern", (Can(studio.check),), 0)

    settle_actions.make_change(change, {}, actor=manager)

    found = team_queries.member(studio.location_id, "room-2", "room")
    assert found and found.name == "Fern" and found.treatment_ids == [studio.check]
    assert newest(session).details["fields"] == ["name"]


def test_archiving_twice_is_archiving_once(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    change = Archive(studio.location_id, studio.room_2)
    settle_actions.make_change(change, {}, actor=manager)
    was = session.get_one(Resource, studio.room_2).archived_at

    settle_actions.make_change(change, {}, actor=manager)

    assert session.get_one(Resource, studio.room_2).archived_at == was
    assert session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 1
