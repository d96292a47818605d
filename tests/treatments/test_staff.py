"""Tests of spa.treatments.staff: keeping the menu, and what visitors and bookings see of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Booking, Capability, Treatment, TreatmentStep, TreatmentWords
from tests import make
from tests.pages import Page, Pages
from tests.visitor import wrong

Staff = Callable[..., Pages]
MENU = "/staff/treatments"


def entries(page: Page) -> list[tuple[str, str]]:
    """What the form would send untouched, lists and all."""
    (form,) = page.tree.xpath("//form[@id='treatment']")
    return [(name, value) for name, value in form.form_values() if value is not None]


def sent(desk: Pages, path: str, page: Page | None = None, **typed: Any) -> Page:
    """The form of that page, sent with what is typed; a list stands for several."""
    page = page or desk.open(f"{MENU}/{path}")
    data: dict[str, Any] = {}
    for name, value in entries(page):
        data.setdefault(name, []).append(value)
    return desk.post(f"{MENU}/{path}", data | typed)


def facial(session: Session) -> Treatment:
    session.rollback()
    return session.scalars(sa.select(Treatment).where(Treatment.slug == "facial")).one()


def events(session: Session) -> list[str]:
    session.rollback()
    found = session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id))
    return [event for event in found if event.startswith("treatment.")]


def test_the_menu_is_listed_in_its_order(staff: Staff) -> None:
    page = staff("manager").get("menu.index")

    rows = [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]
    assert len(rows) == 2
    assert "Facial" in rows[0]
    assert "60 minutes" in rows[0]
    assert "Everyone" in rows[0]


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_only_who_may_keeps_it(role: str, staff: Staff) -> None:
    assert staff(role).client.get(MENU).status_code == 403


def test_saving_without_a_change_changes_nothing(staff: Staff, session: Session) -> None:
    page = sent(staff("manager"), "facial")

    assert page.status == 200
    assert events(session) == []


def test_a_raised_price_is_seen_by_visitors_and_not_by_made_bookings(
    staff: Staff, session: Session, pages: Pages
) -> None:
    visit = make.booked("2026-03-12 10:00")

    sent(staff("manager"), "facial", price="299,50")

    assert facial(session).price_minor == 29950
    assert "$299.50" in pages.get("treatments.show", slug="facial").text
    assert session.get_one(Booking, visit.id).price_minor == 27500
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.treatment_id > 0)).one()
    assert entry.details == {"fields": ["price_minor"], "price": [27500, 29950], "currency": "USD"}
    assert "The price was $275 and is $299.50." in staff("owner").get("record.index").text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"price": "1,850.5"}, "price", "Enter the price in numbers without marks for thousands"),
        ({"price": ""}, "price", "Enter the price in numbers"),
        ({"price": "-5"}, "price", "Enter the price in numbers"),
        ({"name_en": " "}, "name_en", "Enter what it is called"),
        ({"summary_en": ""}, "summary_en", "Say in a sentence what it is"),
        ({"step0_minutes": "12"}, "step0_minutes", "Enter minutes in fives"),
        ({"step0_minutes": "0"}, "step0_minutes", "Enter minutes in fives"),
        ({"step0_kind": ""}, "step0_kind", "Choose what happens in these minutes"),
        ({"turnover": "7"}, "turnover", "Enter minutes in fives"),
        ({"days_between": "x"}, "days_between", "Enter days from 1 to 365"),
        ({"doers": ["1"]}, "doers", "Choose at least one person and one room"),
        ({"step0_device": "y"}, "doers", "A step needs a device"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    typed: dict[str, Any], field: str, sentence: str, staff: Staff, session: Session
) -> None:
    page = sent(staff("manager"), "facial", **typed)

    assert page.status == 422
    assert sentence in wrong(page)[field]
    if field in typed and field != "doers":
        assert (field, typed[field]) in entries(page) or not typed[field].strip()
    assert events(session) == []


def test_other_steps_leave_made_bookings_as_they_are_and_say_how_many(
    staff: Staff, session: Session
) -> None:
    visit = make.booked("2026-03-12 10:00")
    desk = staff("manager")
    assert "1 visit to come keeps the steps" in desk.open(f"{MENU}/facial").text

    page = sent(desk, "facial", step1_minutes="30")

    assert "1 visit to come keeps the steps it was booked with." in page.text
    steps = session.scalars(
        sa.select(TreatmentStep.minutes)
        .where(TreatmentStep.treatment_id == facial(session).id)
        .order_by(TreatmentStep.position)
    )
    assert list(steps) == [10, 30, 20, 10]
    assert sum(step[1] for step in session.get_one(Booking, visit.id).steps) == 60


def test_a_new_treatment_can_be_seen_and_booked(
    staff: Staff, session: Session, pages: Pages, studio: make.Studio
) -> None:
    page = sent(staff("manager"), "new", name_en="Long facial", summary_en="More time.",
                about_en="- one\n- two", price="385", step0_kind="needle", step0_minutes="90",
                doers=[str(studio.maya), str(studio.room_2)])  # fmt: skip

    assert "“Long facial” is on the menu." in page.text
    seen = pages.get("treatments.show", slug="long-facial")
    assert "90 minutes, $385" in seen.text
    assert seen.tree.xpath("//li[text()='two']")
    held = pages.get("booking.choose", treatment="long-facial")
    assert held.status == 200
    assert "Long facial" in pages.get("treatments.index").text


def test_a_copy_begins_with_what_there_is(staff: Staff) -> None:
    page = staff("manager").open(f"{MENU}/new?like=facial")

    found = dict(entries(page))
    assert found["name_en"] == "Facial (copy)"
    assert found["price"] == "275.00"
    assert found["step1_minutes"] == "20"


def test_a_hidden_one_is_booked_at_the_desk_alone(
    staff: Staff, session: Session, pages: Pages
) -> None:
    desk = staff("manager")
    sent(desk, "facial", is_hidden="y")

    assert "Facial" not in pages.get("treatments.index").tree.xpath("string(//main)")
    free = "/api/v1/treatments/facial/free-times?from=2026-03-12&days=2"
    for path in ("/treatments/facial", "/booking/facial", free):
        assert pages.client.get(path).status_code == 404
    assert "facial" not in pages.client.get("/api/v1/treatments").get_data(as_text=True)
    assert "Facial" in desk.get("desk_new.new").text
    assert desk.open("/staff/booking/new?treatment=facial").tree.xpath(
        "//option[@value='facial'][@selected]"
    )


def test_what_is_archived_is_sold_no_more_and_its_visits_take_place(
    staff: Staff, session: Session, pages: Pages
) -> None:
    visit, desk = make.booked("2026-03-12 10:00"), staff("manager")
    page = desk.open(f"{MENU}/facial")
    token = page.fields("/archive")["csrf_token"]

    page = desk.post(f"{MENU}/facial/archive", {"csrf_token": token, "to": "archive"})
    assert "is sold no more. Visits that are booked take place." in page.text
    assert pages.client.get("/treatments/facial").status_code == 404
    session.refresh(visit)
    assert visit.status == "booked"

    desk.post(f"{MENU}/facial/archive", {"csrf_token": token, "to": "back"})
    assert pages.client.get("/treatments/facial").status_code == 200
    assert events(session) == ["treatment.archived", "treatment.brought_back"]


def test_the_order_is_changed_one_by_one(staff: Staff, session: Session, pages: Pages) -> None:
    desk = staff("manager")
    token = desk.get("menu.index").fields("/order")["csrf_token"]

    desk.post(f"{MENU}/facial/order", {"csrf_token": token, "to": "down"})
    desk.post(f"{MENU}/facial/order", {"csrf_token": token, "to": "down"})

    found = session.scalars(sa.select(Treatment.slug).order_by(Treatment.position))
    assert list(found) == ["check", "facial"]
    assert events(session) == ["treatment.moved"]


def test_taking_a_skill_away_asks_about_who_is_booked(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    desk = staff("manager")
    doers = [str(studio.maya), str(studio.room_1), str(studio.room_2)]

    page = sent(desk, "facial", doers=doers)

    assert page.status == 409
    assert "Ines no longer gives this." in page.text
    can = sa.select(Capability.resource_id).where(Capability.treatment_id == studio.facial)
    assert studio.ines in set(session.scalars(can))
    data: dict[str, Any] = {"settled": "1"}
    for name, value in _every(page):
        data.setdefault(name, []).append(value)
    desk.post(f"{MENU}/facial", data)
    session.rollback()
    assert studio.ines not in set(session.scalars(can))


def _every(page: Page) -> Any:
    (form,) = page.tree.xpath("//form[contains(@class, 'stranded')]")
    return [(name, value) for name, value in form.form_values() if value is not None]


def test_a_certificate_is_not_lost_by_saving_a_treatment(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    can = session.get_one(Capability, (studio.ines, studio.facial))
    can.certificate, can.certified_until = "Course", date(2027, 1, 1)
    session.commit()

    sent(staff("manager"), "facial", price="300")

    session.refresh(can)
    assert (can.certificate, can.certified_until) == ("Course", date(2027, 1, 1))


def test_the_second_of_two_managers_sees_the_difference(staff: Staff, session: Session) -> None:
    first, second = staff("manager"), staff("owner")
    page = second.open(f"{MENU}/facial")
    sent(first, "facial", price="300")

    page = sent(second, "facial", page, price="310", summary_en="Other words.")

    assert page.status == 409
    assert "Somebody changed this while your page was open" in page.text
    assert "Price: 300.00" in page.text
    assert dict(entries(page))["summary_en"].strip() == "Other words."
    sent(second, "facial", page)
    assert facial(session).price_minor == 31000


def test_words_in_another_language_are_added_and_kept(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    page = sent(desk, "facial", more="language", new_language="de")
    assert page.status == 200

    sent(desk, "facial", page, name_de="Gesicht", summary_de="Eine Stunde.")

    session.rollback()
    words = sa.select(TreatmentWords.language, TreatmentWords.name)
    found = {tuple(row) for row in session.execute(words)}
    assert {("en", "Facial"), ("de", "Gesicht")} <= found


def test_more_steps_keep_what_was_typed(staff: Staff) -> None:
    desk = staff("manager")

    page = sent(desk, "facial", more="step", price="1")

    assert dict(entries(page))["price"] == "1"
    assert page.tree.xpath("//select[@name='step6_kind']")


def test_the_preview_shows_what_is_typed_and_saves_nothing(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    page = desk.open(f"{MENU}/facial")
    data = dict(entries(page)) | {"name_en": "Brand new", "about_en": "**So** <script>x</script>"}

    whole = desk.post(f"{MENU}/preview", data)
    part = desk.client.post(f"{MENU}/preview", data=data, headers={"X-Part": "article"})

    assert "Brand new" in whole.text
    assert "<strong>So</strong>" in part.text
    assert "<script" not in part.text
    assert "<html" not in part.text
    assert events(session) == []


def test_a_treatment_of_another_place_is_not_there(staff: Staff, session: Session) -> None:
    other = make.add(session, make.location(slug="other", name="Other"))
    make.treatment(session, other.id, "theirs", make.CHECK, turnover=5)
    session.commit()
    desk = staff("manager")

    assert desk.client.get(f"{MENU}/theirs").status_code == 404
    assert "theirs" not in desk.get("menu.index").text


def test_a_new_treatment_saved_twice_is_on_the_menu_once(staff: Staff, session: Session) -> None:
    desk = staff("manager")
    page = desk.open(f"{MENU}/new?like=check")

    for _press in range(2):
        answer = sent(desk, "new", page, name_en="Another check")
        assert "“Another check” is on the menu." in answer.text

    assert events(session) == ["treatment.added"]


def test_two_treatments_of_one_name_are_told_apart(staff: Staff, session: Session) -> None:
    desk = staff("manager")

    added = sent(desk, "new", desk.open(f"{MENU}/new?like=facial"), name_en="Check")
    renamed = sent(desk, "facial", name_en="check")

    for page in (added, renamed):
        assert page.status == 422
        assert "Another treatment is called so" in wrong(page)["name_en"]
    assert events(session) == []


def test_what_the_team_page_changed_meanwhile_is_not_undone(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    desk = staff("manager")
    page = desk.open(f"{MENU}/facial")
    session.delete(session.get_one(Capability, (studio.maya, studio.facial)))
    session.commit()

    sent(desk, "facial", page, price="300")

    session.rollback()
    assert session.get(Capability, (studio.maya, studio.facial)) is None
    assert session.get(Capability, (studio.ines, studio.facial)) is not None


@pytest.mark.parametrize("field", ["name_en", "summary_en", "about_en"])
def test_what_no_database_keeps_is_left_out(field: str, staff: Staff, session: Session) -> None:
    typed: dict[str, Any] = {field: "So\x00 it is\u2028."}
    sent(staff("manager"), "facial", **typed)

    words = session.get_one(TreatmentWords, (facial(session).id, "en"))
    assert "\x00" not in words.name + words.summary + words.about
    assert events(session) == ["treatment.changed"]


def test_a_price_that_is_none_is_not_shown_as_nothing(staff: Staff) -> None:
    page = sent(staff("manager"), "facial", price="1,850.5")

    assert "no price yet" in page.tree.xpath("string(//article[@id='preview'])")


def test_a_device_that_no_longer_works_is_missed(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    step = session.get_one(TreatmentStep, (studio.facial, 1))
    step.needs_device = True
    session.commit()

    assert "no device suits it" in staff("manager").get("menu.index").text


def test_the_second_of_two_sees_which_steps_and_people_differ(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    first, second = staff("manager"), staff("owner")
    page = second.open(f"{MENU}/facial")
    sent(first, "facial", step1_minutes="30", days_between="28", is_hidden="y")

    page = sent(second, "facial", page, price="310")

    assert page.status == 409
    notice = page.tree.xpath("string(//div[@role='alert'])")
    assert "30 minutes" in notice
    assert "28" in notice
    assert "Hidden" in notice


def test_the_menu_names_who_gives_a_treatment_that_not_everyone_gives(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    session.delete(session.get_one(Capability, (studio.maya, studio.facial)))
    session.commit()

    row = staff("manager").get("menu.index").tree.xpath("string(//tbody/tr[1])")
    assert "Ines" in row
    assert "Everyone" not in row
