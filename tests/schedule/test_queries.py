"""The day and the week as they are read: who is in, who comes, what is free, in a fixed count."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock, wording
from spa.access import Place
from spa.audit.record import record
from spa.booking import actions
from spa.database import db, transaction
from spa.domain.looks import Look
from spa.domain.spans import Span, day_span, local_time, moment_of
from spa.domain.states import BookingStatus
from spa.models import AuditEntry, Block, Booking, Closure, Message, Resource, TimeOff
from spa.models.booking import claim
from spa.schedule import queries
from spa.schedule.queries import Day
from tests import make

ZONE = ZoneInfo("America/New_York")
THURSDAY = date(2026, 3, 12)


def place(studio: make.Studio) -> Place:
    return Place(studio.location_id, "Test Studio", ZONE, "USD", "US")


def day(studio: make.Studio, on: date = THURSDAY, only: int | None = None) -> Day:
    return queries.day(place(studio), on, clock.now(), only)


def clocks(span: Span) -> str:
    """A stretch as the clock shows it: "09:00-13:00"."""
    start, end = (local_time(moment_of(tick), ZONE) for tick in span)
    return f"{start:%H:%M}-{end:%H:%M}"


def change(booking: Booking, **columns: object) -> None:
    with transaction() as session:
        session.execute(sa.update(Booking).where(Booking.id == booking.id).values(**columns))


def block(studio: make.Studio, start: str, minutes: int, *resources: int) -> None:
    """Keep a time free of bookings."""
    starts_at = make.moment(start)
    span = tick(starts_at), tick(starts_at) + minutes // 5
    with transaction() as session:
        made = make.add(
            session,
            Block(
                location_id=studio.location_id,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                reason="Meeting",
            ),
        )
        claim(session, [(each, span) for each in resources], block_id=made.id)


def tick(moment: datetime) -> int:
    return int(moment.timestamp()) // 300


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent in the meantime."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_people_work_outside_their_breaks(session: Session, studio: make.Studio) -> None:
    found = day(studio)

    assert [person.slug for person in found.people] == ["ines", "maya"]
    assert [room.slug for room in found.rooms] == ["room-1", "room-2"]
    for person in found.people:
        assert [clocks(span) for span in person.working] == ["09:00-13:00", "13:30-19:00"]
        assert [clocks(span) for span in person.breaks] == ["13:00-13:30"]
    assert [clocks(span) for span in found.rooms[0].working] == ["09:00-19:00"]


def test_time_off_is_taken_out_and_says_why(session: Session, studio: make.Studio) -> None:
    off = {"first_on": THURSDAY, "last_on": THURSDAY, "from_minute": 15 * 60, "to_minute": 17 * 60}
    with transaction() as inside:
        inside.add(TimeOff(resource_id=studio.ines, reason="Dentist", **off))

    ines, maya = day(studio).people

    assert [(clocks(each.span), each.reason) for each in ines.off] == [("15:00-17:00", "Dentist")]
    assert [clocks(span) for span in ines.working] == ["09:00-13:00", "13:30-15:00", "17:00-19:00"]
    assert maya.off == ()


def test_a_closed_day_says_why(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.add(
            Closure(
                location_id=studio.location_id, first_on=THURSDAY, last_on=THURSDAY, reason="Floors"
            )
        )

    assert (day(studio).closed, day(studio).open) == ("Floors", ())
    assert day(studio, date(2026, 3, 13)).closed is None


def test_a_visit_knows_its_people_its_steps_and_when_its_room_is_clean(
    session: Session, studio: make.Studio
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")

    (visit,) = day(studio).visits

    assert (visit.client, visit.treatment, visit.price_minor) == ("Ana Duarte", "Facial", 27500)
    assert (visit.practitioner_id, visit.status) == (studio.ines, BookingStatus.BOOKED)
    assert [(part.kind, part.begins, part.ends) for part in visit.pauses] == [("numb", 10, 30)]
    assert [clocks(span) for span in visit.takes(studio.ines)] == ["10:00-10:10", "10:30-11:00"]
    assert [clocks(span) for span in visit.takes(visit.room_id)] == ["10:00-11:15"]
    assert visit.clean_at == make.moment("2026-03-12 11:15")


def test_a_hold_is_shown_while_it_lasts(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    make.held("2026-03-12 10:00")

    (hold,) = day(studio).visits
    assert hold.status == BookingStatus.HELD
    assert hold.held_until == make.moment("2026-03-10 09:10")

    at("2026-03-10 09:10")
    assert day(studio).visits == ()


def test_a_cancelled_visit_stands_apart(session: Session, studio: make.Studio) -> None:
    actions.cancel_booking(make.booked("2026-03-12 10:00").reference)

    found = day(studio)

    assert found.visits == ()
    assert [visit.status for visit in found.cancelled] == [BookingStatus.CANCELLED]


def test_a_block_names_whom_it_keeps_free(session: Session, studio: make.Studio) -> None:
    block(studio, "2026-03-12 15:00", 60, studio.ines, studio.room_1)

    (found,) = day(studio).blocks

    assert (clocks(found.span), found.reason) == ("15:00-16:00", "Meeting")
    assert found.resource_ids == (studio.ines, studio.room_1)
    assert day(studio, date(2026, 3, 13)).blocks == ()


def test_free_hours_are_what_is_left_of_the_day(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    assert day(studio).free_minutes == 2 * 570

    make.booked("2026-03-12 10:00", practitioner="ines")
    block(studio, "2026-03-12 15:00", 60, studio.maya)
    assert day(studio).free_minutes == 2 * 570 - 75 - 60

    at("2026-03-12 16:00")
    assert day(studio).free_minutes == 2 * 180


def test_the_free_hours_of_one_person_are_those_that_others_leave_a_room_for(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    block(studio, "2026-03-12 09:00", 600, studio.room_2)
    make.booked("2026-03-12 10:00", practitioner="maya")
    make.held("2026-03-12 15:00", practitioner="maya", visitor="two")

    def left() -> tuple[int, int]:
        monday = date(2026, 3, 9)
        week = queries.week(place(studio), studio.ines, monday, clock.now())
        return day(studio, only=studio.ines).free_minutes, week[3].free_minutes

    assert left() == (570 - 2 * 75, 570 - 2 * 75)
    assert day(studio, only=studio.ines).visits == ()

    at("2026-03-10 09:10")
    assert left() == (570 - 75, 570 - 75)


def test_expected_is_what_has_its_hour(session: Session, studio: make.Studio) -> None:
    make.booked("2026-03-12 10:00")
    actions.cancel_booking(make.booked("2026-03-12 14:00", visitor="two").reference)
    make.held("2026-03-12 16:00", visitor="three")

    assert day(studio).expected_minor == 27500


def test_a_practitioner_sees_their_own_alone(session: Session, studio: make.Studio) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    make.booked("2026-03-12 10:00", practitioner="maya", visitor="two")
    block(studio, "2026-03-12 15:00", 60, studio.maya)

    found = day(studio, only=studio.ines)

    assert [person.slug for person in found.people] == ["ines"]
    assert [visit.practitioner_id for visit in found.visits] == [studio.ines]
    assert found.blocks == ()
    assert day(studio, only=0).visits == day(studio, only=0).people == ()


def test_who_has_left_is_shown_on_the_days_of_their_visits(
    session: Session, studio: make.Studio
) -> None:
    make.booked("2026-03-12 10:00", practitioner="maya")
    with transaction() as inside:
        inside.execute(
            sa.update(Resource).where(Resource.id == studio.maya).values(archived_at=clock.now())
        )

    assert [person.slug for person in day(studio).people] == ["ines", "maya"]
    assert [person.slug for person in day(studio, date(2026, 3, 13)).people] == ["ines"]


def test_what_needs_a_look_comes_with_the_visit(session: Session, studio: make.Studio) -> None:
    booking = make.booked("2026-03-12 10:00", note="Cold hands")
    (visit,) = day(studio).visits
    assert visit.looks == (Look.NOTE,)

    change(booking, looked_at=clock.now())
    assert day(studio).visits[0].looks == ()

    with transaction() as inside:
        inside.execute(
            sa.update(Message).where(Message.booking_id == booking.id).values(status="failed")
        )
    assert day(studio).visits[0].looks == (Look.MESSAGE_FAILED,)


def test_a_late_move_after_a_look_asks_for_another(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    booking = make.booked("2026-03-12 10:00")
    change(booking, looked_at=at("2026-03-11 12:00"), is_late=True)
    assert day(studio).visits[0].looks == ()

    at("2026-03-11 13:00")
    details: dict[str, Any] = {"from": "", "to": "", "is_late": True}
    with transaction() as inside:
        record(
            inside,
            "booking.moved",
            at=clock.now(),
            booking_id=booking.id,
            **details,
        )

    assert day(studio).visits[0].looks == (Look.LATE_CHANGE,)


def test_another_contact_and_a_likeness_need_a_look(session: Session, studio: make.Studio) -> None:
    make.booked("2026-03-12 10:00")
    make.booked("2026-03-12 14:00", visitor="two", phone="+12125550112")
    make.booked("2026-03-12 16:00", visitor="three", name="Bea Duarte")

    looks = [visit.looks for visit in day(studio).visits]

    assert looks == [(), (Look.OTHER_CONTACT,), (Look.MAY_BE_SAME,)]


@pytest.mark.parametrize(
    ("on", "hours"), [("2026-03-08", 23), ("2026-03-09", 24), ("2026-11-01", 25)]
)
def test_the_days_of_23_and_25_hours_are_right(
    on: str, hours: int, session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    at(f"{on} 00:00")
    booking = make.booked(f"{on} 10:00", practitioner="ines")
    night = make.booked(f"{on} 15:00", visitor="two")
    change(night, starts_at=make.moment(f"{on} 00:00"), ends_at=make.moment(f"{on} 01:00"))
    found = day(studio, date.fromisoformat(on))

    whole = day_span(found.on, ZONE)
    assert (whole.end - whole.start) * 5 == hours * 60
    assert [visit.id for visit in found.visits] == [night.id, booking.id]
    assert [clocks(span) for span in found.people[0].working] == ["09:00-13:00", "13:30-19:00"]
    assert [clocks(span) for span in found.open] == ["09:00-19:00"]
    assert found.free_minutes == 2 * 570 - 75


def test_a_week_is_seven_days_of_one_person(session: Session, studio: make.Studio) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    make.booked("2026-03-13 10:00", practitioner="maya", visitor="two")

    found = queries.week(place(studio), studio.ines, date(2026, 3, 9), clock.now())

    assert [each.on.day for each in found] == [9, 10, 11, 12, 13, 14, 15]
    assert [len(each.visits) for each in found] == [0, 0, 0, 1, 0, 0, 0]
    assert all([person.slug for person in each.people] == ["ines"] for each in found)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-10 00:10", "2026-03-10"),
        ("2026-03-10 18:59", "2026-03-10"),
        ("2026-03-10 19:00", "2026-03-12"),
    ],
)
def test_after_closing_it_opens_on_the_next_open_day(
    now: str, opens: str, session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    closed = date(2026, 3, 11)
    with transaction() as inside:
        inside.add(Closure(location_id=studio.location_id, first_on=closed, last_on=closed))

    assert queries.opens_next(place(studio), at(now)) == date.fromisoformat(opens)


def test_free_times_are_each_persons_own(
    session: Session, studio: make.Studio, at: Callable[[str], datetime]
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    now = at("2026-03-12 09:50")

    found = queries.free_times(place(studio), THURSDAY, now)

    first = {person: wording.clock(times[0], ZONE) for person, times in found.items()}
    assert first == {studio.ines: "11:00", studio.maya: "10:00"}
    assert set(queries.free_times(place(studio), THURSDAY, now, studio.maya)) == {studio.maya}


def test_the_number_of_queries_does_not_grow(session: Session, studio: make.Studio) -> None:
    def statements() -> tuple[int, int, int]:
        db.session.connection()
        with counted() as of_day:
            day(studio)
        with counted() as of_week:
            queries.week(place(studio), studio.ines, date(2026, 3, 9), clock.now())
        with counted() as of_free_times:
            queries.free_times(place(studio), THURSDAY, clock.now())
        return len(of_day), len(of_week), len(of_free_times)

    booking = make.booked("2026-03-12 09:00")
    few = statements()
    columns = {column.name for column in Booking.__table__.columns} - {"id", "reference"}
    alike = {name: getattr(booking, name) for name in columns}
    with transaction() as inside:
        inside.add_all(Booking(reference=f"alike {number}", **alike) for number in range(29))
    block(studio, "2026-03-12 15:00", 60, studio.ines, studio.room_1)
    many = statements()

    assert len(day(studio).visits) == 30
    assert few == many == (2, 2, 4)


def test_the_tag_changes_with_every_change(session: Session, studio: make.Studio) -> None:
    seen = [queries.tag(studio.location_id)]
    booking = make.booked("2026-03-12 10:00")
    seen.append(queries.tag(studio.location_id))
    with transaction() as inside:
        record(
            inside,
            "booking.looked_at",
            at=clock.now(),
            location_id=studio.location_id,
            booking_id=booking.id,
        )
    seen.append(queries.tag(studio.location_id))
    with transaction() as inside:
        inside.execute(sa.update(Message).values(status="failed"))
    seen.append(queries.tag(studio.location_id))

    assert len(set(seen)) == 4
    assert day(studio).tag == seen[-1] == queries.tag(studio.location_id)


def test_the_tag_changes_with_an_entry_that_is_committed_after_a_later_one(
    session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        for number in (10, 1200, 1203):
            inside.add(entry(studio, number))
    before = queries.tag(studio.location_id)

    with transaction() as inside:
        inside.add(entry(studio, 1201))

    assert queries.tag(studio.location_id) != before
    assert day(studio).tag == queries.tag(studio.location_id)


def entry(studio: make.Studio, number: int) -> AuditEntry:
    """An entry of the record with the number it was given before it was committed."""
    return AuditEntry(
        id=number,
        at=clock.now(),
        event="booking.looked_at",
        actor="staff",
        location_id=studio.location_id,
        details={},
    )
