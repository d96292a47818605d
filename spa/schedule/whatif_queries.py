"""Reads how much the coming weeks can hold: hours of people, and sessions that still fit."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.booking import queries
from spa.database import db
from spa.domain.capacity import sessions_that_fit
from spa.domain.spans import TICK_MINUTES, intersect, local_time
from spa.domain.states import TAKES_AN_HOUR
from spa.models import Booking, Treatment
from spa.schedule.rota import Place, Rota, rota

LOOK_BACK = timedelta(days=90)


def monday_of(day: date) -> date:
    """The Monday on or before a day."""
    return day - timedelta(days=day.weekday())


def minutes_by_week(place: Place, first_on: date, last_on: date) -> dict[date, int]:
    """How long people can be booked in each week, whatever is booked already; one query."""
    found = rota(place, first_on, last_on, None)
    weeks: dict[date, int] = {}
    for day in _days(first_on, last_on):
        week = monday_of(day)
        weeks[week] = weeks.get(week, 0) + _minutes(found, day)
    return weeks


def sessions_by_week(
    treatment_id: int, first_on: date, last_on: date, now: datetime
) -> dict[date, int]:
    """How many more such sessions fit in each week, as the treatment is now; three queries."""
    offer = queries.offer_of(treatment_id)
    known = queries.facts(offer, first_on, last_on, now=now)
    weeks = {monday_of(day): 0 for day in _days(first_on, last_on)}
    for day, count in sessions_that_fit(known, offer.policy).items():
        weeks[monday_of(day)] += count
    return weeks


def usual_treatment(location_id: int, now: datetime) -> int | None:
    """What is booked most there of late, as the measure of an hour; else the first of the menu."""
    counted = sa.func.count(Booking.id)
    return db.session.scalar(
        sa.select(Treatment.id)
        .outerjoin(
            Booking,
            sa.and_(
                Booking.treatment_id == Treatment.id,
                Booking.location_id == location_id,
                Booking.status.in_(TAKES_AN_HOUR),
                Booking.starts_at > now - LOOK_BACK,
            ),
        )
        .where(
            Treatment.location_id == location_id,
            Treatment.archived_at.is_(None),
            Treatment.is_needling,
        )
        .group_by(Treatment.id)
        .order_by(counted.desc(), Treatment.position, Treatment.id)
        .limit(1)
    )


def today(zone: ZoneInfo, now: datetime) -> date:
    """The day it is at the place."""
    return local_time(now, zone).date()


def _minutes(found: Rota, day: date) -> int:
    """How long the people who are in can be booked that day: while the house is open."""
    is_open = found.open_on(day)
    spans = (
        span
        for person in found.people_on(day)
        if not person.is_archived
        for span in intersect(person.working, is_open)
    )
    return sum(span.end - span.start for span in spans) * TICK_MINUTES


def _days(first_on: date, last_on: date) -> Iterable[date]:
    return (first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1))
