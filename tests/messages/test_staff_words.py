"""Tests of spa.messages.staff_words: words read, tried, kept and given up at the desk."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.booking.state_actions import change_state
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus
from spa.messages import words, words_actions
from spa.messages.words import Words
from spa.models import AuditEntry, MessageWords, TreatmentWords
from tests import make
from tests.booking.test_state_actions import last_entry, somebody
from tests.messages import mailbox
from tests.pages import Page, Pages

Staff = Callable[..., Pages]
WORDS = "/staff/messages/words"
OWN = Words("See you, {name}", "Bring a hat.\n\n{visit}", "A first!", "Soon: {link}")


def sent(desk: Pages, event: str, *, query: str = "", **typed: str) -> Page:
    """The form of an event's page, sent with what is typed."""
    path = f"{WORDS}/{event}{query}"
    page = desk.open(path)
    (form,) = page.tree.xpath("//form[.//textarea[@name='body']]")
    data = {name: value for name, value in form.form_values() if value is not None}
    return desk.post(path, data | typed)


def kept(session: Session) -> list[tuple[str, str, str]]:
    session.rollback()
    query = sa.select(MessageWords.event, MessageWords.language, MessageWords.subject)
    return [(row.event, row.language, row.subject) for row in session.execute(query)]


def recorded(session: Session) -> list[tuple[str, dict[str, Any]]]:
    session.rollback()
    found = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    return [(one.event, one.details) for one in found if one.event.startswith("message.words")]


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_reads_and_changes_the_words(
    role: str, staff: Staff, session: Session
) -> None:
    desk = staff(role)

    for path in (WORDS, f"{WORDS}/prep_3d", f"{WORDS}/prep_3d/mail"):
        assert desk.client.get(path).status_code == 403
    for path in (f"{WORDS}/prep_3d", f"{WORDS}/prep_3d/reset"):
        assert desk.client.post(path).status_code in {400, 403}
    assert kept(session) == []


def test_every_message_is_listed_once_with_whose_words_it_says(staff: Staff) -> None:
    desk = staff("manager")
    sent(desk, "prep_3d", subject="Coming on {day}?")

    page = desk.open(WORDS)

    links_there = page.tree.xpath(f"//a[starts-with(@href, '{WORDS}/')]/@href")
    assert sorted(links_there) == sorted(f"{WORDS}/{event}" for event in words.DEFAULTS)
    (flag,) = page.all(".flag")
    assert flag.getparent().xpath("a/@href") == [f"{WORDS}/prep_3d"]


def test_kept_words_are_recorded_and_sent(staff: Staff, session: Session, app: Flask) -> None:
    page = sent(staff("manager"), "booking_confirmed", subject="See you, {name}", body="A hat.")

    make.booked()

    assert "from now on these words are sent" in page.text
    assert recorded(session) == [
        ("message.words_changed", {"which": "booking_confirmed", "language": "en"})
    ]
    mail = mailbox.delivered(app)
    assert mail["Subject"] == "See you, Ana Duarte"
    assert "A hat." in mailbox.text(mail)


def test_keeping_what_stands_there_changes_nothing(staff: Staff, session: Session) -> None:
    page = sent(staff("manager"), "prep_3d")

    assert "Nothing was changed" in page.text
    assert (kept(session), recorded(session)) == ([], [])


def test_the_programs_words_come_back(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    page = sent(desk, "prep_3d", subject="Coming?")

    page = desk.post(f"{WORDS}/prep_3d/reset", {"csrf_token": page.fields("/reset")["csrf_token"]})

    assert "the program's words again" in page.text
    assert page.fields()["subject"] == "Will you be there on {day}?"
    assert kept(session) == []
    assert [event for event, _details in recorded(session)] == [
        "message.words_changed",
        "message.words_reset",
    ]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("subject", "", "Write something here"),
        ("subject", "x" * 201, "Keep the subject to 200 characters"),
        ("subject", "Hello {nmae}", "There is no {nmae}"),
        ("body", "  ", "Write something here"),
        ("body", "Come {visit} soon", "Put {visit} on a line of its own"),
        ("first_body", "{% if x %}", "There is no {% if x %}"),
        ("short", "Your {treatment}: {link}", "{treatment} can't stand here"),
        ("short", "See you", "Put {link} in"),
        ("short", "{link}" + "x" * 300, "Keep it to 300 characters"),
    ],
)
def test_wrong_words_are_named_beside_the_field_and_stay_typed(
    field: str, text: str, said: str, staff: Staff, session: Session
) -> None:
    page = sent(staff("manager"), "prep_3d", **{field: text})

    assert page.status == 422
    (beside,) = page.all(f"[id={field}-error]")
    assert said in beside.text_content()
    (line,) = page.tree.xpath(f"//*[@role='alert']//a[@href='#{field}']")
    assert line.text_content() == beside.text_content()
    assert page.fields()[field].strip() == text.strip()
    assert kept(session) == []


def test_words_are_tried_on_a_real_visit_and_not_kept(staff: Staff, session: Session) -> None:
    make.booked("2026-03-12 10:00", name="Ana <b>Duarte</b>")

    page = sent(
        staff("manager"), "prep_3d", preview="y", subject="Hi {name}", body="# Big\n\nOn {day}."
    )

    assert page.status == 200 and "Not saved yet" in page.text
    assert "Hi Ana <b>Duarte</b>" in page.text and "Thursday 12 March" in page.text
    assert not page.tree.xpath("//b[text()='Duarte']")
    assert page.fields()["subject"] == "Hi {name}"
    assert kept(session) == []


def test_the_visit_to_try_on_can_be_chosen(staff: Staff) -> None:
    make.booked("2026-03-12 10:00", name="Ana Duarte")
    later = make.booked("2026-03-19 10:00", name="Bo Lind", email="b@example.com", visitor="two")
    desk = staff("manager")

    first = desk.open(f"{WORDS}/prep_3d")
    other = desk.open(f"{WORDS}/prep_3d?booking={later.reference}")

    assert "Ana Duarte" in first.text and "Bo Lind" not in first.text
    assert "Bo Lind" in other.text and "Ana Duarte" not in other.text


@pytest.mark.parametrize("reference", ["nothing", "a%00b", "é", "held"])
def test_a_visit_that_cannot_be_tried_on_is_said_to_be_missing(
    reference: str, staff: Staff
) -> None:
    if reference == "held":
        reference = make.held().reference

    page = staff("manager").open(f"{WORDS}/prep_3d?booking={reference}")

    assert page.status == 200
    assert "There is no visit" in page.text


@pytest.mark.parametrize("event", words.DEFAULTS)
def test_every_message_can_be_seen_without_a_way_into_the_clients_own_pages(
    event: str, app: Flask, session: Session, staff: Staff
) -> None:
    """Whoever has the client's link acts as the client: the desk never shows it."""
    visit = make.booked("2026-03-12 10:00")
    if event == "booking_cancelled":
        change_state(
            visit.reference, BookingStatus.CANCELLED, actor=somebody(session, Role.RECEPTION)
        )
    with app.test_request_context():
        token = links.visit_token(visit.reference, visit.link_version)
        stop = links.news_token(visit.client_id or 0)
    desk = staff("manager")

    page = desk.open(f"{WORDS}/{event}")
    assert page.tree.get("lang") == "en"
    mail = desk.client.get(f"{WORDS}/{event}/mail").get_data(as_text=True)

    assert page.tree.xpath("//*[contains(@class, 'mailed')]")[0].text_content().strip()
    for said in (page.response.get_data(as_text=True), mail):
        assert token not in said and stop not in said
    assert "Hello Ana Duarte" in mail


def test_the_whole_mail_is_shown_where_nothing_runs(staff: Staff) -> None:
    make.booked("2026-03-12 10:00")

    answer = staff("manager").client.get(f"{WORDS}/prep_3d/mail")

    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'" and policy["sandbox"] == ""
    assert "script-src" not in policy
    assert answer.mimetype == "text/html" and "style=" in answer.get_data(as_text=True)


def test_without_a_visit_there_is_no_mail_to_show(staff: Staff) -> None:
    desk = staff("manager")

    assert "There is no visit" in desk.open(f"{WORDS}/prep_3d").text
    assert desk.client.get(f"{WORDS}/prep_3d/mail").status_code == 404


@pytest.mark.parametrize("path", ["nothing", "staff_invited", "nothing/mail"])
def test_what_has_no_words_of_its_own_is_not_found(path: str, staff: Staff) -> None:
    assert staff("manager").client.get(f"{WORDS}/{path}").status_code == 404


def test_each_language_has_words_of_its_own(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.add(
            TreatmentWords(
                treatment_id=studio.facial, language="de", name="G", summary="K", about="W"
            )
        )
    desk = staff("manager")

    page = sent(desk, "prep_3d", query="?language=de", subject="Kommen Sie am {day}?")

    assert page.fields()["subject"] == "Kommen Sie am {day}?"
    assert "German" in page.text
    assert desk.open(f"{WORDS}/prep_3d").fields()["subject"] == "Will you be there on {day}?"
    assert kept(session) == [("prep_3d", "de", "Kommen Sie am {day}?")]
    token = page.fields("/reset")["csrf_token"]
    desk.post(f"{WORDS}/prep_3d/reset?language=de", {"csrf_token": token})
    assert kept(session) == []


@pytest.mark.parametrize("code", ["de", "xx", "", "en'", "../en"])
def test_a_language_that_is_not_written_here_is_not_found(code: str, staff: Staff) -> None:
    assert staff("manager").client.get(f"{WORDS}/prep_3d?language={code}").status_code == 404


def test_the_list_says_when_each_goes_out_by_itself(staff: Staff) -> None:
    page = staff("manager").open(WORDS)

    said = {
        re.sub(r".*/", "", row.xpath(".//a/@href")[0]): " ".join(row.text_content().split())
        for row in page.tree.xpath("//li[.//a[contains(@href, '/messages/words/')]]")
    }
    assert "3 days before, 10:00" in said["prep_3d"]
    assert "on the day, 18:00" in said["care_0h"]
    assert "2 days after, 10:00" in said["care_d2"]
    assert "switched off" in said["care_d4"] and "switched off" not in said["care_d2"]
    assert "before" not in said["booking_confirmed"] and "after" not in said["booking_moved"]


def test_words_of_one_place_are_not_anothers(session: Session, studio: make.Studio) -> None:
    kim: Actor = somebody(session, Role.MANAGER)

    words_actions.keep_words(studio.location_id, "prep_3d", "en", OWN, actor=kim)
    again = Words("Again", OWN.body, OWN.first_body, OWN.short)
    words_actions.keep_words(studio.location_id, "prep_3d", "en", again, actor=kim)

    assert [row[2] for row in kept(session)] == ["Again"]
    assert last_entry(session).staff_id == kim.id
    assert not words_actions.reset_words(99, "prep_3d", "en", actor=kim)
    assert not words_actions.reset_words(studio.location_id, "prep_3d", "de", actor=kim)
    assert words_actions.reset_words(studio.location_id, "prep_3d", "en", actor=kim)
