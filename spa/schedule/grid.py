"""A day as the drawn calendar wants it: plain data, in wall times of the place."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from flask_babel import gettext as _

from spa import wording
from spa.domain.looks import Look
from spa.domain.roles import Actor, Permission
from spa.domain.spans import Span, day_span, moment_of, subtract
from spa.domain.states import MOVABLE, BookingStatus
from spa.schedule.queries import Block, Column, Day, Visit
from spa.schedule.shown import block_words, client_words, minutes_left, span_words

DAY_MINUTES = 24 * 60
OPENS, CLOSES = 9 * 60, 18 * 60
"""What is drawn of a day on which nothing is."""

Json = dict[str, Any]


def as_json(day: Day, by: str, actor: Actor) -> Json:
    """The columns, what stands in them and what lies behind, for people or for rooms.

    Words that many visits share are sent once, and what is worked out of the same rows is kept:
    the day is asked for again after every change.
    """
    language = str(get_locale())
    columns = day.rooms if by == "room" else _there(day)
    shown = [visit for visit in day.visits if visit.has_hour]
    first, last = _limits(day, columns)
    pieces = _pieces(columns, day.on, day.zone, first, last, language)
    return {
        "tag": day.tag,
        "day": day.on.isoformat(),
        "now": _wall(day.now, day.zone),
        "from": _clock(first),
        "to": _clock(last),
        "offsets": offsets(day.on, day.zone),
        "columns": pieces.columns,
        "states": pieces.states,
        "looks": pieces.looks,
        "pauses": {kind: _pause(kind, language) for kind in _kinds(shown)},
        "visits": _visits(shown, by, day, may_move=actor.may(Permission.MANAGE_BOOKINGS)),
        "blocks": [
            _block(block, column, day)
            for block in day.blocks
            for column in columns
            if column.id in block.resource_ids
        ],
        "behind": [*pieces.behind, *(_cleaning(shown, day) if by == "room" else ())],
    }


@lru_cache(maxsize=64)
def offsets(on: date, zone: ZoneInfo) -> list[list[Any]]:
    """From which minute of the wall clock which offset holds: one entry, two where clocks change.

    A wall time that does not exist or happens twice is read as everywhere else in the program.
    """
    found: list[list[Any]] = []
    midnight = datetime.combine(on, datetime.min.time(), tzinfo=zone)
    for minute in range(0, DAY_MINUTES, 5):
        shown = (midnight + timedelta(minutes=minute)).isoformat()[19:]
        if not found or found[-1][1] != shown:
            found.append([minute, shown])
    return found


def _there(day: Day) -> tuple[Column, ...]:
    """Who is in or has something to do; everyone when nobody is."""
    busy = {visit.practitioner_id for visit in day.visits}
    busy |= {resource_id for block in day.blocks for resource_id in block.resource_ids}
    return tuple(one for one in day.people if one.working or one.id in busy) or day.people


def _kinds(visits: Iterable[Visit]) -> set[str]:
    """The kinds of steps that leave somebody free."""
    shapes = {visit.shape for visit in visits}
    return {part.kind for shape in shapes for part in shape.parts if not part.needs_practitioner}


@lru_cache(maxsize=64)
def _pause(kind: str, language: str) -> str:
    """The words for a pause, with marks for the moment and the room."""
    return wording.pause(kind, "{until}", "{room}")


# The visits


def _visits(visits: Iterable[Visit], by: str, day: Day, *, may_move: bool) -> list[Json]:
    names = {column.id: column for column in (*day.people, *day.rooms)}
    found = []
    for visit in visits:
        person, room = names[visit.practitioner_id], names[visit.room_id]
        one = _visit(visit, person, room, by == "room", may_move, day.zone)
        if visit.is_pencilled and visit.held_until:
            until = wording.moment_short(visit.held_until, day.zone)
            what = _("%(what)s, kept until %(until)s", what=one["what"], until=until)
            one = one | {"state": "held pencilled", "what": what}
        elif visit.held_until:
            one = one | {"client": client_words(visit), "left": minutes_left(visit, day.now)}
        found.append(one)
    return found


@lru_cache(maxsize=2048)
def _visit(
    visit: Visit, person: Column, room: Column, is_by_room: bool, may_move: bool, zone: ZoneInfo
) -> Json:
    """One visit; what is not so is left out."""
    column, other = (room, person) if is_by_room else (person, room)
    found: Json = {
        "id": visit.reference,
        "column": column.slug,
        "start": _wall(visit.starts_at, zone),
        "end": _end(visit.starts_at, visit.ends_at, zone),
        "client": visit.client,
        "what": f"{visit.treatment}, {other.name}",
        "state": visit.status,
    }
    if is_by_room:
        found["person"] = person.slug
    if visit.is_first_visit:
        found["isNew"] = True
    if visit.looks:
        found["looks"] = visit.looks
    if pauses := visit.pauses:
        found["room"] = room.name
        found["pauses"] = [(part.kind, part.begins, part.ends) for part in pauses]
    if may_move and visit.status in MOVABLE:
        found["mayMove"] = True
    return found


def _cleaning(visits: Iterable[Visit], day: Day) -> Iterator[Json]:
    """The stripe below a visit while its room is made ready."""
    words, names = _("cleaning"), {room.id: room.slug for room in day.rooms}
    for visit in visits:
        if visit.clean_at > visit.ends_at:
            yield {
                "kind": "cleaning",
                "column": names[visit.room_id],
                "start": _wall(visit.ends_at, day.zone),
                "end": _end(visit.ends_at, visit.clean_at, day.zone),
                "words": words,
            }


# The columns and what lies behind


class _Pieces(NamedTuple):
    """What a day has besides visits and blocks."""

    columns: list[Json]
    behind: list[Json]
    states: dict[str, str]
    looks: dict[str, str]


@lru_cache(maxsize=128)
def _pieces(
    columns: tuple[Column, ...], on: date, zone: ZoneInfo, first: int, last: int, language: str
) -> _Pieces:
    return _Pieces(
        columns=[_column(column, zone) for column in columns],
        behind=[*_outside(columns, on, zone, first, last), *_kept(columns, zone)],
        states={state: wording.status(state) for state in BookingStatus}
        | {"held pencilled": wording.pencilled()},
        looks={look: wording.look(look) for look in Look},
    )


def _column(column: Column, zone: ZoneInfo) -> Json:
    hours = ", ".join(span_words(span, zone) for span in column.working)
    return {"id": column.slug, "name": column.name, "hours": hours or _("not in")}


def _outside(
    columns: Iterable[Column], on: date, zone: ZoneInfo, first: int, last: int
) -> Iterator[Json]:
    """When a person is not on shift, or the house not open for a room."""
    # An hour more at both ends, because a day may be an hour shorter than its clock shows.
    midnight = day_span(on, zone).start
    drawn = Span(midnight + first // 5 - 12, midnight + last // 5 + 12)
    for column in columns:
        known = [*column.working, *column.breaks, *(off.span for off in column.off)]
        for span in subtract([drawn], known):
            yield _piece("outside", column, span, zone, "")


def _kept(columns: Iterable[Column], zone: ZoneInfo) -> Iterator[Json]:
    for column in columns:
        for span in column.breaks:
            yield _piece("break", column, span, zone, _("break"))
        for off in column.off:
            yield _piece("off", column, off.span, zone, off.reason or _("away"))


def _block(block: Block, column: Column, day: Day) -> Json:
    return _piece("block", column, block.span, day.zone, block_words(block)) | {
        "id": f"block-{block.id}-{block.span.start}-{column.slug}",
        "hours": span_words(block.span, day.zone),
    }


def _piece(kind: str, column: Column, span: Span, zone: ZoneInfo, words: str) -> Json:
    start, end = moment_of(span.start), moment_of(span.end)
    return {
        "kind": kind,
        "column": column.slug,
        "start": _wall(start, zone),
        "end": _end(start, end, zone),
        "words": words,
    }


# The wall clock


def _limits(day: Day, columns: tuple[Column, ...]) -> tuple[int, int]:
    """The first and the last full hour of what is drawn, in minutes of the wall clock."""
    spans = [*day.open, *(span for column in columns for span in column.working)]
    spans += [block.span for block in day.blocks]
    begins = [moment_of(min(span.start for span in spans))] if spans else []
    ends = [moment_of(max(span.end for span in spans))] if spans else []
    begins += [visit.starts_at for visit in day.visits]
    ends += [visit.ends_at for visit in day.visits]
    if not begins:
        return OPENS, CLOSES
    first, last = _minute(min(begins), day), _minute(max(ends), day)
    return first // 60 * 60, -(-last // 60) * 60


def _wall(moment: datetime, zone: ZoneInfo) -> str:
    """What calendar and clock show there, without an offset."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")


def _end(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """What the clock shows at the end; where it was put back meanwhile, the real length counts."""
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (starts_at, ends_at))
    shown = max(end, start + min(ends_at - starts_at, timedelta(hours=1)))
    return shown.isoformat(timespec="minutes")


def _minute(moment: datetime, day: Day) -> int:
    local = moment.astimezone(day.zone)
    return (local.date() - day.on).days * DAY_MINUTES + local.hour * 60 + local.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
