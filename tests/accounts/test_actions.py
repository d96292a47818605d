"""Signing in, and one's own password: rows, record and mail together."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from spa import clock, links
from spa.accounts import actions, passwords, queries
from spa.database import db, transaction
from spa.domain.roles import Actor, Role
from spa.errors import LinkOver, SignInRefused, WrongPassword
from spa.models import AuditEntry, Message, StaffMember, StaffSession
from tests import make

Clock = Callable[[str], datetime]
NEW = "four turtles in a boat"


@pytest.fixture
def rosa(studio: make.Studio) -> StaffMember:
    """Somebody of the reception."""
    with transaction() as session:
        member = make.staff(session, name="Rosa", email="rosa@example.com")
    return member


def actor(member: StaffMember) -> Actor:
    """Somebody who is signed in."""
    return Actor(member.id, member.name, member.email, Role(member.role), member.location_id)


def events(session: Session) -> list[str]:
    """What was written down about accounts, oldest first."""
    return list(session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))


def session_of(key: str) -> queries.Found | None:
    """What this key opens now, read afresh."""
    db.session.rollback()
    return queries.signed_in(key, clock.now(), idle_minutes=60, hours=12)


def open_sessions(session: Session) -> int:
    """How many browsers are signed in."""
    count = sa.select(sa.func.count(StaffSession.id)).where(StaffSession.ended_at.is_(None))
    return session.scalar(count) or 0


def link(member_id: int, *, purpose: str = "reset", version: int = 1) -> links.StaffLink:
    """A link to choose a password, as it is read from a mail."""
    return links.StaffLink(purpose, member_id, version, make.moment("2026-03-20 09:00"))


def test_the_right_password_opens_a_session_and_is_written_down(
    session: Session, rosa: StaffMember
) -> None:
    key = actions.sign_in("rosa@example.com", make.PASSWORD, browser="Firefox" * 100)

    found = session_of(key)
    assert found and found.actor.email == "rosa@example.com"
    kept = session.scalars(sa.select(StaffSession)).one()
    assert key not in kept.key_digest and len(kept.browser) == 200
    assert events(session) == ["account.signed_in"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("rosa@example.com", "another password"),
        ("rosa@example.com", ""),
        ("nobody@example.com", make.PASSWORD),
        ("new@example.com", ""),
        ("out@example.com", make.PASSWORD),
    ],
)
def test_whoever_may_not_come_in_is_refused_in_the_same_way(
    email: str, password: str, session: Session, rosa: StaffMember
) -> None:
    with transaction() as inside:
        make.staff(inside, email="new@example.com", password_hash="", joined_at=None)
        make.staff(inside, email="out@example.com", suspended_at=make.moment("2026-03-01 09:00"))

    with pytest.raises(SignInRefused):
        actions.sign_in(email, password)

    assert open_sessions(session) == 0
    entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.event, entry.actor, entry.location_id) == ("account.refused", "stranger", None)
    assert set(entry.details) == (set() if email.startswith("nobody") else {"person"})


def test_a_password_is_compared_whether_or_not_somebody_has_the_address(
    session: Session, rosa: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    verify = PasswordHasher.verify

    def count(self: PasswordHasher, kept: str, typed: bytes) -> bool:
        compared.append(kept)
        return verify(self, kept, typed)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    for email in ("rosa@example.com", "nobody@example.com"):
        with pytest.raises(SignInRefused):
            actions.sign_in(email, "another password")

    assert len(compared) == 2 and all(kept.startswith("$argon2id$") for kept in compared)


def test_a_password_kept_in_an_older_way_is_kept_anew_at_sign_in(
    session: Session, rosa: StaffMember
) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(make.PASSWORD)
    with transaction() as inside:
        inside.execute(sa.update(StaffMember).values(password_hash=older))

    actions.sign_in("rosa@example.com", make.PASSWORD)

    kept = session.scalars(sa.select(StaffMember.password_hash)).one()
    assert kept != older and not passwords.is_outdated(kept)
    assert actions.sign_in("rosa@example.com", make.PASSWORD)


def test_signing_out_ends_this_session_alone(session: Session, rosa: StaffMember) -> None:
    here, there = (actions.open_session(rosa.id) for _ in range(2))
    found = session_of(here)
    assert found

    actions.sign_out(found.session_id)

    assert session_of(here) is None and session_of(there)


def test_one_of_ones_own_browsers_can_be_ended_and_nobody_elses(
    session: Session, rosa: StaffMember
) -> None:
    with transaction() as inside:
        other = make.staff(inside, "manager")
    mine, theirs = session_of(actions.open_session(rosa.id)), actions.open_session(other.id)
    their_session = session_of(theirs)
    assert mine and their_session

    actions.end_browser(actor(rosa), their_session.session_id)
    assert session_of(theirs)
    actions.end_browser(actor(rosa), mine.session_id)

    assert open_sessions(session) == 1
    assert events(session).count("account.sessions_ended") == 1


def test_signing_out_everywhere_ends_every_session_of_ones_own(
    session: Session, rosa: StaffMember
) -> None:
    keys = [actions.open_session(rosa.id) for _ in range(3)]

    actions.sign_out_everywhere(actor(rosa))

    assert [session_of(key) for key in keys] == [None] * 3
    assert events(session)[-1] == "account.sessions_ended"


@pytest.mark.parametrize(("minutes", "is_open"), [(59, True), (60, False)])
def test_a_session_ends_after_an_idle_hour(
    minutes: int, is_open: bool, app: Flask, rosa: StaffMember
) -> None:
    key = actions.open_session(rosa.id)
    app.config["SPA_NOW"] += timedelta(minutes=minutes)

    assert bool(session_of(key)) is is_open


@pytest.mark.parametrize(("minutes", "is_open"), [(719, True), (720, False)])
def test_a_session_in_use_ends_after_twelve_hours(
    minutes: int, is_open: bool, app: Flask, rosa: StaffMember
) -> None:
    key = actions.open_session(rosa.id)
    begun = app.config["SPA_NOW"]
    for passed in (*range(0, minutes, 50), minutes - 1):
        app.config["SPA_NOW"] = begun + timedelta(minutes=passed)
        if found := session_of(key):
            queries.note_seen(found, app.config["SPA_NOW"])
    app.config["SPA_NOW"] = begun + timedelta(minutes=minutes)

    assert bool(session_of(key)) is is_open


def test_changing_the_password_ends_all_other_sessions(session: Session, rosa: StaffMember) -> None:
    here, there = (actions.open_session(rosa.id) for _ in range(2))
    found = session_of(here)
    assert found

    actions.change_password(found.actor, found.session_id, make.PASSWORD, NEW)

    assert session_of(here) and session_of(there) is None
    assert actions.sign_in("rosa@example.com", NEW)
    assert events(session)[-2:] == ["account.password_changed", "account.signed_in"]
    with pytest.raises(SignInRefused):
        actions.sign_in("rosa@example.com", make.PASSWORD)


def test_changing_the_password_needs_the_present_one(session: Session, rosa: StaffMember) -> None:
    found = session_of(actions.open_session(rosa.id))
    assert found

    with pytest.raises(WrongPassword):
        actions.change_password(found.actor, found.session_id, "another password", NEW)

    assert actions.sign_in("rosa@example.com", make.PASSWORD)


def test_a_link_is_mailed_once_in_ten_minutes_however_often_it_is_asked_for(
    session: Session, rosa: StaffMember, at: Clock
) -> None:
    for minute in ("09:01", "09:05", "09:11"):
        at(f"2026-03-10 {minute}")
        actions.request_reset("rosa@example.com")

    sent = session.scalars(sa.select(Message)).all()
    assert [(one.event, one.staff_id) for one in sent] == [("staff_reset", rosa.id)] * 2


def test_asking_for_a_strangers_link_does_the_same_work_and_names_nobody(
    session: Session, rosa: StaffMember
) -> None:
    actions.request_reset("nobody@example.com")

    message = session.scalars(sa.select(Message)).one()
    assert (message.recipient, message.staff_id) == ("nobody@example.com", None)


def test_a_link_works_once_lets_in_and_ends_every_session(
    session: Session, rosa: StaffMember
) -> None:
    key = actions.open_session(rosa.id)

    assert actions.choose_password(link(rosa.id), NEW) == "rosa@example.com"

    assert session_of(key) is None and actions.sign_in("rosa@example.com", NEW)
    with pytest.raises(LinkOver):
        actions.choose_password(link(rosa.id), "yet another good one")


def test_the_invited_have_joined_when_they_chose_a_password(
    session: Session, rosa: StaffMember
) -> None:
    with transaction() as inside:
        invited = make.staff(inside, email="new@example.com", password_hash="", joined_at=None)

    actions.choose_password(link(invited.id, purpose="invited"), NEW)

    member = queries.member(invited.id)
    assert member and member.joined_at == make.moment("2026-03-10 09:00")
    assert actions.sign_in("new@example.com", NEW)


@pytest.mark.parametrize("what", ["suspended", "replaced", "gone"])
def test_no_link_lets_in_whom_it_is_not_for(what: str, session: Session, rosa: StaffMember) -> None:
    with transaction() as inside:
        if what == "suspended":
            inside.execute(sa.update(StaffMember).values(suspended_at=rosa.created_at))
    number = rosa.id + 100 if what == "gone" else rosa.id

    with pytest.raises(LinkOver):
        actions.choose_password(link(number, version=2 if what == "replaced" else 1), NEW)


def test_changing_the_password_kills_the_links_that_were_mailed(
    session: Session, rosa: StaffMember
) -> None:
    found = session_of(actions.open_session(rosa.id))
    assert found
    actions.change_password(found.actor, found.session_id, make.PASSWORD, NEW)

    with pytest.raises(LinkOver):
        actions.choose_password(link(rosa.id), "yet another good one")
