"""A client's skin that needs a look: told, read and closed; each is one transaction."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking.queries import Booking
from spa.database import transaction
from spa.diary import queries
from spa.domain import healing
from spa.domain.healing import Sign
from spa.domain.roles import Actor, Permission
from spa.domain.states import BookingStatus
from spa.errors import ChangedMeanwhile, NotAllowed
from spa.messages import outbox
from spa.models import FollowUp, Location, StaffMember

DID_NOT_HAPPEN = frozenset(
    {BookingStatus.HELD, BookingStatus.LAPSED, BookingStatus.CANCELLED, BookingStatus.NO_SHOW}
)


def is_over(booking: Booking, now: datetime) -> bool:
    """Whether the skin was needled at this visit, as far as anybody knows."""
    if not booking.is_needling or booking.status in DID_NOT_HAPPEN:
        return False
    return booking.status == BookingStatus.DONE or booking.ends_at <= now


def open_follow_up(booking_id: int, signs: Collection[Sign], *, wants_call: bool) -> FollowUp:
    """Note what a client says does not look right, and alert the studio at once.

    What is said later is added to what is still open, and a second press changes nothing. Raises
    NotAllowed for a visit that did not take place, and when nothing is said.
    """
    now = clock.now()
    with transaction() as session:
        booking = session.scalars(
            sa.select(Booking).where(Booking.id == booking_id).with_for_update(key_share=True)
        ).one()
        if not is_over(booking, now) or not (signs or wants_call):
            raise NotAllowed
        found = session.scalars(
            sa.select(FollowUp)
            .where(FollowUp.booking_id == booking.id, FollowUp.closed_at.is_(None))
            .with_for_update(key_share=True)
        ).first()
        follow_up = found or _new(session, booking, now)
        before = _said(follow_up)
        known = {Sign(code) for code in follow_up.signs} | set(signs)
        follow_up.signs = [sign.value for sign in Sign if sign in known]
        follow_up.is_urgent = healing.is_urgent(known)
        follow_up.wants_call = follow_up.wants_call or wants_call
        if found and before == _said(follow_up):
            return follow_up
        follow_up.read_at = None
        session.flush()
        _alert(session, follow_up, booking, now)
        record(
            session,
            "follow_up.added" if found else "follow_up.opened",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
        )
    return follow_up


@dataclass(frozen=True)
class Confided:
    """What a client said of their skin, and what was written down when it was closed.

    `seen` stands for all that was said so far.
    """

    signs: tuple[Sign, ...]
    note: str
    seen: str


def read_follow_up(follow_up_id: int, *, actor: Actor, location_id: int) -> Confided:
    """What the client said, for who treats; that it was read is written down each time.

    Raises NotAllowed for anybody else.
    """
    now = clock.now()
    with transaction() as session:
        follow_up = _theirs(session, follow_up_id, actor, location_id)
        follow_up.read_at = follow_up.read_at or now
        _record(session, "follow_up.read", follow_up, actor, now)
    signs = tuple(Sign(code) for code in follow_up.signs)
    return Confided(signs, follow_up.note, _said(follow_up))


def close_follow_up(
    follow_up_id: int, note: str, *, seen: str, actor: Actor, location_id: int
) -> bool:
    """Note what was done about it, and take it off the list; False when it was closed already.

    Raises ChangedMeanwhile when the client said more since it was read, NotAllowed for who does
    not treat.
    """
    now = clock.now()
    with transaction() as session:
        follow_up = _theirs(session, follow_up_id, actor, location_id)
        if follow_up.closed_at is not None:
            return False
        if seen != _said(follow_up):
            raise ChangedMeanwhile
        follow_up.closed_at, follow_up.closed_by_id, follow_up.note = now, actor.id, note
        _record(session, "follow_up.closed", follow_up, actor, now)
    return True


def _new(session: Session, booking: Booking, now: datetime) -> FollowUp:
    follow_up = FollowUp(
        location_id=booking.location_id,
        booking_id=booking.id,
        client_id=booking.client_id,
        practitioner_id=booking.practitioner_id,
        opened_at=now,
        signs=[],
        is_urgent=False,
        wants_call=False,
    )
    session.add(follow_up)
    return follow_up


def _said(follow_up: FollowUp) -> str:
    """All that was said so far, as a number: signs are only ever added."""
    return f"{len(follow_up.signs)}{'c' if follow_up.wants_call else ''}"


def _theirs(session: Session, follow_up_id: int, actor: Actor, location_id: int) -> FollowUp:
    """The follow-up, held until the end of the action, if this person may read it."""
    query = sa.select(FollowUp).where(
        FollowUp.id == follow_up_id, FollowUp.location_id == location_id
    )
    if actor.only is not None:
        query = query.where(queries.is_for(actor.only))
    follow_up = session.scalars(query.with_for_update(key_share=True)).first()
    if follow_up is None or not actor.may(Permission.SEE_HEALTH):
        raise NotAllowed
    return follow_up


def _record(session: Session, event: str, follow_up: FollowUp, actor: Actor, now: datetime) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id,
        location_id=follow_up.location_id,
        booking_id=follow_up.booking_id,
        client_id=follow_up.client_id,
    )


def _alert(session: Session, follow_up: FollowUp, booking: Booking, now: datetime) -> None:
    """A mail to the studio and to whom it is for, without a word of what was said."""
    for number, (address, language) in enumerate(dict(_told(session, booking)).items()):
        outbox.alert(
            session,
            "follow_up_opened",
            address,
            key=f"{follow_up.id}:{_said(follow_up)}:{number}",
            at=now,
            location_id=booking.location_id,
            language=language,
            booking_id=booking.id,
        )


def _told(session: Session, booking: Booking) -> Iterator[tuple[str, str]]:
    """The addresses that are alerted, each with its language."""
    place = session.get_one(Location, booking.location_id)
    if place.email:
        yield place.email.lower(), place.language
    member = session.scalars(
        sa.select(StaffMember).where(
            StaffMember.resource_id == booking.practitioner_id, StaffMember.suspended_at.is_(None)
        )
    ).first()
    if member:
        yield member.email.lower(), member.language
