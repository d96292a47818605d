"""Reads what the morning page shows besides the days: mail that failed, certificates that end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from spa.database import db
from spa.models import Booking, Capability, Message, Resource, TreatmentWords
from spa.schedule.rota import IS_FAILED

WARN_DAYS = timedelta(days=60)
MOST = 20


@dataclass(frozen=True)
class Failed:
    """A mail that did not arrive and needs a person."""

    event: str
    recipient: str
    created_at: datetime
    reference: str | None
    client: str
    id: int
    staff_id: int | None


@dataclass(frozen=True)
class Ending:
    """A certificate that ends soon, or has ended, and for how many treatments."""

    who: str
    ends_on: date
    treatments: tuple[str, ...]


def failed_mail(location_id: int, only: int | None) -> list[Failed]:
    """What could not be delivered, newest first."""
    query = (
        sa.select(
            Message.event,
            Message.recipient,
            Message.created_at,
            Message.id,
            Message.staff_id,
            Booking.reference,
            Booking.contact_name,
            Booking.other_name,
        )
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .where(Message.location_id == location_id, IS_FAILED)
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    if only is not None:
        query = query.where(Booking.practitioner_id == only)
    return [
        Failed(
            row.event,
            row.recipient,
            row.created_at,
            row.reference,
            row.other_name or row.contact_name or "",
            row.id,
            row.staff_id,
        )
        for row in db.session.execute(query)
    ]


def ending_certificates(
    location_id: int, today: date, language: str, only: int | None
) -> list[Ending]:
    """The certificates that end within two months, soonest first, and those that have ended."""
    query = (
        sa.select(Resource.name, Capability.certified_until, TreatmentWords.name.label("treatment"))
        .join(Capability, Capability.resource_id == Resource.id)
        .join(TreatmentWords, TreatmentWords.treatment_id == Capability.treatment_id)
        .where(
            Resource.location_id == location_id,
            Resource.archived_at.is_(None),
            TreatmentWords.language == language,
            Capability.certified_until <= today + WARN_DAYS,
        )
        .order_by(Capability.certified_until, Resource.position, TreatmentWords.name)
    )
    if only is not None:
        query = query.where(Resource.id == only)
    found: dict[tuple[str, date], list[str]] = {}
    for row in db.session.execute(query):
        found.setdefault((row.name, row.certified_until), []).append(row.treatment)
    return [Ending(who, ends_on, tuple(names)) for (who, ends_on), names in found.items()]
