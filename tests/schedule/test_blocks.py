"""Tests of spa.schedule.blocks and actions: times kept free, and given back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import queries
from spa.domain.availability import Reason
from spa.models import AuditEntry, Block, Claim
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

Staff = Callable[..., Pages]
TYPED: dict[str, Any] = {
    "day": "2026-03-12",
    "starts": "14:00",
    "ends": "15:00",
    "reason": "Team meeting",
}


def keep_free(desk: Pages, what: list[int], **typed: str) -> Page:
    page = desk.get("blocks.new")
    sent = {k: v for k, v in page.fields("").items() if k != "what"} | TYPED | typed
    return desk.post(page.path, sent | {"what": what})


def blocks(session: Session) -> list[Block]:
    return list(session.scalars(sa.select(Block)))


def refused(clock: str, practitioner: str) -> tuple[Reason, ...]:
    offer = queries.offer("facial")
    assert offer
    now = make.moment("2026-03-10 09:00")
    start = make.moment(f"2026-03-12 {clock}")
    return queries.place_for(offer, start, now=now, practitioner=practitioner)[0]


def test_a_time_kept_free_can_not_be_booked_with_those_it_is_kept_for(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    page = keep_free(staff("reception"), [studio.ines])

    assert "Blocked: Team meeting." in page.text
    assert refused("14:30", "ines") == (Reason.PRACTITIONER_BUSY,)
    assert refused("15:00", "ines") == ()
    assert refused("14:30", "maya") == ()


def test_a_block_is_recorded_with_who_made_it(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    keep_free(staff("reception"), [studio.ines, studio.room_1])

    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "block.made")).one()
    assert entry.details["resources"] == [studio.ines, studio.room_1]
    assert entry.staff_id


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"ends": "13:00"}, "ends", "Enter a time after the beginning, on the same day"),
        ({"ends": "14:00"}, "ends", "Enter a time after the beginning, on the same day"),
        ({"starts": "14:02"}, "starts", "Enter a time on the five minutes, such as 14:30"),
        ({"starts": "soon"}, "starts", "Enter a time that the clock shows that day"),
        ({"day": "2026-03-08", "starts": "02:30"}, "starts", "Enter a time that the clock shows"),
        ({"day": "2026-03-09"}, "ends", "That time has passed: choose a later one"),
        ({"day": ""}, "day", "Choose a day"),
        ({"reason": ""}, "reason", "Say in a word what it is for"),
    ],
)
def test_what_can_not_be_is_said_beside_its_field_and_kept(
    typed: dict[str, str],
    field: str,
    sentence: str,
    session: Session,
    studio: make.Studio,
    staff: Staff,
) -> None:
    page = keep_free(staff("reception"), [studio.ines], **typed)

    assert page.status == 422
    assert sentence in wrong(page)[field]
    kept = page.fields("")
    assert all(kept[name] == value for name, value in (TYPED | typed).items())
    assert page.tree.xpath("//input[@name='what' and @checked]/@value") == [str(studio.ines)]
    assert blocks(session) == []


def test_nobody_chosen_is_asked_for(session: Session, staff: Staff) -> None:
    page = keep_free(staff("reception"), [])

    assert page.status == 422
    assert "Choose at least one person or room" in page.text


def test_who_is_booked_then_is_named_with_a_link(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    booking = make.booked("2026-03-12 14:00", practitioner="ines")

    page = keep_free(staff("reception"), [studio.ines])

    assert page.status == 409
    assert "14:00 Ana Duarte, Ines" in alert(page)
    assert page.tree.xpath(f"//div[@role='alert']//a[contains(@href, '{booking.reference}')]")
    assert blocks(session) == []


def test_somebody_who_books_online_just_now_is_in_the_way_until_the_hold_ends(
    session: Session, studio: make.Studio, staff: Staff, at: Callable[[str], Any]
) -> None:
    make.booked("2026-03-12 14:30", visitor="2", practitioner="maya")
    make.held("2026-03-12 14:00", practitioner="ines")
    desk = staff("reception")

    page = keep_free(desk, [studio.ines])
    assert page.status == 409
    assert "14:00 being booked online, Ines" in alert(page)

    at("2026-03-10 09:11")
    page = keep_free(desk, [studio.ines, studio.maya])
    assert "14:30 Ana Duarte, Maya" in alert(page)
    assert "being booked online" not in alert(page)
    keep_free(desk, [studio.ines])
    assert len(blocks(session)) == 1


def test_another_block_is_in_the_way_and_says_what_it_is(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("reception")
    keep_free(desk, [studio.room_1])

    page = keep_free(desk, [studio.ines, studio.room_1], reason="Painting")

    assert page.status == 409
    assert "14:00 Team meeting, Room 1" in alert(page)
    assert len(blocks(session)) == 1


def test_cleaning_is_in_the_way_of_a_room_too(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    booking = make.booked("2026-03-12 13:30", practitioner="ines", slug="check")

    page = keep_free(staff("reception"), [booking.room_id], starts="13:45")

    assert page.status == 409
    assert "13:30 Ana Duarte" in alert(page)


def test_a_whole_day_can_be_kept_free_on_the_day_the_clock_goes_back(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    keep_free(staff("manager"), [studio.room_1], day="2026-11-01", starts="00:00", ends="23:55")

    (block,) = blocks(session)
    assert block.ends_at - block.starts_at == timedelta(hours=24, minutes=55)


def test_another_ones_block_is_not_there_for_a_practitioner(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    keep_free(staff("reception"), [studio.maya], reason="Doctor")
    (block,) = blocks(session)

    page = staff("practitioner").get("blocks.show", block_id=block.id)

    assert page.status == 404


def test_a_block_given_back_can_be_booked_again_and_a_second_press_does_nothing(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    desk = staff("reception")
    keep_free(desk, [studio.ines])
    number = blocks(session)[0].id
    page = desk.get("blocks.show", block_id=number)
    assert "Team meeting" in page.text and "Ines" in page.text

    for _ in range(2):
        desk.post(f"/staff/blocks/{number}/remove", page.fields("/remove"))

    assert refused("14:30", "ines") == ()
    assert session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 0
    query = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.event == "block.removed")
    assert session.scalar(query) == 1


def test_a_practitioner_sees_a_block_without_the_button(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    keep_free(staff("reception"), [studio.ines])
    (block,) = blocks(session)

    page = staff("practitioner").get("blocks.show", block_id=block.id)

    assert not page.tree.xpath("//form[contains(@action, '/remove')]")


def test_the_form_is_filled_from_where_one_comes(studio: make.Studio, staff: Staff) -> None:
    page = staff("reception").get("blocks.new", at="2026-03-12T14:00-04:00", **{"with": "maya"})

    kept = page.fields("")
    assert (kept["day"], kept["starts"]) == ("2026-03-12", "14:00")
    assert page.tree.xpath("//input[@name='what' and @checked]/@value") == [str(studio.maya)]
