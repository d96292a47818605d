"""Turns a message of the outbox into a mail, from the truth of the moment it is sent."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import css_inline
from flask import current_app, render_template

from spa import links, wording
from spa.accounts import queries as accounts
from spa.booking import ical, queries, shown
from spa.domain.roles import Role
from spa.models import Booking, Location, Message
from spa.treatments import queries as treatments

CALENDAR_METHODS = {
    "booking_confirmed": "REQUEST",
    "booking_moved": "REQUEST",
    "booking_cancelled": "CANCEL",
}
STAFF_LINKS = {"staff_invited": "invited", "staff_reset": "reset"}
"""The messages to people of the studio, and what the link in each is for."""


@dataclass(frozen=True)
class Rendered:
    """A mail that is ready, and its text as it is kept."""

    mail: EmailMessage
    subject: str
    text: str


@dataclass(frozen=True)
class LinkShown:
    """One coming visit in the mail that answers "find my booking"."""

    when: str
    name: str
    url: str


def render(
    message: Message, location: Location, booking: Booking | None, now: datetime
) -> Rendered | None:
    """The mail, or None when there is nothing left to say."""
    with wording.speaking(message.language):
        values = _values(message, location, booking, now)
        if values is None:
            return None
        values |= {"studio": treatments.studio_of(location.id)}
        subject = _part(message.event, "subject.txt", values).strip()
        text = _part(message.event, "body.txt", values)
        html = css_inline.inline(
            _part(message.event, "body.html", values),
            keep_at_rules=True,
            load_remote_stylesheets=False,
        )
    mail = _envelope(message, location, " ".join(subject.split()), now)
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    if booking and message.event in CALENDAR_METHODS:
        _attach_calendar(
            mail, booking, location, CALENDAR_METHODS[message.event], values["link"], now
        )
    return Rendered(mail, subject, text)


def _part(event: str, name: str, values: dict[str, Any]) -> str:
    return render_template(f"messages/{event}/{name}", **values)


def _values(
    message: Message, location: Location, booking: Booking | None, now: datetime
) -> dict[str, Any] | None:
    """What the templates of this message are told."""
    if message.event in STAFF_LINKS:
        return _about_member(message, location, now)
    if booking:
        return _about_visit(booking, location, now)
    return _about_links(message.recipient, now)


def _about_member(message: Message, location: Location, now: datetime) -> dict[str, Any] | None:
    """The link to choose a password; None for who is not there, or not let in."""
    member = accounts.member(message.staff_id)
    if member is None or member.suspended_at:
        return None
    purpose = STAFF_LINKS[message.event]
    token = links.staff_token(purpose, member.id, member.link_version, at=now)
    until = now + links.STAFF_LINKS_LAST[purpose]
    return {
        "name": member.name,
        "role": wording.role(Role(member.role)),
        "link": links.absolute("accounts.password", token=token),
        "until": wording.moment_long(until, ZoneInfo(location.zone)),
    }


def _about_visit(booking: Booking, location: Location, now: datetime) -> dict[str, Any]:
    offer = queries.offer_of(booking.treatment_id)
    visit = shown.visit_shown(booking, offer, now)
    token = links.visit_token(booking.reference, booking.link_version)
    return {
        "visit": visit,
        "terms": shown.terms(booking, offer, now),
        "prepare": shown.preparation(booking, offer, now),
        "after": shown.aftercare(booking),
        "link": links.absolute("visit.visit", token=token),
        "policies_link": links.absolute("treatments.policies"),
    }


def _about_links(email: str, now: datetime) -> dict[str, Any] | None:
    """The links of the coming visits; None when this address has none, and then nothing is sent."""
    visits = [
        LinkShown(
            when=shown.visit_shown(booking, queries.offer_of(booking.treatment_id), now).when_label,
            name=booking.treatment_name,
            url=links.absolute(
                "visit.visit", token=links.visit_token(booking.reference, booking.link_version)
            ),
        )
        for booking in queries.coming_visits(email, now)
    ]
    return {"visits": visits} if visits else None


def _envelope(message: Message, location: Location, subject: str, now: datetime) -> EmailMessage:
    """The headers; the Message-ID is the same however often a message is tried."""
    sender = parseaddr(current_app.config["MAIL_FROM"])[1] or location.email
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
    mail = EmailMessage()
    mail["From"] = Address(display_name=location.name, addr_spec=sender)
    mail["To"] = Address(addr_spec=message.recipient)
    mail["Reply-To"] = Address(display_name=location.name, addr_spec=location.email)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.unique_key.replace(':', '.')}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _attach_calendar(
    mail: EmailMessage, booking: Booking, location: Location, method: str, link: str, now: datetime
) -> None:
    """The calendar file twice, as mail programs want it: to be read at once, and to be opened."""
    body = ical.calendar_file(booking, location, method=method, link=link, stamp=now)
    text = body.decode()
    mail.add_alternative(text, subtype="calendar", params={"method": method})
    mail.add_attachment(body, maintype="text", subtype="calendar", filename="visit.ics")
