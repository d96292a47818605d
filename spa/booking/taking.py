"""How an hour is taken and given back: the steps that actions share in their transaction."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import queries
from spa.booking.queries import Offer
from spa.domain.availability import NONE_WAIVED, Allocation, Reason, Waived, claims_of
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus
from spa.errors import SlotTaken
from spa.models import Booking, Claim, Location, Treatment
from spa.models.booking import IS_HELD, claim

_booking: sa.Table = Booking.__table__  # type: ignore[assignment]
_claim: sa.Table = Claim.__table__  # type: ignore[assignment]
_location: sa.Table = Location.__table__  # type: ignore[assignment]
_treatment: sa.Table = Treatment.__table__  # type: ignore[assignment]

_BUMP = (
    sa.update(_location)
    .where(_location.c.id == sa.bindparam("place"))
    .values(version=_location.c.version + 1)
)


@contextmanager
def referee() -> Iterator[None]:
    """The claim's primary key is the referee: who comes second hears that the hour is taken."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        text = str(error.orig)
        if "pk_claim" in text or "claim.resource_id, claim.tick" in text:
            raise SlotTaken from None
        raise


def places_of(slug: str, visitor: str) -> sa.CompoundSelect[Any]:
    """The place of the treatment, and any other where this visitor keeps an hour."""
    place = sa.select(_treatment.c.location_id).where(_treatment.c.slug == slug)
    return place.union(held_places(visitor))


def held_places(visitor: str) -> sa.Select[Any]:
    """The places where this visitor keeps an hour."""
    return sa.select(_booking.c.location_id).where(_booking.c.visitor == visitor, IS_HELD)


def place_of(reference: str) -> sa.Select[Any]:
    """The place of a booking."""
    return sa.select(_booking.c.location_id).where(_booking.c.reference == reference)


def lock(session: Session, places: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[int]:
    """Whoever changes claims of a place waits here for the one before; places in id order.

    One plain update for each: a statement that locks and updates the same row takes it twice, and
    on PostgreSQL those who wait then queue on different versions of it.
    """
    return lock_places(session, session.scalars(places))


def lock_places(session: Session, location_ids: Iterable[int]) -> list[int]:
    """The same for places that are known."""
    locked = sorted(set(location_ids))
    for location_id in locked:
        session.execute(_BUMP, {"place": location_id})
    return locked


def locked_booking(session: Session, reference: str, now: datetime) -> tuple[Booking, Offer]:
    """A booking and its offer, read after the lock of its place, ended holds out of the way."""
    for location_id in lock(session, place_of(reference)):
        free_ended_holds(session, location_id, now)
    booking = session.scalars(
        sa.select(Booking).where(Booking.reference == reference).with_for_update(key_share=True)
    ).one()
    return booking, queries.offer_of_booking(booking)


def free_ended_holds(
    session: Session, location_id: int, now: datetime, visitor: str | None = None
) -> None:
    """Give back the hours of holds that have ended, and of any other hold of this visitor."""
    is_over = sa.and_(_booking.c.location_id == location_id, _booking.c.held_until <= now)
    if visitor:
        is_over = sa.or_(is_over, _booking.c.visitor == visitor)
    ended = session.scalars(
        sa.update(_booking)
        .where(IS_HELD, is_over)
        .values(status=BookingStatus.LAPSED)
        .returning(_booking.c.id)
    )
    for booking_id in ended.all():
        free(session, booking_id)


def free(session: Session, booking_id: int) -> None:
    """Give back all that a booking has claimed."""
    session.execute(sa.delete(_claim).where(_claim.c.booking_id == booking_id))


def find_place(offer: Offer, start: datetime, *, now: datetime, **about: Any) -> Allocation:
    """Who and which room take this hour; raises SlotTaken with the reasons why none can."""
    reasons, found = queries.place_for(offer, start, now=now, **about)
    if not found:
        raise SlotTaken(reasons)
    return found


@dataclass(frozen=True)
class Waiver:
    """The reasons that somebody of the studio may set aside, and why they do."""

    reasons: Waived
    because: str


def find_at_desk(
    offer: Offer,
    start: datetime,
    *,
    waiver: Waiver | None = None,
    settled: Waived = NONE_WAIVED,
    **about: Any,
) -> tuple[Allocation, tuple[Reason, ...]]:
    """Who and which room take this hour, and the reasons that were set aside for it.

    As little as possible is set aside; what is `settled` is not asked again. Raises SlotTaken with
    the reasons when there is no waiver for all of somebody's.
    """
    reasons, found = queries.place_for(offer, start, waived=settled, **about)
    if found:
        return found, ()
    allowed = waiver.reasons if waiver else NONE_WAIVED
    for waived in (allowed & frozenset(reasons), allowed):
        found = queries.place_for(offer, start, waived=settled | waived, **about)[1]
        if found:
            about["practitioner"] = found.person.slug
            return found, queries.place_for(offer, start, waived=settled, **about)[0]
    raise SlotTaken(reasons)


def made_of(offer: Offer, now: datetime, **about: Any) -> Booking:
    """A booking as it is made: it keeps the name, price and steps that the menu has now."""
    return Booking(
        location_id=offer.location_id,
        treatment_id=offer.treatment_id,
        reference=secrets.token_urlsafe(16),
        link_version=1,
        created_at=now,
        treatment_name=offer.name,
        price_minor=offer.price_minor,
        currency=offer.currency,
        is_needling=offer.is_needling,
        steps=[
            [step.kind, step.minutes, step.needs_practitioner, step.needs_device]
            for step in offer.session.steps
        ],
        **about,
    )


def comes_another_day(booking: Booking, start: datetime, offer: Offer) -> None:
    """Who had arrived and is moved to another day has gone home, and is booked again."""
    days = {local_time(at, offer.zone).date() for at in (booking.starts_at, start)}
    if len(days) == 2 and booking.status == BookingStatus.ARRIVED:
        booking.status, booking.arrived_at = BookingStatus.BOOKED, None


def take(
    session: Session, booking: Booking, offer: Offer, start: datetime, found: Allocation
) -> None:
    """Write who, where and when into the booking, and claim them."""
    booking.starts_at = start
    booking.ends_at = start + timedelta(minutes=offer.session.minutes)
    booking.practitioner_id = found.person.id
    booking.room_id = found.room.id
    booking.device_id = found.device.id if found.device else None
    session.add(booking)
    session.flush()
    claim(
        session,
        claims_of(start, offer.session, found),
        booking_id=booking.id,
        is_needling=booking.is_needling,
    )


def hold(booking: Booking, offer: Offer, now: datetime) -> None:
    """Keep the hour for as long as the house keeps one."""
    booking.status = BookingStatus.HELD
    booking.held_until = now + timedelta(minutes=offer.hold_minutes)


def retake(session: Session, booking: Booking, offer: Offer, now: datetime) -> bool:
    """Hold a lapsed hour again for the same booking; raises SlotTaken when it is gone.

    False when the booking turned out not to have lapsed once the lock was there.
    """
    others = held_places(booking.visitor or "")
    lock(session, place_of(booking.reference).union(others))
    free_ended_holds(session, booking.location_id, now, booking.visitor)
    session.refresh(booking)
    if booking.status != BookingStatus.LAPSED:
        return False
    practitioner = (
        queries.resource_slug(booking.practitioner_id) if booking.wants_practitioner else ""
    )
    found = find_place(
        offer,
        booking.starts_at,
        now=now,
        practitioner=practitioner,
        preferred=booking.practitioner_id,
    )
    hold(booking, offer, now)
    take(session, booking, offer, booking.starts_at, found)
    return True
