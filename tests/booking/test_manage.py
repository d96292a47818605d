"""The page to keep: what it says, its calendar file, moving, cancelling, another address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from sqlalchemy.orm import Session

from spa import links
from spa.booking import actions
from spa.models import Booking, Message
from tests import make
from tests.messages import mailbox
from tests.pages import Page
from tests.tables import everything
from tests.visitor import Visitor, alert, clocks, times, wrong

Clock = Callable[[str], datetime]
Apps = Callable[..., Flask]
LATE = "we make a note of it"


@pytest.fixture
def ana(app: Flask, studio: make.Studio) -> Visitor:
    """A client at a browser."""
    return Visitor(app)


def visit(ana: Visitor, booking: Booking, page: str = "visit", **query: str) -> Page:
    """A page behind the link of a booking."""
    token = links.visit_token(booking.reference, booking.link_version)
    return ana.pages.get(f"visit.{page}", token=token, **query)


def booking(session: Session) -> Booking:
    """The only booking, as it is now."""
    session.rollback()
    return session.scalars(sa.select(Booking)).one()


def move(ana: Visitor, session: Session, to: str, **query: str) -> Page:
    """Choose another hour and press the button that moves."""
    page = visit(ana, booking(session), "move", at=to, **query)
    return ana.press(page, "/move", {})


# The page to keep


def test_the_page_says_what_who_where_when_and_until_when(ana: Visitor, session: Session) -> None:
    page = visit(ana, make.booked(other_name="Rosa Duarte"))

    for words in (
        "Thursday 12 March, 10:00",
        "10:00–11:00",
        "New York time",
        "Facial, 60 minutes",
        "Ines",
        "Rosa Duarte",
        "1 Test Street",
        "$275",
        "Come at 09:45",
        "Free to move or cancel until Tuesday 10 March, 10:00",
        "ana@example.com",
        "Before you come",
        "Call (212) 555-0100",
    ):
        assert words in page.text, words


def test_the_page_shows_neither_phone_nor_note(ana: Visitor, session: Session) -> None:
    page = visit(ana, make.booked(note="I use a cane"))

    assert "555-0111" not in page.text and "cane" not in page.text


def test_a_visit_without_needles_needs_no_preparation_of_the_skin(
    ana: Visitor, session: Session
) -> None:
    page = visit(ana, make.booked(slug="check", is_screened=False))

    assert "sunbathing" not in page.text
    assert "straight back to your day" in page.text


def test_the_page_is_there_after_the_visit_without_anything_to_change(
    ana: Visitor, session: Session, at: Clock
) -> None:
    made = make.booked()
    at("2026-03-12 11:30")

    page = visit(ana, made)

    assert "This visit is over" in page.text
    assert not page.tree.xpath("//a[contains(@href, '/move') or contains(@href, '/cancel')]")


@pytest.mark.parametrize(("days", "status"), [(0, 200), (89, 200), (91, 410), (4000, 410)])
def test_a_link_lives_until_ninety_days_after_the_visit(
    days: int, status: int, ana: Visitor, session: Session, app: Flask
) -> None:
    made = make.booked()
    app.config["SPA_NOW"] = made.ends_at + timedelta(days=days)

    assert visit(ana, made).status == status


@pytest.mark.parametrize("page", ["visit", "calendar", "move", "cancel", "email"])
def test_an_old_link_is_gone_on_every_page(page: str, ana: Visitor, session: Session) -> None:
    made = make.booked()
    old = links.visit_token(made.reference, 1)
    actions.change_address(made.reference, "ana@studio-guest.com")

    answer = ana.pages.client.get(ana.pages.address(f"visit.{page}", token=old))

    assert answer.status_code == 410
    assert b"This link no longer works" in answer.data


@pytest.mark.parametrize("page", ["visit", "calendar", "move", "cancel", "email"])
@pytest.mark.parametrize("token", ["x", "WyJhIiwxXQ.forged", "%00", "💆", "x" * 5000])
def test_a_forged_link_leads_nowhere(page: str, token: str, ana: Visitor) -> None:
    answer = ana.pages.client.get(ana.pages.address(f"visit.{page}", token=token))

    assert answer.status_code == 404


@pytest.mark.parametrize("page", ["visit", "calendar", "move", "cancel", "email"])
def test_an_hour_that_is_only_held_has_no_page_to_keep(
    page: str, ana: Visitor, session: Session
) -> None:
    held = make.held()
    token = links.visit_token(held.reference, 1)

    assert ana.pages.client.get(ana.pages.address(f"visit.{page}", token=token)).status_code == 404


def test_a_link_of_the_key_before_still_opens_the_page(
    ana: Visitor, session: Session, app: Flask
) -> None:
    path = ana.pages.address("visit.visit", token=links.visit_token(make.booked().reference, 1))
    app.config["SECRET_KEY_OLD"], app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "new key"

    assert ana.pages.open(path).status == 200


# The calendar


def test_the_calendar_file_can_be_opened(ana: Visitor, session: Session) -> None:
    page = visit(ana, make.booked(), "calendar")

    assert page.response.content_type.startswith("text/calendar; charset=utf-8")
    assert page.response.headers["Content-Disposition"] == 'attachment; filename="visit.ics"'
    calendar = Calendar.from_ical(page.response.data)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("DTSTART") == make.moment("2026-03-12 10:00")
    assert event["SUMMARY"] == "Test Studio"


def test_the_calendar_file_leads_back_to_the_page(ana: Visitor, session: Session) -> None:
    made = make.booked()
    body = visit(ana, made, "calendar").response.get_data(as_text=True).replace("\r\n ", "")

    assert f"/booking/visit/{links.visit_token(made.reference, 1)}" in body


def test_the_calendar_file_of_a_cancelled_visit_cancels_it(ana: Visitor, session: Session) -> None:
    made = actions.cancel_booking(make.booked().reference)

    assert Calendar.from_ical(visit(ana, made, "calendar").response.data)["METHOD"] == "CANCEL"


def test_google_and_outlook_get_the_time_and_the_studio_only(
    ana: Visitor, session: Session
) -> None:
    page = visit(ana, make.booked())
    google, outlook = (
        parse_qs(urlsplit(page.tree.xpath("//a[contains(@href, $host)]/@href", host=host)[0]).query)
        for host in ("calendar.google.com", "outlook.live.com")
    )

    assert google["dates"] == ["20260312T140000Z/20260312T150000Z"]
    assert (google["text"], outlook["subject"]) == (["Test Studio"], ["Test Studio"])
    assert outlook["startdt"] == ["2026-03-12T14:00:00Z"]
    assert "Facial" not in str(google) + str(outlook)


# Moving


def test_moving_shows_from_and_to_before_the_button(ana: Visitor, session: Session) -> None:
    made = make.booked()
    before = everything(ana.app)

    page = visit(ana, made, "move", at="2026-03-20T15:00-04:00")

    assert "Move it to this hour?" in page.text
    assert "Thursday 12 March, 10:00" in page.text and "Friday 20 March, 15:00" in page.text
    assert everything(ana.app) == before


def test_moving_takes_the_new_hour_and_says_so(ana: Visitor, session: Session) -> None:
    make.booked()

    page = move(ana, session, "2026-03-20T15:00-04:00")

    assert page.path.startswith("/booking/visit/")
    assert "Friday 20 March, 15:00" in page.text
    assert booking(session).starts_at == make.moment("2026-03-20 15:00")


def test_its_own_hour_counts_as_free_while_moving(ana: Visitor, session: Session) -> None:
    make.booked(practitioner="ines")
    page = visit(ana, booking(session), "move", **{"day": "2026-03-12", "with": "ines"})

    assert "10:15" in clocks(page)
    move(ana, session, "2026-03-12T10:15-04:00", **{"with": "ines"})
    assert booking(session).starts_at == make.moment("2026-03-12 10:15")


def test_a_move_to_an_hour_that_is_gone_keeps_the_old_one_and_offers_others(
    ana: Visitor, session: Session
) -> None:
    mine = make.booked()
    token = links.visit_token(mine.reference, 1)
    page = visit(ana, mine, "move", at="2026-03-20T15:00-04:00")
    for number in range(2):
        make.booked("2026-03-20 15:00", visitor=f"{number}", email=f"{number}@example.com")

    refused = ana.press(page, "/move", {})

    assert refused.status == 409
    assert "That hour has just been taken." in alert(refused)
    assert len(times(refused)) >= 3
    assert ana.pages.get("visit.visit", token=token).text.count("Thursday 12 March") >= 1


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("2026-03-09T10:00-04:00", "That time has passed."),
        ("2026-03-20T20:00-04:00", "The studio is closed then."),
        ("2026-03-20T15:07-04:00", "Sessions do not start at that minute."),
        ("2027-03-20T15:00-04:00", "That is further ahead than we take bookings."),
    ],
)
def test_a_move_to_an_hour_that_cannot_be_had_says_why(
    to: str, sentence: str, ana: Visitor, session: Session
) -> None:
    made = make.booked()
    asked = visit(ana, made, "move", at=to)
    assert sentence in alert(asked)
    assert len(asked.tree.xpath("//*[@role='alert']//button[@name='at']")) == 3

    form = visit(ana, made, "move", at="2026-03-20T15:00-04:00")
    refused = ana.press(form, "/move", {"at": to})

    assert refused.status == 409
    assert sentence in alert(refused)
    assert booking(session).starts_at == make.moment("2026-03-12 10:00")


@pytest.mark.parametrize("to", ["0001-01-01T00:00+00:00", "9999-12-31T23:59+00:00", "soon", "\0"])
def test_a_move_to_an_absurd_time_is_no_error_of_ours(
    to: str, ana: Visitor, session: Session
) -> None:
    made = make.booked()

    assert visit(ana, made, "move", at=to).status < 500


def test_after_two_moves_the_page_says_to_call(ana: Visitor, session: Session) -> None:
    make.booked()
    move(ana, session, "2026-03-20T15:00-04:00")
    move(ana, session, "2026-03-21T15:00-04:00")

    page = visit(ana, booking(session), "move", at="2026-03-22T15:00-04:00")

    assert "moved as often as we can" in page.text
    assert not page.tree.xpath("//form[@method='post']")
    assert "moved as often as we can" in visit(ana, booking(session)).text


def test_a_late_move_is_said_to_be_late_before_the_button_and_marked(
    ana: Visitor, session: Session, at: Clock
) -> None:
    make.booked()
    at("2026-03-10 10:01")

    page = visit(ana, booking(session), "move", at="2026-03-20T15:00-04:00")
    assert LATE in page.text
    ana.press(page, "/move", {})

    assert booking(session).is_late
    assert "changed late once" in visit(ana, booking(session), "cancel").text


def test_the_last_free_moment_is_free(ana: Visitor, session: Session, at: Clock) -> None:
    make.booked()
    at("2026-03-10 10:00")

    assert LATE not in visit(ana, booking(session), "move", at="2026-03-20T15:00-04:00").text
    assert "Cancelling now is free." in visit(ana, booking(session), "cancel").text


def test_booked_for_tomorrow_there_is_a_quarter_of_an_hour_to_change_ones_mind(
    ana: Visitor, session: Session, at: Clock
) -> None:
    make.booked("2026-03-11 10:00")

    at("2026-03-10 09:15")
    assert "Cancelling now is free." in visit(ana, booking(session), "cancel").text
    at("2026-03-10 09:16")
    assert LATE in visit(ana, booking(session), "cancel").text


def test_a_page_that_was_open_too_long_is_shown_again_and_nothing_moves(
    ana: Visitor, session: Session
) -> None:
    made = make.booked()
    page = visit(ana, made, "move", at="2026-03-20T15:00-04:00")
    ana.pages.client.delete_cookie("session")

    again = ana.press(page, "/move", {})

    assert again.status == 400
    assert "Nothing was changed" in alert(again)
    assert booking(session).moves == 0
    assert ana.press(again, "/move", {}).path.startswith("/booking/visit/")


def test_moving_twice_with_one_button_moves_once(ana: Visitor, session: Session) -> None:
    made = make.booked()
    page = visit(ana, made, "move", at="2026-03-20T15:00-04:00")

    ana.press(page, "/move", {})
    ana.press(page, "/move", {})

    assert booking(session).moves == 1
    assert session.scalar(sa.select(sa.func.count(Message.id))) == 2


def test_who_chooses_the_hour_they_have_is_told_of_no_move(ana: Visitor, session: Session) -> None:
    made = make.booked(practitioner="ines")
    page = visit(ana, made, "move", at=made.starts_at.isoformat())

    done = ana.press(page, "/move", {})

    assert "has moved" not in done.text
    assert booking(session).moves == 0


# Cancelling


def test_cancelling_is_asked_about_and_then_done(ana: Visitor, session: Session) -> None:
    page = visit(ana, make.booked(), "cancel")
    assert "Cancel this visit?" in page.text
    assert booking(session).status == "booked"

    done = ana.press(page, "", {})

    assert "This visit is cancelled" in done.text
    assert booking(session).status == "cancelled"


def test_a_cancelled_hour_is_free_for_others(ana: Visitor, session: Session, app: Flask) -> None:
    page = visit(ana, make.booked(practitioner="ines"), "cancel")
    ana.press(page, "", {})

    assert "10:00" in clocks(Visitor(app).choose(**{"with": "ines"}))


def test_cancelling_twice_is_told_and_changes_nothing(ana: Visitor, session: Session) -> None:
    page = visit(ana, make.booked(), "cancel")
    ana.press(page, "", {})
    before = everything(ana.app)

    again = ana.press(page, "", {})

    assert again.status == 409
    assert "This visit has been cancelled." in alert(again)
    assert everything(ana.app) == before


@pytest.mark.parametrize("page", ["move", "cancel", "email"])
def test_a_cancelled_visit_offers_no_change(page: str, ana: Visitor, session: Session) -> None:
    made = actions.cancel_booking(make.booked().reference)

    shown = visit(ana, made, page)

    assert shown.status in {200, 303, 409}
    if page != "email":
        assert "This visit has been cancelled." in shown.text
        assert not shown.tree.xpath("//form[@method='post']")


def test_nothing_changes_once_the_visit_has_begun(
    ana: Visitor, session: Session, at: Clock
) -> None:
    made = make.booked()
    page = visit(ana, made, "cancel")
    at("2026-03-12 10:00")

    refused = ana.press(page, "", {})

    assert refused.status == 409
    assert "has begun or is over" in alert(refused)
    assert booking(session).status == "booked"


def test_a_cancel_page_that_was_open_too_long_cancels_nothing(
    ana: Visitor, session: Session
) -> None:
    page = visit(ana, make.booked(), "cancel")
    ana.pages.client.delete_cookie("session")

    again = ana.press(page, "", {})

    assert (again.status, booking(session).status) == (400, "booked")


# Another address


def test_another_address_gets_everything_again_and_the_old_link_dies(
    ana: Visitor, session: Session, app: Flask
) -> None:
    made = make.booked(email="ana@exmaple.com")
    old = visit(ana, made)
    mailbox.empty(app)

    page = ana.press(visit(ana, made, "email"), "", {"email": "ana@example.com"})

    assert "ana@example.com" in page.text
    assert ana.pages.open(old.path).status == 410
    with app.app_context():
        mail = mailbox.delivered(app)
    assert mail["To"] == "ana@example.com"
    assert f"http://localhost{page.path}" in mailbox.text(mail)


@pytest.mark.parametrize("email", ["", "ana", "ana@", "jürgen@example.com"])
def test_an_address_that_cannot_be_used_changes_nothing(
    email: str, ana: Visitor, session: Session
) -> None:
    made = make.booked()

    page = ana.press(visit(ana, made, "email"), "", {"email": email})

    assert page.status == 422
    assert set(wrong(page)) == {"email"}
    assert booking(session).link_version == 1


def test_changing_addresses_too_often_is_refused(
    another_app: Apps, session: Session, studio: make.Studio
) -> None:
    made, guest = make.booked(), Visitor(another_app(LIMIT_LINKS=1))
    page = guest.press(visit(guest, made, "email"), "", {"email": "ana@studio-guest.com"})
    form = guest.pages.open(f"{page.path}/email")

    refused = guest.press(form, "", {"email": "bea@studio-guest.com"})

    assert refused.status == 429
    assert booking(session).contact_email == "ana@studio-guest.com"


def test_the_address_of_a_visit_that_is_over_stays(
    ana: Visitor, session: Session, at: Clock
) -> None:
    made = make.booked()
    page = visit(ana, made, "email")
    at("2026-03-12 12:00")

    refused = ana.press(page, "", {"email": "bea@example.com"})

    assert refused.status == 409
    assert booking(session).contact_email == "ana@example.com"
