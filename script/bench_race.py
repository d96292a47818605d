"""Fifty processes that want the same hours, and whether anybody got what another has."""

import contextlib
import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from script import bench_studio as studios
from script import environment
from script.bench_servers import Bench, Site
from script.bench_studio import MORE, SLUG
from script.processes import child_environment
from spa.domain.availability import Allocation, Person, Session, Step, Thing, claims_of
from spa.domain.spans import Span
from spa.models import Booking, Claim, Treatment

RACERS = 50
ROUNDS = 10
MIXED_DEEDS = 12
MIXED_DAYS = 3
END_OF_HOLDS = 3


class Racers:
    """Fifty processes, each a visitor of its own, told what to do through their input."""

    def __init__(self, bench: Bench, site: Site, count: int = RACERS) -> None:
        self._children = [
            bench.start(
                [environment.PYTHON, "-m", "script.bench_racer", str(site.port), str(number)],
                child_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for number in range(1, count + 1)
        ]

    def all(self, **task: Any) -> list[dict[str, Any]]:
        """Tell all of them at once; their answers, in order."""
        self.tell(**task)
        return self.answers()

    def tell(self, **task: Any) -> None:
        """Tell all of them at once."""
        line = json.dumps(task).encode() + b"\n"
        for child in self._children:
            assert child.stdin
            child.stdin.write(line)
            child.stdin.flush()

    def answers(self) -> list[dict[str, Any]]:
        """What each says when it has done what it was told."""
        return [
            json.loads(child.stdout.readline() or "{}") for child in self._children if child.stdout
        ]

    def end(self) -> None:
        """No more to do: they end by themselves."""
        for child in self._children:
            if child.stdin:
                child.stdin.close()
            child.wait()


@dataclass
class Outcome:
    """How often something was booked in each round, and what was answered."""

    booked: list[int] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def deeds(self) -> int:
        """How much was asked for."""
        return sum(self.answers.values())

    @property
    def server_errors(self) -> int:
        """How many answers were the server's fault, or never came."""
        return sum(n for answer, n in self.answers.items() if answer[-3:] >= "500")


@contextlib.contextmanager
def racers(bench: Bench, site: Site) -> Iterator[Racers]:
    """The fifty for the length of a `with`."""
    made = Racers(bench, site)
    try:
        yield made
    finally:
        made.end()


def for_one_hour(bench: Bench, database: str, *, practitioner: str, first_day: int) -> Outcome:
    """Ten rounds for one hour each; with a practitioner, or with anyone who is free."""
    outcome, site = Outcome(), bench.site(database)
    with racers(bench, site) as fifty, _engine(database) as engine:
        _must_all_be_well(fifty.all(do="open", slug=SLUG), outcome)
        for number in range(ROUNDS):
            hour = _local(first_day + number, 10 * 60)
            answers = fifty.all(do="book", slug=SLUG, at=hour, practitioner=practitioner)
            for answer in answers:
                outcome.answers[str(answer.get("status", answer.get("failed")))] += 1
            said = sum(answer.get("is_booked", False) for answer in answers)
            kept = _booked_at(engine, datetime.fromisoformat(hour))
            outcome.booked.append(kept)
            if said != kept:
                outcome.faults.append(f"{said} were told they had it, {kept} have it")
        outcome.faults += faults(engine)
    return outcome


def mixed(bench: Bench, database: str, first_day: int) -> Outcome:
    """Overlapping starts, three lengths, moves, cancels and ended holds, all at once."""
    outcome, site = Outcome(), bench.site(database)
    minutes = range(studios.OPEN, studios.CLOSE - 60, 15)
    hours = [_local(first_day + n, minute) for n in range(MIXED_DAYS) for minute in minutes]
    slugs = [SLUG, *MORE]
    with racers(bench, site) as fifty, _engine(database) as engine:
        _must_all_be_well(fifty.all(do="open", slug=SLUG), outcome)
        for _ in range(END_OF_HOLDS):
            fifty.tell(do="mix", slugs=slugs, hours=hours, times=MIXED_DEEDS)
            outcome.faults += faults(engine)
            _end_some_holds(engine)
            for answer in fifty.answers():
                outcome.answers.update(answer.get("answers", {}))
                if "failed" in answer:
                    outcome.answers[f"{answer['failed']} 599"] += 1
            outcome.faults += faults(engine)
            _end_some_holds(engine)
    return outcome


def _must_all_be_well(answers: Sequence[Mapping[str, Any]], outcome: Outcome) -> None:
    bad = Counter(str(a.get("status", a.get("failed"))) for a in answers if a.get("status") != 200)
    outcome.faults += [f"{n} x {answer} for the page with the times" for answer, n in bad.items()]


@contextlib.contextmanager
def _engine(database: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database)
    try:
        yield engine
    finally:
        engine.dispose()


def _booked_at(engine: sa.Engine, start: datetime) -> int:
    table = Booking.__table__
    query = sa.select(sa.func.count()).where(table.c.starts_at == start, table.c.status == "booked")
    with engine.connect() as connection:
        return connection.execute(query).scalar_one()


def _end_some_holds(engine: sa.Engine) -> None:
    """The clock stands still here, so every other hold is told that its time is over."""
    table = Booking.__table__
    with engine.begin() as connection:
        connection.execute(
            sa.update(table)  # type: ignore[arg-type]
            .where(table.c.status == "held", table.c.id % 2 == 0)
            .values(held_until=studios.NOW - timedelta(seconds=1))
        )


def faults(engine: sa.Engine) -> list[str]:
    """Where two have the same person, room or device, or a claim is missing or left behind."""
    bookings, claims, turnover = _snapshot(engine)
    found: list[str] = []
    taken: dict[int, list[tuple[Span, int]]] = defaultdict(list)
    for booking in bookings:
        wanted = _claims_of(booking, turnover[booking.treatment_id])
        ticks = {(resource, tick) for resource, (a, b) in wanted for tick in range(a, b)}
        if ticks != claims.pop(booking.id, set()):
            found.append(f"booking {booking.id} claims something else than it needs")
        for resource, span in wanted:
            taken[resource].append((span, booking.id))
    found += [f"booking {booking_id} is over and still claims" for booking_id in claims]
    for resource, spans in taken.items():
        ordered = sorted(spans)
        for (one, a), (other, b) in zip(ordered, ordered[1:], strict=False):
            if other.start < one.end:
                found.append(f"resource {resource} is in bookings {a} and {b} at once")
    return found


def _snapshot(
    engine: sa.Engine,
) -> tuple[list[Any], dict[int, set[tuple[int, int]]], dict[int, Any]]:
    """All as it is at one moment."""
    table, claim, treatment = Booking.__table__, Claim.__table__, Treatment.__table__
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        bookings = connection.execute(
            sa.select(table).where(table.c.status.in_(["held", "booked"]))
        ).all()
        rows = connection.execute(sa.select(claim.c.booking_id, claim.c.resource_id, claim.c.tick))
        claims: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for booking_id, resource, tick in rows:
            claims[booking_id].add((resource, tick))
        turnover = {row.id: row for row in connection.execute(sa.select(treatment))}
    return list(bookings), dict(claims), turnover


def _claims_of(booking: Any, treatment: Any) -> list[tuple[int, Span]]:
    session = Session(
        tuple(Step(*step) for step in booking.steps),
        treatment.turnover_minutes,
        treatment.turnover_needs_practitioner,
    )
    device = Thing(booking.device_id, "") if booking.device_id else None
    found = Allocation(
        Person(booking.practitioner_id, "", "", ()), Thing(booking.room_id, ""), device
    )
    return claims_of(booking.starts_at, session, found)


def _local(days: int, minute: int) -> str:
    day = studios.TODAY + timedelta(days=days)
    return datetime(
        day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=studios.ZONE
    ).isoformat(timespec="minutes")
