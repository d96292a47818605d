"""Tests of spa.schedule.settling and whatif: the pages between a change and its saving."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Booking, Capability, Claim, Message, TimeOff, Treatment
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]
SICK = "/staff/absence/new"
ABOUT = {
    "person": "ines",
    "first_on": "2026-03-12",
    "last_on": "2026-03-12",
    "part": "whole",
    "reason": "Sick",
}


def booked(clock: str, **about: Any) -> Booking:
    return make.booked(f"2026-03-12 {clock}", practitioner="ines", visitor=clock, **about)


def sent(desk: Pages, **more: str) -> Page:
    """The form that says Ines is ill on Thursday."""
    return desk.post(SICK, desk.get("absence.new").fields() | ABOUT | more)


def again(desk: Pages, page: Page, **more: str) -> Page:
    """The page's own form, sent back."""
    return desk.post(SICK, page.fields() | more)


def count(session: Session, of: type) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(of)) or 0


def test_whoever_would_be_stranded_is_listed_before_anything_is_saved(
    staff: Staff, session: Session
) -> None:
    visit = booked("10:00")

    page = sent(staff("manager"))

    assert page.status == 409
    assert "Nothing is saved yet: 1 visit can't stay as it is." in page.text
    assert f"Thursday 12 March, 10:00 {visit.contact_name}, Facial" in page.text
    assert "Ines is not in then." in page.text
    assert "Same time with Maya" in page.text
    assert count(session, TimeOff) == 0


def test_the_list_carries_the_whole_form_and_saves_it_with_the_choices(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    visit, desk = booked("10:00"), staff("manager")
    page = sent(desk)

    page = again(desk, page, settled="1")

    session.expire_all()
    assert (visit.practitioner_id, visit.status) == (studio.maya, "booked")
    assert count(session, TimeOff) == 1
    assert "1 visit was moved." in page.text


def test_a_visit_without_a_choice_is_asked_about_again(staff: Staff, session: Session) -> None:
    visit, desk = booked("10:00"), staff("manager")
    page = sent(desk)

    page = again(desk, page, settled="1", **{f"visit-{visit.reference}": ""})

    assert page.status == 409
    assert "Say what becomes of these:" in page.text
    assert page.tree.xpath(f"//a[@href='#of-{visit.reference}']")
    assert count(session, TimeOff) == 0


def test_a_choice_that_went_to_somebody_else_says_so(staff: Staff, session: Session) -> None:
    booked("10:00")
    desk = staff("manager")
    page = sent(desk)
    make.booked("2026-03-12 10:00", practitioner="maya", visitor="m", email="m@example.com")

    page = again(desk, page, settled="1")

    assert page.status == 409
    assert "That time went to somebody else: choose again." in page.text
    assert count(session, TimeOff) == 0


@pytest.mark.parametrize(
    ("wish", "words"),
    [("same", "Same time with Maya"), ("nearest", "with Maya"), ("cancel", "Cancel and tell them")],
)
def test_the_same_is_chosen_for_all_without_saving(
    wish: str, words: str, staff: Staff, session: Session
) -> None:
    visits = [booked(clock, email=f"{clock[:2]}@example.com") for clock in ("10:00", "15:00")]
    desk = staff("manager")

    page = again(desk, sent(desk), all=wish)

    chosen = page.tree.xpath("//input[@type='radio'][@checked]")
    assert len(chosen) == len(visits)
    for one in chosen:
        (label,) = page.tree.xpath(f"//label[@for='{one.get('id')}']")
        assert words in label.text_content()
    assert count(session, TimeOff) == 0


def test_reception_is_not_offered_to_keep_a_visit(staff: Staff) -> None:
    booked("10:00")

    assert "Keep it" in sent(staff("manager")).text
    assert "Keep it" not in sent(staff("reception")).text


def test_who_has_no_email_is_named_with_their_phone(staff: Staff, session: Session) -> None:
    visit = booked("10:00")
    visit.contact_email = ""
    session.commit()
    desk = staff("reception")
    page = sent(desk)
    assert "No email: call them" in page.text

    page = again(desk, page, settled="1", **{f"visit-{visit.reference}": "cancel"})

    assert f"Please call, there is no email: {visit.contact_name} (212) 555-0111" in page.text


def test_what_if_shows_hours_visits_and_money_and_saves_nothing(
    staff: Staff, session: Session
) -> None:
    booked("10:00")
    before = [count(session, one) for one in (Claim, AuditEntry, Message, TimeOff)]

    page = sent(staff("manager"), preview="1")

    assert page.status == 200
    assert "Nothing is saved yet." in page.text
    # Nine to seven without lunch and half an hour.
    assert "−9.5 h that people can be booked" in page.text
    assert "1 visit can't stay as it is ($275)" in page.text
    after = [count(session, one) for one in (Claim, AuditEntry, Message, TimeOff)]
    assert after[:1] + after[2:] == before[:1] + before[2:]


def test_what_if_shows_no_money_to_who_may_not_see_it(staff: Staff) -> None:
    booked("10:00")

    page = sent(staff("reception"), preview="1")

    assert "$" not in page.tree.xpath("string(//main)")


def test_what_if_leads_on_to_the_list_and_to_saving(staff: Staff, session: Session) -> None:
    desk = staff("manager")

    page = again(desk, sent(desk, preview="1"))

    assert page.status == 200
    assert count(session, TimeOff) == 1


def test_what_if_works_in_a_studio_that_sells_nothing(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    session.execute(sa.delete(Capability))
    session.commit()

    page = sent(staff("manager"), preview="1")

    assert "−9.5 h" in page.text


def test_what_if_counts_what_longer_cleaning_costs(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    page = desk.open("/staff/treatments/facial")
    (form,) = page.tree.xpath("//form[@id='treatment']")
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value or "")

    page = desk.post("/staff/treatments/facial", data | {"turnover": "60", "preview": "1"})

    (tile,) = [one for one in page.all(".tile") if "still free" in one.text_content()]
    assert tile.text_content().strip().startswith("−")
    assert session.scalar(sa.select(Treatment.turnover_minutes).where(Treatment.id == 1)) == 15
