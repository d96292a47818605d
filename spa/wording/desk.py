"""States, changes, messages and what needs a look, as the desk says them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from spa.domain.availability import Reason
from spa.domain.looks import Look
from spa.domain.states import BookingStatus
from spa.wording.basics import moment_short
from spa.wording.booking import step
from spa.wording.menu import menu_entry
from spa.wording.messages import message_entry
from spa.wording.opening import hours_entry
from spa.wording.place import place_entry
from spa.wording.rota import rota_entry
from spa.wording.team import team_entry


def status(state: BookingStatus) -> str:
    """What a state of a booking is called."""
    return {
        BookingStatus.HELD: _("Being booked online"),
        BookingStatus.LAPSED: _("Not finished"),
        BookingStatus.BOOKED: _("Booked"),
        BookingStatus.ARRIVED: _("Arrived"),
        BookingStatus.IN_TREATMENT: _("In treatment"),
        BookingStatus.DONE: _("Done"),
        BookingStatus.NO_SHOW: _("Did not come"),
        BookingStatus.CANCELLED: _("Cancelled"),
    }[state]


def pencilled(until: str | None = None) -> str:
    """Where an hour stands that is kept for a client who left; `until` is empty once it is not."""
    if until is None:
        return _("Pencilled in")
    return _("Pencilled in until %(until)s", until=until) if until else _("No longer kept")


def standing(code: BookingStatus, cancelled_by: str | None, *, is_late: bool) -> str:
    """Where a booking stands, and of a cancelled one who called it off and whether late."""
    if code != BookingStatus.CANCELLED:
        return status(code)
    is_ours = cancelled_by == "studio"
    if is_late:
        return _("Cancelled by the studio, late") if is_ours else _("Cancelled by the client, late")
    return _("Cancelled by the studio") if is_ours else _("Cancelled by the client")


def status_button(old: BookingStatus, new: BookingStatus) -> str:
    """What the button says that takes a visit from one state to another."""
    order = list(BookingStatus)
    is_back = order.index(new) < order.index(old)
    if is_back and new == BookingStatus.BOOKED:
        return _("Back to booked") if old != BookingStatus.CANCELLED else _("Book it again")
    if is_back and old == BookingStatus.NO_SHOW:
        return _("Came after all")
    if is_back:
        return _("Back to %(state)s", state=status(new).lower())
    return {
        BookingStatus.ARRIVED: _("Arrived"),
        BookingStatus.IN_TREATMENT: _("Start treatment"),
        BookingStatus.DONE: _("Done"),
        BookingStatus.NO_SHOW: _("Did not come"),
        BookingStatus.CANCELLED: _("Cancel"),
    }[new]


def entry(event: str, details: dict[str, Any], names: dict[int, str], zone: ZoneInfo) -> str:
    """One thing that happened, from what to what, as one would tell it."""

    def at(key: str) -> str:
        text = details.get(key)
        return moment_short(datetime.fromisoformat(text), zone) if text else ""

    def state(key: str) -> str:
        return status(BookingStatus(details[key])).lower()

    if event == "booking.moved":
        return " ".join(_moved(details, names, at("from"), at("to")))
    if event == "booking.state":
        said = _("From %(old)s to %(new)s.", old=state("old"), new=state("new"))
        if details.get("by") == "studio":
            return said + " " + _("The studio called it off.")
        return said + " " + _("It was late.") if details.get("is_late") else said
    if event == "client.merged":
        return _merged(details)
    if event == "booking.cancelled":
        late = details.get("is_late")
        return _("Cancelled online, late.") if late else _("Cancelled online.")
    for of_part in (place_entry, hours_entry, menu_entry, message_entry):
        if said := of_part(event, details):
            return said
    said = (
        {
            "booking.held": _("%(at)s held while details were typed.", at=at("starts_at")),
            "booking.extended": _("Held for longer."),
            "booking.released": _("The hour was let go."),
            "booking.booked": _("Booked for %(at)s.", at=at("starts_at")),
            "booking.address_changed": _("The email address was changed."),
            "booking.called_in_vain": _("Called, no answer."),
            "booking.looked_at": _("Looked at what needed a look."),
            "booking.assured": _("Said they will come."),
            "booking.kept": _("Kept as agreed, though something changed."),
            "booking.move_undone": _("The move was undone."),
            "follow_up.opened": _("Asked in the skin diary for a look."),
            "follow_up.added": _("Said more in the skin diary."),
            "follow_up.read": _("Read what was said in the skin diary."),
            "follow_up.closed": _("Closed a follow-up with a note."),
            "client.made": _("The record was made."),
            "client.note_written": _("A note was written."),
            "client.note_removed": _("A note was taken away."),
            "client.merged_into": _("It became part of another record."),
            "clients.exported": ngettext(
                "Took %(num)d client along as a file.",
                "Took %(num)d clients along as a file.",
                details.get("count", 0),
            ),
            "client.corrected": _(
                "Corrected: %(what)s.", what=", ".join(map(client_field, details.get("fields", ())))
            ),
            "block.made": _("Blocked from %(at)s.", at=at("starts_at")),
            "block.removed": _("Given back, from %(at)s.", at=at("starts_at")),
            "bookings.exported": ngettext(
                "Took %(num)d booking along as a file.",
                "Took %(num)d bookings along as a file.",
                details.get("count", 0),
            ),
            "feed.made": _("A calendar was given a new address."),
            "feed.ended": _("A calendar's address was taken away."),
            "feed.names_shown": _("Calendars name clients from now on."),
            "feed.names_hidden": _("Calendars name clients no more."),
            "account.signed_in": _("Signed in."),
            "account.refused": _("A try to sign in was refused."),
            "account.password_changed": _("The password was changed."),
            "account.sessions_ended": _("Signed out in other browsers."),
            "people.owner_made": _("The first owner was let in."),
            "people.invited": _("Invited."),
            "people.role_changed": _("The role was changed."),
            "people.suspended": _("Suspended."),
            "people.let_back": _("Let back in."),
        }.get(event, "")
        or team_entry(event, details, names)
        or rota_entry(event, details)
        or event
    )
    return " ".join([said, *_set_aside(details)])


def _merged(details: dict[str, Any]) -> str:
    said = _(
        "Another record became part of it, with %(visits)s visits and %(notes)s notes.",
        visits=details["visits"],
        notes=details["notes"],
    )
    if not details["fields"]:
        return said
    what = ", ".join(map(client_field, details["fields"]))
    return said + " " + _("Taken from it: %(what)s.", what=what)


def _moved(details: dict[str, Any], names: dict[int, str], old: str, new: str) -> Iterator[str]:
    """What a move changed: the hour, the person, the room."""
    if old != new:
        yield _("Moved from %(old)s to %(new)s.", old=old, new=new)
    for kind in ("practitioner", "room"):
        before, after = (names.get(details.get(f"{end}_{kind}", 0)) for end in ("from", "to"))
        if before and after and before != after:
            yield _("From %(old)s to %(new)s.", old=before, new=after)
    yield from _set_aside(details)
    if details.get("is_told") is False:
        yield _("The client was not told by us.")


def _set_aside(details: dict[str, Any]) -> Iterator[str]:
    """The reasons against it that somebody set aside, and why."""
    if details.get("overrode"):
        yield _("Set aside: %(what)s", what=" ".join(map(_reason_at_desk, details["overrode"])))
    if details.get("because"):
        yield _("Because: %(why)s", why=details["because"])


def _reason_at_desk(code: str) -> str:
    return {
        Reason.TOO_SOON: _("the notice."),
        Reason.TOO_FAR: _("how far ahead we book."),
        Reason.CLOSED: _("the opening hours."),
        Reason.NOT_ON_SHIFT: _("the shift."),
        Reason.DAY_FULL: _("the daily maximum."),
    }.get(Reason(code), code)


def client_field(name: str) -> str:
    """What a detail of a client is called."""
    return {
        "name": _("name"),
        "email": _("email"),
        "phone": _("phone"),
        "language": _("language"),
        "channel": _("how notes reach them"),
        "no_texts": _("no texts"),
        "books_by_phone": _("books by phone only"),
    }.get(name, name)


def look(what: Look) -> str:
    """What of a visit needs a look."""
    return {
        Look.NOTE: _("note from the client"),
        Look.OTHER_CONTACT: _("other contact details"),
        Look.MAY_BE_SAME: _("may have another record"),
        Look.LATE_CHANGE: _("late change"),
        Look.NO_ANSWER: _("called, no answer"),
        Look.MESSAGE_FAILED: _("a message failed"),
    }[what]


def pause(kind: str, until: str, room: str) -> str:
    """A part of a visit that leaves the practitioner free for somebody else."""
    if kind == "numb":
        return _("numbing to %(until)s, %(room)s – practitioner free", until=until, room=room)
    name = step(kind)[0].lower()
    return _(
        "%(step)s to %(until)s, %(room)s – practitioner free", step=name, until=until, room=room
    )
