"""Tests of spa.booking.staff: the list, one booking, its states and cancelling, page by page."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import desk_list, desk_queries
from spa.database import transaction
from spa.models import (
    AuditEntry,
    Booking,
    Claim,
    Closure,
    Location,
    Message,
    TreatmentWords,
)
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

At = Callable[[str], datetime]
Staff = Callable[..., Pages]


def show(pages: Pages, booking: Booking) -> Page:
    """The page of a booking."""
    return pages.get("desk.show", reference=booking.reference)


def press(pages: Pages, page: Page, words: str) -> Page:
    """Press the button that says so."""
    (button,) = page.tree.xpath(
        f"//main//button[normalize-space()='{words}' or starts-with(normalize-space(), '{words}:')]"
    )
    form = button.xpath("ancestor::form")[0]
    sent = {k: v for k, v in form.form_values() if v is not None}
    if button.get("name"):
        sent[button.get("name")] = button.get("value")
    return pages.post(form.action or page.path, sent)


def status(session: Session, booking: Booking) -> str:
    session.refresh(booking)
    return booking.status


def test_one_tap_marks_a_visit_and_a_second_puts_it_right(
    session: Session, staff: Staff, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 09:55")
    desk = staff("reception")

    page = press(desk, show(desk, booking), "Arrived")

    assert "Ana Duarte: arrived." in page.text
    assert status(session, booking) == "arrived"
    page = press(desk, page, "Back to booked")
    assert status(session, booking) == "booked"
    assert "From arrived to booked." in page.text


def test_a_booking_tells_who_what_when_and_what_happened(staff: Staff) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines", note="I come with my sister")

    page = show(staff("reception"), booking)

    for words in (
        "Ana Duarte",
        "Thursday 12 March, 10:00",
        "Ines",
        "$275",
        "I come with my sister",
        "A first visit",
        "(212) 555-0111",
        "Booked for Thu 12 Mar, 10:00.",
        "Confirmation",
        "waiting to be sent",
    ):
        assert words in page.text


def test_other_contact_details_than_in_the_record_are_pointed_out(staff: Staff) -> None:
    make.booked("2026-03-12 10:00", visitor="one", phone="+12125550111")
    second = make.booked("2026-03-13 10:00", visitor="two", phone="+12125550122")

    desk = staff("reception")
    page = show(desk, second)

    assert "Another phone than in the record: +12125550111" in page.text
    page = press(desk, page, "Looked at")
    assert "Looked at Tue 10 Mar, 09:00" in page.text


def test_a_booking_of_another_practitioner_does_not_exist(staff: Staff) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="maya")

    page = show(staff("practitioner"), booking)

    assert page.status == 404
    assert "To the desk" in page.text


def test_a_practitioner_can_not_cancel_and_is_offered_no_such_button(staff: Staff) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    ines = staff("practitioner")

    page = show(ines, booking)

    assert page.status == 200
    assert not page.tree.xpath("//a[normalize-space()='Cancel']")
    assert ines.get("desk.cancel", reference=booking.reference).status == 403


def test_cancelling_asks_who_calls_it_off_and_keeps_what_was_ticked(
    session: Session, staff: Staff
) -> None:
    booking, desk = make.booked("2026-03-12 10:00"), staff("reception")
    page = desk.get("desk.cancel", reference=booking.reference)

    page = desk.post(page.path, page.fields("") | {"is_told": "y"})

    assert page.status == 422
    assert wrong(page) == {"by": "Choose who calls it off"}
    assert status(session, booking) == "booked"


def test_cancelling_says_in_the_list_by_whom(session: Session, staff: Staff) -> None:
    booking, desk = make.booked("2026-03-12 10:00"), staff("reception")
    page = desk.get("desk.cancel", reference=booking.reference)

    page = desk.post(page.path, page.fields("") | {"by": "studio", "is_told": "y"})

    assert "Cancelled. The hour is free again." in page.text
    assert "Cancelled by the studio" in desk.get("desk.bookings").text
    assert status(session, booking) == "cancelled"


def test_a_cancelled_hour_that_went_to_another_says_who_has_it(
    session: Session, staff: Staff
) -> None:
    booking, desk = make.booked("2026-03-12 10:00", practitioner="ines"), staff("reception")
    page = desk.get("desk.cancel", reference=booking.reference)
    desk.post(page.path, page.fields("") | {"by": "client"})
    make.booked(
        "2026-03-12 10:00", visitor="2", practitioner="ines", name="Bea Lind", email="b@example.com"
    )

    page = press(desk, show(desk, booking), "Book it again")

    assert page.status == 409
    assert "The hour has gone to Bea Lind, 10:00 to 11:00." in alert(page)
    assert status(session, booking) == "cancelled"


def test_a_stale_page_hears_what_somebody_else_did(session: Session, staff: Staff, at: At) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:15")
    desk = staff("reception")
    stale = show(desk, booking)
    press(desk, show(desk, booking), "Did not come")

    page = press(desk, stale, "Done")

    assert page.status == 409
    assert "Somebody changed this while your page was open." in alert(page)
    assert status(session, booking) == "no_show"


def test_a_state_that_does_not_exist_is_not_understood(staff: Staff) -> None:
    booking, desk = make.booked("2026-03-12 10:00"), staff("reception")
    sent = desk.get("desk.cancel", reference=booking.reference).fields("")

    page = desk.post(f"/staff/booking/{booking.reference}/state", sent | {"to": "vanished"})

    assert page.status == 400


def listed(page: Page) -> list[str]:
    return [" ".join(td.text_content().split()) for td in page.tree.xpath("//tbody/tr/td[2]")]


@pytest.fixture
def three(staff: Staff, at: At) -> Pages:
    """Ana tomorrow with Ines, Bea on Friday with Maya, and Cem who did not come in February."""
    at("2026-02-17 09:00")
    gone = make.booked("2026-02-18 10:00", visitor="c", name="Cem", email="c@example.com")
    at("2026-02-18 12:00")
    desk = staff("manager")
    press(desk, show(desk, gone), "Did not come")
    at("2026-03-10 09:00")
    make.booked("2026-03-11 12:00", practitioner="ines", name="Ana", email="a@example.com")
    make.booked(
        "2026-03-13 12:00", visitor="b", practitioner="maya", name="Bea", email="b@example.com"
    )
    return staff("manager")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Ana", "Bea"]),
        ({"with": "maya"}, ["Bea"]),
        ({"from": "2026-02-01", "to": "2026-02-28", "state": "no_show"}, ["Cem"]),
        ({"from": "2026-02-01", "to": "2026-02-28", "state": "done"}, []),
        ({"treatment": "check"}, []),
        ({"treatment": "facial", "to": "2026-03-11"}, ["Ana"]),
        ({"from": "yesterday", "to": "9999-99-99", "state": "'; drop"}, ["Ana", "Bea"]),
        ({"from": "2026-03-12", "to": "2026-03-10"}, ["Ana"]),
    ],
)
def test_the_list_shows_what_is_asked_for(
    query: dict[str, str], names: list[str], three: Pages
) -> None:
    assert listed(three.get("desk.bookings", **query)) == names


def test_a_practitioner_lists_their_own(three: Pages, staff: Staff) -> None:
    assert listed(staff("practitioner").get("desk.bookings")) == ["Ana"]


def test_a_long_list_goes_on_where_the_page_ended(
    session: Session, staff: Staff, monkeypatch: pytest.MonkeyPatch, three: Pages
) -> None:
    monkeypatch.setattr("spa.booking.desk_queries.A_PAGE", 1)
    page = three.get("desk.bookings")
    (onward,) = page.tree.xpath("//a[normalize-space()='Further on']/@href")

    second = three.open(page.path + onward)

    assert (listed(page), listed(second)) == (["Ana"], ["Bea"])
    assert not second.tree.xpath("//a[normalize-space()='Further on']")


def sheet(desk: Pages) -> list[list[str]]:
    """The list as it is taken away."""
    page = desk.get("desk.bookings")
    answer = desk.client.post("/staff/booking/sheet", data=page.fields("/sheet"))
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_a_sheet_has_the_lines_of_the_list_and_is_written_down(
    session: Session, three: Pages
) -> None:
    rows = sheet(three)

    assert [row[3] for row in rows] == ["Client", "Ana", "Bea"]
    assert rows[1][:3] == ["2026-03-11", "12:00", "13:00"]
    assert rows[1][12:] == ["275.00", "USD"]
    entry = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "bookings.exported")
    ).one()
    assert entry.details == {"count": 2}


@pytest.mark.parametrize(
    ("by", "is_late", "expected"),
    [("studio", False, ["studio", ""]), ("client", True, ["client", "yes"])],
)
def test_a_sheet_says_who_called_a_visit_off_and_whether_late(
    by: str, is_late: bool, expected: list[str], session: Session, three: Pages
) -> None:
    visit = session.scalars(sa.select(Booking).where(Booking.contact_name == "Ana")).one()
    visit.status, visit.cancelled_by, visit.is_late = "cancelled", by, is_late
    session.commit()

    heads, ana, bea = sheet(three)

    at = heads.index("Called off by")
    assert (ana[at - 1 : at + 2], bea[at - 1 : at + 2]) == (
        ["Cancelled", *expected],
        ["Booked", "", ""],
    )


def test_a_long_sheet_is_whole_and_read_a_few_lines_at_a_time(
    session: Session, three: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_queries, "AT_ONCE", 2)
    days = [f"2026-03-{day} 12:00" for day in (16, 17, 17, 18, 19)]
    for n, day in enumerate(days):
        make.booked(day, visitor=f"v{n}", name=f"Dee {n}", email=f"d{n}@example.com")
    page = three.get("desk.bookings")
    asked, sizes = desk_queries._page, []

    def noted(*about: Any) -> Any:
        found = asked(*about)
        sizes.append(len(found[0]))
        return found

    monkeypatch.setattr(desk_queries, "_page", noted)
    answer = three.client.post("/staff/booking/sheet", data=page.fields("/sheet"))

    assert "Content-Length" not in answer.headers
    assert [row[3] for row in csv.reader(answer.get_data(as_text=True).splitlines()[1:])] == [
        "Ana",
        "Bea",
        *(f"Dee {n}" for n in range(5)),
    ]
    assert sizes == [2, 2, 2, 1]
    entry = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "bookings.exported")
    ).one()
    assert entry.details == {"count": 7}


def test_the_sieve_names_the_treatments_in_the_language_of_the_place(
    session: Session, staff: Staff
) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Location).values(language="de"))
        inside.execute(sa.update(TreatmentWords).values(language="de"))

    page = staff("manager").get("desk.bookings")

    assert page.tree.xpath("//select[@name='treatment']/option[@value!='']/@value") == [
        "facial",
        "check",
    ]


def test_no_cell_of_a_sheet_is_a_formula(three: Pages) -> None:
    make.booked("2026-03-14 12:00", visitor="x", name='=HYPERLINK("x")', email="x@example.com")

    rows = sheet(three)

    assert rows[-1][3] == '\'=HYPERLINK("x")'
    assert rows[-1][5] == "'+12125550111"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx"])
def test_every_beginning_of_a_formula_is_made_harmless(text: str) -> None:
    assert desk_list.safe(text) == "'" + text
    assert desk_list.safe("Ana " + text) == "Ana " + text


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_takes_a_sheet_away(role: str, staff: Staff) -> None:
    desk = staff(role)
    token = desk.get("desk.bookings")

    assert not token.tree.xpath("//button[normalize-space()='Take as CSV']")


def test_a_message_that_failed_says_why_and_goes_again(session: Session, staff: Staff) -> None:
    booking, desk = make.booked("2026-03-12 10:00"), staff("reception")
    with transaction() as inside:
        failed = {"status": "failed", "last_error": "SMTPRecipientsRefused 550", "tries": 6}
        inside.execute(sa.update(Message).values(**failed))
    page = show(desk, booking)
    assert "Their mail server refused it for good (550)." in page.text

    page = press(desk, page, "Send again")

    assert "A message that had failed was sent again." in page.text
    message = session.scalars(sa.select(Message)).one()
    assert (message.status, message.tries) == ("waiting", 0)
    assert not page.tree.xpath("//button[starts-with(normalize-space(), 'Send again')]")


@pytest.mark.parametrize(
    ("event", "offered"),
    [
        ("booking_cancelled", ["Send again", "Told in another way"]),
        ("booking_confirmed", ["Told in another way"]),
    ],
)
def test_a_cancelled_visit_sends_again_what_is_true_of_it(
    event: str, offered: list[str], session: Session, staff: Staff
) -> None:
    visit, desk = make.booked("2026-03-12 10:00"), staff("reception")
    visit.status, visit.cancelled_by = "cancelled", "client"
    session.commit()
    with transaction() as inside:
        inside.execute(sa.update(Message).values(event=event, status="failed", last_error="X 550"))

    page = show(desk, visit)

    mend = page.tree.xpath("//form[contains(@action, '/messages/')]//button")
    assert [button.text_content().partition(":")[0] for button in mend] == offered
    press(desk, page, offered[0])
    status = "waiting" if len(offered) == 2 else "dealt_with"
    assert session.scalars(sa.select(Message)).one().status == status


def test_a_cancellation_is_put_right_on_a_closed_day_by_saying_why(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    visit, desk = make.booked("2026-03-12 10:00"), staff("manager")
    visit.status = "cancelled"
    session.commit()
    day = make.moment("2026-03-12 10:00").date()
    with transaction() as inside:
        inside.execute(sa.delete(Claim))
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    page = press(desk, show(desk, visit), "Book it again")
    assert page.status == 409
    page = press(desk, page, "Book it again all the same")
    assert "Say why in a few words" in page.text
    fields = page.fields("/state") | {"because": "Agreed with Ines"}
    desk.post(f"/staff/booking/{visit.reference}/state", fields)

    session.refresh(visit)
    assert visit.status == "booked"


def test_a_closed_day_is_not_said_to_have_gone_to_somebody(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    """Ines' visit had the room that Maya's has now, and another room is free."""
    visit, desk = make.booked("2026-03-12 10:00", practitioner="ines"), staff("manager")
    visit.status = "cancelled"
    session.commit()
    with transaction() as inside:
        inside.execute(sa.delete(Claim))
    other = make.booked("2026-03-12 10:00", practitioner="maya", name="Bea", visitor="x")
    assert other.room_id == visit.room_id
    day = make.moment("2026-03-12 10:00").date()
    with transaction() as inside:
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    page = press(desk, show(desk, visit), "Book it again")

    assert page.status == 409
    assert "Bea" not in alert(page)
    assert "closed" in alert(page)
