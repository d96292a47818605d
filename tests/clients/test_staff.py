"""Tests of spa.clients.staff: finding, looking at, making and putting right, page by page."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Client
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

Staff = Callable[..., Pages]


def links(page: Page) -> list[str]:
    return [one.get("href") for one in page.tree.xpath("//ul[@class='people']//a")]


def fields(page: Page) -> dict[str, str]:
    (form,) = [one for one in page.tree.forms if one.method == "POST"]
    return {k: v for k, v in form.form_values() if v is not None}


@pytest.fixture
def ana(session: Session, studio: make.Studio) -> int:
    """Ana, who comes to Ines."""
    return make.booked("2026-03-12 10:00", practitioner="ines").client_id or 0


def test_somebody_is_found_without_scripts_and_opened(ana: int, staff: Staff) -> None:
    desk = staff("reception")

    page = desk.get("clients.index", q="dua")
    assert "next Thu 12 Mar, 10:00" in page.text
    page = desk.open(links(page)[0])

    for words in ("Ana Duarte", "(212) 555-0111", "Thu 12 Mar, 10:00", "Ines", "Booked for"):
        assert words in page.text


def test_nobody_found_is_said(staff: Staff) -> None:
    assert "Nobody found for “zzz”" in staff("reception").get("clients.index", q="zzz").text


@pytest.mark.parametrize("text", ["<b>", "'", "%", "\0", "x" * 5000, "\U0010ffff", "ana\nbo"])
def test_nothing_that_is_typed_breaks_the_search(text: str, ana: int, staff: Staff) -> None:
    desk = staff("reception")

    assert desk.get("clients.index", q=text).status in {200, 400}
    assert desk.client.get("/staff/clients/find", query_string={"q": text}).status_code in {
        200,
        400,
    }


def test_the_part_for_scripts_leads_to_the_record_or_to_a_booking(ana: int, staff: Staff) -> None:
    desk = staff("reception").client

    record = desk.get("/staff/clients/find?q=dua").get_data(as_text=True)
    booking = desk.get("/staff/clients/find?q=dua&for=booking&day=2026-03-20")

    assert f'href="/staff/clients/{ana}"' in record
    assert f'href="/staff/booking/new?day=2026-03-20&amp;client={ana}"' in booking.get_data(
        as_text=True
    )


def test_a_practitioner_sees_their_own_clients_and_no_others(ana: int, staff: Staff) -> None:
    make.booked("2026-03-12 10:00", visitor="b", practitioner="maya", email="b@x.com", name="Bo Du")
    ines = staff("practitioner")

    assert [one.rsplit("/", 1)[1] for one in links(ines.get("clients.index", q="du"))] == [str(ana)]
    assert ines.get("clients.show", client_id=ana).status == 200
    assert ines.get("clients.show", client_id=ana + 1).status == 404


def test_a_practitioner_sees_only_their_own_visits_of_a_shared_client(
    ana: int, staff: Staff
) -> None:
    make.booked("2026-03-17 15:00", visitor="b", practitioner="maya")

    page = staff("practitioner").get("clients.show", client_id=ana)

    assert "Thu 12 Mar, 10:00" in page.text
    assert "Tue 17 Mar" not in page.text


@pytest.fixture
def zurich(session: Session, studio: make.Studio) -> int:
    """Another place of the chain, on another clock."""
    with transaction() as inside:
        about = {"slug": "zurich", "name": "Limmat", "zone": "Europe/Zurich"}
        number = make.add(inside, make.location(**about)).id
        make.treatment(inside, number, "peel", make.CHECK, turnover=5)
    return int(number)


def test_a_visit_at_another_place_of_the_chain_is_named_and_leads_nowhere(
    ana: int, zurich: int, staff: Staff
) -> None:
    reference = make.booked("2026-03-17 10:00", visitor="b").reference
    there = staff("manager", location_id=zurich, email="z@example.com")

    page = there.get("clients.show", client_id=ana)
    assert "Tue 17 Mar, 10:00 Booked Facial, Ines, Test Studio" in page.text
    assert reference not in page.response.get_data(as_text=True)
    assert "Booked for" not in page.text
    assert "next Thu 12 Mar, 10:00, Test Studio" in there.get("clients.index", q="dua").text
    booking = there.get("desk_new.new", client=ana)
    assert "Booked already: Thu 12 Mar, 10:00, Facial, Test Studio" in booking.text

    here = staff("manager").get("clients.show", client_id=ana)
    assert f"/staff/booking/{reference}" in here.response.get_data(as_text=True)
    assert "Test Studio" not in here.text.split("To come")[1]


def test_changes_of_the_record_are_told_at_every_place(ana: int, zurich: int, staff: Staff) -> None:
    here = staff("manager")
    page = here.get("clients.edit", client_id=ana)
    here.post(page.path, fields(page) | {"name": "Ana D. Duarte"})

    there = staff("manager", location_id=zurich, email="z@example.com")

    told = there.get("clients.show", client_id=ana).text.split("What happened")[1]
    assert "Corrected: name." in told


def test_a_practitioner_changes_nothing(ana: int, staff: Staff) -> None:
    ines = staff("practitioner")

    assert ines.get("clients.edit", client_id=ana).status == 403
    assert ines.get("clients.new").status == 403
    assert "Change details" not in ines.get("clients.show", client_id=ana).text


def test_a_name_and_one_way_to_reach_them_make_a_client(session: Session, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("clients.new")

    page = desk.post(page.path, fields(page) | {"name": "Bo Li"})
    assert page.status == 422
    assert wrong(page) == {"phone": "Enter a phone number or an email address"}
    page = desk.post(page.path, fields(page) | {"email": "BO@Example.com"})

    assert "Bo Li has a record now." in page.text
    session.rollback()
    client = session.scalars(sa.select(Client)).one()
    assert (client.name, client.email, client.phone) == ("Bo Li", "bo@example.com", "")


def test_what_is_refused_stays_filled_in(ana: int, staff: Staff) -> None:
    desk = staff("reception")
    page = desk.get("clients.edit", client_id=ana)

    page = desk.post(page.path, fields(page) | {"name": "Ana D.", "phone": "12", "email": "at"})

    assert page.status == 422
    assert set(wrong(page)) == {"phone", "email"}
    assert fields(page)["name"] == "Ana D."


def test_two_people_at_one_record_the_second_sees_what_changed_and_loses_nothing(
    session: Session, ana: int, staff: Staff
) -> None:
    one, other = staff("reception", name="Kim"), staff("manager", name="Lou")
    first, second = (who.get("clients.edit", client_id=ana) for who in (one, other))
    one.post(first.path, fields(first) | {"phone": "212 555 0177"})

    page = other.post(
        second.path, fields(second) | {"name": "Ana D. Duarte", "phone": "2125550188"}
    )

    assert page.status == 409
    for words in ("Kim", "Corrected: phone.", "Phone: (212) 555-0177"):
        assert words in alert(page)
    assert (fields(page)["name"], fields(page)["phone"]) == ("Ana D. Duarte", "2125550188")
    page = other.post(page.path, fields(page))
    assert "Saved." in page.text
    session.rollback()
    client = session.get_one(Client, ana)
    assert (client.name, client.phone) == ("Ana D. Duarte", "+12125550188")


def test_two_people_who_change_different_things_both_have_their_way(
    session: Session, ana: int, staff: Staff
) -> None:
    one, other = staff("reception"), staff("manager")
    first, second = (who.get("clients.edit", client_id=ana) for who in (one, other))
    one.post(first.path, fields(first) | {"phone": "212 555 0177"})

    page = other.post(second.path, fields(second) | {"name": "Ana D. Duarte"})

    assert "Saved." in page.text
    session.rollback()
    client = session.get_one(Client, ana)
    assert (client.name, client.phone) == ("Ana D. Duarte", "+12125550177")


def test_who_changed_what_stands_in_the_record(ana: int, staff: Staff) -> None:
    desk = staff("reception", name="Kim")
    page = desk.get("clients.edit", client_id=ana)

    page = desk.post(page.path, fields(page) | {"books_by_phone": "y"})

    assert "Corrected: books by phone only." in page.text
    assert "Tue 10 Mar, 09:00 · Kim" in page.text


def test_a_client_that_does_not_exist_is_no_page(staff: Staff) -> None:
    for number in (99, 2**40):
        assert staff("reception").open(f"/staff/clients/{number}").status == 404
