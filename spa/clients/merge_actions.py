"""Making one record of two of the same client, in one transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import taking
from spa.clients import queries, words
from spa.clients.fields import FIELDS
from spa.database import one_at_a_time, transaction
from spa.domain.roles import Actor
from spa.errors import ChangedMeanwhile, NotAllowed
from spa.messages import planning
from spa.models import Booking, Client, ClientNote, ClientWord, FollowUp


def merge_clients(
    kept_id: int,
    other_id: int,
    taken: Collection[str],
    *,
    seen: int,
    actor: Actor,
    location_id: int,
) -> Client:
    """Give the kept record all that the other has, and of its FIELDS those that are `taken`.

    The other stays as it was, points to the one that goes on, and is found no more. A second press
    changes nothing. Raises ChangedMeanwhile when either was changed after the entry `seen`, or was
    merged elsewhere; NotAllowed for a record and itself.
    """
    now = clock.now()
    with transaction() as session:
        one_at_a_time(session, "clients")
        _hold_visits(session, other_id)
        kept, other = _locked(session, kept_id, other_id)
        if other.merged_into_id == kept.id:
            return kept
        if kept.merged_into_id or other.merged_into_id:
            raise ChangedMeanwhile
        if max(queries.newest_change(kept.id), queries.newest_change(other.id)) > seen:
            raise ChangedMeanwhile
        changed = [name for name in FIELDS if name in taken and _take(kept, other, name)]
        counted = {
            "visits": _give(session, Booking, kept, other),
            "notes": _give(session, ClientNote, kept, other),
        }
        _give(session, FollowUp, kept, other)
        _keep_wishes(kept, other)
        _close(session, kept, other, now)
        session.flush()
        planning.plan_again(session, Booking.client_id == kept.id, now)
        about: dict[str, Any] = {"at": now, "staff_id": actor.id, "location_id": location_id}
        numbers: dict[str, Any] = {"other": other.id, **counted}
        record(session, "client.merged", client_id=kept.id, fields=changed, **numbers, **about)
        record(session, "client.merged_into", client_id=other.id, other=kept.id, **about)
    return kept


def _hold_visits(session: Session, client_id: int) -> None:
    """Whoever changes a visit of theirs is waited for: first the place, then the visit."""
    taking.lock(session, sa.select(Booking.location_id).where(Booking.client_id == client_id))
    session.scalars(
        sa.select(Booking.id)
        .where(Booking.client_id == client_id)
        .order_by(Booking.id)
        .with_for_update(key_share=True)
    ).all()


def _locked(session: Session, kept_id: int, other_id: int) -> tuple[Client, Client]:
    """Both records; whoever books for one of them meanwhile holds its row, and is waited for."""
    if kept_id == other_id:
        raise NotAllowed
    rows = session.scalars(
        sa.select(Client)
        .where(Client.id.in_((kept_id, other_id)))
        .order_by(Client.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {client.id: client for client in rows}
    if len(found) < 2:
        raise ChangedMeanwhile
    return found[kept_id], found[other_id]


def _take(kept: Client, other: Client, name: str) -> bool:
    """Take one detail of the other's; says whether that changes anything."""
    value = getattr(other, name)
    if value == getattr(kept, name):
        return False
    setattr(kept, name, value)
    return True


def _give(session: Session, table: Any, kept: Client, other: Client) -> int:
    """Let what was the other's be the kept one's; how many rows that were."""
    moved = session.execute(
        sa.update(table).where(table.client_id == other.id).values(client_id=kept.id)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _keep_wishes(kept: Client, other: Client) -> None:
    """A no that either record has stays a no."""
    kept.no_texts = kept.no_texts or other.no_texts
    kept.declined_notes = sorted({*kept.declined_notes, *other.declined_notes})
    stopped = [one.news_stopped_at for one in (kept, other) if one.news_stopped_at]
    kept.news_stopped_at = max(stopped, default=None)


def _close(session: Session, kept: Client, other: Client, now: datetime) -> None:
    """The other goes on as the kept one, also for those that were merged into it before."""
    session.execute(
        sa.update(Client).where(Client.merged_into_id == other.id).values(merged_into_id=kept.id)
    )
    session.execute(
        sa.update(Client)
        .where(Client.may_be_same_as_id == other.id, Client.id != kept.id)
        .values(may_be_same_as_id=kept.id)
    )
    if kept.may_be_same_as_id == other.id:
        kept.may_be_same_as_id = None
    if kept.may_be_same_as_id is None and other.may_be_same_as_id != kept.id:
        kept.may_be_same_as_id = other.may_be_same_as_id
    other.merged_into_id, other.merged_at = kept.id, now
    session.execute(sa.delete(ClientWord).where(ClientWord.client_id == other.id))
    words.index(session, kept.id, kept.name, kept.email, kept.phone)
