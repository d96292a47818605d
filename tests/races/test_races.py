"""Races: real processes on a real database, all at once, and never two in one hour."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import queries
from spa.database import transaction
from spa.domain.spans import tick_of
from spa.domain.states import TAKES_AN_HOUR
from spa.models import (
    AuditEntry,
    Booking,
    Capability,
    Claim,
    Client,
    Message,
    Resource,
    TimeOff,
)
from spa.schedule.stranded import standings
from tests import make
from tests.races.crowd import KIM, Crowd, Step, outcomes

TEN = make.moment("2026-03-12 10:00").isoformat()


def hold(visitor: str, at: str = TEN, practitioner: str = "") -> Step:
    """Somebody presses a time."""
    return {"do": "hold", "at": at, "visitor": visitor, "practitioner": practitioner}


def confirm(booking: Booking, **details: str) -> Step:
    """Somebody confirms."""
    return {"do": "confirm", "reference": booking.reference, "details": details}


def count(session: Session, *what: Any) -> int:
    """How many bookings there are like this."""
    session.rollback()
    return int(session.scalar(sa.select(sa.func.count(Booking.id)).where(*what)) or 0)


def needed(booking: Booking) -> dict[int, set[int]]:
    """The ticks of each resource that a booking takes, worked out from its own steps."""
    offer, first = queries.offer_of(booking.treatment_id), tick_of(booking.starts_at)
    ticks: dict[int, set[int]] = defaultdict(set)
    at = first
    for _, minutes, needs_practitioner, _ in booking.steps:
        if needs_practitioner:
            ticks[booking.practitioner_id] |= set(range(at, at + minutes // 5))
        at += minutes // 5
    ticks[booking.room_id] = set(range(first, at + offer.session.turnover_minutes // 5))
    return ticks


def assert_that_nothing_is_in_two_at_once(session: Session) -> None:
    """Every booking has just the claims its steps need, and no tick is needed by two."""
    session.rollback()
    session.expire_all()
    claims: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for claim in session.scalars(sa.select(Claim)):
        claims[claim.booking_id or 0][claim.resource_id].add(claim.tick)
    seen: set[tuple[int, int]] = set()
    for booking in session.scalars(sa.select(Booking)):
        wanted = needed(booking) if booking.status in TAKES_AN_HOUR else {}
        assert claims[booking.id] == wanted, (booking.id, booking.status)
        for resource_id, ticks in wanted.items():
            here = {(resource_id, tick) for tick in ticks}
            assert not seen & here
            seen |= here


def test_twenty_want_the_hour_of_one_practitioner_and_one_gets_it(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    hours = [make.moment(f"2026-03-12 {clock}:00").isoformat() for clock in (10, 15)]
    wanted = [[hold(f"{n}-{at}", at, "ines") for at in hours] for n in range(20)]

    results = crowd.race(wanted)

    assert outcomes(results) == {"done": 2, "SlotTaken": 38}
    for number in range(2):
        assert outcomes([[steps[number]] for steps in results])["done"] == 1
    assert_that_nothing_is_in_two_at_once(session)


def test_when_everybody_wants_another_hour_everybody_gets_it(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (4, 5) for day in range(1, 31)]
    hours = [make.moment(f"{day} 10:00").isoformat() for day in days]
    wanted = [[hold(at, at) for at in hours[number::20]] for number in range(20)]

    results = crowd.race(wanted)

    assert outcomes(results) == {"done": 60}
    assert_that_nothing_is_in_two_at_once(session)


@pytest.mark.parametrize(("people", "rooms"), [(2, 3), (4, 2), (3, 3)])
def test_twenty_want_the_hour_of_anyone_and_as_many_get_it_as_there_are_people_and_rooms(
    people: int, rooms: int, crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        more = [make.person(inside, studio.location_id, f"P{n}", n) for n in range(people - 2)]
        for number in range(3, rooms + 1):
            room = Resource(
                location_id=studio.location_id, kind="room", slug=f"r{number}", name=f"R{number}"
            )
            more.append(make.add(inside, room))
        for one in more:
            inside.add(Capability(resource_id=one.id, treatment_id=studio.facial))

    results = crowd.race([[hold(str(n))] for n in range(20)])

    assert outcomes(results) == {"done": min(people, rooms), "SlotTaken": 20 - min(people, rooms)}
    assert_that_nothing_is_in_two_at_once(session)


def test_holds_moves_cancellations_and_ending_holds_in_any_order(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    wanted = [[{"do": "chaos", "seed": seed, "count": 14}] for seed in range(10)]

    results = crowd.race(wanted)

    assert outcomes(results) == {"calm": 10}
    assert count(session, Booking.status == "booked") > 0
    assert_that_nothing_is_in_two_at_once(session)


def test_a_busy_desk_and_busy_clients_never_put_two_in_one_hour(
    crowd: Crowd, session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    with transaction() as inside:
        make.staff(inside, "manager")
    at("2026-03-12 11:00")
    wanted: list[list[Step]] = [[{"do": "desk", "seed": seed, "count": 14}] for seed in range(6)]
    wanted += [[{"do": "chaos", "seed": 90 + seed, "count": 14}] for seed in range(4)]

    results = crowd.race(wanted)

    assert outcomes(results) == {"calm": 10}
    assert count(session, Booking.status == "booked") > 0
    assert_that_nothing_is_in_two_at_once(session)


def test_while_the_rota_changes_no_visit_is_left_outside_of_it_and_none_is_lost(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        make.staff(inside, "manager")
    wanted: list[list[Step]] = [[{"do": "chaos", "seed": seed, "count": 14}] for seed in range(7)]
    wanted += [[{"do": "rota", "seed": 90 + seed, "count": 5}] for seed in range(3)]

    results = crowd.race(wanted)

    assert outcomes(results) == {"calm": 10}
    assert_that_nothing_is_in_two_at_once(session)
    now = make.moment("2026-03-10 09:00")
    found = standings(studio.location_id, now)
    assert {number for number, lacking in found.items() if any(lacking.values())} == set()
    assert count(session, Booking.status == "booked") > 0
    assert session.scalar(sa.select(sa.func.count(TimeOff.id))) > 5  # type: ignore[operator]
    # Whoever was called off by the studio is told, and the record says so.
    called_off = sa.select(Booking.id).where(Booking.cancelled_by == "studio")
    told = sa.select(Message.booking_id).where(Message.event == "booking_cancelled")
    known = sa.select(AuditEntry.booking_id).where(AuditEntry.event == "booking.state")
    assert set(session.scalars(called_off)) <= set(session.scalars(told))
    assert set(session.scalars(called_off)) <= set(session.scalars(known))


def test_one_hour_confirmed_by_many_at_once_is_booked_once(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    held = make.held()

    results = crowd.race([[confirm(held)] for _ in range(8)])

    assert outcomes(results) == {"done": 8}
    assert session.scalar(sa.select(sa.func.count(Message.id))) == 1
    assert session.scalar(sa.select(sa.func.count(Client.id))) == 1
    assert_that_nothing_is_in_two_at_once(session)


def test_an_hour_that_ends_while_it_is_confirmed_goes_to_one_of_two(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    held = make.held(practitioner="ines")
    late: Step = {"do": "wait", "minutes": 11}
    wanted = [[late, hold(str(n), TEN, "ines")] for n in range(5)] + [[late, confirm(held)]] * 5

    results = crowd.race(wanted)

    assert not [r for r in outcomes(results) if r.startswith("error")]
    assert count(session, Booking.status.in_(("held", "booked"))) == 1
    assert_that_nothing_is_in_two_at_once(session)


def test_a_visit_that_many_move_at_once_ends_in_one_place(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    moves = [
        [
            {
                "do": "move",
                "reference": booking.reference,
                "at": (booking.starts_at + timedelta(days=day)).isoformat(),
            }
        ]
        for day in range(1, 7)
    ]

    results = crowd.race([*moves, [{"do": "cancel", "reference": booking.reference}]])

    assert set(outcomes(results)) <= {"done", "ChangeRefused"}
    assert outcomes(results)["done"] <= 3
    assert count(session) == 1
    assert_that_nothing_is_in_two_at_once(session)


def desk_move(booking: Booking, at: str, **about: Any) -> Step:
    """Somebody at the desk drags a visit to that hour of Ines."""
    step = {"do": "desk move", "reference": booking.reference, "at": at, "practitioner": "ines"}
    return step | about


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> None:
    """Kim at reception, in whose name the crowd moves visits."""
    with transaction() as inside:
        make.staff(inside, "reception", id=KIM.id, name=KIM.name)


@pytest.mark.usefixtures("kim")
def test_a_visit_that_many_drag_at_once_goes_where_the_first_dropped_it(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    booking = make.booked()
    seen = session.scalar(sa.select(sa.func.max(AuditEntry.id)))
    hours = [make.moment(f"2026-03-13 {hour}:00").isoformat() for hour in (10, 11, 14, 15, 16, 17)]

    results = crowd.race([[desk_move(booking, at, seen=seen)] for at in hours])

    assert outcomes(results)["done"] == 1
    assert set(outcomes(results)) == {"done", "ChangedMeanwhile"}
    assert_that_nothing_is_in_two_at_once(session)


@pytest.mark.usefixtures("kim")
def test_many_visits_dragged_onto_one_hour_while_others_hold_it_and_one_gets_it(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    at = make.moment("2026-03-13 15:00").isoformat()
    visits = [
        make.booked(f"2026-03-12 {hour}:00", visitor=hour, email=f"{hour}@example.com")
        for hour in ("10", "11", "14", "15", "16", "17")
    ]
    others = [[hold(f"online-{n}", at, "ines")] for n in range(4)]

    results = crowd.race([*([desk_move(visit, at)] for visit in visits), *others])

    assert outcomes(results) == {"done": 1, "SlotTaken": 9}
    assert_that_nothing_is_in_two_at_once(session)


def test_the_most_coming_visits_of_one_address_hold_when_all_confirm_at_once(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    held = [make.held(f"2026-03-{day} 10:00", visitor=str(day)) for day in range(12, 18)]

    results = crowd.race([[confirm(booking)] for booking in held])

    assert outcomes(results) == {"done": 3, "TooManyVisits": 3}
    assert count(session, Booking.status == "booked") == 3


def test_one_person_who_confirms_twice_at_once_has_one_record(
    crowd: Crowd, session: Session, studio: make.Studio
) -> None:
    held = [make.held(f"2026-03-{day} 10:00", visitor=str(day)) for day in (12, 13)]

    results = crowd.race([[confirm(booking)] for booking in held])

    assert outcomes(results) == {"done": 2}
    assert session.scalar(sa.select(sa.func.count(Client.id))) == 1
