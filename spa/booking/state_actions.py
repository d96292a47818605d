"""What staff note about a visit: where it stands, who cancelled, that somebody called or looked."""

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
from spa.domain import policy
from spa.domain.availability import Reason
from spa.domain.policy import Visit
from spa.domain.roles import Actor
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus, By, Change, Claims, change_between, is_time
from spa.errors import ChangedMeanwhile, NotAllowed
from spa.messages import outbox, planning
from spa.models import AuditEntry, Booking

TOLD_AFTER = timedelta(minutes=2)
"""How long the client's message waits, so that a wrong tap can be put right in silence."""

MOMENTS = {
    BookingStatus.ARRIVED: "arrived_at",
    BookingStatus.IN_TREATMENT: "began_at",
    BookingStatus.DONE: "done_at",
    BookingStatus.NO_SHOW: "no_show_at",
    BookingStatus.CANCELLED: "cancelled_at",
}
"""Where the moment of each state is kept, in the order of a visit."""

ORDER = list(MOMENTS)
NEVER_WAIVED = frozenset(
    {
        Reason.NOT_CERTIFIED,
        Reason.NO_PRACTITIONER,
        Reason.PRACTITIONER_BUSY,
        Reason.NO_ROOM,
        Reason.NO_DEVICE,
    }
)
AGREED_ONCE = frozenset({Reason.IN_THE_PAST, Reason.TOO_SOON, Reason.TOO_FAR, Reason.OFF_GRID})
"""What was no question when the hour was booked is none when a cancellation is put right."""


def change_state(
    reference: str,
    new: BookingStatus,
    *,
    actor: Actor,
    cancelled_by: str = "client",
    is_told: bool = True,
    because: str = "",
) -> Booking:
    """Take a visit to another state, with all that the table of states says it does.

    A second tap on the same changes nothing. Raises NotAllowed where the table has no such change
    now, ChangedMeanwhile when somebody else took the visit elsewhere, SlotTaken when its hour went
    to another, or the house is closed by now or its practitioner away: whoever may set that aside
    says `because`. `cancelled_by` is "client" or "studio".
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        booking, offer = taking.locked_booking(session, reference, now)
        old = BookingStatus(booking.status)
        if old == new:
            return booking
        change = _allowed(booking, offer, old, new, actor, now)
        is_late = new == BookingStatus.CANCELLED and _is_late(booking, offer, now, cancelled_by)
        booking.is_late = is_late or _was_late(session, booking, old)
        booking.status = new
        _note_moments(booking, new, now, cancelled_by)
        overrode = _mend_claims(session, booking, offer, change, now, actor, because)
        _tell(session, booking, change, now, is_told=is_told)
        if change.claims != Claims.KEEP:
            planning.plan(session, booking, now)
        record(
            session,
            "booking.state",
            at=now,
            staff_id=actor.id,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
            old=old,
            new=new,
            **_about_cancelling(
                new, cancelled_by, is_late=is_late, is_told=is_told and bool(booking.contact_email)
            ),
            **_set_aside(overrode, because),
        )
    return booking


def note_call(reference: str, *, actor: Actor) -> Booking:
    """Note that the client was called and did not answer."""
    return _note(reference, "booking.called_in_vain", "no_answer_at", actor)


def look(reference: str, *, actor: Actor) -> Booking:
    """Note that somebody has looked at what this visit asks to look at."""
    return _note(reference, "booking.looked_at", "looked_at", actor)


def assure(reference: str, *, actor: Actor) -> Booking:
    """Note that the client said they will come."""
    return _note(reference, "booking.assured", "assured_at", actor)


def note_export(location_id: int, *, actor: Actor, count: int) -> None:
    """Note that somebody took a list of bookings away."""
    with transaction() as session:
        record(
            session,
            "bookings.exported",
            at=clock.now(),
            staff_id=actor.id,
            location_id=location_id,
            count=count,
        )


def _note(reference: str, event: str, column: str, actor: Actor) -> Booking:
    """Write this moment down; no hour moves, so the place is not locked."""
    now = clock.now()
    with transaction() as session:
        booking = session.scalars(
            sa.select(Booking).where(Booking.reference == reference).with_for_update(key_share=True)
        ).one()
        setattr(booking, column, now)
        record(
            session,
            event,
            at=now,
            staff_id=actor.id,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=booking.client_id,
        )
    return booking


def _allowed(
    booking: Booking,
    offer: Offer,
    old: BookingStatus,
    new: BookingStatus,
    actor: Actor,
    now: datetime,
) -> Change:
    """The change, if the table has it and this is somebody and a time for it."""
    change = change_between(old, new)
    today = local_time(now, offer.zone).date()
    day = local_time(booking.starts_at, offer.zone).date()
    if change is None:
        raise ChangedMeanwhile
    is_theirs = actor.only is None or booking.practitioner_id == actor.only
    may = any(not isinstance(who, By) and actor.may(who) for who in change.by)
    if not (may and is_theirs and is_time(change, today >= day, now >= booking.starts_at)):
        raise NotAllowed
    return change


def _is_late(booking: Booking, offer: Offer, now: datetime, cancelled_by: str) -> bool:
    """Only the client can be late: what the studio calls off costs nobody anything."""
    if cancelled_by != "client":
        return False
    visit = Visit(
        starts_at=booking.starts_at,
        booked_at=booking.booked_at or now,
        is_late=False,
        moves=booking.moves,
        is_cancelled=False,
    )
    return policy.is_late(visit, now, offer.change_policy)


def _was_late(session: Session, booking: Booking, old: BookingStatus) -> bool:
    """Whether it was late already: of a cancellation that is put right only its moves are left."""
    if old != BookingStatus.CANCELLED or not booking.is_late:
        return booking.is_late
    moves = session.scalars(
        sa.select(AuditEntry.details).where(
            AuditEntry.booking_id == booking.id, AuditEntry.event == "booking.moved"
        )
    )
    return any(details.get("is_late") for details in moves)


def _note_moments(booking: Booking, new: BookingStatus, now: datetime, cancelled_by: str) -> None:
    """Keep when each state began; going back takes away what came after it."""
    reached = ORDER.index(new) if new in MOMENTS else -1
    for state, column in MOMENTS.items():
        if ORDER.index(state) >= reached:
            setattr(booking, column, None)
    if new in MOMENTS:
        setattr(booking, MOMENTS[new], now)
    booking.cancelled_by = cancelled_by if new == BookingStatus.CANCELLED else None


def _mend_claims(
    session: Session,
    booking: Booking,
    offer: Offer,
    change: Change,
    now: datetime,
    actor: Actor,
    because: str,
) -> tuple[Reason, ...]:
    """Give the hour back, or take it again as it was; a day that is over needs none.

    Gives the reasons that were set aside. Who turns out to have come has been there all along, so
    nothing but another client stands against that.
    """
    if change.claims == Claims.FREE:
        taking.free(session, booking.id)
    is_over = booking.ends_at + timedelta(minutes=offer.session.turnover_minutes) <= now
    if change.claims != Claims.TAKE or is_over:
        return ()
    was_cancelled = change.old == BookingStatus.CANCELLED
    found, overrode = taking.find_at_desk(
        queries.at_desk(offer),
        booking.starts_at,
        waiver=Waiver(actor.waives, because) if because else None,
        settled=AGREED_ONCE if was_cancelled else frozenset(Reason) - NEVER_WAIVED,
        now=now,
        practitioner=queries.resource_slug(booking.practitioner_id),
        without=booking.id,
    )
    taking.take(session, booking, offer, booking.starts_at, found)
    return overrode


def _tell(
    session: Session, booking: Booking, change: Change, now: datetime, *, is_told: bool
) -> None:
    """Tell the client what concerns their plans, unless a wrong tap was put right in time."""
    if change.claims == Claims.KEEP:
        return
    waiting = outbox.withdraw(session, booking.id, now)
    if not change.tells:
        return
    booking.sequence += 1
    if not is_told:
        return
    if change.new == BookingStatus.BOOKED and waiting.get("booking_cancelled") == "":
        return
    # What was still to be told when it was cancelled is told if that is put right.
    owed = " ".join(waiting)
    outbox.tell(session, change.tells, booking, at=now, due_at=now + TOLD_AFTER, before=owed)


def _set_aside(overrode: tuple[Reason, ...], because: str) -> dict[str, Any]:
    return {"overrode": list(overrode), "because": because} if overrode else {}


def _about_cancelling(
    new: BookingStatus, cancelled_by: str, *, is_late: bool, is_told: bool
) -> dict[str, Any]:
    if new != BookingStatus.CANCELLED:
        return {}
    return {"by": cancelled_by, "is_late": is_late, "is_told": is_told}
