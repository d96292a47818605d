"""Whose record a booking belongs to: found only when email and name agree, never changed."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import actions, matching
from spa.booking.matching import Person
from spa.database import transaction
from spa.domain.finding import words_of
from spa.errors import PleaseCall
from spa.models import Client, ClientWord
from tests import make
from tests.visitor import Visitor, alert

NOW = make.moment("2026-03-10 09:00")


def clients(session: Session) -> list[tuple[str, str, str, int | None]]:
    """Every record, in order."""
    session.rollback()
    rows = session.execute(
        sa.select(Client.name, Client.email, Client.phone, Client.may_be_same_as_id).order_by(
            Client.id
        )
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def book_two(**second: Any) -> bool:
    """Whether a second booking, told like this, belongs to the record of the first."""
    first = make.booked(name="José Nuñez")
    again = make.booked("2026-03-16 10:00", visitor="two", **{"name": "José Nuñez"} | second)
    return first.client_id == again.client_id


@pytest.mark.parametrize(
    "name",
    ["José Nuñez", "JOSÉ NUÑEZ", "josé  nuñez", "Jose\u0301 Nun\u0303ez", "Ｊｏｓé Nuñez"],
)
def test_names_agree_whatever_their_capitals_spaces_and_encoding(
    name: str, session: Session, studio: make.Studio
) -> None:
    assert book_two(name=name)
    assert len(clients(session)) == 1


@pytest.mark.parametrize("name", ["Jose Nunez", "José", "Nuñez José", "José Nuñez Jr"])
def test_other_names_are_other_people_until_staff_say_otherwise(
    name: str, session: Session, studio: make.Studio
) -> None:
    assert not book_two(name=name)
    assert clients(session)[1] == (name, "ana@example.com", "+12125550111", 1)


def test_the_same_name_with_another_address_is_another_person(
    session: Session, studio: make.Studio
) -> None:
    assert not book_two(email="jose@example.com", phone="+12125550112")
    assert [mark for *_, mark in clients(session)] == [None, None]


def test_the_same_phone_is_a_hint_and_no_more(session: Session, studio: make.Studio) -> None:
    assert not book_two(email="jose@example.com")
    assert [mark for *_, mark in clients(session)] == [None, 1]


def test_nothing_typed_changes_a_record_that_exists(session: Session, studio: make.Studio) -> None:
    make.booked(name="Ana Duarte")
    before = clients(session)

    make.booked("2026-03-16 10:00", visitor="two", name="ANA DUARTE", phone="+12125550199")

    assert clients(session) == before


def test_who_comes_has_the_record_not_who_booked(session: Session, studio: make.Studio) -> None:
    mine = make.booked()
    hers = make.booked("2026-03-16 10:00", visitor="two", other_name="Rosa Duarte")
    hers_again = make.booked("2026-03-17 10:00", visitor="three", other_name="rosa duarte")

    assert [name for name, *_ in clients(session)] == ["Ana Duarte", "Rosa Duarte"]
    assert mine.client_id != hers.client_id == hers_again.client_id


def test_a_mistyped_address_is_mended_in_the_record_it_made(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked(email="ana@exmaple.com")

    actions.change_address(booking.reference, "ana@example.com")

    assert [email for _, email, *_ in clients(session)] == ["ana@example.com"]


def test_an_address_that_changes_later_leaves_the_older_record_as_it_was(
    session: Session, studio: make.Studio
) -> None:
    make.booked()
    second = make.booked("2026-03-16 10:00", visitor="two")

    actions.change_address(second.reference, "ana@studio-guest.com")

    assert [email for _, email, *_ in clients(session)] == [
        "ana@example.com",
        "ana@studio-guest.com",
    ]


def test_nobody_gets_into_a_record_by_changing_an_address_to_its_own(
    session: Session, studio: make.Studio
) -> None:
    victim = make.booked(name="Bea Ruiz", email="bea@example.com", phone="+12125550122")
    thief = make.booked("2026-03-16 10:00", visitor="two", name="Not Bea", phone="+12125550133")

    changed = actions.change_address(thief.reference, "bea@example.com")

    assert changed.client_id != victim.client_id
    assert clients(session)[0] == ("Bea Ruiz", "bea@example.com", "+12125550122", None)


def test_what_is_not_given_is_nobody_s(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        first = matching.make(inside, Person("Bo Li", "", "+12125550199", "en"), NOW)
        second = matching.make(inside, Person("Cy Roth", "cy@example.com", "", "en"), NOW)
        third = matching.make(inside, Person("Di Roth", "di@example.com", "", "en"), NOW)
        again = matching.find_or_make(inside, Person("Bo Li", "", "", "en"), NOW)

    assert len({first, second, third, again}) == 4
    assert [mark for *_, mark in clients(session)] == [None, None, None, None]


def test_at_the_desk_a_phone_and_the_name_are_enough_to_know_somebody(
    session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        bo = matching.make(inside, Person("Bo Li", "", "+12125550199", "en"), NOW)

        assert matching.known(inside, Person("BO LI", "", "+12125550199", "en")) == bo
        assert matching.known(inside, Person("Bea Li", "", "+12125550199", "en")) is None
        assert matching.known(inside, Person("Bo Li", "", "", "en")) is None


def test_who_is_made_online_can_be_found(session: Session, studio: make.Studio) -> None:
    booking = make.booked()

    words = session.scalars(
        sa.select(ClientWord.word).where(ClientWord.client_id == booking.client_id)
    )

    assert set(words) == words_of("Ana Duarte", "ana@example.com", "+12125550111")


def test_who_books_by_phone_is_asked_to_call_and_the_hold_stays(
    session: Session, studio: make.Studio
) -> None:
    by_phone(make.booked().client_id)
    hold = make.held("2026-03-16 10:00", visitor="two")

    with pytest.raises(PleaseCall):
        actions.confirm_booking(hold.reference, make.details())

    session.refresh(hold)
    assert hold.status == "held"
    assert len(clients(session)) == 1
    other = actions.confirm_booking(hold.reference, make.details(name="Bea Ruiz"))
    assert other.status == "booked"


def test_the_page_asks_neutrally_to_call(app: Flask, studio: make.Studio) -> None:
    by_phone(make.booked("2026-03-16 10:00").client_id)
    visitor = Visitor(app)

    page = visitor.confirm(visitor.hold())

    assert page.status == 409
    assert "Please call us to book this visit" in alert(page)
    assert page.fields("")["name"] == "Ana Duarte"


def by_phone(client_id: int | None) -> None:
    """From now on this client books by phone only."""
    with transaction() as inside:
        inside.get_one(Client, client_id).books_by_phone = True
