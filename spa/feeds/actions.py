"""Giving a calendar an address, another one, or none; each is one transaction."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.roles import Actor
from spa.feeds.queries import PERSON
from spa.models import Location, Resource


def make_address(kind: str, number: int, location_id: int, *, actor: Actor) -> int:
    """Give the calendar a new address; the one before it stops working. The version it has."""
    model = Resource if kind == PERSON else Location
    with transaction() as session:
        version: int = session.execute(
            sa.update(model)
            .where(model.id == number)
            .values(feed_version=sa.func.abs(model.feed_version) + 1)
            .returning(model.feed_version)
        ).scalar_one()
        _record(session, "feed.made", kind, number, location_id, actor)
    return version


def end_address(kind: str, number: int, location_id: int, *, actor: Actor) -> None:
    """Take the calendar's address away; what it was is never given again."""
    model = Resource if kind == PERSON else Location
    with transaction() as session:
        session.execute(
            sa.update(model)
            .where(model.id == number)
            .values(feed_version=-sa.func.abs(model.feed_version))
        )
        _record(session, "feed.ended", kind, number, location_id, actor)


def name_clients(location_id: int, is_on: bool, *, actor: Actor) -> None:
    """Let the calendars of a place name clients, or stop it."""
    with transaction() as session:
        session.execute(
            sa.update(Location).where(Location.id == location_id).values(feeds_name_clients=is_on)
        )
        event = "feed.names_shown" if is_on else "feed.names_hidden"
        record(session, event, at=clock.now(), staff_id=actor.id, location_id=location_id)


def _record(
    session: Session, event: str, kind: str, number: int, location_id: int, actor: Actor
) -> None:
    record(
        session,
        event,
        at=clock.now(),
        staff_id=actor.id,
        location_id=location_id,
        resource_id=number if kind == PERSON else None,
    )
