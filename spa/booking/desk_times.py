"""The times that the desk offers: as usual, now, the soonest, those of a day, those near to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from spa import wording
from spa.booking import queries
from spa.booking.picker import TimeOption
from spa.booking.queries import Offer
from spa.domain.availability import Facts, FreeStart, Waived
from spa.domain.facts import Reason
from spa.domain.habits import Habit, weekly
from spa.domain.spans import day_span, local_time, moment_of, tick_at, tick_at_or_after

AHEAD = timedelta(weeks=8)
AN_HOUR = timedelta(hours=1)
FEW = 4


SOON = timedelta(minutes=20)
"""Whoever walks in and can begin within this need not be told when to come back."""


@dataclass(frozen=True)
class DeskTime(TimeOption):
    """A time as a button that also says with whom, where that is part of the offer."""

    slug: str = ""

    @property
    def value(self) -> str:
        """What the button sends: the moment on the studio's clock, and the person."""
        return f"{super().value} {self.slug}".strip()


@dataclass(frozen=True)
class Times:
    """All that the page offers; `not_before` is the day from which the next session is due."""

    people: list[tuple[str, str]]
    usual: list[DeskTime]
    wanted: DeskTime | None
    now: DeskTime | None
    is_now: bool
    soonest: list[DeskTime]
    day: str
    day_title: str
    previous: str
    next: str
    on_day: list[DeskTime]


@dataclass(frozen=True)
class Wish:
    """What is asked for: with whom, on which day, at which free time somebody came from."""

    practitioner: str = ""
    day: date | None = None
    is_day_chosen: bool = False
    wanted: datetime | None = None
    habit: Habit | None = None
    not_before: date | None = None
    is_next: bool = False
    preferred: int | None = None


def eager(offer: Offer, waives: Waived) -> Offer:
    """The offer as the desk lists it: the notice is for online, to whoever may set it aside."""
    if Reason.TOO_SOON not in waives:
        return offer
    return replace(offer, policy=replace(offer.policy, notice_minutes=0))


def times(offer: Offer, wish: Wish, *, grid: int, now: datetime) -> Times:
    """What the page offers; `grid` is the house's own, which the many times of a day keep to."""
    zone = offer.zone
    today = local_time(now, zone).date()
    horizon = today + timedelta(days=offer.policy.horizon_days)
    first_on = min(max(wish.not_before or today, today), horizon)
    last_on = min(first_on + AHEAD, horizon)
    known = queries.facts(offer, today, last_on, now=now, preferred=wish.preferred)
    everyone = queries.starts(known, offer)
    free = everyone
    if who := _alone(known, wish.practitioner):
        free = queries.starts(who, offer)
    due = _from(free, first_on, zone)
    day = max(wish.day or (_day(due[0], zone) if due else today), today)
    if wish.is_day_chosen:
        usual = _usual_that_day(known, offer, wish, day, last_on, now)
    else:
        usual = _as_usual(known, offer, wish, first_on, last_on)
    slug = wish.practitioner if who else ""
    on_day = _of_day(offer, wish, free, day, last_on, now, slug)
    return Times(
        people=[(person.slug, person.name) for person in known.people],
        usual=usual,
        wanted=_wanted(everyone if not who else free, wish, zone, slug),
        now=_button(everyone[0], zone) if everyone else None,
        is_now=bool(everyone) and moment_of(everyone[0].tick) - now <= SOON,
        soonest=[_button(one, zone, slug) for one in _apart(due)],
        day=day.isoformat(),
        day_title=wording.day_long(day),
        previous=(day - timedelta(days=1)).isoformat() if day > today else "",
        next=(day + timedelta(days=1)).isoformat(),
        on_day=[_button(one, zone, slug) for one in _thinned(on_day, grid, zone)],
    )


def nearest(
    offer: Offer, start: datetime, *, grid: int, now: datetime, **about: Any
) -> list[DeskTime]:
    """The free times nearest to one that can't be had, soonest first; `about` as for `facts`."""
    zone = offer.zone
    today = local_time(now, zone).date()
    day = max(local_time(start, zone).date(), today)
    slug = about.get("practitioner", "")
    for reach in (1, 14):
        first_on = max(day - timedelta(days=reach), today)
        free = queries.free_times(offer, first_on, day + timedelta(days=reach), now=now, **about)
        if len(free) >= FEW:
            break
    close = _closest(_thinned(free, grid, zone), start)
    return [_button(one, zone, slug) for one in close]


def _alone(known: Facts, slug: str) -> Facts | None:
    """The facts with that person alone, if they give this treatment."""
    people = tuple(person for person in known.people if person.slug == slug)
    return replace(known, people=people) if people else None


def _as_usual(
    known: Facts, offer: Offer, wish: Wish, first_on: date, last_on: date
) -> list[DeskTime]:
    """The next free time of the habit; for the next of a visit that very day, or the nearest."""
    habit = wish.habit
    alone = _alone(known, habit.practitioner) if habit else None
    if habit is None or alone is None:
        return []
    free = queries.starts(alone, offer)
    by_tick = {one.tick: one for one in free}
    days = weekly(habit.weekday, first_on, last_on)
    ticks = [tick_at(day, habit.minute, offer.zone) for day in days]
    if wish.is_next and ticks and ticks[0] not in by_tick:
        due = _from(free, first_on, offer.zone)
        close = _closest(
            _thinned(due, offer.policy.grid_minutes * 3, offer.zone), moment_of(ticks[0])
        )
        return [_button(one, offer.zone, habit.practitioner) for one in close]
    found = [by_tick[tick] for tick in ticks if tick in by_tick][:1]
    return [_button(one, offer.zone, habit.practitioner) for one in found]


def _usual_that_day(
    known: Facts, offer: Offer, wish: Wish, day: date, last_on: date, now: datetime
) -> list[DeskTime]:
    """The usual person at the usual time on the day that was chosen, or near to it."""
    habit, zone = wish.habit, offer.zone
    alone = _alone(known, habit.practitioner) if habit else None
    if habit is None or alone is None:
        return []
    free = _of_day(offer, wish, queries.starts(alone, offer), day, last_on, now, habit.practitioner)
    start = moment_of(tick_at(day, habit.minute, zone))
    found = [one for one in free if moment_of(one.tick) == start]
    close = found or _closest(_thinned(free, offer.policy.grid_minutes * 3, zone), start)
    return [_button(one, zone, habit.practitioner) for one in close]


def _wanted(free: Iterable[FreeStart], wish: Wish, zone: ZoneInfo, slug: str) -> DeskTime | None:
    """The time somebody came from, offered first while it is free."""
    if wish.wanted is None:
        return None
    return next(
        (_button(one, zone, slug) for one in free if moment_of(one.tick) == wish.wanted), None
    )


def _of_day(
    offer: Offer,
    wish: Wish,
    free: Sequence[FreeStart],
    day: date,
    last_on: date,
    now: datetime,
    slug: str,
) -> Sequence[FreeStart]:
    """The free starts of one day, which may lie beyond those that were read."""
    if day <= last_on:
        first, last = day_span(day, offer.zone)
        return [one for one in free if first <= one.tick < last]
    return queries.free_times(offer, day, day, now=now, practitioner=slug, preferred=wish.preferred)


def _thinned(free: Sequence[FreeStart], grid: int, zone: ZoneInfo) -> list[FreeStart]:
    """Those on the house's own grid, and the first after something else: nobody reads hundreds."""
    kept, before = [], None
    for one in free:
        if one.tick - 1 != before or local_time(moment_of(one.tick), zone).minute % grid == 0:
            kept.append(one)
        before = one.tick
    return kept


def _apart(free: Iterable[FreeStart]) -> list[FreeStart]:
    """The first few that are an hour apart."""
    picks: list[FreeStart] = []
    for one in free:
        if len(picks) == FEW:
            break
        if not picks or moment_of(one.tick) - moment_of(picks[-1].tick) >= AN_HOUR:
            picks.append(one)
    return picks


def _closest(free: Iterable[FreeStart], start: datetime) -> list[FreeStart]:
    close = sorted(free, key=lambda one: abs(moment_of(one.tick) - start))[:FEW]
    return sorted(close, key=lambda one: one.tick)


def _button(one: FreeStart, zone: ZoneInfo, slug: str = "") -> DeskTime:
    return DeskTime(moment_of(one.tick), zone, one.person.name, slug)


def _from(free: Iterable[FreeStart], day: date, zone: ZoneInfo) -> list[FreeStart]:
    """Those from that day on."""
    first = day_span(day, zone).start
    return [one for one in free if one.tick >= first]


def _day(one: FreeStart, zone: ZoneInfo) -> date:
    return local_time(moment_of(one.tick), zone).date()


def from_now(now: datetime) -> datetime:
    """Now, rounded up to the five minutes that visits start on."""
    return moment_of(tick_at_or_after(now))
