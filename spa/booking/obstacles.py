"""Reads why an hour can't be had, with who and what is in the way and until when."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from spa.booking.facts import FAR_AWAY, facts, in_room
from spa.booking.offer import Offer
from spa.booking.queries import resource_slug
from spa.database import db
from spa.domain.availability import NONE_WAIVED, Reason, Waived, refusals
from spa.domain.explain import Diary, Hindrance, Obstacle, Use, explained
from spa.domain.roles import WAIVABLE, Role
from spa.domain.spans import Span, local_time, tick_at_or_after, tick_of
from spa.models import AuditEntry, Booking
from spa.schedule.rota import rota
from spa.schedule.visits import visits_between

TAKEN = frozenset({Reason.PRACTITIONER_BUSY, Reason.NO_ROOM, Reason.NO_DEVICE})


class _Place(NamedTuple):
    """As much of the offer's place as its days need."""

    id: int
    zone: ZoneInfo


def why_not(
    offer: Offer,
    start: datetime,
    *,
    now: datetime,
    practitioner: str = "",
    room: int | None = None,
    without: int = 0,
    preferred: int | None = None,
    waived: Waived = NONE_WAIVED,
) -> tuple[Obstacle, ...]:
    """What stands against this hour, () when nothing does.

    Of several people, what stands against the one nearest to it: best somebody for whom it could
    be set aside, then the `preferred` one. `practitioner` is a slug, `room` an id; `without` is a
    booking whose own claims don't count.
    """
    if abs(start - now) > FAR_AWAY:
        reason = Reason.TOO_FAR if start > now else Reason.IN_THE_PAST
        return (Obstacle(reason, number=offer.policy.horizon_days),)
    day = local_time(start, offer.zone).date()
    known = facts(offer, day, day, now=now, practitioner=practitioner, without=without)
    known = in_room(known, room)
    each = [replace(known, people=(person,)) for person in known.people] or [known]
    each.sort(key=lambda one: [person.id != preferred for person in one.people])
    against = [refusals(start, one, offer.policy, waived) for one in each]
    alone, reasons = min(zip(each, against, strict=True), key=lambda pair: _distance(pair[1]))
    if not reasons:
        return ()
    return explained(start, reasons, alone, offer.policy, _diary(offer, start, now, without))


def _distance(reasons: Collection[Reason]) -> tuple[int, int]:
    """How far somebody is from having this hour: what nobody may set aside weighs most."""
    return len(set(reasons) - WAIVABLE[Role.OWNER]), len(reasons)


def against_undo(
    booking: Booking, offer: Offer, entry_id: int, now: datetime
) -> tuple[Obstacle, ...]:
    """Who or what took the hour, the person or the room that this visit was moved from."""
    entry = db.session.get(AuditEntry, entry_id)
    if entry is None or entry.booking_id != booking.id or "from_room" not in entry.details:
        return ()
    was = entry.details
    found = why_not(
        offer,
        datetime.fromisoformat(was["from"]),
        now=now,
        practitioner=resource_slug(was["from_practitioner"]),
        room=was["from_room"],
        without=booking.id,
    )
    return tuple(one for one in found if one.reason in TAKEN)


def _diary(offer: Offer, start: datetime, now: datetime, without: int) -> Diary:
    """Visits with their cleaning, blocks, breaks and absences of the days around."""
    place = _Place(offer.location_id, offer.zone)
    day = local_time(start, offer.zone).date()
    found = rota(place, day, day, None)
    uses: dict[int, list[Use]] = defaultdict(list)
    for visit in visits_between(place, day - timedelta(days=1), day, now, None):
        if visit.id == without or not visit.has_hour:
            continue
        uses[visit.practitioner_id] += [
            Use(span, Hindrance.VISIT) for span in visit.takes(visit.practitioner_id)
        ]
        ends, clean = tick_at_or_after(visit.ends_at), tick_at_or_after(visit.clean_at)
        uses[visit.room_id].append(Use(Span(tick_of(visit.starts_at), ends), Hindrance.VISIT))
        if clean > ends:
            uses[visit.room_id].append(Use(Span(ends, clean), Hindrance.CLEANING))
    for block in found.blocks_on(day):
        for resource_id in block.resource_ids:
            uses[resource_id].append(Use(block.span, Hindrance.BLOCK, block.reason))
    people = found.people_on(day)
    return Diary(
        uses={resource_id: tuple(these) for resource_id, these in uses.items()},
        breaks={person.id: person.breaks for person in people},
        away={person.id: found.away(person.id) for person in people},
    )
