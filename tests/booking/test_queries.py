"""The facts: what the rows say becomes what the rules see, in two queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import actions, queries
from spa.database import db, transaction
from spa.domain.availability import Facts, Reason, allocate, refusals
from spa.models import (
    Block,
    Capability,
    Claim,
    Closure,
    OpeningHours,
    PractitionerRoom,
    Resource,
    Shift,
    ShiftBreak,
    TimeOff,
    Treatment,
)
from spa.models.booking import claim_rows
from tests import make

Clock = Callable[[str], datetime]
THURSDAY = date(2026, 3, 12)


def offer(slug: str = "facial") -> queries.Offer:
    """What is on offer."""
    found = queries.offer(slug)
    assert found
    return found


def facts(slug: str = "facial", **about: Any) -> Facts:
    """What is true on Thursday."""
    now = about.pop("now", make.moment("2026-03-10 09:00"))
    return queries.facts(offer(slug), THURSDAY, THURSDAY, now=now, **about)


def reasons(clock: str = "10:00", slug: str = "facial", **about: Any) -> set[Reason]:
    """Why Thursday at that time cannot be booked."""
    start = make.moment(f"2026-03-12 {clock}")
    return set(refusals(start, facts(slug, **about), offer(slug).policy))


def write(*rows: Any) -> None:
    """Write rows down."""
    with transaction() as session:
        session.add_all(rows)


def change(table: Any, number: int, **values: Any) -> None:
    """Change a row."""
    with transaction() as session:
        session.execute(sa.update(table).where(table.id == number).values(**values))


def alone(studio: make.Studio) -> None:
    """Only Ines is left, so that what is true of her decides."""
    change(Resource, studio.maya, archived_at=make.moment("2026-01-01 00:00"))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database."""
    seen: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", listen)


def test_an_ordinary_hour_can_be_booked(session: Session, studio: make.Studio) -> None:
    assert reasons() == set()
    assert [person.slug for person in facts().people] == ["ines", "maya"]
    assert [room.name for room in facts().rooms] == ["Room 1", "Room 2"]


@pytest.mark.parametrize(
    ("until", "found"), [(date(2026, 3, 12), set()), (date(2026, 3, 11), {Reason.NOT_CERTIFIED})]
)
def test_a_certificate_is_good_through_its_last_day(
    until: date, found: set[Reason], session: Session, studio: make.Studio
) -> None:
    alone(studio)
    with transaction() as inside:
        inside.execute(
            sa.update(Capability)
            .where(Capability.resource_id == studio.ines, Capability.treatment_id == studio.facial)
            .values(certified_until=until)
        )

    assert reasons() == found
    assert reasons(slug="check") == set()


def test_a_room_with_a_certificate_that_has_ended_is_no_room(
    session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        rooms = (studio.room_1, studio.room_2)
        inside.execute(
            sa.update(Capability)
            .where(Capability.resource_id.in_(rooms))
            .values(certified_until=date(2026, 3, 11))
        )

    assert reasons() == {Reason.NO_ROOM}


def test_who_is_archived_is_not_asked(session: Session, studio: make.Studio) -> None:
    alone(studio)

    assert [person.slug for person in facts().people] == ["ines"]


def test_a_room_that_is_archived_is_not_used(session: Session, studio: make.Studio) -> None:
    for room in (studio.room_1, studio.room_2):
        change(Resource, room, archived_at=make.moment("2026-01-01 00:00"))

    assert reasons() == {Reason.NO_ROOM}


def test_who_cannot_do_a_treatment_is_not_asked(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(
            sa.delete(Capability).where(
                Capability.resource_id.in_((studio.ines, studio.maya)),
                Capability.treatment_id == studio.facial,
            )
        )

    assert reasons() == {Reason.NO_PRACTITIONER}
    assert reasons(slug="check") == set()


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("09:00", set()),
        ("08:45", {Reason.CLOSED, Reason.NOT_ON_SHIFT}),
        ("18:00", set()),
        ("18:15", {Reason.CLOSED, Reason.NOT_ON_SHIFT}),
        ("12:00", set()),
        ("12:15", {Reason.NOT_ON_SHIFT}),
        ("13:30", set()),
    ],
)
def test_opening_hours_shifts_and_breaks_come_from_their_tables(
    clock: str, found: set[Reason], session: Session, studio: make.Studio
) -> None:
    assert reasons(clock) == found


def test_a_break_over_the_numbing_is_no_obstacle(session: Session, studio: make.Studio) -> None:
    alone(studio)
    with transaction() as inside:
        inside.execute(sa.update(ShiftBreak).values(from_minute=13 * 60, to_minute=13 * 60 + 20))

    assert reasons("12:50") == {Reason.OFF_GRID}
    assert reasons("12:45") == {Reason.NOT_ON_SHIFT}
    with transaction() as inside:
        inside.execute(
            sa.update(ShiftBreak).values(from_minute=12 * 60 + 55, to_minute=13 * 60 + 15)
        )
    assert reasons("12:45") == set()


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ({"first_on": THURSDAY, "last_on": THURSDAY}, {Reason.NOT_ON_SHIFT}),
        ({"first_on": date(2026, 3, 11), "last_on": date(2026, 3, 13)}, {Reason.NOT_ON_SHIFT}),
        (
            {"first_on": THURSDAY, "from_minute": 660, "last_on": THURSDAY},
            set(),
        ),
        (
            {"first_on": date(2026, 3, 11), "last_on": THURSDAY, "to_minute": 600},
            set(),
        ),
        (
            {"first_on": date(2026, 3, 11), "last_on": THURSDAY, "to_minute": 605},
            {Reason.NOT_ON_SHIFT},
        ),
        ({"first_on": date(2026, 3, 13), "last_on": date(2026, 3, 14)}, set()),
    ],
)
def test_time_off_is_time_off(
    about: dict[str, Any], found: set[Reason], session: Session, studio: make.Studio
) -> None:
    alone(studio)
    write(TimeOff(resource_id=studio.ines, **about))

    assert reasons() == found


@pytest.mark.parametrize(
    ("first_on", "last_on", "found"),
    [
        (THURSDAY, THURSDAY, {Reason.CLOSED}),
        (date(2026, 3, 1), date(2026, 3, 31), {Reason.CLOSED}),
        (date(2026, 3, 13), date(2026, 3, 14), set()),
    ],
)
def test_a_closure_closes_every_day_of_it(
    first_on: date, last_on: date, found: set[Reason], session: Session, studio: make.Studio
) -> None:
    write(Closure(location_id=studio.location_id, first_on=first_on, last_on=last_on))

    assert reasons() == found


def test_a_single_day_replaces_the_weekly_hours(session: Session, studio: make.Studio) -> None:
    evening = {"on_date": THURSDAY, "from_minute": 19 * 60, "to_minute": 22 * 60}
    write(
        OpeningHours(location_id=studio.location_id, **evening),
        Shift(resource_id=studio.ines, **evening),
    )

    assert Reason.CLOSED in reasons("10:00")
    assert reasons("21:00") == set()
    assert allocated("21:00") == ("ines", "Room 1")


def allocated(clock: str, **about: Any) -> tuple[str, str]:
    """Who and which room would be chosen."""
    chosen = allocate(make.moment(f"2026-03-12 {clock}"), facts(**about), offer().policy)
    assert chosen
    return chosen.person.slug, chosen.room.name


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "works"),
    [
        (None, date(2026, 3, 11), False),
        (None, date(2026, 3, 12), True),
        (date(2026, 3, 12), None, True),
        (date(2026, 3, 13), None, False),
    ],
)
def test_a_shift_lasts_from_its_first_day_through_its_last(
    starts_on: date | None,
    ends_on: date | None,
    works: bool,
    session: Session,
    studio: make.Studio,
) -> None:
    alone(studio)
    with transaction() as inside:
        inside.execute(sa.update(Shift).values(starts_on=starts_on, ends_on=ends_on))

    assert (reasons() == set()) is works


def test_a_shift_past_midnight_reaches_into_the_next_day(
    session: Session, studio: make.Studio
) -> None:
    night = {"on_date": date(2026, 3, 11), "from_minute": 20 * 60, "to_minute": 26 * 60}
    write(
        OpeningHours(location_id=studio.location_id, **night),
        Shift(resource_id=studio.ines, **night),
    )

    assert reasons("01:00") == set()
    assert Reason.CLOSED in reasons("01:15")


def test_a_block_takes_who_and_what_it_names(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        block = make.add(
            inside,
            Block(
                location_id=studio.location_id,
                starts_at=make.moment("2026-03-12 10:00"),
                ends_at=make.moment("2026-03-12 11:00"),
                reason="A meeting",
            ),
        )
        first = int(block.starts_at.timestamp()) // 300
        rows = claim_rows([(studio.ines, (first, first + 12))], block_id=block.id)
        inside.execute(sa.insert(Claim), rows)

    assert allocated("10:00") == ("maya", "Room 1")
    assert reasons(practitioner="ines") == {Reason.PRACTITIONER_BUSY}


def test_a_check_fits_inside_another_clients_numbing(session: Session, studio: make.Studio) -> None:
    alone(studio)
    make.booked("2026-03-12 09:00")

    check = make.booked("2026-03-12 09:15", visitor="two", email="bea@example.com", slug="check")

    assert check.practitioner_id == studio.ines
    assert check.room_id == studio.room_2
    assert reasons("09:30", slug="check") == {Reason.PRACTITIONER_BUSY, Reason.NO_ROOM}


def test_rooms_are_taken_until_they_are_clean(session: Session, studio: make.Studio) -> None:
    make.booked("2026-03-12 09:00", practitioner="ines")
    with transaction() as inside:
        inside.execute(sa.delete(Capability).where(Capability.resource_id == studio.room_2))

    assert reasons("10:00") == {Reason.NO_ROOM}
    assert reasons("10:15") == set()


def test_people_may_have_rooms_of_their_own(session: Session, studio: make.Studio) -> None:
    write(PractitionerRoom(practitioner_id=studio.ines, room_id=studio.room_2))
    make.booked("2026-03-12 10:00", practitioner="ines")

    booked = facts(practitioner="ines").people[0]

    assert booked.rooms == frozenset({studio.room_2})
    assert allocated("10:00", practitioner="maya") == ("maya", "Room 1")
    assert reasons("11:00", practitioner="ines") == {Reason.NO_ROOM}


def led(session: Session, studio: make.Studio) -> int:
    """A light session: ten minutes of talk, then twenty under the only panel."""
    steps = (("talk", 10, True, False), ("led", 20, False, True))
    with transaction() as inside:
        panel = make.add(
            inside,
            Resource(location_id=studio.location_id, kind="device", slug="panel", name="Panel"),
        )
        light = make.treatment(inside, studio.location_id, "light", steps, turnover=0)
        for resource_id in (studio.ines, studio.maya, studio.room_1, studio.room_2, panel.id):
            inside.add(Capability(resource_id=resource_id, treatment_id=light.id))
    return int(panel.id)


def test_one_device_serves_one_client_at_a_time_and_only_while_it_is_needed(
    session: Session, studio: make.Studio
) -> None:
    panel = led(session, studio)
    first = make.booked("2026-03-12 10:00", slug="light", is_screened=False)

    taken = session.scalars(sa.select(Claim.tick).where(Claim.resource_id == panel)).all()

    assert first.device_id == panel and len(taken) == 4
    assert reasons("10:15", slug="light") == {Reason.NO_DEVICE}
    assert reasons("10:30", slug="light") == set()


def test_the_day_has_a_most_of_hands_on_sessions(session: Session, studio: make.Studio) -> None:
    alone(studio)
    change(Resource, studio.ines, daily_maximum=1)
    make.booked("2026-03-12 10:00")

    assert reasons("15:00") == {Reason.DAY_FULL}
    assert reasons("15:00", slug="check") == set()


def test_a_hold_counts_until_it_ends_and_never_for_its_own_visitor(
    session: Session, studio: make.Studio
) -> None:
    alone(studio)
    make.held(visitor="one")

    assert reasons() == {Reason.PRACTITIONER_BUSY}
    assert reasons(visitor="one") == set()
    assert reasons(now=make.moment("2026-03-10 09:10")) == set()


def test_a_booking_can_be_left_out_while_it_moves(session: Session, studio: make.Studio) -> None:
    alone(studio)
    booking = make.booked()

    assert reasons("10:15") == {Reason.PRACTITIONER_BUSY}
    assert reasons("10:15", without=booking.id) == set()


def test_a_visit_that_runs_over_the_edge_of_the_day_is_seen_from_both_sides(
    session: Session, studio: make.Studio
) -> None:
    alone(studio)
    always = {"from_minute": 0, "to_minute": 1440}
    with transaction() as inside:
        inside.execute(sa.delete(ShiftBreak))
        inside.execute(sa.update(Shift).values(**always))
        inside.execute(sa.update(OpeningHours).values(**always))
    make.booked("2026-03-11 23:30")

    assert reasons("00:00") == {Reason.PRACTITIONER_BUSY}
    assert reasons("00:30") == set()
    make.booked("2026-03-13 00:00", visitor="two", email="bea@example.com")
    assert reasons("23:30") == {Reason.PRACTITIONER_BUSY}


def test_another_place_is_another_world(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", zone="Europe/London", currency="GBP"))
        make.add(inside, Closure(location_id=other.id, first_on=THURSDAY, last_on=THURSDAY))

    assert reasons() == set()


def test_an_offer_has_the_policies_of_its_house(session: Session, studio: make.Studio) -> None:
    found = offer()

    assert (found.name, found.price_minor, found.currency) == ("Facial", 27500, "USD")
    assert (found.policy.notice_minutes, found.policy.horizon_days) == (120, 180)
    assert (found.session.minutes, found.session.room_ticks) == (60, 15)
    assert (found.hold_minutes, found.hold_extensions, found.coming_visits) == (10, 10, 3)


@pytest.mark.parametrize("slug", ["", "nothing", "x" * 10_000, "💆"])
def test_nothing_is_offered_under_an_unknown_name(
    slug: str, session: Session, studio: make.Studio
) -> None:
    assert queries.offer(slug) is None


def test_a_treatment_that_is_archived_is_known_to_its_bookings_only(
    session: Session, studio: make.Studio
) -> None:
    change(Treatment, studio.facial, archived_at=make.moment("2026-01-01 00:00"))

    assert queries.offer("facial") is None
    assert queries.offer_of(studio.facial).name == "Facial"


def crowd(studio: make.Studio, people: int) -> None:
    """More people, rooms and bookings."""
    with transaction() as inside:
        for number in range(people):
            one = make.person(inside, studio.location_id, f"Person {number}")
            inside.add(Capability(resource_id=one.id, treatment_id=studio.facial))
            inside.add(PractitionerRoom(practitioner_id=one.id, room_id=studio.room_2))
    for day in range(11, 20):
        make.booked(f"2026-03-{day} 10:00", visitor=str(day), email=f"guest{day}@example.com")


@pytest.mark.parametrize("people", [0, 30])
def test_the_facts_take_two_queries_however_much_there_is(
    people: int, session: Session, studio: make.Studio
) -> None:
    if people:
        crowd(studio, people)
    asked = offer()

    with counted() as statements:
        known = queries.facts(
            asked, THURSDAY, date(2026, 4, 12), now=make.moment("2026-03-10 09:00")
        )

    assert len(statements) == 2
    assert len(known.people) == people + 2


@pytest.mark.parametrize("people", [0, 30])
@pytest.mark.parametrize("days", [1, 31])
def test_free_times_for_programs_take_three_queries_however_much_there_is(
    people: int, days: int, app: Flask, session: Session, studio: make.Studio
) -> None:
    if people:
        crowd(studio, people)

    with counted() as statements:
        answer = app.test_client().get(
            f"/api/v1/treatments/facial/free-times?from=2026-03-12&days={days}"
        )

    assert answer.status_code == 200
    assert len(statements) <= 3


def test_the_coming_visits_of_an_address_are_those_that_will_happen(
    session: Session, studio: make.Studio, at: Clock
) -> None:
    make.booked("2026-03-11 10:00")
    later, soon = make.booked("2026-03-20 10:00"), make.booked("2026-03-16 10:00")
    actions.cancel_booking(make.booked("2026-03-17 10:00", email="bea@example.com").reference)
    now = at("2026-03-11 10:00")

    assert [b.id for b in queries.coming_visits("ana@example.com", now)] == [soon.id, later.id]
    assert queries.coming_visits("bea@example.com", now) == []
