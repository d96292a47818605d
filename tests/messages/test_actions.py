"""Tests of spa.messages.actions: what becomes of a message that could not be delivered."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.messages import actions
from spa.models import Booking, Message
from tests import make
from tests.booking.test_state_actions import last_entry, somebody
from tests.pages import Pages

Staff = Callable[..., Pages]


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    return somebody(session, Role.RECEPTION)


def failed(session: Session, event: str, visit: Booking) -> int:
    """The number of a message about this visit that was not delivered."""
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="sent"))
        message = Message(
            location_id=visit.location_id, booking_id=visit.id, event=event, status="failed",
            recipient="a@example.com", language="en", unique_key=event,
            created_at=visit.created_at, due_at=visit.created_at, tries=6,
        )  # fmt: skip
        inside.add(message)
        inside.flush()
        return message.id


def test_a_message_that_is_not_true_any_more_is_not_sent_again(
    session: Session, kim: Actor
) -> None:
    visit = make.booked("2026-03-12 10:00")

    number = failed(session, "booking_cancelled", visit)

    assert not actions.send_again(number, visit.location_id, actor=kim)
    assert session.get_one(Message, number).status == "failed"


def test_a_failed_message_is_dealt_with_or_sent_again_once(session: Session, kim: Actor) -> None:
    visit = make.booked("2026-03-12 10:00")
    number = failed(session, "booking_moved", visit)

    assert actions.deal_with(number, visit.location_id, actor=kim)
    assert not actions.deal_with(number, visit.location_id, actor=kim)
    assert not actions.send_again(number, visit.location_id, actor=kim)

    assert session.get_one(Message, number).status == "dealt_with"
    assert last_entry(session).event == "message.dealt_with"


def test_a_message_of_another_place_is_left_alone(session: Session, kim: Actor) -> None:
    number = failed(session, "booking_moved", make.booked("2026-03-12 10:00"))

    assert not actions.deal_with(number, 99, actor=kim)
    assert session.get_one(Message, number).status == "failed"


def test_a_failed_mail_leaves_the_morning_page_when_it_is_dealt_with(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    number = failed(session, "booking_cancelled", make.booked("2026-03-12 10:00"))
    desk = staff("reception")
    page = desk.get("morning.today")
    assert "Messages that did not arrive" in page.text

    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    page = desk.post(f"/staff/messages/{number}", {"csrf_token": token, "do": "told"})

    assert "Noted: told in another way." in page.text
    assert "Messages that did not arrive" not in page.text


@pytest.mark.parametrize(("role", "is_linked"), [("owner", True), ("reception", False)])
def test_an_invitation_that_failed_leads_to_where_it_is_sent_again(
    role: str, is_linked: bool, session: Session, staff: Staff
) -> None:
    visit, desk = make.booked("2026-03-12 10:00"), staff(role)
    number = failed(session, "staff_invited", visit)
    with transaction() as inside:
        bo = make.staff(inside, "reception", email="bo@example.com")
        message = inside.get_one(Message, number)
        message.booking_id, message.staff_id = None, bo.id

    page = desk.get("morning.today")

    links = page.tree.xpath("//a[normalize-space()='Invite again']/@href")
    assert links == ([desk.address("people.show", staff_id=bo.id)] if is_linked else [])
    assert page.tree.xpath("//button[starts-with(normalize-space(), 'Told in another way')]")
    boss = somebody(session, Role.OWNER, email="boss@example.com")
    assert not actions.send_again(number, visit.location_id, actor=boss)
