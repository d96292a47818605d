"""What changes people, rooms and devices and can leave no visit without its hour."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import taking
from spa.database import transaction
from spa.domain.roles import Actor
from spa.domain.slugs import free_slug
from spa.errors import ChangedMeanwhile
from spa.models import Capability, Resource, ResourcePhoto, ResourceWords
from spa.treatments import team_queries
from spa.treatments.team_changes import Can
from spa.treatments.team_queries import PEOPLE, Words

RESERVED = ("new",)
"""Addresses of the desk that are no name."""


def add_person(
    location_id: int,
    name: str,
    said: Mapping[str, Words],
    *,
    portrait: int,
    actor: Actor,
) -> str:
    """Take somebody new into the team, who does nothing yet; gives their name in addresses."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        person = _new(session, location_id, PEOPLE, name, portrait=portrait)
        _write_words(session, person.id, said)
        _record(session, "team.added", person, actor, now)
    return person.slug


def add_thing(
    location_id: int, kind: str, name: str, skills: Iterable[Can], *, actor: Actor
) -> str:
    """Add a room or a device and what it suits; gives its name in addresses."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        thing = _new(session, location_id, kind, name)
        menu = dict(team_queries.menu(location_id))
        session.add_all(
            Capability(
                resource_id=thing.id,
                treatment_id=can.treatment_id,
                certified_until=can.certified_until,
            )
            for can in skills
            if can.treatment_id in menu
        )
        _record(session, "thing.added", thing, actor, now)
    return thing.slug


def describe(
    location_id: int,
    resource_id: int,
    name: str,
    said: Mapping[str, Words],
    *,
    portrait: int,
    seen: int,
    actor: Actor,
) -> list[str]:
    """Say anew who somebody is; gives what of it changed, and writes nothing when nothing did.

    Raises ChangedMeanwhile when another changed something about them after `seen`.
    """
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        person = _here(session, location_id, resource_id)
        changed = _write_words(session, resource_id, said)
        changed += [] if person.name == name else ["name"]
        changed += [] if person.portrait == portrait else ["portrait"]
        if not changed:
            return []
        if team_queries.newest_change(resource_id) > seen:
            raise ChangedMeanwhile
        person.name, person.portrait = name, portrait
        _record(session, "team.described", person, actor, now, fields=changed)
    return changed


def put_photo(location_id: int, resource_id: int, content: bytes, *, actor: Actor) -> None:
    """Show this picture of somebody; its address changes with it."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        person = _here(session, location_id, resource_id)
        session.execute(sa.delete(ResourcePhoto).where(ResourcePhoto.resource_id == resource_id))
        digest = sha256(content).hexdigest()[:20]
        session.add(ResourcePhoto(resource_id=resource_id, digest=digest, content=content))
        _record(session, "team.photo_changed", person, actor, now)


def remove_photo(location_id: int, resource_id: int, *, actor: Actor) -> bool:
    """Go back to the drawn portrait; False when there was no photo."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        person = _here(session, location_id, resource_id)
        found = session.get(ResourcePhoto, resource_id)
        if found is None:
            return False
        session.delete(found)
        _record(session, "team.photo_removed", person, actor, now)
    return True


def bring_back(location_id: int, resource_id: int, *, actor: Actor) -> bool:
    """Let an archived person, room or device be booked again; False when it can be already."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        one = _here(session, location_id, resource_id)
        if one.archived_at is None:
            return False
        one.archived_at = None
        event = "team.brought_back" if one.kind == PEOPLE else "thing.brought_back"
        _record(session, event, one, actor, now)
    return True


def put_in_order(location_id: int, resource_id: int, *, is_up: bool, actor: Actor) -> bool:
    """Move one up or down among its kind; False at the end of the list."""
    now = clock.now()
    with transaction() as session:
        taking.lock_places(session, [location_id])
        one = _here(session, location_id, resource_id)
        line = _line(session, one)
        here = line.index(one)
        there = here - 1 if is_up else here + 1
        if not 0 <= there < len(line):
            return False
        places = _rising(row.position for row in line)
        line[here], line[there] = line[there], line[here]
        for row, position in zip(line, places, strict=True):
            row.position = position
        _record(session, "team.order_changed", one, actor, now)
    return True


def _line(session: Session, one: Resource) -> list[Resource]:
    """All of its kind that are not archived, and itself, in their order."""
    rows = session.scalars(
        sa.select(Resource)
        .where(Resource.location_id == one.location_id, Resource.kind == one.kind)
        .where(sa.or_(Resource.archived_at.is_(None), Resource.id == one.id))
        .order_by(Resource.position, Resource.id)
    )
    return list(rows)


def _rising(positions: Iterable[int]) -> list[int]:
    """The same positions with no two alike."""
    found: list[int] = []
    for position in positions:
        found.append(max(position, found[-1] + 1) if found else position)
    return found


def _new(session: Session, location_id: int, kind: str, name: str, **about: Any) -> Resource:
    """A new row at the end of its kind."""
    last = session.scalar(
        sa.select(sa.func.max(Resource.position)).where(Resource.location_id == location_id)
    )
    made = Resource(
        location_id=location_id,
        kind=kind,
        slug=_free_slug(session, location_id, kind, name),
        name=name,
        position=0 if last is None else last + 1,
        **about,
    )
    session.add(made)
    session.flush()
    return made


def _free_slug(session: Session, location_id: int, kind: str, name: str) -> str:
    """An address that nobody else at the place has."""
    query = sa.select(Resource.slug).where(Resource.location_id == location_id)
    return free_slug(name, {*RESERVED, *session.scalars(query)}, kind)


def _here(session: Session, location_id: int, resource_id: int) -> Resource:
    """The row as it is under the lock; raises ChangedMeanwhile when this place has none such."""
    found = session.scalar(
        sa.select(Resource).where(Resource.id == resource_id, Resource.location_id == location_id)
    )
    if found is None:
        raise ChangedMeanwhile
    return found


def _write_words(session: Session, resource_id: int, said: Mapping[str, Words]) -> list[str]:
    """Put what is said in each language in place; gives what of it changed."""
    changed = set()
    for language, new in said.items():
        row = session.get(ResourceWords, (resource_id, language))
        old = Words(row.title, row.bio) if row else Words()
        if old == new:
            continue
        changed |= {word for word in ("title", "bio") if getattr(old, word) != getattr(new, word)}
        row = row or ResourceWords(resource_id=resource_id, language=language)
        row.title, row.bio = new.title, new.bio
        session.add(row)
    return sorted(changed)


def _record(
    session: Session, event: str, one: Resource, actor: Actor, now: datetime, **details: Any
) -> None:
    record(
        session,
        event,
        at=now,
        staff_id=actor.id,
        location_id=one.location_id,
        resource_id=one.id,
        **details,
    )
