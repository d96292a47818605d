"""What changes when somebody is away: time off made, changed and given back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from spa.errors import ChangedMeanwhile
from spa.models import TimeOff
from spa.schedule import rota_queries
from spa.schedule.changes import Entry
from spa.schedule.rota_changes import member, unchanged
from spa.schedule.rota_queries import WHOLE_DAY, Away


@dataclass(frozen=True)
class TakeOff:
    """Somebody is away, from a time of the first day to a time of the last."""

    location_id: int
    resource_id: int
    away: Away

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; somebody who is away all that time already is not away twice."""
        who = member(session, self.location_id, self.resource_id)
        known = rota_queries.time_off(who.id, self.away.first_on)
        if any(one.covers(self.away) for one in known):
            return []
        session.add(_fill(TimeOff(resource_id=who.id), self.away))
        return [Entry("time_off.made", _dates(self.away), resource_id=who.id)]


@dataclass(frozen=True)
class ChangeOff:
    """A time off begins or ends otherwise, or has another reason."""

    location_id: int
    resource_id: int
    away: Away
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        row, old = _time_off(session, self.location_id, self.away.id)
        if old == self.away:
            return []
        unchanged(member(session, self.location_id, row.resource_id), self.seen)
        _fill(row, self.away)
        was = {f"was_{name}": value for name, value in _dates(old).items()}
        return [Entry("time_off.changed", _dates(self.away) | was, resource_id=row.resource_id)]


@dataclass(frozen=True)
class GiveBack:
    """A time off is taken away: they are in again."""

    location_id: int
    off_id: int
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when it is gone, or is otherwise since `seen`."""
        row, old = _time_off(session, self.location_id, self.off_id)
        unchanged(member(session, self.location_id, row.resource_id), self.seen)
        session.delete(row)
        return [Entry("time_off.removed", _dates(old), resource_id=row.resource_id)]


def _time_off(session: Session, location_id: int, off_id: int) -> tuple[TimeOff, Away]:
    """The row and what it says; raises ChangedMeanwhile when there is none any more."""
    found = rota_queries.off(location_id, off_id)
    if found is None:
        raise ChangedMeanwhile
    return session.get_one(TimeOff, off_id), found[1]


def _fill(row: TimeOff, away: Away) -> TimeOff:
    row.first_on, row.from_minute = away.first_on, away.from_minute
    row.last_on, row.to_minute = away.last_on, away.to_minute
    row.reason = away.reason
    return row


def _dates(away: Away) -> dict[str, Any]:
    """What the record keeps of a time off; never why, which may be about somebody's health."""
    about: dict[str, Any] = {
        "first_on": away.first_on.isoformat(),
        "last_on": away.last_on.isoformat(),
    }
    if (away.from_minute, away.to_minute) != WHOLE_DAY:
        about |= {"from_minute": away.from_minute, "to_minute": away.to_minute}
    return about
