"""What a client chooses: the notes they want, how, news, and "I will be there"."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.booking import actions
from spa.database import transaction
from spa.messages import worker
from spa.models import AuditEntry, Booking, Client, Message
from tests import make
from tests.messages import mailbox
from tests.pages import Page, Pages
from tests.visitor import wrong

At = Callable[[str], datetime]
START = "2026-04-02 10:00"


@pytest.fixture(autouse=True)
def _with_notes(studio: make.Studio) -> None:
    with transaction() as inside:
        make.plan_notes(inside)


def below(booking: Booking, page: str) -> str:
    """A page below the link of a visit."""
    return f"/booking/visit/{links.visit_token(booking.reference, booking.link_version)}/{page}"


def save(pages: Pages, booking: Booking, **typed: object) -> Page:
    """Send the form of choices as it stands, with these changes."""
    page = pages.open(below(booking, "notes"))
    form = page.tree.forms[0]
    sent: dict[str, object] = {k: v for k, v in form.form_values() if k != "notes"}
    sent["notes"] = [v for k, v in form.form_values() if k == "notes"]
    return pages.post(below(booking, "notes"), sent | typed)


def coming(session: Session) -> list[str]:
    session.rollback()
    query = sa.select(Message.event).where(Message.status == "waiting", Message.kind != "answer")
    return list(session.scalars(query.order_by(Message.due_at)))


def test_a_client_sees_every_note_with_its_day(pages: Pages, session: Session) -> None:
    page = pages.open(below(make.booked(START), "notes"))

    assert [label.text_content().split("  ")[0] for label in page.all("label")][0].startswith(
        "A week before Thu 26 Mar, 10:00"
    )
    assert len(page.tree.xpath("//input[@name='notes' and @checked]")) == 7
    assert "Never send me a text" not in page.text


def test_only_the_notes_that_are_ticked_come_and_for_all_visits(
    pages: Pages, session: Session
) -> None:
    booking = make.booked(START)
    make.booked("2026-05-01 10:00", visitor="two")

    page = save(pages, booking, notes=["prep_1d", "care_0h"])

    assert "Saved." in page.text
    assert coming(session) == ["prep_1d", "care_0h", "prep_1d", "care_0h"]
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and entry.event == "client.notes_chosen"
    save(pages, booking, notes=["prep_7d", "prep_3d", "prep_1d"])
    assert coming(session)[:3] == ["prep_7d", "prep_3d", "prep_1d"]


def test_news_is_agreed_to_and_stopped_by_its_own_tick(pages: Pages, session: Session) -> None:
    booking = make.booked(START)
    assert "thanks" not in coming(session)

    save(pages, booking, news="y")
    assert {"thanks", "next_time"} <= set(coming(session))

    page = pages.open(below(booking, "notes"))
    form = {k: v for k, v in page.tree.forms[0].form_values() if k not in {"notes", "news"}}
    pages.post(below(booking, "notes"), form | {"notes": ["prep_1d"]})
    assert not {"thanks", "next_time"} & set(coming(session))


def test_texts_can_be_chosen_where_the_studio_sends_any(
    app: Flask, pages: Pages, session: Session
) -> None:
    booking = make.booked(START)
    app.config["TEXT_URL"] = "file:"
    page = save(pages, booking, channel="text")
    assert "(212) 555-0111" in page.text

    session.rollback()
    assert session.scalars(sa.select(Client.channel)).one() == "text"
    channels = sa.select(Message.channel).where(Message.kind == "note").distinct()
    assert session.scalars(channels).all() == ["text"]

    save(pages, booking, no_texts="y")
    session.rollback()
    assert session.scalars(channels).all() == ["email"]


def test_a_forged_form_chooses_nothing(pages: Pages, session: Session) -> None:
    booking = make.booked(START)

    page = pages.post(below(booking, "notes"), {"notes": [], "csrf_token": "x"})

    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert len(coming(session)) == 7


def test_opening_the_page_says_nothing_and_the_button_does(pages: Pages, session: Session) -> None:
    booking = make.booked(START)
    page = pages.open(below(booking, "coming"))
    session.refresh(booking)
    assert booking.assured_at is None and not wrong(page)

    page = pages.post(below(booking, "coming"), page.fields())

    session.refresh(booking)
    assert booking.assured_at is not None
    assert "Thank you: we expect you" in page.text
    assert not page.all("button")


def test_a_cancelled_or_past_visit_asks_nobody_to_come(pages: Pages, at: At) -> None:
    booking = make.booked(START)
    token = pages.open(below(booking, "coming")).fields()["csrf_token"]
    actions.cancel_booking(booking.reference)

    page = pages.post(below(booking, "coming"), {"csrf_token": token})

    assert page.status == 409
    assert "cancelled" in page.text


def test_news_is_stopped_by_a_button_or_one_click_and_notes_still_come(
    app: Flask, pages: Pages, session: Session
) -> None:
    booking = make.booked(START, wants_marketing=True)
    path = f"/messages/stop/{links.news_token(booking.client_id or 0)}"
    pages.open(path)
    assert "thanks" in coming(session)

    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.data) == (200, b"")
    assert coming(session) == ["prep_7d", "prep_3d", "prep_1d", "care_0h", "care_d2", "care_d7",
                               "care_d28"]  # fmt: skip
    assert pages.post(path, {}).status == 400
    assert "No more news" in pages.post(path, pages.open(path).fields()).text
    assert pages.open("/messages/stop/forged").status == 404


def test_marketing_says_how_to_stop_it_and_answers_do_not(
    app: Flask, session: Session, at: At
) -> None:
    make.booked(START, wants_marketing=True)
    answer = mailbox.delivered(app)
    for day in (3, 13, 14):  # What came late leaves news for another day.
        at(f"2026-04-{day:02} 10:00")
        worker.send_due()
    (news,) = [mail for mail in mailbox.mails(app) if mail["Subject"] == "How was it with us?"]

    assert answer["List-Unsubscribe"] is None
    assert news["List-Unsubscribe"].strip().startswith("<http://localhost/messages/stop/")
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_texts_ever_counts_more_than_notes_as_texts(
    app: Flask, pages: Pages, session: Session
) -> None:
    app.config["TEXT_URL"] = "file:"
    save(pages, make.booked(START), channel="text", no_texts="y")

    session.rollback()
    client = session.scalars(sa.select(Client)).one()
    assert (client.channel, client.no_texts) == ("email", True)


def test_a_cancelled_visit_has_no_notes_to_choose(pages: Pages) -> None:
    booking = make.booked(START)
    actions.cancel_booking(booking.reference)

    page = pages.open(below(booking, "notes"))

    assert "About this visit nothing more is sent." in page.text
    assert not page.tree.xpath("//input[@name='notes']")
