"""What can be booked: a treatment with its steps, its price and what its house wants."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.database import db
from spa.domain.availability import Policy, Session, Step
from spa.domain.policy import ChangePolicy
from spa.models import Location, Treatment, TreatmentStep, TreatmentWords


@dataclass(frozen=True)
class Offer:
    """A treatment as it can be booked: its shape, its price, and what its house wants."""

    treatment_id: int
    slug: str
    name: str
    summary: str
    price_minor: int
    is_needling: bool
    session: Session
    location_id: int
    zone: ZoneInfo
    currency: str
    country: str
    language: str
    policy: Policy
    change_policy: ChangePolicy
    hold_minutes: int
    hold_extensions: int
    coming_visits: int


_treatment, _words, _step = (
    Treatment.__table__,
    TreatmentWords.__table__,
    TreatmentStep.__table__,
)
_location = Location.__table__

_OFFER = (
    sa.select(
        _treatment.c.id,
        _treatment.c.slug,
        _words.c.name,
        _words.c.summary,
        _treatment.c.price_minor,
        _treatment.c.is_needling,
        _treatment.c.turnover_minutes,
        _treatment.c.turnover_needs_practitioner,
        _step.c.kind,
        _step.c.minutes,
        _step.c.needs_practitioner,
        _step.c.needs_device,
        _location.c.id.label("location_id"),
        _location.c.zone,
        _location.c.currency,
        _location.c.country,
        _location.c.language,
        _location.c.notice_minutes,
        _location.c.horizon_days,
        _location.c.grid_minutes,
        _location.c.cut_off_hours,
        _location.c.grace_minutes,
        _location.c.online_moves,
        _location.c.hold_minutes,
        _location.c.hold_extensions,
        _location.c.coming_visits,
    )
    .join(_location, _location.c.id == _treatment.c.location_id)
    .join(
        _words,
        sa.and_(
            _words.c.treatment_id == _treatment.c.id, _words.c.language == _location.c.language
        ),
    )
    .join(_step, _step.c.treatment_id == _treatment.c.id)
    .order_by(_step.c.position)
)
_OFFER_AT_DESK = _OFFER.where(
    _treatment.c.slug == sa.bindparam("slug"),
    _treatment.c.archived_at.is_(None),
)
_OFFER_BY_SLUG = _OFFER_AT_DESK.where(
    _treatment.c.is_hidden.is_(False), _location.c.opened_at.is_not(None)
)
_OFFER_BY_ID = _OFFER.where(_treatment.c.id == sa.bindparam("treatment_id"))


def offer(slug: str) -> Offer | None:
    """What visitors can book under this name, or None."""
    return _offer(db.session.connection().execute(_OFFER_BY_SLUG, {"slug": slug}).all())


def any_offer(slug: str) -> Offer | None:
    """What the desk can book under this name: also what visitors don't see."""
    return _offer(db.session.connection().execute(_OFFER_AT_DESK, {"slug": slug}).all())


def offer_of(treatment_id: int) -> Offer:
    """The treatment of a booking that is made already, also once it is archived."""
    found = _offer(
        db.session.connection().execute(_OFFER_BY_ID, {"treatment_id": treatment_id}).all()
    )
    if not found:
        raise LookupError(f"treatment {treatment_id} has no words or no steps")
    return found


def _offer(rows: Iterable[Any]) -> Offer | None:
    rows = list(rows)
    if not rows:
        return None
    first = rows[0]
    steps = tuple(
        Step(row.kind, row.minutes, row.needs_practitioner, row.needs_device) for row in rows
    )
    return Offer(
        treatment_id=first.id,
        slug=first.slug,
        name=first.name,
        summary=first.summary,
        price_minor=first.price_minor,
        is_needling=first.is_needling,
        session=Session(
            steps, first.turnover_minutes, first.turnover_needs_practitioner, first.is_needling
        ),
        location_id=first.location_id,
        zone=ZoneInfo(first.zone),
        currency=first.currency,
        country=first.country,
        language=first.language,
        policy=Policy(first.notice_minutes, first.horizon_days, first.grid_minutes),
        change_policy=ChangePolicy(first.cut_off_hours, first.grace_minutes, first.online_moves),
        hold_minutes=first.hold_minutes,
        hold_extensions=first.hold_extensions,
        coming_visits=first.coming_visits,
    )
