"""Says why a visit can't be moved there, and what may be done instead."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from spa import access, clock, wording
from spa.audit import queries as audit
from spa.audit.shown import happened
from spa.booking import desk_queries, move_actions, picker, queries
from spa.booking.move_form import DeskMoveForm
from spa.booking.obstacles import against_undo, why_not
from spa.booking.picker import TimeOption
from spa.booking.queries import Booking, Offer
from spa.domain.availability import Reason
from spa.errors import ChangedMeanwhile, Refusal, SlotTaken

NOTICE = frozenset({Reason.TOO_SOON})
"""What is too soon online is agreed at the desk without further words."""


@dataclass(frozen=True)
class Refused:
    """Why a move was refused, and what may be done instead.

    `changes` is what happened since the page was made; `may_repeat` says that nothing else is in
    the way.
    """

    sentences: list[str]
    nearest: list[TimeOption] = field(default_factory=list)
    may_waive: bool = False
    may_repeat: bool = False
    at: str = ""
    when: str = ""
    changes: list[str] = field(default_factory=list)


def why(
    booking: Booking, form: DeskMoveForm, offer: Offer, start: datetime, error: Refusal
) -> Refused:
    """Each reason in words, and the nearest times that work."""
    is_changed = isinstance(error, ChangedMeanwhile)
    if not (is_changed or isinstance(error, SlotTaken)):
        return Refused([wording.refusal(error)])
    place, waives = access.place(), access.actor().waives
    about = wanted(booking, form)
    waived = move_actions.settled(booking, start) | (waives & NOTICE)
    found = why_not(queries.at_desk(offer), start, waived=waived, **about)
    sentences = [wording.obstacle(one, place.zone) for one in found]
    nearest = picker.nearest(listed(offer), start, **about) if found else []
    return Refused(
        sentences=[wording.refusal(error)] * (is_changed or not found) + sentences,
        nearest=elsewhere(nearest, booking, form),
        may_waive=bool(found) and {one.reason for one in found} <= waives,
        may_repeat=not found,
        at=start.isoformat(),
        when=wording.moment_long(start, place.zone),
        changes=_changes(booking, form) if is_changed else [],
    )


def why_not_undone(booking: Booking, offer: Offer, entry_id: int) -> list[str]:
    """Who or what took the old hour, in words."""
    found = against_undo(booking, offer, entry_id, clock.now())
    return [wording.obstacle(one, access.place().zone) for one in found]


def wanted(booking: Booking, form: DeskMoveForm) -> dict[str, Any]:
    """Who and which room is wanted, as the queries of free times ask for it."""
    return {
        "now": clock.now(),
        "practitioner": form.practitioner.data or "",
        "room": room_id(form),
        "without": booking.id,
        "preferred": booking.practitioner_id,
    }


def room_id(form: DeskMoveForm) -> int | None:
    """The room asked for; one that is not there can't be had."""
    if not form.room.data:
        return None
    return desk_queries.room_id(access.place().id, form.room.data)


def listed(offer: Offer) -> Offer:
    """The offer as the desk lists its times: what is too soon online is not too soon here."""
    return replace(offer, policy=replace(offer.policy, notice_minutes=0))


def elsewhere(times: list[TimeOption], booking: Booking, form: DeskMoveForm) -> list[TimeOption]:
    """The times without the one where the visit is already, unless another room is asked for."""
    if not times or form.room.data:
        return times
    here = (booking.starts_at, desk_queries.about(booking).practitioner)
    return [one for one in times if (one.moment, one.who) != here]


def _changes(booking: Booking, form: DeskMoveForm) -> list[str]:
    """What happened since the page was made, as one would tell it."""
    entries = audit.entries_of(booking_id=booking.id, after=form.seen_entry or 0)
    return [f"{one.at}, {one.who}: {one.words}" for one in happened(entries, access.place().zone)]
