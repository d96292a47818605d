"""Drops what guards nothing any more: ticks that have passed, holds let go, counts, old texts."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from spa import clock
from spa.database import transaction
from spa.domain.spans import tick_of
from spa.domain.states import BookingStatus
from spa.models import AuditEntry, Booking, Claim, LimitCount, Message, StaffSession

KEEP_LAPSED = timedelta(days=7)
KEEP_ASKED = timedelta(days=1)
ASKED = ("booking_links", "staff_reset")
KEEP_SESSIONS = timedelta(days=30)
KEEP_TEXTS = timedelta(days=90)
AT_ONCE = 5000


def tidy() -> None:
    """Tidy up once; sessions of the desk go a month after they were last used."""
    now = clock.now()
    yesterday = tick_of(now - timedelta(days=1))
    with transaction() as session:
        session.execute(sa.delete(LimitCount).where(LimitCount.expires_at <= now))
        session.execute(sa.delete(StaffSession).where(StaffSession.seen_at <= now - KEEP_SESSIONS))
        passed = sa.select(Claim.resource_id, Claim.tick).where(Claim.tick < yesterday)
        session.execute(
            sa.delete(Claim).where(
                sa.tuple_(Claim.resource_id, Claim.tick).in_(passed.limit(AT_ONCE))
            )
        )
        session.execute(
            sa.delete(Message).where(
                Message.event.in_(ASKED), Message.created_at <= now - KEEP_ASKED
            )
        )
        over = sa.select(Booking.id).where(Booking.ends_at <= now - KEEP_TEXTS)
        session.execute(
            sa.update(Message)
            .where(Message.sent_text != "", Message.booking_id.in_(over))
            .values(sent_text="")
        )
    _drop_lapsed(now - KEEP_LAPSED)


def _drop_lapsed(before: datetime) -> None:
    """A hold that was let go a week ago held nobody's details; its row and record can go.

    One that was pencilled in for a client can be taken by its link as long as it lies ahead.
    """
    is_ahead = sa.and_(Booking.pencilled_after_id.is_not(None), Booking.starts_at > clock.now())
    with transaction() as session:
        old = list(
            session.scalars(
                sa.select(Booking.id)
                .where(Booking.status == BookingStatus.LAPSED, Booking.created_at < before)
                .where(sa.not_(is_ahead))
                .limit(AT_ONCE)
            )
        )
        session.execute(sa.delete(AuditEntry).where(AuditEntry.booking_id.in_(old)))
        session.execute(
            sa.delete(Booking).where(Booking.id.in_(old), Booking.status == BookingStatus.LAPSED)
        )
