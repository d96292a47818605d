"""Whose record a booking belongs to: matched only when email and name agree."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
    similar = session.execute(
        sa.select(Client.id, Client.name, Client.email)
        .where(sa.or_(Client.email == person.email, Client.phone == person.phone))
        .order_by(Client.id)
    ).all()
    for client_id, name, email in similar:
        if email == person.email and _same(name, person.name):
            return int(client_id)
    client = Client(
        name=person.name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        created_at=now,
        may_be_same_as_id=similar[0].id if similar else None,
    )
    session.add(client)
    session.flush()
    return client.id


def correct_email(session: Session, booking: Booking, now: datetime) -> None:
    """After a mistyped address: mend the record this booking made, or find the right one."""
    visits = sa.select(sa.func.count()).where(Booking.client_id == booking.client_id)
    is_only_visit = session.scalar(visits) == 1
    client = session.get(Client, booking.client_id) if booking.client_id else None
    if client and is_only_visit and client.created_at == booking.booked_at:
        client.email = booking.contact_email
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
