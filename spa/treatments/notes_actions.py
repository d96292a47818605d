"""Changing the plan of notes of a treatment, and of every visit that has notes to come."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.plan import BY_KEY, Note
from spa.domain.roles import Actor
from spa.messages import planning
from spa.models import Booking, Treatment, TreatmentNote


def set_notes(
    treatment_id: int, notes: Sequence[Note], *, actor: Actor, for_all: bool = False
) -> int:
    """Have clients of this treatment get these notes, from now on; how many visits it concerns.

    `for_all` gives every other treatment of the place that has needles, or has none, the same.
    """
    now = clock.now()
    with transaction() as session:
        first = session.get_one(Treatment, treatment_id, with_for_update=True)
        treatments = [first]
        if for_all:
            treatments = list(
                session.scalars(
                    sa.select(Treatment)
                    .where(
                        Treatment.location_id == first.location_id,
                        Treatment.is_needling == first.is_needling,
                        Treatment.archived_at.is_(None),
                    )
                    .order_by(Treatment.id)
                    .with_for_update()
                )
            )
        count = 0
        for treatment in treatments:
            keys = _write(session, treatment.id, notes)
            visits = planning.plan_again(session, Booking.treatment_id == treatment.id, now)
            count += visits
            record(
                session,
                "treatment.notes_changed",
                at=now,
                staff_id=actor.id,
                location_id=treatment.location_id,
                treatment_id=treatment.id,
                keys=keys,
                visits=visits,
            )
    return count


def _write(session: Session, treatment_id: int, notes: Iterable[Note]) -> list[str]:
    """Keep what differs from the program's own plan; the notes that do."""
    session.execute(sa.delete(TreatmentNote).where(TreatmentNote.treatment_id == treatment_id))
    different = [note for note in notes if note != BY_KEY[note.key]]
    session.add_all(
        TreatmentNote(
            treatment_id=treatment_id,
            key=note.key,
            is_on=note.is_on,
            days=note.days,
            minute=note.minute,
        )
        for note in different
    )
    session.flush()
    return [note.key for note in different]
