"""Tests of spa.booking.staff_move: moving by the page, by a drag, and taking it back."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import html
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Booking
from tests import make
from tests.conftest import NEW_YORK
from tests.pages import Page, Pages
from tests.tables import count
from tests.visitor import alert, clocks, wrong

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


def offered(page: Page) -> list[str]:
    """The times of the day that are there to press."""
    found: list[str] = page.tree.xpath("//form[@id='move']//button[@name='at']/@value")
    return found


def hour(session: Session, booking: Booking) -> str:
    session.refresh(booking)
    return f"{booking.starts_at.astimezone(NEW_YORK):%a %H:%M}"


def test_the_page_offers_the_free_times_of_the_day_and_of_who_is_asked_for(
    booking: Booking, staff: Staff
) -> None:
    make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="maya", email="b@example.com")
    page = page_of(staff("reception"), booking, **{"with": "maya"})

    times = [at[11:16] for at in offered(page)]
    assert "10:00" in times and "17:00" in times
    assert "15:00" not in times and "13:00" not in times
    assert clocks(page) == []


def test_one_press_moves_and_the_schedule_says_so(
    session: Session, booking: Booking, staff: Staff
) -> None:
    page = send(staff("reception"), booking, at=f"{THURSDAY}T15:00-04:00")

    assert page.path == "/staff/schedule"
    assert "Ana Duarte is now booked for Thu 12 Mar, 15:00, Ines, Room 1." in page.text
    assert hour(session, booking) == "Thu 15:00"


def test_a_move_is_taken_back_by_the_button_beside_it(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    page = send(desk, booking, at=f"{THURSDAY}T15:00-04:00")

    after = desk.post(f"/staff/booking/{booking.reference}/undo", page.fields("/undo"))

    assert hour(session, booking) == "Thu 10:00"
    assert "Undone. All is as it was." in after.text
    assert "Thursday 12 March" in after.text


def test_an_hour_that_has_gone_is_not_taken_back_and_who_has_it_is_said(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    page = send(desk, booking, at=f"{THURSDAY}T15:00-04:00")
    make.held(f"{THURSDAY} 10:15", visitor="2", practitioner="ines")

    after = desk.post(f"/staff/booking/{booking.reference}/undo", page.fields("/undo"))

    assert after.status == 409
    assert "That can't be undone any more." in alert(after)
    assert "Ines is with another client until" in alert(after)
    assert hour(session, booking) == "Thu 15:00"


@pytest.mark.parametrize("entry", ["", "0", "x", "9" * 30, "1"])
def test_what_is_no_move_of_a_moment_ago_is_not_undone(
    entry: str, session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")
    page = send(desk, booking, at=f"{THURSDAY}T15:00-04:00")

    kept = page.fields("/undo") | {"entry": entry}
    after = desk.post(f"/staff/booking/{booking.reference}/undo", kept)

    assert after.status == 409
    assert "It is too late to undo that." in alert(after)
    assert hour(session, booking) == "Thu 15:00"


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


def test_a_time_in_the_address_is_there_to_be_taken(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("reception")

    page = page_of(desk, booking, at="2026-03-13T15:05-04:00", **{"with": "maya"})
    send(desk, booking, page)

    assert hour(session, booking) == "Fri 15:05"


def test_where_it_is_already_nothing_is_changed_and_nothing_to_undo(
    session: Session, booking: Booking, staff: Staff
) -> None:
    page = send(staff("reception"), booking, practitioner="ines", at=f"{THURSDAY}T10:00-04:00")

    assert "Nothing had to be changed: it is there already." in page.text
    assert not page.tree.xpath("//form[contains(@action, '/undo')]")


def test_where_it_is_already_is_offered_only_for_another_room(
    booking: Booking, staff: Staff
) -> None:
    desk, own = staff("reception"), f"{THURSDAY}T10:00-04:00"

    page = send(desk, booking, at=f"{THURSDAY}T12:30-04:00")
    nearest = page.tree.xpath("//div[@role='alert']//button[@name='at']/@value")

    assert own not in nearest + offered(page_of(desk, booking))
    assert own in offered(page_of(desk, booking, room="room-2"))
    assert own in offered(page_of(desk, booking, **{"with": "maya"}))


def test_a_visit_that_is_over_has_no_form_to_move_it(
    session: Session, booking: Booking, staff: Staff
) -> None:
    booking.status = "done"
    session.commit()

    page = page_of(staff("reception"), booking)

    assert "This visit is not to be moved now" in page.text
    assert not page.tree.xpath("//form[@id='move']")


def test_with_a_room_only_its_own_times_are_offered(
    studio: make.Studio, booking: Booking, staff: Staff
) -> None:
    other = make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="maya", email="b@b.example")
    assert other.room_id == studio.room_1
    desk = staff("reception")

    times = {room: offered(page_of(desk, booking, room=room)) for room in ("room-1", "room-2")}

    assert f"{THURSDAY}T15:00-04:00" not in times["room-1"]
    assert f"{THURSDAY}T15:00-04:00" in times["room-2"]


def test_the_nearest_times_of_a_room_that_is_taken_are_times_of_that_room(
    session: Session, studio: make.Studio, booking: Booking, staff: Staff
) -> None:
    make.booked(f"{THURSDAY} 15:00", visitor="2", practitioner="maya", email="b@example.com")
    desk = staff("reception")
    page = page_of(desk, booking, room="room-1")

    page = send(desk, booking, page, at=f"{THURSDAY}T15:00-04:00")
    assert "Room 1 is in use until 16:15." in alert(page)
    (first, *_) = page.tree.xpath("//div[@role='alert']//button[@name='at']/@value")
    send(desk, booking, page, at=first)

    assert hour(session, booking) == f"Thu {first[11:16]}"
    assert booking.room_id == studio.room_1


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
    assert short.status == 422
    assert wrong(short)["because"] == "Say why, so that others understand it later"
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
    (again,) = page.tree.xpath("//div[@role='alert']//button[@name='at']/@value")
    send(desk, booking, page, at=again)
    assert hour(session, booking) == "Thu 16:00"


def test_the_second_of_two_loses_nothing_of_why_it_should_be(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk, typed = staff("manager"), {"waive": "y", "because": "Ines offered it"}
    stale = page_of(desk, booking, **{"with": "ines"})
    send(staff("reception"), booking, at=f"{THURSDAY}T15:00-04:00")

    page = send(desk, booking, stale, at=f"{THURSDAY}T12:30-04:00", **typed)

    assert page.status == 409
    assert page.tree.xpath("//input[@name='because']/@value") == ["Ines offered it"]


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


def test_a_refused_drag_that_is_tried_again_keeps_its_room_and_who_is_told(
    session: Session, booking: Booking, staff: Staff
) -> None:
    desk = staff("manager")
    back = f"/staff/schedule?day={THURSDAY}&by=room"
    typed = {"at": f"{THURSDAY}T12:30", "practitioner": "ines", "room": "room-2", "back": back}

    answer = drag(desk, booking, **typed)

    for form in html.fromstring(f"<div>{answer.get_json()['html']}</div>").forms:
        kept = dict(form.form_values())
        assert kept["room"] == "room-2"
        assert kept["back"] == back
        assert "is_told" not in kept


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-03-08T02:30", ""),
        ("2026-03-12T25:00", ""),
        ("2026-03-12", ""),
        ("0000-00-00T00:00", ""),
        ("2026-03-12T15:00Z; drop", ""),
        ("2026-03-12T19:00Z", "Thu 15:00"),
        ("2026-03-12T15:00-04:00", "Thu 15:00"),
        ("2026-03-12T15:00", "Thu 15:00"),
    ],
)
def test_a_drag_may_name_its_hour_by_the_clock_of_the_place_or_with_an_offset(
    at: str, shown: str, session: Session, booking: Booking, staff: Staff
) -> None:
    answer = drag(staff("reception"), booking, at=at)

    assert answer.status_code == (200 if shown else 422)
    assert ("that the clock shows" in answer.get_json()["html"]) is not bool(shown)
    assert hour(session, booking) == (shown or "Thu 10:00")


def test_an_hour_that_comes_twice_is_the_first(booking: Booking, staff: Staff) -> None:
    answer = drag(staff("manager"), booking, at="2026-11-01T01:30")

    assert answer.status_code == 409
    assert 'name="at" value="2026-11-01T05:30:00+00:00"' in answer.get_json()["html"]


def test_a_drag_onto_an_hour_that_somebody_holds_meanwhile_says_so(
    session: Session, booking: Booking, staff: Staff
) -> None:
    make.held(f"{THURSDAY} 15:00", visitor="2", practitioner="maya")

    answer = drag(staff("reception"), booking, at=f"{THURSDAY}T15:30", practitioner="maya")

    assert answer.status_code == 409
    assert "Maya is with another client until 16:00." in answer.get_json()["html"]
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
