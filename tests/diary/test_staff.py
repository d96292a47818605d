"""Tests of spa.diary.staff and its actions: who sees what of a follow-up, reading and closing."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.clients import queries as clients
from spa.clients.merge_actions import merge_clients
from spa.diary import actions
from spa.domain.healing import Sign
from spa.domain.roles import Actor, Role
from spa.errors import NotAllowed
from spa.models import AuditEntry, Booking, Client, FollowUp
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert

At = Callable[[str], datetime]
Staff = Callable[..., Pages]
SIGNS = ("Pus", "My face is swelling up")


@pytest.fixture
def follow_up(studio: make.Studio, at: At) -> FollowUp:
    """Ana, who was with Ines on Thursday, on Saturday morning."""
    booking = make.booked(practitioner="ines")
    at("2026-03-14 10:00")
    return actions.open_follow_up(booking.id, [Sign.PUS, Sign.FACE], wants_call=True)


def show(desk: Pages, follow_up: FollowUp) -> Page:
    return desk.get("desk_diary.show", follow_up_id=follow_up.id)


def close(desk: Pages, follow_up: FollowUp, note: str, **typed: str) -> Page:
    page = show(desk, follow_up)
    return desk.post(
        f"/staff/diary/{follow_up.id}/close", page.fields("/close") | {"note": note} | typed
    )


def events(session: Session) -> list[str]:
    session.rollback()
    query = sa.select(AuditEntry.event).where(AuditEntry.event.like("follow_up.%"))
    return list(session.scalars(query.order_by(AuditEntry.id)))


def treating_owner(staff: Staff, studio: make.Studio) -> Pages:
    return staff("owner", resource_id=studio.maya)


def test_everyone_sees_who_waits_and_how_pressing_it_is(staff: Staff, follow_up: FollowUp) -> None:
    page = staff("reception").get("desk_diary.index")

    said = page.text
    for word in ("Ana Duarte", "urgent", "wants a call", "since Sat 14 Mar, 10:00", "for Ines"):
        assert word in said, word
    assert not [word for word in SIGNS if word in said]


@pytest.mark.parametrize("role", ["reception", "manager", "owner"])
def test_who_does_not_treat_reads_no_sign_and_leaves_no_reading(
    role: str, session: Session, staff: Staff, follow_up: FollowUp
) -> None:
    page = show(staff(role), follow_up)

    assert page.status == 200
    assert not [word for word in SIGNS if word in page.text]
    assert "for those who treat" in page.text
    assert "(212) 555-0111" in page.text
    assert events(session) == ["follow_up.opened"]


def test_who_treats_reads_the_signs_and_each_reading_is_recorded(
    session: Session, studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    for desk in (staff("practitioner"), treating_owner(staff, studio)):
        said = show(desk, follow_up).text
        assert all(word in said for word in SIGNS)

    assert events(session) == ["follow_up.opened", "follow_up.read", "follow_up.read"]
    session.refresh(follow_up)
    assert follow_up.read_at is not None


def test_another_practitioner_finds_nothing(
    session: Session, studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    staff("practitioner")  # Ines, whose it is, signs in here.
    maya = staff("practitioner", resource_id=studio.maya, email="maya@example.com")

    assert show(maya, follow_up).status == 404
    assert "Ana" not in maya.get("desk_diary.index").text
    assert "Ana" not in maya.get("morning.today").text
    assert events(session) == ["follow_up.opened"]


def test_what_is_for_somebody_who_never_signs_in_is_for_all_who_treat(
    session: Session, studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    maya = staff("practitioner", resource_id=studio.maya, email="maya@example.com")

    assert "Ana" in maya.get("morning.today").text
    page = close(maya, follow_up, "Called; it is settling.")

    assert page.status == 200
    assert events(session)[-1] == "follow_up.closed"


def test_it_stays_on_the_morning_page_until_it_is_closed_with_a_note(
    session: Session, staff: Staff, follow_up: FollowUp, at: At
) -> None:
    at("2026-03-21 09:00")
    reception, ines = staff("reception"), staff("practitioner")
    first = reception.get("morning.today").tree.xpath("//section[contains(@class, 'pane')]//h2")[0]
    assert first.text_content() == "Skin that needs a look"

    page = close(ines, follow_up, "Called her; sent her to a doctor.")

    assert "Closed." in page.text
    assert "Closed by Practitioner, Sat 21 Mar, 09:00" in page.text
    assert "Skin that needs a look" not in reception.get("morning.today").text
    assert "sent her to a doctor" in show(ines, follow_up).text
    assert "sent her to a doctor" not in show(reception, follow_up).text
    assert events(session).count("follow_up.closed") == 1


def test_nothing_is_closed_without_a_note(
    session: Session, staff: Staff, follow_up: FollowUp
) -> None:
    page = close(staff("practitioner"), follow_up, "  ")

    assert page.status == 422
    assert "Write down what was done" in alert(page)
    session.refresh(follow_up)
    assert follow_up.closed_at is None


def test_what_the_client_said_meanwhile_is_read_before_it_is_closed(
    session: Session, staff: Staff, follow_up: FollowUp
) -> None:
    ines = staff("practitioner")
    fields = show(ines, follow_up).fields("/close")
    actions.open_follow_up(follow_up.booking_id, [Sign.FEVER], wants_call=False)

    page = ines.post(f"/staff/diary/{follow_up.id}/close", fields | {"note": "All is well."})

    assert page.status == 409
    assert "said more since" in alert(page)
    assert "Fever" in page.text and "All is well." in page.text
    session.refresh(follow_up)
    assert follow_up.closed_at is None

    page = ines.post(page.path, page.fields("/close"))
    assert "Closed." in page.text


def test_the_first_note_stands_when_two_close_it(
    session: Session, studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    ines, owner = staff("practitioner"), treating_owner(staff, studio)
    fields = show(owner, follow_up).fields("/close")
    close(ines, follow_up, "First.")

    page = owner.post(f"/staff/diary/{follow_up.id}/close", fields | {"note": "Second."})

    assert "closed it already" in page.text
    session.refresh(follow_up)
    assert follow_up.note == "First."


@pytest.mark.parametrize("token", ["", "x.y.z"])
def test_nothing_is_closed_without_the_token_of_the_form(
    token: str, session: Session, staff: Staff, follow_up: FollowUp
) -> None:
    answer = close(staff("practitioner"), follow_up, "Done.", csrf_token=token)

    assert 400 <= answer.status < 500
    session.refresh(follow_up)
    assert follow_up.closed_at is None


def test_only_who_treats_closes(staff: Staff, follow_up: FollowUp) -> None:
    for role in ("reception", "manager", "owner"):
        desk = staff(role)
        token = desk.get("accounts.account").fields("/logout")["csrf_token"]
        sent = {"csrf_token": token, "note": "Done.", "seen": "2c"}
        assert desk.post(f"/staff/diary/{follow_up.id}/close", sent).status == 403


@pytest.mark.parametrize("about", [{"role": Role.RECEPTION}, {"practitioner_id": 99}])
def test_the_actions_themselves_let_nobody_else_read(
    about: dict[str, object], studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    staff("practitioner")  # Ines, whose it is, signs in here.
    who: dict[str, object] = {"role": Role.PRACTITIONER, "practitioner_id": studio.ines} | about
    actor = Actor(1, "A", "a@example.com", location_id=studio.location_id, **who)  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        actions.read_follow_up(follow_up.id, actor=actor, location_id=studio.location_id)
    with pytest.raises(NotAllowed):
        actions.close_follow_up(
            follow_up.id, "x", seen="2c", actor=actor, location_id=studio.location_id
        )


def test_a_visit_to_come_opens_nothing(studio: make.Studio) -> None:
    booking = make.booked()

    with pytest.raises(NotAllowed):
        actions.open_follow_up(booking.id, [Sign.PUS], wants_call=True)


def test_the_clients_file_lists_them_without_a_sign(
    session: Session, staff: Staff, follow_up: FollowUp
) -> None:
    page = staff("practitioner").get("clients.show", client_id=follow_up.client_id)

    assert page.tree.xpath(f"//a[@href='/staff/diary/{follow_up.id}']")
    assert not [word for word in SIGNS if word in page.text]


def test_they_go_along_when_records_are_merged(
    session: Session, studio: make.Studio, staff: Staff, follow_up: FollowUp
) -> None:
    other = make.booked("2026-03-20 10:00", visitor="b", name="Anna Duarte", email="b@example.com")
    staff("owner")
    actor = Actor(1, "O", "owner@example.com", Role.OWNER)
    assert follow_up.client_id and other.client_id
    ids = (other.client_id, follow_up.client_id)
    seen = max(map(clients.newest_change, ids))

    merge_clients(*ids, [], seen=seen, actor=actor, location_id=studio.location_id)

    session.refresh(follow_up)
    assert follow_up.client_id == other.client_id
    assert session.get_one(Client, ids[1]).merged_into_id == other.client_id
    assert session.get_one(Booking, follow_up.booking_id).client_id == other.client_id


def test_an_odd_number_is_not_found(staff: Staff, follow_up: FollowUp) -> None:
    for number in (0, 99, 2**31, 10**30):
        assert staff("reception").get("desk_diary.show", follow_up_id=number).status == 404
