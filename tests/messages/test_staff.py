"""Messages at the desk: seen, sent again, sent now, stopped, and those in trouble."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import actions as bookings
from spa.database import transaction
from spa.messages import desk_queries, worker
from spa.models import AuditEntry, Booking, Client, Message
from tests import make
from tests.booking.test_staff import press, show
from tests.messages import mailbox
from tests.pages import Page, Pages

At = Callable[[str], datetime]
Staff = Callable[..., Pages]
START = "2026-04-02 10:00"


@pytest.fixture
def visit(session: Session, studio: make.Studio) -> Booking:
    """A visit with its whole plan, whose confirmation went out."""
    with transaction() as inside:
        make.plan_notes(inside)
    booking = make.booked(START)
    worker.send_due()
    return booking


def lines(page: Page) -> list[str]:
    """The first line of every message."""
    return [" ".join(one.text_content().split()) for one in page.tree.xpath(
        "//ul[contains(@class, 'told')]/li"
    )]  # fmt: skip


def names(page: Page) -> list[str]:
    return [one.text_content() for one in page.tree.xpath("//ul[contains(@class, 'told')]/li/b")]


def last(session: Session) -> str:
    session.rollback()
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    return entry.event if entry else ""


def test_a_booking_shows_what_will_be_said_and_then_what_was(visit: Booking, staff: Staff) -> None:
    page = show(staff("reception"), visit)

    assert names(page) == [
        "A week before", "Will you be there?", "Reminder the day before", "The evening after",
        "Two days after", "A week after", "Four weeks after", "Confirmation",
    ]  # fmt: skip
    assert "goes Thu 26 Mar, 10:00 · ana@example.com" in lines(page)[0]
    assert "Hello Ana Duarte" in lines(page)[-1]


def test_a_clients_file_shows_the_same_with_the_visit(visit: Booking, staff: Staff) -> None:
    page = staff("reception").get("clients.show", client_id=visit.client_id)

    assert len(names(page)) == 8
    assert page.tree.xpath(
        f"//ul[contains(@class, 'told')]//a[contains(@href, '{visit.reference}')]"
    )


def test_a_note_is_sent_now_at_any_hour_and_only_once(
    visit: Booking, app: Flask, session: Session, staff: Staff, at: At
) -> None:
    at("2026-03-15 23:30")
    desk = staff("reception")
    mailbox.empty(app)

    press(desk, show(desk, visit), "Send now: A week before")
    worker.send_due()

    assert [mail["Subject"] for mail in mailbox.mails(app)] == ["One week until your visit"]
    assert last(session) == "message.sent_now"
    bookings.change_address(visit.reference, "new@example.com")
    waiting = sa.select(Message.event).where(Message.status == "waiting", Message.kind == "note")
    assert "prep_3d" in session.scalars(waiting).all()


def test_a_stopped_note_is_never_sent(
    visit: Booking, app: Flask, session: Session, staff: Staff, at: At
) -> None:
    desk = staff("reception")
    page = press(desk, show(desk, visit), "Stop: A week before")
    assert "Stopped. It will not be sent." in page.text
    assert last(session) == "message.stopped"
    mailbox.empty(app)
    at("2026-03-26 10:00")

    worker.send_due()

    assert mailbox.mails(app) == []


def test_what_was_sent_goes_again_as_a_copy_to_the_address_of_now(
    visit: Booking, app: Flask, session: Session, staff: Staff
) -> None:
    with transaction() as inside:
        inside.get_one(Booking, visit.id).contact_email = "new@example.com"
    desk = staff("reception")
    mailbox.empty(app)

    press(desk, show(desk, visit), "Send again")
    worker.send_due()

    (mail,) = mailbox.mails(app)
    assert mail["To"] == "new@example.com"
    sent = sa.select(sa.func.count()).where(
        Message.event == "booking_confirmed", Message.status == "sent"
    )
    session.rollback()
    assert session.scalar(sent) == 2


def test_who_has_no_address_any_more_gets_nothing_again(
    visit: Booking, session: Session, staff: Staff
) -> None:
    with transaction() as inside:
        inside.get_one(Booking, visit.id).contact_email = ""
    desk = staff("reception")

    page = press(desk, show(desk, visit), "Send again")

    assert "Nothing was done" in page.text


def test_trouble_has_a_page_and_the_morning_counts_it(
    visit: Booking, app: Flask, session: Session, staff: Staff, at: At
) -> None:
    with transaction() as inside:
        first = inside.scalars(sa.select(Message).where(Message.event == "prep_7d")).one()
        first.status, first.last_error = "failed", "SMTPRecipientsRefused 550"
        second = inside.scalars(sa.select(Message).where(Message.event == "prep_3d")).one()
        second.due_at = second.planned_for = make.moment("2026-03-10 08:30")
    desk = staff("reception")

    page = desk.get("messages.index")
    assert "refused it for good (550)" in page.text
    assert "Should have gone by now" in page.text
    assert "1 should have gone by now" in desk.get("morning.today").text

    press(desk, page, "Told in another way")
    assert "refused it for good" not in desk.get("messages.index").text


def test_a_practitioner_sees_trouble_with_their_own_visits_alone(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    make.booked(START, practitioner="maya", name="Xanthippe Quill")
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="failed", last_error="X 550"))

    assert "Xanthippe" not in staff("practitioner").get("messages.index").text
    assert "Xanthippe" in staff("reception").get("messages.index").text


def test_a_page_of_trouble_ends_and_the_next_begins_there(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    visit = make.booked(START)
    with transaction() as inside:
        inside.add_all(
            Message(
                location_id=studio.location_id,
                booking_id=visit.id,
                event="booking_moved",
                recipient=f"n{number}@example.com",
                language="en",
                unique_key=f"f{number}",
                created_at=visit.created_at,
                due_at=visit.created_at,
                status="failed",
            )  # fmt: skip
            for number in range(desk_queries.PAGE + 3)
        )
    desk = staff("reception")
    page = desk.get("messages.index")
    assert len(names(page)) == desk_queries.PAGE

    (more,) = page.tree.xpath("//a[normalize-space()='Further on']/@href")

    assert len(names(desk.open(more))) == 3


def test_what_may_have_gone_out_twice_says_so(visit: Booking, staff: Staff) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Message).where(Message.status == "sent").values(interruptions=1))

    assert "it may have gone out twice" in show(staff("reception"), visit).text


def test_the_desk_sets_how_notes_reach_a_client(
    visit: Booking, app: Flask, session: Session, staff: Staff
) -> None:
    app.config["TEXT_URL"] = "file:"
    desk = staff("reception")
    page = desk.get("clients.edit", client_id=visit.client_id)

    page = desk.post(page.path, page.fields() | {"channel": "text"})

    assert "as texts to the phone" in page.text
    session.rollback()
    assert session.get_one(Client, visit.client_id).channel == "text"
    query = sa.select(Message.channel).where(Message.kind == "note").distinct()
    assert session.scalars(query).all() == ["text"]
