"""A booking as the desk shows it: what may be done, what was told, and what happened."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.audit import queries as audit
from spa.audit.shown import Happened, happened
from spa.booking import desk_queries
from spa.booking.queries import Booking
from spa.domain.roles import RIGHTS, Actor
from spa.domain.spans import local_time
from spa.domain.states import MOVABLE, BookingStatus, changes_for
from spa.messages import outbox


@dataclass(frozen=True)
class Button:
    """A change of state that can be made now; `is_back` puts a wrong tap right."""

    new: str
    words: str
    is_back: bool


@dataclass(frozen=True)
class Told:
    """A message about the booking."""

    id: int
    name: str
    recipient: str
    status: str
    at: str
    why: str
    is_failed: bool
    is_true: bool
    text: str


@dataclass(frozen=True)
class Shown:
    """One booking in words."""

    reference: str
    client: str
    client_id: int | None
    booked_by: str
    email: str
    phone: str
    phone_label: str
    differs: list[str]
    treatment: str
    treatment_slug: str
    when: str
    day: str
    clock: str
    starts: str
    ends: str
    status: BookingStatus
    status_words: str
    since: str
    price: str
    practitioner: str
    practitioner_slug: str
    room: str
    device: str
    note: str
    is_first_visit: bool
    visits: int
    is_late: bool
    is_needling: bool
    is_screened: bool
    assured: str
    no_answer: str
    looked_at: str
    wants_look: bool
    buttons: list[Button]
    may_cancel: bool
    may_move: bool
    may_book_next: bool
    told: list[Told]
    record: list[Happened]


SINCE = {
    BookingStatus.BOOKED: "booked_at",
    BookingStatus.ARRIVED: "arrived_at",
    BookingStatus.IN_TREATMENT: "began_at",
    BookingStatus.DONE: "done_at",
    BookingStatus.NO_SHOW: "no_show_at",
    BookingStatus.CANCELLED: "cancelled_at",
}


def buttons(
    status: BookingStatus, starts_at: datetime, actor: Actor, place: Place, now: datetime
) -> list[Button]:
    """What somebody may press for a visit now; cancelling has a page of its own."""
    today, day = (local_time(at, place.zone).date() for at in (now, starts_at))
    order = list(BookingStatus)
    return [
        Button(
            change.new,
            wording.status_button(status, change.new),
            order.index(change.new) < order.index(status),
        )
        for change in changes_for(
            status, RIGHTS[actor.role], is_today=today >= day, has_begun=now >= starts_at
        )
        if change.new != BookingStatus.CANCELLED
    ]


def shown(booking: Booking, actor: Actor, place: Place, now: datetime) -> Shown:
    """All that the desk shows of one booking."""
    about, status = desk_queries.about(booking), BookingStatus(booking.status)
    zone, client = place.zone, about.client
    may_change = status in MOVABLE and actor.may_manage
    local = local_time(booking.starts_at, zone)
    entries = audit.entries_of(booking_id=booking.id)
    differs = _differs(booking, about)
    return Shown(
        reference=booking.reference,
        client=booking.other_name or booking.contact_name or _("No name yet"),
        client_id=booking.client_id,
        booked_by=booking.contact_name if booking.other_name else "",
        email=booking.contact_email,
        phone=booking.contact_phone,
        phone_label=wording.phone(booking.contact_phone, place.country),
        differs=differs,
        treatment=booking.treatment_name,
        treatment_slug=about.treatment_slug,
        when=wording.moment_long(booking.starts_at, zone),
        day=local.date().isoformat(),
        clock=wording.clock(booking.starts_at, zone),
        starts=booking.starts_at.isoformat(),
        ends=wording.clock(booking.ends_at, zone),
        status=status,
        status_words=wording.standing(
            BookingStatus(booking.status), booking.cancelled_by, is_late=booking.is_late
        ),
        since=_moment(getattr(booking, SINCE[status]), place) if status in SINCE else "",
        price=wording.price(booking.price_minor, booking.currency),
        practitioner=about.practitioner,
        practitioner_slug=about.practitioner_slug,
        room=about.room,
        device=about.device,
        note=booking.note,
        is_first_visit=booking.is_first_visit,
        visits=about.visits,
        is_late=booking.is_late,
        is_needling=booking.is_needling,
        is_screened=booking.screened_at is not None,
        assured=_moment(booking.assured_at, place),
        no_answer=_moment(booking.no_answer_at, place),
        looked_at=_moment(booking.looked_at, place),
        wants_look=not booking.looked_at
        and bool(booking.note or differs or (client and client.may_be_same_as_id)),
        buttons=buttons(status, booking.starts_at, actor, place, now),
        may_cancel=may_change,
        may_move=may_change,
        may_book_next=actor.may_manage and client is not None,
        told=[
            _told(message, booking.status, place)
            for message in desk_queries.messages_of(booking.id)
        ],
        record=happened(entries, place.zone),
    )


def _moment(at: datetime | None, place: Place) -> str:
    return wording.moment_short(at, place.zone) if at else ""


def _differs(booking: Booking, about: desk_queries.About) -> list[str]:
    """What was given with this booking and is not what the client's record says."""
    client = about.client
    if client is None:
        return []
    given = (
        (client.email, booking.contact_email, _("Another email than in the record: %(known)s")),
        (client.phone, booking.contact_phone, _("Another phone than in the record: %(known)s")),
    )
    return [
        words % {"known": known or _("none")}
        for known, said, words in given
        if said and said != known
    ]


def _told(message: desk_queries.Message, status: str, place: Place) -> Told:
    due = wording.moment_short(message.due_at, place.zone)
    at = {"waiting": _("goes %(at)s", at=due), "withdrawn": ""}.get(message.status, due)
    if message.sent_at:
        at = wording.moment_short(message.sent_at, place.zone)
    return Told(
        id=message.id,
        name=wording.message_name(message.event),
        recipient=message.recipient,
        status=wording.message_status(message.status),
        at=at,
        why=wording.mail_trouble(message.last_error) if message.status == "failed" else "",
        is_failed=message.status == "failed",
        is_true=outbox.is_true(message.event, status),
        text=message.sent_text,
    )
