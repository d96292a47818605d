"""Tests of spa.feeds: a calendar at a secret address, what it tells, and when it stops."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from spa import links
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.feeds import actions
from spa.feeds.queries import PERSON, PLACE
from spa.models import Block, Claim, StaffMember, TimeOff
from tests import make
from tests.pages import Pages

Staff = Callable[..., Pages]
OWNER = Actor(1, "Oona", "o@example.com", Role.OWNER)


@pytest.fixture
def address(app: Flask, session: Session, studio: make.Studio) -> str:
    """Ines, who signs in, has made an address for her calendar."""
    with transaction() as inside:
        make.staff(inside, "practitioner", resource_id=studio.ines)
    return new_address(app, PERSON, studio.ines, studio)


def new_address(app: Flask, kind: str, number: int, studio: make.Studio) -> str:
    version = actions.make_address(kind, number, studio.location_id, actor=OWNER)
    with app.test_request_context():
        return f"/feeds/{links.feed_token(kind, number, version)}.ics"


def asked(app: Flask, address: str, **headers: str) -> TestResponse:
    return app.test_client().get(address, headers=headers)


def events(answer: TestResponse) -> list[Event]:
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.data).events)


def test_a_practitioner_reads_their_own_visits_and_nobody_elses(app: Flask, address: str) -> None:
    mine = make.booked("2026-03-12 10:00", practitioner="ines")
    make.booked("2026-03-12 10:00", practitioner="maya")

    (event,) = events(asked(app, address))

    assert str(event["SUMMARY"]) == "Facial, Room 1"
    assert event.start == mine.starts_at
    assert str(event["UID"]).startswith(mine.reference)


def test_a_calendar_says_nothing_of_the_client(app: Flask, address: str) -> None:
    visit = make.booked("2026-03-12 10:00", practitioner="ines", note="My skin itches")

    text = asked(app, address).text

    for secret in (visit.contact_name, visit.contact_email, visit.contact_phone, "itches"):
        assert secret
        assert secret not in text


def test_it_names_clients_once_the_owner_allows_it(
    app: Flask, address: str, studio: make.Studio
) -> None:
    visit = make.booked("2026-03-12 10:00", practitioner="ines", note="My skin itches")
    before = asked(app, address).headers["ETag"]

    actions.name_clients(studio.location_id, True, actor=OWNER)

    answer = asked(app, address, If_None_Match=before)
    (event,) = events(answer)
    assert visit.contact_name in str(event["SUMMARY"])
    assert visit.contact_email not in answer.text
    assert "itches" not in answer.text


def test_the_studio_reads_everyones_with_who_gives_them(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        make.staff(inside, "owner")
    make.booked("2026-03-12 10:00", practitioner="ines")
    make.booked("2026-03-12 10:00", practitioner="maya")

    found = events(asked(app, new_address(app, PLACE, studio.location_id, studio)))

    assert sorted(str(event["SUMMARY"]) for event in found) == [
        "Facial, Ines, Room 1",
        "Facial, Maya, Room 2",
    ]


def test_times_kept_free_and_days_off_are_there_too(
    app: Flask, session: Session, address: str, studio: make.Studio
) -> None:
    with transaction() as inside:
        starts_at, ends_at = make.moment("2026-03-12 14:00"), make.moment("2026-03-12 15:00")
        block = make.add(
            inside,
            Block(location_id=1, starts_at=starts_at, ends_at=ends_at, reason="Meeting"),
        )
        inside.add(Claim(resource_id=studio.ines, tick=1, run=1, block_id=block.id))
        day = make.moment("2026-03-20 00:00").date()
        inside.add(TimeOff(resource_id=studio.ines, first_on=day, last_on=day, reason="Operation"))

    answer = asked(app, address)

    assert [str(event["SUMMARY"]) for event in events(answer)] == ["Meeting", "Away"]
    assert "Operation" not in answer.text


def test_a_cancelled_visit_is_not_there_any_more(
    app: Flask, session: Session, address: str
) -> None:
    visit = make.booked("2026-03-12 10:00", practitioner="ines")
    visit.status = "cancelled"
    session.commit()

    assert events(asked(app, address)) == []


@pytest.mark.parametrize(("day", "count"), [("2026-02-09", 1), ("2026-02-07", 0)])
def test_it_looks_a_month_back(
    day: str, count: int, app: Flask, session: Session, address: str
) -> None:
    visit = make.booked("2026-03-12 10:00", practitioner="ines")
    moment = make.moment(f"{day} 10:00")
    visit.starts_at, visit.ends_at = moment, make.moment(f"{day} 11:00")
    session.commit()

    assert len(events(asked(app, address))) == count


def test_nothing_is_sent_again_that_did_not_change(app: Flask, address: str) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    first = asked(app, address)

    again = asked(app, address, If_None_Match=first.headers["ETag"])
    make.booked("2026-03-13 10:00", practitioner="ines")
    later = asked(app, address, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")
    assert len(events(later)) == 2


def test_a_new_address_ends_the_old_one(app: Flask, address: str, studio: make.Studio) -> None:
    new = new_address(app, PERSON, studio.ines, studio)

    assert asked(app, address).status_code == 404
    assert asked(app, new).status_code == 200


def test_an_address_that_was_taken_away_is_never_given_again(
    app: Flask, address: str, studio: make.Studio
) -> None:
    actions.end_address(PERSON, studio.ines, studio.location_id, actor=OWNER)
    assert asked(app, address).status_code == 404

    new = new_address(app, PERSON, studio.ines, studio)

    assert new != address
    assert asked(app, address).status_code == 404


def test_who_is_suspended_reads_no_more(app: Flask, session: Session, address: str) -> None:
    with transaction() as inside:
        inside.query(StaffMember).update({"suspended_at": make.moment("2026-03-01 10:00")})

    assert asked(app, address).status_code == 404


@pytest.mark.parametrize("token", ["x", "WyJwZXJzb24iLDEsMV0.nonsense", "a" * 3000])
def test_an_address_that_was_never_given_is_not_there(
    token: str, app: Flask, studio: make.Studio
) -> None:
    assert asked(app, f"/feeds/{token}.ics").status_code == 404


def test_too_many_requests_are_told_to_wait(another_app: Callable[..., Any], address: str) -> None:
    app = another_app(LIMIT_FEEDS=1)

    assert [asked(app, address).status_code for _ in range(2)] == [200, 429]


def test_no_cookie_is_set_and_nobody_else_keeps_it(app: Flask, address: str) -> None:
    answer = asked(app, address)

    assert "Set-Cookie" not in answer.headers
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/calendar")
