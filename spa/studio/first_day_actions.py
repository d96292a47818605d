"""What the first day writes, step by step, until the studio is open; each is one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import one_at_a_time, transaction
from spa.domain.roles import Actor
from spa.domain.slugs import free_slug
from spa.errors import ChangedMeanwhile
from spa.models import Location, OpeningHours, Resource, Shift, ShiftBreak, StaffMember, Treatment
from spa.studio import queries, standard_menu, world
from spa.studio.actions import locked, set_details

BREAK_MINUTES = 30
BREAK_FROM_MINUTES = 360
"""A day of six hours or more has a break in its middle."""

Week = Mapping[int, tuple[int, int]]


def set_name(location_id: int | None, told: Mapping[str, str], *, actor: Actor) -> None:
    """Write down the studio's name and address; the first time this makes the studio.

    Zone and currency are those of its country until they are chosen.
    """
    now = clock.now()
    with transaction() as session:
        one_at_a_time(session, "the first day")
        found = location_id or session.scalar(sa.select(sa.func.min(Location.id)))
        if found:
            set_details(session, _unopened(session, found), told, now)
            return
        place = Location(
            slug=free_slug(told["name"], (), "studio"),
            zone=world.guessed_zone(told["country"]),
            currency=world.guessed_currency(told["country"]),
            language="en",
            **told,
        )
        session.add(place)
        session.flush()
        _note(session, "studio.made", place.id, actor, now)


def set_zone(location_id: int, counted: Mapping[str, str], *, actor: Actor) -> None:
    """Write down by which clock the studio lives and what it is paid in."""
    now = clock.now()
    with transaction() as session:
        set_details(session, _unopened(session, location_id), counted, now)
        about = {name: counted[name] for name in ("zone", "currency")}
        _note(session, "studio.zone_set", location_id, actor, now, **about)


def set_hours(location_id: int, week: Week, *, actor: Actor) -> None:
    """Write down the weekly hours; who works whenever it is open goes on doing so."""
    now = clock.now()
    with transaction() as session:
        _unopened(session, location_id)
        before = queries.week(location_id)
        weekly = sa.and_(OpeningHours.location_id == location_id, OpeningHours.weekday.is_not(None))
        session.execute(sa.delete(OpeningHours).where(weekly))
        session.add_all(
            OpeningHours(location_id=location_id, weekday=day, from_minute=first, to_minute=last)
            for day, (first, last) in week.items()
        )
        for resource_id in _people(session, location_id):
            if _shifts(session, resource_id) == before:
                _set_shifts(session, resource_id, week)
        _note(session, "first_day.hours_set", location_id, actor, now, days=len(week))


def add(location_id: int, kind: str, name: str, *, actor: Actor, is_self: bool = False) -> None:
    """Add a person, a room or a device that can do all that is on the menu.

    A person works whenever it is open, with a break. Who was taken away before comes back, and
    who is there already, by a second press, is not added twice.
    """
    now = clock.now()
    with transaction() as session:
        _unopened(session, location_id)
        here = _known(session, location_id, kind, name)
        one = here or _new(session, location_id, kind, name)
        is_there = here is not None and here.archived_at is None
        one.archived_at = None
        if kind == "practitioner" and _shifts(session, one.id) == {}:
            _set_shifts(session, one.id, queries.week(location_id))
        if is_self:
            session.get_one(StaffMember, actor.id).resource_id = one.id
        session.flush()
        if is_there:
            return
        standard_menu.let_everyone_do_everything(session, location_id)
        event = "team.added" if kind == "practitioner" else "thing.added"
        _note(session, event, location_id, actor, now, resource_id=one.id)


def remove(location_id: int, slug: str, *, actor: Actor) -> bool:
    """Take away somebody or something that was added; False when it is gone already."""
    now = clock.now()
    with transaction() as session:
        _unopened(session, location_id)
        one = session.scalar(
            sa.select(Resource).where(
                Resource.location_id == location_id,
                Resource.slug == slug,
                Resource.archived_at.is_(None),
            )
        )
        if one is None:
            return False
        one.archived_at = now
        session.execute(
            sa.update(StaffMember)
            .where(StaffMember.id == actor.id, StaffMember.resource_id == one.id)
            .values(resource_id=None)
        )
        event = "team.archived" if one.kind == "practitioner" else "thing.archived"
        _note(session, event, location_id, actor, now, resource_id=one.id)
    return True


def set_menu(location_id: int, prices: Mapping[str, int], *, actor: Actor) -> None:
    """Offer these of the standard menu at these prices, and none of the others."""
    now = clock.now()
    with transaction() as session:
        place = _unopened(session, location_id)
        here = {
            treatment.slug: treatment
            for treatment in session.scalars(
                sa.select(Treatment).where(
                    Treatment.location_id == location_id,
                    Treatment.slug.in_(standard_menu.PLANS),
                )
            )
        }
        for slug, treatment in here.items():
            treatment.archived_at = None if slug in prices else treatment.archived_at or now
            treatment.price_minor = prices.get(slug, treatment.price_minor)
        new = {slug: price for slug, price in prices.items() if slug not in here}
        standard_menu.write(session, location_id, new, place.language)
        if _lacks_device(session, location_id, prices):
            _new(session, location_id, "device", standard_menu.NAME_OF_DEVICE)
        standard_menu.let_everyone_do_everything(session, location_id)
        _note(session, "first_day.menu_set", location_id, actor, now, count=len(prices))


def open_studio(location_id: int, *, actor: Actor) -> None:
    """Let visitors in; raises ChangedMeanwhile when something it needs is missing by now."""
    now = clock.now()
    with transaction() as session:
        place = _unopened(session, location_id)
        if queries.progress_in(session, location_id).missing:
            raise ChangedMeanwhile
        place.opened_at = now
        _note(session, "studio.opened", location_id, actor, now)


def _unopened(session: Session, location_id: int) -> Location:
    """The place under its lock; once it is open these steps are over."""
    place = locked(session, location_id)
    if place.opened_at:
        raise ChangedMeanwhile
    return place


def _people(session: Session, location_id: int) -> Iterable[int]:
    return session.scalars(
        sa.select(Resource.id).where(
            Resource.location_id == location_id, Resource.kind == "practitioner"
        )
    ).all()


def _shifts(session: Session, resource_id: int) -> dict[int, tuple[int, int]] | None:
    """Somebody's plain week, empty for none; None when it is more than from and to by weekday."""
    week = {}
    for row in session.scalars(sa.select(Shift).where(Shift.resource_id == resource_id)):
        if row.weekday is None or row.starts_on or row.ends_on or row.weekday in week:
            return None
        week[row.weekday] = (row.from_minute, row.to_minute)
    return week


def _set_shifts(session: Session, resource_id: int, week: Week) -> None:
    """Work whenever it is open, with half an hour's break in the middle of a long day."""
    own = sa.select(Shift.id).where(Shift.resource_id == resource_id)
    session.execute(sa.delete(ShiftBreak).where(ShiftBreak.shift_id.in_(own)))
    session.execute(sa.delete(Shift).where(Shift.resource_id == resource_id))
    for day, (first, last) in sorted(week.items()):
        shift = Shift(resource_id=resource_id, weekday=day, from_minute=first, to_minute=last)
        session.add(shift)
        session.flush()
        if pause := break_of(first, last):
            session.add(ShiftBreak(shift_id=shift.id, from_minute=pause[0], to_minute=pause[1]))


def break_of(first: int, last: int) -> tuple[int, int] | None:
    """The break of a day from one minute to another; a short day has none."""
    if last - first < BREAK_FROM_MINUTES:
        return None
    middle = (first + last) // 2 // BREAK_MINUTES * BREAK_MINUTES
    return middle, middle + BREAK_MINUTES


def _known(session: Session, location_id: int, kind: str, name: str) -> Resource | None:
    """Who or what of that name is there, or was before it was taken away."""
    return session.scalar(
        sa.select(Resource)
        .where(Resource.location_id == location_id, Resource.kind == kind, Resource.name == name)
        .order_by(Resource.archived_at.is_not(None), Resource.id.desc())
        .limit(1)
    )


def _new(session: Session, location_id: int, kind: str, name: str) -> Resource:
    rows = session.execute(
        sa.select(Resource.slug, Resource.position).where(Resource.location_id == location_id)
    ).all()
    one = Resource(
        location_id=location_id,
        kind=kind,
        slug=free_slug(name, {"new", *(row.slug for row in rows)}, kind),
        name=name,
        position=max((row.position for row in rows), default=-1) + 1,
    )
    session.add(one)
    session.flush()
    return one


def _lacks_device(session: Session, location_id: int, offered: Iterable[str]) -> bool:
    """Whether something on offer needs a device and there is none."""
    if not any(standard_menu.needs_device(standard_menu.PLANS[slug]) for slug in offered):
        return False
    return not session.scalar(
        sa.select(sa.func.count(Resource.id)).where(
            Resource.location_id == location_id,
            Resource.kind == "device",
            Resource.archived_at.is_(None),
        )
    )


def _note(
    session: Session, event: str, location_id: int, actor: Actor, now: datetime, **about: Any
) -> None:
    record(session, event, at=now, staff_id=actor.id, location_id=location_id, **about)
