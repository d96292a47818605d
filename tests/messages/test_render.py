"""The mails: their words, their headers, and the calendar in them."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions as accounts
from spa.accounts import people_actions as people
from spa.booking import actions
from spa.database import db, transaction
from spa.domain import plan
from spa.domain.roles import Actor, Role
from spa.messages import outbox, worker
from spa.models import Booking, Location, Message, Treatment, TreatmentNote
from tests import make
from tests.messages import mailbox

Clock = Callable[[str], datetime]
NOW = make.moment("2026-03-10 09:00")
SNAPSHOTS = Path(__file__).parent / "snapshots"
FAMILY = "👨‍👩‍👧‍👦"

NAMES = [
    f"Ana {FAMILY} Duarte",
    "محمد علي",
    "אליס (Alice)",
    "李小龍",
    'Ana "Anny" Duarte',
    "Duarte; Ana, the: one\\n",
    "Ana\r\nBcc: thief@example.com",
    "Ana\nEND:VEVENT\nBEGIN:VALARM",
    "Ana\x1b\u2028Duarte",
    "=?utf-8?q?Ana?=",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "é" * 200,
]


def first_visit() -> None:
    """Somebody's first visit, days ahead."""
    make.booked()


def returning() -> None:
    """Somebody who was here before."""
    make.booked(is_first_visit=False)


def for_another() -> None:
    """Booked for somebody else."""
    make.booked(other_name="Rosa Duarte")


def inside_48_hours() -> None:
    """Booked for tomorrow, and the quarter of an hour to think it over is past."""
    make.booked("2026-03-11 10:00")
    later(minutes=20)


def consultation() -> None:
    """The free check, without any needling."""
    make.booked(slug="check", is_screened=False)


def moved(start: str = "2026-03-12 10:00") -> None:
    """Moved to another day."""
    booking = make.booked(start)
    later(minutes=20)
    actions.move_booking(booking.reference, make.moment("2026-03-20 15:00"))


def moved_late() -> None:
    """Moved too late to be free."""
    moved("2026-03-11 10:00")


def moved_for_another() -> None:
    """A visit of somebody else, moved."""
    booking = make.booked(other_name="Rosa Duarte", is_first_visit=False)
    actions.move_booking(booking.reference, make.moment("2026-03-20 15:00"))


def cancelled() -> None:
    """Cancelled in time."""
    actions.cancel_booking(make.booked().reference)


def cancelled_late() -> None:
    """Cancelled too late to be free."""
    booking = make.booked("2026-03-11 10:00")
    later(minutes=20)
    actions.cancel_booking(booking.reference)


def two_links() -> None:
    """Two visits to come, and one that is cancelled."""
    make.booked()
    make.booked("2026-03-20 15:00", slug="check")
    actions.cancel_booking(make.booked("2026-03-21 15:00").reference)
    with transaction() as session:
        session.execute(sa.delete(Message))
    place = db.session.scalars(sa.select(Location.id)).one()
    actions.request_links("ana@example.com", location_id=place)


def invited() -> None:
    """Somebody is invited to the desk."""
    with transaction() as session:
        row = make.staff(session, "owner")
    owner = Actor(row.id, row.name, row.email, Role.OWNER, row.location_id)
    asked = people.Invitation("Ana Duarte", "ana@example.com", Role.RECEPTION)
    people.invite(owner, asked, location_id=owner.location_id or 0)


def forgot() -> None:
    """Somebody of the studio forgot their password."""
    with transaction() as session:
        make.staff(session, name="Ana Duarte", email="ana@example.com")
    accounts.request_reset("ana@example.com")


def later(**time: float) -> None:
    """Let some time pass."""
    from flask import current_app

    current_app.config["SPA_NOW"] += timedelta(**time)


def pencilled() -> None:
    """The next hour is pencilled in, after the evening's note has gone."""
    booking, after = make.booked(), make.held("2026-04-09 10:00", visitor="next")
    with transaction() as session:
        session.execute(sa.delete(Message))
        session.execute(
            sa.update(Booking)
            .where(Booking.id == after.id)
            .values(pencilled_after_id=booking.id, held_until=make.moment("2026-03-12 11:00"))
        )
        outbox.tell(session, "hour_pencilled", session.get_one(Booking, booking.id), at=NOW)


def follow_up() -> None:
    """Somebody has said that something does not look right."""
    booking = make.booked()
    with transaction() as session:
        session.execute(sa.delete(Message))
        outbox.alert(
            session,
            "follow_up_opened",
            "ana@example.com",
            key="1",
            at=NOW,
            location_id=booking.location_id,
            language="en",
            booking_id=booking.id,
        )


def due(key: str, **about: Any) -> None:
    """The day on which this note of a visit is due."""
    from flask import current_app

    place = db.session.scalars(sa.select(Treatment.id).where(Treatment.slug == "facial")).one()
    note = plan.BY_KEY[key]
    with transaction() as session:
        session.execute(sa.delete(TreatmentNote).where(TreatmentNote.key == key))
        session.add(
            TreatmentNote(
                treatment_id=place, key=key, is_on=True, days=note.days, minute=note.minute
            )
        )
        if about.get("slug") == "check":
            session.execute(sa.delete(TreatmentNote).where(TreatmentNote.key == key))
    booking = make.booked("2026-04-02 10:00", wants_marketing=True, **about)
    with transaction() as session:
        session.execute(sa.delete(Message).where(Message.event != key))
        at = session.scalars(sa.select(Message.due_at).where(Message.booking_id == booking.id))
        current_app.config["SPA_NOW"] = at.one()


def of_note(key: str) -> list[Callable[[], None]]:
    """The variants of one note: a first visit, a later one, and a consultation where it has one."""

    def first_visit() -> None:
        due(key)

    def returning() -> None:
        due(key, is_first_visit=False)

    def consultation() -> None:
        due(key, slug="check", is_screened=False)

    both = [first_visit, returning]
    return both if plan.BY_KEY[key].is_for_needling else [*both, consultation]


VARIANTS: dict[str, list[Callable[[], None]]] = {
    "booking_confirmed": [first_visit, returning, for_another, inside_48_hours, consultation],
    "booking_moved": [moved, moved_late, moved_for_another],
    "booking_cancelled": [cancelled, cancelled_late],
    "booking_links": [two_links],
    "staff_invited": [invited],
    "staff_reset": [forgot],
    "hour_pencilled": [pencilled],
    "follow_up_opened": [follow_up],
    **{key: of_note(key) for key in plan.BY_KEY},
}
EVERY = [(event, variant) for event, variants in VARIANTS.items() for variant in variants]


def readable(mail: EmailMessage) -> str:
    """Subject and text of a mail, its secret links left out."""
    secret = r"/(booking/visit|booking/pencilled|messages/stop|staff/password)/[\w.-]+"
    text = re.sub(secret, r"/\1/LINK", mailbox.text(mail))
    return f"Subject: {mail['Subject']}\n\n{text.strip()}\n"


@pytest.mark.parametrize(("event", "variant"), EVERY)
def test_every_message_reads_as_its_snapshot(
    event: str, variant: Callable[[], None], app: Flask, session: Session, studio: make.Studio
) -> None:
    variant()
    found = readable(mailbox.delivered(app))
    path = SNAPSHOTS / event / f"{variant.__name__}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")

    assert found == path.read_text("utf-8")


def test_every_event_has_a_snapshot_and_no_snapshot_is_left_over() -> None:
    kept = {(path.parent.name, path.stem) for path in SNAPSHOTS.glob("*/*.txt")}

    assert set(VARIANTS) == set(outbox.EVENTS)
    assert kept == {(event, variant.__name__) for event, variant in EVERY}


@pytest.mark.parametrize(("event", "variant"), EVERY)
def test_every_message_has_the_headers_of_a_good_mail(
    event: str, variant: Callable[[], None], app: Flask, session: Session, studio: make.Studio
) -> None:
    variant()
    mail = mailbox.delivered(app)

    assert mail["From"] == "Test Studio <hello@example.com>"
    assert mail["Reply-To"] == "Test Studio <hello@example.com>"
    assert mail["To"] == "ana@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == app.config["SPA_NOW"]
    assert re.fullmatch(rf"<{event}\.[\w.-]+@localhost>", mail["Message-ID"].strip())
    assert all(mail.get_all(name, [])[1:] == [] for name in mail.keys())


@pytest.mark.parametrize(("event", "variant"), EVERY)
def test_every_message_says_the_same_in_text_and_in_html(
    event: str, variant: Callable[[], None], app: Flask, session: Session, studio: make.Studio
) -> None:
    variant()
    mail = mailbox.delivered(app)
    text, html = mailbox.text(mail), mailbox.text(mail, "html")

    links = set(re.findall(r"http://localhost/\S+", text))
    assert links == set(re.findall(r"http://localhost/[^\s\"<]+", html))
    for moment in set(re.findall(r"\w+day \d+ March, \d\d:\d\d", text)):
        assert moment in html
    assert "(212) 555-0100" in text
    assert not re.search(r"<(script|img|link|iframe|form)\b|\{\{|\bNone\b", html)


def test_the_sender_can_be_set(app: Flask, session: Session, studio: make.Studio) -> None:
    app.config["MAIL_FROM"] = "bookings@studio.com"
    make.booked()

    mail = mailbox.delivered(app)

    assert mail["From"] == "Test Studio <bookings@studio.com>"
    assert mail["Reply-To"] == "Test Studio <hello@example.com>"


def test_a_mail_links_to_the_sites_own_address(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    app.config["PUBLIC_URL"] = "https://book.studio.com"
    make.booked()

    mail = mailbox.delivered(app)

    assert "https://book.studio.com/booking/visit/" in mailbox.text(mail)
    assert mail["Message-ID"].strip().endswith("@book.studio.com>")


def test_a_mail_that_is_tried_again_is_the_same_mail(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    first = mailbox.delivered(app)
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="waiting"))

    again = mailbox.delivered(app)

    assert again["Message-ID"] == first["Message-ID"]
    assert mailbox.event(again)["UID"] == mailbox.event(first)["UID"]


def test_different_messages_have_different_ids(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    moved()
    worker.send_due()
    make.booked("2026-03-16 10:00")
    worker.send_due()

    ids = [mail["Message-ID"] for mail in mailbox.mails(app)]
    assert len(ids) == len(set(ids)) == 2


def test_what_helps_us_welcome_a_client_never_travels_by_mail(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked(note="I use a cane", wants_marketing=True)
    mailbox.delivered(app)
    actions.move_booking(booking.reference, make.moment("2026-03-20 15:00"))
    mailbox.delivered(app)
    actions.cancel_booking(booking.reference)
    mailbox.delivered(app)

    sent = mailbox.mails(app)
    whole = "".join(
        str(part.get_content()) for mail in sent for part in mail.walk() if not part.is_multipart()
    )
    assert len(sent) == 3
    assert "cane" not in whole
    assert "212) 555-0111" not in whole and "+12125550111" not in whole


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_a_mail_or_adds_to_it(
    name: str, app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked(name=name, other_name=name)

    mail = mailbox.delivered(app)

    assert mail["To"] == "ana@example.com" and mail["Bcc"] is None
    assert mail["Subject"] == "Your visit on Thursday 12 March is booked"
    assert "<script>alert" not in mailbox.text(mail, "html")
    assert len(mailbox.calendar(mail).walk("VEVENT")) == 1
    assert len(mailbox.calendar(mail).walk("VALARM")) == 1
    if name.isprintable() or FAMILY in name:
        assert mailbox.text(mail).count(name) == 2


def test_the_calendar_says_what_where_and_when(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()

    mail = mailbox.delivered(app)
    event = mailbox.event(mail)

    assert mailbox.calendar(mail)["METHOD"] == "REQUEST"
    assert (event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) == ("Test Studio", "CONFIRMED", 0)
    assert event["UID"] == f"{booking.reference}@studio"
    assert event["LOCATION"] == "Test Studio, 1 Test Street, New York, NY 10001"
    assert event.decoded("DTSTART") == make.moment("2026-03-12 10:00")
    assert event.decoded("DTEND") == make.moment("2026-03-12 11:00")
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert event.decoded("DTSTAMP") == app.config["SPA_NOW"]
    assert "/booking/visit/" in event["DESCRIPTION"]


def test_the_calendar_carries_its_own_zone(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()

    (zone,) = mailbox.calendar(mailbox.delivered(app)).walk("VTIMEZONE")

    assert zone["TZID"] == "America/New_York"
    summer = datetime(2026, 3, 12, 10, tzinfo=zone.to_tz())
    assert summer.astimezone(UTC) == make.moment("2026-03-12 10:00")


def test_the_calendar_names_no_treatment_and_asks_no_reply(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked(note="I use a cane")

    calendar = mailbox.calendar(mailbox.delivered(app)).to_ical().decode()
    flat = calendar.replace("\r\n ", "")

    assert "Facial" not in flat and "needl" not in flat.lower() and "cane" not in flat
    assert "ORGANIZER;CN=Test Studio:mailto:hello@example.com" in flat.replace('"', "")
    assert re.search(r"ATTENDEE;[^\r]*RSVP=FALSE[^\r]*:mailto:ana@example.com", flat)


def test_the_calendar_keeps_its_identity_while_its_sequence_rises(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    events = [mailbox.event(mailbox.delivered(app))]
    actions.move_booking(booking.reference, make.moment("2026-03-20 15:00"))
    events.append(mailbox.event(mailbox.delivered(app)))
    actions.cancel_booking(booking.reference)
    events.append(mailbox.event(mailbox.delivered(app)))

    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert events[1].decoded("DTSTART") == make.moment("2026-03-20 15:00")


def test_a_cancelled_visit_is_taken_out_of_the_calendar(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    cancelled()
    mail = mailbox.delivered(app)

    event = mailbox.event(mail)
    assert mailbox.calendar(mail)["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event.walk("VALARM") == []
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    assert part["Content-Type"].params["method"] == "CANCEL"


def test_the_calendar_comes_twice_to_be_read_at_once_and_to_be_opened(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    mail = mailbox.delivered(app)

    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    files = [part.get_filename() for part in mail.iter_attachments()]

    assert kinds == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    assert [name for name in files if name] == ["visit.ics"]


def test_the_times_in_a_mail_are_the_studios(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Location).values(zone="Asia/Kolkata"))
    hold = actions.hold_slot(
        "facial", datetime(2026, 3, 12, 10, tzinfo=ZoneInfo("Asia/Kolkata")), visitor="one"
    )
    actions.confirm_booking(hold.reference, make.details())

    mail = mailbox.delivered(app)

    assert "Thursday 12 March, 10:00 (Kolkata time)" in mailbox.text(mail)
    assert mailbox.event(mail)["DTSTART"].params["TZID"] == "Asia/Kolkata"


def test_links_are_sent_for_coming_visits_only(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    two_links()

    text = mailbox.text(mailbox.delivered(app))

    assert text.count("http://localhost/booking/visit/") == 2


def test_who_has_no_visit_to_come_gets_no_mail(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    actions.request_links("nobody@example.com", location_id=studio.location_id)
    worker.send_due()

    assert mailbox.mails(app) == []
    assert session.scalars(sa.select(Message.status)).all() == ["withdrawn"]


def test_what_was_sent_is_kept_with_the_message(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    make.booked()
    mail = mailbox.delivered(app)

    message = session.scalars(sa.select(Message)).one()
    assert (message.status, message.sent_at) == ("sent", app.config["SPA_NOW"])
    assert message.sent_subject == mail["Subject"]
    assert "/booking/visit/…" in message.sent_text
    kept = re.sub(r"/booking/visit/\S+", "/booking/visit/…", mailbox.text(mail))
    assert message.sent_text.strip() == kept.strip()


def test_a_mail_tells_the_truth_of_the_moment_it_is_sent(
    app: Flask, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    with transaction() as inside:
        inside.execute(
            sa.update(Booking)
            .where(Booking.id == booking.id)
            .values(contact_name="Ana Maria Duarte")
        )

    assert "Hello Ana Maria Duarte," in mailbox.text(mailbox.delivered(app))
