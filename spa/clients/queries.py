"""Reads clients: who is meant by what was typed, one with their visits, and what is usual."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.audit.queries import Entry, entries_of
from spa.database import UtcDateTime, db
from spa.domain import habits
from spa.domain.finding import beginnings
from spa.domain.habits import Habit, Visited
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus
from spa.models import (
    AuditEntry,
    Booking,
    Client,
    ClientWord,
    Location,
    Resource,
    Treatment,
    TreatmentWords,
)
from spa.models.booking import IS_HELD

__all__ = ["Client", "client", "find", "similar", "usual", "visits"]

SHOWN = 8
LOOKED_AT, LOOKED_AT_CLOSELY = 32, 16
"""So many records are looked at to put the best of them first: a common name has thousands.

Fewer when several words were typed: each takes longer, and is more likely the right one."""

MOST_VISITS = MOST_ENTRIES = 200
END = "\U0010ffff"
NO_VISIT = ("held", "lapsed")
CAME = ("booked", "arrived", "in_treatment", "done")

_client, _word, _booking = Client.__table__, ClientWord.__table__, Booking.__table__
_location = Location.__table__


class VisitPlace(NamedTuple):
    """Where a visit is, and whose clock its times go by."""

    id: int
    name: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Found:
    """Somebody who may be meant, with what tells them from others of the same name."""

    id: int
    name: str
    email: str
    phone: str
    books_by_phone: bool
    last_at: datetime | None
    last_treatment: str
    next_at: datetime | None
    last_place: VisitPlace | None = None
    next_place: VisitPlace | None = None


@dataclass(frozen=True)
class ClientVisit:
    """One visit of a client, at whichever place of the chain it was."""

    reference: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus
    is_late: bool
    treatment: str
    practitioner: str
    price_minor: int
    currency: str
    place: VisitPlace
    held_until: datetime | None = None


def find(asked: str, only: int | None, now: datetime, limit: int = SHOWN) -> list[Found]:
    """Who may be meant by part of a name, phone or email: at most so many, the likeliest first.

    Every word typed must be found. `only` leaves those who have a booking with that practitioner.
    """
    # The longest first: it is begun from, and fewest records have it.
    parts = sorted(beginnings(asked), key=len, reverse=True)[:6]
    address = asked.strip().lower() if "@" in asked else ""
    if not parts and not address:
        return []
    bound: dict[str, Any] = {"now": now, "limit": limit}
    for n, part in enumerate(parts):
        bound |= {f"from_{n}": part, f"to_{n}": part + END}
    first = (beginnings(asked) or ("",))[0]
    bound |= {"name": f"{first}%", "surname": f"% {first}%"}
    if only is not None:
        bound["only"] = only
    if address:
        bound |= {"address": address, "part_of_address": f"%{_escaped(address)}%"}
    statement = _finding(len(parts), bool(address), only is not None)
    rows = db.session.connection().execute(statement, bound)
    return [
        Found(
            *(id_, name, email, phone, by_phone),
            *(last_at, treatment or "", next_at),
            *(_place(*places[:3]), _place(*places[3:])),
        )
        for id_, name, email, phone, by_phone, last_at, treatment, next_at, *places in rows
    ]


@lru_cache(maxsize=32)
def _finding(count: int, has_address: bool, is_only: bool) -> sa.Select[Any]:
    """The one query that finds clients by so many beginnings; kept, for it takes long to put up."""
    if count:
        wanted = _near(count, is_only, has_address)
    else:
        wanted = sa.select(_client.c.id).where(
            _client.c.email == sa.bindparam("address"), _client.c.merged_into_id.is_(None)
        )
    name = sa.func.lower(_client.c.name)
    rank = sa.case(
        (name.like(sa.bindparam("name")), 0), (name.like(sa.bindparam("surname")), 1), else_=2
    )
    chosen = (
        sa.select(
            _client.c.id,
            _client.c.name,
            _client.c.email,
            _client.c.phone,
            _client.c.books_by_phone,
            rank.label("rank"),
        )
        .where(_client.c.id.in_(wanted))
        .order_by(rank, _client.c.name, _client.c.id)
        .limit(sa.bindparam("limit"))
    )
    if is_only and not count:
        chosen = chosen.where(_is_theirs(_client.c.id))
    one = chosen.subquery("one")
    last, coming = _booking.alias("last"), _booking.alias("coming")
    was, will_be = _location.alias("was"), _location.alias("will_be")
    return (
        sa.select(
            one.c.id,
            one.c.name,
            one.c.email,
            one.c.phone,
            one.c.books_by_phone,
            last.c.starts_at,
            last.c.treatment_name,
            coming.c.starts_at,
            *(where.c[name] for where in (was, will_be) for name in ("id", "name", "zone")),
        )
        .select_from(one)
        .outerjoin(last, last.c.id == _nearest_visit(one.c.id, is_past=True, is_only=is_only))
        .outerjoin(coming, coming.c.id == _nearest_visit(one.c.id, is_past=False, is_only=is_only))
        .outerjoin(was, was.c.id == last.c.location_id)
        .outerjoin(will_be, will_be.c.id == coming.c.location_id)
        .order_by(one.c.rank, one.c.name, one.c.id)
    )


def _place(place_id: int | None, name: str | None, zone: str | None) -> VisitPlace | None:
    return VisitPlace(place_id, name or "", ZoneInfo(zone or "UTC")) if place_id else None


def _near(count: int, is_only: bool, has_address: bool) -> sa.Select[Any]:
    """The records that have all the beginnings, as many as are looked at, shortest words first.

    What else must be true is asked record by record, so that it ends as soon as these are found.
    """
    word = _word.alias("word_0")
    near = sa.select(word.c.client_id).where(_begins(word, 0))
    for n in range(1, count):
        other = _word.alias(f"word_{n}")
        has_it: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
            other.c.client_id == word.c.client_id, _begins(other, n)
        )
        near = near.where(has_it.limit(1).scalar_subquery() == 1)
    if is_only:
        near = near.where(_is_theirs(word.c.client_id))
    if has_address:
        whose = _client.alias("whose")
        near = near.join(whose, whose.c.id == word.c.client_id).where(
            whose.c.email.like(sa.bindparam("part_of_address"), escape="\\")
        )
    near = near.order_by(word.c.word, word.c.client_id).limit(
        LOOKED_AT if count == 1 else LOOKED_AT_CLOSELY
    )
    return sa.select(near.subquery("near").c.client_id)


def _is_theirs(client_id: Any) -> sa.ColumnElement[bool]:
    """Whether this client has a booking with the practitioner that is all one may see."""
    visit = _booking.alias("visit")
    found: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        visit.c.client_id == client_id,
        # The sum keeps SQLite from going through all that this practitioner ever did.
        visit.c.practitioner_id + 0 == sa.bindparam("only"),
        visit.c.status.not_in(NO_VISIT),
    )
    return found.limit(1).scalar_subquery() == 1


def _begins(word: Any, n: int) -> sa.ColumnElement[bool]:
    return sa.and_(word.c.word >= sa.bindparam(f"from_{n}"), word.c.word < sa.bindparam(f"to_{n}"))


def _nearest_visit(client_id: Any, *, is_past: bool, is_only: bool) -> Any:
    """The last visit before now, or the first after it."""
    visit = _booking.alias("past" if is_past else "ahead")
    now = sa.bindparam("now", type_=UtcDateTime)
    query = sa.select(visit.c.id).where(visit.c.client_id == client_id, visit.c.status.in_(CAME))
    if is_only:
        query = query.where(visit.c.practitioner_id + 0 == sa.bindparam("only"))
    if is_past:
        query = query.where(visit.c.starts_at <= now).order_by(visit.c.starts_at.desc())
    else:
        query = query.where(visit.c.starts_at > now).order_by(visit.c.starts_at)
    return query.limit(1).scalar_subquery()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def client(client_id: int, only: int | None) -> Client | None:
    """One client, if whoever asks may see them; `only` as for `find`. Nobody for one merged."""
    query = sa.select(Client).where(Client.id == client_id, Client.merged_into_id.is_(None))
    if only is not None:
        visit = sa.exists().where(
            Booking.client_id == Client.id,
            Booking.practitioner_id == only,
            Booking.status.not_in(NO_VISIT),
        )
        query = query.where(visit)
    return db.session.scalar(query)


def survivor(client_id: int) -> int | None:
    """The record that goes on for one that was merged."""
    return db.session.scalar(sa.select(Client.merged_into_id).where(Client.id == client_id))


def with_merged(client_ids: Sequence[int]) -> list[int]:
    """These records and those that became part of them."""
    query = sa.select(Client.id).where(Client.merged_into_id.in_(client_ids)).order_by(Client.id)
    return [*client_ids, *db.session.scalars(query)]


def history(client_id: int, here: int) -> list[Entry]:
    """What happened to a client and to the records that became part of theirs, newest first."""
    entries = [
        entry
        for number in with_merged([client_id])
        for entry in entries_of(client_id=number, here=here)
    ]
    return sorted(entries, key=lambda entry: -entry.id)[:MOST_ENTRIES]


def visits(
    client_id: int, only: int | None, now: datetime
) -> tuple[list[ClientVisit], list[ClientVisit]]:
    """The visits that come, soonest first, and those that were, latest first.

    An hour that is pencilled in for them is among those that come, for as long as it is kept.
    """
    is_kept = sa.and_(Booking.pencilled_after_id.is_not(None), Booking.held_until > now, IS_HELD)
    query = (
        sa.select(
            Booking.reference,
            Booking.starts_at,
            Booking.ends_at,
            Booking.status,
            Booking.is_late,
            Booking.treatment_name,
            Resource.name,
            Booking.price_minor,
            Booking.currency,
            Location.id,
            Location.name,
            Location.zone,
            Booking.held_until,
        )
        .join(Resource, Resource.id == Booking.practitioner_id)
        .join(Location, Location.id == Booking.location_id)
        .where(Booking.client_id == client_id, sa.or_(Booking.status.not_in(NO_VISIT), is_kept))
        .order_by(Booking.starts_at.desc(), Booking.id.desc())
        .limit(MOST_VISITS)
    )
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    found = [
        ClientVisit(row[0], row[1], row[2], BookingStatus(row[3]), *row[4:9], place, row[12])
        for row in db.session.execute(query)
        if (place := _place(row[9], row[10], row[11]))
    ]
    coming = [visit for visit in found if visit.starts_at > now]
    return coming[::-1], found[len(coming) :]


def similar(client_id: int, may_be_same_as_id: int | None, only: int | None) -> list[Client]:
    """Other records that may be the same person's, on either side of the mark."""
    query = sa.select(Client).where(
        sa.or_(Client.id == may_be_same_as_id, Client.may_be_same_as_id == client_id),
        Client.merged_into_id.is_(None),
    )
    if only is not None:
        query = query.where(
            sa.exists().where(Booking.client_id == Client.id, Booking.practitioner_id == only)
        )
    return list(db.session.scalars(query.order_by(Client.id).limit(SHOWN)))


def usual(client_id: int, location_id: int, zone: ZoneInfo) -> Habit | None:
    """What this client usually has here, with whom and when; of what is still offered."""
    rows = db.session.execute(
        sa.select(Booking.starts_at, Treatment.slug, Resource.slug)
        .join(Treatment, Treatment.id == Booking.treatment_id)
        .join(Resource, Resource.id == Booking.practitioner_id)
        .where(
            Booking.client_id == client_id,
            Booking.location_id == location_id,
            Booking.status.in_(CAME),
            Treatment.archived_at.is_(None),
            Resource.archived_at.is_(None),
        )
        .order_by(Booking.starts_at.desc())
        .limit(habits.MOST_VISITS)
    )
    return habits.usual(Visited(local_time(at, zone), *slugs) for at, *slugs in rows)


def languages(own: str) -> list[str]:
    """The languages that something here is written in, and a client's own."""
    found = db.session.scalars(sa.select(TreatmentWords.language).distinct())
    return sorted({own, *found})


def newest_change(client_id: int) -> int:
    """The number of the last thing that was done to the record itself, 0 when nothing was."""
    return db.session.scalar(sa.select(sa.func.max(AuditEntry.id)).where(*_about(client_id))) or 0


def changes_since(client_id: int, seen: int) -> Sequence[Entry]:
    """What was done to the record itself after an entry that is known, newest first."""
    entries = entries_of(client_id=client_id, after=seen)
    return [entry for entry in entries if entry.event.startswith("client.")]


def fields_changed_since(client_id: int, seen: int) -> set[str]:
    """What of the record was changed after an entry that is known."""
    entries = changes_since(client_id, seen)
    return {field for entry in entries for field in entry.details.get("fields", ())}


def _about(client_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return AuditEntry.client_id == client_id, AuditEntry.event.like("client.%")
