"""What changes when somebody can be booked: their week, one day, and leaving."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.domain.hours import Pattern
from spa.errors import ChangedMeanwhile
from spa.models import Booking, Resource, Shift, ShiftBreak, TimeOff
from spa.schedule import rota_queries
from spa.schedule.changes import Entry
from spa.schedule.rota_queries import A_DAY, WHOLE_DAY, Week
from spa.schedule.stranded import COMING


@dataclass(frozen=True)
class NewWeek:
    """Somebody works this week from a day on, until a last day if there is one.

    What was before stays as it was; after a last day it goes on.
    """

    location_id: int
    resource_id: int
    first_on: date
    last_on: date | None
    week: Week
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        who = member(session, self.location_id, self.resource_id)
        if self._is_so():
            return []
        unchanged(who, self.seen)
        for shift in _weekly(session, who.id):
            _cut(session, shift, self.first_on, self.last_on)
        for one in self.week:
            _add(session, who.id, replace(one, starts_on=self.first_on, ends_on=self.last_on))
        days = [[one.weekday, one.from_minute, one.to_minute] for one in self.week]
        details: dict[str, Any] = {"first_on": self.first_on.isoformat(), "week": days}
        if self.last_on:
            details["last_on"] = self.last_on.isoformat()
        return [Entry("rota.week_set", details, resource_id=who.id)]

    def _is_so(self) -> bool:
        """Whether these days are worked like this already: a second press changes nothing."""
        for spell in rota_queries.spells(rota_queries.shifts(self.resource_id)):
            begins = spell.first_on is None or spell.first_on <= self.first_on
            ends = spell.last_on is None or (
                self.last_on is not None and self.last_on <= spell.last_on
            )
            if begins and ends and spell.week == self.week:
                return True
        return False


@dataclass(frozen=True)
class OneDay:
    """Somebody works other hours on one day, is not in (`is_off`), or is in as usual again."""

    location_id: int
    resource_id: int
    on: date
    hours: Pattern | None
    is_off: bool
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else did after `seen`."""
        who = member(session, self.location_id, self.resource_id)
        if self._is_so():
            return []
        unchanged(who, self.seen)
        old = session.scalars(
            sa.select(Shift).where(Shift.resource_id == who.id, Shift.on_date == self.on)
        )
        for shift in old.all():
            _remove(session, shift)
        session.execute(sa.delete(TimeOff).where(TimeOff.resource_id == who.id, self._is_day_off()))
        if self.is_off:
            session.add(TimeOff(resource_id=who.id, first_on=self.on, last_on=self.on))
        elif self.hours:
            _add(session, who.id, replace(self.hours, weekday=None, on_date=self.on))
        hours = [self.hours.from_minute, self.hours.to_minute] if self.hours else None
        details = {"on": self.on.isoformat(), "hours": hours, "is_off": self.is_off}
        return [Entry("rota.day_set", details, resource_id=who.id)]

    def _is_so(self) -> bool:
        """Whether that day is like this already."""
        away = rota_queries.time_off(self.resource_id, self.on)
        is_off = any(one.is_one_whole_day and one.first_on == self.on for one in away)
        now = rota_queries.day_on(rota_queries.shifts(self.resource_id), self.on)
        wanted = replace(self.hours, weekday=None, on_date=self.on) if self.hours else None
        return (now, is_off) == (wanted, self.is_off)

    def _is_day_off(self) -> sa.ColumnElement[bool]:
        from_minute, to_minute = WHOLE_DAY
        return sa.and_(
            TimeOff.first_on == self.on,
            TimeOff.last_on == self.on,
            TimeOff.from_minute == from_minute,
            TimeOff.to_minute == to_minute,
        )


@dataclass(frozen=True)
class Leave:
    """Somebody's last day: no shift after it, and once it is over nobody is booked with them.

    While the last day is ahead, or has visits left, they stay in the rota until it is over.
    `midnight` is when `today` ends.
    """

    location_id: int
    resource_id: int
    last_on: date
    today: date
    midnight: datetime
    seen: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write it; raises ChangedMeanwhile when somebody else changed their hours meanwhile."""
        who = member(session, self.location_id, self.resource_id)
        known = rota_queries.last_day(rota_queries.shifts(who.id))
        if known == self.last_on and not self.is_over(session, now):
            return []
        unchanged(who, self.seen)
        for shift in _all_shifts(session, who.id):
            if shift.weekday is not None:
                if known and shift.ends_on == known < self.last_on:
                    shift.ends_on = self.last_on
                _cut(session, shift, self.last_on + A_DAY, None)
            elif shift.on_date and shift.on_date > self.last_on:
                _remove(session, shift)
        session.execute(
            sa.delete(TimeOff).where(TimeOff.resource_id == who.id, TimeOff.first_on > self.last_on)
        )
        if self.is_over(session, now):
            who.archived_at = now
        details = {"last_on": self.last_on.isoformat(), "is_archived": bool(who.archived_at)}
        return [Entry("rota.left", details, resource_id=who.id)]

    def is_over(self, session: Session, now: datetime) -> bool:
        """Whether they can be put away now: the last day is past, or has no visit left."""
        if self.last_on != self.today:
            return self.last_on < self.today
        left = sa.select(Booking.id).where(
            Booking.practitioner_id == self.resource_id,
            Booking.status.in_(COMING),
            Booking.ends_at > now,
            Booking.starts_at < self.midnight,
        )
        return session.scalar(left.limit(1)) is None


def member(session: Session, location_id: int, resource_id: int) -> Resource:
    """The row as it is now; raises ChangedMeanwhile when nobody such works here any more."""
    found = session.scalar(
        sa.select(Resource)
        .where(
            Resource.id == resource_id,
            Resource.location_id == location_id,
            Resource.archived_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ChangedMeanwhile
    return found


def unchanged(who: Resource, seen: int) -> None:
    """Raise ChangedMeanwhile when their hours changed after that entry of the record."""
    if rota_queries.newest_change(who.id) > seen:
        raise ChangedMeanwhile


def _all_shifts(session: Session, resource_id: int) -> Iterable[Shift]:
    return session.scalars(sa.select(Shift).where(Shift.resource_id == resource_id)).all()


def _weekly(session: Session, resource_id: int) -> Iterable[Shift]:
    return [one for one in _all_shifts(session, resource_id) if one.weekday is not None]


def _cut(session: Session, shift: Shift, first_on: date, last_on: date | None) -> None:
    """Take some days out of a shift: what is before and after them stays."""
    is_over = shift.ends_on is not None and shift.ends_on < first_on
    if is_over or (last_on and shift.starts_on and shift.starts_on > last_on):
        return
    pauses = _pauses(session, shift.id)
    after = last_on + A_DAY if last_on else None
    if after and (shift.ends_on is None or shift.ends_on >= after):
        rest = Pattern(
            shift.from_minute,
            shift.to_minute,
            shift.weekday,
            None,
            after,
            shift.ends_on,
            tuple((one.from_minute, one.to_minute) for one in pauses),
        )
        _add(session, shift.resource_id, rest)
    if shift.starts_on is None or shift.starts_on < first_on:
        shift.ends_on = first_on - A_DAY
    else:
        _remove(session, shift)


def _pauses(session: Session, shift_id: int) -> list[ShiftBreak]:
    return list(session.scalars(sa.select(ShiftBreak).where(ShiftBreak.shift_id == shift_id)))


def _remove(session: Session, shift: Shift) -> None:
    session.execute(sa.delete(ShiftBreak).where(ShiftBreak.shift_id == shift.id))
    session.delete(shift)
    session.flush()


def _add(session: Session, resource_id: int, pattern: Pattern) -> None:
    shift = Shift(
        resource_id=resource_id,
        weekday=pattern.weekday,
        on_date=pattern.on_date,
        from_minute=pattern.from_minute,
        to_minute=pattern.to_minute,
        starts_on=pattern.starts_on,
        ends_on=pattern.ends_on,
    )
    session.add(shift)
    session.flush()
    session.add_all(
        ShiftBreak(shift_id=shift.id, from_minute=first, to_minute=last)
        for first, last in pattern.breaks
    )
    session.flush()
