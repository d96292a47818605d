"""The demo studio is believable, obeys every rule, is the same each time, and can be taken away."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session as DbSession

from spa import demo, demo_people
from spa.accounts import actions as accounts
from spa.accounts import people_actions
from spa.booking import queries
from spa.database import Base, transaction
from spa.domain.availability import (
    Allocation,
    Person,
    Session,
    Step,
    Thing,
    claims_of,
    refusals,
)
from spa.domain.finding import words_of
from spa.domain.roles import Actor, Role
from spa.domain.spans import Span, moment_of
from spa.domain.states import TAKES_AN_HOUR, BookingStatus
from spa.models import (
    Block,
    Booking,
    Claim,
    Client,
    ClientWord,
    Closure,
    Location,
    Message,
    OpeningHours,
    Resource,
    StaffMember,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from tests import make, tables

ZONE = ZoneInfo("America/New_York")
# A Tuesday noon, in the week before the clocks go forward, while visits are running.
NOW = datetime(2027, 3, 9, 12, 20, tzinfo=ZONE).astimezone(UTC)
STEPS = {
    "talk",
    "settle",
    "cleanse",
    "numb",
    "needle",
    "serum",
    "mask",
    "led",
    "calm",
    "check",
}


@contextmanager
def filled(now: datetime) -> Iterator[DbSession]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with DbSession(engine) as session:
        demo.load(session, now=now)
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def demo_day() -> Iterator[DbSession]:
    with filled(NOW) as session:
        yield session


@pytest.fixture(scope="module")
def visits(demo_day: DbSession) -> list[Booking]:
    return list(demo_day.scalars(sa.select(Booking).order_by(Booking.starts_at, Booking.id)))


@pytest.fixture
def loaded(session: DbSession) -> DbSession:
    with transaction() as inside:
        demo.load(inside, now=NOW)
    return session


def taken_by(session: DbSession, visit: Booking) -> list[tuple[int, Span]]:
    """What a visit takes, reckoned anew from the steps it was booked with."""
    treatment = session.get_one(Treatment, visit.treatment_id)
    shape = Session(tuple(Step(*step) for step in visit.steps), treatment.turnover_minutes)
    device = Thing(visit.device_id, "") if visit.device_id else None
    person = Person(visit.practitioner_id, "", "", ())
    return claims_of(visit.starts_at, shape, Allocation(person, Thing(visit.room_id, ""), device))


def numbing(visit: Booking) -> list[tuple[datetime, datetime]]:
    at, found = visit.starts_at, []
    for kind, minutes, *_ in visit.steps:
        until = at + timedelta(minutes=minutes)
        if kind == "numb":
            found.append((at, until))
        at = until
    return found


def open_days(session: DbSession, days: int) -> list[datetime]:
    """The coming days on which the studio opens, at noon."""
    weekdays = set(session.scalars(sa.select(OpeningHours.weekday)))
    closures = session.scalars(sa.select(Closure)).all()
    noons = [NOW.astimezone(ZONE) + timedelta(days=n) for n in range(1, days + 1)]
    return [
        noon
        for noon in noons
        if noon.weekday() in weekdays
        and not any(c.first_on <= noon.date() <= c.last_on for c in closures)
    ]


# The house


def test_the_studio_has_what_a_studio_of_its_size_has(demo_day: DbSession) -> None:
    kinds = Counter(demo_day.scalars(sa.select(Resource.kind)))
    location = demo_day.scalars(sa.select(Location)).one()

    assert kinds == {"practitioner": 6, "room": 3, "device": 1}
    assert demo_day.scalar(sa.select(sa.func.count(Treatment.id))) == 8
    assert location.is_demo and location.opened_at and location.opened_at < NOW
    assert set(demo_day.scalars(sa.select(OpeningHours.weekday))) >= set(range(5))
    assert 120 <= (demo_day.scalar(sa.select(sa.func.count(Client.id))) or 0) <= 160
    statuses = Counter(demo_day.scalars(sa.select(Message.status)))
    assert (statuses["failed"], statuses.keys()) == (1, {"failed", "sent", "waiting"})


def test_a_visit_of_the_demo_has_its_whole_plan(demo_day: DbSession) -> None:
    last = demo_day.scalars(
        sa.select(Booking)
        .where(Booking.status == "done", Booking.is_needling, Booking.marketing_agreed_at != None)  # noqa: E711
        .order_by(Booking.starts_at.desc())
    ).first()
    assert last
    found = demo_day.execute(
        sa.select(Message.event, Message.status).where(Message.booking_id == last.id)
    )
    states = {row.event: row.status for row in found}
    assert states["booking_confirmed"] == "sent"
    assert {states[key] for key in ("care_d7", "care_d28", "thanks", "next_time")} == {"waiting"}


def test_the_menu_begins_with_the_facial_and_says_nothing_it_should_not(
    demo_day: DbSession,
) -> None:
    first = demo_day.scalars(sa.select(Treatment).order_by(Treatment.position)).first()
    words = demo_day.scalars(sa.select(TreatmentWords)).all()
    steps = demo_day.scalars(sa.select(TreatmentStep)).all()

    assert first and first.slug == "facial-microneedling"
    assert all(each.summary.count(".") == 1 and each.about.count("\n\n") >= 1 for each in words)
    assert not any("painless" in f"{each.summary} {each.about}".lower() for each in words)
    assert {step.kind for step in steps} <= STEPS
    assert {step.kind for step in steps if step.needs_device} == {"led"}


# The visits


def test_a_year_lies_behind_and_six_weeks_ahead(visits: list[Booking]) -> None:
    past = Counter(visit.status for visit in visits if visit.ends_at <= NOW)
    ahead = Counter(visit.status for visit in visits if visit.ends_at > NOW)

    assert set(past) == {
        BookingStatus.DONE,
        BookingStatus.NO_SHOW,
        BookingStatus.CANCELLED,
    }
    assert set(ahead) - {BookingStatus.ARRIVED, BookingStatus.IN_TREATMENT} == {
        BookingStatus.BOOKED,
        BookingStatus.CANCELLED,
    }
    assert sum(past.values()) > 700 and ahead[BookingStatus.BOOKED] > 250
    assert visits[0].starts_at < NOW - timedelta(days=350)
    assert NOW + timedelta(days=38) < visits[-1].starts_at < NOW + timedelta(days=43)


def test_a_visit_that_is_running_is_in_treatment(visits: list[Booking]) -> None:
    running = [visit for visit in visits if visit.starts_at <= NOW < visit.ends_at]

    assert running
    assert {visit.status for visit in running} == {BookingStatus.IN_TREATMENT}


def test_every_visit_was_booked_before_now_and_before_it_began(
    visits: list[Booking],
) -> None:
    for visit in visits:
        assert visit.booked_at and visit.created_at < visit.booked_at < min(visit.starts_at, NOW)
        if visit.status == BookingStatus.CANCELLED:
            assert visit.cancelled_at and visit.booked_at < visit.cancelled_at <= NOW
            assert visit.cancelled_at < visit.starts_at


def test_nobody_and_no_room_is_ever_in_two_visits_at_once(
    demo_day: DbSession, visits: list[Booking]
) -> None:
    taken = Counter(
        (resource_id, tick)
        for visit in visits
        if visit.status != BookingStatus.CANCELLED
        for resource_id, span in taken_by(demo_day, visit)
        for tick in range(*span)
    )

    assert taken and max(taken.values()) == 1


def test_every_coming_visit_claims_exactly_what_its_steps_take(
    demo_day: DbSession, visits: list[Booking]
) -> None:
    claimed: dict[int | None, set[tuple[int, int]]] = defaultdict(set)
    for claim in demo_day.scalars(sa.select(Claim)):
        claimed[claim.booking_id].add((claim.resource_id, claim.tick))

    for visit in visits:
        if visit.ends_at > NOW:
            spans = taken_by(demo_day, visit) if visit.status in TAKES_AN_HOUR else []
            ticks = {(resource, tick) for resource, span in spans for tick in range(*span)}
            assert claimed.get(visit.id, set()) == ticks


def test_no_visit_lies_outside_opening_hours(demo_day: DbSession, visits: list[Booking]) -> None:
    hours = {row.weekday: row for row in demo_day.scalars(sa.select(OpeningHours))}
    closures = demo_day.scalars(sa.select(Closure)).all()

    for visit in visits:
        start, end = visit.starts_at.astimezone(ZONE), visit.ends_at.astimezone(ZONE)
        day = hours[start.weekday()]
        assert day.from_minute <= start.hour * 60 + start.minute
        assert end.hour * 60 + end.minute <= day.to_minute
        assert not any(c.first_on <= start.date() <= c.last_on for c in closures)


def test_needling_is_four_weeks_apart_and_nobody_has_too_many_coming_visits(
    visits: list[Booking],
) -> None:
    kept = [visit for visit in visits if visit.status != BookingStatus.CANCELLED]
    needled: dict[int | None, list[datetime]] = defaultdict(list)
    for visit in kept:
        if visit.is_needling:
            needled[visit.client_id].append(visit.starts_at.astimezone(ZONE))

    assert all(
        (later.date() - earlier.date()).days >= 28
        for starts in needled.values()
        for earlier, later in pairwise(starts)
    )
    coming = Counter(visit.client_id for visit in kept if visit.starts_at > NOW)
    assert max(coming.values()) <= 3


def test_a_patch_check_lies_within_another_clients_numbing(
    visits: list[Booking],
) -> None:
    week = [
        visit
        for visit in visits
        if NOW < visit.starts_at < NOW + timedelta(days=7) and visit.status == BookingStatus.BOOKED
    ]
    pairs = [
        (longer, check)
        for longer in week
        for check in week
        for rest_from, rest_until in numbing(longer)
        if check.treatment_name == "Skin and patch check"
        and check.practitioner_id == longer.practitioner_id
        and rest_from <= check.starts_at
        and check.ends_at <= rest_until
    ]

    assert pairs
    for longer, check in pairs:
        assert longer.client_id != check.client_id
        assert longer.room_id != check.room_id


# The people


def test_clients_can_only_be_reached_at_made_up_addresses(
    demo_day: DbSession, visits: list[Booking]
) -> None:
    clients = demo_day.scalars(sa.select(Client)).all()
    emails = [client.email for client in clients if not client.books_by_phone]
    phones = {client.phone for client in clients} | {visit.contact_phone for visit in visits}
    phones |= set(demo_day.scalars(sa.select(Location.phone)))

    assert len(set(emails)) == len(emails)
    for address in [*emails, *(visit.contact_email for visit in visits if visit.contact_email)]:
        assert address.isascii() and address.endswith("@example.com")
    for phone in phones:
        assert phone[5:10] == "55501" and len(phone) == 12
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))


def test_every_client_is_found_by_every_part_of_their_record(demo_day: DbSession) -> None:
    words: dict[int, set[str]] = defaultdict(set)
    for row in demo_day.scalars(sa.select(ClientWord)):
        words[row.client_id].add(row.word)

    for client in demo_day.scalars(sa.select(Client)):
        assert words[client.id] == words_of(client.name, client.email, client.phone)


def test_names_are_as_various_as_those_of_real_people(demo_day: DbSession) -> None:
    names = demo_day.scalars(sa.select(Client.name)).all()

    assert len(set(names)) == len(names)
    assert any("'" in name for name in names)
    assert any(len(name) == 40 for name in names)
    assert any("\u0600" <= name[0] <= "\u06ff" for name in names)
    assert sum(not name.isascii() for name in names) > 20


# The whole, on the database and through the program's own eyes


def test_every_coming_visit_could_have_been_booked_when_it_was(
    loaded: DbSession,
) -> None:
    coming = loaded.scalars(
        sa.select(Booking).where(Booking.starts_at > NOW, Booking.status == BookingStatus.BOOKED)
    ).all()

    for visit in coming:
        offer = queries.offer_of(visit.treatment_id)
        person = loaded.get_one(Resource, visit.practitioner_id)
        day = visit.starts_at.astimezone(ZONE).date()
        assert offer and visit.booked_at
        facts = queries.facts(
            offer,
            day,
            day,
            now=visit.booked_at,
            practitioner=person.slug,
            without=visit.id,
        )
        assert refusals(visit.starts_at, facts, offer.policy) == ()


def test_good_hours_are_left_on_every_day_of_the_next_two_weeks(
    loaded: DbSession,
) -> None:
    offer = queries.offer("facial-microneedling")
    assert offer
    days = [noon.date() for noon in open_days(loaded, 14)]

    free = queries.free_times(offer, days[0], days[-1], now=NOW)

    starts = [moment_of(each.tick).astimezone(ZONE) for each in free]
    by_day = Counter(start.date() for start in starts)
    assert all(by_day[day] >= 4 for day in days)
    assert len({start.date() for start in starts if start.hour >= 17}) >= 3


def test_clearing_takes_the_demo_away_and_nothing_else(
    app: Flask,
    session: DbSession,
    studio: make.Studio,
    at: Callable[[str], datetime],
    tmp_path: Path,
) -> None:
    make.booked()
    with transaction() as inside:
        make.staff(inside)
    before = tables.everything(app)
    now = at("2027-03-09 12:20")
    with transaction() as inside:
        demo.load(inside, now=now)
        assert demo_people.hire(inside, tmp_path, now=now)
    work_at_the_demo(session)
    book_at_the_demo(now, visitor="two")
    book_at_the_demo(now, visitor="three", name="Bo Lund", email="bo@example.com")

    with transaction() as inside:
        demo.clear(inside)

    assert tables.everything(app) == before


def work_at_the_demo(session: DbSession) -> None:
    """Its owner signs in, invites somebody and forgets their password."""
    query = sa.select(StaffMember).where(StaffMember.email == "nora.lindqvist@example.com")
    row = session.scalars(query).one()
    owner = Actor(row.id, row.name, row.email, Role.OWNER, row.location_id)
    accounts.open_session(owner.id)
    asked = people_actions.Invitation("Rosa", "rosa@example.com", Role.RECEPTION)
    people_actions.invite(owner, asked, location_id=owner.location_id or 0)
    accounts.request_reset(owner.email)


def book_at_the_demo(now: datetime, **about: str) -> None:
    """A visitor books the next free consultation, with all that is written beside it."""
    offer = queries.offer("skin-consultation")
    assert offer
    today = now.astimezone(ZONE).date()
    free = queries.free_times(offer, today, today + timedelta(days=1), now=now)
    start = moment_of(free[0].tick).astimezone(ZONE)
    make.booked(f"{start:%Y-%m-%d %H:%M}", slug="skin-consultation", **about)


def test_a_database_is_empty_until_the_demo_is_there(session: DbSession) -> None:
    assert demo.is_empty(session)

    with transaction() as inside:
        demo.load(inside, now=NOW)

    assert not demo.is_empty(session)


def test_the_same_moment_gives_the_same_studio(demo_day: DbSession) -> None:
    with filled(NOW) as again:
        for table in Base.metadata.sorted_tables:
            query = sa.select(table).order_by(*table.primary_key)
            assert again.execute(query).all() == demo_day.execute(query).all()


def test_the_day_of_the_desk_has_what_a_desk_sees(
    demo_day: DbSession, visits: list[Booking]
) -> None:
    (meeting,) = demo_day.scalars(sa.select(Block))
    claimed = demo_day.scalars(sa.select(Claim.resource_id).where(Claim.block_id == meeting.id))

    assert NOW < meeting.starts_at < NOW + timedelta(days=2)
    assert len(set(claimed)) == 2
    for state, column in (("done", "done_at"), ("no_show", "no_show_at"), ("booked", "booked_at")):
        assert all(getattr(visit, column) for visit in visits if visit.status == state)
    assert any(visit.assured_at for visit in visits)
    assert [visit.no_answer_at is not None for visit in visits].count(True) == 1
    by_phone = demo_day.scalars(sa.select(Client).where(Client.books_by_phone)).all()
    assert by_phone and {client.email for client in by_phone} == {""}
