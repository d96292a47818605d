"""A day and a week in words: the figures, the list, and what each person has left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.booking.desk_shown import Button, buttons
from spa.domain.roles import Actor, Permission
from spa.domain.spans import Span, moment_of
from spa.domain.states import MOVABLE, BookingStatus
from spa.schedule.queries import Block, Column, Day, Visit


@dataclass(frozen=True)
class Line:
    """One visit in words."""

    reference: str
    status: BookingStatus
    status_words: str
    clock: str
    ends: str
    client: str
    client_id: int | None
    treatment: str
    person: str
    room: str
    is_new: bool
    is_assured: bool
    flags: list[str]
    pauses: list[str]
    minutes_left: int
    may_move: bool
    buttons: list[Button]


@dataclass(frozen=True)
class Stretch:
    """A break, an absence or a block in somebody's day; `block_id` is of one to take away."""

    hours: str
    words: str
    block_id: int = 0


@dataclass(frozen=True)
class Free:
    """A start that could be booked."""

    clock: str
    at: str


@dataclass(frozen=True)
class Person:
    """Somebody's or some room's day beside the visits."""

    slug: str
    name: str
    hours: str
    kept: list[Stretch]
    free: list[Free]


@dataclass(frozen=True)
class Figure:
    """A number that matters today."""

    value: str
    words: str


@dataclass(frozen=True)
class DayInWords:
    """What the page of a day shows apart from the grid."""

    on: date
    tag: str
    next_end: int | None
    title: str
    closed: str | None
    figures: list[Figure]
    lines: list[Line]
    cancelled: list[Line]
    people: list[Person]
    rooms: list[Person]
    absent: list[str]


def day_in_words(
    day: Day, actor: Actor, place: Place, free: dict[int, list[datetime]]
) -> DayInWords:
    """The figures, the list of the visits, and what each person and room has besides."""
    return DayInWords(
        on=day.on,
        tag=day.tag,
        next_end=day.next_end,
        title=wording.day_long(day.on),
        closed=day.closed,
        figures=_figures(day, actor, place),
        lines=lines(day, day.visits, actor, place),
        cancelled=lines(day, day.cancelled, actor, place),
        people=[
            _person(person, day, free.get(person.id, []))
            for person in day.people
            if _is_there(person, day)
        ],
        absent=[person.name for person in day.people if not _is_there(person, day)],
        rooms=[room for room in (_room(room, day) for room in day.rooms) if room.kept],
    )


def lines(day: Day, visits: Iterable[Visit], actor: Actor, place: Place) -> list[Line]:
    """Visits in words, each with what may be done with it now."""
    visits = list(visits)
    words = _Words(
        names={column.id: column.name for column in (*day.people, *day.rooms)},
        states={status: wording.status(status) for status in {each.status for each in visits}},
    )
    return [_line(visit, words, day, actor, place) for visit in visits]


class _Words(NamedTuple):
    """What many visits share, looked up once."""

    names: dict[int, str]
    states: dict[BookingStatus, str]


def _line(visit: Visit, words: _Words, day: Day, actor: Actor, place: Place) -> Line:
    room = words.names.get(visit.room_id, "")
    may_move = actor.may(Permission.MANAGE_BOOKINGS) and visit.status in MOVABLE
    return Line(
        reference=visit.reference,
        status=visit.status,
        status_words=wording.pencilled(wording.moment_short(visit.held_until, day.zone))
        if visit.is_pencilled and visit.held_until
        else words.states[visit.status]
        if visit.has_hour
        else wording.standing(visit.status, visit.cancelled_by, is_late=visit.is_late),
        clock=wording.clock(visit.starts_at, day.zone),
        ends=wording.clock(visit.ends_at, day.zone),
        client=client_words(visit),
        client_id=visit.client_id,
        treatment=visit.treatment,
        person=words.names.get(visit.practitioner_id, ""),
        room=room,
        is_new=visit.is_first_visit,
        is_assured=visit.assured_at is not None and visit.status == BookingStatus.BOOKED,
        flags=[wording.look(look) for look in visit.looks],
        pauses=[
            wording.pause(part.kind, _clock_after(visit, part.ends, day), room)
            for part in visit.pauses
        ],
        minutes_left=minutes_left(visit, day.now),
        may_move=may_move,
        buttons=buttons(visit.status, visit.starts_at, actor, place, day.now),
    )


def _clock_after(visit: Visit, minutes: int, day: Day) -> str:
    return wording.clock(visit.starts_at + timedelta(minutes=minutes), day.zone)


def client_words(visit: Visit) -> str:
    """Who comes; somebody who is still typing has not said."""
    return visit.client or _("Somebody online")


def minutes_left(visit: Visit, now: datetime) -> int:
    """For how many minutes a visitor's hold lasts, in minutes begun; 0 for anything else."""
    if visit.held_until is None or visit.is_pencilled:
        return 0
    return max(0, -(-int((visit.held_until - now).total_seconds()) // 60))


def _figures(day: Day, actor: Actor, place: Place) -> list[Figure]:
    """The numbers of the day; money only for those who may see it."""
    there = [visit for visit in day.visits if visit.status != BookingStatus.HELD]
    looks = sum(bool(visit.looks) for visit in (*day.visits, *day.cancelled))
    found = [
        Figure(str(len(there)), _("booked")),
        Figure(_hours(day.free_minutes), _("free hours left")),
        Figure(str(looks), _("to look at")),
    ]
    if actor.may(Permission.SEE_MONEY):
        expected = day.expected_minor
        money = wording.price(expected, place.currency) if expected else "0"
        found.append(Figure(money, _("expected")))
    return found


def _hours(minutes: int) -> str:
    """Hours to the half, rounded down: "7" or "7½"."""
    whole, rest = divmod(minutes // 30, 2)
    half = "½" if rest else ""
    return f"{whole or ''}{half}" or "0"


def _person(person: Column, day: Day, free: list[datetime]) -> Person:
    return Person(
        slug=person.slug,
        name=person.name,
        hours=", ".join(span_words(span, day.zone) for span in person.working) or _("not in"),
        kept=[
            *(Stretch(span_words(span, day.zone), _("break")) for span in person.breaks),
            *(
                Stretch(span_words(off.span, day.zone), off.reason or _("away"))
                for off in person.off
            ),
            *_blocks(person.id, day),
        ],
        free=[Free(wording.clock(at, day.zone), iso(at, day)) for at in _thinned(free, day)],
    )


def _is_there(person: Column, day: Day) -> bool:
    """Somebody with nothing to say of their day is only named."""
    return bool(person.working or person.breaks or person.off or _blocks(person.id, day))


def _room(room: Column, day: Day) -> Person:
    """A room is only worth a word when something keeps it from being used."""
    hours = ", ".join(span_words(span, day.zone) for span in room.working)
    return Person(room.slug, room.name, hours, _blocks(room.id, day), [])


def _blocks(resource_id: int, day: Day) -> list[Stretch]:
    return [
        Stretch(span_words(block.span, day.zone), block_words(block), block.id)
        for block in day.blocks
        if resource_id in block.resource_ids
    ]


def block_words(block: Block) -> str:
    """What a time is kept free for."""
    return block.reason or _("blocked")


def _thinned(free: Sequence[datetime], day: Day) -> list[datetime]:
    """The first of each run of free starts, and the full and half hours after it."""
    apart = min((b - a for a, b in zip(free, free[1:], strict=False)), default=None)
    found, before = [], None
    for at in free:
        is_first = before is None or at - before != apart
        if is_first or at.astimezone(day.zone).minute in (0, 30):
            found.append(at)
        before = at
    return found


def span_words(span: Span, zone: ZoneInfo) -> str:
    """A stretch of the day: "09:00–13:00"; one that ends with it, ends at 24:00."""
    start, end = (wording.clock(moment_of(tick), zone) for tick in span)
    return f"{start}–{'24:00' if end == '00:00' else end}"


def iso(moment: datetime, day: Day) -> str:
    """A moment as our addresses carry it, with its offset."""
    return moment.astimezone(day.zone).isoformat(timespec="minutes")


@dataclass(frozen=True)
class WeekDay:
    """A day of somebody's week in words."""

    on: date
    title: str
    is_today: bool
    hours: str
    kept: list[Stretch]
    free: str
    lines: list[Line]


def week_in_words(days: Sequence[Day], actor: Actor, place: Place, today: date) -> list[WeekDay]:
    """Each day of one person: hours, what keeps them, who comes, and what is left."""
    return [_weekday(day, actor, place, today) for day in days]


def _weekday(day: Day, actor: Actor, place: Place, today: date) -> WeekDay:
    person = _person(day.people[0], day, []) if day.people else None
    closed = day.closed or _("closed") if day.closed is not None else ""
    half_hours = _hours(day.free_minutes)
    return WeekDay(
        on=day.on,
        title=wording.day_short(day.on),
        is_today=day.on == today,
        hours=closed or (person.hours if person else _("not in")),
        kept=person.kept if person else [],
        free="" if closed or half_hours == "0" else _("%(hours)s h free", hours=half_hours),
        lines=[replace(line, buttons=[]) for line in lines(day, day.visits, actor, place)],
    )
