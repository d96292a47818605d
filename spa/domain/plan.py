"""The plan of a visit: which notes its client gets, and when each of them goes out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from spa.domain.spans import local_time, moment_at

TOGETHER = timedelta(hours=12)
"""Notes that would follow each other within this time go as one."""

AN_HOUR = timedelta(hours=1)
SOON_AFTER = timedelta(minutes=30)
"""The evening's note leaves its reader so much time to get home."""

EARLIEST_DAY, LATEST_DAY = -60, 365
"""The days from the visit that a note may be planned for."""


class Kind(StrEnum):
    """What a message is: only notes and news wait for the morning, only news can be unsubscribed.

    An answer tells what its reader or the studio has just done, an alert tells the studio.
    """

    ANSWER = "answer"
    NOTE = "note"
    NEWS = "news"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the plan: `days` from the visit's own day, and the minute of that day.

    `is_for_needling`: it speaks of needled skin. `asks`: it asks whether the client will come, and
    goes out while a change is still free.
    """

    key: str
    days: int
    minute: int = 10 * 60
    kind: Kind = Kind.NOTE
    is_on: bool = True
    is_for_needling: bool = True
    asks: bool = False


NOTES: tuple[Note, ...] = (
    Note("prep_14d", -14, is_on=False),
    Note("prep_7d", -7),
    Note("prep_5d", -5, is_on=False),
    Note("prep_3d", -3, is_for_needling=False, asks=True),
    Note("prep_1d", -1, is_for_needling=False),
    Note("prep_0d", 0, 8 * 60, is_on=False),
    Note("care_0h", 0, 18 * 60),
    Note("care_24h", 1, is_on=False),
    Note("care_d2", 2),
    Note("care_d4", 4, is_on=False),
    Note("care_d7", 7),
    Note("thanks", 10, kind=Kind.NEWS, is_for_needling=False),
    Note("care_d14", 14, is_on=False),
    Note("care_d28", 28),
    Note("next_time", 42, kind=Kind.NEWS),
    Note("care_m3", 90, kind=Kind.NEWS, is_on=False),
)
"""Every note there is, in the order of a visit, as the program plans it.

Sources: section 4 of the facts; two reminders, three days and one day before, from AJMC-RCT.
"""

BY_KEY = {note.key: note for note in NOTES}
EVENING = "care_0h"
AFTER_THE_VISIT = frozenset(note.key for note in NOTES if not note.key.startswith("prep_"))


@dataclass(frozen=True, slots=True)
class Quiet:
    """The minutes of the day from and until which no planned note goes out at the place."""

    from_minute: int = 21 * 60
    until_minute: int = 8 * 60

    def covers(self, minute: int) -> bool:
        """Says whether this minute of the day is quiet; from and until the same is never."""
        if self.from_minute <= self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


@dataclass(frozen=True, slots=True)
class Visit:
    """What is true of a visit, as far as its notes go; `told_at` is when its client last heard.

    `free_until` is the last moment at which a change costs nothing.
    """

    starts_at: datetime
    ends_at: datetime
    told_at: datetime
    free_until: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """One message to come: when, of what kind, and the notes it says in one, the leading first."""

    at: datetime
    kind: Kind
    keys: tuple[str, ...]


def plan_of(*, is_needling: bool, changed: Iterable[Note] = ()) -> tuple[Note, ...]:
    """The notes of a treatment as its studio wants them, also those that are switched off."""
    own = {note.key: note for note in changed}
    return tuple(
        replace(note, is_on=own[note.key].is_on, days=own[note.key].days,
                minute=own[note.key].minute) if note.key in own else note
        for note in NOTES
        if is_needling or not note.is_for_needling
    )  # fmt: skip


def schedule(
    notes: Iterable[Note],
    visit: Visit,
    *,
    now: datetime,
    zone: ZoneInfo,
    quiet: Quiet,
    declined: Collection[str] = (),
) -> tuple[Planned, ...]:
    """What goes out from now on, soonest first: at most one message on any day of the place.

    What is past is left out, and so is what would follow within twelve hours, or on the same day,
    of what the client was told last. Notes within twelve hours or on one day become one; news never
    joins a note, and goes on the next day that is free.
    """
    wanted = _one_on_the_day(note for note in notes if note.is_on and note.key not in declined)
    timed = [
        (at, note) for note in wanted if (at := _moment(note, visit, zone, quiet)) and at > now
    ]
    told_on = local_time(visit.told_at, zone).date()
    grouped: list[tuple[datetime, list[Note]]] = []
    for at, note in sorted(timed, key=lambda pair: pair[0]):
        is_told = at - visit.told_at < TOGETHER or local_time(at, zone).date() <= told_on
        if note.kind == Kind.NEWS or (is_told and at < visit.starts_at):
            continue
        if grouped and _go_together(grouped[-1][0], at, visit, zone):
            grouped[-1][1].append(note)
            continue
        if grouped and _same_day(grouped[-1][0], at, zone):
            _put_a_day_earlier(grouped, now, zone)
        grouped.append((at, [note]))
    found = [Planned(at, Kind.NOTE, _in_order(group)) for at, group in grouped]
    taken = {local_time(at, zone).date() for at, _group in grouped}
    for at, note in timed:
        if note.kind == Kind.NEWS:
            at = _on_a_free_day(at, taken, zone)
            taken.add(local_time(at, zone).date())
            found.append(Planned(at, Kind.NEWS, (note.key,)))
    return tuple(sorted(found, key=lambda one: one.at))


def out_of_quiet(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The same moment, or the end of the quiet hours that it falls into."""
    local = local_time(at, zone)
    minute = local.hour * 60 + local.minute
    if not quiet.covers(minute):
        return at
    is_next_day = quiet.until_minute <= minute
    return moment_at(local.date() + timedelta(days=is_next_day), quiet.until_minute, zone)


def waits_until(
    keys: Iterable[str],
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    quiet: Quiet,
    had_one_today: bool,
) -> datetime | None:
    """Until when a due note or news should wait, or None to send it now.

    It waits for the morning, and one after the visit for tomorrow when its reader had one today.
    Nothing waits past the visit it speaks of, and the evening's own note not for a second.
    """
    is_after = all(key in AFTER_THE_VISIT for key in keys)
    until = out_of_quiet(now, zone, quiet)
    if had_one_today and is_after and EVENING not in keys:
        tomorrow = local_time(now, zone).date() + timedelta(days=1)
        until = max(until, moment_at(tomorrow, max(quiet.until_minute, 9 * 60), zone))
    if until <= now:
        return None
    return until if is_after or until < starts_at else None


def _moment(note: Note, visit: Visit, zone: ZoneInfo, quiet: Quiet) -> datetime | None:
    """When a note goes out; None when no time for it is left."""
    day = local_time(visit.starts_at, zone).date() + timedelta(days=note.days)
    at = moment_at(day, note.minute, zone)
    if note.key in AFTER_THE_VISIT:
        return _after(at, visit, zone, quiet)
    last = visit.free_until if note.asks else visit.starts_at
    late = out_of_quiet(at, zone, quiet)
    at = late if late < last else _before(min(at, last - AN_HOUR), zone, quiet)
    return at if at < visit.starts_at else None


def _after(at: datetime, visit: Visit, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """Never before its reader is home; the evening's own note is not left for the morning."""
    home = visit.ends_at.astimezone(UTC) + SOON_AFTER
    if at > home:
        return out_of_quiet(at, zone, quiet)
    is_evening = out_of_quiet(visit.ends_at, zone, quiet) == visit.ends_at
    return home if is_evening else out_of_quiet(home, zone, quiet)


def _before(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The same moment, or an hour before the quiet hours that it falls into."""
    local = local_time(at, zone)
    minute = local.hour * 60 + local.minute
    if not quiet.covers(minute):
        return at
    began_yesterday = minute < quiet.from_minute
    day = local.date() - timedelta(days=began_yesterday)
    return moment_at(day, quiet.from_minute, zone) - AN_HOUR


def _one_on_the_day(notes: Iterable[Note]) -> list[Note]:
    """The visit's day has one note: where the evening has its own, the morning's goes before."""
    found = list(notes)
    has_evening = any(note.days == 0 and note.key in AFTER_THE_VISIT for note in found)
    return [
        replace(note, days=-1)
        if has_evening and note.days == 0 and note.key not in AFTER_THE_VISIT
        else note
        for note in found
    ]


def _go_together(first: datetime, then: datetime, visit: Visit, zone: ZoneInfo) -> bool:
    """Within twelve hours or on one day; what follows the visit never joins what leads to it."""
    if (first < visit.starts_at) != (then < visit.starts_at):
        return False
    return (
        then - first < TOGETHER or local_time(first, zone).date() == local_time(then, zone).date()
    )


def _put_a_day_earlier(
    grouped: list[tuple[datetime, list[Note]]], now: datetime, zone: ZoneInfo
) -> None:
    """What leads to a visit leaves its day to what follows it, and goes the day before.

    Only where a day's last visits and first notes are hours apart, as in a studio open at night.
    """
    at, notes = grouped.pop()
    local = local_time(at, zone)
    earlier = moment_at(local.date() - timedelta(days=1), local.hour * 60 + local.minute, zone)
    if grouped and _same_day(grouped[-1][0], earlier, zone):
        grouped[-1][1].extend(notes)
    elif earlier > now:
        grouped.append((earlier, notes))


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return local_time(one, zone).date() == local_time(other, zone).date()


def _in_order(notes: Iterable[Note]) -> tuple[str, ...]:
    """The one that asks leads, then the one that is nearest to the visit."""
    return tuple(
        note.key for note in sorted(notes, key=lambda note: (not note.asks, abs(note.days)))
    )


def _on_a_free_day(at: datetime, taken: Collection[date], zone: ZoneInfo) -> datetime:
    local = local_time(at, zone)
    day = local.date()
    while day in taken:
        day += timedelta(days=1)
    return at if day == local.date() else moment_at(day, local.hour * 60 + local.minute, zone)


class Wrong(StrEnum):
    """What is wrong with a note of a plan."""

    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    TOO_FAR = "too_far"
    TOO_LATE_TO_CHANGE = "too_late_to_change"


def wrong_with(note: Note, *, cut_off_hours: int) -> Wrong | None:
    """What is wrong with where a studio puts a note, if anything."""
    if note.key in AFTER_THE_VISIT:
        if note.days < 0:
            return Wrong.NOT_AFTER
    elif note.days > 0:
        return Wrong.NOT_BEFORE
    if not EARLIEST_DAY <= note.days <= LATEST_DAY:
        return Wrong.TOO_FAR
    if note.asks and note.is_on and -note.days * 24 < cut_off_hours:
        return Wrong.TOO_LATE_TO_CHANGE
    return None
