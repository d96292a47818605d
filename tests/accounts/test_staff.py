"""The people of the studio, as the owner lets them in, changes and suspends them."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions, people_actions, queries
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.errors import AlreadyHere, ChangedMeanwhile, LastOwner, PersonTaken
from spa.models import AuditEntry, Message, StaffMember
from tests import make
from tests.accounts.test_views import mailed_link, press, sign_in
from tests.pages import Pages
from tests.visitor import alert, wrong

Staff = Callable[..., Pages]
NEW = "four turtles in a boat"


@pytest.fixture
def owner(studio: make.Studio) -> Actor:
    """The owner of the place."""
    with transaction() as session:
        member = make.staff(session, "owner")
    return Actor(member.id, "Owner", member.email, Role.OWNER, studio.location_id)


def invite(owner: Actor, studio: make.Studio, **about: str) -> int:
    """Invite somebody to the reception unless told."""
    typed = {"name": "Rosa", "email": "rosa@example.com", "role": "reception"} | about
    asked = people_actions.Invitation(
        typed["name"], typed["email"], Role(typed["role"]), typed.get("practitioner", "")
    )
    return people_actions.invite(owner, asked, location_id=studio.location_id)


def member(staff_id: int) -> StaffMember:
    """Somebody as they are now."""
    found = queries.member(staff_id)
    assert found
    return found


def last_entry(session: Session) -> AuditEntry:
    """What was written down last."""
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


# Inviting


def test_an_invitation_makes_a_person_a_mail_and_an_entry(
    session: Session, owner: Actor, studio: make.Studio
) -> None:
    staff_id = invite(owner, studio, role="practitioner", practitioner="ines")

    invited = member(staff_id)
    assert (invited.location_id, invited.resource_id) == (studio.location_id, studio.ines)
    assert (invited.password_hash, invited.joined_at) == ("", None)
    (mail,) = session.scalars(sa.select(Message))
    assert (mail.event, mail.recipient, mail.staff_id) == (
        "staff_invited",
        "rosa@example.com",
        staff_id,
    )
    entry = last_entry(session)
    assert (entry.event, entry.staff_id) == ("people.invited", owner.id)
    assert entry.details == {"person": staff_id, "role": "practitioner"}


def test_nobody_is_invited_twice(session: Session, owner: Actor, studio: make.Studio) -> None:
    invite(owner, studio)

    with pytest.raises(AlreadyHere):
        invite(owner, studio, name="Another")

    assert len(session.scalars(sa.select(Message)).all()) == 1


@pytest.mark.parametrize("practitioner", ["ines", "room-1", "nobody"])
def test_a_person_of_the_rota_signs_in_once(
    practitioner: str, session: Session, owner: Actor, studio: make.Studio
) -> None:
    invite(owner, studio, role="practitioner", practitioner="ines")

    with pytest.raises(PersonTaken):
        invite(owner, studio, email="b@example.com", role="practitioner", practitioner=practitioner)


def test_an_invitation_sent_again_ends_the_one_before(
    app: Flask, session: Session, owner: Actor, studio: make.Studio, pages: Pages
) -> None:
    staff_id = invite(owner, studio)
    first = mailed_link(app, session)

    people_actions.invite_again(owner, staff_id, location_id=studio.location_id)

    assert pages.open(first).status == 410
    assert pages.open(mailed_link(app, session)).status == 200


def test_who_has_joined_is_not_invited_again(
    session: Session, owner: Actor, studio: make.Studio
) -> None:
    with pytest.raises(ChangedMeanwhile):
        people_actions.invite_again(owner, owner.id, location_id=studio.location_id)


def test_the_invited_choose_a_password_and_come_in(
    app: Flask, session: Session, staff: Staff, pages: Pages
) -> None:
    owner = staff("owner")
    page = press(
        owner.get("people.invite"),
        owner,
        "/new",
        name="Rosa",
        email="Rosa@example.com",
        role="reception",
    )
    assert "The invitation to rosa@example.com is on its way." in page.text

    path = mailed_link(app, session)
    press(pages.open(path), pages, path, new=NEW)

    assert sign_in(pages, "rosa@example.com", NEW).path == "/staff"
    assert "Signs in" in owner.open(page.path).text


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"name": "See www.example.com"}, "name", "without a web address"),
        ({"email": "nobody"}, "email", "like name@example.com"),
        ({"email": "owner@example.com"}, "email", "works here already"),
        ({"role": "practitioner"}, "practitioner", "who this practitioner is"),
        ({"role": "boss"}, "role", ""),
        ({"practitioner": "nobody"}, "practitioner", ""),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_beside_its_field(
    typed: dict[str, str], field: str, said: str, session: Session, staff: Staff
) -> None:
    owner = staff("owner")
    whole = {"name": "Rosa", "email": "rosa@example.com", "role": "reception"} | typed

    page = press(owner.get("people.invite"), owner, "/new", **whole)

    assert page.status == 422
    assert said in wrong(page)[field]
    assert session.scalars(sa.select(Message)).all() == []


# Roles


def test_a_role_is_changed_and_written_down(
    session: Session, owner: Actor, studio: make.Studio
) -> None:
    staff_id = invite(owner, studio)

    change(owner, staff_id, studio, role=Role.MANAGER)

    assert member(staff_id).role == "manager"
    entry = last_entry(session)
    assert entry.details == {"person": staff_id, "from": "reception", "to": "manager"}


def change(
    owner: Actor, staff_id: int, studio: make.Studio, *, role: Role, was: str = "reception"
) -> None:
    """Let somebody work as something else."""
    people_actions.change_role(
        owner, staff_id, role, was=was, practitioner="", location_id=studio.location_id
    )


def test_two_owners_who_change_the_same_person_are_told(
    session: Session, owner: Actor, studio: make.Studio
) -> None:
    staff_id = invite(owner, studio)
    change(owner, staff_id, studio, role=Role.MANAGER)

    with pytest.raises(ChangedMeanwhile):
        change(owner, staff_id, studio, role=Role.OWNER, was="reception")

    assert member(staff_id).role == "manager"


def test_a_page_that_is_behind_shows_what_is_there_and_keeps_what_was_chosen(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    pages = staff("owner")
    (number,) = session.scalars(sa.select(StaffMember.id))
    owner = Actor(number, "Owner", "owner@example.com", Role.OWNER, studio.location_id)
    staff_id = invite(owner, studio)
    page = pages.get("people.show", staff_id=staff_id)
    change(owner, staff_id, studio, role=Role.MANAGER)

    page = press(page, pages, "/role", role="owner")

    assert (page.status, "Somebody changed this" in alert(page)) == (409, True)
    assert [one.get("value") for one in page.tree.xpath("//input[@checked]")] == ["owner"]
    assert press(page, pages, "/role").status == 200
    assert member(staff_id).role == "owner"


def test_a_new_role_counts_from_the_next_page_on(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    manager = staff("manager")
    assert manager.open("/staff/people").status == 403
    with transaction() as inside:
        inside.execute(sa.update(StaffMember).values(role="owner"))

    assert manager.open("/staff/people").status == 200


# Suspending


def test_who_is_suspended_is_out_at_once_and_their_links_are_dead(
    app: Flask, session: Session, staff: Staff, studio: make.Studio
) -> None:
    pages, reception = staff("owner"), staff("reception")
    person = session.scalars(sa.select(StaffMember).where(StaffMember.role == "reception")).one()
    actions.request_reset(person.email)
    path = mailed_link(app, session)

    page = press(pages.get("people.show", staff_id=person.id), pages, "/suspend")

    assert "Suspended" in page.text
    assert reception.open("/staff/account").path == "/staff/login"
    assert reception.open(path).status == 410
    assert last_entry(session).event == "people.suspended"


def test_who_is_let_back_signs_in_anew(session: Session, staff: Staff, pages: Pages) -> None:
    owner, reception = staff("owner"), staff("reception")
    person = session.scalars(sa.select(StaffMember).where(StaffMember.role == "reception")).one()
    press(owner.get("people.show", staff_id=person.id), owner, "/suspend")

    press(owner.get("people.show", staff_id=person.id), owner, "/let-back")

    assert reception.open("/staff/account").path == "/staff/login"
    assert sign_in(pages, "reception@example.com").path == "/staff"
    events = list(session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events[-2:] == ["people.let_back", "account.signed_in"]


def test_who_is_let_back_does_not_sign_in_as_somebody_another_signs_in_as(
    session: Session, owner: Actor, studio: make.Studio, staff: Staff
) -> None:
    first = invite(owner, studio, role="practitioner", practitioner="ines")
    people_actions.suspend(owner, first)
    second = {"name": "Noa", "email": "noa@example.com", "practitioner": "ines"}
    invite(owner, studio, role="practitioner", **second)
    pages = staff("owner", email="second@example.com")

    page = press(pages.get("people.show", staff_id=first), pages, "/let-back")

    assert page.status == 409
    assert "Somebody else signs in as this person already" in page.text
    assert member(first).suspended_at

    people_actions.change_role(
        owner, first, Role.RECEPTION, was="practitioner", practitioner="", location_id=1
    )
    people_actions.let_back(owner, first)
    assert member(first).suspended_at is None


@pytest.mark.parametrize("other", ["none", "invited", "suspended", "elsewhere"])
def test_the_last_active_owner_is_neither_suspended_nor_demoted(
    other: str, session: Session, owner: Actor, studio: make.Studio
) -> None:
    with transaction() as inside:
        if other != "none":
            kinds: dict[str, dict[str, Any]] = {
                "invited": {"password_hash": ""},
                "suspended": {"suspended_at": make.moment("2026-03-01 09:00")},
                "elsewhere": {"location_id": make.add(inside, make.location(slug="elsewhere")).id},
            }
            make.staff(inside, "owner", email="other@example.com", **kinds[other])

    with pytest.raises(LastOwner):
        people_actions.suspend(owner, owner.id)
    with pytest.raises(LastOwner):
        change(owner, owner.id, studio, role=Role.MANAGER, was="owner")

    assert (member(owner.id).role, member(owner.id).suspended_at) == ("owner", None)


@pytest.mark.parametrize("everywhere", [False, True])
def test_an_owner_may_go_while_another_is_left(
    everywhere: bool, session: Session, owner: Actor, studio: make.Studio
) -> None:
    with transaction() as inside:
        about = {"location_id": None} if everywhere else {}
        make.staff(inside, "owner", email="other@example.com", **about)

    people_actions.suspend(owner, owner.id)

    assert member(owner.id).suspended_at


def test_the_refusal_to_demote_the_last_owner_is_said_on_the_page(
    session: Session, staff: Staff
) -> None:
    pages = staff("owner")
    (number,) = session.scalars(sa.select(StaffMember.id))

    page = press(pages.get("people.show", staff_id=number), pages, "/role", role="reception")

    assert (page.status, "make somebody else an owner" in alert(page).lower()) == (409, True)


# Who looks after whom


def test_an_owner_of_one_place_looks_after_its_people_alone(session: Session, staff: Staff) -> None:
    pages = staff("owner")
    with transaction() as inside:
        other = make.add(inside, make.location(slug="elsewhere", name="Elsewhere"))
        theirs = make.staff(inside, location_id=other.id, name="Theirs", email="t@example.com")
        chain = make.staff(inside, "owner", location_id=None, email="c@example.com", name="Chain")

    assert "Theirs" not in pages.get("people.index").text
    token = pages.get("accounts.account").fields("/logout")
    for staff_id in (theirs.id, chain.id, 999):
        assert pages.get("people.show", staff_id=staff_id).status == 404
        for what in ("role", "invite", "suspend", "let-back"):
            answer = pages.post(f"/staff/people/{staff_id}/{what}", token | {"role": "owner"})
            assert answer.status == 404
    assert member(theirs.id).suspended_at is None


def test_an_owner_of_every_place_looks_after_everyone(session: Session, staff: Staff) -> None:
    pages = staff("owner", location_id=None)
    with transaction() as inside:
        other = make.add(inside, make.location(slug="elsewhere"))
        make.staff(inside, location_id=other.id, name="Theirs", email="t@example.com")

    assert "Theirs" in pages.get("people.index").text


def test_an_owner_is_not_offered_to_suspend_themselves(session: Session, staff: Staff) -> None:
    pages = staff("owner")
    (number,) = session.scalars(sa.select(StaffMember.id))

    assert "Suspend" not in pages.get("people.show", staff_id=number).text
