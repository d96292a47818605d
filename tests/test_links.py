"""The links in mails: who can read them, and when they die."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from spa import links

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
GARBAGE = ["", "x", "a.b.c", ".", "\0", "%00", "💆🏽‍♀️", "שלום", "x" * 10_000, "WyJhIiwxXQ.forged"]


def test_a_link_is_read_back(session: Session) -> None:
    assert links.read_visit_token(links.visit_token("abc", 3)) == ("abc", 3)


def test_a_link_of_the_key_before_still_reads(app: Flask, session: Session) -> None:
    token = links.visit_token("abc", 1)
    app.config["SECRET_KEY"], app.config["SECRET_KEY_OLD"] = "a new key", app.config["SECRET_KEY"]

    assert links.read_visit_token(token) == ("abc", 1)
    assert links.visit_token("abc", 1) != token


def test_a_link_of_a_forgotten_key_is_nobodys(app: Flask, session: Session) -> None:
    token = links.visit_token("abc", 1)
    app.config["SECRET_KEY"] = "a new key"

    assert links.read_visit_token(token) is None


@pytest.mark.parametrize("token", GARBAGE)
def test_garbage_is_no_link(token: str, session: Session) -> None:
    assert links.read_visit_token(token) is None


@pytest.mark.parametrize("position", [0, 4, 9, -3, -10])
def test_a_changed_letter_breaks_a_link(position: int, session: Session) -> None:
    token = list(links.visit_token("abc", 1))
    token[position] = "A" if token[position] != "A" else "B"

    assert links.read_visit_token("".join(token)) is None


def test_a_link_shows_no_number_in_sequence(session: Session) -> None:
    assert links.visit_token("abc", 1).partition(".")[2]
    assert links.visit_token("abc", 1) != links.visit_token("abc", 2)


def test_a_link_in_a_message_leads_to_the_sites_own_address(app: Flask, session: Session) -> None:
    app.config["PUBLIC_URL"] = "https://book.studio.com"

    with app.test_request_context(headers={"Host": "evil.example"}):
        found = links.absolute("visit.visit", token="abc")

    assert found == "https://book.studio.com/booking/visit/abc"


# The links of staff


@pytest.mark.parametrize(
    ("purpose", "lasts"), [("reset", timedelta(hours=2)), ("invited", timedelta(days=7))]
)
def test_a_link_of_staff_is_read_back_until_its_time_is_over(
    purpose: str, lasts: timedelta, session: Session
) -> None:
    token = links.staff_token(purpose, 7, 3, at=NOON)

    for passed in (timedelta(0), lasts - timedelta(seconds=1)):
        read = links.read_staff_token(token, at=NOON + passed)
        assert read == links.StaffLink(purpose, 7, 3, NOON + lasts)
    assert links.read_staff_token(token, at=NOON + lasts) is None


@pytest.mark.parametrize("token", GARBAGE)
def test_garbage_is_no_link_of_staff(token: str, session: Session) -> None:
    assert links.read_staff_token(token, at=NOON) is None


def test_one_kind_of_link_never_passes_for_another(session: Session) -> None:
    assert links.read_staff_token(links.visit_token("abc", 1), at=NOON) is None
    assert links.read_visit_token(links.staff_token("reset", 7, 3, at=NOON)) is None
    strange = str(links.signer("staff").dumps(["forever", 7, 3, 0]))
    assert links.read_staff_token(strange, at=NOON) is None
