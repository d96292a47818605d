"""Clients in words: one line of those found, and a record with its visits and changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.audit.shown import Happened, happened
from spa.clients import queries
from spa.clients.fields import FIELDS
from spa.clients.queries import Client, ClientVisit, Found, VisitPlace
from spa.domain.roles import Actor, Permission
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus


@dataclass(frozen=True)
class Line:
    """Somebody found, with what tells them from others of the same name."""

    id: int
    name: str
    reach: str
    last: str
    next: str
    books_by_phone: bool


@dataclass(frozen=True)
class VisitLine:
    """One visit in the record of a client; `elsewhere` names the place if it is not this one."""

    reference: str
    when: str
    treatment: str
    practitioner: str
    status: BookingStatus
    status_words: str
    is_late: bool
    may_book_next: bool
    elsewhere: str
    price: str


@dataclass(frozen=True)
class Like:
    """Another record that may be the same person's, and why one may think so."""

    id: int
    name: str
    why: str


@dataclass(frozen=True)
class Record:
    """A client's record in words."""

    id: int
    name: str
    email: str
    phone: str
    phone_label: str
    language: str
    channel: str
    books_by_phone: bool
    since: str
    usual: str
    coming: list[VisitLine]
    past: list[VisitLine]
    similar: list[Like]
    happened: list[Happened]


def line(found: Found, place: Place) -> Line:
    """One line of those found."""
    phone = wording.phone(found.phone, place.country)
    last = coming = ""
    if found.last_at and found.last_place:
        last = _(
            "last %(day)s, %(treatment)s",
            day=_day(found.last_at, found.last_place.zone),
            treatment=found.last_treatment,
        ) + at_another(found.last_place, place)
    if found.next_at and found.next_place:
        coming = wording.moment_short(found.next_at, found.next_place.zone)
        coming += at_another(found.next_place, place)
    return Line(
        id=found.id,
        name=found.name,
        reach=" · ".join(filter(None, (phone if found.phone else "", found.email))),
        last=last,
        next=_("next %(when)s", when=coming) if coming else "",
        books_by_phone=found.books_by_phone,
    )


def at_another(where: VisitPlace, place: Place) -> str:
    """The name of another place, behind what happens there."""
    return "" if where.id == place.id else f", {where.name}"


def client_shown(client: Client, actor: Actor, place: Place, now: datetime) -> Record:
    """All that the desk shows of one client."""
    coming, past = queries.visits(client.id, actor.only, now)
    year = local_time(now, place.zone).year
    # What others did with this client is not shown to who sees only their own visits.
    entries = queries.history(client.id, place.id)
    if actor.only is not None:
        entries = [entry for entry in entries if entry.event.startswith("client.")]
    return Record(
        id=client.id,
        name=client.name,
        email=client.email,
        phone=client.phone,
        phone_label=wording.phone(client.phone, place.country) if client.phone else "",
        language=wording.language(client.language),
        channel=_channel(client),
        books_by_phone=client.books_by_phone,
        since=wording.month(local_time(client.created_at, place.zone).date()),
        usual=usual_words(client, place) if actor.may(Permission.MANAGE_BOOKINGS) else "",
        coming=[_visit(visit, actor, place, year) for visit in coming],
        past=[_visit(visit, actor, place, year) for visit in past],
        similar=similar(client, actor, place),
        happened=happened(entries, place.zone),
    )


def _channel(client: Client) -> str:
    """How notes about visits reach them."""
    said = wording.channel(client.channel)
    return _("%(how)s, no texts ever", how=said) if client.no_texts else said


def similar(client: Client, actor: Actor, place: Place) -> list[Like]:
    """The records that may be the same person's, with what they share."""
    found = queries.similar(client.id, client.may_be_same_as_id, actor.only)
    return [Like(one.id, one.name, _shared(client, one, place)) for one in found]


def _shared(client: Client, other: Client, place: Place) -> str:
    """What two records share: "same email and phone, …"."""
    is_email = bool(client.email) and client.email == other.email
    is_phone = bool(client.phone) and client.phone == other.phone
    phone = wording.phone(client.phone, place.country)
    if is_email and is_phone:
        return _("same email and phone: %(email)s, %(phone)s", email=client.email, phone=phone)
    if is_email:
        return _("same email: %(email)s", email=client.email)
    if is_phone:
        return _("same phone: %(phone)s", phone=phone)
    return _("had the same email or phone when the record was made")


def usual_words(client: Client, place: Place) -> str:
    """What is usual for them: "Thursday 18:00"."""
    habit = queries.usual(client.id, place.id, place.zone)
    return wording.weekly(habit.weekday, habit.minute) if habit else ""


def differences(client: Client, form: Any, country: str) -> list[tuple[str, str]]:
    """What the record says now, of everything that was typed otherwise."""
    typed = {name: form[name].data or "" for name in ("name", "email", "language", "channel")}
    typed |= {"phone": form.e164} | {
        name: bool(form[name].data) for name in ("no_texts", "books_by_phone")
    }
    return [
        (form[name].label.text, detail(name, getattr(client, name), country))
        for name in FIELDS
        if typed[name] != getattr(client, name)
    ]


def detail(name: str, value: str | bool, country: str) -> str:
    """One of the FIELDS as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not value:
        return _("nothing")
    if name == "phone":
        return wording.phone(value, country)
    if name == "channel":
        return wording.channel(value)
    return wording.language(value) if name == "language" else value


def _visit(visit: ClientVisit, actor: Actor, place: Place, year: int) -> VisitLine:
    is_here = visit.place.id == place.id
    price = wording.price(visit.price_minor, visit.currency)
    return VisitLine(
        reference=visit.reference,
        when=_when(visit.starts_at, visit.place.zone, year),
        treatment=visit.treatment,
        practitioner=visit.practitioner,
        status=visit.status,
        status_words=wording.pencilled(wording.moment_short(visit.held_until, visit.place.zone))
        if visit.status == BookingStatus.HELD and visit.held_until
        else wording.status(visit.status),
        is_late=visit.is_late,
        may_book_next=is_here and actor.may_manage and visit.status == BookingStatus.DONE,
        elsewhere="" if is_here else visit.place.name,
        price=price if actor.may(Permission.SEE_MONEY) else "",
    )


def _when(at: datetime, zone: ZoneInfo, this_year: int) -> str:
    """A moment in short, with its year unless that is this one."""
    if local_time(at, zone).year == this_year:
        return wording.moment_short(at, zone)
    return _("%(day)s, %(clock)s", day=_day(at, zone), clock=wording.clock(at, zone))


def _day(at: datetime, zone: ZoneInfo) -> str:
    day = local_time(at, zone).date()
    return _("%(day)s %(year)s", day=wording.day_short(day), year=day.year)
