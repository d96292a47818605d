"""Tests of a client's file: notes, counts, messages, consents, the export, another email."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import AuditEntry, Booking, Client, ClientNote, Message
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]


@pytest.fixture
def visit(session: Session, studio: make.Studio) -> Booking:
    return make.booked("2026-03-12 10:00", practitioner="ines")


def file_of(desk: Pages, visit: Booking) -> Page:
    return desk.get("clients.show", client_id=visit.client_id)


def written(desk: Pages, visit: Booking, text: str) -> Page:
    page = file_of(desk, visit)
    return desk.post(f"/staff/clients/{visit.client_id}/notes", page.fields("/notes")
                     | {"text": text})  # fmt: skip


def test_a_note_is_kept_with_who_and_when(staff: Staff, session: Session, visit: Booking) -> None:
    page = written(staff("reception"), visit, "Prefers mornings.\nQuiet music.")

    assert "Prefers mornings." in page.text
    assert "Reception, 10 March 2026, 09:00" in page.text
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and entry.event == "client.note_written"
    assert "mornings" not in str(entry.details)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" ", "Write something down first"), ("x" * 2001, "Keep this to 2,000 characters")],
)
def test_a_note_that_is_none_stays_in_the_form(
    text: str, sentence: str, staff: Staff, session: Session, visit: Booking
) -> None:
    page = written(staff("reception"), visit, text)

    assert page.status == 422
    assert sentence in page.text
    assert page.tree.xpath("string(//textarea[@name='text'])").strip() == text.strip()
    assert session.scalar(sa.select(ClientNote)) is None


def test_a_note_pressed_twice_is_one(staff: Staff, session: Session, visit: Booking) -> None:
    desk = staff("reception")
    for _ in range(2):
        written(desk, visit, "Prefers mornings.")

    assert session.scalar(sa.select(sa.func.count(ClientNote.id))) == 1


def test_one_takes_away_ones_own_note_and_a_manager_anybodys(
    staff: Staff, session: Session, visit: Booking
) -> None:
    written(staff("owner"), visit, "From the owner.")
    kim = staff("reception")
    assert not file_of(kim, visit).tree.xpath("//form[contains(@action, '/remove')]")
    boss = staff("manager")
    page = file_of(boss, visit)

    (path,) = page.tree.xpath("//form[contains(@action, '/remove')]/@action")
    refused = kim.client.post(path, data={"csrf_token": file_of(kim, visit)
                                          .fields("/notes")["csrf_token"]})  # fmt: skip
    boss.post(path, page.fields("/remove"))

    assert refused.status_code == 409
    session.expire_all()
    note = session.scalars(sa.select(ClientNote)).one()
    assert note.removed_at is not None
    assert "From the owner." not in file_of(kim, visit).text


def test_the_file_counts_visits_and_tells_of_messages_and_consents(
    staff: Staff, session: Session, visit: Booking
) -> None:
    visit.status, visit.is_late = "no_show", True
    visit.screened_at, visit.screening_version = make.moment("2026-03-09 10:00"), "2026-1"
    session.execute(sa.update(Message).values(status="sent", sent_text="Dear you"))
    session.commit()

    page = file_of(staff("reception"), visit)

    for words in ("0 visits", "1 did not come", "1 change came late.", "Dear you",
                  "Went through the list of who can't be treated", "version 2026-1"):  # fmt: skip
        assert words in page.text


def test_a_practitioner_reads_of_their_own_visits_alone(
    staff: Staff, session: Session, visit: Booking
) -> None:
    other = make.booked("2026-03-13 10:00", practitioner="maya", visitor="x")
    assert other.client_id == visit.client_id
    with transaction() as inside:
        inside.execute(sa.update(Message).values(sent_text="Secret of Maya")
                       .where(Message.booking_id == other.id))  # fmt: skip

    page = file_of(staff("practitioner"), visit)

    assert "Secret of Maya" not in page.text
    assert len(page.tree.xpath("//section[@aria-labelledby='sent']//li")) == 1


def test_everyone_can_be_taken_along_without_a_formula_in_it(
    staff: Staff, session: Session, visit: Booking
) -> None:
    with transaction() as inside:
        inside.add(Client(name="=1+1", email="", phone="+1", created_at=visit.created_at))
        gone = make.add(inside, Client(name="Gone", created_at=visit.created_at))
        gone.merged_into_id = visit.client_id
    desk = staff("manager")
    token = desk.get("clients.index").fields("/sheet")["csrf_token"]

    answer = desk.client.post("/staff/clients/sheet", data={"csrf_token": token})

    rows = answer.get_data(as_text=True).splitlines()
    assert len(rows) == 3
    assert rows[2].startswith("'=1+1,,'+1,")
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and (entry.event, entry.details) == ("clients.exported", {"count": 2})
    assert staff("reception").client.post("/staff/clients/sheet").status_code in {400, 403}


@pytest.mark.parametrize("is_for_visits", [True, False])
def test_another_email_is_also_that_of_the_visits_to_come_if_that_is_wanted(
    is_for_visits: bool, staff: Staff, session: Session, visit: Booking
) -> None:
    desk = staff("reception")
    page = desk.get("clients.edit", client_id=visit.client_id)
    typed = page.fields() | {"email": "new@example.com"}
    if not is_for_visits:
        typed.pop("for_visits")

    desk.post(page.path, typed)

    session.expire_all()
    assert (visit.contact_email == "new@example.com") is is_for_visits
    assert (visit.link_version == 2) is is_for_visits
    told = sa.select(Message.recipient).where(Message.status == "waiting")
    assert ("new@example.com" in set(session.scalars(told))) is is_for_visits
