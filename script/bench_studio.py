"""The studio that is measured: its people, rooms and one treatment, and its bookings."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from spa.domain.availability import Allocation, Person, Session, Step, Thing, claims_of
from spa.models import (
    Booking,
    Capability,
    Claim,
    Client,
    Location,
    OpeningHours,
    Resource,
    Shift,
    ShiftBreak,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.models.booking import claim_rows

ZONE = ZoneInfo("America/New_York")
# The first of a month of 31 days, before opening: a page for choosing a time shows all of it.
NOW = datetime(2027, 7, 1, 8, tzinfo=ZONE).astimezone(UTC)
TODAY = NOW.astimezone(ZONE).date()
OPEN, CLOSE = 9 * 60, 19 * 60
SLUG = "facial"
FACIAL = Session(
    (
        Step("settle", 10),
        Step("numb", 20, needs_practitioner=False),
        Step("needle", 20),
        Step("calm", 10),
    ),
    turnover_minutes=15,
)
MORE = {
    "check": Session((Step("check", 15),), turnover_minutes=5, is_hands_on=False),
    "scar": Session(
        (Step("settle", 10), Step("numb", 35, needs_practitioner=False), Step("needle", 30),
         Step("light", 15, needs_practitioner=False, needs_device=True)),
        turnover_minutes=15,
    ),
}  # fmt: skip
PAST_STARTS = range(OPEN, CLOSE - 60, 75)
EPOCH = {
    "postgresql": "CAST(extract(epoch FROM starts_at) AS bigint)",
    "sqlite": "CAST(strftime('%s', starts_at) AS integer)",
}


@dataclass(frozen=True)
class Studio:
    """How large it is; ids count from one, people before rooms."""

    people: int = 5
    rooms: int = 3
    ahead: int = 400
    past: int = 400
    is_mixed: bool = False
    full_day: int = 0

    @property
    def person_ids(self) -> list[int]:
        """The numbers of the people."""
        return list(range(1, self.people + 1))

    @property
    def room_ids(self) -> list[int]:
        """The numbers of the rooms."""
        return list(range(self.people + 1, self.people + self.rooms + 1))

    @property
    def device_id(self) -> int:
        """The number of the one device."""
        return self.people + self.rooms + 1


def fill(engine: sa.Engine, studio: Studio) -> None:
    """Write the whole studio into an empty, migrated database."""
    with engine.begin() as connection:
        _write_house(connection, studio)
        _write_menu(connection, studio)
        _write_clients(connection, max(1, studio.past // 5))
        _write_past(connection, studio)
        _write_ahead(connection, studio)
        _write_full_day(connection, studio)
        _mend_counters(connection)
    _settle(engine)


def _insert(connection: sa.Connection, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(model.__table__), rows)


def _write_house(connection: sa.Connection, studio: Studio) -> None:
    place = {
        "id": 1, "slug": "bench", "name": "Bench Studio", "zone": ZONE.key, "currency": "USD",
        "country": "US", "address": "1 Bench Street\nNew York, NY 10001",
        "phone": "+12125550100", "email": "bench@example.com",
        "opened_at": NOW - timedelta(days=9999),
    }  # fmt: skip
    _insert(connection, Location, [place])
    week = [{"weekday": day, "from_minute": OPEN, "to_minute": CLOSE} for day in range(7)]
    _insert(connection, OpeningHours, [{"location_id": 1, **day} for day in week])
    resources = [
        {"id": number, "location_id": 1, "kind": kind, "slug": f"{kind}-{number}",
         "name": f"{kind.title()} {number}", "position": number,
         "daily_maximum": 9 if kind == "practitioner" else None}
        for kind, numbers in (
            ("practitioner", studio.person_ids),
            ("room", studio.room_ids),
            ("device", [studio.device_id]),
        )
        for number in numbers
    ]  # fmt: skip
    _insert(connection, Resource, resources)
    shifts = [
        {"id": person * 10 + day["weekday"], "resource_id": person, **day}
        for person in studio.person_ids
        for day in week
    ]
    _insert(connection, Shift, shifts)
    lunch = {"from_minute": 13 * 60, "to_minute": 13 * 60 + 30}
    _insert(connection, ShiftBreak, [{"shift_id": shift["id"], **lunch} for shift in shifts])


def _write_menu(connection: sa.Connection, studio: Studio) -> None:
    for number, (slug, session) in enumerate(
        {SLUG: FACIAL, **(MORE if studio.is_mixed else {})}.items(), start=1
    ):
        treatment = {
            "id": number, "location_id": 1, "slug": slug, "price_minor": 27500,
            "turnover_minutes": session.turnover_minutes, "is_needling": session.is_hands_on,
        }  # fmt: skip
        words = {"treatment_id": number, "language": "en", "name": slug.title(), "summary": "One."}
        steps = [
            {"treatment_id": number, "position": position, "kind": step.kind,
             "minutes": step.minutes, "needs_practitioner": step.needs_practitioner,
             "needs_device": step.needs_device}
            for position, step in enumerate(session.steps)
        ]  # fmt: skip
        able = [*studio.person_ids, *studio.room_ids, studio.device_id]
        _insert(connection, Treatment, [treatment])
        _insert(connection, TreatmentWords, [words])
        _insert(connection, TreatmentStep, steps)
        _insert(connection, Capability, [{"resource_id": r, "treatment_id": number} for r in able])


def _write_clients(connection: sa.Connection, count: int) -> None:
    rows = [
        {"id": number, "name": f"Client {number}", "email": f"client-{number}@example.com",
         "phone": f"+1212{number:07d}", "created_at": NOW - timedelta(days=9000)}
        for number in range(1, count + 1)
    ]  # fmt: skip
    _insert(connection, Client, rows)


def _booking(
    number: int, starts_at: datetime, person: int, room: int, client: int
) -> dict[str, Any]:
    booked_at = min(starts_at, NOW) - timedelta(days=7)
    return {
        "id": number, "location_id": 1, "treatment_id": 1, "practitioner_id": person,
        "room_id": room, "client_id": client, "reference": f"bench-{number}", "status": "booked",
        "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=FACIAL.minutes),
        "created_at": booked_at, "booked_at": booked_at, "language": "en",
        "treatment_name": "Facial", "price_minor": 27500, "currency": "USD",
        "steps": [[s.kind, s.minutes, s.needs_practitioner, s.needs_device] for s in FACIAL.steps],
        "contact_name": f"Client {client}", "contact_email": f"client-{client}@example.com",
        "contact_phone": f"+1212{client:07d}",
    }  # fmt: skip


def _write_past(connection: sa.Connection, studio: Studio) -> None:
    """Full days, counted back from yesterday, with every claim they ever had."""
    number = 0
    hours = _past_hours(studio)
    while rows := [
        _booking(
            number := number + 1, starts_at, person, room, 1 + number % max(1, studio.past // 5)
        )
        for starts_at, person, room in islice(hours, min(20_000, studio.past - number))
    ]:
        _insert(connection, Booking, rows)
    if connection.dialect.name == "postgresql":
        # Nothing can be wrong about the references, and checking millions of them takes a minute.
        connection.exec_driver_sql("SET session_replication_role = replica")
    for holder, runs in (
        ("practitioner_id", FACIAL.practitioner_taken_runs),
        ("room_id", ((0, FACIAL.room_ticks),)),
    ):
        for offset, length in runs:
            _claim_past(connection, holder, offset, length)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = DEFAULT")


def _claim_past(connection: sa.Connection, holder: str, offset: int, length: int) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO claim (resource_id, tick, run, is_needling, booking_id)"
            " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
            f" WHERE i + 1 < {length})"
            f" SELECT {holder}, {EPOCH[connection.dialect.name]} / 300 + {offset} + n.i,"
            f" CASE n.i WHEN 0 THEN {length} ELSE 0 END, TRUE, booking.id FROM booking, n"
        )
    )


def _past_hours(studio: Studio) -> Iterator[tuple[datetime, int, int]]:
    day = TODAY
    while True:
        day -= timedelta(days=1)
        for index, minute in enumerate(PAST_STARTS):
            for column, room in enumerate(studio.room_ids):
                person = 1 + (index * studio.rooms + column) % studio.people
                yield _moment(day, minute), person, room


def _write_ahead(connection: sa.Connection, studio: Studio) -> None:
    """Bookings at random hours of the next sixty days, none in the way of another."""
    dice = random.Random(1)
    taken: set[tuple[int, int]] = set()
    number = studio.past
    while number < studio.past + studio.ahead:
        person, room = dice.choice(studio.person_ids), dice.choice(studio.room_ids)
        day = TODAY + timedelta(days=dice.randrange(60))
        starts_at = _moment(day, dice.randrange(OPEN, CLOSE - 60, 15))
        found = Allocation(Person(person, "", "", ()), Thing(room, ""), None)
        claims = claim_rows(
            claims_of(starts_at, FACIAL, found), booking_id=number + 1, is_needling=True
        )
        keys = {(claim["resource_id"], claim["tick"]) for claim in claims}
        if taken & keys:
            continue
        taken |= keys
        number += 1
        _insert(connection, Booking, [_booking(number, starts_at, person, room, 1)])
        _insert(connection, Claim, claims)


def _write_full_day(connection: sa.Connection, studio: Studio) -> None:
    """So many bookings tomorrow, everybody's day filled from the morning on."""
    number = studio.past + studio.ahead
    for index in range(studio.full_day):
        column, row = index % studio.people, index // studio.people
        person, room = studio.person_ids[column], studio.room_ids[column % studio.rooms]
        starts_at = _moment(TODAY + timedelta(days=1), OPEN + 75 * row)
        found = Allocation(Person(person, "", "", ()), Thing(room, ""), None)
        number += 1
        client = 1 + index % max(1, studio.past // 5)
        _insert(connection, Booking, [_booking(number, starts_at, person, room, client)])
        claims = claims_of(starts_at, FACIAL, found)
        rows = claim_rows(claims, booking_id=number, is_needling=True)
        _insert(connection, Claim, rows)


def _moment(day: date, minute: int) -> datetime:
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZONE)
    return local.astimezone(UTC)


def _mend_counters(connection: sa.Connection) -> None:
    """PostgreSQL counts on from the ids that were given."""
    if connection.dialect.name != "postgresql":
        return
    for table in ("location", "resource", "shift", "treatment", "client", "booking"):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )


def _settle(engine: sa.Engine) -> None:
    """What autovacuum would do in its own time, so that it does not do it while we measure."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
