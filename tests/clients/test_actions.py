"""Tests of spa.clients.actions: the record, its words and who changed what, together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking.matching import Person
from spa.clients import actions, queries
from spa.database import transaction
from spa.domain.finding import words_of
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile
from spa.models import AuditEntry, Client, ClientWord
from tests import make

BO = Person("Bo Li", "", "+12125550199", "en")


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    with transaction() as inside:
        member = make.staff(inside, "reception", name="Kim")
    return Actor(member.id, member.name, member.email, Role.RECEPTION, studio.location_id)


def new(kim: Actor, person: Person = BO) -> int:
    return actions.make_client(person, actor=kim, location_id=kim.location_id or 0)


def correct(kim: Actor, client_id: int, seen: int | None = None, **told: Any) -> list[str]:
    about: dict[str, Any] = {
        "name": "Bo Li",
        "email": "",
        "phone": "+12125550199",
        "language": "en",
        "books_by_phone": False,
    }
    return actions.correct_client(
        client_id,
        about | told,
        seen=queries.newest_change(client_id) if seen is None else seen,
        actor=kim,
        location_id=kim.location_id or 0,
    )


def entries(session: Session) -> list[tuple[str, int | None, int | None, dict[str, Any]]]:
    session.rollback()
    rows = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    return [(row.event, row.staff_id, row.client_id, row.details) for row in rows]


def words(session: Session, client_id: int) -> set[str]:
    query = sa.select(ClientWord.word).where(ClientWord.client_id == client_id)
    return set(session.scalars(query))


def test_a_new_client_can_be_found_and_it_is_known_who_made_the_record(
    session: Session, kim: Actor
) -> None:
    client_id = new(kim)

    assert entries(session) == [("client.made", kim.id, client_id, {})]
    assert words(session, client_id) == words_of("Bo Li", "", "+12125550199")


@pytest.mark.parametrize(
    ("second", "is_marked"),
    [
        (Person("Bea Li", "", "+12125550199", "en"), True),
        (Person("Bo Li", "bo@example.com", "", "en"), False),
        (Person("Cy Li", "", "", "en"), False),
    ],
)
def test_a_second_record_with_the_same_way_to_reach_them_is_marked(
    second: Person, is_marked: bool, session: Session, kim: Actor
) -> None:
    first = new(kim)

    client = session.get_one(Client, new(kim, second))

    assert client.may_be_same_as_id == (first if is_marked else None)


def test_a_form_that_is_sent_twice_makes_one_record(
    session: Session, kim: Actor, at: Callable[[str], datetime]
) -> None:
    first = new(kim)

    at("2026-03-10 09:05")
    assert new(kim) == first
    assert len(entries(session)) == 1

    namesake = new(kim, replace(BO, email="bo@example.com"))
    assert namesake != first

    at("2026-03-10 09:30")
    assert new(kim) not in {first, namesake}


def test_what_is_put_right_is_named_and_found_anew(session: Session, kim: Actor) -> None:
    client_id = new(kim)

    changed = correct(kim, client_id, name="Bo Lee", books_by_phone=True)

    assert changed == ["name", "books_by_phone"]
    assert entries(session)[-1] == ("client.corrected", kim.id, client_id, {"fields": changed})
    assert [one.name for one in queries.find("lee", None, make.moment("2026-03-10 09:00"))] == [
        "Bo Lee"
    ]
    assert "li" not in words(session, client_id)


def test_saving_what_stands_there_already_is_no_change(session: Session, kim: Actor) -> None:
    client_id = new(kim)

    assert correct(kim, client_id, seen=0) == []
    assert [event for event, *_ in entries(session)] == ["client.made"]


def test_who_comes_second_with_an_older_page_changes_nothing(session: Session, kim: Actor) -> None:
    client_id = new(kim)
    seen = queries.newest_change(client_id)
    correct(kim, client_id, phone="+12125550177")

    with pytest.raises(ChangedMeanwhile):
        correct(kim, client_id, seen=seen, name="Bo Lee")

    client = session.get_one(Client, client_id)
    assert (client.name, client.phone) == ("Bo Li", "+12125550177")
    assert len(entries(session)) == 2


def test_a_booking_meanwhile_is_no_change_of_the_record(session: Session, kim: Actor) -> None:
    client_id = make.booked(name="Bo Li", email="bo@example.com").client_id or 0

    changed = correct(kim, client_id, seen=0, email="bo@example.com", phone="+12125550177")

    assert changed == ["phone"]
