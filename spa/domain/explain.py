"""What exactly stands against an hour: who or what, and until when, so that it can be said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, auto

from spa.domain.facts import Facts, Person, Policy, Reason, Runs, Thing
from spa.domain.spans import Span, local_time, moment_of, subtract, tick_of


class Hindrance(StrEnum):
    """What kind of thing is in the way."""

    RULE = auto()
    VISIT = auto()
    CLEANING = auto()
    BLOCK = auto()
    BREAK = auto()
    AWAY = auto()
    NOT_YET_IN = auto()
    GONE = auto()
    NOT_IN = auto()
    NOT_YET_OPEN = auto()
    CLOSES = auto()
    SHUT = auto()
    NOBODY_ABLE = auto()
    EXPIRED = auto()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing against an hour.

    `until` is when it is over, or when the house or the person is in from or until; `would_end` is
    when the visit would. `who` is a person, room or device, empty for all of them; `number` a
    length or a count.
    """

    reason: Reason
    what: Hindrance = Hindrance.RULE
    who: str = ""
    until: datetime | None = None
    on: date | None = None
    number: int = 0
    words: str = ""
    would_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A stretch in which a person or thing is taken, and by what."""

    span: Span
    what: Hindrance
    words: str = ""


@dataclass(frozen=True, slots=True)
class Diary:
    """What is known of each person and thing beyond that it is taken."""

    uses: Mapping[int, tuple[Use, ...]] = field(default_factory=dict)
    breaks: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    away: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)


def explained(
    start: datetime, reasons: Iterable[Reason], facts: Facts, policy: Policy, diary: Diary
) -> tuple[Obstacle, ...]:
    """Each reason with who, what and until when; the facts hold the one person it is about."""
    return tuple(_explain(reason, start, facts, policy, diary) for reason in reasons)


def _explain(
    reason: Reason, start: datetime, facts: Facts, policy: Policy, diary: Diary
) -> Obstacle:
    person = facts.people[0] if facts.people else None
    day = local_time(start, facts.zone).date()
    if reason == Reason.TOO_SOON:
        return Obstacle(reason, number=policy.notice_minutes)
    if reason == Reason.TOO_FAR:
        return Obstacle(reason, number=policy.horizon_days)
    if reason == Reason.CLOSED:
        return _closed(start, facts)
    if person is None:
        return Obstacle(reason)
    if reason == Reason.NOT_CERTIFIED:
        return Obstacle(reason, who=person.name, on=person.certified_until)
    if reason == Reason.DAY_FULL:
        return Obstacle(reason, who=person.name, number=person.sessions_on.get(day, 0))
    if reason == Reason.NOT_ON_SHIFT:
        return _not_in(start, person, facts, diary)
    if reason == Reason.PRACTITIONER_BUSY:
        needed = _at(start, facts.session.practitioner_taken_runs)
        return _taken(reason, [person], needed, diary)
    if reason == Reason.NO_ROOM:
        rooms = [r for r in facts.rooms if person.rooms is None or r.id in person.rooms]
        return _used(reason, rooms, _at(start, ((0, facts.session.room_ticks),)), day, diary)
    if reason == Reason.NO_DEVICE:
        return _used(reason, facts.devices, _at(start, facts.session.device_runs), day, diary)
    return Obstacle(reason)


def _closed(start: datetime, facts: Facts) -> Obstacle:
    """Open later, closing before the end, or shut all day."""
    first = tick_of(start)
    would_end = moment_of(first + facts.session.ticks)
    day = local_time(start, facts.zone).date()
    todays = [s for s in facts.open if local_time(moment_of(s.start), facts.zone).date() == day]
    if not todays:
        return Obstacle(Reason.CLOSED, Hindrance.SHUT)
    begun = [span for span in todays if span.start <= first]
    if not begun or (begun[-1].end <= first and begun[-1] is not todays[-1]):
        coming = next(span for span in todays if span.start > first)
        opens = moment_of(coming.start)
        return Obstacle(Reason.CLOSED, Hindrance.NOT_YET_OPEN, until=opens)
    closes = moment_of(begun[-1].end)
    return Obstacle(Reason.CLOSED, Hindrance.CLOSES, until=closes, would_end=would_end)


def _not_in(start: datetime, person: Person, facts: Facts, diary: Diary) -> Obstacle:
    """At a break, away, not in yet, gone already, or not in that day at all."""
    reason = Reason.NOT_ON_SHIFT
    missing = subtract(_at(start, facts.session.practitioner_runs), person.on_shift)
    for what, spans in ((Hindrance.AWAY, diary.away), (Hindrance.BREAK, diary.breaks)):
        if hit := _first_hit(spans.get(person.id, ()), missing):
            return Obstacle(reason, what, person.name, until=moment_of(hit.end))
    day = local_time(start, facts.zone).date()
    on_day = [
        s for s in person.on_shift if local_time(moment_of(s.start), facts.zone).date() == day
    ]
    if not on_day:
        return Obstacle(reason, Hindrance.NOT_IN, person.name, on=day)
    if missing and missing[0].start < on_day[0].start:
        return Obstacle(reason, Hindrance.NOT_YET_IN, person.name, moment_of(on_day[0].start))
    later = next((span for span in on_day if span.start >= missing[0].start), None)
    if later is not None:
        return Obstacle(reason, Hindrance.NOT_YET_IN, person.name, moment_of(later.start))
    return Obstacle(reason, Hindrance.GONE, person.name, moment_of(on_day[-1].end))


def _used(
    reason: Reason, things: Iterable[Thing], needed: list[Span], day: date, diary: Diary
) -> Obstacle:
    """None may be used any more, or those that may are taken."""
    things = list(things)
    usable = [one for one in things if one.certified_until is None or day <= one.certified_until]
    if things and not usable:
        last = max(things, key=lambda one: one.certified_until or day)
        return Obstacle(reason, Hindrance.EXPIRED, last.name, on=last.certified_until)
    return _taken(reason, usable, needed, diary)


def _taken(
    reason: Reason, holders: Iterable[Person | Thing], needed: list[Span], diary: Diary
) -> Obstacle:
    """By what the one is taken, or until when all of them are."""
    holders = list(holders)
    if not holders:
        return Obstacle(reason, Hindrance.NOBODY_ABLE)
    hits = [(holder, _in_the_way(holder, needed, diary)) for holder in holders]
    found = [(holder, use) for holder, use in hits if use is not None]
    if not found:
        return Obstacle(reason)
    if len(holders) > 1:
        free = min(_free_from(holder, use, diary) for holder, use in found)
        return Obstacle(reason, Hindrance.VISIT, until=moment_of(free), number=len(holders))
    holder, use = found[0]
    is_used = use.what == Hindrance.VISIT and reason != Reason.PRACTITIONER_BUSY
    end = _free_from(holder, use, diary) if is_used else use.span.end
    return Obstacle(reason, use.what, holder.name, moment_of(end), words=use.words)


def _free_from(holder: Person | Thing, use: Use, diary: Diary) -> int:
    """When it can be had again: cleaning that follows at once is part of it."""
    end = use.span.end
    for other in sorted(diary.uses.get(holder.id, ()), key=lambda each: each.span):
        if other.span.start <= end < other.span.end:
            end = other.span.end
    return end


def _in_the_way(holder: Person | Thing, needed: list[Span], diary: Diary) -> Use | None:
    """The last thing that takes it during the time needed."""
    uses = [use for use in diary.uses.get(holder.id, ()) if _first_hit([use.span], needed)]
    uses += (
        [] if uses else [Use(s, Hindrance.VISIT) for s in holder.busy if _first_hit([s], needed)]
    )
    # Cleaning is what is in the way only where its visit is not.
    mains = [use for use in uses if use.what != Hindrance.CLEANING] or uses
    return max(mains, key=lambda use: use.span.end, default=None)


def _first_hit(spans: Iterable[Span], needed: Iterable[Span]) -> Span | None:
    needed = list(needed)
    for span in spans:
        if any(span.start < other.end and other.start < span.end for other in needed):
            return span
    return None


def _at(start: datetime, runs: Runs) -> list[Span]:
    first = tick_of(start)
    return [Span(first + offset, first + offset + ticks) for offset, ticks in runs]
