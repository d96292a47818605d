"""Choosing a time, holding it, and giving details, as a client sees it."""

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.database import db, transaction
from spa.models import Booking, Client, Closure, Message, Resource, Treatment
from tests import make
from tests.pages import Page
from tests.tables import everything
from tests.visitor import TYPED, Visitor, alert, clocks, times, wrong

Clock = Callable[[str], datetime]
Apps = Callable[..., Flask]


@pytest.fixture
def ana(app: Flask, studio: make.Studio) -> Visitor:
    """A client at a browser."""
    return Visitor(app)


def bookings(session: Session) -> list[tuple[str, str]]:
    """State and name of every booking, in order."""
    session.rollback()
    rows = session.execute(sa.select(Booking.status, Booking.contact_name).order_by(Booking.id))
    return [(row[0], row[1]) for row in rows]


def day_links(page: Page) -> dict[int, str]:
    """The days of the month that are links."""
    return {int(a.text): a.get("href") for a in page.tree.xpath("//table//a") if a.text}


def chosen(page: Page) -> list[str]:
    """The filters that are chosen."""
    return [a.text_content().strip() for a in page.tree.xpath("//a[@aria-current='true']")]


# Choosing


def test_free_days_are_links_and_others_are_not(ana: Visitor, session: Session) -> None:
    with transaction() as inside:
        place = inside.scalars(sa.select(Treatment.location_id)).first()
        inside.add(
            Closure(location_id=place, first_on=date(2026, 3, 16), last_on=date(2026, 3, 17))
        )

    days = day_links(ana.choose())

    assert set(days) == set(range(10, 32)) - {16, 17}
    assert parse_qs(urlsplit(days[20]).query) == {"day": ["2026-03-20"]}


def test_the_times_of_a_day_are_buttons_with_who_is_there(ana: Visitor) -> None:
    page = ana.choose()

    assert clocks(page)[:3] == ["09:00", "09:15", "09:30"]
    assert clocks(page)[-1] == "18:00"
    assert "Thursday 12 March" in page.text
    assert {s.text_content() for s in page.tree.xpath("//button[@name='at']/small")} == {"Ines"}


def test_the_first_day_with_free_hours_is_shown_unless_one_is_asked_for(ana: Visitor) -> None:
    page = ana.pages.get("booking.choose", treatment="facial")

    assert clocks(page)[0] == "11:00"
    assert "Tuesday 10 March" in page.text


def test_three_soonest_picks_lie_an_hour_apart(ana: Visitor) -> None:
    page = ana.pages.get("booking.choose", treatment="facial")

    soonest = page.tree.xpath("//*[contains(@class, 'soonest')]//button[@name='at']/@value")
    assert soonest == [f"2026-03-10T{clock}-04:00" for clock in ("11:00", "12:00", "13:30")]


def test_the_zone_of_the_times_is_named(ana: Visitor) -> None:
    assert "Times are in New York time." in ana.choose().text


def test_a_practitioner_can_be_chosen(ana: Visitor, session: Session) -> None:
    make.booked(practitioner="ines")

    page = ana.choose(**{"with": "ines"})

    assert "Ines" in chosen(page)
    assert "10:00" not in clocks(page)
    assert "10:00" in clocks(ana.choose(**{"with": "maya"}))
    assert page.fields("/hold")["practitioner"] == "ines"


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [("morning", "09:00", "11:45"), ("afternoon", "12:00", "16:45"), ("evening", "17:00", "18:00")],
)
def test_a_part_of_the_day_can_be_chosen(part: str, first: str, last: str, ana: Visitor) -> None:
    found = clocks(ana.choose(part=part))

    assert (found[0], found[-1]) == (first, last)


def test_a_filter_stays_when_another_day_or_month_is_opened(ana: Visitor) -> None:
    page = ana.choose(**{"with": "maya"}, part="evening")

    links = [*day_links(page).values(), page.tree.xpath("//a[@id='month-after']/@href")[0]]
    for link in links:
        query = parse_qs(urlsplit(link).query)
        assert (query["with"], query["part"]) == (["maya"], ["evening"])


def test_months_can_be_turned_within_the_horizon_only(ana: Visitor) -> None:
    first, last = ana.choose(day="2026-03-12"), ana.choose(day="2026-09-01")

    assert not first.tree.xpath("//a[@id='month-before']")
    assert first.tree.xpath("//a[@id='month-after']/@aria-label") == ["April 2026"]
    assert last.tree.xpath("//a[@id='month-before']/@aria-label") == ["August 2026"]
    assert not last.tree.xpath("//a[@id='month-after']")


def test_a_month_with_nothing_free_says_so_and_leads_to_the_next_free_day(
    ana: Visitor, session: Session
) -> None:
    with transaction() as inside:
        place = inside.scalars(sa.select(Treatment.location_id)).first()
        inside.add(Closure(location_id=place, first_on=date(2026, 4, 1), last_on=date(2026, 5, 3)))

    page = ana.pages.get("booking.choose", treatment="facial", month="2026-04")

    assert "Nothing is free here" in page.text
    (link,) = page.tree.xpath("//a[@id='next-free']/@href")
    assert "day=2026-05-04" in link
    assert clocks(ana.pages.open(link))[0] == "09:00"


def test_a_day_with_nothing_free_leads_to_the_next_one(ana: Visitor, session: Session) -> None:
    with transaction() as inside:
        place = inside.scalars(sa.select(Treatment.location_id)).first()
        inside.add(
            Closure(location_id=place, first_on=date(2026, 3, 12), last_on=date(2026, 3, 12))
        )

    page = ana.choose()

    assert clocks(page) == []
    assert "Next free: Friday 13 March" in page.text


def test_when_nothing_is_free_for_as_long_as_we_plan_the_page_still_stands(
    ana: Visitor, session: Session
) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Resource)
            .where(Resource.kind == "room")
            .values(archived_at=make.moment("2026-01-01 00:00"))
        )

    page = ana.pages.get("booking.choose", treatment="facial")

    assert (page.status, times(page)) == (200, [])
    assert "Nothing is free here" in page.text


def test_an_unknown_treatment_is_a_404(ana: Visitor) -> None:
    assert ana.pages.open("/booking/nothing").status == 404
    assert ana.pages.client.post("/booking/nothing/hold").status_code == 404


# Holding


def test_choosing_a_time_holds_it_for_ten_minutes(ana: Visitor, session: Session) -> None:
    page = ana.hold()

    assert (page.status, bookings(session)) == (200, [("held", "")])
    assert "Thu 12 Mar, 10:00 is held for you until 09:10" in page.text
    assert page.tree.xpath("//*[@data-hold]/@data-hold") == ["600"]


def test_somebody_else_sees_a_held_hour_as_taken(ana: Visitor, app: Flask) -> None:
    ana.hold(practitioner="ines")

    other = Visitor(app).choose(**{"with": "ines"})

    assert not {"09:15", "10:00", "10:45"} & set(clocks(other))


def test_who_holds_an_hour_still_sees_it_and_the_way_back_to_it(ana: Visitor) -> None:
    held = ana.hold(practitioner="ines")

    page = ana.choose(**{"with": "ines"})

    assert "10:00" in clocks(page)
    assert "You are holding Thu 12 Mar, 10:00 until 09:10." in page.text
    assert page.tree.xpath("//a[contains(text(), 'Back to my details')]/@href") == [held.path]


def test_one_visitor_holds_one_hour_at_a_time(ana: Visitor, session: Session) -> None:
    ana.hold("10:00")
    ana.hold("15:00")

    assert [status for status, _ in bookings(session)] == ["lapsed", "held"]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-03-09T10:00-04:00", "That time has passed."),
        ("1999-01-01T10:00-05:00", "That time has passed."),
        ("2026-03-10T10:45-04:00", "That is too soon to book online."),
        ("2026-09-07T10:00-04:00", "That is further ahead than we take bookings."),
        ("2999-01-01T10:00-05:00", "That is further ahead than we take bookings."),
        ("2026-03-12T10:07-04:00", "Sessions do not start at that minute."),
        ("2026-03-12T10:00:01-04:00", "Sessions do not start at that minute."),
        ("2026-03-12T08:00-04:00", "The studio is closed then."),
        ("2026-03-12T18:30-04:00", "The studio is closed then."),
        ("2026-03-12T12:45-04:00", "The practitioner is not in at that time."),
    ],
)
def test_an_hour_that_cannot_be_had_is_refused_with_its_reason_and_what_is_free(
    at: str, sentence: str, ana: Visitor, app: Flask
) -> None:
    page = ana.choose()
    before = everything(app)

    refused = ana.press(page, "/hold", {"at": at})

    assert refused.status == 409
    assert sentence in alert(refused)
    assert "Call (212) 555-0100" in alert(refused)
    near = refused.tree.xpath("//*[@role='alert']//button[@name='at']/@value")
    assert len(near) == 3
    assert everything(app) == before


def test_an_hour_that_was_just_taken_is_refused_with_what_is_free(ana: Visitor, app: Flask) -> None:
    page = ana.choose()
    for visitor in (Visitor(app), Visitor(app)):
        visitor.hold()

    refused = ana.press(page, "/hold", {"at": "2026-03-12T10:00-04:00"})

    assert "That hour has just been taken." in alert(refused)
    near = refused.tree.xpath("//*[@role='alert']//button[@name='at']/@value")
    assert "2026-03-12T10:00-04:00" not in near
    assert ana.press(refused, "/hold", {"at": near[0]}).path.startswith("/booking/held/")


@pytest.mark.parametrize("at", ["", "soon", "2026-03-12T10:00", "2026-03-12", "\0", "9" * 10_000])
def test_a_time_that_cannot_be_read_shows_the_times_again(at: str, ana: Visitor) -> None:
    refused = ana.press(ana.choose(), "/hold", {"at": at})

    assert refused.status == 400
    assert "Choose one of the times below." in alert(refused)
    assert clocks(refused)


def test_a_page_that_lost_its_session_shows_the_times_again(ana: Visitor, app: Flask) -> None:
    page = ana.choose()
    ana.pages.client.delete_cookie("session")
    before = everything(app)

    refused = ana.press(page, "/hold", {"at": "2026-03-12T10:00-04:00"})

    assert (refused.status, everything(app)) == (400, before)
    assert ana.press(refused, "/hold", {"at": "2026-03-12T10:00-04:00"}).status == 200


def test_a_person_who_is_not_on_the_menu_cannot_be_held(ana: Visitor) -> None:
    typed = {"at": "2026-03-12T10:00-04:00", "practitioner": "nobody"}

    refused = ana.press(ana.choose(), "/hold", typed)

    assert refused.status == 409
    assert "Nobody here does this treatment at the moment." in alert(refused)


def test_too_many_holds_are_refused_kindly(another_app: Apps, studio: make.Studio) -> None:
    visitor = Visitor(another_app(LIMIT_HOLDS=2))
    for clock in ("10:00", "11:00"):
        visitor.hold(clock)

    refused = visitor.hold("15:00")

    assert refused.status == 429
    assert "Wait ten minutes, or call us" in alert(refused)
    assert clocks(refused)


# Details


def test_the_form_asks_for_what_a_visit_needs_and_ticks_no_news(ana: Visitor) -> None:
    page = ana.hold()

    names = {c.get("name") for c in page.tree.xpath("//input | //textarea")} - {"csrf_token"}
    assert names == {
        *("name", "email", "phone", "is_first_visit", "for_other", "other_name"),
        *("note", "screening", "privacy", "marketing"),
    }
    assert not page.tree.xpath("//input[@checked]")
    assert page.tree.xpath("//a[@href='/privacy']")
    assert len(page.tree.xpath("//ul[@class='notnow']/li")) >= 9


def test_a_check_asks_nothing_about_health(ana: Visitor) -> None:
    page = ana.hold(treatment="check")

    assert not page.tree.xpath("//input[@name='screening']")
    assert "Not for you now if" not in page.text


def test_confirming_books_and_shows_the_page_to_keep(ana: Visitor, session: Session) -> None:
    page = ana.book()

    assert page.path.startswith("/booking/visit/")
    assert "Thursday 12 March, 10:00 is yours" in page.text
    assert bookings(session) == [("booked", "Ana Duarte")]
    assert session.scalars(sa.select(Message.recipient)).all() == ["ana@example.com"]


def test_everything_typed_is_kept_with_the_booking(
    ana: Visitor, session: Session, app: Flask
) -> None:
    ana.book(
        name="  Åsa   Öberg ",
        email="ASA@Example.com",
        phone="(212) 555-0123",
        is_first_visit="no",
        for_other="y",
        other_name="Rosa Öberg",
        note="Two steps\r\nat the door",
        marketing="y",
    )

    kept = session.scalars(sa.select(Booking)).one()
    assert (kept.contact_name, kept.contact_email) == ("Åsa Öberg", "asa@example.com")
    assert (kept.contact_phone, kept.other_name) == ("+12125550123", "Rosa Öberg")
    assert (kept.note, kept.is_first_visit) == ("Two steps\nat the door", False)
    now = app.config["SPA_NOW"]
    assert kept.screened_at == kept.privacy_agreed_at == kept.marketing_agreed_at == now
    assert kept.privacy_version and kept.screening_version
    assert session.scalars(sa.select(Client.name)).all() == ["Rosa Öberg"]


def test_news_are_for_those_who_tick(ana: Visitor, session: Session) -> None:
    ana.book()

    assert session.scalars(sa.select(Booking.marketing_agreed_at)).all() == [None]


def test_errors_stand_above_the_form_and_beside_each_field(ana: Visitor, session: Session) -> None:
    typed = {"name": " ", "email": "ana@", "phone": "12", "privacy": "", "screening": ""}
    page = ana.confirm(ana.hold(), **typed)

    assert (page.status, bookings(session)) == (422, [("held", "")])
    summary = page.tree.xpath("//*[@role='alert']//a[starts-with(@href, '#')]")
    assert len(summary) >= 3
    assert {"name", "email", "phone"} <= set(wrong(page))
    assert all(wrong(page).values())
    assert page.tree.findtext(".//title").startswith("Error: ")
    assert page.fields()["email"] == "ana@"


def test_what_was_typed_stays_when_something_is_wrong(ana: Visitor) -> None:
    typed = {"phone": "12", "name": "أمل <b>", "note": "line\nline", "marketing": "y"}

    page = ana.confirm(ana.hold(), **typed)

    kept = page.fields()
    assert kept["name"] == "أمل <b>" and kept["phone"] == "12"
    assert kept["note"].replace("\r\n", "\n").strip() == "line\nline"
    assert kept["marketing"] and kept["screening"] and kept["is_first_visit"] == "yes"


def test_confirming_twice_makes_one_booking_and_shows_it(ana: Visitor, session: Session) -> None:
    form = ana.hold()

    first, second = ana.confirm(form), ana.confirm(form, name="Somebody Else")

    assert first.path == second.path
    assert bookings(session) == [("booked", "Ana Duarte")]
    assert session.scalar(sa.select(sa.func.count(Message.id))) == 1


def test_the_way_back_to_the_form_of_a_booked_hour_leads_to_its_page(ana: Visitor) -> None:
    form = ana.hold()
    ana.confirm(form)

    assert ana.pages.open(form.path).path.startswith("/booking/visit/")


def test_a_near_miss_of_a_common_domain_is_asked_about_once(ana: Visitor, session: Session) -> None:
    form = ana.hold()
    asked = ana.confirm(form, email="ana@gmial.com")
    assert "Did you mean ana@gmail.com?" in alert(asked)
    assert bookings(session) == [("held", "")]

    mended = ana.press(asked, "", {"use_email": "ana@gmail.com"})

    assert mended.path.startswith("/booking/visit/")
    assert session.scalars(sa.select(Booking.contact_email)).all() == ["ana@gmail.com"]


def test_an_address_that_was_meant_as_it_is_can_be_kept(ana: Visitor, session: Session) -> None:
    asked = ana.confirm(ana.hold(), email="ana@gmial.com")

    ana.press(asked, "", {"do": "confirm"})

    assert session.scalars(sa.select(Booking.contact_email)).all() == ["ana@gmial.com"]


def test_an_hour_can_be_kept_longer_with_everything_typed(
    ana: Visitor, session: Session, at: Clock
) -> None:
    form = ana.hold()
    at("2026-03-10 09:08")

    kept = ana.press(form, "", {"do": "keep", "name": "Ana", "email": "half@"})

    assert "is held for you until 09:18" in kept.text
    assert (kept.fields()["name"], kept.fields()["email"]) == ("Ana", "half@")
    assert wrong(kept) == {}


def test_the_eleventh_time_an_hour_is_kept_no_longer(ana: Visitor) -> None:
    page = ana.hold()
    for _ in range(10):
        page = ana.press(page, "", {"do": "keep"})
    assert not page.tree.xpath("//button[@value='keep']")

    refused = ana.press(page, "", {"do": "keep", "name": "Ana"})

    assert (refused.status, refused.fields()["name"]) == (409, "Ana")
    assert "can't be held any longer" in alert(refused)


def test_an_hour_can_be_let_go(ana: Visitor, app: Flask, session: Session) -> None:
    page = ana.press(ana.hold(practitioner="ines"), "", {"do": "release"})

    assert page.path == "/booking/facial"
    assert "You are holding" not in page.text
    assert bookings(session) == [("lapsed", "")]
    assert "10:00" in clocks(Visitor(app).choose(**{"with": "ines"}))


def test_an_ended_hold_says_so_and_confirming_takes_the_hour_again(
    ana: Visitor, session: Session, at: Clock
) -> None:
    form = ana.hold()
    at("2026-03-10 09:10")

    assert "The hold on Thu 12 Mar, 10:00 has ended." in ana.pages.open(form.path).text
    assert ana.confirm(form).path.startswith("/booking/visit/")
    assert bookings(session) == [("booked", "Ana Duarte")]


def take_the_hour(app: Flask) -> None:
    """Two others take the hour that had been held."""
    for name in ("Bea", "Cleo"):
        Visitor(app).book(name=name, email=f"{name.lower()}@example.com")


def test_an_ended_hold_whose_hour_is_gone_offers_the_nearest_above_the_kept_form(
    ana: Visitor, app: Flask, session: Session, at: Clock
) -> None:
    form = ana.hold()
    at("2026-03-10 09:11")
    take_the_hour(app)

    refused = ana.confirm(form, note="Two steps")

    assert refused.status == 409
    assert "That hour has just been taken." in alert(refused)
    assert (refused.fields()["name"], refused.fields()["note"].strip()) == (
        "Ana Duarte",
        "Two steps",
    )
    assert len(times(refused)) == 3
    assert all(
        b.xpath("ancestor::form[@id='details']") for b in refused.tree.xpath("//button[@name='at']")
    )


def test_taking_one_of_the_nearest_keeps_everything_typed(
    ana: Visitor, app: Flask, session: Session, at: Clock
) -> None:
    form = ana.hold()
    at("2026-03-10 09:11")
    take_the_hour(app)
    refused = ana.confirm(form, note="Two steps")

    again = ana.press(refused, "", {"at": times(refused)[0]})

    assert (again.status, again.fields()["note"].strip()) == (200, "Two steps")
    assert ana.press(again, "", {"do": "confirm"}).path.startswith("/booking/visit/")
    assert bookings(session)[-1] == ("booked", "Ana Duarte")
    assert session.scalars(sa.select(Booking.note)).all().count("Two steps") == 1


@pytest.mark.parametrize("lost", ["session", "token"])
def test_a_form_that_lost_its_session_or_token_is_shown_again_with_all_in_it(
    lost: str, ana: Visitor, session: Session
) -> None:
    form = ana.hold()
    typed = {"note": "Two steps"} | ({"csrf_token": "stale"} if lost == "token" else {})
    if lost == "session":
        ana.pages.client.delete_cookie("session")

    shown = ana.confirm(form, **typed)

    assert (shown.status, bookings(session)) == (400, [("held", "")])
    assert "Nothing you typed is lost" in alert(shown)
    assert shown.fields()["note"].strip() == "Two steps"
    assert ana.press(shown, "", {"do": "confirm"}).path.startswith("/booking/visit/")


@pytest.mark.parametrize("do", ["keep", "release", "confirm"])
def test_without_a_token_no_button_does_anything(do: str, ana: Visitor, app: Flask) -> None:
    form = ana.hold()
    before = everything(app)

    page = ana.press(form, "", TYPED | {"do": do, "csrf_token": ""})

    assert (page.status, everything(app)) == (400, before)


def test_the_fourth_coming_visit_is_for_the_phone_and_the_form_is_kept(
    ana: Visitor, session: Session
) -> None:
    for day in (12, 13, 14):
        ana.book(day=f"2026-03-{day}")

    refused = ana.book(day="2026-03-16")

    assert (refused.status, refused.fields()["name"]) == (409, "Ana Duarte")
    assert "as many coming visits as can be booked online" in alert(refused)
    assert "Call (212) 555-0100" in alert(refused)


def test_too_many_confirmations_are_refused_with_the_form_kept(
    another_app: Apps, studio: make.Studio
) -> None:
    visitor = Visitor(another_app(LIMIT_CONFIRMATIONS=1))
    visitor.book()

    refused = visitor.book(day="2026-03-13", email="bea@example.com")

    assert (refused.status, refused.fields()["email"]) == (429, "bea@example.com")


def test_an_hour_of_a_treatment_that_was_just_taken_off_the_menu_can_still_be_confirmed(
    ana: Visitor, session: Session, studio: make.Studio
) -> None:
    form = ana.hold()
    archive(studio.facial)

    assert ana.confirm(form).path.startswith("/booking/visit/")


def archive(treatment_id: int) -> None:
    """Take a treatment off the menu."""
    with transaction() as session:
        session.execute(
            sa.update(Treatment)
            .where(Treatment.id == treatment_id)
            .values(archived_at=make.moment("2026-03-10 08:00"))
        )


def test_exchanging_the_hour_of_a_treatment_that_is_gone_is_no_error_of_ours(
    ana: Visitor, session: Session, studio: make.Studio
) -> None:
    form = ana.hold()
    archive(studio.facial)

    answer = ana.press(form, "", {"at": "2026-03-12T15:00-04:00", "name": "Ana"})

    assert answer.status < 500


def test_nobody_elses_details_show_on_the_form(ana: Visitor, app: Flask) -> None:
    ana.book(name="Secret Name", email="secret@example.com")

    other = Visitor(app)
    page = other.confirm(other.hold("15:00"), email="secret@example.com", phone="1")

    assert "Secret Name" not in page.text
    assert page.status == 422


@pytest.mark.parametrize("name", ["Ana", "أمل", "Ana 👩‍⚕️", "<script>alert(1)</script>"])
def test_a_name_in_any_script_is_shown_as_it_was_typed(name: str, ana: Visitor) -> None:
    page = ana.book(for_other="y", other_name=name)

    assert name in page.text
    assert not page.tree.xpath("//script[not(@src)]")


def test_first_visitors_are_told_to_come_earlier(ana: Visitor) -> None:
    assert "Come at 09:45" in ana.book().text
    assert "Come at 09:50" in ana.book(day="2026-03-13", is_first_visit="no").text


# Find my booking


def test_finding_answers_the_same_for_every_address(ana: Visitor, session: Session) -> None:
    ana.book()
    answers = []
    for email in ("ana@example.com", "nobody@example.com"):
        page = ana.pages.get("booking.find")
        found = ana.press(page, "", {"email": email})
        answers.append((found.status, found.tree.xpath("string(//main)")))

    assert answers[0] == answers[1]
    assert "Look in your mail" in answers[0][1]


@pytest.mark.parametrize("email", ["", "ana", "ana@", " "])
def test_finding_without_an_address_says_what_is_missing(email: str, ana: Visitor) -> None:
    page = ana.press(ana.pages.get("booking.find"), "", {"email": email})

    assert page.status == 422
    assert set(wrong(page)) == {"email"}


def test_finding_too_often_is_refused(another_app: Apps, studio: make.Studio) -> None:
    visitor = Visitor(another_app(LIMIT_LINKS=1))
    for _ in range(2):
        page = visitor.pages.get("booking.find")
        page = visitor.press(page, "", {"email": "ana@example.com"})

    assert page.status == 429
    assert page.fields()["email"] == "ana@example.com"


def test_before_the_studio_opens_every_public_page_says_so(app: Flask, session: Session) -> None:
    pages = Visitor(app).pages

    for path in ("/", "/treatments", "/policies", "/privacy", "/booking/find"):
        page = pages.open(path)
        assert (page.status, "Opening soon" in page.text) == (200, True), path


def test_a_place_that_is_not_open_yet_takes_no_bookings(
    ana: Visitor, session: Session, app: Flask
) -> None:
    page = ana.choose()
    with transaction() as inside:
        inside.execute(sa.text("UPDATE location SET opened_at = NULL"))

    pressed = ana.press(page, "/hold", {"at": "2026-03-12T10:00-04:00"})

    assert pressed.status == 404
    assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 0


def test_the_hold_of_a_visitor_who_moved_on_to_another_place_is_let_go(
    ana: Visitor, session: Session
) -> None:
    first = ana.hold("10:00")
    ana.hold("15:00", treatment="check")

    assert [status for status, _ in bookings(session)] == ["lapsed", "held"]
    assert "has ended" in ana.pages.open(first.path).text
