"""Reads the messages that the desk shows: of a booking, of a client, and those in trouble."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from spa.database import db
from spa.messages.queries import OWED_SINCE
from spa.models import Booking, Message
from spa.models.message import IS_WAITING

MOST = 60
PAGE = 50
LATE_AFTER = timedelta(minutes=15)
"""A message that waits this long past its time is late: somebody should look at the worker."""

IS_FAILED = sa.text("message.status = 'failed'")


@dataclass(frozen=True, slots=True)
class Line:
    """One message with the visit it is about."""

    id: int
    kind: str
    channel: str
    event: str
    parts: tuple[str, ...]
    recipient: str
    status: str
    created_at: datetime
    planned_for: datetime
    due_at: datetime
    sent_at: datetime | None
    tries: int
    interruptions: int
    last_error: str
    text: str
    location_id: int
    staff_id: int | None
    reference: str | None
    client: str
    starts_at: datetime | None
    ends_at: datetime | None
    booking_status: str | None


def of_booking(booking_id: int) -> list[Line]:
    """What is to come about a booking, soonest first, then what was, newest first."""
    return _in_order(_newest(_found().where(Message.booking_id == booking_id)))


def of_client(client_id: int, only: int | None) -> list[Line]:
    """The same of all visits of a client; what was taken back is left out."""
    query = _found().where(Booking.client_id == client_id, Message.status != "withdrawn")
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    return _in_order(_newest(query))


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many messages of a place need a person, and how many should have gone by now."""

    failed: int
    late: int


NO_TROUBLE = Trouble(0, 0)


def trouble(location_id: int, now: datetime) -> Trouble:
    """What is wrong with the messages of a place."""
    counted = sa.select(sa.func.count(Message.id)).where(Message.location_id == location_id)
    return Trouble(
        failed=db.session.scalar(counted.where(IS_FAILED)) or 0,
        late=db.session.scalar(counted.where(*_late(now))) or 0,
    )


def failed(location_id: int, only: int | None, before: int | None, kind: str = "") -> list[Line]:
    """A page of what could not be delivered, newest first; `before` is where the last page ended.

    `kind` leaves the others out. One more than a page means that there is another.
    """
    query = _found().where(Message.location_id == location_id, IS_FAILED)
    if kind:
        query = query.where(Message.kind == kind)
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    if before is not None:
        query = query.where(Message.id < before)
    return _rows(query.order_by(Message.id.desc()).limit(PAGE + 1))


def late(location_id: int, only: int | None, now: datetime) -> list[Line]:
    """What should have gone by now and still waits, oldest first; one more than a page at most."""
    query = _found().where(Message.location_id == location_id, *_late(now))
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    return _rows(query.order_by(Message.planned_for).limit(PAGE + 1))


def _late(now: datetime) -> tuple[Any, ...]:
    """Waiting long past its time; what was put off for the morning is not."""
    since = now - LATE_AFTER
    return (IS_WAITING, Message.planned_for <= since, OWED_SINCE <= since)


def _found() -> sa.Select[Any]:
    columns: list[Any] = [
        Message,
        Booking.reference,
        Booking.other_name,
        Booking.contact_name,
        Booking.starts_at,
        Booking.ends_at,
        Booking.status.label("booking_status"),
    ]
    query = sa.select(*columns).outerjoin(Booking, Booking.id == Message.booking_id)
    return query.execution_options(populate_existing=True)


def _newest(query: sa.Select[Any]) -> list[Line]:
    return _rows(query.order_by(Message.planned_for.desc()).limit(MOST))


def _rows(query: sa.Select[Any]) -> list[Line]:
    return [_line(row) for row in db.session.execute(query)]


def _line(row: Any) -> Line:
    message: Message = row.Message
    return Line(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        event=message.event,
        parts=tuple(message.parts),
        recipient=message.recipient,
        status=message.status,
        created_at=message.created_at,
        planned_for=message.planned_for,
        due_at=message.due_at,
        sent_at=message.sent_at,
        tries=message.tries,
        interruptions=message.interruptions,
        last_error=message.last_error,
        text=message.sent_text,
        location_id=message.location_id,
        staff_id=message.staff_id,
        reference=row.reference,
        client=row.other_name or row.contact_name or "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        booking_status=row.booking_status,
    )


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """To come, soonest first; then the rest, newest first."""
    lines = list(lines)
    coming = sorted((one for one in lines if one.status == "waiting"), key=lambda one: one.due_at)
    rest = [one for one in lines if one.status != "waiting"]
    return coming + sorted(rest, key=lambda one: (one.sent_at or one.due_at, one.id), reverse=True)
