"""Fills the demo studio's days with visits, in memory, by the same rules as every booking."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from spa.demo_data import CHECK, CONSULTATION, DAYS_BETWEEN, FACE, SCAR
from spa.domain.availability import (
    Allocation,
    Facts,
    FreeStart,
    Person,
    Policy,
    Session,
    Thing,
    allocate,
    claims_of,
    free_starts,
)
from spa.domain.hours import Pattern, TimeOff, open_spans, shift_spans
from spa.domain.policy import ChangePolicy, is_late
from spa.domain.policy import Visit as Change
from spa.domain.spans import Span, moment_of
from spa.domain.states import BookingStatus

DAYS_BEHIND, DAYS_AHEAD = 365, 42
PATCH_TEST_DAYS = 2
MOST_COMING = 3
STARTS_KEPT_FREE = 5
PAIR_WEEKDAYS = (1, 3)
TRIES = 30
COME_EARLY = timedelta(minutes=10)
MOST_CHECKS_A_DAY = 2
DAYS_BETWEEN_CHECKS = 21

# How full the rooms of a weekday are meant to be; Thursday is long, Saturday is what people want.
FILL = (0.38, 0.41, 0.43, 0.44, 0.44, 0.54)


@dataclass(frozen=True)
class Worker:
    """A practitioner: when they work, where, and what they do until when."""

    id: int
    slug: str
    name: str
    daily_maximum: int
    rooms: frozenset[int] | None
    shifts: tuple[Pattern, ...]
    time_off: tuple[TimeOff, ...]
    does: Mapping[str, date | None]


@dataclass(frozen=True)
class Equipment:
    """A room or a device, and what it serves."""

    id: int
    name: str
    does: frozenset[str]


@dataclass(frozen=True)
class Place:
    """The studio as the rules see it, its menu by slug; shares say how often each is asked for."""

    zone: ZoneInfo
    policy: Policy
    change_policy: ChangePolicy
    hours: tuple[Pattern, ...]
    closures: tuple[tuple[date, date], ...]
    team: tuple[Worker, ...]
    rooms: tuple[Equipment, ...]
    devices: tuple[Equipment, ...]
    sessions: Mapping[str, Session]
    shares: Mapping[str, int]

    def worker(self, slug: str) -> Worker:
        """The practitioner of that name."""
        return next(worker for worker in self.team if worker.slug == slug)


@dataclass
class Visitor:
    """What the diary remembers of a client from one visit to the next."""

    number: int
    comes_from: date
    wants: str
    asks_for: str
    visits: int = 0
    coming: int = 0
    first_on: date | None = None
    needled_on: date | None = None
    checked_on: date | None = None
    rests_for: int = DAYS_BETWEEN
    last_with: int | None = None
    booked_at: datetime | None = None

    def may_be_needled(self, day: date) -> bool:
        """Says whether the patch test is old enough and the last needling four weeks behind."""
        is_tested = self.first_on is not None and (day - self.first_on).days >= PATCH_TEST_DAYS
        return is_tested and self._has_rested(day, DAYS_BETWEEN)

    def wants_needling(self, day: date) -> bool:
        """Says whether they would come by themselves, most of them later than they could."""
        return self.may_be_needled(day) and self._has_rested(day, self.rests_for)

    def _has_rested(self, day: date, days: int) -> bool:
        return self.needled_on is None or (day - self.needled_on).days >= days

    def may_be_checked(self, day: date) -> bool:
        """Says whether a look at the skin between two sessions would make sense."""
        last_on = self.checked_on or self.first_on
        return last_on is not None and (day - last_on).days >= DAYS_BETWEEN_CHECKS


@dataclass(frozen=True)
class Visit:
    """One booking of the diary, before it becomes a row."""

    client: int
    slug: str
    allocation: Allocation
    claims: tuple[tuple[int, Span], ...]
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    cancelled_at: datetime | None
    status: BookingStatus
    is_first: bool
    is_late: bool
    moves: int
    wants_practitioner: bool


@dataclass(frozen=True)
class Wish:
    """What a client comes for, and what was known when the hour was chosen."""

    visitor: Visitor
    slug: str
    facts: Facts
    is_asked_for: bool
    is_kept: bool = False


class Day:
    """One day at the studio, and what is taken of it."""

    def __init__(self, place: Place, on: date) -> None:
        self.place, self.on = place, on
        zone = place.zone
        # The notice and the horizon are judged from the evening before, when all was still ahead.
        self._asked_at = datetime.combine(on - timedelta(days=1), time(12), zone)
        self.open = open_spans(place.hours, place.closures, on, on, zone)
        self._shifts = {
            worker.id: shift_spans(worker.shifts, worker.time_off, on, on, zone)
            for worker in place.team
        }
        self._busy: dict[int, list[Span]] = defaultdict(list)
        self._sessions: Counter[int] = Counter()
        self.seen: set[int] = set()

    @property
    def fullness(self) -> float:
        """The part of the rooms' opening time that is taken."""
        offered = sum(span.end - span.start for span in self.open) * len(self.place.rooms)
        taken = sum(s.end - s.start for room in self.place.rooms for s in self._busy[room.id])
        return taken / offered if offered else 1.0

    def facts(self, slug: str, only: int | None = None, preferred: int | None = None) -> Facts:
        """What is true that day for one treatment, with one practitioner or with all."""
        place = self.place
        people = tuple(
            self._person(worker, slug)
            for worker in place.team
            if slug in worker.does and only in (None, worker.id)
        )
        return Facts(
            now=self._asked_at,
            zone=place.zone,
            first_on=self.on,
            last_on=self.on,
            open=self.open,
            session=place.sessions[slug],
            people=people,
            rooms=self._things(place.rooms, slug),
            devices=self._things(place.devices, slug),
            preferred=preferred,
        )

    def free(self, facts: Facts) -> list[FreeStart]:
        """Every start that is left."""
        return free_starts(facts, self.place.policy)

    def take(self, slug: str, allocation: Allocation, start: datetime) -> None:
        """Take what a visit needs; nobody else gets it."""
        session = self.place.sessions[slug]
        for resource_id, span in claims_of(start, session, allocation):
            self._busy[resource_id].append(span)
        self._sessions[allocation.person.id] += session.is_hands_on

    def _person(self, worker: Worker, slug: str) -> Person:
        return Person(
            id=worker.id,
            slug=worker.slug,
            name=worker.name,
            on_shift=self._shifts[worker.id],
            busy=tuple(self._busy[worker.id]),
            certified_until=worker.does[slug],
            sessions_on={self.on: self._sessions[worker.id]},
            daily_maximum=worker.daily_maximum,
            rooms=worker.rooms,
        )

    def _things(self, things: Iterable[Equipment], slug: str) -> tuple[Thing, ...]:
        return tuple(
            Thing(thing.id, thing.name, tuple(self._busy[thing.id]))
            for thing in things
            if slug in thing.does
        )


class Diary:
    """A year of visits behind now and six weeks ahead of it, the same for the same dice."""

    def __init__(
        self,
        place: Place,
        visitors: list[Visitor],
        *,
        now: datetime,
        pairs_with: str,
        dice: Random,
    ) -> None:
        self.place, self.visitors, self.now, self.dice = place, visitors, now, dice
        self.today = now.astimezone(place.zone).date()
        self.pairs_with = place.worker(pairs_with)
        self.visits: list[Visit] = []

    def fill(self) -> list[Visit]:
        """All visits, day after day, so that nobody comes back too soon."""
        for offset in range(-DAYS_BEHIND, DAYS_AHEAD):
            day = Day(self.place, self.today + timedelta(days=offset))
            if not day.open:
                continue
            if offset > 0 and day.on.weekday() in PAIR_WEEKDAYS:
                self._book_pair(day)
            self._fill_day(day, self._wanted_fullness(day.on, offset))
        return self.visits

    def _wanted_fullness(self, on: date, offset: int) -> float:
        """A young studio grows; the weeks ahead are the emptier the further off they are."""
        if offset < 0:
            growth = 0.14 + 0.22 * (offset + DAYS_BEHIND) / DAYS_BEHIND
        else:
            growth = 0.96 - 0.06 * offset / DAYS_AHEAD
        return FILL[on.weekday()] * growth * self.dice.uniform(0.85, 1.15)

    def _fill_day(self, day: Day, wanted: float) -> None:
        checks = 0
        for _ in range(TRIES):
            if day.fullness >= wanted or self._is_scarce(day):
                return
            if checks < MOST_CHECKS_A_DAY and self.dice.random() < 0.14:
                checks += 1
                if checked := self._someone(day, Visitor.may_be_checked):
                    self._book(day, checked, CHECK)
            elif visitor := self._next_client(day):
                self._book(day, visitor, self._treatment_for(visitor))
            else:
                return

    def _next_client(self, day: Day) -> Visitor | None:
        """Somebody new, or somebody due; in the weeks ahead all who may come have booked."""
        is_past = day.on < self.today
        due = self._someone(day, Visitor.wants_needling if is_past else Visitor.may_be_needled)
        if due and self.dice.random() < 0.6:
            return due
        return self._someone(day, lambda each, _: not each.visits) or due

    def _treatment_for(self, visitor: Visitor) -> str:
        if not visitor.visits:
            return CONSULTATION if self.dice.random() < 0.7 else CHECK
        if self.dice.random() < 0.75:
            return visitor.wants
        slugs = list(self.place.shares)
        return self.dice.choices(slugs, [self.place.shares[slug] for slug in slugs])[0]

    def _is_scarce(self, day: Day) -> bool:
        """Says whether a day to come has only few hours left for the main treatment."""
        is_coming = day.on >= self.today
        return is_coming and len(day.free(day.facts(FACE))) <= STARTS_KEPT_FREE

    def _someone(self, day: Day, suits: Callable[[Visitor, date], bool]) -> Visitor | None:
        """Anyone who might come that day and is not there yet."""
        able = [
            each
            for each in self.visitors
            if each.comes_from <= day.on
            and each.coming < MOST_COMING
            and each.number not in day.seen
            and suits(each, day.on)
        ]
        return self.dice.choice(able) if able else None

    def _book(self, day: Day, visitor: Visitor, slug: str) -> None:
        """An hour with the practitioner this client asks for, or else with anyone."""
        asked = [self.place.worker(visitor.asks_for).id] if visitor.asks_for else []
        for only in (*asked, None):
            facts = day.facts(slug, only, visitor.last_with)
            if starts := day.free(facts):
                chosen = self.dice.choices(starts, [self._appeal(each.tick) for each in starts])[0]
                self._write(day, Wish(visitor, slug, facts, only is not None), chosen)
                return

    def _appeal(self, tick: int) -> int:
        """Evenings are wanted most, late mornings next, and full hours more than quarters."""
        local = moment_of(tick).astimezone(self.place.zone)
        of_day = 4 if local.hour >= 16 else 2 if local.hour in (10, 11) else 1
        return of_day * {0: 4, 30: 3}.get(local.minute, 1)

    def _book_pair(self, day: Day) -> None:
        """A patch check while another client's numbing cream works, by the same practitioner."""
        longer = self._someone(day, Visitor.may_be_needled)
        shorter = self._someone(
            day, lambda each, on: each is not longer and each.may_be_checked(on)
        )
        long_facts = day.facts(SCAR, self.pairs_with.id)
        starts = day.free(long_facts)
        if not longer or not shorter or not starts:
            return
        chosen = self.dice.choice(starts)
        self._write(day, Wish(longer, SCAR, long_facts, True, True), chosen)
        short_facts = day.facts(CHECK, self.pairs_with.id)
        for inside in day.free(short_facts):
            if self._fits_numbing(moment_of(inside.tick), moment_of(chosen.tick)):
                self._write(day, Wish(shorter, CHECK, short_facts, True, True), inside)
                return

    def _fits_numbing(self, check: datetime, start: datetime) -> bool:
        """Says whether a check begun then lies within the numbing of a scar session."""
        minute, length = 0, self.place.sessions[CHECK].minutes
        for step in self.place.sessions[SCAR].steps:
            from_at = start + timedelta(minutes=minute)
            if step.kind == "numb":
                spare = timedelta(minutes=step.minutes - length)
                return from_at <= check <= from_at + spare
            minute += step.minutes
        return False

    def _write(self, day: Day, wish: Wish, chosen: FreeStart) -> None:
        """Put a visit into the diary and take its hour, unless it is one that gets cancelled."""
        start, facts = moment_of(chosen.tick), replace(wish.facts, people=(chosen.person,))
        allocation = allocate(start, facts, self.place.policy)
        if allocation is None:
            raise RuntimeError(f"{wish.slug} at {start} was offered but can't be had")
        visit = self._visit(wish, start, allocation)
        self.visits.append(visit)
        day.seen.add(visit.client)
        wish.visitor.booked_at = visit.booked_at
        if visit.status != BookingStatus.CANCELLED:
            day.take(wish.slug, allocation, start)
            self._remember(wish, day.on, visit)

    def _visit(self, wish: Wish, start: datetime, allocation: Allocation) -> Visit:
        session = self.place.sessions[wish.slug]
        ends_at = start + timedelta(minutes=session.minutes)
        booked_at = self._booked_at(wish.visitor, start)
        status = self._status(start, ends_at, wish.is_kept)
        is_cancelled = status == BookingStatus.CANCELLED
        cancelled_at = self._between(booked_at, min(start, self.now)) if is_cancelled else None
        change = Change(start, booked_at, is_late=False, moves=0, is_cancelled=False)
        return Visit(
            client=wish.visitor.number,
            slug=wish.slug,
            allocation=allocation,
            claims=tuple(claims_of(start, session, allocation)),
            starts_at=start,
            ends_at=ends_at,
            booked_at=booked_at,
            cancelled_at=cancelled_at,
            status=status,
            is_first=not wish.visitor.visits,
            is_late=bool(cancelled_at and is_late(change, cancelled_at, self.place.change_policy)),
            moves=int(self.dice.random() < 0.08),
            wants_practitioner=wish.is_asked_for,
        )

    def _remember(self, wish: Wish, on: date, visit: Visit) -> None:
        visitor = wish.visitor
        visitor.visits += 1
        visitor.coming += visit.starts_at > self.now
        visitor.first_on = visitor.first_on or on
        visitor.last_with = visit.allocation.person.id
        if self.place.sessions[wish.slug].is_hands_on:
            visitor.needled_on = on
            visitor.rests_for = DAYS_BETWEEN + int(min(self.dice.expovariate(1 / 14), 50))
        else:
            visitor.checked_on = on

    def _booked_at(self, visitor: Visitor, start: datetime) -> datetime:
        """Some days ahead, before now, and not before the same client's earlier booking."""
        latest = min(start - timedelta(hours=3), self.now - timedelta(minutes=20))
        lead = timedelta(days=min(self.dice.expovariate(1 / 12), 60))
        chosen = max(latest - lead, visitor.booked_at or latest - lead)
        return chosen.replace(microsecond=0)

    def _status(self, start: datetime, ends_at: datetime, is_kept: bool) -> BookingStatus:
        luck = self.dice.random()
        if start <= self.now < ends_at:
            return BookingStatus.IN_TREATMENT
        if self.now < start <= self.now + COME_EARLY:
            return BookingStatus.ARRIVED
        if ends_at > self.now:
            may_cancel = start > self.now and not is_kept
            return BookingStatus.CANCELLED if may_cancel and luck < 0.05 else BookingStatus.BOOKED
        if luck < 0.12:
            return BookingStatus.CANCELLED
        return BookingStatus.NO_SHOW if luck < 0.16 else BookingStatus.DONE

    def _between(self, first: datetime, last: datetime) -> datetime:
        return (first + (last - first) * self.dice.uniform(0.1, 0.95)).replace(microsecond=0)
