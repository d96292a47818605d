"""What changes the records of clients: make one, put one right."""

from collections.abc import Mapping

import sqlalchemy as sa

from spa import clock
from spa.audit.record import record
from spa.booking import matching
from spa.booking.matching import Person
from spa.clients import queries, words
from spa.database import transaction
from spa.domain.roles import Actor
from spa.errors import ChangedMeanwhile
from spa.models import Client

FIELDS = ("name", "email", "phone", "language", "books_by_phone")
"""What of a record staff put right."""


def make_client(person: Person, *, actor: Actor, location_id: int) -> int:
    """Make a record for somebody new; marked for a look when it may be somebody's second."""
    now = clock.now()
    with transaction() as session:
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


def correct_client(
    client_id: int,
    told: Mapping[str, str | bool],
    *,
    seen: int,
    actor: Actor,
    location_id: int,
) -> list[str]:
    """Put a record right; gives the names of what changed, and writes nothing when nothing did.

    `told` are those of its FIELDS that somebody meant to change. Raises ChangedMeanwhile when one
    of them was changed by another after `seen`, the last entry the page knew of.
    """
    now = clock.now()
    with transaction() as session:
        client = session.scalars(
            sa.select(Client).where(Client.id == client_id).with_for_update()
        ).one()
        changed = [
            field for field in FIELDS if field in told and told[field] != getattr(client, field)
        ]
        if not changed:
            return []
        if set(changed) & queries.fields_changed_since(client_id, seen):
            raise ChangedMeanwhile
        for field in changed:
            setattr(client, field, told[field])
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
