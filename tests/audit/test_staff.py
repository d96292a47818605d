"""Tests of spa.audit.staff and search: finding who changed what, and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.audit import search
from spa.audit.record import record
from spa.audit.search import GROUPS, PAGE, Wish
from spa.audit.vocabulary import EVENTS
from spa.booking import state_actions
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]
NOON = make.moment("2026-03-10 12:00")


def note(count: int = 1, event: str = "booking.looked_at", **about: Any) -> None:
    """Entries at noon, a minute apart."""
    with transaction() as session:
        for number in range(count):
            record(session, event, at=NOON + timedelta(minutes=number), **about)


def lines(page: Page) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]


def searched(staff: Staff, **asked: str) -> list[str]:
    return lines(staff("owner").get("record.index", **asked))


def test_a_change_is_told_with_when_who_what_and_about_whom(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    visit = make.booked("2026-03-10 12:00", practitioner="ines")
    kim = make.staff(session, "reception", name="Kim Okafor", email="kim@example.com")
    session.commit()
    actor = Actor(kim.id, kim.name, kim.email, Role.RECEPTION)
    state_actions.change_state(visit.reference, BookingStatus.ARRIVED, actor=actor)

    page = staff("owner").get("record.index", what="bookings")

    newest = lines(page)[0]
    assert "Tue 10 Mar" in newest
    assert "Kim Okafor" in newest
    assert f"Facial, {visit.contact_name}" in newest
    assert "From booked to arrived." in newest
    assert page.tree.xpath(f"//tbody//a[contains(@href, '{visit.reference}')]")


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_sees_the_record(role: str, staff: Staff) -> None:
    assert staff(role).client.get("/staff/record").status_code == 403


def test_entries_of_another_place_are_not_there(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", name="Other"))
    note(location_id=other.id)
    note(2, location_id=studio.location_id)

    assert len(searched(staff, what="bookings")) == 2


def test_the_sign_ins_of_those_who_work_here_are_there_and_of_others_not(
    session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", name="Other")).id
        here = make.staff(inside, "manager", email="a@example.com", location_id=studio.location_id)
        there = make.staff(inside, "manager", email="b@example.com", location_id=other)
        for member in (here, there):
            record(inside, "account.signed_in", at=NOON, staff_id=member.id)

    hits, _before = search.search(studio.location_id, Wish(group="people"))

    assert [hit.entry.event for hit in hits] == ["account.signed_in"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"from": "2026-03-10", "to": "2026-03-10"}, 3),
        ({"from": "2026-03-11"}, 0),
        ({"to": "2026-03-09"}, 0),
        ({"to": "2026-03-10"}, 3),
        ({"who": "client"}, 3),
        ({"what": "studio"}, 0),
        ({"what": "nonsense"}, 3),
        ({"about": "nobody of that name"}, 0),
        ({"before": "9" * 30}, 3),
    ],
)
def test_it_is_searched_by(
    asked: dict[str, str], count: int, staff: Staff, studio: make.Studio
) -> None:
    note(3, location_id=studio.location_id)

    found = searched(staff, **asked)

    assert len([line for line in found if "Looked at" in line]) == count


def test_it_is_searched_by_who_did_it(staff: Staff, session: Session, studio: make.Studio) -> None:
    kim = make.staff(session, "reception", name="Kim Okafor", email="kim@example.com")
    session.commit()
    note(2, location_id=studio.location_id, staff_id=kim.id)
    note(3, location_id=studio.location_id)

    assert len(searched(staff, who=str(kim.id))) == 2


@pytest.mark.parametrize("typed", ["zoe", "Zoë O'Brien", "reference"])
def test_it_is_searched_by_client_and_by_booking(
    typed: str, staff: Staff, session: Session, studio: make.Studio
) -> None:
    visit = make.booked("2026-03-12 10:00", name="Zoë O'Brien")
    note(2, location_id=studio.location_id)

    found = searched(staff, about=visit.reference if typed == "reference" else typed)

    assert found
    assert not [line for line in found if "Looked at" in line]


def test_it_is_searched_by_treatment_and_by_person(staff: Staff, studio: make.Studio) -> None:
    note(2, location_id=studio.location_id, treatment_id=studio.facial)
    note(3, location_id=studio.location_id, resource_id=studio.ines)

    assert len(searched(staff, thing=f"t{studio.facial}")) == 2
    assert len(searched(staff, thing=f"r{studio.ines}")) == 3
    assert "Ines" in searched(staff, thing=f"r{studio.ines}")[0]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "yesterday"}, "Enter a day such as"),
        ({"to": "0001-01-01"}, "Enter a day such as"),
        ({"from": "2026-03-10", "to": "2026-03-09"}, "not before the first"),
    ],
)
def test_a_day_that_is_none_gets_a_sentence_and_stays(
    asked: dict[str, str], sentence: str, staff: Staff
) -> None:
    page = staff("owner").get("record.index", **asked)

    assert page.status == 422
    assert sentence in page.text
    for name, value in asked.items():
        assert page.tree.xpath(f"//input[@name='{name}']/@value") == [value]


def test_a_long_record_is_read_page_by_page(staff: Staff, studio: make.Studio) -> None:
    note(PAGE + 3, location_id=studio.location_id)
    owner = staff("owner")
    page = owner.get("record.index", what="bookings")
    (older,) = page.tree.xpath("//a[text()='Older']/@href")

    rest = owner.open(f"/staff/record{older}")

    assert len(lines(page)) == PAGE
    assert len(lines(rest)) == 3


def test_every_event_is_of_one_kind() -> None:
    known = [beginning for beginnings in GROUPS.values() for beginning in beginnings]

    assert len(known) == len(set(known))
    assert {event.partition(".")[0] for event in EVENTS} <= set(known)


def test_a_page_is_one_query_and_its_names_another(session: Session, studio: make.Studio) -> None:
    note(20, location_id=studio.location_id)
    statements: list[str] = []
    sa.event.listen(session.get_bind(), "before_cursor_execute",
                    lambda *about: statements.append(about[2]))  # fmt: skip

    search.search(studio.location_id, Wish())

    assert len([text for text in statements if text.startswith("SELECT")]) == 1


def test_nothing_found_says_what_to_do(staff: Staff) -> None:
    page = staff("owner").get("record.index", about="nobody of that name")

    assert "Nothing found. Ask for less" in page.text
