"""Reads bookings for the desk: one with all about it, and lists by state, person and dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.database import db
from spa.domain.spans import day_span, moment_of
from spa.domain.states import BookingStatus
from spa.models import Booking, Capability, Client, Resource, Treatment, TreatmentWords

A_PAGE = 50
AT_ONCE = 500
"""So many lines of a sheet are read at a time: a long one needs no more memory than a short."""

SHOWN_STATES = (
    BookingStatus.BOOKED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_TREATMENT,
    BookingStatus.DONE,
    BookingStatus.NO_SHOW,
    BookingStatus.CANCELLED,
)
"""The states that a list can be asked for; holds come and go by themselves."""


@dataclass(frozen=True)
class About:
    """Whose record a booking belongs to, and what it takes."""

    client: Client | None
    practitioner: str
    practitioner_slug: str
    room: str
    device: str
    treatment_slug: str
    visits: int


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; None and empty mean all. Days are the place's, both included."""

    first_on: date
    last_on: date
    state: BookingStatus | None = None
    practitioner: str = ""
    treatment: str = ""


@dataclass(frozen=True)
class Line:
    """A booking as one line of a list."""

    reference: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus
    is_late: bool
    cancelled_by: str
    treatment: str
    price_minor: int
    currency: str
    practitioner: str
    room: str
    client_id: int | None
    client: str
    email: str
    phone: str


def booking_at(reference: str, location_id: int, only: int | None) -> Booking | None:
    """The booking with this reference at this place, if whoever asks may see it."""
    query = sa.select(Booking).where(
        Booking.reference == reference, Booking.location_id == location_id
    )
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    return db.session.scalar(query)


def about(booking: Booking) -> About:
    """The names that a booking's page needs."""
    ids = [booking.practitioner_id, booking.room_id, booking.device_id]
    rows = db.session.execute(
        sa.select(Resource.id, Resource.name, Resource.slug).where(
            Resource.id.in_([each for each in ids if each])
        )
    )
    names = {row.id: (row.name, row.slug) for row in rows}
    nothing = ("", "")
    person = names.get(booking.practitioner_id, nothing)
    return About(
        client=db.session.get(Client, booking.client_id) if booking.client_id else None,
        practitioner=person[0],
        practitioner_slug=person[1],
        room=names.get(booking.room_id, nothing)[0],
        device=names.get(booking.device_id or 0, nothing)[0],
        treatment_slug=db.session.scalar(
            sa.select(Treatment.slug).where(Treatment.id == booking.treatment_id)
        )
        or "",
        visits=_visits_before(booking),
    )


def _visits_before(booking: Booking) -> int:
    """How many visits this client has had before this one."""
    if not booking.client_id:
        return 0
    return (
        db.session.scalar(
            sa.select(sa.func.count(Booking.id)).where(
                Booking.client_id == booking.client_id,
                Booking.status == BookingStatus.DONE,
                Booking.starts_at < booking.starts_at,
            )
        )
        or 0
    )


def who_has(booking: Booking, only: int | None) -> Booking | None:
    """Whose visit lies in the hour that this one had, with the same practitioner or room.

    `only` finds a practitioner's own: of another's it is not said whose it is.
    """
    return db.session.scalar(
        sa.select(Booking)
        .where(sa.true() if only is None else Booking.practitioner_id == only)
        .where(
            Booking.id != booking.id,
            Booking.location_id == booking.location_id,
            Booking.starts_at < booking.ends_at,
            Booking.starts_at > booking.starts_at - (booking.ends_at - booking.starts_at) * 3,
            Booking.ends_at > booking.starts_at,
            Booking.status.in_(("held", "booked", "arrived", "in_treatment", "done")),
            sa.or_(
                Booking.practitioner_id == booking.practitioner_id,
                Booking.room_id == booking.room_id,
            ),
        )
        .order_by(Booking.starts_at)
        .limit(1)
    )


def _lines(asked: Asked, location_id: int, zone: ZoneInfo, only: int | None) -> sa.Select[Any]:
    """The bookings asked for, soonest first."""
    first = moment_of(day_span(asked.first_on, zone).start)
    last = moment_of(day_span(asked.last_on, zone).end)
    person, room = sa.orm.aliased(Resource), sa.orm.aliased(Resource)
    states = [asked.state] if asked.state else SHOWN_STATES
    columns: list[Any] = [
        Booking.id,
        Booking.reference,
        Booking.starts_at,
        Booking.ends_at,
        Booking.status,
        Booking.is_late,
        Booking.cancelled_by,
        Booking.treatment_name,
        Booking.price_minor,
        Booking.currency,
        Booking.client_id,
        Booking.contact_name,
        Booking.other_name,
        Booking.contact_email,
        Booking.contact_phone,
        person.name.label("practitioner"),
        room.name.label("room"),
    ]
    query = (
        sa.select(*columns)
        .join(person, person.id == Booking.practitioner_id)
        .join(room, room.id == Booking.room_id)
        .where(
            Booking.location_id == location_id,
            Booking.starts_at >= first,
            Booking.starts_at < last,
            Booking.status.in_(states),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    if asked.practitioner:
        query = query.where(person.slug == asked.practitioner)
    if asked.treatment:
        query = query.join(Treatment, Treatment.id == Booking.treatment_id)
        query = query.where(Treatment.slug == asked.treatment)
    return query


def lines(
    asked: Asked,
    location_id: int,
    zone: ZoneInfo,
    only: int | None,
    *,
    after: tuple[datetime, int] | None = None,
) -> tuple[list[Line], tuple[datetime, int] | None]:
    """A page of bookings, and where the next page begins; `after` is where this one does."""
    return _page(_lines(asked, location_id, zone, only), after, A_PAGE)


def _page(
    query: sa.Select[Any], after: tuple[datetime, int] | None, size: int
) -> tuple[list[Line], tuple[datetime, int] | None]:
    """So many of the bookings from there on, and where the next page begins."""
    if after:
        query = query.where(
            sa.or_(
                Booking.starts_at > after[0],
                sa.and_(Booking.starts_at == after[0], Booking.id > after[1]),
            )
        )
    rows = db.session.execute(query.limit(size + 1)).all()
    more = (rows[size - 1].starts_at, rows[size - 1].id) if len(rows) > size else None
    return [_line(row) for row in rows[:size]], more


def counted(
    asked: Asked, location_id: int, zone: ZoneInfo, only: int | None
) -> dict[BookingStatus, int]:
    """How many bookings of each state there are among those asked for."""
    found = _lines(asked, location_id, zone, only).order_by(None).subquery()
    query = sa.select(found.c.status, sa.func.count()).group_by(found.c.status)
    return {BookingStatus(status): count for status, count in db.session.execute(query)}


def every_line(asked: Asked, location_id: int, zone: ZoneInfo, only: int | None) -> Iterator[Line]:
    """All of them, read a page at a time as they are asked for."""
    query, after = _lines(asked, location_id, zone, only), None
    while True:
        found, after = _page(query, after, AT_ONCE)
        yield from found
        if after is None:
            return


def _line(row: Any) -> Line:
    return Line(
        reference=row.reference,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=BookingStatus(row.status),
        is_late=row.is_late,
        cancelled_by=row.cancelled_by or "",
        treatment=row.treatment_name,
        price_minor=row.price_minor,
        currency=row.currency,
        practitioner=row.practitioner,
        room=row.room,
        client_id=row.client_id,
        client=row.other_name or row.contact_name,
        email=row.contact_email,
        phone=row.contact_phone,
    )


def practitioners(location_id: int, only: int | None) -> list[tuple[str, str]]:
    """Slug and name of everyone in the rota, as far as one may see them."""
    query = (
        sa.select(Resource.slug, Resource.name)
        .where(Resource.location_id == location_id, Resource.kind == "practitioner")
        .order_by(Resource.archived_at.is_not(None), Resource.position, Resource.id)
    )
    if only is not None:
        query = query.where(Resource.id == only)
    return [(slug, name) for slug, name in db.session.execute(query)]


def treatments(location_id: int, language: str) -> list[tuple[str, str]]:
    """Slug and name of everything on the menu, also what is no longer sold."""
    query = (
        sa.select(Treatment.slug, TreatmentWords.name)
        .join(TreatmentWords, TreatmentWords.treatment_id == Treatment.id)
        .where(Treatment.location_id == location_id, TreatmentWords.language == language)
        .order_by(Treatment.archived_at.is_not(None), Treatment.position, Treatment.id)
    )
    return [(slug, name) for slug, name in db.session.execute(query)]


def able(treatment_id: int, kind: str) -> list[tuple[str, str]]:
    """Slug and name of the people or rooms that can do a treatment now."""
    query = (
        sa.select(Resource.slug, Resource.name)
        .join(Capability, Capability.resource_id == Resource.id)
        .where(
            Capability.treatment_id == treatment_id,
            Resource.kind == kind,
            Resource.archived_at.is_(None),
        )
        .order_by(Resource.position, Resource.id)
    )
    return [(slug, name) for slug, name in db.session.execute(query)]


def room_id(location_id: int, slug: str) -> int:
    """The number of a room; 0, which no room has, for one that is not there."""
    query = sa.select(Resource.id).where(
        Resource.location_id == location_id, Resource.slug == slug, Resource.kind == "room"
    )
    return db.session.scalar(query) or 0
