"""The hub of the studio, its details and its policies."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Booking, Location, Treatment, TreatmentWords
from tests import make
from tests.pages import Page, Pages
from tests.tables import everything
from tests.visitor import wrong

Staff = Callable[..., Pages]


def save(desk: Pages, endpoint: str, /, **typed: str) -> Page:
    """Load a page and send its form with these fields changed."""
    return send(desk, endpoint, desk.get(endpoint), **typed)


def send(desk: Pages, endpoint: str, page: Page, /, **typed: str) -> Page:
    """Send the form of a page that was loaded."""
    form = page.tree.forms[-1]
    shows = {name: value for name, value in form.form_values() if value is not None}
    return desk.post(desk.address(endpoint), shows | typed)


def place(session: Session) -> Location:
    """The place as it is now."""
    session.expire_all()
    return session.scalars(sa.select(Location)).one()


def last_changes(session: Session) -> dict[str, list[object]]:
    """What the newest entry says was changed."""
    query = sa.select(AuditEntry.details).order_by(AuditEntry.id.desc()).limit(1)
    changes: dict[str, list[object]] = session.scalars(query).one()["changes"]
    return changes


# The hub


def test_the_hub_leads_only_where_somebody_may_go(app: Flask, staff: Staff) -> None:
    for role in ("owner", "manager", "reception", "practitioner"):
        desk = staff(role)
        ways = [way.get("href") for way in desk.get("studio.index").tree.xpath("//main//li//a")]
        for way in ways:
            assert desk.open(way).status not in {403, 404}, (role, way)
        assert ("/staff/studio/policies" in ways) == (role == "owner")


def test_an_open_studio_has_no_first_day(staff: Staff) -> None:
    assert "first day" not in staff("owner").get("studio.index").text


def test_a_studio_that_is_not_open_says_so_to_the_owner_alone(
    staff: Staff, session: Session
) -> None:
    session.execute(sa.update(Location).values(opened_at=None))
    session.commit()

    assert "opening soon" in staff("owner").get("studio.index").text
    assert "opening soon" not in staff("manager").get("studio.index").text


@pytest.mark.parametrize("role", ["manager", "reception", "practitioner"])
@pytest.mark.parametrize("endpoint", ["studio.details", "studio.policies"])
def test_only_the_owner_changes_the_studio(endpoint: str, role: str, staff: Staff) -> None:
    assert staff(role).get(endpoint).status == 403


# Details


def test_details_are_changed_and_written_down_from_what_to_what(
    staff: Staff, session: Session
) -> None:
    page = save(staff("owner"), "studio.details", name="Linden", phone="(212) 555-0177")

    assert (page.path, "Saved." in page.text) == ("/staff/studio", True)
    assert (place(session).name, place(session).phone) == ("Linden", "+12125550177")
    assert last_changes(session) == {
        "name": ["Test Studio", "Linden"],
        "phone": ["+12125550100", "+12125550177"],
    }


def test_what_is_as_it_was_is_not_written_down(app: Flask, staff: Staff) -> None:
    desk = staff("owner")
    desk.get("studio.details")
    before = everything(app)["audit_entry"]

    page = save(desk, "studio.details")

    assert "Nothing was changed." in page.text
    assert everything(app)["audit_entry"] == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "the name of the studio"),
        ({"name": "x" * 201}, "200 characters"),
        ({"address": " "}, "the address"),
        ({"phone": "123"}, "with its area code"),
        ({"email": "hello@"}, "an email address like"),
        ({"zone": "Mars/Olympus"}, "a large city near you"),
        ({"currency": "XXX"}, "valid choice"),
        ({"country": "ZZ"}, "valid choice"),
    ],
)
def test_a_detail_that_cannot_be_is_said_beside_its_field(
    typed: dict[str, str], said: str, app: Flask, staff: Staff
) -> None:
    desk = staff("owner")
    desk.get("studio.details")
    before = everything(app)

    page = save(desk, "studio.details", **typed)

    assert page.status == 422
    assert said in " ".join(wrong(page).values())
    assert everything(app) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"zone": "Europe/Berlin"}, "the present clock"), ({"currency": "EUR"}, "present currency")],
)
def test_zone_and_currency_stay_while_a_visit_is_to_come(
    typed: dict[str, str], said: str, app: Flask, staff: Staff, studio: make.Studio
) -> None:
    make.booked()
    desk = staff("owner")
    assert "1 visit or blocked time is to come" in desk.get("studio.details").text
    before = everything(app)

    page = save(desk, "studio.details", name="Linden", **typed)

    assert page.status == 409
    assert said in " ".join(wrong(page).values())
    assert everything(app) == before


def test_a_cancelled_or_past_visit_keeps_nothing(
    staff: Staff, session: Session, studio: make.Studio, at: Callable[[str], object]
) -> None:
    make.booked()
    at("2026-03-12 11:01")

    page = save(staff("owner"), "studio.details", zone="Europe/Berlin", currency="EUR")

    assert "Saved." in page.text
    assert (place(session).zone, place(session).currency) == ("Europe/Berlin", "EUR")
    assert session.scalars(sa.select(Booking.currency)).one() == "USD"


def test_prices_keep_their_number_in_another_currency(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    save(staff("owner"), "studio.details", currency="JPY")

    assert session.get_one(Treatment, studio.facial).price_minor == 275


def test_another_language_leaves_no_treatment_without_words(
    staff: Staff, session: Session, pages: Pages
) -> None:
    save(staff("owner"), "studio.details", language="de")

    rows = session.execute(sa.select(TreatmentWords.language, TreatmentWords.name))
    assert sorted(map(tuple, rows)) == [
        ("de", "Check"),
        ("de", "Facial"),
        ("en", "Check"),
        ("en", "Facial"),
    ]
    assert "Facial" in pages.open("/treatments").text


# Policies


def test_a_policy_is_changed_and_holds_for_clients(
    staff: Staff, session: Session, pages: Pages
) -> None:
    page = save(staff("owner"), "studio.policies", cut_off_hours="24", notice_minutes="1440")

    assert "Saved." in page.text
    assert last_changes(session) == {"notice_minutes": [120, 1440], "cut_off_hours": [48, 24]}
    assert "Up to 24 hours before your visit" in pages.open("/policies").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("horizon_days", "0"),
        ("horizon_days", "366"),
        ("horizon_days", "many"),
        ("horizon_days", "9" * 30),
        ("horizon_days", ""),
        ("hold_minutes", "4"),
        ("hold_minutes", "31"),
        ("hold_extensions", "9"),
        ("cut_off_hours", "-1"),
        ("cut_off_hours", "169"),
        ("grace_minutes", "121"),
        ("online_moves", "11"),
        ("coming_visits", "0"),
        ("grid_minutes", "7"),
        ("notice_minutes", "-60"),
    ],
)
def test_a_policy_out_of_bounds_is_said_beside_its_field(
    field: str, value: str, app: Flask, staff: Staff
) -> None:
    desk = staff("owner")
    desk.get("studio.policies")
    before = everything(app)

    page = save(desk, "studio.policies", **{field: value})

    assert (page.status, list(wrong(page))) == (422, [field])
    assert everything(app) == before


def test_a_notice_longer_than_the_days_ahead_would_leave_no_day(staff: Staff) -> None:
    page = save(staff("owner"), "studio.policies", horizon_days="7", notice_minutes="10080")

    assert "shorter than the days ahead" in wrong(page)["notice_minutes"]


def test_a_value_from_elsewhere_can_be_kept(staff: Staff, session: Session) -> None:
    session.execute(sa.update(Location).values(notice_minutes=95))
    session.commit()

    page = save(staff("owner"), "studio.policies", online_moves="3")

    assert "Saved." in page.text
    assert (place(session).notice_minutes, place(session).online_moves) == (95, 3)


# Two at once


def test_two_who_change_different_policies_both_have_their_way(
    staff: Staff, session: Session
) -> None:
    desk = staff("owner")
    old = desk.get("studio.policies")
    save(desk, "studio.policies", online_moves="5")

    page = send(desk, "studio.policies", old, cut_off_hours="72")

    assert "Saved." in page.text
    assert (place(session).online_moves, place(session).cut_off_hours) == (5, 72)


def test_the_second_of_two_sees_the_difference_and_keeps_what_was_typed(
    staff: Staff, session: Session
) -> None:
    desk = staff("owner")
    old = desk.get("studio.policies")
    save(desk, "studio.policies", cut_off_hours="24", online_moves="5")

    page = send(desk, "studio.policies", old, cut_off_hours="72")

    assert (page.status, place(session).cut_off_hours) == (409, 24)
    assert "free change from 48 hours to 24 hours" in page.text
    assert "free change: 24 hours" in page.text
    shows = dict(page.tree.forms[-1].form_values())
    assert (shows["cut_off_hours"], shows["online_moves"]) == ("72", "5")

    again = send(desk, "studio.policies", page)

    assert "Saved." in again.text
    assert (place(session).cut_off_hours, place(session).online_moves) == (72, 5)


def test_two_changes_that_are_sound_alone_but_not_together_are_not_put_together(
    staff: Staff, session: Session
) -> None:
    desk = staff("owner")
    old = desk.get("studio.policies")
    save(desk, "studio.policies", horizon_days="7")

    page = send(desk, "studio.policies", old, notice_minutes="10080")

    assert (page.status, place(session).notice_minutes) == (409, 120)
    assert dict(page.tree.forms[-1].form_values())["horizon_days"] == "7"


def test_the_second_who_changes_a_detail_sees_the_difference(
    staff: Staff, session: Session
) -> None:
    desk = staff("owner")
    old = desk.get("studio.details")
    save(desk, "studio.details", name="Linden", tagline="Quiet rooms")

    page = send(desk, "studio.details", old, name="Alder")

    assert (page.status, place(session).name) == (409, "Linden")
    shows = dict(page.tree.forms[-1].form_values())
    assert (shows["name"], shows["tagline"]) == ("Alder", "Quiet rooms")


@pytest.mark.parametrize("was", ["", "[]", "no json", '{"name": 3}'])
def test_a_page_that_forgot_what_was_there_changes_nothing_by_accident(
    was: str, staff: Staff, session: Session
) -> None:
    page = save(staff("owner"), "studio.details", was=was, seen="9" * 40)

    assert page.status == 200
    assert place(session).name == "Test Studio"
