"""The routes of the desk: looking changes nothing, and nothing changes without a form of ours."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from spa import links
from spa.database import transaction
from spa.models import (
    Block,
    Booking,
    Claim,
    Client,
    Resource,
    StaffMember,
    StaffSession,
    TimeOff,
)
from tests import make
from tests.pages import Pages
from tests.tables import everything

Staff = Callable[..., Pages]
AT = "2026-03-20T15:00-04:00"
NEW_PASSWORD = "four quiet words here"

# What each form sends, without its token, and what it must say to have done it.
NINE_TO_EIGHT = (("from", "09:00"), ("to", "20:00"))
FORMS: dict[str, dict[str, Any]] = {
    "accounts.sign_in": {"email": "owner@example.com", "password": make.PASSWORD},
    "accounts.sign_out": {},
    "accounts.forgot": {"email": "owner@example.com"},
    "accounts.password": {"new": NEW_PASSWORD},
    "accounts.change_password": {"present": make.PASSWORD, "new": NEW_PASSWORD},
    "accounts.end_browser": {},
    "accounts.sign_out_everywhere": {},
    "people.invite": {
        "name": "Bo",
        "email": "bo@example.com",
        "role": "reception",
        "practitioner": "",
    },
    "people.change_role": {"role": "manager"},
    "people.invite_again": {},
    "people.suspend": {},
    "people.let_back": {},
    "desk.sheet": {},
    "desk.change_state": {"to": "arrived"},
    "desk.note_call": {},
    "desk.assure": {},
    "desk.look": {},
    "desk.cancel_now": {"by": "client"},
    "desk_move.move_now": {"at": AT},
    "desk_new.book": {"at": AT, "treatment": "facial", "name": "Bo Lind", "phone": "2125550123"},
    "clients.new": {"name": "Bo Lind", "phone": "212 555 0123", "language": "en"},
    "clients.edit": {"name": "Bo Lind", "phone": "212 555 0123", "language": "en"},
    "clients.write_note": {"text": "Prefers mornings."},
    "clients.sheet": {},
    "blocks.make": {
        "day": "2026-03-12",
        "starts": "14:00",
        "ends": "15:00",
        "reason": "Meeting",
        "what": "1",
    },
    "blocks.remove": {},
    "rota.pattern": {"starts_on": "2026-03-16", "from_0": "09:00", "to_0": "12:00"},
    "rota.day": {"day": "2026-03-20", "choice": "off"},
    "rota.leave": {"last_on": "2026-03-20"},
    "absence.new": {
        "person": "ines",
        "first_on": "2026-03-11",
        "last_on": "2026-03-11",
        "part": "whole",
    },
    "absence.off": {"person": "ines", "first_on": "2026-03-18", "last_on": "2026-03-19"},
    "absence.change": {"person": "ines", "first_on": "2026-03-18", "last_on": "2026-03-18"},
    "studio.details": {
        "name": "Linden",
        "address": "3 Mill Lane",
        "country": "US",
        "phone": "212 555 0123",
        "email": "hello@example.com",
        "zone": "America/New_York",
        "currency": "USD",
        "language": "en",
    },
    "studio.policies": {
        "notice_minutes": "60",
        "horizon_days": "90",
        "grid_minutes": "15",
        "coming_visits": "3",
        "hold_minutes": "10",
        "hold_extensions": "10",
        "cut_off_hours": "24",
        "grace_minutes": "15",
        "online_moves": "2",
    },
    "message_words.edit": {"subject": "Hello", "body": "A word.\n\n{visit}"},
    "treatment_notes.save": {"reset": "y"},
    "team.new": {"name": "Bo Lind", "portrait": "1"},
    "team.words": {"name": "Maya Lind", "portrait": "1"},
    "team.work": {"t1-does": "y"},
    "team.order": {"to": "up"},
    "team.archive": {},
    "team.bring_back": {},
    "things.new": {"name": "Fern"},
    "things.edit": {"name": "Fern", "does": "1"},
    "things.order": {"to": "up"},
    "things.archive": {},
    "things.bring_back": {},
    "menu.new": {
        "name_en": "Long facial",
        "summary_en": "More time.",
        "price": "185,50",
        "step0_kind": "needle",
        "step0_minutes": "90",
        "step0_person": "y",
        "doers": ["1", "3"],
    },
    "menu.order": {"to": "down"},
    "menu.archive": {},
    "hours.week": {f"{end}_{day}_0": clock for day in range(7) for end, clock in NINE_TO_EIGHT},
    "hours.day": {"day": "2026-03-12", "from_0_0": "09:00", "to_0_0": "21:00"},
    "hours.close": {"first_on": "2026-03-20", "last_on": "2026-03-20", "reason": "Holiday"},
    "calendars.make": {},
    "calendars.end": {},
    "calendars.names": {"is_on": "y"},
}
NEEDS_MORE = {
    "accounts.choose_place",
    "desk_diary.close",
    "desk_move.undo",
    "desk_new.undo",
    "first_day.add_person",
    "first_day.add_room",
    "first_day.hours",
    "first_day.menu",
    "first_day.name",
    "first_day.open_now",
    "first_day.remove_person",
    "first_day.remove_room",
    "first_day.zone",
    "hours.reopen",
    "hours.usual",
    "menu.edit",
    "menu.preview",
    "clients.remove_note",
    "merge.merge",
    "desk_pencil.pencil_in",
    "desk_pencil.release",
    "desk_pencil.take",
    "message_words.reset",
    "messages.mend",
    "team.photo",
    "team.remove_photo",
}
"""Tried in tests of their own: what was done a moment ago, several places, mail that failed."""


def rules(app: Flask, method: str) -> list[Rule]:
    """The routes of the desk that take this method."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff") and method in (rule.methods or ())
    ]


@pytest.fixture
def values(session: Session, studio: make.Studio, staff: Staff) -> dict[str, Any]:
    """Something real for each part of an address of the desk."""
    booking = make.booked("2026-03-10 12:00", practitioner="ines")
    with transaction() as inside:
        other = make.staff(inside, "reception", email="other@example.com")
        block = make.add(
            inside,
            Block(
                location_id=studio.location_id,
                starts_at=make.moment("2026-03-13 10:00"),
                ends_at=make.moment("2026-03-13 11:00"),
            ),
        )
        day = make.moment("2026-03-25 12:00").date()
        off = make.add(inside, TimeOff(resource_id=studio.maya, first_on=day, last_on=day))
    return {
        "reference": booking.reference,
        "client_id": session.scalar(sa.select(Client.id)),
        "block_id": block.id,
        "off_id": off.id,
        "staff_id": other.id,
        "token": "",
        "member": "maya",
        "slug": "facial",
        "closure_id": 1,
        "note_id": 1,
        "thing": "room-2",
        "kind": "place",
        "message_id": 1,
        "follow_up_id": 1,
        "event": "prep_3d",
    }


def path_of(desk: Pages, rule: Rule, values: dict[str, Any], session: Session) -> str:
    """The address of a route; a suspended colleague for letting back, a token where one is due."""
    about = dict(values)
    if rule.endpoint == "accounts.password":
        owner = session.scalars(sa.select(StaffMember).where(StaffMember.role == "owner")).one()
        with desk.app.test_request_context():
            about["token"] = links.staff_token(
                "reset", owner.id, owner.link_version, at=make.moment("2026-03-10 09:00")
            )
    about["session_id"] = session.scalar(sa.select(sa.func.min(StaffSession.id)))
    return desk.address(rule.endpoint, **{name: about[name] for name in rule.arguments})


def prepared(endpoint: str, values: dict[str, Any], session: Session) -> None:
    """What has to be so for the form to do something."""
    with transaction() as inside:
        other = inside.get_one(StaffMember, values["staff_id"])
        if endpoint == "people.let_back":
            other.suspended_at = make.moment("2026-03-01 10:00")
        if endpoint in {"team.bring_back", "things.bring_back"}:
            for resource in inside.scalars(sa.select(Resource)):
                resource.archived_at = make.moment("2026-03-01 10:00")
        if endpoint == "people.invite_again":
            other.password_hash, other.joined_at = "", None


def signed_in(staff: Staff) -> tuple[Pages, str]:
    """The owner's browser and the token of its forms."""
    staff("owner")
    desk = staff("owner")
    (token, *_) = desk.get("accounts.account").tree.xpath("//input[@name='csrf_token']/@value")
    return desk, token


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(
    method: str, app: Flask, session: Session, values: dict[str, Any], staff: Staff
) -> None:
    desk, _token = signed_in(staff)
    before = everything(app)

    for rule in rules(app, method):
        path = path_of(desk, rule, values, session)
        for query in ("", f"?at={AT}&to=arrived&q=ana&day=2026-03-20&waive=y&by=studio"):
            answer = desk.client.open(path + query, method=method)
            assert answer.status_code < 500, path
        assert everything(app) == before, rule


def test_every_form_of_the_desk_is_known_here(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app, "POST")} == set(FORMS) | NEEDS_MORE


@pytest.mark.parametrize("endpoint", FORMS)
@pytest.mark.parametrize("token", ["", "forged", "of another visitor"])
def test_nothing_changes_without_the_token_of_the_form(
    endpoint: str, token: str, app: Flask, session: Session, values: dict[str, Any], staff: Staff
) -> None:
    desk, _own = signed_in(staff)
    stranger = Pages(app).open("/booking/find").fields()["csrf_token"]
    forged = {"": {}, "forged": {"csrf_token": "x.y.z"}}.get(token, {"csrf_token": stranger})
    prepared(endpoint, values, session)
    (rule,) = [rule for rule in rules(app, "POST") if rule.endpoint == endpoint]
    path, before = path_of(desk, rule, values, session), everything(app)

    answer = desk.client.post(path, data=FORMS[endpoint] | forged)

    assert 400 <= answer.status_code < 500
    assert everything(app) == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_the_same_form_with_its_token_does_change_something(
    endpoint: str, app: Flask, session: Session, values: dict[str, Any], staff: Staff
) -> None:
    desk, token = signed_in(staff)
    prepared(endpoint, values, session)
    (rule,) = [rule for rule in rules(app, "POST") if rule.endpoint == endpoint]
    path, before = path_of(desk, rule, values, session), everything(app)

    answer = desk.client.post(path, data=FORMS[endpoint] | {"csrf_token": token})

    assert answer.status_code in {200, 303}, answer.get_data(as_text=True)[-3000:]
    assert everything(app) != before


def test_a_booking_that_is_not_there_is_not_found(app: Flask, staff: Staff) -> None:
    desk, _token = signed_in(staff)

    for rule in rules(app, "GET"):
        if "reference" in rule.arguments:
            about = dict.fromkeys(rule.arguments, "nothing")
            assert desk.get(rule.endpoint, **about).status == 404, rule


def test_every_address_of_the_desk_lies_below_it(app: Flask) -> None:
    for rule in rules(app, "GET"):
        assert rule.rule == "/staff" or rule.rule.startswith("/staff/")


SECRETS = ("Xanthippe", "Quill", "xq@example.com", "Zebrafish", "5550167")


def test_no_form_tells_a_practitioner_of_anothers_client(
    app: Flask, session: Session, studio: make.Studio, staff: Staff, at: Callable[[str], Any]
) -> None:
    """Ines sends every form about her own visit, whose hour Maya's client has by now."""
    own = make.booked("2026-03-10 12:00", practitioner="ines")
    with transaction() as inside:
        # She sees her own clients alone, and only Room 1 is left for both.
        inside.get_one(Booking, own.id).status = "no_show"
        inside.execute(sa.delete(Claim))
        inside.get_one(Resource, studio.room_2).archived_at = make.moment("2026-03-01 10:00")
    make.booked(
        "2026-03-10 12:00", practitioner="maya", name="Xanthippe Quill", email="xq@example.com",
        phone="+12125550167", note="Zebrafish", visitor="x",
    )  # fmt: skip
    at("2026-03-10 12:10")
    ines = staff("practitioner")
    (token, *_) = ines.get("accounts.account").tree.xpath("//input[@name='csrf_token']/@value")
    about = {"reference": own.reference, "client_id": own.client_id, "block_id": 1, "staff_id": 1}
    about |= {"session_id": 1, "token": "x", "kind": "person", "message_id": 1, "off_id": 1}
    about |= {"follow_up_id": 1}
    answers = set()

    for rule in rules(app, "POST"):
        if not set(rule.arguments) <= set(about) or rule.endpoint.startswith("accounts."):
            continue
        path = ines.address(rule.endpoint, **{name: about[name] for name in rule.arguments})
        for to in ("arrived", "booked"):
            data = FORMS.get(rule.endpoint, {}) | {"csrf_token": token, "to": to}
            answer = ines.client.post(path, data=data)
            answers.add((rule.endpoint, answer.status_code))
            said = answer.get_data(as_text=True)
            assert not [word for word in SECRETS if word in said], path

    assert ("desk.change_state", 409) in answers


def test_nothing_of_anothers_client_is_anywhere_for_a_practitioner(
    app: Flask, session: Session, studio: make.Studio, staff: Staff
) -> None:
    """Ines looks at every page of the desk, with every number and day of Maya's client."""
    secret = make.booked(
        "2026-03-10 12:00",
        practitioner="maya",
        name="Xanthippe Quill",
        email="xq@example.com",
        phone="+12125550167",
        note="Zebrafish",
    )
    ines = staff("practitioner")
    about = {
        "reference": secret.reference,
        "client_id": secret.client_id,
        "block_id": 1,
        "off_id": 1,
        "follow_up_id": 1,
        "event": "prep_3d",
        "staff_id": 1,
        "session_id": 1,
        "token": "x",
        "member": "maya",
        "slug": "facial",
        "thing": "room-1",
    }
    asked = (
        "",
        "?day=2026-03-10",
        "?q=xanth",
        "?q=2125550167",
        "?person=maya",
        "?with=maya",
        "?by=room",
    )

    for rule in rules(app, "GET"):
        path = ines.address(rule.endpoint, **{name: about[name] for name in rule.arguments})
        for query in asked:
            said = ines.client.get(path + query).get_data(as_text=True)
            for word in SECRETS:
                typed = word.lower() in query or (word == "5550167" and "5550167" in query)
                assert typed or word not in said, (path + query, word)
