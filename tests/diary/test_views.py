"""Tests of spa.diary.views: the diary of a client, day by day, and what does not look right."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.database import transaction
from spa.domain.healing import Sign
from spa.models import Booking, Closure, FollowUp, Location, Message
from spa.wording import healing as words
from tests import make
from tests.pages import Page, Pages
from tests.tables import everything
from tests.visitor import alert

At = Callable[[str], datetime]


def token_of(booking: Booking) -> str:
    return links.visit_token(booking.reference, booking.link_version)


def diary(pages: Pages, booking: Booking, page: str = "page") -> Page:
    return pages.get(f"diary.{page}", token=token_of(booking))


def tell(pages: Pages, booking: Booking, **typed: Any) -> Page:
    """Fill the form of the diary and send it."""
    page = diary(pages, booking)
    return pages.post(page.path, page.fields("/diary") | typed)


def follow_ups(session: Session) -> list[FollowUp]:
    session.rollback()
    return list(session.scalars(sa.select(FollowUp).order_by(FollowUp.id)))


def alerts(session: Session) -> list[Message]:
    session.rollback()
    query = sa.select(Message).where(Message.kind == "alert").order_by(Message.id)
    return list(session.scalars(query))


@pytest.fixture
def visit(studio: make.Studio) -> Booking:
    """Thursday at ten, with Ines."""
    return make.booked(practitioner="ines")


def test_before_the_visit_the_page_says_what_will_be_here(pages: Pages, visit: Booking) -> None:
    page = diary(pages, visit)

    assert page.status == 200
    assert "After your visit on Thursday 12 March, 10:00 this page shows" in page.text
    assert page.tree.xpath("//a[normalize-space()='Back to your visit']")
    assert not page.tree.forms


@pytest.mark.parametrize(
    ("now", "said", "never"),
    [
        ("2026-03-12 11:30", ["The day of your visit", "pinpoint marks", "Hands off"], "gentle"),
        ("2026-03-13 10:00", ["Day 1", "Pink and tight", "Alcohol", "a gentle cleanser"], "Hands"),
        ("2026-03-15 00:10", ["Day 3", "sandpaper", "Make-up", "Monday 16 March"], "Alcohol"),
        ("2026-03-16 09:00", ["Day 4", "Sauna and pool", "Tuesday 17 March"], "Make-up"),
        ("2026-03-19 09:00", ["Day 7", "back to your usual products"], "Retinoids"),
        ("2026-04-20 09:00", ["Day 39", "differs from person to person"], "What waits"),
        ("2026-06-10 09:00", ["Day 90", "three to six months"], "What comes next"),
    ],
)
def test_each_day_says_what_is_normal_what_helps_and_what_waits(
    now: str, said: list[str], never: str, pages: Pages, visit: Booking, at: At
) -> None:
    at(now)

    page = diary(pages, visit)

    for one in said:
        assert one in page.text, one
    (days,) = page.all("div.days")
    assert never not in days.text_content()


def test_the_line_shows_where_today_is(pages: Pages, visit: Booking, at: At) -> None:
    at("2026-03-16 09:00")

    (mark,) = diary(pages, visit).tree.xpath("//figure//circle/@cx")

    assert mark == "28.0%"


def test_the_home_page_has_the_line_without_a_mark(pages: Pages) -> None:
    page = pages.get("treatments.home")

    assert page.all("figure.heal")
    assert not page.all("svg.here")


def test_a_visit_without_needles_has_no_diary(pages: Pages, studio: make.Studio, at: At) -> None:
    check = make.booked(slug="check", is_screened=False)
    at("2026-03-13 10:00")

    for page in ("page", "told"):
        assert diary(pages, check, page).status == 404


@pytest.mark.parametrize("token", ["x", "WyJhIiwxXQ.forged", "%00"])
def test_a_forged_link_leads_nowhere(token: str, pages: Pages) -> None:
    assert pages.client.get(f"/booking/visit/{token}/diary").status_code == 404


def test_the_visits_page_leads_to_the_diary(pages: Pages, visit: Booking, at: At) -> None:
    at("2026-03-13 10:00")

    page = pages.get("visit.visit", token=token_of(visit))

    assert page.tree.xpath("//a[contains(@href, '/diary')]")


# Something does not look right


def test_a_sign_opens_a_follow_up_for_who_gave_the_visit(
    pages: Pages, session: Session, studio: make.Studio, visit: Booking, at: At
) -> None:
    now = at("2026-03-14 10:00")

    page = tell(pages, visit, signs=["pus", "heat"], call="yes")

    (made,) = follow_ups(session)
    assert (made.booking_id, made.client_id) == (visit.id, visit.client_id)
    assert (made.practitioner_id, made.opened_at) == (studio.ines, now)
    assert (made.signs, made.is_urgent, made.wants_call) == (["heat", "pus"], False, True)
    assert page.path.endswith("/diary/told")
    assert "Somebody reads it today, by 19:00. It is there for Ines. Then we call you." in page.text
    assert "Call (212) 555-0100" in page.text
    assert "In an emergency: 911" in page.text
    assert "Don't wait for us" not in page.text


def test_pressing_twice_makes_one_and_alerts_once(
    pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")

    for _press in range(2):
        tell(pages, visit, signs=["pus"], call="no")

    assert len(follow_ups(session)) == 1
    assert len(alerts(session)) == 1


def test_what_is_said_later_is_added_to_what_is_open(
    pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    tell(pages, visit, signs=["pus"], call="yes")
    at("2026-03-14 11:00")

    page = tell(pages, visit, signs=["breathing"], call="no")

    (made,) = follow_ups(session)
    assert (made.signs, made.is_urgent, made.wants_call) == (["pus", "breathing"], True, True)
    assert len(alerts(session)) == 2
    assert "needs help at once: call 911" in alert(page)


def test_after_it_was_closed_another_is_opened(
    pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    now = at("2026-03-14 10:00")
    tell(pages, visit, signs=["pus"], call="no")
    with transaction() as inside:
        inside.execute(sa.update(FollowUp).values(closed_at=now, note="Fine."))
    assert "Somebody has looked at it" in diary(pages, visit, "told").text

    tell(pages, visit, signs=["pus"], call="no")

    assert [one.closed_at for one in follow_ups(session)] == [now, None]


def test_the_studio_and_who_gave_the_visit_are_alerted_without_a_word_of_health(
    pages: Pages, session: Session, studio: make.Studio, visit: Booking, at: At
) -> None:
    now = at("2026-03-14 22:30")
    with transaction() as inside:
        make.staff(inside, "practitioner", email="Ines@example.com", resource_id=studio.ines)
        make.staff(inside, "practitioner", email="maya@example.com", resource_id=studio.maya)

    tell(pages, visit, signs=["pus", "face"], call="yes")

    made = alerts(session)
    assert [one.recipient for one in made] == ["hello@example.com", "ines@example.com"]
    assert {(one.event, one.due_at, one.channel) for one in made} == {
        ("follow_up_opened", now, "email")
    }
    rows = everything(pages.app)
    kept = repr([rows["message"], rows["audit_entry"]])
    assert "pus" not in kept and "face" not in kept


@pytest.mark.parametrize("sign", Sign)
def test_every_sign_can_be_ticked_and_is_called_by_name(
    sign: Sign, pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    assert words.sign(sign) in diary(pages, visit).text

    tell(pages, visit, signs=[sign.value], call="no")

    assert [one.signs for one in follow_ups(session)] == [[sign.value]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Tick what you see, or choose that we call you"),
        ({"signs": ["pus"]}, "Choose whether we shall call you"),
        ({"call": "no"}, "Tick what you see, or choose that we call you"),
        ({"signs": ["sadness"], "call": "yes"}, "Choose from what is offered"),
    ],
)
def test_what_is_missing_is_said_and_what_was_ticked_stays(
    typed: dict[str, Any], said: str, pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")

    page = tell(pages, visit, **typed)

    assert page.status == 422
    assert said in alert(page)
    assert page.tree.xpath("//input[@name='signs'][@checked]/@value") == [
        one for one in typed.get("signs", []) if one != "sadness"
    ]
    assert not follow_ups(session)


def test_a_call_alone_is_enough(pages: Pages, session: Session, visit: Booking, at: At) -> None:
    at("2026-03-14 10:00")

    tell(pages, visit, call="yes")

    assert [(one.signs, one.wants_call) for one in follow_ups(session)] == [([], True)]


def test_who_left_no_number_is_offered_no_call(
    pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    with transaction() as inside:
        inside.get_one(Booking, visit.id).contact_phone = ""
    assert not diary(pages, visit).tree.xpath("//input[@name='call']")

    tell(pages, visit, signs=["pus"], call="yes")

    assert [one.wants_call for one in follow_ups(session)] == [False]


@pytest.mark.parametrize("token", ["", "x.y.z"])
def test_nothing_is_opened_without_the_token_of_the_form(
    token: str, app: Flask, pages: Pages, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    before = everything(app)

    page = pages.post(
        diary(pages, visit).path,
        {"signs": ["pus"], "call": "yes"} | ({"csrf_token": token} if token else {}),
    )

    assert page.status == 422
    assert "press the button again" in alert(page)
    assert everything(app) == before


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_a_visit_that_did_not_take_place_says_so_and_how_to_call(
    status: str, pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    fields = diary(pages, visit).fields("/diary")
    with transaction() as inside:
        inside.get_one(Booking, visit.id).status = status

    page = pages.post(diary(pages, visit).path, fields | {"signs": ["pus"], "call": "yes"})

    assert page.status == 409
    assert "This did not reach us" in alert(page)
    assert "(212) 555-0100" in page.text
    assert not follow_ups(session)


def test_a_visit_that_is_done_early_has_its_diary_at_once(
    pages: Pages, visit: Booking, at: At
) -> None:
    at("2026-03-12 10:50")
    with transaction() as inside:
        inside.get_one(Booking, visit.id).status = "done"

    assert "The day of your visit" in diary(pages, visit).text


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-03-14 08:00", "Somebody reads it today, when we open at 09:00."),
        ("2026-03-14 18:45", "Somebody reads it today, by 19:00."),
        ("2026-03-14 18:46", "Somebody reads it tomorrow, when we open at 09:00."),
        ("2026-03-16 20:00", "Somebody reads it on Thursday 19 March, when we open at 09:00."),
        ("2026-04-01 10:00", "The studio is closed for the coming weeks"),
    ],
)
def test_the_page_says_when_somebody_will_read_it(
    now: str, said: str, pages: Pages, session: Session, studio: make.Studio, visit: Booking, at: At
) -> None:
    with transaction() as inside:
        for first_on, last_on in (
            (date(2026, 3, 17), date(2026, 3, 18)),
            (date(2026, 4, 1), date(2026, 5, 30)),
        ):
            inside.add(Closure(location_id=studio.location_id, first_on=first_on, last_on=last_on))
    at(now)

    assert said in tell(pages, visit, signs=["rash"], call="no").text


def test_where_the_number_is_not_known_it_is_yours(
    pages: Pages, session: Session, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")
    with transaction() as inside:
        inside.scalars(sa.select(Location)).one().country = "BR"

    page = tell(pages, visit, signs=["face"], call="no")

    assert "call your emergency number" in alert(page)
    assert "911" not in page.text


def test_with_nothing_told_the_page_after_telling_leads_back(
    pages: Pages, visit: Booking, at: At
) -> None:
    at("2026-03-14 10:00")

    assert diary(pages, visit, "told").path.endswith("/diary")
