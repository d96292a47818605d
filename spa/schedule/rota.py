"""Reads in one query what shapes the days of a place: its people and rooms, hours and blocks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa import models
from spa.database import UtcDateTime, db
from spa.domain.hours import Pattern, TimeOff, open_spans, shift_spans
from spa.domain.spans import Span, day_span, intersect, moment_of, subtract, tick_at, union
from spa.models.booking import IS_HELD, IS_RUN, LONGEST_RUN

EVERYONE = -1

IN_FLIGHT = 500
"""So many entries of the record may be begun while one is not yet committed."""

IS_FAILED = sa.text("message.status = 'failed'")
"""Written out, because a bound parameter would keep PostgreSQL from using the partial index."""

_COLUMNS = {
    "id": sa.Integer,
    "owner_id": sa.Integer,
    "weekday": sa.Integer,
    "on_date": sa.Date,
    "from_minute": sa.Integer,
    "to_minute": sa.Integer,
    "first_on": sa.Date,
    "last_on": sa.Date,
    "slug": sa.String,
    "name": sa.String,
}
_PLACE = sa.bindparam("p", type_=sa.Integer)
_FIRST, _LAST = sa.bindparam("f", type_=sa.Date), sa.bindparam("l", type_=sa.Date)
_ONLY = sa.bindparam("o", type_=sa.Integer)


_kept = lru_cache(maxsize=512)
"""What is worked out of the same rows is the same: most days are asked for many times."""


class Place(Protocol):
    """As much of a place as its days need."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def zone(self) -> ZoneInfo:
        """Whose clock its days go by."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A time off, and why, if anybody said."""

    span: Span
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """A person or a room on a day: when they can be booked, and what keeps them from it.

    Compared by identity, so that what is worked out of one can be kept beside it.
    """

    id: int
    slug: str
    name: str
    is_archived: bool
    working: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()
    off: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A time kept free of bookings for these people and things."""

    id: int
    span: Span
    reason: str
    resource_ids: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Rota:
    """The rows of some days; each day is put together when it is first asked for, and kept."""

    zone: ZoneInfo
    rows: dict[str, list[Any]]
    patterns: dict[int, list[Pattern]]

    @_kept
    def open_on(self, day: date) -> tuple[Span, ...]:
        """When the house is open that day."""
        closures = [(row.first_on, row.last_on) for row in self.rows["closed"]]
        spans = open_spans(self._hours(), closures, day, day, self.zone)
        return intersect(spans, [day_span(day, self.zone)])

    @_kept
    def closed_on(self, day: date) -> str | None:
        """Why the house is closed all that day, "" if nobody said; None when it is not."""
        closed = (row for row in self.rows["closed"] if row.first_on <= day <= row.last_on)
        return next((row.name or "" for row in closed), None)

    @_kept
    def people_on(self, day: date) -> tuple[Column, ...]:
        """Everyone in the rota, in the house's order."""
        return tuple(self._person(row, day) for row in self.rows["practitioner"])

    @_kept
    def rooms_on(self, day: date) -> tuple[Column, ...]:
        """Every room, in the house's order."""
        is_open = self.open_on(day)
        return tuple(
            Column(row.id, row.slug, row.name, bool(row.to_minute), is_open)
            for row in self.rows["room"]
        )

    @_kept
    def blocks_on(self, day: date) -> tuple[Block, ...]:
        """What is kept free that day, soonest first; one that is longer is cut at midnight."""
        whole, found = day_span(day, self.zone), []
        spans: dict[int, list[Span]] = defaultdict(list)
        rows = {row.id: row for row in self.rows["block"]}
        for row in self.rows["block"]:
            spans[row.id].append(Span(row.from_minute, row.from_minute + row.to_minute))
        for block_id, row in rows.items():
            owners = {each.owner_id for each in self.rows["block"] if each.id == block_id}
            for span in intersect(union(spans[block_id]), [whole]):
                found.append(Block(block_id, span, row.name or "", tuple(sorted(owners))))
        return tuple(sorted(found, key=lambda block: (block.span, block.id)))

    def away(self, practitioner_id: int) -> tuple[Span, ...]:
        """When somebody is away, however long beyond these days."""
        rows = (row for row in self.rows["off"] if row.owner_id == practitioner_id)
        return tuple(self._away(row) for row in rows)

    def rooms_taken(self) -> dict[int, list[Span]]:
        """When whichever visits take each room, where that was asked for."""
        taken: dict[int, list[Span]] = defaultdict(list)
        for row in self.rows["taken"]:
            taken[row.owner_id].append(Span(row.from_minute, row.from_minute + row.to_minute))
        return taken

    def _hours(self) -> list[Pattern]:
        return [_pattern(row) for row in self.rows["open"]]

    def _person(self, row: Any, day: date) -> Column:
        """Somebody's day: what their shifts leave out is a break, what else is missing is off."""
        whole, shifts = [day_span(day, self.zone)], self.patterns.get(row.id, [])
        away = [each for each in self.rows["off"] if each.owner_id == row.id]
        off = [
            Absence(span, each.name or "")
            for each in away
            for span in intersect([self._away(each)], whole)
        ]
        unbroken = [_without_breaks(pattern) for pattern in shifts]
        present = shift_spans(shifts, (), day, day, self.zone)
        breaks = subtract(shift_spans(unbroken, (), day, day, self.zone), present)
        return Column(
            id=row.id,
            slug=row.slug,
            name=row.name,
            is_archived=bool(row.to_minute),
            working=intersect(subtract(present, [absence.span for absence in off]), whole),
            breaks=intersect(breaks, whole),
            off=tuple(off),
        )

    def _away(self, row: Any) -> Span:
        off = TimeOff(row.first_on, row.from_minute, row.last_on, row.to_minute)
        return Span(
            tick_at(off.first_on, off.from_minute, self.zone),
            tick_at(off.last_on, off.to_minute, self.zone),
        )


def rota(place: Place, first_on: date, last_on: date, only: int | None) -> Rota:
    """What shapes those days, in one query; `only` leaves a practitioner's own."""
    return tagged_rota(place, first_on, last_on, only)[0]


def tagged_rota(
    place: Place, first_on: date, last_on: date, only: int | None, now: datetime | None = None
) -> tuple[Rota, str]:
    """The same with the place's tag, still in one query.

    `now` asks of one person's days also when the rooms are taken, whoever by.
    """
    # Hours may run past midnight, so those of the day before count.
    before, after = first_on - timedelta(days=1), last_on + timedelta(days=1)
    count = min((after - before).days + 1, 7)
    first, last = day_span(first_on, place.zone).start, day_span(last_on, place.zone).end
    about: dict[str, Any] = {
        "p": place.id,
        "f": before,
        "l": after,
        "w": [(before + timedelta(days=n)).weekday() for n in range(count)],
        "since": moment_of(first),
        "until": moment_of(last),
        "o": EVERYONE if only is None else only,
    }
    asks_rooms = only is not None and now is not None
    if asks_rooms:
        about |= {"now": now, "from_tick": first - LONGEST_RUN, "to_tick": last}
    found = db.session.connection().execute(_ROTA_OF_ONE if asks_rooms else _ROTA, about).all()
    # The mark changes with everything; the rest mostly stays as it was.
    (mark,) = (row for row in found if row.kind == "tag")
    # Plain tuples: they are compared quicker than rows are.
    rows = tuple(tuple(row) for row in found if row is not mark)
    return _sorted(rows, place.zone), _tag(mark.owner_id, mark.id, mark.to_minute, mark.from_minute)


@lru_cache(maxsize=64)
def _sorted(found: tuple[Any, ...], zone: ZoneInfo) -> Rota:
    """The same rows give the same rota."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for values in found:
        row = SimpleNamespace(**dict(zip(_NAMES, values, strict=True)))
        rows[row.kind].append(row)
    for kind in ("practitioner", "room"):
        rows[kind].sort(key=lambda row: (row.from_minute, row.id))
    return Rota(zone, rows, _patterns(rows))


def tag(place_id: int) -> str:
    """What changes whenever anything at the place does, in one query."""
    row = db.session.connection().execute(_MARK, {"p": place_id}).one()
    return _tag(*row)


def _tag(version: int, newest: int | None, recent: int, failed: int) -> str:
    return f"{version}-{newest or 0}-{recent}-{failed}"


def _patterns(rows: dict[str, list[Any]]) -> dict[int, list[Pattern]]:
    """Each person's shifts with their breaks."""
    pauses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows["break"]:
        pauses[row.owner_id].append((row.from_minute, row.to_minute))
    found: dict[int, list[Pattern]] = defaultdict(list)
    for row in rows["shift"]:
        found[row.owner_id].append(_pattern(row, tuple(pauses[row.id])))
    return found


def _pattern(row: Any, breaks: tuple[tuple[int, int], ...] = ()) -> Pattern:
    return Pattern(
        from_minute=row.from_minute,
        to_minute=row.to_minute,
        weekday=row.weekday,
        on_date=row.on_date,
        starts_on=row.first_on,
        ends_on=row.last_on,
        breaks=breaks,
    )


def _without_breaks(pattern: Pattern) -> Pattern:
    return Pattern(
        pattern.from_minute,
        pattern.to_minute,
        pattern.weekday,
        pattern.on_date,
        pattern.starts_on,
        pattern.ends_on,
    )


# The query


def _arm(kind: Any, columns: dict[str, Any], *, is_first: bool = False) -> sa.Select[Any]:
    """One part of the union below; what it does not have is empty. The first names the columns."""
    if not is_first:
        return sa.select(kind, *(columns.get(name, sa.null()) for name in _COLUMNS))
    named = (
        columns.get(name, sa.cast(sa.null(), type_)).label(name) for name, type_ in _COLUMNS.items()
    )
    return sa.select(kind.label("kind"), *named)


def _named(table: Any, names: Iterable[str], **others: Any) -> dict[str, Any]:
    return {name: table.c[name] for name in names} | others


def _falls_in(table: Any) -> sa.ColumnElement[bool]:
    """Hours of a weekday that is in the days asked for, or of one date among them."""
    is_weekday = table.c.weekday.in_(sa.bindparam("w", expanding=True))
    return sa.or_(is_weekday, table.c.on_date.between(_FIRST, _LAST))


def _marks() -> tuple[Any, Any, Any, Any]:
    """The version of the place, its newest entry, how many are near it, and how much mail failed.

    Numbers are given out before entries are committed, so one that is lower than the newest may
    still come: then there is one more near it.
    """
    entry, message = models.AuditEntry.__table__, models.Message.__table__
    place: Any = models.Location.__table__
    version = sa.select(place.c.version).where(place.c.id == _PLACE).scalar_subquery()
    newest = (
        sa.select(sa.func.max(entry.c.id)).where(entry.c.location_id == _PLACE).scalar_subquery()
    )
    recent = sa.select(sa.func.count()).select_from(entry)
    recent = recent.where(entry.c.location_id == _PLACE, entry.c.id > newest - IN_FLIGHT)
    failed = sa.select(sa.func.count()).select_from(message)
    failed = failed.where(message.c.location_id == _PLACE, IS_FAILED)
    return version, newest, recent.scalar_subquery(), failed.scalar_subquery()


def _rota() -> sa.CompoundSelect[Any]:
    """Short names, because the driver forgets how to send a statement of over 4,096 characters."""
    resource: Any = models.Resource.__table__.alias("r")
    hours: Any = models.OpeningHours.__table__.alias("h")
    closure: Any = models.Closure.__table__.alias("c")
    shift: Any = models.Shift.__table__.alias("s")
    pause: Any = models.ShiftBreak.__table__.alias("p")
    off: Any = models.TimeOff.__table__.alias("o")
    block: Any = models.Block.__table__.alias("b")
    claim: Any = models.Claim.__table__
    is_seen = sa.or_(_ONLY == EVERYONE, resource.c.kind == "room", resource.c.id == _ONLY)
    is_ours = sa.and_(resource.c.location_id == _PLACE, is_seen)
    is_current = sa.and_(
        _falls_in(shift),
        sa.or_(shift.c.starts_on.is_(None), shift.c.starts_on <= _LAST),
        sa.or_(shift.c.ends_on.is_(None), shift.c.ends_on >= _FIRST),
    )

    def text(word: str) -> Any:
        return sa.literal_column(f"'{word}'", sa.String)

    resources = _arm(
        resource.c.kind,
        _named(
            resource,
            ("id", "slug", "name"),
            from_minute=resource.c.position,
            to_minute=sa.case((resource.c.archived_at.is_(None), 0), else_=1),
        ),
        is_first=True,
    ).where(is_ours)
    opening = _arm(
        text("open"), _named(hours, ("id", "weekday", "on_date", "from_minute", "to_minute"))
    ).where(hours.c.location_id == _PLACE, _falls_in(hours))
    closed = _arm(
        text("closed"), _named(closure, ("first_on", "last_on"), name=closure.c.reason)
    ).where(
        closure.c.location_id == _PLACE, closure.c.last_on >= _FIRST, closure.c.first_on <= _LAST
    )
    shifts = (
        _arm(
            text("shift"),
            _named(
                shift,
                ("id", "weekday", "on_date", "from_minute", "to_minute"),
                owner_id=shift.c.resource_id,
                first_on=shift.c.starts_on,
                last_on=shift.c.ends_on,
            ),
        )
        .join(resource, resource.c.id == shift.c.resource_id)
        .where(is_ours, is_current)
    )
    pauses = (
        _arm(text("break"), _named(pause, ("from_minute", "to_minute"), owner_id=pause.c.shift_id))
        .join(shift, shift.c.id == pause.c.shift_id)
        .join(resource, resource.c.id == shift.c.resource_id)
        .where(is_ours, is_current)
    )
    away = (
        _arm(
            text("off"),
            _named(
                off,
                ("from_minute", "to_minute", "first_on", "last_on"),
                owner_id=off.c.resource_id,
                name=off.c.reason,
            ),
        )
        .join(resource, resource.c.id == off.c.resource_id)
        .where(is_ours, off.c.last_on >= _FIRST, off.c.first_on <= _LAST)
    )
    # A block as the runs it takes of each resource: their first ticks and lengths.
    blocks = (
        _arm(
            text("block"),
            _named(
                block,
                ("id",),
                owner_id=claim.c.resource_id,
                from_minute=claim.c.tick,
                to_minute=claim.c.run,
                name=block.c.reason,
            ),
        )
        .select_from(block)
        .join(claim, claim.c.block_id == block.c.id)
        .join(resource, resource.c.id == claim.c.resource_id)
        .where(
            block.c.location_id == _PLACE,
            block.c.starts_at < sa.bindparam("until", type_=block.c.starts_at.type),
            block.c.ends_at > sa.bindparam("since", type_=block.c.starts_at.type),
            IS_RUN,
            is_seen,
        )
    )
    version, newest, recent, failed = _marks()
    mark = _arm(
        text("tag"),
        {"id": newest, "owner_id": version, "from_minute": failed, "to_minute": recent},
    )
    return sa.union_all(resources, opening, closed, shifts, pauses, away, blocks, mark)


def _taken() -> sa.Select[Any]:
    """The runs that visits take of rooms: whose visits they are is nowhere in it."""
    room: Any = models.Resource.__table__.alias("m")
    claim: Any = models.Claim.__table__
    booking: Any = models.Booking.__table__
    is_ended = sa.and_(IS_HELD, booking.c.held_until <= sa.bindparam("now", type_=UtcDateTime))
    return (
        _arm(
            sa.literal_column("'taken'", sa.String),
            _named(claim, (), owner_id=room.c.id, from_minute=claim.c.tick, to_minute=claim.c.run),
        )
        .select_from(room)
        .join(claim, claim.c.resource_id == room.c.id)
        .join(booking, booking.c.id == claim.c.booking_id)
        .where(
            room.c.location_id == _PLACE,
            room.c.kind == "room",
            IS_RUN,
            claim.c.tick > sa.bindparam("from_tick", type_=sa.Integer),
            claim.c.tick < sa.bindparam("to_tick", type_=sa.Integer),
            sa.not_(is_ended),
        )
    )


_ROTA = _rota()
_ROTA_OF_ONE: sa.CompoundSelect[Any] = sa.union_all(*_ROTA.selects, _taken())
_NAMES = ("kind", *_COLUMNS)
_MARK = sa.select(*_marks())
