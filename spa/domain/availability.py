"""The rules of booking an hour: when it can be, why it can't, and whom and what it takes."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from spa.domain.facts import Facts, Person, Policy, Reason, Session, Step, Thing
from spa.domain.masks import FreeStart, free_starts
from spa.domain.spans import Span, in_utc, local_time, moment_of, subtract, tick_of

# What the rest of the house needs to ask, in one place.
__all__ = [
    "NONE_WAIVED",
    "RULES",
    "Allocation",
    "Candidate",
    "Facts",
    "FreeStart",
    "Person",
    "Policy",
    "Reason",
    "Session",
    "Step",
    "Thing",
    "Waived",
    "allocate",
    "claims_of",
    "free_starts",
    "refusals",
]


class Candidate(NamedTuple):
    """A start and who would give the session."""

    starts_at: datetime
    tick: int
    local: datetime
    person: Person


class Allocation(NamedTuple):
    """Whom and what a visit takes."""

    person: Person
    room: Thing
    device: Thing | None


# The rules


def lies_ahead(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A client books an hour that has not begun."""
    return Reason.IN_THE_PAST if candidate.starts_at < facts.now else None


def gives_notice(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A client books at least the house's notice ahead; exactly that is enough."""
    ahead = candidate.starts_at - facts.now
    notice = timedelta(minutes=policy.notice_minutes)
    return Reason.TOO_SOON if timedelta() <= ahead < notice else None


def within_horizon(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A client books no more calendar days ahead than the house plans."""
    ahead = candidate.local.date() - local_time(facts.now, facts.zone).date()
    return Reason.TOO_FAR if ahead.days > policy.horizon_days else None


def starts_on_the_grid(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A visit starts on the clock's grid; in an hour that happens twice, the first time round."""
    local, is_whole = candidate.local, moment_of(candidate.tick) == candidate.starts_at
    is_on_grid = (local.hour * 60 + local.minute) % policy.grid_minutes == 0
    return None if is_whole and is_on_grid and not local.fold else Reason.OFF_GRID


def while_open(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A visit ends by closing; cleaning the room may run on after it."""
    visit = _at(candidate.tick, [(0, facts.session.ticks)])
    return None if _within(facts.open, visit) else Reason.CLOSED


def practitioner_on_shift(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A practitioner is on shift, outside breaks, for every step that needs them."""
    needed = _at(candidate.tick, facts.session.practitioner_runs)
    return None if _within(candidate.person.on_shift, needed) else Reason.NOT_ON_SHIFT


def practitioner_certified(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A practitioner's certificate is valid on the day of the visit."""
    return None if _is_certified(candidate.person, candidate) else Reason.NOT_CERTIFIED


def practitioner_free(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A practitioner sees one client at a time; while numbing cream works they may see another."""
    taken = _at(candidate.tick, facts.session.practitioner_taken_runs)
    return Reason.PRACTITIONER_BUSY if _overlap(candidate.person.busy, taken) else None


def within_daily_maximum(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A practitioner gives no more hands-on sessions a day than is good for them."""
    is_full = candidate.person.is_full_on(candidate.local.date())
    return Reason.DAY_FULL if facts.session.is_hands_on and is_full else None


def some_room_free(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A visit has one of the practitioner's rooms until that room is clean again."""
    return None if _free_rooms(candidate, facts) else Reason.NO_ROOM


def some_device_free(candidate: Candidate, facts: Facts, policy: Policy) -> Reason | None:
    """A session that needs a device has the same one for every step that does."""
    is_met = not facts.session.device_runs or _free_devices(candidate, facts)
    return None if is_met else Reason.NO_DEVICE


Waived = frozenset[Reason]
NONE_WAIVED: Waived = frozenset()

Rule = Callable[[Candidate, Facts, Policy], Reason | None]

HOUSE_RULES: tuple[Rule, ...] = (
    lies_ahead,
    gives_notice,
    within_horizon,
    starts_on_the_grid,
    while_open,
)
RULES: tuple[Rule, ...] = (
    *HOUSE_RULES,
    practitioner_on_shift,
    practitioner_certified,
    practitioner_free,
    within_daily_maximum,
    some_room_free,
    some_device_free,
)

# Stands in where nobody gives the session, so that the house's own rules can still be asked.
_NOBODY = Person(id=0, slug="", name="", on_shift=())


# One start


def refusals(
    start: datetime, facts: Facts, policy: Policy, waived: Waived = NONE_WAIVED
) -> tuple[Reason, ...]:
    """Why a visit can't begin then, () if it can; of several people, for the one nearest to it.

    Reasons that are `waived`, as staff may some, are left out.
    """
    if not facts.people:
        nobody = _candidate(start, _NOBODY, facts)
        return (*_reasons(HOUSE_RULES, nobody, facts, policy, waived), Reason.NO_PRACTITIONER)
    candidates = (_candidate(start, person, facts) for person in facts.people)
    return min((_reasons(RULES, each, facts, policy, waived) for each in candidates), key=len)


def allocate(
    start: datetime, facts: Facts, policy: Policy, waived: Waived = NONE_WAIVED
) -> Allocation | None:
    """Whom and what a visit that begins then takes: the same person as free_starts names."""
    candidates = [_candidate(start, person, facts) for person in facts.people]
    free = [each for each in candidates if not _reasons(RULES, each, facts, policy, waived)]
    if not free:
        return None
    chosen = min(free, key=lambda each: _person_rank(each, facts))
    room = min(_free_rooms(chosen, facts), key=lambda room: _room_gaps(room, chosen, facts))
    device = _free_devices(chosen, facts)[0] if facts.session.device_runs else None
    return Allocation(chosen.person, room, device)


def claims_of(start: datetime, session: Session, allocation: Allocation) -> list[tuple[int, Span]]:
    """What a visit really takes: each resource with its spans, sorted."""
    tick, taken = tick_of(start), []
    taken += [(allocation.person.id, s) for s in _at(tick, session.practitioner_taken_runs)]
    taken += [(allocation.room.id, s) for s in _at(tick, [(0, session.room_ticks)])]
    if allocation.device is not None:
        taken += [(allocation.device.id, s) for s in _at(tick, session.device_runs)]
    return sorted(taken)


def _candidate(start: datetime, person: Person, facts: Facts) -> Candidate:
    starts_at = in_utc(start)
    return Candidate(starts_at, tick_of(starts_at), local_time(starts_at, facts.zone), person)


def _reasons(
    rules: tuple[Rule, ...], candidate: Candidate, facts: Facts, policy: Policy, waived: Waived
) -> tuple[Reason, ...]:
    found = (rule(candidate, facts, policy) for rule in rules)
    return tuple(reason for reason in found if reason is not None and reason not in waived)


def _person_rank(candidate: Candidate, facts: Facts) -> tuple[bool, int, int]:
    person, gaps = candidate.person, 0
    if facts.session.practitioner_taken_runs:
        taken = _at(candidate.tick, facts.session.practitioner_taken_runs)
        free = subtract(person.on_shift, person.busy)
        gaps = _useless_gaps(Span(taken[0].start, taken[-1].end), free, facts.session.ticks)
    bookings = person.sessions_on.get(candidate.local.date(), 0)
    return person.id != facts.preferred, gaps, bookings


def _room_gaps(room: Thing, candidate: Candidate, facts: Facts) -> int:
    taken = Span(candidate.tick, candidate.tick + facts.session.room_ticks)
    return _useless_gaps(taken, subtract(facts.open, room.busy), facts.session.ticks)


def _useless_gaps(taken: Span, free: Iterable[Span], ticks: int) -> int:
    """How many of the free stretches left before and after are too short for such a visit."""
    left = [taken.start - s.start for s in free if s.start < taken.start <= s.end]
    left += [s.end - taken.end for s in free if s.start <= taken.end < s.end]
    return sum(gap < ticks for gap in left)


def _free_rooms(candidate: Candidate, facts: Facts) -> list[Thing]:
    own = candidate.person.rooms
    rooms = [room for room in facts.rooms if own is None or room.id in own]
    return _free_things(rooms, [(0, facts.session.room_ticks)], candidate)


def _free_devices(candidate: Candidate, facts: Facts) -> list[Thing]:
    return _free_things(facts.devices, facts.session.device_runs, candidate)


def _free_things(
    things: Iterable[Thing], runs: Iterable[tuple[int, int]], candidate: Candidate
) -> list[Thing]:
    taken = _at(candidate.tick, runs)
    return [t for t in things if _is_certified(t, candidate) and not _overlap(t.busy, taken)]


def _overlap(some: Iterable[Span], others: list[Span]) -> bool:
    return any(a.start < b.end and b.start < a.end for a in some for b in others)


def _is_certified(holder: Person | Thing, candidate: Candidate) -> bool:
    return holder.certified_until is None or candidate.local.date() <= holder.certified_until


def _at(tick: int, runs: Iterable[tuple[int, int]]) -> list[Span]:
    return [Span(tick + offset, tick + offset + ticks) for offset, ticks in runs]


def _within(free: Iterable[Span], needed: Iterable[Span]) -> bool:
    return not subtract(needed, free)
