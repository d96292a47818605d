"""The links in mails: who can read them, and when they die."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from spa import links

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
