"""What changes the schedule besides bookings: times kept free, and given back."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from spa import clock
from spa.audit.record import record
from spa.booking import taking
from spa.database import transaction
from spa.domain.roles import Actor
from spa.domain.spans import tick_at_or_after, tick_of
from spa.models import Block, Claim, Resource
from spa.models.booking import claim


def block_time(
    location_id: int,
    starts_at: datetime,
    ends_at: datetime,
    resource_ids: Iterable[int],
    *,
    reason: str,
    actor: Actor,
) -> Block:
    """Keep people and rooms free of bookings from one moment to another, both on five minutes.

    Raises SlotTaken when one of them is booked then, whoever was quicker.
    """
    now = clock.now()
    with taking.referee(), transaction() as session:
        taking.lock_places(session, [location_id])
        taking.free_ended_holds(session, location_id, now)
        ids = list(
            session.scalars(
                sa.select(Resource.id)
                .where(Resource.location_id == location_id, Resource.id.in_(list(resource_ids)))
                .order_by(Resource.id)
            )
        )
        block = Block(location_id=location_id, starts_at=starts_at, ends_at=ends_at, reason=reason)
        session.add(block)
        session.flush()
        span = (tick_of(starts_at), tick_at_or_after(ends_at))
        claim(session, [(resource_id, span) for resource_id in ids], block_id=block.id)
        record(
            session,
            "block.made",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
            resources=ids,
        )
    return block


def remove_block(block_id: int, location_id: int, *, actor: Actor) -> bool:
    """Give a time back that was kept free; False when it is gone already."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        block = session.scalar(
            sa.select(Block).where(Block.id == block_id, Block.location_id == location_id)
        )
        if block is None:
            return False
        ids = sorted(
            session.scalars(
                sa.select(Claim.resource_id).where(Claim.block_id == block_id).distinct()
            )
        )
        session.execute(sa.delete(Claim).where(Claim.block_id == block_id))
        session.delete(block)
        record(
            session,
            "block.removed",
            at=now,
            staff_id=actor.id,
            location_id=location_id,
            starts_at=block.starts_at.isoformat(),
            ends_at=block.ends_at.isoformat(),
            resources=ids,
        )
    return True
