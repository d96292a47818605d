"""Tests of spa.booking.desk_actions: rows, claims, record and message of a visit from the desk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.booking import actions, desk_actions, queries, state_actions
from spa.booking.desk_actions import Wanted
from spa.booking.matching import Person
from spa.booking.taking import Waiver
from spa.database import db, transaction
from spa.domain.availability import Reason
from spa.domain.roles import Actor, Role
from spa.errors import NoLongerOffered, NotAllowed, SlotTaken
from spa.messages import worker
from spa.models import AuditEntry, Booking, Claim, Client, Message, Treatment
from tests import make
from tests.pages import Pages

At = Callable[[str], datetime]
BO = Person("Bo Li", "", "+12125550199", "en")
CY = Person("Cy Roth", "cy@example.com", "", "en")
AGREED = Waiver(frozenset({Reason.TOO_SOON}), "Agreed at the desk")


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    with transaction() as inside:
        member = make.staff(inside, "reception")
    return Actor(member.id, member.name, member.email, Role.RECEPTION, studio.location_id)


def book(
    kim: Actor, start: str = "2026-03-12 10:00", *, waiver: Waiver | None = None, **about: Any
) -> Booking:
    if "client_id" not in about:
        about.setdefault("person", CY)
    asked: dict[str, Any] = {"slug": "facial", "start": make.moment(start)} | about
    wanted = Wanted(**asked)
    return desk_actions.book_at_desk(
        wanted, actor=kim, location_id=kim.location_id or 0, waiver=waiver
    )


def entry(session: Session) -> AuditEntry:
    return session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "booking.booked").order_by(-AuditEntry.id)
    ).first()  # type: ignore[return-value]


def count(session: Session, what: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


def test_a_visit_its_claims_its_entry_and_its_message_are_written_together(
    session: Session, kim: Actor
) -> None:
    booking = book(kim, practitioner="ines")

    session.refresh(booking)
    assert (booking.status, booking.booked_at) == ("booked", make.moment("2026-03-10 09:00"))
    assert (booking.contact_name, booking.contact_email) == ("Cy Roth", "cy@example.com")
    assert (booking.is_first_visit, booking.wants_practitioner) == (True, True)
    assert (booking.screened_at, booking.privacy_agreed_at) == (None, None)
    assert count(session, Claim) > 0
    made = entry(session)
    assert (made.staff_id, made.booking_id, made.client_id, made.location_id) == (
        kim.id,
        booking.id,
        booking.client_id,
        kim.location_id,
    )
    assert made.details == {"starts_at": "2026-03-12T14:00:00+00:00", "is_told": True}
    assert session.scalars(sa.select(Message.recipient)).all() == ["cy@example.com"]


@pytest.mark.parametrize(("person", "is_told"), [(BO, True), (CY, False)])
def test_nothing_is_sent_to_who_has_no_email_or_shall_not_be_told(
    person: Person, is_told: bool, session: Session, kim: Actor
) -> None:
    book(kim, person=person, is_told=is_told)

    assert count(session, Message) == 0
    assert entry(session).details["is_told"] is False


def test_a_new_client_is_made_with_the_visit_or_not_at_all(session: Session, kim: Actor) -> None:
    book(kim, practitioner="ines")
    with pytest.raises(SlotTaken):
        book(kim, practitioner="ines", person=BO)

    assert session.scalars(sa.select(Client.name)).all() == ["Cy Roth"]
    events = session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events == ["client.made", "booking.booked"]


def test_who_is_typed_again_by_the_same_phone_keeps_their_record(
    session: Session, kim: Actor
) -> None:
    first = book(kim, person=BO)
    second = book(kim, "2026-03-16 10:00", person=Person("bo  LI", "", "+12125550199", "en"))

    assert first.client_id == second.client_id
    assert not second.is_first_visit


def test_a_second_press_books_nothing_more(session: Session, kim: Actor) -> None:
    first, second = book(kim), book(kim)

    assert first.id == second.id
    assert (count(session, Booking), count(session, Message)) == (1, 1)


def test_the_limit_on_coming_visits_is_for_online_alone(session: Session, kim: Actor) -> None:
    days = ("2026-03-12", "2026-03-13", "2026-03-16", "2026-03-17", "2026-03-18")

    assert len({book(kim, f"{day} 10:00").id for day in days}) == 5


def test_a_visit_starts_on_any_five_minutes(session: Session, kim: Actor) -> None:
    assert book(kim, "2026-03-12 10:25").starts_at == make.moment("2026-03-12 10:25")
    with pytest.raises(SlotTaken):
        book(kim, "2026-03-12 12:27")


def test_the_notice_is_set_aside_for_a_walk_in_and_the_entry_says_why(
    session: Session, kim: Actor
) -> None:
    book(kim, "2026-03-10 09:05", waiver=AGREED)

    made = entry(session)
    assert made.details["overrode"] == ["too_soon"]
    assert made.details["because"] == "Agreed at the desk"


def test_what_was_not_in_the_way_is_not_said_to_be_set_aside(session: Session, kim: Actor) -> None:
    book(kim, waiver=AGREED)

    assert "overrode" not in entry(session).details


@pytest.mark.parametrize(
    ("start", "reason"),
    [("2026-03-10 09:05", Reason.TOO_SOON), ("2026-03-12 18:30", Reason.CLOSED)],
)
def test_without_a_waiver_the_rules_are_those_of_online(
    start: str, reason: Reason, session: Session, kim: Actor
) -> None:
    with pytest.raises(SlotTaken) as refused:
        book(kim, start)

    assert reason in refused.value.reasons
    assert count(session, Booking) == 0


def test_a_room_that_is_being_cleaned_is_never_given(session: Session, kim: Actor) -> None:
    book(kim, "2026-03-12 10:00", practitioner="ines")
    book(kim, "2026-03-12 10:00", practitioner="maya", person=BO)
    everything = Waiver(frozenset(Reason) - {Reason.NO_ROOM, Reason.PRACTITIONER_BUSY}, "Please")

    with pytest.raises(SlotTaken) as refused:
        book(
            kim,
            "2026-03-12 11:00",
            person=Person("Di", "", "+12125550144", "en"),
            waiver=everything,
        )

    assert refused.value.reasons == (Reason.NO_ROOM,)


def test_what_is_archived_is_not_booked(session: Session, kim: Actor, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.get_one(Treatment, studio.facial).archived_at = make.moment("2026-01-01 09:00")

    with pytest.raises(NoLongerOffered):
        book(kim)


def test_a_known_client_is_reached_as_their_record_says(session: Session, kim: Actor) -> None:
    online = make.booked("2026-03-12 10:00")

    booking = book(kim, "2026-03-19 10:00", client_id=online.client_id)

    assert (booking.contact_email, booking.contact_phone) == ("ana@example.com", "+12125550111")
    assert not booking.is_first_visit


def test_the_same_practitioner_as_last_time_is_chosen(session: Session, kim: Actor) -> None:
    online = make.booked("2026-03-12 10:00", practitioner="maya")

    booking = book(kim, "2026-03-19 10:00", client_id=online.client_id)

    assert booking.practitioner_id == online.practitioner_id


def test_of_two_who_book_one_hour_at_once_one_hears_that_it_is_gone(
    app: Flask, session: Session, kim: Actor
) -> None:
    answers: list[str] = []

    def press(person: Person) -> None:
        with app.app_context():
            try:
                answers.append(book(kim, practitioner="ines", person=person).contact_name)
            except SlotTaken:
                answers.append("taken")
            finally:
                db.session.remove()

    threads = [Thread(target=press, args=(person,)) for person in (BO, CY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers)[-1] == "taken"
    assert len(set(answers)) == 2
    assert count(session, Booking) == 1


def test_visits_without_an_address_are_nobody_s_coming_visits(session: Session, kim: Actor) -> None:
    book(kim, person=BO)

    assert queries.coming_visits("", make.moment("2026-03-10 09:00")) == []


def test_a_visit_without_an_address_has_a_page_and_a_calendar_file(
    app: Flask, session: Session, kim: Actor
) -> None:
    booking = book(kim, person=BO)
    token = links.visit_token(booking.reference, booking.link_version)

    page = Pages(app).get("visit.visit", token=token)
    sheet = Pages(app).client.get(f"/booking/visit/{token}/visit.ics")

    assert "no email address is known" in page.text
    assert b"ATTENDEE" not in sheet.data


def test_an_address_that_is_added_later_goes_into_the_record_it_made(
    session: Session, kim: Actor
) -> None:
    booking = book(kim, person=BO)

    actions.change_address(booking.reference, "bo@example.com")

    session.rollback()
    assert session.scalars(sa.select(Client.email)).all() == ["bo@example.com"]
    assert session.scalars(sa.select(Message.recipient)).all() == ["bo@example.com"]


def messages(session: Session) -> list[tuple[str, str]]:
    query = sa.select(Message.event, Message.status).order_by(Message.id)
    return [(event, status) for event, status in session.execute(query)]


def test_a_booking_undone_at_once_frees_the_hour_and_nobody_hears_of_it(
    session: Session, kim: Actor
) -> None:
    booking = book(kim)

    desk_actions.undo_booking(booking.reference, actor=kim)

    session.refresh(booking)
    assert (booking.status, booking.cancelled_by) == ("cancelled", "studio")
    assert count(session, Claim) == 0
    assert messages(session) == [("booking_confirmed", "withdrawn")]


def test_who_has_heard_of_it_already_hears_that_it_is_off(
    session: Session, kim: Actor, at: At
) -> None:
    booking = book(kim)
    at("2026-03-10 09:00:40")
    worker.send_due()

    desk_actions.undo_booking(booking.reference, actor=kim)

    assert messages(session) == [("booking_confirmed", "sent"), ("booking_cancelled", "waiting")]


def test_who_may_be_hearing_of_it_this_moment_hears_that_it_is_off(
    session: Session, kim: Actor
) -> None:
    booking = book(kim)
    with transaction() as inside:
        inside.execute(sa.update(Message).values(claimed_until=make.moment("2026-03-10 09:05")))

    desk_actions.undo_booking(booking.reference, actor=kim)

    assert messages(session)[-1] == ("booking_cancelled", "waiting")


@pytest.mark.parametrize("why", ["later", "by another", "changed since"])
def test_what_was_not_just_booked_by_oneself_is_not_undone(
    why: str, session: Session, kim: Actor, at: At
) -> None:
    booking, who = book(kim), kim
    if why == "later":
        at("2026-03-10 09:02")
    if why == "by another":
        who = replace(kim, id=kim.id + 1)
    if why == "changed since":
        state_actions.assure(booking.reference, actor=kim)

    with pytest.raises(NotAllowed):
        desk_actions.undo_booking(booking.reference, actor=who)

    session.refresh(booking)
    assert booking.status == "booked"
