"""Tests of what still speaks of a record that was merged: pages, forms, bookings, the audit."""

from collections.abc import Callable
from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.audit.record import record
from spa.booking import matching
from spa.clients import actions, notes_actions, queries
from spa.clients.merge_actions import merge_clients
from spa.database import db, transaction
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile
from spa.models import Booking, Client, ClientNote
from tests import make
from tests.booking.test_state_actions import somebody
from tests.pages import Pages
from tests.visitor import alert

Staff = Callable[..., Pages]
Two = tuple[int, int]
NOW = make.moment("2026-03-10 09:00")
SECOND = matching.Person("Zoe Quill", "zoe@other.example", "+12125550177", "en")


@pytest.fixture
def boss(session: Session, studio: make.Studio) -> Actor:
    return somebody(session, Role.MANAGER)


@pytest.fixture
def two(session: Session, studio: make.Studio) -> Two:
    """Zoë without an email, and Zoe with one and a visit to come."""
    with transaction() as inside:
        first = matching.make(inside, matching.Person("Zoë Quill", "", SECOND.phone, "en"), NOW)
    about = {"name": SECOND.name, "email": SECOND.email, "phone": SECOND.phone}
    return first, make.booked("2026-03-13 10:00", practitioner="ines", **about).client_id or 0


def merge(two: Two, boss: Actor, *taken: str) -> None:
    merge_clients(*two, taken, seen=10**6, actor=boss, location_id=1)


def meanwhile(app: Flask, two: Two, boss: Actor, *taken: str) -> Thread:
    """Another process merges the two; it is given the time to come as far as it can."""

    def run() -> None:
        with app.app_context():
            merge(two, boss, *taken)
            db.session.remove()

    merging = Thread(target=run)
    merging.start()
    merging.join(0.5)
    return merging


def test_what_happened_to_the_other_is_read_in_the_file_that_goes_on(
    staff: Staff, two: Two, boss: Actor
) -> None:
    merge(two, boss)

    told = staff("reception").get("clients.show", client_id=two[0]).text.split("What happened")[1]

    assert "Booked for" in told
    assert told.index("It became part") < told.index("Another record became part")


def test_the_record_of_changes_finds_the_other_by_the_name_that_goes_on(
    staff: Staff, session: Session, two: Two, boss: Actor
) -> None:
    merge(two, boss)

    page = staff("manager").get("record.index", about="Zoë Quill")

    assert "Booked for" in page.text


def test_a_new_booking_that_knows_the_old_record_is_for_the_one_that_goes_on(
    staff: Staff, two: Two, boss: Actor
) -> None:
    merge(two, boss)

    page = staff("reception").get("desk_new.new", client=two[1])

    assert "Zoë Quill" in page.text
    assert "Booked already: Fri 13 Mar, 10:00" in page.text


def test_a_note_about_the_old_record_stands_in_the_one_that_goes_on(
    staff: Staff, session: Session, two: Two, boss: Actor
) -> None:
    desk = staff("reception")
    page = desk.get("clients.show", client_id=two[1])
    merge(two, boss)

    page = desk.post(
        f"/staff/clients/{two[1]}/notes", page.fields("/notes") | {"text": "Likes the window."}
    )

    assert "Likes the window." in page.text
    assert session.scalars(sa.select(ClientNote.client_id)).all() == [two[0]]
    with transaction() as inside:
        assert matching.current(inside, two[1]).id == two[0]
    notes_actions.write_note(two[1], "Another.", actor=boss, location_id=1)
    assert set(session.scalars(sa.select(ClientNote.client_id))) == {two[0]}


def test_who_corrects_the_old_record_sees_the_difference_and_corrects_the_one_that_goes_on(
    staff: Staff, session: Session, two: Two, boss: Actor
) -> None:
    desk = staff("reception")
    page = desk.get("clients.edit", client_id=two[1])
    merge(two, boss)

    page = desk.post(page.path, page.fields() | {"phone": "212 555 0123"})

    assert page.status == 409
    assert "Another record became part of it" in alert(page)
    assert "Phone: (212) 555-0177" in alert(page)
    assert "Saved." in desk.post(page.path, page.fields()).text
    first, second = (session.get_one(Client, number) for number in two)
    assert (first.phone, second.phone) == ("+12125550123", "+12125550177")


def test_a_record_that_was_merged_is_corrected_no_more(
    session: Session, two: Two, boss: Actor
) -> None:
    merge(two, boss)

    with pytest.raises(ChangedMeanwhile):
        actions.correct_client(two[1], {"name": "Z"}, seen=10**6, actor=boss, location_id=1)

    assert [one.id for one in queries.find("quill", None, NOW)] == [two[0]]


def test_who_books_while_two_are_merged_is_found_under_the_one_that_goes_on(
    app: Flask, session: Session, two: Two, boss: Actor
) -> None:
    found: list[int] = []

    def book() -> None:
        with app.app_context(), transaction() as inside:
            found.append(matching.find_or_make(inside, SECOND, NOW))

    booking = Thread(target=book)
    with transaction() as inside:
        one, other = inside.scalars(
            sa.select(Client).where(Client.id.in_(two)).order_by(Client.id).with_for_update()
        )
        booking.start()
        booking.join(0.5)
        one.email, other.merged_into_id = other.email, one.id
        inside.execute(sa.update(Booking).values(client_id=one.id))
    booking.join(10)

    assert found == [two[0]]
    assert session.scalar(sa.select(sa.func.count(Client.id))) == 2


def test_a_record_made_meanwhile_may_be_the_same_as_the_one_that_goes_on(
    session: Session, two: Two, boss: Actor
) -> None:
    merge(two, boss)

    with transaction() as inside:
        person = matching.Person("Xan Quill", SECOND.email, "", "en")
        made = matching.make(inside, person, NOW)

    assert session.get_one(Client, made).may_be_same_as_id == two[0]


def test_nobody_who_changes_a_visit_at_that_second_and_who_merges_wait_for_each_other(
    app: Flask, session: Session, two: Two, boss: Actor
) -> None:
    with transaction() as inside:
        visit = inside.scalars(sa.select(Booking).with_for_update(key_share=True)).one()
        merging = meanwhile(app, two, boss)
        visit.looked_at = NOW
        about = {"booking_id": visit.id, "client_id": two[1], "location_id": 1}
        record(inside, "booking.looked_at", at=NOW, staff_id=boss.id, **about)
        # A mistyped address is mended: the record is asked for after the visit is held.
        matching.find_or_make(inside, SECOND, NOW)
    merging.join(10)

    session.expire_all()
    assert session.get_one(Client, two[1]).merged_into_id == two[0]
    assert session.scalars(sa.select(Booking.client_id)).all() == [two[0]]
    assert session.scalars(sa.select(Booking.looked_at)).one() == NOW


def test_who_merges_and_who_corrects_the_email_of_visits_both_end(
    app: Flask, session: Session, two: Two, boss: Actor
) -> None:
    merging = meanwhile(app, two, boss, "email")

    with pytest.raises(ChangedMeanwhile):
        actions.correct_client(
            two[1],
            {"email": "new@example.com"},
            seen=10**6,
            for_visits=True,
            actor=boss,
            location_id=1,
        )

    merging.join(10)
    assert session.scalars(sa.select(Booking.contact_email)).one() == SECOND.email
