"""What changes the records of clients: make one, put one right."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import matching
from spa.booking.matching import Person
from spa.clients import queries, words
from spa.clients.fields import FIELDS
from spa.database import one_at_a_time, transaction
from spa.domain.roles import Actor
from spa.domain.states import BookingStatus
from spa.errors import ChangedMeanwhile
from spa.messages import outbox, planning
from spa.models import AuditEntry, Booking, Client

REACHED_BY = {"email", "phone", "channel", "no_texts"}
"""What decides where notes go."""

A_MOMENT = timedelta(minutes=10)
"""Who sends the same form again this soon has pressed twice."""


def make_client(person: Person, *, actor: Actor, location_id: int) -> int:
    """Make a record for somebody new; marked for a look when it may be somebody's second.

    Sent twice within a moment it is made once.
    """
    now = clock.now()
    with transaction() as session:
        one_at_a_time(session, "clients")
        if made := _just_made(session, person, actor, now):
            return made
        client_id = matching.make(session, person, now)
        record(
            session,
            "client.made",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            client_id=client_id,
        )
    return client_id


def _just_made(session: Session, person: Person, actor: Actor, now: datetime) -> int | None:
    """The record that this member of staff made a moment ago for exactly this person."""
    entry = sa.exists().where(
        AuditEntry.client_id == Client.id,
        AuditEntry.event == "client.made",
        AuditEntry.staff_id == actor.id,
        AuditEntry.at > now - A_MOMENT,
    )
    same = sa.select(Client.id).where(
        Client.name == person.name,
        Client.email == person.email,
        Client.phone == person.phone,
        Client.created_at > now - A_MOMENT,
        entry,
    )
    return session.scalar(same.order_by(Client.id).limit(1))


def correct_client(
    client_id: int,
    told: Mapping[str, str | bool],
    *,
    seen: int,
    for_visits: bool = False,
    actor: Actor,
    location_id: int,
) -> list[str]:
    """Put a record right; gives the names of what changed, and writes nothing when nothing did.

    `told` are those of its FIELDS that somebody meant to change. With `for_visits` a new email is
    also that of the visits to come that had the old one or none. Raises ChangedMeanwhile when one
    of them was changed by another after `seen`, the last entry the page knew of, or the record was
    merged.
    """
    now = clock.now()
    with transaction() as session:
        visits = _held_visits(session, client_id, now) if for_visits else []
        client = session.scalars(
            sa.select(Client).where(Client.id == client_id).with_for_update(key_share=True)
        ).one()
        if client.merged_into_id:
            raise ChangedMeanwhile
        changed = [
            field for field in FIELDS if field in told and told[field] != getattr(client, field)
        ]
        if not changed:
            return []
        if set(changed) & queries.fields_changed_since(client_id, seen):
            raise ChangedMeanwhile
        old = client.email
        for field in changed:
            setattr(client, field, told[field])
        if "email" in changed and client.email:
            for booking in visits:
                if booking.contact_email in {old, ""}:
                    _write_to_new_address(session, booking, client, actor, now)
        if REACHED_BY & set(changed):
            session.flush()
            planning.plan_again(session, Booking.client_id == client_id, now)
        words.index(session, client.id, client.name, client.email, client.phone)
        record(
            session,
            "client.corrected",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            client_id=client_id,
            fields=changed,
        )
    return changed


def _held_visits(session: Session, client_id: int, now: datetime) -> Sequence[Booking]:
    """The visits to come, held before the record is, in the order of all who hold both."""
    query = (
        sa.select(Booking)
        .where(
            Booking.client_id == client_id,
            Booking.starts_at > now,
            Booking.status == BookingStatus.BOOKED,
        )
        .order_by(Booking.id)
        .with_for_update(key_share=True)
    )
    return session.scalars(query).all()


def _write_to_new_address(
    session: Session, booking: Booking, client: Client, actor: Actor, now: datetime
) -> None:
    """A visit to come is written about to the new address; links sent to the old one stop."""
    booking.contact_email = client.email
    booking.link_version += 1
    outbox.withdraw(session, booking.id, now)
    outbox.tell(session, "booking_confirmed", booking, at=now)
    planning.plan(session, booking, now)
    record(
        session,
        "booking.address_changed",
        at=now,
        staff_id=actor.id,
        location_id=booking.location_id,
        booking_id=booking.id,
        client_id=client.id,
    )


def note_export(location_id: int, *, actor: Actor, count: int) -> None:
    """Note that somebody took the list of clients away."""
    with transaction() as session:
        about = {"staff_id": actor.id, "location_id": location_id}
        record(session, "clients.exported", at=clock.now(), count=count, **about)
