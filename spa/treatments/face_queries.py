"""Reads the team as visitors meet it: who works here, what is said of them, their photos."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from spa.database import db
from spa.models import Location, Resource, ResourcePhoto, Treatment
from spa.treatments import team_queries
from spa.treatments.team_queries import FALLBACK, PEOPLE, Member, Words


@dataclass(frozen=True)
class Face:
    """A practitioner as visitors meet them."""

    member: Member
    words: Words
    treatments: list[tuple[str, str]]


def faces(location: Location, today: date, *, treatment_slug: str = "") -> list[Face]:
    """The team as visitors meet it, or those of it who may do one treatment today."""
    team = [one for one in team_queries.members(location.id, PEOPLE) if one.archived_at is None]
    ids = [one.id for one in team]
    all_said = {**team_queries.said(FALLBACK, ids), **team_queries.said(location.language, ids)}
    shown = _public_menu(location.id)
    found = [
        Face(
            one,
            all_said.get(one.id, Words()),
            [
                (shown[skill.treatment_id], skill.name)
                for skill in one.skills
                if skill.treatment_id in shown and not skill.is_over(today)
            ],
        )
        for one in team
    ]
    if not treatment_slug:
        return found
    return [one for one in found if treatment_slug in (slug for slug, _name in one.treatments)]


def _public_menu(location_id: int) -> dict[int, str]:
    """Number and address of what visitors find on the menu."""
    query = sa.select(Treatment.id, Treatment.slug).where(
        Treatment.location_id == location_id,
        Treatment.archived_at.is_(None),
        Treatment.is_hidden.is_(False),
    )
    return {row.id: row.slug for row in db.session.execute(query)}


def photo(slug: str, digest: str) -> bytes | None:
    """The picture at this address; who has left is not shown any more."""
    return db.session.scalar(
        sa.select(ResourcePhoto.content)
        .join(Resource, Resource.id == ResourcePhoto.resource_id)
        .where(
            Resource.slug == slug,
            ResourcePhoto.digest == digest,
            Resource.archived_at.is_(None),
        )
    )
