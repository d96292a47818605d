"""The whole story of a visit: from the treatment's page to the mail, the calendar, and its end."""

import re
from collections.abc import Callable
from datetime import datetime

from flask import Flask
from icalendar import Calendar
from sqlalchemy.orm import Session

from spa.messages import worker
from tests import make
from tests.messages import mailbox
from tests.tables import count
from tests.visitor import Visitor, alert, clocks, times

Clock = Callable[[str], datetime]


def link_in(text: str) -> str:
    """The path of the secret link in a mail."""
    found = re.search(r"http://localhost(/booking/visit/\S+)", text)
    assert found, text
    return found.group(1)


def test_a_client_books_moves_and_cancels_an_hour(
    app: Flask, session: Session, studio: make.Studio, at: Clock
) -> None:
    mailbox.empty(app)
    ana = Visitor(app)

    # She reads about the treatment, and takes one of the times beside it.
    page = ana.pages.open("/treatments/facial")
    page = ana.pages.open(page.tree.xpath("//a[text()='See all times']/@href")[0])
    page = ana.pages.open(page.tree.xpath("//table//a[text()='20']/@href")[0])
    at_ten = next(time for time in times(page) if time.startswith("2026-03-20T10:00"))
    held = ana.press(page, "/hold", {"at": at_ten})
    assert "Fri 20 Mar, 10:00 is held for you until 09:10" in held.text

    # She forgets the phone, is told so, and confirms.
    wrong = ana.confirm(held, phone="")
    assert (wrong.status, wrong.fields()["name"]) == (422, "Ana Duarte")
    kept = ana.confirm(wrong)
    assert "Friday 20 March, 10:00 is yours" in kept.text

    # The mail comes, with the link to the same page and the calendar file.
    mail = mailbox.delivered(app)
    link = link_in(mailbox.text(mail))
    assert link == kept.path
    assert mailbox.event(mail).decoded("DTSTART") == make.moment("2026-03-20 10:00")

    # Days later, on another device, she opens the link and adds the visit to her calendar.
    at("2026-03-15 20:00")
    phone = Visitor(app)
    page = phone.pages.open(link)
    assert "is yours" not in page.text
    ics = phone.pages.open(page.tree.xpath("//a[contains(@href, '.ics')]/@href")[0])
    (event,) = Calendar.from_ical(ics.response.data).walk("VEVENT")
    assert event["UID"] == mailbox.event(mail)["UID"]

    # She moves it to Monday.
    page = phone.pages.open(page.tree.xpath("//a[contains(@href, '/move')]/@href")[0])
    page = phone.pages.open(page.tree.xpath("//table//a[text()='23']/@href")[0])
    monday = next(time for time in times(page) if time.startswith("2026-03-23T15:00"))
    page = phone.pages.open(f"{link}/move?at={monday.replace('+', '%2B')}")
    page = phone.press(page, "/move", {})
    assert "Monday 23 March, 15:00" in page.text
    moved = mailbox.delivered(app)
    assert moved["Subject"] == "Your visit has moved to Monday 23 March"
    assert mailbox.event(moved)["UID"] == event["UID"]
    assert mailbox.event(moved)["SEQUENCE"] == 1
    assert link_in(mailbox.text(moved)) == link

    # The old hour is free again, for somebody else.
    assert "10:00" in clocks(Visitor(app).choose(day="2026-03-20"))

    # The day before she has to cancel: late, and told so before the button.
    at("2026-03-22 16:00")
    page = phone.pages.open(f"{link}/cancel")
    assert "late cancellation" in page.text
    page = phone.press(page, "", {})
    assert "This visit is cancelled" in page.text
    cancelled = mailbox.delivered(app)
    assert mailbox.calendar(cancelled)["METHOD"] == "CANCEL"
    assert mailbox.event(cancelled)["SEQUENCE"] == 2

    # Nothing is claimed any more, nothing more can be changed, and every mail went out once.
    assert count(app, "claim") == 0
    assert "This visit has been cancelled." in phone.pages.open(f"{link}/move").text
    assert worker.send_due() == 0
    assert len(mailbox.mails(app)) == 3


def test_a_mistyped_address_is_put_right_and_the_stranger_sees_nothing(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    mailbox.empty(app)
    ana, stranger = Visitor(app), Visitor(app)
    kept = ana.book(email="somebody.else@studio-guest.com")
    old = link_in(mailbox.text(mailbox.delivered(app)))

    page = ana.pages.open(f"{kept.path}/email")
    ana.press(page, "", {"email": "ana@example.com"})

    new = mailbox.delivered(app)
    assert (new["To"], link_in(mailbox.text(new)) != old) == ("ana@example.com", True)
    gone = stranger.pages.open(old)
    assert gone.status == 410 and "Ana" not in gone.text
    assert stranger.pages.open(link_in(mailbox.text(new))).status == 200


def test_a_lost_mail_is_asked_for_again(
    app: Flask, session: Session, studio: make.Studio, at: Clock
) -> None:
    mailbox.empty(app)
    ana = Visitor(app)
    kept = ana.book()
    worker.send_due()
    at("2026-03-10 10:00")

    ana.press(ana.pages.open("/booking/find"), "", {"email": " ANA@example.com "})

    mail = mailbox.delivered(app)
    assert mail["Subject"] == "Your coming visits"
    assert link_in(mailbox.text(mail)) == kept.path


def test_two_clients_want_the_last_hour(
    app: Flask, session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked(practitioner="maya", email="x@example.com", visitor="x")
    ana, bea = Visitor(app), Visitor(app)
    both = [ana.choose(), bea.choose()]

    held = ana.press(both[0], "/hold", {"at": "2026-03-12T10:00-04:00"})
    refused = bea.press(both[1], "/hold", {"at": "2026-03-12T10:00-04:00"})
    assert (held.status, refused.status) == (200, 409)

    # Ana's hold ends while she looks for her phone; Bea takes the hour; Ana loses nothing typed.
    at("2026-03-10 09:11")
    yes = bea.press(refused, "/hold", {"at": "2026-03-12T10:00-04:00"})
    assert "is held for you" in yes.text
    bea.confirm(yes, name="Bea Ruiz", email="bea@example.com")
    sorry = ana.confirm(held, note="Two steps")
    assert "That hour has just been taken." in alert(sorry)
    page = ana.press(sorry, "", {"at": times(sorry)[0]})
    done = ana.press(page, "", {"do": "confirm"})
    assert done.path.startswith("/booking/visit/")
