"""The words of messages: what can be saved, how they are filled in, whose are said."""

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.messages import words
from spa.messages.words import Block, Problem, as_html, as_text, problems
from spa.models import MessageWords
from tests import make
from tests.messages import mailbox

VALUES = {"name": "Ana", "link": "http://localhost/x", "day": "Friday"}
BLOCKS = {
    "visit": Block("The visit\n", Markup("<table><tr><td>The visit</td></tr></table>")),
    "pencilled": Block("", Markup("")),
}


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("subject", "Your visit on {day}", []),
        ("subject", "  ", [Problem("empty")]),
        ("subject", "{visit}", [Problem("not_here", "visit")]),
        ("subject", "{link}", [Problem("not_here", "link")]),
        ("subject", "{nmae}", [Problem("unknown", "nmae")]),
        ("body", "Hello.\n\n{visit}\n\n{button}", []),
        ("body", "Hello {visit} there", [Problem("own_line", "visit")]),
        ("body", "{{ config }}", [Problem("unknown", " config ")]),
        ("body", "{% include 'x' %}", [Problem("unknown", "% include 'x' %")]),
        ("body", "", [Problem("empty")]),
        ("first_body", "", []),
        ("short", "", []),
        ("short", "See {link}", []),
        ("short", "See you", [Problem("no_link")]),
        ("short", "{treatment} {link}", [Problem("not_here", "treatment")]),
        ("short", "{who} {link}", [Problem("not_here", "who")]),
        ("short", "x" * 301 + "{link}", [Problem("too_long")]),
    ],
)
def test_words_are_checked_before_they_are_kept(
    field: str, text: str, found: list[Problem]
) -> None:
    assert problems(field, text) == found


@pytest.mark.parametrize("event", words.DEFAULTS)
def test_the_programs_own_words_pass_the_check(event: str, app: Flask) -> None:
    with app.test_request_context():
        said = words.default(event)

    for field in words.FIELDS:
        assert problems(field, getattr(said, field)) == []


def test_text_and_html_say_the_same() -> None:
    body = "Hello **{name}**,\r\n\r\n{visit}\r\nSee {link}.\n\n{pencilled}\n\n- one\n- two"

    assert as_text(body, VALUES, BLOCKS) == (
        "Hello **Ana**,\n\nThe visit\nSee http://localhost/x.\n\n- one\n- two"
    )
    html = as_html(body, VALUES, BLOCKS)
    assert "<strong><bdi>Ana</bdi></strong>" in html
    assert "<table><tr><td>The visit</td></tr></table>" in html
    assert '<a href="http://localhost/x">http://localhost/x</a>' in html
    assert "<li>one</li>" in html and "{" not in html


@pytest.mark.parametrize(
    "name",
    ["<script>x</script>", "{link}", "**bold**", "[a](http://evil)", "{visit}", "&amp;", "{{ 7 }}"],
)
def test_a_name_is_never_markup_nor_another_placeholder(name: str) -> None:
    blocks = {"visit": Block(name, Markup("{}").format(name))}
    values = VALUES | {"name": name}

    assert as_text("Hi {name}.\n\n{visit}", values, blocks) == f"Hi {name}.\n\n{name}"
    html = as_html("Hi {name}.\n\n{visit}", values, blocks)
    assert str(Markup.escape(name)) in html and html.count("<script") == 0
    assert html.count("<a ") == 0 and html.count("<strong") == 0


def test_staffs_html_is_shown_and_not_run() -> None:
    html = as_html("<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))", VALUES, BLOCKS)

    assert "<img" not in html and 'href="javascript' not in html


def test_what_the_studio_wrote_is_said_in_its_place(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.add(
            MessageWords(
                location_id=studio.location_id,
                event="booking_confirmed",
                language="en",
                subject="See you, {name}",
                body="Bring a hat.\n\n{visit}",
                first_body="A first!",
            )  # fmt: skip
        )
    make.booked()
    first = mailbox.delivered(app)
    make.booked("2026-03-20 10:00", visitor="two", is_first_visit=False)
    second = mailbox.delivered(app)

    assert first["Subject"] == "See you, Ana Duarte"
    assert "Bring a hat.\n\nA first!\n\nFacial, 60 minutes" in mailbox.text(first)
    assert "A first!" not in mailbox.text(second)
    assert "Bring a hat." in mailbox.text(second, "html")
