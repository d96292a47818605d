"""Finds the next hour like a visit's, to be pencilled in when its client leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from spa.booking import queries
from spa.booking.queries import Booking
from spa.database import db
from spa.domain import habits
from spa.domain.availability import Allocation
from spa.domain.spans import local_time, moment_at
from spa.domain.states import BookingStatus
from spa.models import Treatment

WEEKS_LOOKED = 7
AFTER = timedelta(days=2)
"""So long after a visit its next hour can still be pencilled in."""

LEAVING = frozenset({BookingStatus.IN_TREATMENT, BookingStatus.DONE})


@dataclass(frozen=True)
class NextHour:
    """The same weekday and time with the same person, some weeks on."""

    starts_at: datetime
    found: Allocation


def may_be_pencilled(booking: Booking, now: datetime) -> bool:
    """Whether the client is about to leave, or just left, and comes again at no other time."""
    if booking.status not in LEAVING or booking.client_id is None or now > booking.ends_at + AFTER:
        return False
    last = queries.last_visit(booking.client_id, booking.treatment_id)
    return last is None or last <= booking.starts_at


def next_hour(booking: Booking, now: datetime) -> NextHour | None:
    """The first free one of the next weeks that leaves the skin its days; None if there is none.

    There is none of what is no longer on the menu.
    Same area at least 28 days apart: section 2.3 of the facts.
    """
    offer = queries.offer_of(booking.treatment_id)
    slug = queries.resource_slug(booking.practitioner_id)
    local = local_time(booking.starts_at, offer.zone)
    sold = db.session.execute(
        sa.select(Treatment.days_between).where(
            Treatment.id == booking.treatment_id, Treatment.archived_at.is_(None)
        )
    ).first()
    if sold is None:
        return None
    day = habits.next_on(local.date(), sold.days_between)
    for _week in range(WEEKS_LOOKED):
        start = moment_at(day, local.hour * 60 + local.minute, offer.zone)
        found = queries.place_for(queries.at_desk(offer), start, now=now, practitioner=slug)[1]
        if found:
            return NextHour(start, found)
        day += habits.A_WEEK
    return None
