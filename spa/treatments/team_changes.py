"""What could leave a visit without its person, room or device: skills, own rooms, archiving."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.errors import ChangedMeanwhile
from spa.models import Capability, PractitionerRoom, Resource
from spa.schedule.changes import Entry
from spa.treatments import team_queries
from spa.treatments.team_queries import PEOPLE, ROOMS


@dataclass(frozen=True)
class Can:
    """One treatment that somebody or something may do from now on."""

    treatment_id: int
    certificate: str = ""
    certified_until: date | None = None


Known = Mapping[int, tuple[str, date | None] | None]
"""What a page showed of each treatment: its certificate and when it ends, None for not doing it."""


@dataclass(frozen=True)
class Work:
    """What a practitioner does, in which rooms (none: in every one), and how often a day."""

    location_id: int
    resource_id: int
    skills: tuple[Can, ...]
    rooms: tuple[int, ...]
    daily_maximum: int | None
    seen: int
    known: Known | None = None

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        person = _unchanged(session, self.location_id, self.resource_id, self.seen)
        details = _write_skills(session, person, self.skills, self.known)
        about: dict[str, object] = {}
        if _write_rooms(session, person, self.rooms):
            about["resources"] = sorted(self.rooms)
        if person.daily_maximum != self.daily_maximum:
            about["maximum"] = [person.daily_maximum, self.daily_maximum]
            person.daily_maximum = self.daily_maximum
        if not about and not any(details.values()):
            return []
        return [Entry("team.work_changed", details | about, resource_id=person.id)]


@dataclass(frozen=True)
class Thing:
    """What a room or device is called and which treatments it suits."""

    location_id: int
    resource_id: int
    name: str
    skills: tuple[Can, ...]
    seen: int
    known: Known | None = None

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        thing = _unchanged(session, self.location_id, self.resource_id, self.seen)
        details = _write_skills(session, thing, self.skills, self.known)
        fields = ["name"] if thing.name != self.name else []
        thing.name = self.name
        if not fields and not any(details.values()):
            return []
        return [Entry("thing.changed", details | {"fields": fields}, resource_id=thing.id)]


@dataclass(frozen=True)
class Archive:
    """Nobody is booked with this person, or in this room, from now on; what was stays readable."""

    location_id: int
    resource_id: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; a second press changes nothing."""
        one = _resource(session, self.location_id, self.resource_id)
        if one.archived_at is not None:
            return []
        one.archived_at = now
        event = "team.archived" if one.kind == PEOPLE else "thing.archived"
        return [Entry(event, resource_id=one.id)]


def _resource(session: Session, location_id: int, resource_id: int) -> Resource:
    """The row as it is now; raises ChangedMeanwhile when this place has none such."""
    found = session.scalar(
        sa.select(Resource)
        .where(Resource.id == resource_id, Resource.location_id == location_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ChangedMeanwhile
    return found


def _unchanged(session: Session, location_id: int, resource_id: int, seen: int) -> Resource:
    found = _resource(session, location_id, resource_id)
    if team_queries.newest_change(resource_id) > seen:
        raise ChangedMeanwhile
    return found


def _write_skills(
    session: Session, one: Resource, wanted: Iterable[Can], known: Known | None
) -> dict[str, list[str]]:
    """Bring what it may do in line with what is wanted; gives what changed, by name.

    What is archived, or came onto the menu after the page was made, stays as it is. Raises
    ChangedMeanwhile where it would undo what another wrote after the page was made.
    """
    menu = dict(team_queries.menu(one.location_id))
    if known is not None:
        menu = {number: name for number, name in menu.items() if number in known}
    new = {can.treatment_id: can for can in wanted if can.treatment_id in menu}
    rows = session.scalars(
        sa.select(Capability).where(
            Capability.resource_id == one.id, Capability.treatment_id.in_(menu)
        )
    )
    old = {row.treatment_id: row for row in rows}
    for number, then in (known or {}).items():
        is_theirs = _state(old.get(number)) not in {then, _state(new.get(number))}
        if number in menu and is_theirs:
            raise ChangedMeanwhile
    changed = []
    for number in old.keys() - new.keys():
        session.delete(old[number])
    for number, can in new.items():
        row = old.get(number) or Capability(resource_id=one.id, treatment_id=number)
        about = (can.certificate, can.certified_until)
        if number in old and (row.certificate, row.certified_until) != about:
            changed.append(number)
        row.certificate, row.certified_until = about
        session.add(row)
    return {
        "gained": _named(menu, new.keys() - old.keys()),
        "lost": _named(menu, old.keys() - new.keys()),
        "certificates": _named(menu, changed),
    }


def _state(can: Capability | Can | None) -> tuple[str, date | None] | None:
    return (can.certificate, can.certified_until) if can else None


def _named(menu: dict[int, str], numbers: Iterable[int]) -> list[str]:
    chosen = set(numbers)
    return [name for number, name in menu.items() if number in chosen]


def _write_rooms(session: Session, person: Resource, wanted: Iterable[int]) -> bool:
    """Let them work in these rooms alone; says whether that is otherwise than it was."""
    ours = session.scalars(
        sa.select(Resource.id).where(
            Resource.location_id == person.location_id,
            Resource.kind == ROOMS,
            Resource.id.in_(list(wanted)),
        )
    )
    new = set(ours)
    own = PractitionerRoom.practitioner_id == person.id
    old = set(session.scalars(sa.select(PractitionerRoom.room_id).where(own)))
    if new == old:
        return False
    session.execute(sa.delete(PractitionerRoom).where(own))
    session.add_all(
        PractitionerRoom(practitioner_id=person.id, room_id=room_id) for room_id in sorted(new)
    )
    return True
