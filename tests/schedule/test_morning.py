"""Tests of spa.schedule.morning: what somebody sees first in the morning."""

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa
from lxml import html
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Capability, Closure, Message
from tests import make
from tests.pages import Page, Pages

At = Callable[[str], datetime]
Staff = Callable[..., Pages]


def section(page: Page, heading: str) -> str:
    """The words of the section with that heading."""
    (found,) = page.tree.xpath(f"//section[h2[normalize-space()={heading!r}]]")
    return " ".join(found.text_content().split())


def fail_mail_of(session: Session, booking_id: int) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Message).where(Message.booking_id == booking_id).values(status="failed")
        )


def test_todays_visits_come_in_order_with_what_may_be_pressed(staff: Staff) -> None:
    make.booked("2026-03-10 15:00", visitor="b", name="Bea Lind", email="b@example.com")
    make.booked("2026-03-10 12:00", name="Ana Duarte")

    page = staff("reception").get("morning.today")

    said = section(page, "Today's visits")
    assert said.index("12:00 Ana Duarte") < said.index("15:00 Bea Lind")
    assert page.tree.xpath("//button[@name='to']/@value") == ["arrived", "arrived"]
    assert "Good morning, Reception" in page.text


def test_one_tap_from_here_leads_back_here(staff: Staff) -> None:
    booking = make.booked("2026-03-10 12:00")
    desk = staff("reception")
    page = desk.get("morning.today")
    fields = page.fields("/state")

    page = desk.post(f"/staff/booking/{booking.reference}/state", fields | {"to": "arrived"})

    assert page.path == "/staff"
    assert "Ana Duarte: arrived." in page.text
    assert "1here now" in page.text


def test_the_part_that_is_exchanged_is_the_page_without_its_frame(staff: Staff, at: At) -> None:
    make.booked("2026-03-10 12:00")
    desk = staff("reception")
    (before,) = desk.get("morning.today").tree.xpath("//div[@id='morning']")

    make.booked("2026-03-10 15:00", visitor="b", name="Bea Lind", email="b@example.com")
    answer = desk.client.get(before.get("data-part"))
    part = html.fragment_fromstring(answer.get_data(as_text=True).strip())

    assert (part.tag, part.get("id")) == ("div", "morning")
    assert "Bea Lind" in part.text_content()
    assert "Bea Lind" not in before.text_content()
    assert part.get("data-tag") != before.get("data-tag")
    known = f"{part.get('data-tag-url')}&seen={part.get('data-tag')}"
    assert desk.client.get(known).status_code == 204

    at("2026-03-11 08:00")
    assert staff("reception").client.get(known).get_json()["today"] == "2026-03-11"


def test_what_needs_a_look_in_the_coming_week_is_listed_until_it_was_looked_at(
    staff: Staff,
) -> None:
    booking = make.booked("2026-03-13 10:00", note="I use a wheelchair")
    desk = staff("reception")

    assert "Ana Duarte Fri 13 Mar, 10:00" in section(desk.get("morning.today"), "Needs a look")

    page = desk.get("desk.show", reference=booking.reference)
    desk.post(f"/staff/booking/{booking.reference}/look", page.fields("/look"))
    assert "All is looked at" in section(desk.get("morning.today"), "Needs a look")


def test_mail_that_failed_is_named_with_its_visit(session: Session, staff: Staff) -> None:
    booking = make.booked("2026-03-20 10:00")
    fail_mail_of(session, booking.id)

    page = staff("reception").get("morning.today")

    assert "Confirmation to ana@example.com" in section(page, "Messages that did not arrive")


def test_certificates_are_named_two_months_before_they_end(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    for who, ends_on in ((studio.ines, date(2026, 5, 9)), (studio.maya, date(2026, 5, 10))):
        with transaction() as inside:
            inside.execute(
                sa.update(Capability)
                .where(Capability.resource_id == who, Capability.treatment_id == studio.facial)
                .values(certified_until=ends_on)
            )

    said = section(staff("owner").get("morning.today"), "Certificates")

    assert "Ines ends on Sat 9 May" in said
    assert "Maya" not in said


def test_a_practitioner_sees_what_is_their_own(session: Session, staff: Staff) -> None:
    make.booked("2026-03-10 12:00", practitioner="ines", name="Ana Duarte")
    other = make.booked(
        "2026-03-10 12:00", visitor="b", practitioner="maya", name="Bea", email="b@example.com"
    )
    fail_mail_of(session, other.id)

    page = staff("practitioner").get("morning.today")

    assert "Ana Duarte" in page.text
    assert "Bea" not in page.text and "b@example.com" not in page.text


def test_a_closed_day_says_so(session: Session, studio: make.Studio, staff: Staff) -> None:
    with transaction() as inside:
        inside.add(
            Closure(
                location_id=studio.location_id,
                first_on=date(2026, 3, 10),
                last_on=date(2026, 3, 10),
            )
        )

    page = staff("reception").get("morning.today")

    assert "The studio is closed today." in page.text
    assert "Tue 10 Mar closed" in section(page, "Hours worth filling")


def test_a_full_day_is_told_from_one_with_hours_left(
    session: Session, staff: Staff, at: At
) -> None:
    said = section(staff("reception").get("morning.today"), "Hours worth filling")

    # Two people for ten hours less half an hour's lunch each.
    assert "Wed 11 Mar 19 h free" in said
    make.booked("2026-03-11 10:00")
    said = section(staff("reception").get("morning.today"), "Hours worth filling")
    # One of the two rooms is taken for the hour and its cleaning.
    assert "Wed 11 Mar 17.5 h free" in said


def test_the_greeting_goes_by_the_studios_clock(staff: Staff, at: At) -> None:
    at("2026-03-10 18:30")

    assert "Good evening" in staff("owner").get("morning.today").text
