"""What changes who is signed in, and one's own password; each is one transaction."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.accounts import passwords, queries
from spa.accounts.queries import digest
from spa.audit.record import record
from spa.database import transaction
from spa.domain.roles import Actor
from spa.errors import LinkOver, SignInRefused, WrongPassword
from spa.links import StaffLink
from spa.messages import outbox
from spa.models import StaffMember, StaffSession


def sign_in(email: str, password: str, *, browser: str = "") -> str:
    """Sign in whoever has this address and password; gives the key for the cookie.

    Whether nobody has the address, the password is another or the person is suspended: it takes as
    long and says the same.
    """
    now, found = clock.now(), queries.member_by_email(email)
    staff_id, kept = (found.id, found.password_hash) if found else (None, "")
    is_right = passwords.matches(kept, password)
    anew = passwords.hashed(password) if is_right and passwords.is_outdated(kept) else kept
    with transaction() as session:
        member = locked(session, staff_id)
        if member and is_right and member.password_hash == kept and not member.suspended_at:
            member.password_hash = anew
            return _open(session, member, browser, now)
        record(session, "account.refused", at=now, **({"person": staff_id} if staff_id else {}))
    raise SignInRefused


def open_session(staff_id: int, *, browser: str = "") -> str:
    """Sign somebody in who has shown who they are; gives the key for the cookie."""
    with transaction() as session:
        return _open(session, session.get_one(StaffMember, staff_id), browser, clock.now())


def _open(session: Session, member: StaffMember, browser: str, now: datetime) -> str:
    key = secrets.token_urlsafe(24)
    session.add(
        StaffSession(
            staff_id=member.id,
            key_digest=digest(key),
            browser=browser[:200],
            opened_at=now,
            seen_at=now,
        )
    )
    record(
        session,
        "account.signed_in",
        at=now,
        staff_id=member.id,
        location_id=member.location_id,
    )
    return key


def sign_out(session_id: int) -> None:
    """End the session of this browser."""
    with transaction() as session:
        end_sessions(session, clock.now(), StaffSession.id == session_id)


def end_browser(actor: Actor, session_id: int) -> None:
    """Sign one of one's own browsers out from elsewhere."""
    _end(actor, StaffSession.id == session_id)


def sign_out_everywhere(actor: Actor) -> None:
    """Sign out every browser that is signed in as this person, this one too."""
    _end(actor, sa.true())


def _end(actor: Actor, which: sa.ColumnElement[bool]) -> None:
    now = clock.now()
    with transaction() as session:
        if end_sessions(session, now, which, StaffSession.staff_id == actor.id):
            record(
                session,
                "account.sessions_ended",
                at=now,
                staff_id=actor.id,
                location_id=actor.location_id,
            )


def change_password(actor: Actor, session_id: int, present: str, new: str) -> None:
    """Take a new password from who knows the present one, and sign out all their other browsers."""
    now, found = clock.now(), queries.member(actor.id)
    kept = found.password_hash if found else ""
    if not passwords.matches(kept, present):
        raise WrongPassword
    hashed = passwords.hashed(new)
    with transaction() as session:
        member = locked(session, actor.id)
        if not member or member.password_hash != kept:
            raise WrongPassword
        _take(session, member, hashed, now, StaffSession.id != session_id)


def request_reset(email: str) -> None:
    """Mail a link to choose a new password to that address, if somebody here has it."""
    now, found = clock.now(), queries.member_by_email(email)
    about = (
        (found.id, found.link_version, found.location_id, found.language)
        if found
        else (None, 1, None, "en")
    )
    staff_id, version, place, language = about
    place = place or queries.first_place()
    if place is None:
        return
    with transaction() as session:
        outbox.send_staff_link(
            session,
            "staff_reset",
            email,
            staff_id=staff_id,
            version=version,
            location_id=place,
            language=language,
            at=now,
        )


def choose_password(link: StaffLink, password: str) -> str:
    """Take the password that somebody chose by a mailed link, which is then used up.

    Gives their address. All their browsers are signed out.
    """
    now, hashed = clock.now(), passwords.hashed(password)
    with transaction() as session:
        member = locked(session, link.staff_id)
        if not member or member.link_version != link.version or member.suspended_at:
            raise LinkOver
        member.joined_at = member.joined_at or now
        _take(session, member, hashed, now, sa.true())
        return member.email


def _take(
    session: Session,
    member: StaffMember,
    hashed: str,
    now: datetime,
    ending: sa.ColumnElement[bool],
) -> None:
    member.password_hash = hashed
    member.link_version += 1
    end_sessions(session, now, ending, StaffSession.staff_id == member.id)
    record(
        session,
        "account.password_changed",
        at=now,
        staff_id=member.id,
        location_id=member.location_id,
    )


def locked(session: Session, staff_id: int | None) -> StaffMember | None:
    """Somebody as they are now, whom nobody else changes until this action is over."""
    return session.get(StaffMember, staff_id, with_for_update=True) if staff_id else None


def end_sessions(session: Session, now: datetime, *which: sa.ColumnElement[bool]) -> bool:
    """Sign these browsers out; whether any was signed in."""
    ended = session.scalars(
        sa.update(StaffSession)
        .where(StaffSession.ended_at.is_(None), *which)
        .values(ended_at=now)
        .returning(StaffSession.id)
    )
    return bool(ended.all())
