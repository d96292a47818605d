"""What the page for choosing a time shows: soonest picks, a month, a day and its times."""

import calendar
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.booking import queries
from spa.booking.queries import Offer
from spa.domain.availability import FreeStart
from spa.domain.spans import local_days, moment_of

PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
SOONEST = 3
NEAREST = 3
APART = timedelta(minutes=60)


@dataclass(frozen=True)
class TimeOption:
    """A time as a button; its words are made when a page asks for them."""

    moment: datetime
    zone: ZoneInfo
    who: str

    @property
    def value(self) -> str:
        """What the button sends: the moment on the studio's clock."""
        return self.moment.astimezone(self.zone).isoformat(timespec="minutes")

    @property
    def clock(self) -> str:
        """The time of day: "10:00"."""
        return wording.clock(self.moment, self.zone)

    @property
    def label(self) -> str:
        """Day and time: "Tue 24 Nov, 10:00"."""
        return wording.moment_short(self.moment, self.zone)

    @property
    def iso(self) -> str:
        """The moment in UTC, for programs."""
        return f"{self.moment.isoformat()[:19]}Z"


@dataclass(frozen=True)
class Choice:
    """A link that changes what is shown."""

    label: str
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Day:
    """A day of the month; one with free hours has an address."""

    number: int
    label: str
    url: str | None
    is_chosen: bool
    is_today: bool


@dataclass(frozen=True)
class Group:
    """The times of one part of the day."""

    title: str
    times: list[TimeOption]


@dataclass(frozen=True)
class Query:
    """What the visitor asked to see; all of it stands in the address."""

    month: date | None = None
    day: date | None = None
    practitioner: str = ""
    part: str = ""


@dataclass
class Picker:
    """All that the page shows about time."""

    soonest: list[TimeOption]
    people: list[Choice]
    parts: list[Choice]
    month_title: str
    previous_url: str | None
    previous_label: str
    next_url: str | None
    next_label: str
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day | None]]
    day_title: str | None
    groups: list[Group]
    next_free: Choice | None
    zone_note: str
    who_query: str
    part_query: str


Address = Callable[[Query], str]


def addresses(base: str) -> Address:
    """Makes the links that change what a page for choosing a time shows."""

    def address(query: Query) -> str:
        asked = urlencode(address_args(query))
        return f"{base}?{asked}" if asked else base

    return address


def query_of(args: Mapping[str, str]) -> Query:
    """What an address asks to see; what cannot be read is left out."""
    part = args.get("part", "")
    return Query(
        month=_date(f"{args.get('month', '')}-01"),
        day=_date(args.get("day", "")),
        practitioner=args.get("with", "").replace("\0", "")[:80],
        part=part if part in PARTS else "",
    )


def address_args(query: Query) -> dict[str, str]:
    """What stands in the address of a page for choosing a time."""
    asked = {
        "month": query.month.strftime("%Y-%m") if query.month else "",
        "day": query.day.isoformat() if query.day else "",
        "with": query.practitioner,
        "part": query.part,
    }
    return {name: value for name, value in asked.items() if value}


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def picker(
    offer: Offer,
    query: Query,
    address: Address,
    *,
    now: datetime,
    visitor: str = "",
    without: int = 0,
    preferred: int | None = None,
) -> Picker:
    """The page's view of time; `address` makes the link that shows something else.

    `visitor`, `without` and `preferred` say whose hold, which booking and which person count as in
    `facts`.
    """
    about: dict[str, Any] = {
        "now": now,
        "visitor": visitor,
        "without": without,
        "preferred": preferred,
    }
    today = now.astimezone(offer.zone).date()
    horizon = today + timedelta(days=offer.policy.horizon_days)
    month = _first(min(max(query.month or query.day or today, today), horizon))
    known = queries.facts(offer, max(month, today), _last(month), **about)
    people = [(person.slug, person.name) for person in known.people]
    chosen = tuple(person for person in known.people if person.slug == query.practitioner)
    if chosen:
        known = replace(known, people=chosen)
    else:
        query = replace(query, practitioner="")
    free = _in_part(queries.starts(known, offer), query.part, offer.zone)
    is_first_look = not query.month and not query.day
    by_day = _by_day(free, offer.zone)
    day = query.day or next(iter(by_day), None)
    later = None if day in by_day else _later(offer, query, by_day, day, month, horizon, about)
    if later and is_first_look:
        shown = replace(query, month=_first(later))
        return replace(
            picker(offer, shown, address, **about), soonest=soonest(offer, query, **about)
        )
    picks = _soonest(free, offer.zone) if month <= today else []
    if is_first_look and len(picks) < SOONEST:
        picks = soonest(offer, query, **about)
    return Picker(
        soonest=picks,
        people=_people(people, query, address),
        parts=[
            Choice(
                wording.part_of_day(part), address(replace(query, part=part)), part == query.part
            )
            for part in ("", *PARTS)
        ],
        month_title=wording.month(month),
        previous_url=_month_url(query, month, -1, today, horizon, address),
        previous_label=wording.month(_shifted(month, -1)),
        next_url=_month_url(query, month, 1, today, horizon, address),
        next_label=wording.month(_shifted(month, 1)),
        weekdays=[
            (wording.weekday(day, is_short=True), wording.weekday(day))
            for day in (date(2024, 1, 1 + n) for n in range(7))
        ],
        weeks=_weeks(month, by_day, day, today, query, address),
        day_title=wording.day_long(day) if day else None,
        groups=_groups(by_day.get(day, []) if day else [], offer.zone),
        next_free=Choice(wording.day_long(later), address(replace(query, month=None, day=later)))
        if later
        else None,
        zone_note=_("Times are in %(zone)s.", zone=wording.zone_name(offer.zone, now)),
        who_query=query.practitioner,
        part_query=query.part,
    )


def nearest(offer: Offer, start: datetime, *, now: datetime, **about: Any) -> list[TimeOption]:
    """The free times nearest to one that can't be had, soonest first; `about` as for `facts`."""
    today = now.astimezone(offer.zone).date()
    last = today + timedelta(days=offer.policy.horizon_days)
    wanted = min(max(start, now), now + timedelta(days=offer.policy.horizon_days))
    day = wanted.astimezone(offer.zone).date()
    for reach in (1, 7, 31):
        first_on = max(day - timedelta(days=reach), today)
        last_on = min(max(day + timedelta(days=reach), first_on), last)
        free = queries.free_times(offer, first_on, last_on, now=now, **about)
        if len(free) >= NEAREST:
            break
    close = sorted(free, key=lambda one: abs(moment_of(one.tick) - wanted))[:NEAREST]
    return [option(one, offer.zone) for one in sorted(close)]


def option(free: FreeStart, zone: ZoneInfo) -> TimeOption:
    """A free start as a button."""
    return TimeOption(moment_of(free.tick), zone, free.person.name)


def soonest(
    offer: Offer, query: Query | None = None, *, now: datetime, **about: Any
) -> list[TimeOption]:
    """The first picks from today on, looking as far ahead as needed; `about` as for `facts`."""
    query = query or Query()
    today = now.astimezone(offer.zone).date()
    picks: list[TimeOption] = []
    for days in (7, 35, offer.policy.horizon_days):
        last = today + timedelta(days=min(days, offer.policy.horizon_days))
        about["practitioner"] = query.practitioner
        free = queries.free_times(offer, today, last, now=now, **about)
        picks = _soonest(_in_part(free, query.part, offer.zone), offer.zone)
        if len(picks) == SOONEST:
            break
    return picks


def _in_part(free: Sequence[FreeStart], part: str, zone: ZoneInfo) -> Sequence[FreeStart]:
    if part not in PARTS:
        return free
    first, last = PARTS[part]
    return [one for one in free if first <= moment_of(one.tick).astimezone(zone).hour < last]


def _soonest(free: Sequence[FreeStart], zone: ZoneInfo) -> list[TimeOption]:
    """The first few that are an hour apart: three quarters of one hour are no choice."""
    picks: list[FreeStart] = []
    for one in free:
        if len(picks) == SOONEST:
            break
        if not picks or moment_of(one.tick) - moment_of(picks[-1].tick) >= APART:
            picks.append(one)
    return [option(one, zone) for one in picks]


def _by_day(free: Sequence[FreeStart], zone: ZoneInfo) -> dict[date, Sequence[FreeStart]]:
    """The free starts of each day that has any; they come in order of time."""
    if not free:
        return {}
    first, last = (moment_of(free[end].tick).astimezone(zone).date() for end in (0, -1))
    ticks = [one.tick for one in free]
    days = {
        day.date: free[bisect_left(ticks, day.start) : bisect_left(ticks, day.end)]
        for day in local_days(first, last, zone)
    }
    return {day: found for day, found in days.items() if found}


def _people(people: list[tuple[str, str]], query: Query, address: Address) -> list[Choice]:
    anyone = Choice(_("Anyone"), address(replace(query, practitioner="")), not query.practitioner)
    return [
        anyone,
        *(
            Choice(name, address(replace(query, practitioner=slug)), slug == query.practitioner)
            for slug, name in people
        ),
    ]


def _groups(free: Sequence[FreeStart], zone: ZoneInfo) -> list[Group]:
    groups = [
        Group(wording.part_heading(part), [option(one, zone) for one in _in_part(free, part, zone)])
        for part in PARTS
    ]
    return [group for group in groups if group.times]


def _weeks(
    month: date,
    by_day: dict[date, Sequence[FreeStart]],
    chosen: date | None,
    today: date,
    query: Query,
    address: Address,
) -> list[list[Day | None]]:
    def day(number: int) -> Day | None:
        if not number:
            return None
        on = month.replace(day=number)
        url = address(replace(query, month=None, day=on)) if on in by_day else None
        return Day(number, wording.day_long(on), url, on == chosen, on == today)

    return [
        [day(number) for number in week] for week in calendar.monthcalendar(month.year, month.month)
    ]


def _month_url(
    query: Query, month: date, step: int, today: date, horizon: date, address: Address
) -> str | None:
    other = _shifted(month, step)
    if not _first(today) <= other <= horizon:
        return None
    return address(replace(query, month=other, day=None))


def _later(
    offer: Offer,
    query: Query,
    by_day: dict[date, Sequence[FreeStart]],
    day: date | None,
    month: date,
    horizon: date,
    about: dict[str, Any],
) -> date | None:
    """The first free day after one that has nothing: in its month, or in those that follow."""
    if day and (rest := [other for other in by_day if other > day]):
        return rest[0]
    first_on = _last(month) + timedelta(days=1)
    while first_on <= horizon:
        last = min(_last(first_on), horizon)
        free = queries.free_times(offer, first_on, last, practitioner=query.practitioner, **about)
        if found := _in_part(free, query.part, offer.zone):
            return moment_of(found[0].tick).astimezone(offer.zone).date()
        first_on = last + timedelta(days=1)
    return None


def _first(day: date) -> date:
    return day.replace(day=1)


def _last(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _shifted(month: date, step: int) -> date:
    index = month.year * 12 + month.month - 1 + step
    return date(index // 12, index % 12 + 1, 1)
