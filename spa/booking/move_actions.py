"""Moving a visit at the desk, and undoing that: each is one transaction."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import queries, taking
from spa.booking.queries import Offer
from spa.booking.taking import Waiver
from spa.database import transaction
from spa.domain.availability import NONE_WAIVED, Allocation, Person, Reason, Thing, Waived
from spa.domain.roles import Actor, Permission
from spa.domain.states import MOVABLE, BookingStatus
from spa.errors import ChangedMeanwhile, NotAllowed, SlotTaken
from spa.messages import outbox, planning
from spa.models import AuditEntry, Booking

TOLD_AFTER = timedelta(minutes=2)
UNDO_WITHIN = timedelta(seconds=60)
"""Longer than the page offers it, for who presses at the last moment over a slow line."""

SETTLED = frozenset(
    {Reason.IN_THE_PAST, Reason.TOO_SOON, Reason.TOO_FAR, Reason.OFF_GRID, Reason.CLOSED}
)
"""What is no question for the hour that a visit has already, when only who or where changes."""

CHANGING = (
    "booking.moved",
    "booking.move_undone",
    "booking.state",
    "booking.cancelled",
    "booking.address_changed",
)
"""What somebody else may have done that a page should know of before it changes the visit."""

KINDS = ("practitioner", "room", "device")


def move_at_desk(
    reference: str,
    start: datetime,
    *,
    actor: Actor,
    practitioner: str = "",
    room: int | None = None,
    waiver: Waiver | None = None,
    is_told: bool = True,
    seen: int | None = None,
) -> Booking:
    """Move a visit to another hour, person or room; the old one is kept until the new is taken.

    `practitioner` is a slug, empty for anyone; `room` an id, None for any, the present one first.
    Raises SlotTaken with the reasons, NotAllowed, or ChangedMeanwhile when somebody changed the
    visit after the entry `seen`. What the waiver set aside is kept in the record. Who has arrived
    is told in person.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        _refuse_unseen(session, booking, seen)
        _refuse_unless_theirs(booking, actor)
        found, overrode = _find(
            booking, queries.at_desk(offer), start, now, practitioner, room, waiver
        )
        if _is_as_it_was(booking, start, found):
            return booking
        before, details = outbox.believed(booking), _what_changes(booking, start, found)
        taking.comes_another_day(booking, start, offer)
        is_told = is_told and booking.status == BookingStatus.BOOKED
        if start != booking.starts_at:
            booking.assured_at = None
        booking.sequence += 1
        taking.free(session, booking.id)
        taking.take(session, booking, offer, start, found)
        outbox.tell_change(
            session, booking, before=before, at=now, due_at=now + TOLD_AFTER, is_told=is_told
        )
        planning.plan(session, booking, now)
        details["is_told"] = is_told and bool(booking.contact_email)
        _record(session, "booking.moved", booking, actor, now, **details, is_late=booking.is_late,
                **_set_aside(overrode, waiver))  # fmt: skip
    return booking


def settled(booking: Booking, start: datetime) -> Waived:
    """The reasons that are no question for this start."""
    return SETTLED if start == booking.starts_at else NONE_WAIVED


def undo_move(reference: str, entry_id: int, *, actor: Actor) -> Booking:
    """Take exactly the hour, person and room back that a move just left.

    Raises NotAllowed when that was too long ago or somebody has changed the visit since, SlotTaken
    when the old hour has gone.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        entry = session.get(AuditEntry, entry_id)
        if entry is None or not _may_be_undone(session, booking, entry, actor, now):
            raise NotAllowed
        before, was = outbox.believed(booking), entry.details
        start = datetime.fromisoformat(was["from"])
        found = _allocation(was)
        _refuse_unless_it_stands(session, booking, offer, start, was, now)
        booking.assured_at = _moment(was.get("assured_at"))
        if arrived_at := _moment(was.get("arrived_at")):
            booking.status, booking.arrived_at = BookingStatus.ARRIVED, arrived_at
        booking.sequence += 1
        taking.free(session, booking.id)
        taking.take(session, booking, offer, start, found)
        is_told, due_at = bool(was["is_told"]), now + TOLD_AFTER
        outbox.tell_change(session, booking, before=before, at=now, due_at=due_at, is_told=is_told)
        planning.plan(session, booking, now)
        _record(
            session,
            "booking.move_undone",
            booking,
            actor,
            now,
            **{"from": was["to"], "to": was["from"]},
        )
    return booking


def _refuse_unless_it_stands(
    session: Session,
    booking: Booking,
    offer: Offer,
    start: datetime,
    was: dict[str, Any],
    now: datetime,
) -> None:
    """Raise SlotTaken when the old hour, person or room can't be had any more.

    What was set aside for this visit before is no question now.
    """
    entries = session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.booking_id == booking.id)
    )
    agreed = {reason for details in entries for reason in details.get("overrode", ())}
    reasons, found = queries.place_for(
        queries.at_desk(offer),
        start,
        now=now,
        practitioner=queries.resource_slug(was["from_practitioner"]),
        room=was["from_room"],
        without=booking.id,
        waived=(SETTLED - {Reason.CLOSED}) | {Reason.DAY_FULL} | set(map(Reason, agreed)),
    )
    if not found:
        raise SlotTaken(reasons)


def _refuse_unseen(session: Session, booking: Booking, seen: int | None) -> None:
    if seen is not None and _newest(session, booking) > seen:
        raise ChangedMeanwhile


def _newest(session: Session, booking: Booking) -> int:
    """The last entry that changed the visit."""
    query = sa.select(sa.func.max(AuditEntry.id)).where(
        AuditEntry.booking_id == booking.id, AuditEntry.event.in_(CHANGING)
    )
    return session.scalar(query) or 0


def _refuse_unless_theirs(booking: Booking, actor: Actor) -> None:
    is_theirs = actor.only is None or booking.practitioner_id == actor.only
    may = is_theirs and actor.may(Permission.MANAGE_BOOKINGS)
    if not may or booking.status not in MOVABLE:
        raise NotAllowed


def _find(
    booking: Booking,
    desk: Offer,
    start: datetime,
    now: datetime,
    practitioner: str,
    room: int | None,
    waiver: Waiver | None,
) -> tuple[Allocation, tuple[Reason, ...]]:
    """Who and which room: the present room if it can be, unless another is asked for.

    Nothing is set aside as long as anybody can be had without.
    """
    about: dict[str, Any] = {
        "now": now,
        "practitioner": practitioner,
        "without": booking.id,
        "preferred": booking.practitioner_id,
        "settled": settled(booking, start),
    }
    refused = SlotTaken(())
    for about["waiver"] in dict.fromkeys((None, waiver)):
        for each in (booking.room_id, None) if room is None else (room,):
            try:
                return taking.find_at_desk(desk, start, room=each, **about)
            except SlotTaken as error:
                refused = error
    raise refused


def _is_as_it_was(booking: Booking, start: datetime, found: Allocation) -> bool:
    there = (booking.starts_at, booking.practitioner_id, booking.room_id)
    return there == (start, found.person.id, found.room.id)


def _what_changes(booking: Booking, start: datetime, found: Allocation) -> dict[str, Any]:
    """From what to what, so that it can be told, and taken back."""
    taken = (found.person.id, found.room.id, found.device.id if found.device else None)
    old = (booking.practitioner_id, booking.room_id, booking.device_id)
    return {
        "from": booking.starts_at.isoformat(),
        "to": start.isoformat(),
        **{f"from_{kind}": value for kind, value in zip(KINDS, old, strict=True)},
        **{f"to_{kind}": value for kind, value in zip(KINDS, taken, strict=True)},
        "assured_at": booking.assured_at.isoformat() if booking.assured_at else None,
        "arrived_at": booking.arrived_at.isoformat() if booking.arrived_at else None,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _set_aside(overrode: tuple[Reason, ...], waiver: Waiver | None) -> dict[str, Any]:
    if not overrode or waiver is None:
        return {}
    return {"overrode": [reason.value for reason in overrode], "because": waiver.because}


def _allocation(was: dict[str, Any]) -> Allocation:
    device = was["from_device"]
    return Allocation(
        Person(was["from_practitioner"], "", "", ()),
        Thing(was["from_room"], ""),
        Thing(device, "") if device else None,
    )


def _may_be_undone(
    session: Session, booking: Booking, entry: AuditEntry, actor: Actor, now: datetime
) -> bool:
    """Whoever moved it, a moment ago, and nobody has changed it since."""
    is_last = entry.booking_id == booking.id and _newest(session, booking) == entry.id
    # What was moved because the rota changed is not taken back without it.
    is_own = (
        entry.event == "booking.moved"
        and entry.staff_id == actor.id
        and "change" not in entry.details
    )
    return is_last and is_own and now - entry.at <= UNDO_WITHIN


def _record(
    session: Session, event: str, booking: Booking, actor: Actor, now: datetime, **details: Any
) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id,
        location_id=booking.location_id,
        booking_id=booking.id,
        client_id=booking.client_id,
        **details,
    )
