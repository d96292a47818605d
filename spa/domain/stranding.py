"""Which visits a change of hours, people or rooms leaves without what they were booked with."""

from collections.abc import Sequence
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


def _with_id(people: Sequence[Person], wanted: int) -> list[Person]:
    return [person for person in people if person.id == wanted]


def _free(things: Sequence[Thing], wanted: int | None) -> tuple[Thing, ...]:
    """The one that the visit has, whoever else comes before or after it."""
    return tuple(replace(thing, busy=()) for thing in things if thing.id == wanted)


def _touching(spans: Sequence[Span], hour: Span) -> tuple[Span, ...]:
    """As much of a long calendar as the hour could lie in."""
    return tuple(span for span in spans if span.start < hour.end and hour.start < span.end)
