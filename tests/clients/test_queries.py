"""Tests of spa.clients.queries: who is found, and what is known of them."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.booking.matching import Person, make
from spa.clients import queries
from spa.database import db, transaction
from spa.domain.habits import Habit
from spa.models import Client
from tests import make as made
from tests.conftest import NEW_YORK

At = Callable[[str], datetime]
NOW = made.moment("2026-03-10 09:00")


@pytest.fixture
def people(session: Session, studio: made.Studio) -> dict[str, int]:
    """Four people, one of them with nothing but a phone."""
    given = {
        "ana": ("Ana Duarte", "ana@example.com", "+12125550111"),
        "diana": ("Diana Ruiz", "d.ruiz@mail.org", "+12125550122"),
        "jose": ("José Nuñez", "", "+12125550133"),
        "li": ("Li Wen", "l.w@example.com", ""),
    }
    with transaction() as inside:
        return {key: make(inside, Person(*about, "en"), NOW) for key, about in given.items()}


def found(asked: str, only: int | None = None) -> list[str]:
    return [one.name for one in queries.find(asked, only, NOW)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ana", ["Ana Duarte", "Diana Ruiz"]),
        ("ana dua", ["Ana Duarte"]),
        ("dua ana", ["Ana Duarte"]),
        ("ana wen", []),
        ("jose nunez", ["José Nuñez"]),
        ("0133", ["José Nuñez"]),
        ("+1 (212) 555-0111", ["Ana Duarte"]),
        ("212555", ["Ana Duarte", "Diana Ruiz", "José Nuñez"]),
        ("ana@example.com", ["Ana Duarte"]),
        ("l.w@example.com", ["Li Wen"]),
        ("ruiz@ma", ["Diana Ruiz"]),
        ("ruiz@example.com", []),
        ("a", []),
        ("", []),
        ("%", []),
        ("_na", ["Ana Duarte", "Diana Ruiz"]),
    ],
)
def test_somebody_is_found_by_any_part_the_likeliest_first(
    asked: str, expected: list[str], people: dict[str, int]
) -> None:
    assert found(asked) == expected


def test_who_is_found_shows_when_they_were_here_and_when_they_come(
    session: Session, studio: made.Studio, at: At
) -> None:
    made.booked("2026-03-12 10:00", visitor="one")
    made.booked("2026-03-19 10:00", visitor="two")
    made.booked("2026-03-26 10:00", visitor="three")

    (one,) = queries.find("duarte", None, made.moment("2026-03-15 09:00"))

    assert one.last_at == made.moment("2026-03-12 10:00")
    assert one.last_treatment == "Facial"
    assert one.next_at == made.moment("2026-03-19 10:00")


def test_a_visit_that_was_called_off_is_neither_last_nor_next(
    session: Session, studio: made.Studio
) -> None:
    actions.cancel_booking(made.booked("2026-03-14 10:00").reference)

    (one,) = queries.find("duarte", None, NOW)

    assert (one.last_at, one.next_at) == (None, None)


def test_a_practitioner_finds_only_their_own_clients(session: Session, studio: made.Studio) -> None:
    made.booked("2026-03-12 10:00", practitioner="ines")
    made.booked("2026-03-12 10:00", visitor="b", practitioner="maya", email="b@x.com", name="Bo Du")

    assert found("du") == ["Ana Duarte", "Bo Du"]
    assert found("du", studio.ines) == ["Ana Duarte"]
    assert found("ana@example.com", studio.maya) == []
    assert found("b@x.com", studio.maya) == ["Bo Du"]
    assert found("du", 0) == []


def test_somebody_else_s_client_does_not_exist_for_a_practitioner(
    session: Session, studio: made.Studio
) -> None:
    booking = made.booked("2026-03-12 10:00", practitioner="ines")
    number = booking.client_id or 0

    assert queries.client(number, None) is not None
    assert queries.client(number, studio.ines) is not None
    assert queries.client(number, studio.maya) is None


def test_no_more_are_found_than_fit(session: Session, studio: made.Studio) -> None:
    with transaction() as inside:
        for n in range(60):
            make(inside, Person(f"Bo Li {n:02d}", f"bo{n}@example.com", "", "en"), NOW)

    assert len(found("bo")) == queries.SHOWN


def test_finding_is_one_query(people: dict[str, int]) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        found("ana dua")
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)

    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_a_record_that_changes_is_found_by_what_it_says_now(
    session: Session, studio: made.Studio
) -> None:
    booking = made.booked(email="ana@exmaple.com")

    actions.change_address(booking.reference, "ana@example.org")

    assert found("exmaple") == []
    assert found("ana@example.org") == ["Ana Duarte"]


def test_visits_come_soonest_first_and_go_latest_first(
    session: Session, studio: made.Studio
) -> None:
    days = ("2026-03-12", "2026-03-19", "2026-03-26")
    bookings = [made.booked(f"{day} 10:00", visitor=day) for day in days]

    coming, past = queries.visits(bookings[0].client_id or 0, None, made.moment("2026-03-15 09:00"))

    assert [visit.reference for visit in coming] == [one.reference for one in bookings[1:]]
    assert [visit.reference for visit in past] == [bookings[0].reference]
    assert queries.visits(bookings[0].client_id or 0, 0, NOW) == ([], [])


def test_what_is_usual_is_read_on_the_clock_of_the_place(
    session: Session, studio: made.Studio
) -> None:
    made.booked("2026-03-12 18:00", practitioner="maya")
    number = session.scalar(sa.select(Client.id)) or 0

    habit = queries.usual(number, studio.location_id, NEW_YORK)

    assert habit == Habit("facial", "maya", 3, 18 * 60)
    assert queries.usual(number, studio.location_id + 1, NEW_YORK) is None
