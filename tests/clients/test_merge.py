"""Tests of merging two records of a client: what comes out, who may, and what others do."""

from collections.abc import Callable
from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import desk_actions
from spa.booking.desk_actions import Wanted
from spa.clients import notes_actions, queries
from spa.clients.merge_actions import merge_clients
from spa.database import db, transaction
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile, NotAllowed
from spa.models import AuditEntry, Booking, Client, ClientNote, ClientWord, Message
from tests import make
from tests.booking.test_state_actions import somebody
from tests.pages import Pages

Staff = Callable[..., Pages]
NOW = make.moment("2026-03-10 09:00")


@pytest.fixture
def boss(session: Session, studio: make.Studio) -> Actor:
    return somebody(session, Role.MANAGER)


@pytest.fixture
def two(session: Session, studio: make.Studio) -> tuple[int, int]:
    """Zoë with a visit and an old phone, and Zoe with a newer phone and a visit."""
    first = make.booked("2026-03-12 10:00", name="Zoë Quill", email="zoe@example.com", visitor="a")
    second = make.booked("2026-03-13 10:00", name="Zoe Quill", email="zoe@other.example",
                         phone="+12125550177", visitor="b")  # fmt: skip
    return first.client_id or 0, second.client_id or 0


def merged(two: tuple[int, int], boss: Actor, *taken: str, seen: int = 10**6) -> Client:
    return merge_clients(*two, taken, seen=seen, actor=boss, location_id=1)


def owners(session: Session) -> set[int | None]:
    session.rollback()
    return set(session.scalars(sa.select(Booking.client_id)))


def test_everything_comes_out_as_one(session: Session, two: tuple[int, int], boss: Actor) -> None:
    notes_actions.write_note(two[1], "Prefers mornings.", actor=boss, location_id=1)

    merged(two, boss, "phone")

    kept, other = (session.get_one(Client, number) for number in two)
    assert owners(session) == {kept.id}
    assert set(session.scalars(sa.select(ClientNote.client_id))) == {kept.id}
    assert (kept.name, kept.email, kept.phone) == ("Zoë Quill", "zoe@example.com", "+12125550177")
    assert (other.name, other.phone) == ("Zoe Quill", "+12125550177")
    assert other.merged_into_id == kept.id


def test_a_no_of_either_stays_a_no_for_all_their_visits(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    with transaction() as inside:
        make.plan_notes(inside)
        kept, other = (inside.get_one(Client, number) for number in two)
        kept.declined_notes, other.declined_notes = ["care_d2"], ["care_d7"]
        other.no_texts, other.news_stopped_at = True, NOW
    merged(two, boss)

    kept = session.get_one(Client, two[0])
    assert kept.declined_notes == ["care_d2", "care_d7"]
    assert (kept.no_texts, kept.news_stopped_at) == (True, NOW)
    waiting = sa.select(Message.event).where(Message.kind == "note", Message.booking_id == 2)
    assert set(session.scalars(waiting)) == {"prep_1d", "care_0h", "care_d28"}


def test_the_record_tells_both(session: Session, two: tuple[int, int], boss: Actor) -> None:
    merged(two, boss, "phone", "email")

    found = session.scalars(sa.select(AuditEntry).where(AuditEntry.event.like("client.merged%")))
    kept, other = found
    assert (kept.client_id, kept.details["fields"]) == (two[0], ["email", "phone"])
    assert (kept.details["visits"], kept.details["other"]) == (1, two[1])
    assert (other.client_id, other.details) == (two[1], {"other": two[0]})


def test_the_other_is_found_no_more_and_the_kept_by_its_new_phone(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    merged(two, boss, "phone")

    found = [one.id for one in queries.find("quill", None, NOW)]
    assert found == [two[0]]
    assert [one.id for one in queries.find("5550177", None, NOW)] == [two[0]]
    assert session.scalar(sa.select(ClientWord).where(ClientWord.client_id == two[1])) is None


def test_the_next_booking_of_the_other_is_the_kept_ones(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    merged(two, boss)

    online = make.booked("2026-03-16 10:00", name="Zoe Quill", email="zoe@other.example",
                         phone="+12125550188", visitor="c")  # fmt: skip
    wanted = Wanted("facial", make.moment("2026-03-17 10:00"), client_id=two[1])
    desk = desk_actions.book_at_desk(wanted, actor=boss, location_id=1)

    assert online.client_id == two[0]
    assert desk.client_id == two[0]


def test_chains_end_at_the_one_that_goes_on(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    third = make.booked("2026-03-18 10:00", name="Z Quill", email="z@example.com", visitor="d")
    merged(two, boss)

    merged((third.client_id or 0, two[0]), boss)

    ends = sa.select(Client.merged_into_id).where(Client.id.in_(two))
    assert set(session.scalars(ends)) == {third.client_id}
    assert owners(session) == {third.client_id}


def test_pressed_twice_it_is_done_once(session: Session, two: tuple[int, int], boss: Actor) -> None:
    merged(two, boss)
    merged(two, boss)

    events = session.scalars(sa.select(AuditEntry.event)).all()
    assert events.count("client.merged") == 1


def test_a_record_changed_meanwhile_is_looked_at_again(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    seen = max(map(queries.newest_change, two))
    notes_actions.write_note(two[1], "New.", actor=boss, location_id=1)

    with pytest.raises(ChangedMeanwhile):
        merged(two, boss, seen=seen)

    assert owners(session) == set(two)


def test_a_record_is_not_merged_with_itself_or_into_one_that_is_gone(
    session: Session, two: tuple[int, int], boss: Actor
) -> None:
    with pytest.raises(NotAllowed):
        merged((two[0], two[0]), boss)
    merged(two, boss)
    with pytest.raises(ChangedMeanwhile):
        merged((two[1], two[0]), boss)


def test_a_booking_made_at_that_second_is_not_left_behind(
    app: Flask, session: Session, two: tuple[int, int], boss: Actor
) -> None:
    done: list[int] = []

    def merge() -> None:
        with app.app_context():
            done.append(merged(two, boss).id)
            db.session.remove()

    merging = Thread(target=merge)
    with transaction() as booking:
        desk_actions.matching.current(booking, two[1])
        merging.start()
        merging.join(0.5)
        visit = booking.scalars(sa.select(Booking).where(Booking.client_id == two[0])).one()
        visit.client_id = two[1]
    merging.join(10)

    assert done == [two[0]]
    assert owners(session) == {two[0]}


def test_two_who_merge_both_ways_round_end_with_one_record(
    app: Flask, session: Session, two: tuple[int, int], boss: Actor
) -> None:
    came: list[str] = []

    def merge(pair: tuple[int, int]) -> None:
        with app.app_context():
            try:
                merged(pair, boss)
                came.append("done")
            except ChangedMeanwhile:
                came.append("changed")
            db.session.remove()

    threads = [Thread(target=merge, args=(pair,)) for pair in (two, two[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(came) == ["changed", "done"]
    assert len(owners(session)) == 1


def test_the_page_shows_what_comes_out_with_the_newer_details_chosen(
    staff: Staff, session: Session, two: tuple[int, int]
) -> None:
    desk = staff("manager")

    page = desk.get("merge.merge", client_id=two[0], **{"with": two[1]})

    chosen = {one.get("name"): one.get("value") for one in page.tree.xpath("//input[@checked]")}
    assert chosen == {"name": "other", "email": "other", "phone": "other"}
    assert "It comes out with 2 visits and 0 notes." in page.text
    page = desk.post(page.path, page.fields() | {"name": "kept"})
    assert "One record now: Zoë Quill." in page.text
    kept = session.get_one(Client, two[0], populate_existing=True)
    assert (kept.name, kept.email) == ("Zoë Quill", "zoe@other.example")


def test_the_page_of_the_other_leads_to_the_one_that_goes_on(
    staff: Staff, two: tuple[int, int], boss: Actor
) -> None:
    merged(two, boss)
    desk = staff("reception")

    answer = desk.client.get(f"/staff/clients/{two[1]}")

    assert (answer.status_code, answer.location) == (302, f"/staff/clients/{two[0]}")
    assert staff("manager").client.get(f"/staff/clients/{two[1]}/merge").status_code == 404


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_merges(role: str, staff: Staff, two: tuple[int, int]) -> None:
    assert staff(role).client.get(f"/staff/clients/{two[0]}/merge").status_code == 403


def test_a_second_manager_sees_what_changed(
    staff: Staff, session: Session, two: tuple[int, int], boss: Actor
) -> None:
    desk = staff("owner")
    page = desk.get("merge.merge", client_id=two[0], **{"with": two[1]})
    notes_actions.write_note(two[1], "New.", actor=boss, location_id=1)

    page = desk.post(page.path, page.fields())

    assert page.status == 409
    assert "A note was written." in page.text
    page = desk.post(page.path, page.fields())
    assert page.status == 200
    assert owners(session) == {two[0]}


def test_the_other_record_is_searched_for(staff: Staff, two: tuple[int, int]) -> None:
    page = staff("manager").get("merge.merge", client_id=two[0], q="quill")

    links = page.tree.xpath("//main//a[contains(@href, 'with=')]/@href")
    assert links == [f"/staff/clients/{two[0]}/merge?with={two[1]}"]
