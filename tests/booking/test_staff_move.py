"""Tests of spa.booking.staff_move: moving by the page, by a drag, and taking it back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Booking
from tests import make
from tests.conftest import NEW_YORK
from tests.pages import Page, Pages
from tests.tables import count
from tests.visitor import alert, clocks

Staff = Callable[..., Pages]
THURSDAY = "2026-03-12"


@pytest.fixture
def booking(studio: make.Studio) -> Booking:
    """A visit with Ines at ten on Thursday."""
    return make.booked(f"{THURSDAY} 10:00", practitioner="ines")


def page_of(desk: Pages, booking: Booking, **query: str) -> Page:
    return desk.get("desk_move.move", reference=booking.reference, **query)


def send(desk: Pages, booking: Booking, page: Page | None = None, **typed: Any) -> Page:
    """Send the form of the page with what is typed."""
    page = page or page_of(desk, booking, **{"with": typed.get("practitioner", "")})
    form = next(f for f in page.tree.forms if f.get("id") == "move")
    kept = {k: v for k, v in form.form_values() if v is not None and k != "at"}
    return desk.post(f"/staff/booking/{booking.reference}/move", kept | typed)


def drag(desk: Pages, booking: Booking, **typed: str) -> Any:
    """Drop the visit there with the mouse."""
    (token, *_) = page_of(desk, booking).tree.xpath("//input[@name='csrf_token']/@value")
    return desk.client.post(
        f"/staff/booking/{booking.reference}/move",
        data=typed,
        headers={"Accept": "application/json", "X-CSRFToken": token},
    )


def hour(session: Session, booking: Booking) -> str:
    session.refresh(booking)
    return f"{booking.starts_at.astimezone(NEW_YORK):%a %H:%M}"


def test_the_page_offers_the_free_times_of_the_day_and_of_who_is_asked_for(
    booking: Booking, staff: Staff
) -> None:
    make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="maya", email="b@example.com")
    page = page_of(staff("reception"), booking, **{"with": "maya"})

    offered = [
        b.get("value")[11:16] for b in page.tree.xpath("//form[@id='move']//button[@name='at']")
    ]
    assert "10:00" in offered and "17:00" in offered
    assert "15:00" not in offered and "13:00" not in offered
    assert clocks(page) == []


def test_one_press_moves_and_the_schedule_says_so(
    session: Session, booking: Booking, staff: Staff
) -> None:
    page = send(staff("reception"), booking, at=f"{THURSDAY}T15:00-04:00")

    assert page.path == "/staff/schedule"
    assert "Ana Duarte is now booked for Thu 12 Mar, 15:00." in page.text
    assert hour(session, booking) == "Thu 15:00"


def test_a_move_is_taken_back_by_the_button_beside_it(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    page = send(desk, booking, at=f"{THURSDAY}T15:00-04:00")

    desk.post(f"/staff/booking/{booking.reference}/undo", page.fields("/undo"))

    assert hour(session, booking) == "Thu 10:00"


def test_the_way_back_is_offered_once(booking: Booking, staff: Staff) -> None:
    desk = staff("reception")
    page = send(desk, booking, at=f"{THURSDAY}T15:00-04:00")
    assert page.tree.xpath("//form[contains(@action, '/undo')]")

    again = desk.open(page.path)

    assert not again.tree.xpath("//form[contains(@action, '/undo')]")


def test_another_time_of_that_day_can_be_typed(
    session: Session, booking: Booking, staff: Staff
) -> None:
    send(staff("reception"), booking, clock="15:05")

    assert hour(session, booking) == "Thu 15:05"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"at": f"{THURSDAY}T12:30-04:00"}, "Ines has a break until 13:30."),
        ({"clock": "18:30"}, "The studio closes at 19:00, and the visit would end at 19:30."),
        ({"clock": "10:02"}, "Visits start on the five minutes."),
        ({"clock": "teatime"}, "Choose a time that the clock shows that day."),
        ({}, "Choose a time that the clock shows that day."),
        ({"at": f"{THURSDAY}T15:00-04:00", "room": "attic"}, "No room or device here suits"),
    ],
)
def test_a_refusal_names_each_reason_and_changes_nothing(
    typed: dict[str, Any], sentence: str, session: Session, booking: Booking, staff: Staff
) -> None:
    page = send(staff("reception"), booking, practitioner="ines", **typed)

    assert page.status in {409, 422}
    assert sentence in alert(page)
    assert hour(session, booking) == "Thu 10:00"


def test_a_refusal_offers_the_nearest_times_as_buttons(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    page = send(desk, booking, practitioner="ines", at=f"{THURSDAY}T12:30-04:00")
    (first, *_) = page.tree.xpath("//div[@role='alert']//button[@name='at']/@value")

    send(desk, booking, page, at=first)

    assert hour(session, booking) == f"Thu {first[11:16]}"


def test_reception_may_not_set_the_shift_aside_and_is_not_offered_to(
    booking: Booking, staff: Staff
) -> None:
    page = send(staff("reception"), booking, practitioner="ines", at=f"{THURSDAY}T12:30-04:00")

    assert not page.tree.xpath("//button[@name='waive']")


def test_a_manager_sets_the_shift_aside_by_saying_why(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("manager")
    page = send(desk, booking, practitioner="ines", at=f"{THURSDAY}T12:30-04:00")
    (form,) = [f for f in page.tree.forms if f.xpath(".//button[@name='waive']")]
    kept = {k: v for k, v in form.form_values() if v is not None}

    short = desk.post(form.action, kept | {"waive": "y", "because": ""})
    assert short.status == 409
    desk.post(form.action, kept | {"waive": "y", "because": "Ines offered it"})

    assert hour(session, booking) == "Thu 12:30"
    shown = desk.get("desk.show", reference=booking.reference)
    assert "Set aside: the shift. Because: Ines offered it" in shown.text


def test_what_is_too_soon_online_is_agreed_at_the_desk(
    session: Session, booking: Booking, staff: Staff
) -> None:
    send(staff("reception"), booking, at="2026-03-10T09:30-04:00")

    assert hour(session, booking) == "Tue 09:30"
    entry = session.get_one(AuditEntry, session.query(AuditEntry.id).count())
    assert entry.details["because"] == "Agreed at the desk"


def test_the_second_of_two_sees_what_changed(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    stale = page_of(desk, booking)
    send(staff("manager"), booking, at=f"{THURSDAY}T15:00-04:00")

    page = send(desk, booking, stale, at=f"{THURSDAY}T16:00-04:00")

    assert page.status == 409
    assert "Moved from Thu 12 Mar, 10:00 to Thu 12 Mar, 15:00." in alert(page)
    assert hour(session, booking) == "Thu 15:00"


def test_a_drag_that_works_says_so_with_the_way_back(
    session: Session, booking: Booking, staff: Staff
) -> None:
    answer = drag(
        staff("reception"), booking, at=f"{THURSDAY}T15:00", practitioner="maya", is_told="y"
    )

    assert answer.status_code == 200 and answer.json["ok"]
    assert "Undo" in answer.json["html"]
    assert hour(session, booking) == "Thu 15:00"


def test_a_drag_that_can_not_be_says_why_and_what_works(
    session: Session, booking: Booking, staff: Staff
) -> None:
    answer = drag(staff("manager"), booking, at=f"{THURSDAY}T12:30", practitioner="ines")

    assert answer.status_code == 409 and not answer.json["ok"]
    assert "Ines has a break until 13:30." in answer.json["html"]
    assert 'name="because"' in answer.json["html"]
    assert hour(session, booking) == "Thu 10:00"


def test_a_drag_without_the_token_of_the_page_moves_nothing(
    session: Session, booking: Booking, staff: Staff
) -> None:
    answer = staff("reception").client.post(
        f"/staff/booking/{booking.reference}/move",
        data={"at": f"{THURSDAY}T15:00"},
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 400
    assert hour(session, booking) == "Thu 10:00"


def test_who_was_signed_out_meanwhile_is_told_where_to_sign_in(
    booking: Booking, staff: Staff, pages: Pages
) -> None:
    token = pages.get("accounts.sign_in").fields()["csrf_token"]

    answer = pages.client.post(
        f"/staff/booking/{booking.reference}/move",
        data={"at": f"{THURSDAY}T15:00"},
        headers={"Accept": "application/json", "X-CSRFToken": token},
    )

    assert answer.status_code == 401
    assert answer.get_json()["sign_in"].startswith("/staff/login")


def test_a_client_without_email_is_to_be_called(
    session: Session, booking: Booking, staff: Staff, app: Any
) -> None:
    booking.contact_email = ""
    session.commit()

    page = send(staff("reception"), booking, at=f"{THURSDAY}T15:00-04:00")

    assert "There is no email: call them." in page.text
    assert count(app, "message") == 1
