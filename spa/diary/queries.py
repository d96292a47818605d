"""Reads the follow-ups of clients, without what they said of their skin, and the opening hours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from spa.database import db
from spa.domain.hours import Pattern, open_spans
from spa.domain.spans import Span
from spa.models import Booking, Closure, FollowUp, OpeningHours, Resource, StaffMember

MOST = 200
MOST_CLOSED = 20


@dataclass(frozen=True)
class Line:
    """A follow-up as everyone of the desk may see it: whose, since when, and how pressing."""

    id: int
    reference: str
    starts_at: datetime
    treatment: str
    client_id: int | None
    client: str
    phone: str
    who: str
    practitioner_id: int
    opened_at: datetime
    is_urgent: bool
    wants_call: bool
    is_read: bool
    closed_at: datetime | None
    closed_by: str


def open_ones(location_id: int, only: int | None) -> list[Line]:
    """What nobody has closed yet at this place: the urgent first, then the oldest."""
    query = (
        _lines(only)
        .where(FollowUp.location_id == location_id, FollowUp.closed_at.is_(None))
        .order_by(FollowUp.is_urgent.desc(), FollowUp.opened_at, FollowUp.id)
        .limit(MOST)
    )
    return [_line(row) for row in db.session.execute(query)]


def closed_ones(location_id: int, only: int | None) -> list[Line]:
    """What was closed last, the newest first."""
    query = (
        _lines(only)
        .where(FollowUp.location_id == location_id, FollowUp.closed_at.is_not(None))
        .order_by(FollowUp.id.desc())
        .limit(MOST_CLOSED)
    )
    return [_line(row) for row in db.session.execute(query)]


def of_client(client_id: int, location_id: int, only: int | None) -> list[Line]:
    """All of one client's at this place, the newest first."""
    query = (
        _lines(only)
        .where(FollowUp.client_id == client_id, FollowUp.location_id == location_id)
        .order_by(FollowUp.id.desc())
    )
    return [_line(row) for row in db.session.execute(query.limit(MOST))]


def one(follow_up_id: int, location_id: int, only: int | None) -> Line | None:
    """One of this place that whoever asks may see."""
    query = _lines(only).where(FollowUp.id == follow_up_id, FollowUp.location_id == location_id)
    row = db.session.execute(query).first()
    return _line(row) if row else None


@dataclass(frozen=True)
class Told:
    """What the client themselves sees of the last thing they told of a visit."""

    opened_at: datetime
    is_urgent: bool
    wants_call: bool
    is_closed: bool


def told(booking_id: int) -> Told | None:
    """The last follow-up of a visit."""
    row = db.session.execute(
        sa.select(FollowUp.opened_at, FollowUp.is_urgent, FollowUp.wants_call, FollowUp.closed_at)
        .where(FollowUp.booking_id == booking_id)
        .order_by(FollowUp.id.desc())
        .limit(1)
    ).first()
    return row and Told(row.opened_at, row.is_urgent, row.wants_call, row.closed_at is not None)


def opening(location_id: int, first_on: date, last_on: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """When the place is open on these days."""
    hours = db.session.execute(
        sa.select(
            OpeningHours.from_minute,
            OpeningHours.to_minute,
            OpeningHours.weekday,
            OpeningHours.on_date,
        ).where(OpeningHours.location_id == location_id)
    )
    closures = db.session.execute(
        sa.select(Closure.first_on, Closure.last_on).where(
            Closure.location_id == location_id,
            Closure.first_on <= last_on,
            Closure.last_on >= first_on,
        )
    )
    patterns = [Pattern(*row) for row in hours]
    return open_spans(patterns, [(row[0], row[1]) for row in closures], first_on, last_on, zone)


_COLUMNS: tuple[Any, ...] = (
    FollowUp.id,
    FollowUp.client_id,
    FollowUp.practitioner_id,
    FollowUp.opened_at,
    FollowUp.is_urgent,
    FollowUp.wants_call,
    FollowUp.read_at,
    FollowUp.closed_at,
    Booking.reference,
    Booking.starts_at,
    Booking.treatment_name,
    Booking.contact_name,
    Booking.other_name,
    Booking.contact_phone,
    Resource.name.label("who"),
    StaffMember.name.label("closed_by"),
)


def _lines(only: int | None) -> sa.Select[Any]:
    query = (
        sa.select(*_COLUMNS)
        .join(Booking, Booking.id == FollowUp.booking_id)
        .join(Resource, Resource.id == FollowUp.practitioner_id)
        .outerjoin(StaffMember, StaffMember.id == FollowUp.closed_by_id)
    )
    return query if only is None else query.where(is_for(only))


def is_for(practitioner_id: int) -> sa.ColumnElement[bool]:
    """Whether this practitioner is to look: at their own, and at those of who never signs in."""
    member = aliased(StaffMember)
    signs_in = sa.exists().where(
        member.resource_id == FollowUp.practitioner_id, member.suspended_at.is_(None)
    )
    return sa.or_(FollowUp.practitioner_id == practitioner_id, sa.not_(signs_in))


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        reference=row.reference,
        starts_at=row.starts_at,
        treatment=row.treatment_name,
        client_id=row.client_id,
        client=row.other_name or row.contact_name,
        phone=row.contact_phone,
        who=row.who,
        practitioner_id=row.practitioner_id,
        opened_at=row.opened_at,
        is_urgent=row.is_urgent,
        wants_call=row.wants_call,
        is_read=row.read_at is not None,
        closed_at=row.closed_at,
        closed_by=row.closed_by or "",
    )
