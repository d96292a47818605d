"""How many more sessions fit into some days: the rules of booking, asked again and again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from spa.domain.availability import (
    Allocation,
    Facts,
    Person,
    Policy,
    Thing,
    allocate,
    claims_of,
    free_starts,
)
from spa.domain.spans import DAY_TICKS, Span, day_span, moment_of

T = TypeVar("T", Person, Thing)


def sessions_that_fit(facts: Facts, policy: Policy) -> dict[date, int]:
    """How many more such sessions each day has room for, filled from its first free start on.

    A count by filling up is what a day would really hold, not the most that a perfect plan could.
    """
    days = (facts.last_on - facts.first_on).days + 1
    found = (facts.first_on + timedelta(days=n) for n in range(days))
    return {day: _on(_day(facts, day), policy) for day in found}


def _on(facts: Facts, policy: Policy) -> int:
    """How many fit on the one day of these facts."""
    count = 0
    while free := free_starts(facts, policy):
        start = moment_of(free[0].tick)
        found = allocate(start, facts, policy)
        if found is None:
            break
        facts = _with(facts, found, claims_of(start, facts.session, found))
        count += 1
    return count


def _with(facts: Facts, found: Allocation, claims: Iterable[tuple[int, Span]]) -> Facts:
    """The facts once this visit is booked too."""
    taken: dict[int, list[Span]] = {}
    for resource_id, span in claims:
        taken.setdefault(resource_id, []).append(span)
    day = facts.first_on
    people = []
    for person in facts.people:
        if person.id == found.person.id:
            sessions = {**person.sessions_on, day: person.sessions_on.get(day, 0) + 1}
            person = replace(person, sessions_on=sessions)
        people.append(_busy(person, taken))
    return replace(
        facts,
        people=tuple(people),
        rooms=tuple(_busy(room, taken) for room in facts.rooms),
        devices=tuple(_busy(device, taken) for device in facts.devices),
    )


def _busy(one: T, taken: dict[int, list[Span]]) -> T:
    return replace(one, busy=(*one.busy, *taken[one.id])) if one.id in taken else one


def _day(facts: Facts, day: date) -> Facts:
    """The facts of one day, without what lies weeks away."""
    whole = day_span(day, facts.zone)
    near = Span(whole.start - DAY_TICKS, whole.end + DAY_TICKS)

    def within(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(span for span in spans if span.start < near.end and near.start < span.end)

    return replace(
        facts,
        first_on=day,
        last_on=day,
        open=within(facts.open),
        people=tuple(
            replace(person, on_shift=within(person.on_shift), busy=within(person.busy))
            for person in facts.people
        ),
        rooms=tuple(replace(room, busy=within(room.busy)) for room in facts.rooms),
        devices=tuple(replace(device, busy=within(device.busy)) for device in facts.devices),
    )
