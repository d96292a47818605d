"""The plan of notes of a treatment: checked, kept, and followed by the visits there are."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.plan import BY_KEY, Wrong, wrong_with
from spa.models import AuditEntry, Booking, Message, TreatmentNote
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

Staff = Callable[..., Pages]
PATH = "/staff/treatments/facial/notes"


@pytest.fixture
def booking(session: Session, studio: make.Studio) -> Booking:
    """A visit with the program's plan."""
    with transaction() as inside:
        make.plan_notes(inside)
    return make.booked("2026-04-02 10:00")


def send(desk: Pages, **typed: str | None) -> Page:
    """The form as it stands with these changes; None is a tick taken away."""
    fields = desk.open(PATH).fields()
    kept = {name: value for name, value in (fields | typed).items() if value is not None}
    return desk.post(PATH, kept)


def due(session: Session) -> dict[str, str]:
    session.rollback()
    rows = session.execute(
        sa.select(Message.event, Message.due_at).where(Message.status == "waiting",
                                                       Message.kind == "note")
    )  # fmt: skip
    return {row.event: f"{row.due_at:%m-%d %H:%M}" for row in rows}


@pytest.mark.parametrize(
    ("key", "days", "hours", "found"),
    [
        ("prep_7d", -9, 48, None),
        ("prep_7d", 1, 48, Wrong.NOT_BEFORE),
        ("prep_14d", -61, 48, Wrong.TOO_FAR),
        ("care_d2", -1, 48, Wrong.NOT_AFTER),
        ("care_m3", 366, 48, Wrong.TOO_FAR),
        ("prep_3d", -2, 48, None),
        ("prep_3d", -1, 48, Wrong.TOO_LATE_TO_CHANGE),
        ("prep_3d", -3, 96, Wrong.TOO_LATE_TO_CHANGE),
        ("prep_1d", -1, 96, None),
    ],
)
def test_where_a_note_can_stand(key: str, days: int, hours: int, found: Wrong | None) -> None:
    from dataclasses import replace

    assert wrong_with(replace(BY_KEY[key], days=days), cut_off_hours=hours) == found


def test_visits_that_are_booked_follow_a_changed_plan(
    booking: Booking, session: Session, staff: Staff
) -> None:
    page = send(
        staff("manager"), prep_7d_days="10", prep_7d_time="11:30", prep_1d_on=None, care_d4_on="y"
    )

    assert "The notes of 1 visit follow it." in page.text
    found = due(session)
    assert found["prep_7d"] == "03-23 15:30"
    assert "prep_1d" not in found and found["care_d4"] == "04-06 14:00"
    rows = session.scalars(sa.select(TreatmentNote.key).order_by(TreatmentNote.key)).all()
    assert rows == ["care_d4", "prep_1d", "prep_7d"]
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and entry.details == {"keys": ["prep_7d", "prep_1d", "care_d4"], "visits": 1}


def test_the_programs_plan_comes_back_with_one_button(
    booking: Booking, session: Session, staff: Staff
) -> None:
    desk, before = staff("manager"), due(session)
    send(desk, prep_7d_days="10", care_d7_on=None)
    assert due(session) != before

    send(desk, reset="y")

    assert due(session) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(TreatmentNote)) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"prep_3d_days": "0"}, "It asks whether the client will come"),
        ({"care_m3_days": "400"}, "At most 60 days before a visit, and 365 after it"),
        ({"care_d2_days": ""}, "Enter a number of days"),
        ({"care_d2_days": "-3"}, "This one goes out after the visit"),
        ({"care_d2_time": "late"}, "Enter a time"),
        ({"care_d2_time": "10:03"}, "Choose a time on five minutes"),
    ],
)
def test_a_wrong_plan_changes_nothing_and_keeps_what_was_typed(
    typed: dict[str, str], said: str, booking: Booking, session: Session, staff: Staff
) -> None:
    desk, before = staff("manager"), due(session)

    page = send(desk, **typed)

    assert page.status == 422 and alert(page)
    assert any(said in words for words in wrong(page).values())
    assert due(session) == before
    ((name, value),) = typed.items()
    assert page.fields().get(name, "") == value or value == "late"


def test_other_treatments_of_the_kind_can_have_the_same(
    booking: Booking, session: Session, staff: Staff, studio: make.Studio
) -> None:
    with transaction() as inside:
        other = make.treatment(inside, studio.location_id, "long", make.FACIAL, turnover=15)
        make.plan_notes(inside)
        number = other.id

    send(staff("manager"), prep_7d_days="8", for_all="y")

    query = sa.select(TreatmentNote.treatment_id).order_by(TreatmentNote.treatment_id)
    assert session.scalars(query).all() == [studio.facial, number]


def test_reception_does_not_change_the_plan(staff: Staff) -> None:
    assert staff("reception").open(PATH).status == 403


def test_quiet_hours_are_set_with_the_policies_and_waiting_notes_follow(
    booking: Booking, session: Session, staff: Staff
) -> None:
    desk = staff("owner")
    page = desk.get("studio.policies")

    page = desk.post(
        page.path, page.fields() | {"quiet_from_minute": "1200", "quiet_until_minute": "660"}
    )

    assert page.status == 200
    assert due(session)["prep_7d"] == "03-26 15:00"
