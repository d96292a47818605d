"""Making a change of hours, people or rooms, with every visit that it would strand dealt with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import queries, taking
from spa.database import rehearsal, transaction
from spa.domain.availability import Allocation
from spa.domain.roles import Actor
from spa.domain.states import BookingStatus
from spa.errors import LeavesStranded, SlotTaken
from spa.messages import outbox, planning
from spa.models import Booking
from spa.schedule import stranded
from spa.schedule.changes import Change, Entry
from spa.schedule.stranded import AGREED, Stranded

T = TypeVar("T")

TOLD_AFTER = timedelta(minutes=2)
CANCEL, KEEP, SAME_TIME, NEAREST = "cancel", "keep", "same", "nearest"

Picks = Mapping[str, str]
"""What is to become of each visit, by reference: cancel, keep, or the value of a Choice.

Before it and a bar may stand the visit's sequence as the page knew it: a visit that was changed
since has no pick.
"""


@dataclass
class Made:
    """What became of the visits; `to_call` has no email."""

    moved: int = 0
    cancelled: int = 0
    kept: int = 0
    to_call: list[Booking] = field(default_factory=list)


@dataclass(frozen=True)
class Outlook:
    """Visits that a change would strand, with what could be done about each, and what is picked."""

    visits: list[Stranded]
    picks: dict[str, str]
    taken: frozenset[str]


def make_change(change: Change, picks: Picks, *, actor: Actor) -> Made:
    """Make the change and do with each visit it strands what was picked, all or nothing.

    Raises LeavesStranded when a visit has no pick, or one that can't be had any more. Holds that
    it strands end; who is typing is offered the nearest times.
    """
    now, made = clock.now(), Made()
    with taking.referee(), transaction() as session:
        left, entries = _changed(session, change, now)
        known = {booking.reference: _pick_of(booking, picks) for booking in left}
        _free_all(session, left, known)
        for booking in left:
            _deal_with(session, booking, known, made, entries, actor, now)
        for entry in entries:
            _record(session, change, entry, actor, now)
    return made


def look_ahead(
    change: Change, picks: Picks, *, actor: Actor, for_all: str = "", proposes: bool = True
) -> Outlook:
    """What the change would strand and what could be done, as if it were made; nothing is.

    Each visit is given its pick, or what is proposed if it `proposes`, before the next is looked
    at, so that two are not proposed the same hour. `for_all` picks the same for every visit that
    can have it.
    """
    now, chosen = clock.now(), dict[str, str]()
    visits: list[Stranded] = []
    taken: set[str] = set()
    with rehearsal() as session:
        left, _entries = _changed(session, change, now)
        for booking in left:
            if booking.reference in picks:
                chosen[booking.reference] = _pick_of(booking, picks)
                if not chosen[booking.reference]:
                    taken.add(booking.reference)
        _free_all(session, left, chosen)
        for booking in left:
            one = stranded.described(booking, stranded.reasons_of(booking, now))
            if len(visits) < stranded.MOST_HELPED:
                one = stranded.with_choices(one, booking, now)
            visits.append(one)
            if for_all:
                chosen[one.reference] = _for_all(one, for_all, actor) or chosen.get(
                    one.reference, ""
                )
            elif one.reference not in chosen:
                is_proposed = proposes and one.same_time
                chosen[one.reference] = one.same_time[0].value if is_proposed else ""
            if not _try(session, booking, chosen[one.reference], now):
                taken.add(one.reference)
                chosen[one.reference] = ""
    return Outlook(visits, chosen, frozenset(taken))


def compare(change: Change, read: Callable[[], T]) -> tuple[T, T, list[Stranded]]:
    """What `read` finds before and after the change, and the visits it strands; nothing is made."""
    now = clock.now()
    with rehearsal() as session:
        before = read()
        left, _entries = _changed(session, change, now)
        after = read()
        visits = [stranded.described(one, stranded.reasons_of(one, now)) for one in left]
    return before, after, visits


def _changed(session: Session, change: Change, now: datetime) -> tuple[list[Booking], list[Entry]]:
    """Write the change under the lock of its place; the visits it strands, soonest first."""
    taking.lock_places(session, [change.location_id])
    taking.free_ended_holds(session, change.location_id, now)
    before = stranded.standings(change.location_id, now)
    entries = change.write(session, now)
    session.flush()
    left = stranded.newly_stranded(change.location_id, before, now)
    return _without_holds(session, left), entries


def _pick_of(booking: Booking, picks: Picks) -> str:
    """What was picked for the visit as it is now; empty when it was changed since."""
    sequence, bar, pick = picks.get(booking.reference, "").rpartition("|")
    return "" if bar and sequence != str(booking.sequence) else pick


def _free_all(session: Session, left: list[Booking], picks: Picks) -> None:
    """Give back what visits leave that are called off or moved: another may be moved there."""
    for booking in left:
        if picks.get(booking.reference, "") not in {"", KEEP}:
            taking.free(session, booking.id)


def _without_holds(session: Session, left: list[Booking]) -> list[Booking]:
    """End the holds among them; one that was confirmed a moment ago counts as booked."""
    for booking in left:
        if booking.status != BookingStatus.HELD:
            continue
        session.execute(
            sa.update(Booking)
            .where(Booking.id == booking.id, Booking.status == BookingStatus.HELD)
            .values(status=BookingStatus.LAPSED)
            .execution_options(synchronize_session=False)
        )
        session.refresh(booking)
        if booking.status == BookingStatus.LAPSED:
            taking.free(session, booking.id)
    return [booking for booking in left if booking.status != BookingStatus.LAPSED]


def _for_all(one: Stranded, wish: str, actor: Actor) -> str:
    """The value that this wish has for a visit, empty when it can't be had."""
    if wish == SAME_TIME:
        return one.same_time[0].value if one.same_time else ""
    if wish == NEAREST:
        return (
            min(one.nearest, key=lambda choice: abs(choice.starts_at - one.starts_at)).value
            if one.nearest
            else ""
        )
    if wish == KEEP:
        return KEEP if one.may_stay and one.reasons <= actor.waives else ""
    return CANCEL if wish == CANCEL else ""


def _try(session: Session, booking: Booking, pick: str, now: datetime) -> bool:
    """Take the hour that was picked, in the rehearsal; says whether it could be had."""
    if pick == CANCEL:
        taking.free(session, booking.id)
    if pick in {CANCEL, KEEP, ""}:
        return True
    try:
        _move(session, booking, pick, now)
    except SlotTaken:
        return False
    return True


def _deal_with(
    session: Session,
    booking: Booking,
    picks: Picks,
    made: Made,
    entries: list[Entry],
    actor: Actor,
    now: datetime,
) -> None:
    """Do with a visit what was picked for it; raises LeavesStranded when that can't be."""
    pick = picks.get(booking.reference, "")
    about: dict[str, Any] = {"actor": actor, "now": now}
    if entries:
        about["change"] = entries[0].event
    if not pick:
        raise LeavesStranded
    if pick == KEEP:
        reasons = stranded.reasons_of(booking, now)
        if not reasons <= actor.waives:
            raise LeavesStranded
        _note(session, "booking.kept", booking, overrode=sorted(reasons), **about)
        made.kept += 1
        return
    if pick == CANCEL:
        old = booking.status
        _cancel(session, booking, now)
        _note(session, "booking.state", booking, old=old, new=BookingStatus.CANCELLED,
              by="studio", is_late=False, is_told=bool(booking.contact_email), **about)  # fmt: skip
        made.cancelled += 1
    else:
        before, was = outbox.believed(booking), _where(booking, "from")
        try:
            _move(session, booking, pick, now)
        except SlotTaken:
            raise LeavesStranded from None
        is_told = booking.status == BookingStatus.BOOKED and bool(booking.contact_email)
        outbox.tell_change(
            session, booking, before=before, at=now, due_at=now + TOLD_AFTER, is_told=is_told
        )
        planning.plan(session, booking, now)
        _note(session, "booking.moved", booking, is_late=booking.is_late, is_told=is_told,
              **was, **_where(booking, "to"), **about)  # fmt: skip
        made.moved += 1
    if not booking.contact_email:
        made.to_call.append(booking)


def _move(session: Session, booking: Booking, pick: str, now: datetime) -> None:
    """Give the visit the hour and person that were picked; raises SlotTaken when it can't be."""
    start, slug = _read(pick)
    offer, found = stranded.offer_at_desk(booking), None
    for room in (booking.room_id, None):
        reasons, found = queries.place_for(
            offer, start, now=now, practitioner=slug, without=booking.id, room=room, waived=AGREED
        )
        if found:
            break
    if not found:
        raise SlotTaken(reasons)
    _take(session, booking, start, found)


def _take(session: Session, booking: Booking, start: datetime, found: Allocation) -> None:
    offer = queries.offer_of_booking(booking)
    if start != booking.starts_at:
        booking.assured_at = None
    taking.comes_another_day(booking, start, offer)
    booking.sequence += 1
    taking.free(session, booking.id)
    taking.take(session, booking, offer, start, found)


def _read(pick: str) -> tuple[datetime, str]:
    """The moment and the person in a Choice's value; raises SlotTaken for what is none."""
    text, _space, slug = pick.partition(" ")
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise SlotTaken(()) from None
    if start.tzinfo is None or not slug:
        raise SlotTaken(())
    return start, slug


def _cancel(session: Session, booking: Booking, now: datetime) -> None:
    """Call the visit off in the studio's name: it costs nobody anything."""
    booking.status = BookingStatus.CANCELLED
    booking.cancelled_at, booking.cancelled_by = now, "studio"
    booking.arrived_at = None
    booking.sequence += 1
    taking.free(session, booking.id)
    outbox.withdraw(session, booking.id, now)
    outbox.tell(session, "booking_cancelled", booking, at=now, due_at=now + TOLD_AFTER)
    planning.plan(session, booking, now)


def _where(booking: Booking, word: str) -> dict[str, Any]:
    """Where the visit is, as the record keeps it."""
    about: dict[str, Any] = {
        word: booking.starts_at.isoformat(),
        f"{word}_practitioner": booking.practitioner_id,
        f"{word}_room": booking.room_id,
        f"{word}_device": booking.device_id,
    }
    if word == "from":
        for name in ("assured_at", "arrived_at"):
            at = getattr(booking, name)
            about[name] = at.isoformat() if at else None
    return about


def _note(
    session: Session, event: str, booking: Booking, *, actor: Actor, now: datetime, **details: Any
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


def _record(session: Session, change: Change, entry: Entry, actor: Actor, now: datetime) -> None:
    record(
        session,
        entry.event,
        at=now,
        staff_id=actor.id,
        location_id=change.location_id,
        resource_id=entry.resource_id,
        treatment_id=entry.treatment_id,
        **entry.details,
    )
