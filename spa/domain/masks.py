"""Every free start of some days at once: a whole number a resource, with a bit for each tick."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache, partial, reduce
from itertools import accumulate, count, repeat
from operator import add, and_, itemgetter, or_
from typing import NamedTuple

from spa.domain.facts import Facts, Person, Policy, Runs, Thing
from spa.domain.spans import (
    DAY_MINUTES,
    TICK_MINUTES,
    clock_ticks,
    in_utc,
    local_days,
    local_time,
    tick_at_or_after,
)

_CHUNK = 10
_IN_CHUNK = (1 << _CHUNK) - 1


class FreeStart(NamedTuple):
    """A tick at which a visit may begin, and who would give the session."""

    tick: int
    person: Person


# A month has a thousand of them, and this takes half as long as FreeStart(tick, person).
_quick_start = partial(tuple.__new__, FreeStart)


def free_starts(facts: Facts, policy: Policy) -> list[FreeStart]:
    """Every start without a refusal, in order of time, with the person who would be chosen."""
    if not facts.people or facts.first_on > facts.last_on:
        return []
    window = _Window(facts)
    offered = _offered(window, policy) & _some_device(window)
    workers = [_Worker(person, window) for person in facts.people]
    rooms = {own: _some_room(own, window) for own in {person.rooms for person in facts.people}}
    free = [offered & rooms[worker.person.rooms] & worker.starts for worker in workers]
    return _in_order(_chosen(free, workers, window), window)


class _Window:
    """The days asked about as bits, with room at both ends for a visit and the gap beside it."""

    def __init__(self, facts: Facts) -> None:
        reach = facts.session.ticks + facts.session.room_ticks
        self.facts = facts
        self.days = local_days(facts.first_on, facts.last_on, facts.zone)
        self.base = self.days[0].start - reach
        self.size = self.days[-1].end + reach - self.base
        self.all = (1 << self.size) - 1
        self.day_masks = {
            day.date: ((1 << day.end - day.start) - 1) << day.start - self.base for day in self.days
        }

    def mask(self, spans: Iterable[tuple[int, int]]) -> int:
        """Bits set where a span lies."""
        return mask_of(spans, self.base, self.size)

    def until(self, last_on: date | None) -> int:
        """Bits set up to the end of a date: how long a certificate is valid."""
        if last_on is None or last_on >= self.facts.last_on:
            return self.all
        ends = [day.end for day in self.days if day.date <= last_on]
        return self.mask([(self.base, ends[-1])]) if ends else 0

    def starts(self, free: int, runs: Iterable[tuple[int, int]]) -> int:
        """Bits set where every run of a visit starting there lies in free time."""
        return reduce(and_, (fits(free, ticks) >> at for at, ticks in runs), self.all)


class _Worker:
    """A person's time as bits, and the starts that suit them, rooms and devices aside."""

    def __init__(self, person: Person, window: _Window) -> None:
        session = window.facts.session
        self.person = person
        on_shift, not_busy = window.mask(person.on_shift), window.all ^ window.mask(person.busy)
        self.free = on_shift & not_busy
        self.starts = window.until(person.certified_until)
        self.starts &= window.starts(on_shift, session.practitioner_runs)
        self.starts &= window.starts(not_busy, session.practitioner_taken_runs)
        if session.is_hands_on and person.daily_maximum is not None:
            full = (mask for day, mask in window.day_masks.items() if person.is_full_on(day))
            self.starts &= ~reduce(or_, full, 0)


# What is free


def _offered(window: _Window, policy: Policy) -> int:
    """The starts the house offers, whoever gives the session."""
    facts = window.facts
    notice = timedelta(minutes=max(policy.notice_minutes, 0))
    first = tick_at_or_after(in_utc(facts.now) + notice)
    ahead = window.mask([(first, window.base + window.size)])
    if not ahead:
        return 0
    return _grid(window, policy) & ahead & fits(window.mask(facts.open), facts.session.ticks)


def _grid(window: _Window, policy: Policy) -> int:
    zone, grid = window.facts.zone, 0
    today = local_time(window.facts.now, zone).date()
    for day in window.days:
        if (day.date - today).days > policy.horizon_days:
            break
        if day.is_plain:
            grid |= _plain_grid(policy.grid_minutes) << (day.start - window.base)
        else:
            for tick in clock_ticks(day.date, policy.grid_minutes, zone):
                grid |= 1 << (tick - window.base)
    return grid


@lru_cache(maxsize=64)
def _plain_grid(step_minutes: int) -> int:
    minutes = range(0, DAY_MINUTES, step_minutes)
    return sum(1 << minute // TICK_MINUTES for minute in minutes if minute % TICK_MINUTES == 0)


def _some_room(own: frozenset[int] | None, window: _Window) -> int:
    rooms = (room for room in window.facts.rooms if own is None or room.id in own)
    return _some_thing(rooms, ((0, window.facts.session.room_ticks),), window)


def _some_device(window: _Window) -> int:
    runs = window.facts.session.device_runs
    return _some_thing(window.facts.devices, runs, window) if runs else window.all


def _some_thing(things: Iterable[Thing], runs: Runs, window: _Window) -> int:
    """The starts that one of these fits; each by itself, for no visit changes rooms half-way."""
    found = 0
    for thing in things:
        free = window.all ^ window.mask(thing.busy)
        found |= window.starts(free, runs) & window.until(thing.certified_until)
    return found


# Who is chosen


def _chosen(free: list[int], workers: list[_Worker], window: _Window) -> list[int]:
    """Gives each start to the first person, in order of preference, whom it suits."""
    left, chosen = reduce(or_, free), [0] * len(free)
    for index, starts in _preferences(free, workers, window):
        chosen[index] |= starts & left
        left &= ~starts
        if not left:
            break
    return chosen


def _preferences(
    free: list[int], workers: list[_Worker], window: _Window
) -> Iterator[tuple[int, int]]:
    """Who is preferred for which starts, best first: what allocate does for one start."""
    for index, worker in enumerate(workers):
        if worker.person.id == window.facts.preferred:
            yield index, free[index]
    gaps = [_by_gaps(worker, window) for worker in workers]
    bookings = [_by_bookings(worker.person, window) for worker in workers]
    for useless in range(3):
        for number in sorted(set().union(*bookings)):
            for index, starts in enumerate(free):
                yield index, starts & gaps[index][useless] & bookings[index].get(number, 0)


def _by_gaps(worker: _Worker, window: _Window) -> tuple[int, int, int]:
    """The starts that leave no useless gap in this person's day, one, and two."""
    runs, ticks = window.facts.session.practitioner_taken_runs, window.facts.session.ticks
    if not runs:
        return window.all, 0, 0
    first, last = runs[0][0], runs[-1][0] + runs[-1][1]
    enough = fits(worker.free, ticks)
    before = (worker.free << 1 & ~(enough << ticks)) >> first
    after = (worker.free & ~enough) >> last
    return window.all & ~(before | after), before ^ after, before & after


def _by_bookings(person: Person, window: _Window) -> dict[int, int]:
    """The days of each number of bookings this person has."""
    days = {0: 0}
    for day, number in person.sessions_on.items():
        if day in window.day_masks:
            days[number] = days.get(number, 0) | window.day_masks[day]
    days[0] |= window.all & ~reduce(or_, days.values())
    return days


def _in_order(chosen: list[int], window: _Window) -> list[FreeStart]:
    starts: list[tuple[int, Person]] = []
    for person, mask in zip(window.facts.people, chosen, strict=True):
        starts += zip(places(mask, window.base), repeat(person))
    return list(map(_quick_start, sorted(starts, key=itemgetter(0))))


# Bits


def mask_of(spans: Iterable[tuple[int, int]], base: int, size: int) -> int:
    """Bits set where a span lies, counted from the base; what lies outside is left out."""
    # Joined from pieces, because every change to a long number copies the whole of it.
    top, pieces = base + size, [0] * ((size >> _CHUNK) + 1)
    for start, end in spans:
        low, high = start if start > base else base, end if end < top else top
        if low < high:
            at = low - base
            pieces[at >> _CHUNK] |= ((1 << (high - low)) - 1) << (at & _IN_CHUNK)
    return reduce(or_, (piece << (index << _CHUNK) for index, piece in enumerate(pieces)), 0)


def fits(mask: int, ticks: int) -> int:
    """Bits set where that many bits from there on are set in the mask."""
    have = 1
    while have < ticks:
        step = min(have, ticks - have)
        mask &= mask >> step
        have += step
    return mask


def places(mask: int, base: int) -> Iterator[int]:
    """Where the bits are set, counted on from the base, lowest first."""
    zeros = bin(mask)[:1:-1].split("1")
    return map(add, accumulate(map(len, zeros[:-1])), count(base))
