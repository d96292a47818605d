"""A booking as the desk shows it: what may be done, what was told, and what happened."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.audit import queries as audit
from spa.audit.shown import Happened, happened
from spa.booking import desk_queries, pencil_queries, queries
from spa.booking.queries import Booking
from spa.domain.roles import RIGHTS, Actor
from spa.domain.spans import local_time
from spa.domain.states import MOVABLE, BookingStatus, changes_for
from spa.messages import desk_queries as messages
from spa.messages.desk_shown import MessageShown, messages_shown


@dataclass(frozen=True)
class Button:
    """A change of state that can be made now; `is_back` puts a wrong tap right."""

    new: str
    words: str
    is_back: bool


@dataclass(frozen=True)
class Pencil:
    """The hour after a visit: the one that is kept, with its reference, or could be.

    `when` is empty when there is none like this one in the next weeks.
    """

    reference: str
    when: str
    who: str
    until: str


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
    pencil: Pencil | None
    kept_until: str
    told: list[MessageShown]
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
    is_pencilled = booking.pencilled_after_id is not None and status in PENCILLED
    is_kept = is_pencilled and status == BookingStatus.HELD and (booking.held_until or now) > now
    kept_until = _moment(booking.held_until, place) if is_kept else ""
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
        status_words=wording.pencilled(kept_until)
        if is_pencilled
        else wording.standing(status, booking.cancelled_by, is_late=booking.is_late),
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
        may_book_next=actor.may_manage and client is not None and not is_pencilled,
        pencil=_pencil(booking, place, now),
        kept_until=kept_until,
        told=messages_shown(messages.of_booking(booking.id), zone, place.country),
        record=happened(entries, place.zone),
    )


PENCILLED = frozenset({BookingStatus.HELD, BookingStatus.LAPSED})


def _pencil(booking: Booking, place: Place, now: datetime) -> Pencil | None:
    """What is pencilled in after a visit, or could be when its client leaves."""
    if kept := queries.live_after(booking.id, now):
        when = wording.moment_short(kept.starts_at, place.zone)
        who = queries.resource_name(kept.practitioner_id)
        return Pencil(kept.reference, when, who, _moment(kept.held_until, place))
    if not pencil_queries.may_be_pencilled(booking, now):
        return None
    found = pencil_queries.next_hour(booking, now)
    if found is None:
        return Pencil("", "", "", "")
    when = wording.moment_short(found.starts_at, place.zone)
    return Pencil("", when, found.found.person.name, "")


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
