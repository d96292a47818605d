"""Whose record a booking belongs to: matched only when email and name agree."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.clients import words
from spa.models import Booking, Client


@dataclass(frozen=True)
class Person:
    """Who comes, as the form names them; the address is the one everything is sent to."""

    name: str
    email: str
    phone: str
    language: str


def find_or_make(session: Session, person: Person, now: datetime) -> int:
    """The record of this person; nothing that was typed changes one that exists.

    A new one that shares its email or phone with another is marked for staff to look at.
    """
    similar = _similar(session, person)
    for one in similar:
        if person.email and one.email == person.email and _same(one.name, person.name):
            return _goes_on(session, one)
    return _made(session, person, now, similar)


def known(session: Session, person: Person) -> int | None:
    """The record that staff mean who type this name with this email or phone, if there is one.

    At the desk a phone is enough: they have the person before them or on the line.
    """
    for one in _similar(session, person):
        if _same(one.name, person.name):
            return _goes_on(session, one)
    return None


def make(session: Session, person: Person, now: datetime) -> int:
    """A new record; one that shares its email or phone with another is marked for a look."""
    return _made(session, person, now, _similar(session, person))


def _similar(session: Session, person: Person) -> Sequence[Any]:
    """The records with the same email or phone, oldest first; what is not given is nobody's.

    One that was merged is among them as it was: who gives its details means the one that goes on.
    """
    shared = [
        column == given
        for column, given in ((Client.email, person.email), (Client.phone, person.phone))
        if given
    ]
    if not shared:
        return []
    columns = (Client.id, Client.name, Client.email, Client.phone, Client.merged_into_id)
    # Held a little: who merges one of them waits until the booking is written, and finds it.
    query = (
        sa.select(*columns).where(sa.or_(*shared)).order_by(Client.id).with_for_update(read=True)
    )
    return session.execute(query).all()


def _goes_on(session: Session, one: Any) -> int:
    """The number of a record that was found, or of the one that it was merged into."""
    return current(session, one.merged_into_id).id if one.merged_into_id else int(one.id)


def current(session: Session, client_id: int) -> Client:
    """The record of that number, or the one that goes on for it; held a little, as above."""
    wanted: int | None = client_id
    while wanted is not None:
        found = session.scalars(
            sa.select(Client)
            .where(Client.id == wanted)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        ).one()
        wanted = found.merged_into_id
    return found


def _made(session: Session, person: Person, now: datetime, similar: Sequence[Any]) -> int:
    client = Client(
        name=person.name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        created_at=now,
        may_be_same_as_id=_goes_on(session, similar[0]) if similar else None,
    )
    session.add(client)
    session.flush()
    words.index(session, client.id, client.name, client.email, client.phone)
    return client.id


def books_by_phone(session: Session, client_id: int) -> bool:
    """Whether this client books by phone only."""
    return bool(session.scalar(sa.select(Client.books_by_phone).where(Client.id == client_id)))


def correct_email(session: Session, booking: Booking, now: datetime) -> None:
    """After a mistyped address: mend the record this booking made, or find the right one."""
    visits = sa.select(sa.func.count()).where(Booking.client_id == booking.client_id)
    is_only_visit = session.scalar(visits) == 1
    client = session.get(Client, booking.client_id) if booking.client_id else None
    if client and is_only_visit and client.created_at == booking.booked_at:
        client.email = booking.contact_email
        words.index(session, client.id, client.name, client.email, client.phone)
        return
    person = Person(
        booking.other_name or booking.contact_name,
        booking.contact_email,
        booking.contact_phone,
        booking.language,
    )
    booking.client_id = find_or_make(session, person, now)


def _same(one: str, other: str) -> bool:
    """Names agree when they differ only in capitals, spaces or how an accent is encoded."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
