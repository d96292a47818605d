"""Tests of spa.booking.staff_new: booking at the desk, page by page, without scripts."""

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import state_actions
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus
from spa.models import AuditEntry, Booking, Client, Closure, Message, Treatment
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

At = Callable[[str], datetime]
Staff = Callable[..., Pages]


def ana(session: Session) -> int:
    """Ana, who has come on three Thursdays at ten to Ines."""
    for n, day in enumerate(("2026-03-12", "2026-03-19", "2026-03-26")):
        make.booked(f"{day} 10:00", visitor=str(n), practitioner="ines")
    return session.scalar(sa.select(Client.id)) or 0


def fields(page: Page) -> dict[str, str]:
    (form,) = page.tree.xpath("//form[@id='book']")
    return {k: v for k, v in form.form_values() if v is not None}


def send(pages: Pages, page: Page, typed: dict[str, str], *, follow: bool = True) -> Page:
    return pages.post("/staff/booking/new", fields(page) | typed, follow=follow)


def buttons(page: Page, name: str = "at") -> list[str]:
    return [one.get("value") for one in page.tree.xpath(f"//button[@name='{name}']")]


def last(session: Session) -> Booking:
    session.rollback()
    return session.scalars(sa.select(Booking).order_by(Booking.id.desc())).first()  # type: ignore[return-value]


def test_a_known_client_is_found_and_booked_as_usual_in_three_steps(
    session: Session, staff: Staff
) -> None:
    ana(session)
    desk = staff("reception")
    page = desk.get("desk_new.new", q="dua")
    (link,) = page.tree.xpath("//div[@id='found']//ul//a/@href")

    page = desk.open(link)
    (usual,) = page.tree.xpath("//button[@autofocus]")
    page = send(desk, page, {"at": usual.get("value")}, follow=False)

    assert usual.get("value") == "2026-04-02T10:00-04:00 ines"
    assert page.status == 303
    assert page.response.location == "/staff/schedule?day=2026-04-02"
    assert last(session).starts_at == make.moment("2026-04-02 10:00")
    said = desk.open("/staff/clients").text
    assert "Booked: Ana Duarte, Facial, Thursday 2 April, 10:00, Ines." in said


def usual(page: Page) -> list[str]:
    return page.tree.xpath("//button[contains(@class, 'as-usual')]/@value")


def test_as_usual_follows_the_day_that_is_chosen(session: Session, staff: Staff) -> None:
    number = ana(session)
    make.booked("2026-03-17 10:30", visitor="b", practitioner="ines", email="b@x.com", name="Bo")
    desk = staff("reception")
    page = desk.get("desk_new.new", client=number)
    assert "As usual: Thursday 10:00" in page.text

    page = send(desk, page, {"do": "show", "day": "2026-03-16"})
    assert usual(page) == ["2026-03-16T10:00-04:00 ines"]
    assert (fields(page)["treatment"], fields(page)["practitioner"]) == ("facial", "ines")
    assert "As usual: Thursday" not in page.text

    page = send(desk, page, {"to": "2026-03-17"})
    near = [text[11:16] for text in usual(page)]
    assert near and "10:00" not in near and near == sorted(near)
    assert all(text.startswith("2026-03-17T") and text.endswith(" ines") for text in usual(page))

    page = send(desk, page, {"day": "2026-07-06", "do": "show"})
    assert usual(page) == ["2026-07-06T10:00-04:00 ines"]


def test_a_day_that_nobody_chose_leaves_what_is_usual(session: Session, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("desk_new.new", client=ana(session))
    before = usual(page)

    page = send(desk, page, {"do": "show"})

    assert usual(page) == before == ["2026-04-02T10:00-04:00 ines"]
    assert usual(send(desk, page, {"do": "show"})) == before


def test_who_is_new_needs_a_name_and_one_way_to_reach_them(session: Session, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("desk_new.new", day="2026-03-12")

    page = send(desk, page, {"at": "2026-03-12T10:00-04:00"})
    assert page.status == 422
    assert set(wrong(page)) == {"name", "phone"}

    page = send(
        desk, page, {"at": "2026-03-12T10:00-04:00", "name": "Bo Li", "phone": "2125550199"}
    )

    booking = last(session)
    assert (booking.contact_name, booking.contact_phone) == ("Bo Li", "+12125550199")
    assert session.scalar(sa.select(sa.func.count(Message.id))) == 0


def test_what_was_typed_stays_while_other_times_are_looked_at(staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("desk_new.new")

    page = send(desk, page, {"name": "Bo Li", "treatment": "check", "to": "2026-03-20"})

    assert page.status == 200
    kept = fields(page)
    assert (kept["name"], kept["treatment"], kept["day"]) == ("Bo Li", "check", "2026-03-20")
    assert "Friday 20 March" in page.text


def test_a_walk_in_is_booked_at_once_with_whoever_is_free(
    session: Session, staff: Staff, at: At
) -> None:
    at("2026-03-12 10:02")
    desk = staff("reception")
    page = desk.get("desk_new.new")

    now = next(value for value in buttons(page) if "T10:05" in value)
    typed = {"at": now, "name": "Bo Li", "phone": "2125550199"}
    send(desk, page, typed)

    assert last(session).starts_at == make.moment("2026-03-12 10:05")
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "booking.booked")).one()
    assert entry.details["overrode"] == ["too_soon"]
    assert entry.details["because"] == "Agreed at the desk"


def test_now_pressed_twice_books_once(session: Session, staff: Staff, at: At) -> None:
    at("2026-03-12 10:02")
    desk = staff("reception")
    page = desk.get("desk_new.new")
    now = next(value for value in buttons(page) if "T10:05" in value)
    typed = {"at": now, "name": "Bo Li", "phone": "2125550199"}

    send(desk, page, typed)
    at("2026-03-12 10:07")
    send(desk, page, typed)

    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 1


def test_a_client_number_of_five_thousand_digits_is_nobody(staff: Staff) -> None:
    desk, number = staff("reception"), "9" * 5000
    typed = fields(desk.get("desk_new.new")) | {"client": number}

    assert desk.client.get(f"/staff/booking/new?client={number}").status_code == 404
    assert desk.client.post("/staff/booking/new", data=typed).status_code == 404


def test_an_hour_that_is_gone_is_refused_in_words_with_the_nearest_times(
    session: Session, staff: Staff
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    desk = staff("manager")
    page = desk.get("desk_new.new", day="2026-03-12")

    typed = {"name": "Bo Li", "phone": "2125550199", "at": "2026-03-12T10:00-04:00 ines"}
    page = send(desk, page, typed)

    assert page.status == 409
    assert "Thursday 12 March, 10:00 can't be had" in alert(page)
    assert "Nearest times that work" in alert(page)
    assert fields(page)["name"] == "Bo Li"
    assert not buttons(page, "waive")
    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 1


def test_a_manager_books_after_hours_by_saying_why(session: Session, staff: Staff) -> None:
    desk = staff("manager")
    page = desk.get("desk_new.new", **{"day": "2026-03-12", "with": "ines"})
    typed = {"name": "Bo Li", "phone": "2125550199", "do": "clock", "clock": "18:30"}
    page = send(desk, page, typed)
    assert page.status == 409
    (waive,) = buttons(page, "waive")

    page = send(desk, page, {"waive": waive})
    assert page.status == 422
    sentence = "Say in a few words, at most 300 characters, why it is booked all the same."
    assert wrong(page) == {"because": sentence}
    page = send(desk, page, {"waive": waive, "because": "x" * 301})
    assert wrong(page) == {"because": sentence}
    send(desk, page, {"waive": waive, "because": "Ines stays longer"})

    assert last(session).starts_at == make.moment("2026-03-12 18:30")
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "booking.booked")).one()
    assert set(entry.details["overrode"]) == {"closed", "not_on_shift"}
    assert entry.details["because"] == "Ines stays longer"


def test_reception_can_not_book_after_hours(session: Session, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("desk_new.new", day="2026-03-12")
    typed = {"name": "Bo Li", "phone": "2125550199", "do": "clock", "clock": "18:30"}

    page = send(desk, page, typed)
    assert not buttons(page, "waive")
    page = send(desk, page, {"waive": "2026-03-12T18:30-04:00", "because": "I say so"})

    assert page.status == 409
    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 0


def test_the_next_visit_is_offered_four_weeks_on(session: Session, staff: Staff, at: At) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    at("2026-03-12 11:30")
    with transaction() as inside:
        member = make.staff(inside, "owner")
    kim = Actor(member.id, "Kim", "kim@example.com", Role.OWNER)
    state_actions.change_state(booking.reference, BookingStatus.DONE, actor=kim)

    page = staff("reception").get("desk_new.new", after=booking.reference)

    (first,) = page.tree.xpath("//button[@autofocus]/@value")
    assert first == "2026-04-09T10:00-04:00 ines"


def test_a_treatment_with_longer_pauses_is_offered_after_them(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.get_one(Treatment, studio.facial).days_between = 40
    booking = make.booked("2026-03-12 10:00", practitioner="ines")

    page = staff("reception").get("desk_new.new", after=booking.reference)

    (first,) = page.tree.xpath("//button[@autofocus]/@value")
    assert first == "2026-04-23T10:00-04:00 ines"


def test_a_taken_next_hour_is_replaced_by_the_nearest_with_the_same_person(
    session: Session, staff: Staff
) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    make.booked("2026-04-09 10:00", visitor="b", practitioner="ines", email="b@example.com")

    page = staff("reception").get("desk_new.new", after=booking.reference)

    near = page.tree.xpath("//button[contains(@class, 'as-usual')]/@value")
    assert {one.partition(" ")[2] for one in near} == {"ines"}
    assert {one[:10] for one in near} == {"2026-04-09"}


def test_a_free_time_of_the_schedule_is_offered_first(staff: Staff) -> None:
    page = staff("reception").get(
        "desk_new.new", **{"at": "2026-03-12T14:20-04:00", "day": "2026-03-12", "with": "maya"}
    )

    assert buttons(page)[0] == "2026-03-12T14:20-04:00 maya"


def test_who_is_not_found_becomes_the_beginning_of_a_new_client(staff: Staff) -> None:
    page = staff("reception").get("desk_new.new", q="Bo Li")
    (link,) = page.tree.xpath("//a[@data-new]/@href")

    page = staff("reception").open(link)

    assert fields(page)["name"] == "Bo Li"


def test_a_practitioner_does_not_book(staff: Staff) -> None:
    assert staff("practitioner").get("desk_new.new").status == 403


def test_a_client_that_does_not_exist_is_no_page(staff: Staff) -> None:
    for about in ({"client": "99"}, {"client": "x"}, {"client": "9" * 30}, {"after": "nothing"}):
        assert staff("reception").get("desk_new.new", **about).status == 404, about


def test_nothing_that_stands_in_an_address_breaks_the_page(staff: Staff) -> None:
    odd = ("0000-00-00", "9999-12-31", "x" * 500, "2026-03-12T10:00", "' OR 1", "\U0010ffff")
    for text in odd:
        asked = {"day": text, "at": text, "with": text, "treatment": text, "q": text}
        assert staff("reception").get("desk_new.new", **asked).status == 200, text


def test_a_time_that_began_while_the_page_was_open_means_now(
    session: Session, staff: Staff, at: At
) -> None:
    at("2026-03-12 10:02")
    desk = staff("reception")
    page = desk.get("desk_new.new")
    at("2026-03-12 10:07")

    typed = {"name": "Bo Li", "phone": "2125550199", "at": "2026-03-12T10:05-04:00"}
    send(desk, page, typed)

    assert last(session).starts_at == make.moment("2026-03-12 10:10")


def test_after_booking_one_comes_back_to_where_one_was(staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("desk_new.new", back="/staff/schedule/week?day=2026-03-12")

    typed = {"name": "Bo Li", "phone": "2125550199", "at": "2026-03-12T10:05-04:00"}
    answer = send(desk, page, typed, follow=False)

    assert answer.response.location == "/staff/schedule/week?day=2026-03-12"


def test_a_known_client_is_told_only_if_the_box_stays_ticked(
    session: Session, staff: Staff
) -> None:
    client_id = ana(session)
    desk = staff("reception")
    page = desk.get("desk_new.new", client=client_id)
    assert fields(page)["is_told"] == "y"

    sent = {k: v for k, v in fields(page).items() if k != "is_told"}
    desk.post("/staff/booking/new", sent | {"at": "2026-04-16T10:00-04:00"})

    told = session.scalars(sa.select(Message.booking_id)).all()
    assert last(session).starts_at == make.moment("2026-04-16 10:00")
    assert last(session).id not in told


def test_a_closed_day_is_called_closed(session: Session, studio: make.Studio, staff: Staff) -> None:
    with transaction() as inside:
        day = date(2026, 3, 12)
        inside.add(Closure(location_id=studio.location_id, first_on=day, last_on=day))

    page = staff("reception").get("desk_new.new", day="2026-03-12")

    assert "The studio is closed that day." in page.text
