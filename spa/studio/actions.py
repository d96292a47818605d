"""What changes the studio itself: its details and its policies; each is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.booking import taking
from spa.database import transaction
from spa.domain.money import rescaled
from spa.domain.roles import Actor
from spa.errors import ChangedMeanwhile, VisitsToCome
from spa.messages import planning
from spa.models import Booking, Location, Resource, ResourceWords, Treatment, TreatmentWords
from spa.studio import queries
from spa.studio.queries import DETAILS_EVENTS, POLICY_EVENTS

PLANS_BY = {"cut_off_hours", "grace_minutes", "quiet_from_minute", "quiet_until_minute"}
"""What decides when notes go out."""

AGREED = ("zone", "currency")
"""What visits that are booked were agreed by."""
DAY = 1440

Changes = dict[str, list[Any]]


def change_details(
    location_id: int, told: Mapping[str, str], *, seen: int, actor: Actor
) -> Changes:
    """Put the studio's details right; gives what changed, from what to what.

    `told` is what somebody meant to change. Raises ChangedMeanwhile when another did so after
    `seen`, and VisitsToCome when zone or currency would change under visits that are booked.
    """
    now = clock.now()
    with transaction() as session:
        place = locked(session, location_id)
        changes = _differences(session, place, told, seen, DETAILS_EVENTS)
        _apply(session, place, changes, now)
        if changes:
            _note(session, "studio.changed", place, actor, now, changes=changes)
    return changes


def change_policies(
    location_id: int, told: Mapping[str, int], *, seen: int, actor: Actor
) -> Changes:
    """Change what the house wants; as for the details."""
    now = clock.now()
    with transaction() as session:
        place = locked(session, location_id)
        changes = _differences(session, place, told, seen, POLICY_EVENTS)
        for name, (_old, new) in changes.items():
            setattr(place, name, new)
        if place.notice_minutes >= place.horizon_days * DAY:
            # Each was sound by itself; together with another's change no day would be left.
            raise ChangedMeanwhile
        if PLANS_BY & changes.keys():
            session.flush()
            planning.plan_again(session, Booking.location_id == place.id, now)
        if changes:
            _note(session, "studio.policies_changed", place, actor, now, changes=changes)
    return changes


# Steps that the first day shares


def locked(session: Session, location_id: int) -> Location:
    """The place as it is now, whose bookings and menu nobody changes until this is over."""
    taking.lock_places(session, [location_id])
    return session.get_one(Location, location_id, populate_existing=True)


def set_details(session: Session, place: Location, told: Mapping[str, str], now: datetime) -> None:
    """Write these details without asking what stood there before."""
    wanted = {name: [getattr(place, name), value] for name, value in told.items()}
    changes = {name: pair for name, pair in wanted.items() if pair[0] != pair[1]}
    _apply(session, place, changes, now)


def _differences(
    session: Session,
    place: Location,
    told: Mapping[str, Any],
    seen: int,
    events: Sequence[str],
) -> Changes:
    wanted = {name: [getattr(place, name), value] for name, value in told.items()}
    changes = {name: pair for name, pair in wanted.items() if pair[0] != pair[1]}
    if set(changes) & queries.changed_since(session, place.id, seen, events):
        raise ChangedMeanwhile
    return changes


def _apply(session: Session, place: Location, changes: Changes, now: datetime) -> None:
    """Write them, and keep prices, words and agreed hours true."""
    agreed = [name for name in AGREED if name in changes]
    if agreed and (count := queries.coming(session, place.id, now)):
        raise VisitsToCome(agreed, count)
    for name, (_old, new) in changes.items():
        setattr(place, name, new)
    if "currency" in changes:
        _keep_numbers(session, place.id, *changes["currency"])
    if "language" in changes:
        _carry_words(session, place.id, *changes["language"])


def _keep_numbers(session: Session, location_id: int, old: str, new: str) -> None:
    """A price of 185 stays one of 185, also in a currency without cents."""
    digits = get_currency_precision(old), get_currency_precision(new)
    for treatment in session.scalars(
        sa.select(Treatment).where(Treatment.location_id == location_id)
    ):
        treatment.price_minor = rescaled(treatment.price_minor, *digits)


def _carry_words(session: Session, location_id: int, old: str, new: str) -> None:
    """What has no words in the new language keeps the old ones under it, or it would vanish."""
    for words, owner, key in (
        (TreatmentWords, Treatment, "treatment_id"),
        (ResourceWords, Resource, "resource_id"),
    ):
        column = getattr(words, key)
        here = sa.select(owner.id).where(owner.location_id == location_id)
        of_place = sa.select(words).where(column.in_(here))
        has = {getattr(row, key) for row in session.scalars(of_place.where(words.language == new))}
        for row in session.scalars(of_place.where(words.language == old)).all():
            if getattr(row, key) not in has:
                kept = {name: getattr(row, name) for name in words.__table__.columns.keys()}
                session.add(words(**kept | {"language": new}))


def _note(
    session: Session, event: str, place: Location, actor: Actor, now: datetime, **details: Any
) -> None:
    record(session, event, at=now, staff_id=actor.id, location_id=place.id, **details)
