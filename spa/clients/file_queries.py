"""Reads what a client's file holds besides visits: counts, notes, messages, consents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from spa.database import UtcDateTime, db
from spa.domain.states import BookingStatus
from spa.models import Booking, Client, ClientNote, Message, StaffMember

MOST = 50
AT_A_TIME = 500
MADE = (BookingStatus.HELD, BookingStatus.LAPSED)


@dataclass(frozen=True)
class Counts:
    """How many visits there were, how many they did not come to, and how many changed late."""

    came: int
    no_shows: int
    cancelled: int
    late: int


@dataclass(frozen=True)
class Note:
    """What somebody wrote down; `who` is empty when they have no sign-in any more."""

    id: int
    text: str
    who: str
    staff_id: int | None
    written_at: datetime


@dataclass(frozen=True)
class Consent:
    """What somebody agreed to or went through online, in which words and when."""

    what: str
    version: str
    at: datetime


@dataclass(frozen=True)
class Row:
    """A client as a line of the file that can be taken along."""

    id: int
    name: str
    email: str
    phone: str
    language: str
    books_by_phone: bool
    created_at: datetime
    visits: int


def counts(client_id: int, only: int | None) -> Counts:
    """The visits counted by what became of them."""
    query = sa.select(
        _count(Booking.status == BookingStatus.DONE),
        _count(Booking.status == BookingStatus.NO_SHOW),
        _count(Booking.status == BookingStatus.CANCELLED),
        _count(Booking.is_late),
    ).where(Booking.client_id == client_id, Booking.status.not_in(MADE))
    return Counts(*db.session.execute(_theirs(query, only)).one())


def notes(client_id: int) -> list[Note]:
    """What staff wrote about them, newest first."""
    query = (
        sa.select(ClientNote, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == ClientNote.staff_id)
        .where(ClientNote.client_id == client_id, ClientNote.removed_at.is_(None))
        .order_by(ClientNote.id.desc())
        .limit(MOST)
    )
    return [
        Note(note.id, note.text, name or "", note.staff_id, note.written_at)
        for note, name in db.session.execute(query)
    ]


def consents(client_id: int, only: int | None) -> list[Consent]:
    """The last of each kind of consent that was given with a booking."""
    found = []
    kinds = (
        ("privacy", Booking.privacy_agreed_at, Booking.privacy_version),
        ("screening", Booking.screened_at, Booking.screening_version),
        ("marketing", Booking.marketing_agreed_at, sa.literal("")),
    )
    for what, at, version in kinds:
        query = sa.select(at, version).where(Booking.client_id == client_id, at.is_not(None))
        row = db.session.execute(_theirs(query, only).order_by(at.desc()).limit(1)).first()
        if row:
            found.append(Consent(what, row[1] or "", row[0]))
    return found


def last_visit(client_id: int) -> datetime | None:
    """When their last visit was or will be."""
    return db.session.scalar(
        sa.select(sa.func.max(Booking.starts_at, type_=UtcDateTime)).where(
            Booking.client_id == client_id, Booking.status.not_in(MADE)
        )
    )


def visits_made(client_id: int) -> int:
    """How many visits there were, are to come, or were called off."""
    query = sa.select(sa.func.count(Booking.id)).where(
        Booking.client_id == client_id, Booking.status.not_in(MADE)
    )
    return db.session.scalar(query) or 0


def messages_made(client_id: int) -> int:
    """How many messages were written about their visits; what was taken back is left out."""
    query = (
        sa.select(sa.func.count(Message.id))
        .join(Booking, Booking.id == Message.booking_id)
        .where(Booking.client_id == client_id, Message.status != "withdrawn")
    )
    return db.session.scalar(query) or 0


def notes_made(client_id: int) -> int:
    """How many notes the file has."""
    query = sa.select(sa.func.count(ClientNote.id)).where(
        ClientNote.client_id == client_id, ClientNote.removed_at.is_(None)
    )
    return db.session.scalar(query) or 0


def _count(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _theirs(query: Any, only: int | None) -> Any:
    """Of what practitioner `only` may see."""
    return query if only is None else query.where(Booking.practitioner_id == only)


def every_client() -> Iterator[Row]:
    """Everyone that was not merged, by number, so many at a time."""
    last = 0
    visits = sa.select(sa.func.count(Booking.id)).where(
        Booking.client_id == Client.id, Booking.status == BookingStatus.DONE
    )
    while True:
        query = (
            sa.select(
                Client.id,
                Client.name,
                Client.email,
                Client.phone,
                Client.language,
                Client.books_by_phone,
                Client.created_at,
                visits.scalar_subquery(),
            )
            .where(Client.id > last, Client.merged_into_id.is_(None))
            .order_by(Client.id)
            .limit(AT_A_TIME)
        )
        rows = [Row(*row) for row in db.session.execute(query)]
        yield from rows
        if len(rows) < AT_A_TIME:
            return
        last = rows[-1].id


def how_many() -> int:
    """How many clients a file of them has."""
    query = sa.select(sa.func.count(Client.id)).where(Client.merged_into_id.is_(None))
    return db.session.scalar(query) or 0
