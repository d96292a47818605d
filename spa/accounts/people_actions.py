"""What changes who works here; each is one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.accounts import passwords, queries
from spa.accounts.actions import end_sessions, locked
from spa.audit.record import record
from spa.database import one_at_a_time, transaction
from spa.domain.roles import Actor, Role
from spa.errors import AlreadyHere, ChangedMeanwhile, LastOwner, PersonTaken
from spa.messages import outbox
from spa.models import Resource, StaffMember, StaffSession


@dataclass(frozen=True)
class Invitation:
    """Whom to invite, and as what; `practitioner` is who they are in the rota, if anyone."""

    name: str
    email: str
    role: Role
    practitioner: str = ""


def create_owner(name: str, email: str, password: str) -> None:
    """Let the first owner in, at every place there is and will be."""
    now, hashed = clock.now(), passwords.hashed(password)
    with transaction() as session:
        _take_turns(session)
        member = _add(
            session,
            StaffMember(
                name=name,
                email=email,
                role=Role.OWNER,
                password_hash=hashed,
                created_at=now,
                joined_at=now,
            ),
        )
        record(session, "people.owner_made", at=now, staff_id=member.id)


def invite(actor: Actor, asked: Invitation, *, location_id: int) -> int:
    """Invite somebody to the desk of this place; they get a link to choose a password by."""
    now = clock.now()
    with transaction() as session:
        _take_turns(session)
        member = _add(
            session,
            StaffMember(
                location_id=location_id,
                resource_id=_practitioner(session, asked.practitioner, location_id),
                name=asked.name,
                email=asked.email,
                role=asked.role,
                created_at=now,
            ),
        )
        _send_link(session, member, location_id, now)
        _note(session, "people.invited", actor, member, now, role=asked.role.value)
        return member.id


def invite_again(actor: Actor, staff_id: int, *, location_id: int) -> None:
    """Send the invitation once more; links that were sent before stop working."""
    now = clock.now()
    with transaction() as session:
        member = _managed(session, actor, staff_id)
        if member.password_hash or member.suspended_at:
            raise ChangedMeanwhile
        member.link_version += 1
        _send_link(session, member, member.location_id or location_id, now)
        _note(session, "people.invited", actor, member, now, role=member.role)


def change_role(
    actor: Actor, staff_id: int, role: Role, *, was: str, practitioner: str, location_id: int
) -> None:
    """Let somebody work as something else; `was` is what the page said they were."""
    now = clock.now()
    with transaction() as session:
        _take_turns(session)
        member = _managed(session, actor, staff_id)
        if member.role != was:
            raise ChangedMeanwhile
        if role != Role.OWNER:
            _keep_an_owner(session, member)
        place = member.location_id or location_id
        member.resource_id = _practitioner(session, practitioner, place, but=member.id)
        member.role = role
        details = {"from": was, "to": role.value}
        _note(session, "people.role_changed", actor, member, now, **details)


def suspend(actor: Actor, staff_id: int) -> None:
    """Let somebody in no longer: they are out at once, wherever they are signed in."""
    now = clock.now()
    with transaction() as session:
        _take_turns(session)
        member = _managed(session, actor, staff_id)
        if member.suspended_at:
            return
        _keep_an_owner(session, member)
        member.suspended_at = now
        member.link_version += 1
        end_sessions(session, now, StaffSession.staff_id == member.id)
        _note(session, "people.suspended", actor, member, now)


def let_back(actor: Actor, staff_id: int) -> None:
    """Let somebody in again who was suspended, unless another signs in as them meanwhile."""
    now = clock.now()
    with transaction() as session:
        _take_turns(session)
        member = _managed(session, actor, staff_id)
        if member.suspended_at:
            _keep_apart(session, member.resource_id, but=member.id)
            member.suspended_at = None
            _note(session, "people.let_back", actor, member, now)


def _take_turns(session: Session) -> None:
    """Two owners who change people at once do so one after the other."""
    one_at_a_time(session, "people")


def _managed(session: Session, actor: Actor, staff_id: int) -> StaffMember:
    """One of those whom this owner looks after."""
    is_theirs = session.scalar(
        sa.select(StaffMember.id).where(StaffMember.id == staff_id, queries.managed_by(actor))
    )
    member = locked(session, is_theirs)
    if member is None:
        raise ChangedMeanwhile
    return member


def _add(session: Session, member: StaffMember) -> StaffMember:
    if session.scalar(sa.select(StaffMember.id).where(StaffMember.email == member.email)):
        raise AlreadyHere
    session.add(member)
    session.flush()
    return member


def _practitioner(session: Session, slug: str, location_id: int, *, but: int = 0) -> int | None:
    """Who of the rota that is; nobody else signs in as them."""
    if not slug:
        return None
    found = session.scalar(
        sa.select(Resource.id).where(
            Resource.location_id == location_id,
            Resource.slug == slug,
            Resource.kind == "practitioner",
        )
    )
    if found is None:
        raise PersonTaken
    _keep_apart(session, found, but=but)
    return found


def _keep_apart(session: Session, resource_id: int | None, *, but: int) -> None:
    """Nobody else signs in as this person of the rota."""
    other = sa.select(StaffMember.id).where(
        StaffMember.resource_id == resource_id,
        StaffMember.id != but,
        StaffMember.suspended_at.is_(None),
    )
    if resource_id and session.scalar(other.limit(1)):
        raise PersonTaken


def _keep_an_owner(session: Session, leaving: StaffMember) -> None:
    """Somebody who can let people in is left wherever this owner could."""
    if leaving.role != Role.OWNER or not leaving.password_hash or leaving.suspended_at:
        return
    reaches: sa.ColumnElement[bool] = StaffMember.location_id.is_(None)
    if leaving.location_id:
        reaches |= StaffMember.location_id == leaving.location_id
    other = sa.select(StaffMember.id).where(
        StaffMember.id != leaving.id,
        StaffMember.role == Role.OWNER,
        StaffMember.password_hash != "",
        StaffMember.suspended_at.is_(None),
        reaches,
    )
    if session.scalar(other.limit(1)) is None:
        raise LastOwner


def _send_link(session: Session, member: StaffMember, location_id: int, now: datetime) -> None:
    outbox.send_staff_link(
        session,
        "staff_invited",
        member.email,
        staff_id=member.id,
        version=member.link_version,
        location_id=location_id,
        language=member.language,
        at=now,
    )


def _note(
    session: Session, event: str, actor: Actor, about: StaffMember, now: datetime, **details: Any
) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id,
        location_id=about.location_id,
        person=about.id,
        **details,
    )
