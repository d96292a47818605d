"""Which visits a change of hours, people or rooms leaves without what they were booked with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from spa.domain.availability import Facts, Person, Policy, Reason, Session, Thing, refusals
from spa.domain.spans import Span, tick_of

NOT_ASKED = frozenset(
    {
        Reason.IN_THE_PAST,
        Reason.TOO_SOON,
        Reason.TOO_FAR,
        Reason.OFF_GRID,
        Reason.PRACTITIONER_BUSY,
        Reason.DAY_FULL,
    }
)
"""What was settled when it was booked: its claims see to it that nobody else has its hour."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A visit that is booked: when, with whom, where, and how its hour runs."""

    id: int
    starts_at: datetime
    practitioner_id: int
    room_id: int
    device_id: int | None
    session: Session


def against(visit: Standing, facts: Facts, policy: Policy) -> frozenset[Reason]:
    """What stands against a visit where it is; () when hours, person, room and device fit it."""
    start = tick_of(visit.starts_at)
    hour = Span(start, start + visit.session.ticks)
    people = tuple(
        replace(person, on_shift=_touching(person.on_shift, hour), busy=())
        for person in _with_id(facts.people, visit.practitioner_id)
    )
    alone = replace(
        facts,
        session=visit.session,
        open=_touching(facts.open, hour),
        people=people,
        rooms=_free(facts.rooms, visit.room_id),
        devices=_free(facts.devices, visit.device_id),
    )
    return frozenset(refusals(visit.starts_at, alone, policy, NOT_ASKED))


Lacking = Mapping[str, frozenset[int]]
"""What a visit has not, by name, and for which of its ticks; one tick stands for the whole."""


def lacking(
    visit: Standing, facts: Facts, policy: Policy, away: Sequence[Span], shut: Sequence[Span]
) -> dict[str, frozenset[int]]:
    """What a visit has not where it is, so that what gets worse can be told from what was agreed.

    `away` is when its practitioner is off, `shut` when the house is closed, whatever the hours are:
    a visit that was agreed outside of them has nobody on a day that is taken off altogether.
    """
    start = tick_of(visit.starts_at)
    hour = frozenset(range(start, start + visit.session.ticks))
    found = {str(reason): frozenset({start}) for reason in against(visit, facts, policy)}
    if Reason.CLOSED in found:
        found[Reason.CLOSED] = hour - _ticks(_touching(facts.open, Span(start, max(hour) + 1)))
    if Reason.NOT_ON_SHIFT in found:
        needed = {
            tick
            for offset, ticks in visit.session.practitioner_runs
            for tick in range(start + offset, start + offset + ticks)
        }
        shifts = [
            span
            for person in _with_id(facts.people, visit.practitioner_id)
            for span in _touching(person.on_shift, Span(start, max(hour) + 1))
        ]
        found[Reason.NOT_ON_SHIFT] = frozenset(needed) - _ticks(shifts)
    found["away"] = hour & _ticks(_touching(away, Span(start, max(hour) + 1)))
    found["shut"] = hour & _ticks(_touching(shut, Span(start, max(hour) + 1)))
    return found


def is_worse(after: Lacking, before: Lacking) -> bool:
    """Whether anything is missing now that was there before."""
    return any(ticks - before.get(name, frozenset()) for name, ticks in after.items())


def _ticks(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(tick for span in spans for tick in range(span.start, span.end))


def _with_id(people: Sequence[Person], wanted: int) -> list[Person]:
    return [person for person in people if person.id == wanted]


def _free(things: Sequence[Thing], wanted: int | None) -> tuple[Thing, ...]:
    """The one that the visit has, whoever else comes before or after it."""
    return tuple(replace(thing, busy=()) for thing in things if thing.id == wanted)


def _touching(spans: Sequence[Span], hour: Span) -> tuple[Span, ...]:
    """As much of a long calendar as the hour could lie in."""
    return tuple(span for span in spans if span.start < hour.end and hour.start < span.end)
