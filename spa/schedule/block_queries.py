"""Reads blocks, whom they can be made for, and what is in their way."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from spa.database import db
from spa.domain.spans import tick_at_or_after, tick_of
from spa.models import Block, Booking, Claim, Resource
from spa.models.booking import IS_HELD


@dataclass(frozen=True)
class InTheWay:
    """A visit, or another block, that takes some of what is to be kept free."""

    reference: str | None
    client: str
    starts_at: datetime
    who: str


def resources(location_id: int) -> list[tuple[int, str, str, str]]:
    """Number, kind, slug and name of everyone and everything that can be kept free."""
    query = (
        sa.select(Resource.id, Resource.kind, Resource.slug, Resource.name)
        .where(Resource.location_id == location_id, Resource.archived_at.is_(None))
        .order_by(Resource.position, Resource.id)
    )
    return [(row.id, row.kind, row.slug, row.name) for row in db.session.execute(query)]


def in_the_way(
    resource_ids: list[int], starts_at: datetime, ends_at: datetime, now: datetime
) -> list[InTheWay]:
    """What takes these people or rooms between these moments, soonest first."""
    is_over = sa.and_(IS_HELD, Booking.held_until <= now)
    query = (
        sa.select(
            Booking.reference,
            Booking.contact_name,
            Booking.other_name,
            sa.func.coalesce(
                Booking.starts_at, Block.starts_at, type_=Booking.starts_at.type
            ).label("begins_at"),
            Block.reason,
            sa.func.min(Resource.name).label("who"),
        )
        .select_from(Claim)
        .join(Resource, Resource.id == Claim.resource_id)
        .outerjoin(Booking, Booking.id == Claim.booking_id)
        .outerjoin(Block, Block.id == Claim.block_id)
        .where(
            Claim.resource_id.in_(resource_ids),
            Claim.tick >= tick_of(starts_at),
            Claim.tick < tick_at_or_after(ends_at),
            sa.or_(Claim.booking_id.is_(None), sa.not_(is_over)),
        )
        .group_by(
            Booking.reference,
            Booking.contact_name,
            Booking.other_name,
            Booking.starts_at,
            Block.starts_at,
            Block.reason,
        )
        .order_by("begins_at")
        .limit(20)
    )
    return [
        InTheWay(
            row.reference,
            row.other_name or row.contact_name or row.reason or "",
            row.begins_at,
            row.who,
        )
        for row in db.session.execute(query)
    ]


def block(block_id: int, location_id: int, only: int | None) -> Block | None:
    """The block of this number at this place; `only` finds a practitioner's own."""
    query = sa.select(Block).where(Block.id == block_id, Block.location_id == location_id)
    if only is not None:
        own = sa.select(Claim.block_id).where(Claim.resource_id == only)
        query = query.where(Block.id.in_(own))
    return db.session.scalar(query)


def names_of(block_id: int) -> list[str]:
    """Whom and what a block keeps free."""
    query = (
        sa.select(Resource.name, Resource.position)
        .join(Claim, Claim.resource_id == Resource.id)
        .where(Claim.block_id == block_id)
        .distinct()
        .order_by(Resource.position)
    )
    return [row.name for row in db.session.execute(query)]
