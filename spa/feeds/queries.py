"""Reads what a calendar to subscribe to shows: visits, times kept free, and days off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from spa.database import UtcDateTime, db
from spa.domain.spans import local_time, moment_of, tick_at
from spa.domain.states import BookingStatus
from spa.models import AuditEntry, Block, Booking, Claim, Location, Resource, StaffMember, TimeOff

PERSON, PLACE = "person", "place"
BEHIND = timedelta(days=30)
SHOWN = (
    BookingStatus.BOOKED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_TREATMENT,
    BookingStatus.DONE,
)


@dataclass(frozen=True)
class Feed:
    """One calendar: a practitioner's, or everyone's at a place when `resource_id` is None."""

    location_id: int
    location_slug: str
    place: str
    zone: ZoneInfo
    language: str
    horizon_days: int
    names_clients: bool
    version: int
    resource_id: int | None = None
    person: str = ""

    @property
    def id(self) -> int:
        """The place's number, as its days ask for it."""
        return self.location_id


@dataclass(frozen=True)
class Entry:
    """One event; `client` is empty unless the owner lets calendars name clients."""

    uid: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int = 0
    title: str = ""
    room: str = ""
    person: str = ""
    client: str = ""


def feed(kind: str, number: int, version: int) -> Feed | None:
    """The calendar of this address, if it is the one in force and its reader still works here."""
    if version <= 0:
        return None
    works_here = (
        sa.select(StaffMember.id)
        .where(StaffMember.resource_id == Resource.id, StaffMember.suspended_at.is_(None))
        .exists()
    )
    query: Any
    if kind == PERSON:
        query = (
            sa.select(Location, Resource.id, Resource.name)
            .join(Resource, Resource.location_id == Location.id)
            .where(Resource.id == number, Resource.feed_version == version, works_here)
            .where(Resource.archived_at.is_(None))
        )
    else:
        nobody = sa.literal(None)
        query = sa.select(Location, nobody, nobody).where(
            Location.id == number, Location.feed_version == version
        )
    row = db.session.execute(query).first()
    if row is None:
        return None
    location, resource_id, person = row
    return Feed(
        location_id=location.id,
        location_slug=location.slug,
        place=location.name,
        zone=ZoneInfo(location.zone),
        language=location.language,
        horizon_days=location.horizon_days,
        names_clients=location.feeds_name_clients,
        version=version,
        resource_id=resource_id,
        person=person or "",
    )


def version_of(kind: str, number: int) -> int:
    """Which address of a calendar is in force; 0 or less when there is none."""
    model = Resource if kind == PERSON else Location
    return db.session.scalar(sa.select(model.feed_version).where(model.id == number)) or 0


def names_clients(location_id: int) -> bool:
    """Whether the calendars of this place may name clients."""
    query = sa.select(Location.feeds_name_clients).where(Location.id == location_id)
    return bool(db.session.scalar(query))


def entries(shown: Feed, now: datetime) -> list[Entry]:
    """What the calendar holds from a month back on: every visit, and what else the house plans."""
    since, until = now - BEHIND, now + timedelta(days=shown.horizon_days + 1)
    found = [*_visits(shown, since), *_blocks(shown, since, until)]
    found += _days_off(shown, since, until)
    return sorted(found, key=lambda one: (one.starts_at, one.uid))


def _visits(shown: Feed, since: datetime) -> list[Entry]:
    """The visits, each with when it was last changed, in one query."""
    room, person = aliased(Resource), aliased(Resource)
    changed = sa.select(sa.func.max(AuditEntry.at, type_=UtcDateTime)).where(
        AuditEntry.booking_id == Booking.id
    )
    query = (
        sa.select(
            Booking.reference,
            Booking.starts_at,
            Booking.ends_at,
            Booking.created_at,
            changed.scalar_subquery().label("changed_at"),
            Booking.sequence,
            Booking.treatment_name,
            room.name.label("room"),
            person.name.label("person"),
            Booking.contact_name,
            Booking.other_name,
        )
        .join(room, room.id == Booking.room_id)
        .join(person, person.id == Booking.practitioner_id)
        .where(
            Booking.location_id == shown.location_id,
            Booking.starts_at >= since,
            Booking.status.in_(SHOWN),
        )
    )
    if shown.resource_id is not None:
        query = query.where(Booking.practitioner_id == shown.resource_id)
    return [
        Entry(
            uid=row.reference,
            kind="visit",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            changed_at=row.changed_at or row.created_at,
            sequence=row.sequence,
            title=row.treatment_name,
            room=row.room,
            person="" if shown.resource_id else row.person,
            client=(row.other_name or row.contact_name) if shown.names_clients else "",
        )
        for row in db.session.execute(query)
    ]


def _blocks(shown: Feed, since: datetime, until: datetime) -> list[Entry]:
    """The times kept free; of one person only theirs."""
    query = sa.select(Block).where(
        Block.location_id == shown.location_id, Block.starts_at.between(since, until)
    )
    if shown.resource_id is not None:
        theirs = sa.select(Claim.block_id).where(Claim.resource_id == shown.resource_id)
        query = query.where(Block.id.in_(theirs))
    return [
        Entry(
            uid=f"block-{block.id}",
            kind="block",
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            changed_at=block.starts_at,
            title=block.reason,
        )
        for block in db.session.scalars(query)
    ]


def _days_off(shown: Feed, since: datetime, until: datetime) -> list[Entry]:
    """When somebody is away."""
    first_on, last_on = (local_time(one, shown.zone).date() for one in (since, until))
    query = (
        sa.select(TimeOff, Resource.name)
        .join(Resource, Resource.id == TimeOff.resource_id)
        .where(Resource.location_id == shown.location_id, Resource.archived_at.is_(None))
        .where(TimeOff.last_on >= first_on, TimeOff.first_on <= last_on)
    )
    if shown.resource_id is not None:
        query = query.where(Resource.id == shown.resource_id)
    return [
        _day_off(row, "" if shown.resource_id else name, shown.zone)
        for row, name in db.session.execute(query)
    ]


def _day_off(row: TimeOff, person: str, zone: ZoneInfo) -> Entry:
    """A time off; its reason is nobody's business in a calendar that may be shared."""
    starts_at = moment_of(tick_at(row.first_on, row.from_minute, zone))
    return Entry(
        uid=f"off-{row.id}",
        kind="off",
        starts_at=starts_at,
        ends_at=moment_of(tick_at(row.last_on, row.to_minute, zone)),
        changed_at=starts_at,
        person=person,
    )
