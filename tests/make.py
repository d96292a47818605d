"""Makes rows with valid defaults; a test overrides what it is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.booking.actions import Details
from spa.domain.plan import NOTES
from spa.models import (
    AuditEntry,
    Booking,
    Capability,
    Location,
    OpeningHours,
    Resource,
    Shift,
    ShiftBreak,
    StaffMember,
    TimeOff,
    Treatment,
    TreatmentNote,
    TreatmentStep,
    TreatmentWords,
)

FACIAL = (
    ("settle", 10, True, False),
    ("numb", 20, False, False),
    ("needle", 20, True, False),
    ("calm", 10, True, False),
)
PASSWORD = "a password for tests"
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$cOQHXTLabbR3PwPSBtN1ag$v+IvYHta+hyZjsoBgBRehE1uMxQGtQIyWiD5SOmRpf8"
)
CHECK = (("check", 15, True, False),)


@dataclass(frozen=True)
class Studio:
    """The numbers of what was made."""

    location_id: int
    ines: int
    maya: int
    room_1: int
    room_2: int
    facial: int
    check: int


def studio(session: Session, **about: Any) -> Studio:
    """A place open 9 to 19 every day, two people on shift with lunch at one, and two rooms."""
    place = add(session, location(**about))
    session.add_all(
        OpeningHours(location_id=place.id, weekday=weekday, **nine_to_seven())
        for weekday in range(7)
    )
    people = [person(session, place.id, name, n) for n, name in enumerate(("Ines", "Maya"))]
    rooms = [
        add(
            session,
            Resource(
                location_id=place.id, kind="room", slug=f"room-{n}", name=f"Room {n}", position=n
            ),
        )
        for n in (1, 2)
    ]
    facial = treatment(session, place.id, "facial", FACIAL, turnover=15)
    check = treatment(
        session, place.id, "check", CHECK, turnover=5, price_minor=0, is_needling=False
    )
    for made in (*people, *rooms):
        for treatment_id in (facial.id, check.id):
            session.add(Capability(resource_id=made.id, treatment_id=treatment_id))
    session.flush()
    return Studio(
        place.id, people[0].id, people[1].id, rooms[0].id, rooms[1].id, facial.id, check.id
    )


def location(**about: Any) -> Location:
    """A place in New York."""
    defaults: dict[str, Any] = {
        "slug": "studio",
        "name": "Test Studio",
        "address": "1 Test Street\nNew York, NY 10001",
        "phone": "+12125550100",
        "email": "hello@example.com",
        "zone": "America/New_York",
        "currency": "USD",
        "country": "US",
        "opened_at": datetime(2020, 1, 1, tzinfo=UTC),
    }
    return Location(**defaults | about)


def nine_to_seven() -> dict[str, int]:
    """Nine in the morning to seven in the evening, in minutes since midnight."""
    return {"from_minute": 9 * 60, "to_minute": 19 * 60}


def person(
    session: Session, location_id: int, name: str, position: int = 0, **about: Any
) -> Resource:
    """A practitioner on shift 9 to 19 every day with half an hour's lunch at one."""
    defaults: dict[str, Any] = {"slug": name.lower(), "name": name, "position": position}
    made = add(session, Resource(location_id=location_id, kind="practitioner", **defaults | about))
    week = [Shift(resource_id=made.id, weekday=day, **nine_to_seven()) for day in range(7)]
    session.add_all(week)
    session.flush()
    lunch = {"from_minute": 13 * 60, "to_minute": 13 * 60 + 30}
    session.add_all(ShiftBreak(shift_id=shift.id, **lunch) for shift in week)
    return made


def treatment(
    session: Session,
    location_id: int,
    slug: str,
    steps: tuple[tuple[str, int, bool, bool], ...],
    *,
    turnover: int,
    **about: Any,
) -> Treatment:
    """A treatment with English words and these steps."""
    made = add(
        session,
        Treatment(
            **{
                "location_id": location_id,
                "slug": slug,
                "price_minor": 27500,
                "turnover_minutes": turnover,
                "is_needling": True,
            }
            | about
        ),
    )
    session.add(
        TreatmentWords(
            treatment_id=made.id,
            language="en",
            name=slug.title(),
            summary="A test.",
            about="Words.",
        )
    )
    for position, (kind, minutes, practitioner, device) in enumerate(steps):
        session.add(
            TreatmentStep(
                treatment_id=made.id,
                position=position,
                kind=kind,
                minutes=minutes,
                needs_practitioner=practitioner,
                needs_device=device,
            )
        )
    # No planned notes, so that a test sees what it is about; `plan_notes` gives them back.
    session.add_all(
        TreatmentNote(treatment_id=made.id, key=note.key, is_on=False, days=note.days, minute=0)
        for note in NOTES
    )
    session.flush()
    return made


def leave(session: Session, resource_id: int, last_on: str) -> None:
    """Somebody works until this day and no longer."""
    first = date.fromisoformat(last_on)
    session.add(TimeOff(resource_id=resource_id, first_on=first, last_on=date(2030, 1, 1)))


def last_entry_id(session: Session) -> int:
    """The number of the newest entry in the record."""
    return session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0


def plan_notes(session: Session) -> None:
    """Have every treatment send the notes that the program plans."""
    session.execute(sa.delete(TreatmentNote))


def moment(text: str, zone: str = "America/New_York") -> datetime:
    """A local time, in New York unless told: moment("2026-03-12 10:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def held(start: str = "2026-03-12 10:00", *, visitor: str = "one", **about: Any) -> Booking:
    """An hour that a visitor holds, of the facial unless told."""
    slug = about.pop("slug", "facial")
    return actions.hold_slot(slug, moment(start), visitor=visitor, **about)


def booked(start: str = "2026-03-12 10:00", *, visitor: str = "one", **about: Any) -> Booking:
    """A confirmed booking; `about` is what the client tells, and `slug` and `practitioner`."""
    asked = {name: about.pop(name) for name in ("slug", "practitioner") if name in about}
    hold = held(start, visitor=visitor, **asked)
    return actions.confirm_booking(hold.reference, details(**about))


def details(**about: Any) -> Details:
    """What a client tells us on the form."""
    defaults: dict[str, Any] = {
        "name": "Ana Duarte",
        "email": "ana@example.com",
        "phone": "+12125550111",
        "is_first_visit": True,
        "is_screened": True,
    }
    return Details(**defaults | about)


def add(session: Session, row: Any) -> Any:
    """Add a row and give it its number."""
    session.add(row)
    session.flush()
    return row


def staff(session: Session, role: str = "reception", **about: Any) -> StaffMember:
    """Somebody who works at the first place and can sign in; their password is PASSWORD."""
    defaults: dict[str, Any] = {
        "location_id": session.scalar(sa.select(Location.id).order_by(Location.id).limit(1)),
        "name": role.title(),
        "email": f"{role}@example.com",
        "role": role,
        "password_hash": PASSWORD_HASH,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "joined_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    member: StaffMember = add(session, StaffMember(**defaults | about))
    return member
