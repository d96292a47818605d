"""Reads the visits of some days in one query, each with what of it needs a look."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from types import SimpleNamespace
from typing import Any, NamedTuple

import sqlalchemy as sa

from spa.database import UtcDateTime, db
from spa.domain.availability import Session, Step
from spa.domain.looks import Asking, Look, looks
from spa.domain.spans import Span, day_span, moment_of, tick_of
from spa.domain.states import TAKES_AN_HOUR, BookingStatus
from spa.models import AuditEntry, Booking, Client, Message, Treatment
from spa.schedule.rota import EVERYONE, IS_FAILED, Place


class Part(NamedTuple):
    """A step of a visit, in minutes from its start."""

    kind: str
    begins: int
    ends: int
    needs_practitioner: bool


class Shape(NamedTuple):
    """What visits of the same steps have in common; runs are offsets and lengths in ticks."""

    parts: tuple[Part, ...]
    busy: tuple[tuple[int, int], ...]
    room_ticks: int
    turnover: timedelta


@dataclass(frozen=True, eq=False, slots=True)
class Visit:
    """One visit on the schedule.

    Compared by identity, so that what is worked out of one can be kept beside it.
    """

    id: int
    reference: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    shape: Shape
    practitioner_id: int
    room_id: int
    client_id: int | None
    client: str
    treatment: str
    price_minor: int
    is_first_visit: bool
    is_late: bool
    held_until: datetime | None
    assured_at: datetime | None
    cancelled_by: str
    looks: tuple[Look, ...]

    @property
    def has_hour(self) -> bool:
        """Says whether it still takes the people and rooms it was given."""
        return self.status in TAKES_AN_HOUR

    @property
    def is_pencilled(self) -> bool:
        """Says whether its hour is kept for a client who left, and not for who types online."""
        return self.status == BookingStatus.HELD and self.client_id is not None

    @property
    def clean_at(self) -> datetime:
        """When its room can be used again."""
        return self.ends_at + self.shape.turnover

    @property
    def pauses(self) -> tuple[Part, ...]:
        """When its practitioner is free for somebody else."""
        parts = self.shape.parts if self.has_hour else ()
        return tuple(part for part in parts if not part.needs_practitioner)

    def takes(self, resource_id: int) -> tuple[Span, ...]:
        """When it needs this person, or its room."""
        runs: tuple[tuple[int, int], ...] = ()
        if self.has_hour and resource_id == self.practitioner_id:
            runs = self.shape.busy
        elif self.has_hour and resource_id == self.room_id:
            runs = ((0, self.shape.room_ticks),)
        start = tick_of(self.starts_at)
        return tuple(Span(start + offset, start + offset + ticks) for offset, ticks in runs)


_booking, _client, _treatment = Booking.__table__, Client.__table__, Treatment.__table__
_entry, _message = AuditEntry.__table__, Message.__table__

_NOW = sa.bindparam("now", type_=UtcDateTime)
_ONLY = sa.bindparam("only", type_=sa.Integer)

_TOLD = ("booking.moved", "booking.address_changed")


_MOMENTS = (
    "starts_at",
    "ends_at",
    "held_until",
    "booked_at",
    "assured_at",
    "looked_at",
    "no_answer_at",
)


def _as_stored(column: Any) -> sa.ColumnElement[Any]:
    """A moment as the database hands it out: most rows are known and need not be read again."""
    return sa.type_coerce(column, sa.types.NullType())


def _moment(stored: Any) -> datetime | None:
    """What such a moment is; SQLite keeps them as text."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return UtcDateTime().process_result_value(found, db.engine.dialect)


def _found() -> sa.Select[Any]:
    """The visits of some days with their clients, and what of them may need a look."""
    changed = sa.select(sa.func.max(_entry.c.at)).where(
        _entry.c.booking_id == _booking.c.id,
        _entry.c.staff_id.is_(None),
        _entry.c.event.in_([sa.literal_column(f"'{event}'") for event in _TOLD]),
    )
    failed = sa.select(_message.c.booking_id).where(
        _message.c.location_id == sa.bindparam("place"),
        _message.c.booking_id.is_not(None),
        IS_FAILED,
    )
    names = (
        "id",
        "reference",
        "status",
        "practitioner_id",
        "room_id",
        "client_id",
        "contact_name",
        "contact_email",
        "contact_phone",
        "other_name",
        "treatment_name",
        "price_minor",
        "is_first_visit",
        "is_late",
        "cancelled_by",
        "note",
    )
    moment = _booking.c.starts_at.type
    return (
        sa.select(
            *(_booking.c[name] for name in names),
            *(_as_stored(_booking.c[name]).label(name) for name in _MOMENTS),
            sa.cast(_booking.c.steps, sa.Text).label("steps"),
            _client.c.name,
            _client.c.email,
            _client.c.phone,
            _client.c.may_be_same_as_id,
            _treatment.c.turnover_minutes,
            _treatment.c.turnover_needs_practitioner,
            _as_stored(changed.scalar_subquery()).label("changed_at"),
            _booking.c.id.in_(failed).label("is_message_failed"),
        )
        .join(_treatment, _treatment.c.id == _booking.c.treatment_id)
        .outerjoin(_client, _client.c.id == _booking.c.client_id)
        .where(
            _booking.c.location_id == sa.bindparam("place"),
            _booking.c.starts_at >= sa.bindparam("first_at", type_=moment),
            _booking.c.starts_at < sa.bindparam("last_at", type_=moment),
            _booking.c.status != BookingStatus.LAPSED,
            sa.or_(_booking.c.status != BookingStatus.HELD, _booking.c.held_until > _NOW),
            sa.or_(
                _ONLY == EVERYONE,
                _booking.c.practitioner_id == _ONLY,
            ),
        )
        .order_by(_booking.c.starts_at, _booking.c.id)
    )


_VISITS = _found()
_NAMES = _VISITS.selected_columns.keys()
_STATUS = {status.value: status for status in BookingStatus}


def visits_between(
    place: Place, first_on: date, last_on: date, now: datetime, only: int | None
) -> list[Visit]:
    """The visits that begin in those days, soonest first; holds only while they last."""
    rows = db.session.connection().execute(
        _VISITS,
        {
            "place": place.id,
            "first_at": moment_of(day_span(first_on, place.zone).start),
            "last_at": moment_of(day_span(last_on, place.zone).end),
            "now": now,
            "only": EVERYONE if only is None else only,
        },
    )
    # Plain tuples: they are compared quicker than rows are.
    return [_visit(tuple(row)) for row in rows]


@lru_cache(maxsize=512)
def _shape(steps: str, turnover_minutes: int, turnover_needs_practitioner: bool) -> Shape:
    """Kept, because a day has a hundred visits of a handful of treatments."""
    made = [Step(*step) for step in json.loads(steps)]
    session = Session(tuple(made), turnover_minutes, turnover_needs_practitioner)
    ends = list(accumulate(step.minutes for step in made))
    return Shape(
        tuple(
            Part(step.kind, end - step.minutes, end, step.needs_practitioner)
            for step, end in zip(made, ends, strict=True)
        ),
        session.practitioner_taken_runs,
        session.room_ticks,
        timedelta(minutes=turnover_minutes),
    )


@lru_cache(maxsize=2048)
def _visit(values: tuple[Any, ...]) -> Visit:
    """The same values give the same visit."""
    row = SimpleNamespace(**dict(zip(_NAMES, values, strict=True)))
    status = _STATUS[row.status]
    at: dict[str, Any] = {name: _moment(getattr(row, name)) for name in (*_MOMENTS, "changed_at")}
    return Visit(
        id=row.id,
        reference=row.reference,
        status=status,
        starts_at=at["starts_at"],
        ends_at=at["ends_at"],
        shape=_shape(row.steps, row.turnover_minutes, bool(row.turnover_needs_practitioner)),
        practitioner_id=row.practitioner_id,
        room_id=row.room_id,
        client_id=row.client_id,
        client=row.other_name or row.name or row.contact_name,
        treatment=row.treatment_name,
        price_minor=row.price_minor,
        is_first_visit=row.is_first_visit,
        is_late=row.is_late,
        held_until=at["held_until"] if status == BookingStatus.HELD else None,
        assured_at=at["assured_at"],
        cancelled_by=row.cancelled_by or "",
        looks=looks(_asking(row, status, at)),
    )


def _asking(row: Any, status: BookingStatus, at: dict[str, Any]) -> Asking:
    given = (row.contact_email, row.contact_phone)
    told = [each for each in (at["booked_at"], at["changed_at"]) if each]
    return Asking(
        status=status,
        told_at=max(told, default=None),
        looked_at=at["looked_at"],
        has_note=bool(row.note),
        given=given,
        recorded=(row.email, row.phone)
        if row.client_id
        else (row.contact_email, row.contact_phone),
        may_be_same=row.may_be_same_as_id is not None,
        is_late=row.is_late,
        is_message_failed=bool(row.is_message_failed),
        no_answer_at=at["no_answer_at"],
        assured_at=at["assured_at"],
    )
