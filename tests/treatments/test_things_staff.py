"""The pages of rooms and devices."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Capability, Resource
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]


@pytest.fixture
def desk(staff: Staff) -> Pages:
    return staff("manager")


def send(desk: Pages, path: str, data: dict[str, Any]) -> Page:
    """The form of that page with what it has itself, and this."""
    form = desk.open(path).fields()
    kept = {name: form[name] for name in ("csrf_token", "seen", "was") if name in form}
    return desk.post(path, kept | data)


def suits(session: Session, slug: str) -> dict[int, date | None]:
    rows = session.scalars(
        sa.select(Capability)
        .join(Resource, Resource.id == Capability.resource_id)
        .where(Resource.slug == slug)
    )
    return {row.treatment_id: row.certified_until for row in rows}


def device(session: Session, studio: make.Studio, until: date | None = None) -> Resource:
    made: Resource = make.add(
        session, Resource(location_id=studio.location_id, kind="device", slug="pen", name="Pen")
    )
    session.add(Capability(resource_id=made.id, treatment_id=studio.facial, certified_until=until))
    return made


def test_a_new_room_suits_what_was_ticked(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    page = send(desk, "/staff/things/new", {"name": "Fern", "does": str(studio.facial)})

    assert page.path == "/staff/things" and "Fern can be booked now." in page.text
    assert suits(session, "fern") == {studio.facial: None}


def test_a_new_room_starts_with_everything_ticked_and_a_device_with_nothing(desk: Pages) -> None:
    room = desk.open("/staff/things/new?kind=room")
    pen = desk.open("/staff/things/new?kind=device")

    assert len(room.tree.xpath("//input[@name='does'][@checked]")) == 2
    assert not pen.tree.xpath("//input[@name='does'][@checked]")


def test_a_device_has_a_service_that_is_due(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    new = {"name": "Pen", "does": str(studio.facial), "due": "2026-04-02"}

    page = send(desk, "/staff/things/new?kind=device", new)

    assert suits(session, "pen") == {studio.facial: date(2026, 4, 2)}
    assert "Service is due by 2 April 2026" in page.text


def test_a_service_that_was_missed_is_marked(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    with transaction() as inside:
        device(inside, studio, date(2026, 3, 1))

    assert (
        "Service was due on 1 March 2026: nothing is booked on it" in desk.get("things.index").text
    )


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("room", {"name": ""}, "Enter a name"),
        ("room", {"name": "room 1"}, "There is one of that name already"),
        ("room", {"name": "Fern", "does": "999999999999999999999999"}, "not a valid choice"),
        (
            "device",
            {"name": "Pen", "due": "2026-03-09"},
            "This date is past. Enter the day the next",
        ),
        ("device", {"name": "Pen", "due": "31.12.2026"}, "Enter a date such as 2027-03-31"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_made(
    kind: str, typed: dict[str, str], sentence: str, session: Session, desk: Pages
) -> None:
    page = send(desk, f"/staff/things/new?kind={kind}", typed)

    assert page.status == 422 and sentence.lower() in page.text.lower()
    assert session.scalar(sa.select(sa.func.count(Resource.id))) == 4


def test_a_room_is_renamed_and_suits_less(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    page = send(desk, "/staff/things/room-2", {"name": "Fern", "does": str(studio.check)})

    assert page.path == "/staff/things" and "Saved: Fern." in page.text
    assert suits(session, "room-2") == {studio.check: None}


def test_a_room_that_a_visit_needs_is_not_closed_unsaid(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    booking = make.booked()
    slug = "room-1" if booking.room_id == studio.room_1 else "room-2"

    page = send(desk, f"/staff/things/{slug}/archive", {})
    assert page.status == 409 and "Ana Duarte" in page.text

    done = desk.post(f"/staff/things/{slug}/archive", page.fields())
    assert done.path == "/staff/things"
    session.refresh(booking)
    assert (
        booking.room_id
        == (
            {studio.room_1, studio.room_2}
            - {session.scalar(sa.select(Resource.id).where(Resource.slug == slug))}
        ).pop()
    )


def test_an_archived_room_is_brought_back(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    send(desk, "/staff/things/room-2/archive", {})
    page = desk.get("things.index")
    assert "Room 2" not in [one.text_content() for one in page.all("h3")]

    page = desk.post("/staff/things/room-2/back", page.fields("/room-2/back"))

    assert "Room 2 can be booked again." in page.text
    assert session.get_one(Resource, studio.room_2).archived_at is None


def test_the_second_manager_sees_what_the_first_did(
    session: Session, studio: make.Studio, staff: Staff, desk: Pages
) -> None:
    form = desk.open("/staff/things/room-2").fields()
    send(staff("owner"), "/staff/things/room-2", {"name": "Fern", "does": str(studio.check)})

    page = desk.post("/staff/things/room-2", form | {"name": "Willow"})

    assert page.status == 409
    assert "Name: Fern" in page.text and "No longer does: Facial." in page.text
    assert page.fields()["name"] == "Willow"


def test_rooms_and_devices_keep_to_their_own_order(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    with transaction() as inside:
        device(inside, studio)
    form = desk.get("things.index").fields("/room-2/order")

    page = desk.post("/staff/things/room-2/order", form | {"to": "up"})

    assert [one.text_content() for one in page.all("h3")] == ["Room 2", "Room 1", "Pen"]


def test_people_and_another_place_s_rooms_do_not_exist_here(session: Session, desk: Pages) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        make.add(inside, Resource(location_id=other.id, kind="room", slug="far", name="Far"))

    for slug in ("far", "ines", "nothing"):
        assert desk.open(f"/staff/things/{slug}").status == 404
        assert desk.open(f"/staff/things/{slug}/archive").status == 404


def test_what_came_onto_the_menu_meanwhile_stays_as_it_is(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    form = desk.open("/staff/things/room-2").fields()
    with transaction() as inside:
        made = make.treatment(inside, studio.location_id, "scalp", make.CHECK, turnover=0)
        inside.add(Capability(resource_id=studio.room_2, treatment_id=made.id))

    page = desk.post("/staff/things/room-2", form | {"name": "Fern"})

    assert page.path == "/staff/things" and made.id in suits(session, "room-2")
