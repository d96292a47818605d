"""Searches the record of changes: by who did it, to what, of what kind, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from spa.audit.queries import Entry, names_in
from spa.audit.vocabulary import EVENTS
from spa.database import UtcDateTime, db
from spa.models import (
    AuditEntry,
    Booking,
    Client,
    Resource,
    StaffMember,
    Treatment,
    TreatmentWords,
)

PAGE = 50
CLIENT = "client"
NEAR = 500
LAST = 2**31 - 1
GROUPS: dict[str, tuple[str, ...]] = {
    "bookings": ("booking", "bookings"),
    "clients": ("client", "clients"),
    "messages": ("message", "follow_up"),
    "schedule": ("block", "closure", "hours", "shift", "shifts", "time_off", "rota"),
    "catalog": ("treatment", "menu", "team", "thing"),
    "studio": ("studio", "first_day", "feed"),
    "people": ("people", "account"),
}
"""The beginnings of the events of each kind."""

_entry = AuditEntry.__table__


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is empty is not asked.

    `who` is a member of staff's number or CLIENT; `client_ids` are those a name may mean, and ()
    when it means none. `before` is the entry where the page before ended.
    """

    who: str = ""
    group: str = ""
    booking_id: int | None = None
    client_ids: tuple[int, ...] | None = None
    resource_id: int | None = None
    treatment_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Hit:
    """One entry with what it is about."""

    entry: Entry
    is_by_client: bool
    reference: str
    visit: str
    client_id: int | None
    client: str
    thing: str


def search(location_id: int, wish: Wish) -> tuple[list[Hit], int | None]:
    """One page of entries of this place, newest first, and where the next page begins.

    Each way in follows an index in the order of the page, so that a page costs the same however
    long the record is. People's own entries, which have no place, count to the place they work at.
    """
    ids = sa.union(*(_ids(one, wish) for one in _ways_in(location_id, wish))).subquery()
    query = (
        sa.select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.event,
            AuditEntry.details,
            AuditEntry.actor,
            StaffMember.name.label("who"),
            Booking.reference,
            Booking.treatment_name,
            AuditEntry.client_id,
            Client.name.label("client"),
            Resource.name.label("resource"),
            TreatmentWords.name.label("treatment"),
        )
        .join(ids, ids.c.id == AuditEntry.id)
        .outerjoin(StaffMember, StaffMember.id == AuditEntry.staff_id)
        .outerjoin(Booking, Booking.id == AuditEntry.booking_id)
        .outerjoin(Client, Client.id == AuditEntry.client_id)
        .outerjoin(Resource, Resource.id == AuditEntry.resource_id)
        .outerjoin(
            TreatmentWords,
            sa.and_(
                TreatmentWords.treatment_id == AuditEntry.treatment_id,
                TreatmentWords.language == _first_language(),
            ),
        )
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    rows = db.session.execute(query).all()
    shown = rows[:PAGE]
    names = names_in(row.details for row in shown)
    hits = [_hit(row, names) for row in shown]
    return hits, shown[-1].id if len(rows) > PAGE else None


def staff_of(location_id: int) -> list[tuple[int, str]]:
    """Who may have done something there: number and name, also those who are gone."""
    query = (
        sa.select(StaffMember.id, StaffMember.name)
        .where(sa.or_(StaffMember.location_id == location_id, StaffMember.location_id.is_(None)))
        .order_by(StaffMember.name)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def booking_id(location_id: int, reference: str) -> int | None:
    """The booking of that reference at this place."""
    query = sa.select(Booking.id).where(
        Booking.reference == reference, Booking.location_id == location_id
    )
    return db.session.scalar(query)


def things_of(location_id: int) -> list[tuple[str, str]]:
    """What else an entry may be about: treatments ("t7"), people, rooms and devices ("r3")."""
    treatments = sa.select(Treatment.id, TreatmentWords.name).where(
        Treatment.location_id == location_id,
        TreatmentWords.treatment_id == Treatment.id,
        TreatmentWords.language == _first_language(),
    )
    resources = sa.select(Resource.id, Resource.name).where(Resource.location_id == location_id)
    found = [
        (f"t{row.id}", row.name)
        for row in db.session.execute(treatments.order_by(Treatment.position, Treatment.id))
    ]
    return found + [
        (f"r{row.id}", row.name)
        for row in db.session.execute(resources.order_by(Resource.position, Resource.id))
    ]


def events_of(group: str) -> list[str]:
    """Every event of that kind."""
    return [event for event in EVENTS if event.partition(".")[0] in GROUPS.get(group, ())]


def _first_language() -> sa.ScalarSelect[Any]:
    """Words in one language, whichever there is."""
    words = TreatmentWords.__table__.alias()
    return (
        sa.select(sa.func.min(words.c.language))
        .where(words.c.treatment_id == TreatmentWords.treatment_id)
        .correlate(TreatmentWords)
        .scalar_subquery()
    )


def _ways_in(location_id: int, wish: Wish) -> list[list[sa.ColumnElement[bool]]]:
    """The conditions of each part of the search, so that each can follow one index."""
    here = _entry.c.location_id == location_id
    works_here = sa.select(StaffMember.id).where(
        sa.or_(StaffMember.location_id == location_id, StaffMember.location_id.is_(None))
    )
    # Plus nothing, so that no database thinks of going through all that one person ever did.
    placeless = sa.and_(_entry.c.location_id.is_(None), (_entry.c.staff_id + 0).in_(works_here))
    if wish.who and wish.who != CLIENT:
        placeless = sa.and_(placeless, _entry.c.staff_id + 0 == int(wish.who))
        here = sa.and_(here, _entry.c.staff_id == int(wish.who))
    subjects = [
        getattr(_entry.c, name) == value
        for name, value in (
            ("booking_id", wish.booking_id),
            ("resource_id", wish.resource_id),
            ("treatment_id", wish.treatment_id),
        )
        if value is not None
    ]
    if wish.client_ids is not None:
        # A client belongs to the whole chain; what was done to them elsewhere is not told here.
        of_client = [[*subjects, _entry.c.client_id == one] for one in wish.client_ids]
        is_here = sa.or_(here, placeless)
        return [[*one, is_here] for one in of_client] or [[sa.false()]]
    if subjects:
        return [[*subjects, here]]
    if wish.group:
        events = events_of(wish.group)
        return [
            [where, _entry.c.event == event] for event in events for where in (here, placeless)
        ] or [[sa.false()]]
    return [[here], [placeless]]


def _ids(conditions: Sequence[sa.ColumnElement[bool]], wish: Wish) -> sa.Select[Any]:
    """The newest entries of one part, as many as a page could need."""
    query = sa.select(_entry.c.id).where(*conditions, *_besides(wish))
    if wish.group:
        query = query.where(_entry.c.event.in_(events_of(wish.group)))
    part = query.order_by(_entry.c.id.desc()).limit(PAGE + 1).subquery()
    return sa.select(part.c.id)


def _besides(wish: Wish) -> Iterable[sa.ColumnElement[bool]]:
    """Who, when, and where the page before ended."""
    if wish.who == CLIENT:
        yield _entry.c.actor == "client"
    if wish.before is not None:
        yield _entry.c.id < wish.before
    # Numbers rise with time, but for the few that were written at the same moment: a page of
    # years ago does not read all that came after it.
    moment = sa.bindparam
    if wish.since is not None:
        since = moment("since", wish.since, type_=UtcDateTime, unique=True)
        yield _entry.c.at >= since
        yield _entry.c.id >= sa.func.coalesce(_near(since), LAST)
    if wish.until is not None:
        until = moment("until", wish.until, type_=UtcDateTime, unique=True)
        yield _entry.c.at < until
        yield _entry.c.id <= sa.func.coalesce(_near(until) + 2 * NEAR, LAST)


def _near(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """A little before the first entry at or after that moment."""
    other = AuditEntry.__table__.alias()
    first = (
        sa.select(other.c.id).where(other.c.at >= moment).order_by(other.c.at, other.c.id).limit(1)
    )
    return first.scalar_subquery() - NEAR


def _hit(row: Any, names: dict[int, str]) -> Hit:
    return Hit(
        entry=Entry(row.id, row.at, row.event, row.who or "", row.details, names),
        is_by_client=row.actor == "client",
        reference=row.reference or "",
        visit=row.treatment_name or "",
        client_id=row.client_id,
        client=row.client or "",
        thing=row.resource or row.treatment or "",
    )
