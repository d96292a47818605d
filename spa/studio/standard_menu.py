"""The standard menu that a new studio starts from: the demo's, to be changed to one's own."""

from collections.abc import Mapping

import sqlalchemy as sa
from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from spa.demo_data import DAYS_BETWEEN, TREATMENTS, TreatmentPlan
from spa.domain.money import rescaled
from spa.models import Capability, Resource, Treatment, TreatmentStep, TreatmentWords

PLANS: dict[str, TreatmentPlan] = {plan.slug: plan for plan in TREATMENTS}
"""The treatments by their short names, in the order of the menu; prices in cents."""

NAME_OF_DEVICE = "Red light panel"


def needs_device(plan: TreatmentPlan) -> bool:
    """Whether a device works in one of its steps."""
    return any(step.needs_device for step in plan.steps)


def minutes(plan: TreatmentPlan) -> int:
    """How long it takes."""
    return sum(step.minutes for step in plan.steps)


def proposed(currency: str, *, has_device: bool) -> dict[str, int]:
    """The whole menu at its standard prices, without what needs a device that is not there."""
    digits = get_currency_precision(currency)
    return {
        slug: rescaled(plan.price_minor, 2, digits)
        for slug, plan in PLANS.items()
        if has_device or not needs_device(plan)
    }


def write(
    session: Session, location_id: int, prices: Mapping[str, int], language: str
) -> list[Treatment]:
    """Copy these treatments of the standard menu to a place, at these prices."""
    made = []
    for position, (slug, plan) in enumerate(PLANS.items()):
        if slug not in prices:
            continue
        treatment = Treatment(
            location_id=location_id,
            slug=slug,
            position=position,
            price_minor=prices[slug],
            turnover_minutes=plan.turnover_minutes,
            turnover_needs_practitioner=False,
            is_needling=plan.is_needling,
            days_between=DAYS_BETWEEN if plan.is_needling else None,
        )
        session.add(treatment)
        session.flush()
        session.add(
            TreatmentWords(
                treatment_id=treatment.id,
                language=language,
                name=plan.name,
                summary=plan.summary,
                about=plan.about,
            )
        )
        session.add_all(
            TreatmentStep(treatment_id=treatment.id, position=number, **step._asdict())
            for number, step in enumerate(plan.steps)
        )
        made.append(treatment)
    session.flush()
    return made


def let_everyone_do_everything(session: Session, location_id: int) -> None:
    """Every person and room suits every treatment, every device those that need one.

    Who needs a certificate for what is written down later; nothing that stands is changed.
    """
    needing = sa.select(TreatmentStep.treatment_id).where(TreatmentStep.needs_device)
    pairs = (
        sa.select(Resource.id, Treatment.id)
        .join(Treatment, Treatment.location_id == Resource.location_id)
        .outerjoin(
            Capability,
            sa.and_(Capability.resource_id == Resource.id, Capability.treatment_id == Treatment.id),
        )
        .where(
            Resource.location_id == location_id,
            Resource.archived_at.is_(None),
            Treatment.archived_at.is_(None),
            Capability.resource_id.is_(None),
            sa.or_(Resource.kind != "device", Treatment.id.in_(needing)),
        )
    )
    session.add_all(
        Capability(resource_id=resource_id, treatment_id=treatment_id)
        for resource_id, treatment_id in session.execute(pairs).all()
    )
    session.flush()
