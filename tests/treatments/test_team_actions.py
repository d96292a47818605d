"""People, rooms and devices: added, described, put in order, brought back."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile
from spa.models import AuditEntry, Location, Resource, ResourcePhoto, ResourceWords
from spa.treatments import team_actions, team_queries
from spa.treatments.team_changes import Can
from spa.treatments.team_queries import Words
from tests import make


@pytest.fixture
def manager(studio: make.Studio) -> Actor:
    with transaction() as session:
        member = make.staff(session, "manager")
    return Actor(member.id, member.name, member.email, Role.MANAGER)


def events(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))


def describe(studio: make.Studio, actor: Actor, name: str = "Ines", seen: int = 0) -> list[str]:
    said = {"en": Words("Senior", "Needles."), "es": Words("", "Agujas.")}
    return team_actions.describe(
        studio.location_id, studio.ines, name, said, portrait=3, seen=seen, actor=actor
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mei-Lin Zhào", "mei-lin-zhao"),
        ("Ines", "ines-2"),
        ("New", "new-2"),
        ("李娜", "practitioner"),
        ("x" * 90, "x" * 60),
    ],
)
def test_somebody_new_has_an_address_that_nobody_has(
    name: str, slug: str, studio: make.Studio, manager: Actor
) -> None:
    found = team_actions.add_person(studio.location_id, name, {}, portrait=2, actor=manager)

    made = team_queries.member(studio.location_id, found, "practitioner")
    assert found == slug
    assert made and made.name == name and made.drawn == 2 and made.skills == []


def test_a_new_room_suits_what_was_ticked_and_nothing_of_another_place(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        foreign = make.treatment(inside, other.id, "foreign", make.CHECK, turnover=0)
    skills = (Can(studio.facial), Can(foreign.id))

    slug = team_actions.add_thing(studio.location_id, "room", "Fern", skills, actor=manager)

    found = team_queries.member(studio.location_id, slug, "room")
    assert found and found.treatment_ids == [studio.facial]
    assert events(session) == ["thing.added"]


def test_who_somebody_is_is_said_anew(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    assert describe(studio, manager, "Ines M.") == ["bio", "title", "name", "portrait"]

    assert team_queries.words(studio.ines) == {
        "en": Words("Senior", "Needles."),
        "es": Words("", "Agujas."),
    }
    assert session.get_one(Resource, studio.ines).slug == "ines"


def test_the_same_words_again_write_nothing(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    describe(studio, manager)

    assert describe(studio, manager) == []
    assert events(session) == ["team.described"]


def test_words_that_another_changed_meanwhile_are_not_lost(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    describe(studio, manager, "Ines M.")

    with pytest.raises(ChangedMeanwhile):
        describe(studio, manager, "Inés")

    assert session.get_one(Resource, studio.ines).name == "Ines M."


def test_every_change_of_the_menu_s_people_moves_the_version_of_the_place(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    before = session.get_one(Location, studio.location_id).version

    describe(studio, manager)

    session.expire_all()
    assert session.get_one(Location, studio.location_id).version == before + 1


def test_a_photo_takes_the_place_of_the_one_before(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    for content in (b"one", b"two"):
        team_actions.put_photo(studio.location_id, studio.ines, content, actor=manager)

    assert session.scalars(sa.select(ResourcePhoto.content)).all() == [b"two"]
    assert team_actions.remove_photo(studio.location_id, studio.ines, actor=manager)
    assert not team_actions.remove_photo(studio.location_id, studio.ines, actor=manager)
    assert events(session) == ["team.photo_changed"] * 2 + ["team.photo_removed"]


@pytest.mark.parametrize(
    ("who", "is_up", "order"),
    [
        ("maya", True, ["maya", "ines"]),
        ("ines", False, ["maya", "ines"]),
        ("ines", True, ["ines", "maya"]),
        ("maya", False, ["ines", "maya"]),
    ],
)
def test_the_team_is_put_in_order(
    who: str, is_up: bool, order: list[str], studio: make.Studio, manager: Actor
) -> None:
    number = {"ines": studio.ines, "maya": studio.maya}[who]

    team_actions.put_in_order(studio.location_id, number, is_up=is_up, actor=manager)

    found = team_queries.members(studio.location_id, "practitioner")
    assert [one.slug for one in found] == order


def test_order_holds_where_all_had_the_same_place(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Resource).values(position=0))

    team_actions.put_in_order(studio.location_id, studio.room_2, is_up=True, actor=manager)

    found = team_queries.members(studio.location_id, "room")
    assert [one.slug for one in found] == ["room-2", "room-1"]


def test_who_is_brought_back_is_brought_back_once(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        inside.get_one(Resource, studio.ines).archived_at = make.moment("2026-03-01 10:00")

    assert team_actions.bring_back(studio.location_id, studio.ines, actor=manager)
    assert not team_actions.bring_back(studio.location_id, studio.ines, actor=manager)
    assert events(session) == ["team.brought_back"]


def test_nothing_of_another_place_is_touched(
    session: Session, studio: make.Studio, manager: Actor
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))

    with pytest.raises(ChangedMeanwhile):
        team_actions.put_photo(other.id, studio.ines, b"x", actor=manager)
    with pytest.raises(ChangedMeanwhile):
        team_actions.describe(other.id, studio.ines, "X", {}, portrait=1, seen=0, actor=manager)

    assert not session.scalars(sa.select(ResourceWords)).all()
