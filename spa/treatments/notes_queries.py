"""Reads the plan of notes that a treatment's clients get."""

import sqlalchemy as sa

from spa.database import db
from spa.domain.plan import Note, plan_of
from spa.models import Location, TreatmentNote


def plan_for(treatment_id: int, *, is_needling: bool) -> tuple[Note, ...]:
    """Every note there can be, as this treatment has it."""
    rows = db.session.scalars(
        sa.select(TreatmentNote).where(TreatmentNote.treatment_id == treatment_id)
    )
    changed = [Note(row.key, row.days, row.minute, is_on=row.is_on) for row in rows]
    return plan_of(is_needling=is_needling, changed=changed)


def cut_off_hours(location_id: int) -> int:
    """How long before a visit its free change ends."""
    return db.session.get_one(Location, location_id).cut_off_hours
