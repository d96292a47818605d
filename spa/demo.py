"""Loads a believable studio into an empty database, true to the rules, and clears it again."""

import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import demo_data as plan
from spa import demo_desk, demo_messages
from spa import demo_house as house
from spa.database import Base
from spa.demo_diary import DAYS_BEHIND, Diary, Visit, Visitor
from spa.demo_house import Ids, Row, insert, insert_counted
from spa.domain.finding import words_of
from spa.domain.states import TAKES_AN_HOUR, BookingStatus
from spa.models import (
    AuditEntry,
    Block,
    Booking,
    Capability,
    Claim,
    Client,
    ClientWord,
    Closure,
    FollowUp,
    Location,
    Message,
    MessageWords,
    OpeningHours,
    PractitionerRoom,
    Resource,
    ResourcePhoto,
    ResourceWords,
    Shift,
    ShiftBreak,
    StaffMember,
    StaffSession,
    TimeOff,
    Treatment,
    TreatmentNote,
    TreatmentStep,
    TreatmentWords,
)
from spa.models.booking import claim_rows

SEED = 20_260_101
VERSION = "2026-11"
NEW_CLIENTS_AHEAD = 30
TYPED_FOR = timedelta(minutes=4)


def is_empty(session: Session) -> bool:
    """Says whether there is no studio yet."""
    return session.scalar(sa.select(Location.id).limit(1)) is None


def is_awaited(session: Session) -> bool:
    """Says whether somebody is about to set up a studio of their own here."""
    has_owner = session.scalar(sa.select(StaffMember.id).limit(1)) is not None
    return is_empty(session) and has_owner


def load(session: Session, *, now: datetime) -> None:
    """Fill an empty database with the demo studio as it would stand at that moment."""
    dice = Random(SEED)
    today = now.astimezone(ZoneInfo(plan.ZONE)).date()
    location = house.write_location(session, now)
    treatments = house.write_menu(session, location.id)
    resources = house.write_team(session, location.id, treatments, today)
    house.write_shifts(session, resources)
    closed = house.write_closures(session, location.id, today)
    away = house.write_time_off(session, resources, today)
    place = house.as_rules(location, resources, closed=closed, away=away, today=today)
    diary = Diary(place, _visitors(today, dice), now=now, pairs_with=plan.SENIOR, dice=dice)
    visits = sorted(diary.fill(), key=lambda visit: visit.booked_at)
    clients = _clients(session, visits)
    rows = _booking_rows(visits, location, treatments, clients, dice, now)
    ids = insert_counted(session, Booking, rows)
    kept = [
        (booking_id, visit)
        for booking_id, visit in zip(ids, visits, strict=True)
        if visit.starts_at.astimezone(place.zone).date() >= today
    ]
    _claim(session, kept)
    insert(session, AuditEntry, demo_desk.entries(zip(ids, rows, strict=True)))
    demo_desk.write(session, location, now=now)
    demo_messages.write(session, location, now=now)
    _write_words(session, clients.values())


def _visitors(today: date, dice: Random) -> list[Visitor]:
    """Who comes from when on: most over the past year, the last of them in the weeks ahead."""
    known = len(plan.CLIENTS) - NEW_CLIENTS_AHEAD
    offsets = sorted(dice.randrange(-DAYS_BEHIND, 0) for _ in range(known))
    offsets += sorted(dice.randrange(27) for _ in range(NEW_CLIENTS_AHEAD))
    return [
        _visitor(number, today + timedelta(days=offset), dice)
        for number, offset in enumerate(offsets)
    ]


def _visitor(number: int, comes_from: date, dice: Random) -> Visitor:
    """Somebody with a wish, and often with a practitioner they got to know."""
    favourite = dice.choices(plan.TEAM, [person.share for person in plan.TEAM])[0]
    menu = [treatment for treatment in plan.TREATMENTS if treatment.slug in favourite.does]
    return Visitor(
        number=number,
        comes_from=comes_from,
        wants=dice.choices(menu, [treatment.share for treatment in menu])[0].slug,
        asks_for=favourite.slug if dice.random() < 0.75 else "",
    )


# Clients


def _clients(session: Session, visits: Sequence[Visit]) -> dict[int, int]:
    """A record for everyone in the diary, made when they first booked; ids by number."""
    first = {visit.client: visit.booked_at for visit in reversed(visits)}
    numbers = sorted(first, key=lambda number: (first[number], number))
    rows = [
        {
            "name": plan.CLIENTS[number][0],
            "email": _email(number),
            "phone": _phone(number),
            "language": plan.LANGUAGE,
            "created_at": first[number],
        }
        for number in numbers
    ]
    ids = insert_counted(session, Client, rows)
    _mark_alike(session, [new_id for new_id, row in zip(ids, rows, strict=True) if _shares(row)])
    return dict(zip(numbers, ids, strict=True))


def _write_words(session: Session, clients: Collection[int]) -> None:
    """By what each of them can be found at the desk."""
    query = sa.select(Client.id, Client.name, Client.email, Client.phone)
    rows = session.execute(query.where(Client.id.in_(clients)))
    insert(
        session,
        ClientWord,
        (
            {"word": word, "client_id": client_id}
            for client_id, *record in rows
            for word in sorted(words_of(*record))
        ),
    )


def _shares(row: Row) -> bool:
    return row["name"] in plan.SHARED_PHONE


def _mark_alike(session: Session, ids: list[int]) -> None:
    """Whoever came later with the same telephone may be the earlier, as far as staff can tell."""
    session.execute(
        sa.update(Client).where(Client.id.in_(ids[1:])).values(may_be_same_as_id=ids[0])
    )


def _email(number: int) -> str:
    name, mailbox = plan.CLIENTS[number]
    if not mailbox:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        mailbox = ".".join(plain.lower().replace("'", "").split())
    return f"{mailbox}@example.com"


def _phone(number: int) -> str:
    """One of the numbers kept for fiction; two sisters have the same."""
    names = [name for name, _ in plan.CLIENTS]
    if names[number] in plan.SHARED_PHONE:
        number = names.index(plan.SHARED_PHONE[0])
    area = plan.AREA_CODES[number % len(plan.AREA_CODES)]
    return f"+1{area}55501{number * 37 % 100:02d}"


# Bookings


def _booking_rows(
    visits: Sequence[Visit],
    location: Location,
    treatments: Ids,
    clients: dict[int, int],
    dice: Random,
    now: datetime,
) -> list[Row]:
    """Every visit as a row, each column filled as the program would."""
    menu: dict[str, Row] = {
        treatment.slug: {
            "location_id": location.id,
            "treatment_id": treatments[treatment.slug],
            "treatment_name": treatment.name,
            "price_minor": treatment.price_minor,
            "currency": location.currency,
            "steps": [list(step) for step in treatment.steps],
            "is_needling": treatment.is_needling,
        }
        for treatment in plan.TREATMENTS
    }
    people = {
        number: {
            "client_id": client_id,
            "language": plan.LANGUAGE,
            **_contact(number, dice),
        }
        for number, client_id in clients.items()
    }
    return [
        menu[visit.slug]
        | people[visit.client]
        | _visit_columns(visit, dice)
        | demo_desk.moments(visit, now, dice)
        | _agreed(visit, menu[visit.slug]["is_needling"], visit.client % 4 == 0)
        for visit in visits
    ]


def _contact(number: int, dice: Random) -> Row:
    """What a client types each time; somebody else may do the typing."""
    name = plan.CLIENTS[number][0]
    booker = plan.BOOKED_BY.get(name)
    return {
        "contact_name": booker or name,
        "contact_email": _email(number),
        "contact_phone": _phone(number),
        "other_name": name if booker else "",
        "note": dice.choice(plan.NOTES) if dice.random() < 0.06 else "",
    }


def _visit_columns(visit: Visit, dice: Random) -> Row:
    held_at = visit.booked_at - TYPED_FOR
    is_cancelled = visit.status == BookingStatus.CANCELLED
    device = visit.allocation.device
    return {
        "practitioner_id": visit.allocation.person.id,
        "room_id": visit.allocation.room.id,
        "device_id": device.id if device else None,
        "reference": urlsafe_b64encode(dice.randbytes(16)).decode().rstrip("="),
        "link_version": 1,
        "status": visit.status.value,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "created_at": held_at,
        "held_until": held_at + timedelta(minutes=10),
        "extensions": 0,
        "booked_at": visit.booked_at,
        "cancelled_at": visit.cancelled_at,
        "is_late": visit.is_late,
        "moves": visit.moves,
        "sequence": visit.moves + is_cancelled,
        "is_first_visit": visit.is_first,
        "wants_practitioner": visit.wants_practitioner,
    }


def _agreed(visit: Visit, is_needling: bool, wants_marketing: bool) -> Row:
    """What was ticked, and when; nobody is screened for a treatment without needles."""
    return {
        "screened_at": visit.booked_at if is_needling else None,
        "screening_version": VERSION if is_needling else None,
        "privacy_agreed_at": visit.booked_at,
        "privacy_version": VERSION,
        "marketing_agreed_at": visit.booked_at if wants_marketing else None,
    }


def _claim(session: Session, visits: list[tuple[int, Visit]]) -> None:
    """Take the hours of these visits; a cancelled one takes none."""
    needling = {treatment.slug: treatment.is_needling for treatment in plan.TREATMENTS}
    rows = [
        row
        for booking_id, visit in visits
        if visit.status in TAKES_AN_HOUR
        for row in claim_rows(visit.claims, booking_id=booking_id, is_needling=needling[visit.slug])
    ]
    insert(session, Claim, rows)


# Clearing


def clear(session: Session) -> None:
    """Delete every demo studio with all that is its own, and the clients who come nowhere else."""
    places = sa.select(Location.id).where(Location.is_demo)
    _clear_visits(session, places)
    _clear_desk(session, places)
    _clear_house(session, places)
    session.expire_all()


def _clear_visits(session: Session, places: sa.Select[Any]) -> None:
    bookings = sa.select(Booking.id).where(Booking.location_id.in_(places))
    blocks = sa.select(Block.id).where(Block.location_id.in_(places))
    clients = _clients_of_only(places)
    leaving = [{"leaving": client_id} for client_id in session.scalars(clients)]
    is_ours = AuditEntry.location_id.in_(places) | AuditEntry.booking_id.in_(bookings)
    _delete(session, AuditEntry, is_ours | AuditEntry.client_id.in_(clients))
    _delete(
        session,
        Message,
        Message.location_id.in_(places) | Message.booking_id.in_(bookings),
    )
    _delete(session, FollowUp, FollowUp.location_id.in_(places))
    _delete(session, Claim, Claim.booking_id.in_(bookings) | Claim.block_id.in_(blocks))
    _execute(
        session,
        sa.update(Client)
        .where(Client.may_be_same_as_id.in_(clients))
        .values(may_be_same_as_id=None),
    )
    is_here = Booking.location_id.in_(places)
    _execute(session, sa.update(Booking).where(is_here).values(pencilled_after_id=None))
    _delete(session, Booking, is_here)
    _delete(session, Block, Block.location_id.in_(places))
    if leaving:
        words = sa.delete(ClientWord).where(ClientWord.client_id == sa.bindparam("leaving"))
        session.connection().execute(words, leaving)
        one = sa.delete(Client).where(Client.id == sa.bindparam("leaving"))
        session.connection().execute(one, leaving)


def _clear_desk(session: Session, places: sa.Select[Any]) -> None:
    """Everyone who signs in there; what they did elsewhere stays written down."""
    people = sa.select(StaffMember.id).where(StaffMember.location_id.in_(places))
    _execute(
        session,
        sa.update(AuditEntry).where(AuditEntry.staff_id.in_(people)).values(staff_id=None),
    )
    _delete(session, Message, Message.staff_id.in_(people))
    _delete(session, StaffSession, StaffSession.staff_id.in_(people))
    _delete(session, StaffMember, StaffMember.id.in_(people))


def _clients_of_only(places: sa.Select[Any]) -> sa.Select[Any]:
    """Clients with a booking at one of these places and at no other."""
    here = sa.select(Booking.client_id).where(
        Booking.location_id.in_(places), Booking.client_id.is_not(None)
    )
    elsewhere = sa.select(Booking.client_id).where(
        Booking.location_id.not_in(places), Booking.client_id.is_not(None)
    )
    return sa.select(Client.id).where(Client.id.in_(here), Client.id.not_in(elsewhere))


def _clear_house(session: Session, places: sa.Select[Any]) -> None:
    resources = sa.select(Resource.id).where(Resource.location_id.in_(places))
    treatments = sa.select(Treatment.id).where(Treatment.location_id.in_(places))
    shifts = sa.select(Shift.id).where(Shift.resource_id.in_(resources))
    _delete(session, Capability, Capability.resource_id.in_(resources))
    _delete(session, PractitionerRoom, PractitionerRoom.practitioner_id.in_(resources))
    _delete(session, ShiftBreak, ShiftBreak.shift_id.in_(shifts))
    _delete(session, Shift, Shift.resource_id.in_(resources))
    _delete(session, TimeOff, TimeOff.resource_id.in_(resources))
    _delete(session, ResourcePhoto, ResourcePhoto.resource_id.in_(resources))
    _delete(session, ResourceWords, ResourceWords.resource_id.in_(resources))
    _delete(session, Resource, Resource.location_id.in_(places))
    _delete(session, TreatmentStep, TreatmentStep.treatment_id.in_(treatments))
    _delete(session, TreatmentNote, TreatmentNote.treatment_id.in_(treatments))
    _delete(session, MessageWords, MessageWords.location_id.in_(places))
    _delete(session, TreatmentWords, TreatmentWords.treatment_id.in_(treatments))
    _delete(session, Treatment, Treatment.location_id.in_(places))
    _delete(session, Closure, Closure.location_id.in_(places))
    _delete(session, OpeningHours, OpeningHours.location_id.in_(places))
    _delete(session, Location, Location.is_demo.is_(True))


def _delete(session: Session, table: type[Base], condition: sa.ColumnElement[bool]) -> None:
    _execute(session, sa.delete(table).where(condition))


def _execute(session: Session, statement: sa.Executable) -> None:
    """Run it without looking for loaded rows it touches; all are forgotten in the end."""
    session.execute(statement, execution_options={"synchronize_session": False})
