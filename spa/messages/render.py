"""Turns a message of the outbox into a mail or a text, from the truth of the moment it is sent."""

from collections.abc import Sequence
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
from markupsafe import Markup

from spa import links, wording
from spa.accounts import queries as accounts
from spa.booking import ical, queries, shown
from spa.domain.plan import BY_KEY, Kind
from spa.domain.roles import Role
from spa.messages import words
from spa.messages.words import Block, Words
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
    """A message that is ready, and its text as it is kept; one to a telephone is no mail."""

    mail: EmailMessage | None
    subject: str
    text: str


@dataclass(frozen=True)
class Said:
    """What a message about a visit says, before it goes into an envelope."""

    subject: str
    text: str
    html: str
    short: str
    body: Markup = Markup()


@dataclass(frozen=True)
class LinkShown:
    """One coming visit in the mail that answers "find my booking"."""

    when: str
    name: str
    url: str


def render(
    message: Message, location: Location, booking: Booking | None, now: datetime
) -> Rendered | None:
    """What is sent, or None when there is nothing left to say."""
    with wording.speaking(message.language):
        if booking and message.event in words.DEFAULTS:
            keys = message.parts or [message.event]
            own = [words.words_of(location.id, key, message.language) for key in keys]
            said = _say(keys, own, booking, location, now, kind=Kind(message.kind))
            if message.channel == "text":
                return Rendered(None, "", said.short)
        else:
            found = _from_templates(message, location, booking, now)
            if found is None:
                return None
            said = found
    mail = _envelope(message, location, said.subject, now)
    mail.set_content(said.text)
    mail.add_alternative(said.html, subtype="html")
    if booking and message.kind == Kind.NEWS and booking.client_id:
        _offer_to_stop(mail, booking.client_id)
    if booking and message.event in CALENDAR_METHODS:
        _attach_calendar(
            mail, booking, location, CALENDAR_METHODS[message.event], _link(booking), now
        )
    return Rendered(mail, said.subject, said.text)


def preview(
    event: str, own: Words, booking: Booking, location: Location, now: datetime, language: str
) -> Said:
    """What this event would say about a booking in these words, saved or not."""
    with wording.speaking(language):
        kind = BY_KEY[event].kind if event in BY_KEY else Kind.ANSWER
        return _say([event], [own], booking, location, now, kind=kind)


def _say(
    keys: Sequence[str],
    own: Sequence[Words],
    booking: Booking,
    location: Location,
    now: datetime,
    *,
    kind: Kind,
) -> Said:
    """Several notes in one: the first gives the subject, and no block is said twice."""
    about = _about_visit(booking, location, now)
    values, studio = _values(about, location), treatments.studio_of(location.id)
    subject = words.line(own[0].subject, values)
    texts, pages, said = [], [], set[str]()
    for each in own:
        body = _with_first(each) if booking.is_first_visit else each.body
        blocks = _blocks(body, about, said)
        texts.append(words.as_text(body, values, blocks))
        pages.append(words.as_html(body, values, blocks))
    frame = about | {
        "studio": studio,
        "subject": subject,
        "is_note": keys[0] in BY_KEY and kind != Kind.NEWS,
        "is_news": kind == Kind.NEWS,
        "stop_link": _stop_link(booking.client_id) if booking.client_id else "",
    }
    return Said(
        subject=subject,
        text=render_template("messages/said.txt", text="\n\n".join(texts), **frame),
        html=_inlined(render_template("messages/said.html", body=Markup().join(pages), **frame)),
        short=words.line(own[0].short, values),
        body=Markup().join(pages),
    )


def _with_first(own: Words) -> str:
    """The body with what only a first visit needs to hear, after its first paragraph."""
    first, _blank, rest = own.body.replace("\r\n", "\n").partition("\n\n")
    return "\n\n".join(filter(None, [first, own.first_body, rest]))


def _values(about: dict[str, Any], location: Location) -> dict[str, str]:
    """What stands in for the placeholders within a line."""
    visit: shown.VisitShown = about["visit"]
    return {
        "name": visit.contact_name,
        "studio": location.name,
        "phone": wording.phone(location.phone, location.country),
        "day": visit.day_label,
        "time": visit.starts,
        "when": visit.when_label,
        "who": visit.who,
        "treatment": visit.name,
        "free_until": visit.free_until_label,
        "link": about["link"],
    }


def _blocks(body: str, about: dict[str, Any], said: set[str]) -> dict[str, Block]:
    """The blocks that this body asks for; what was said above is left out."""
    found = {}
    for name in words.BLOCKS:
        if "{" + name + "}" not in body:
            continue
        if name in said:
            found[name] = Block("", Markup())
            continue
        said.add(name)
        found[name] = Block(
            render_template(f"messages/_{name}.txt", **about),
            Markup(render_template(f"messages/_{name}.html", **about)),
        )
    return found


def _from_templates(
    message: Message, location: Location, booking: Booking | None, now: datetime
) -> Said | None:
    """What only the program words: links that open something, and what the studio is told."""
    values = _for_templates(message, location, booking, now)
    if values is None:
        return None
    values |= {"studio": treatments.studio_of(location.id)}
    return Said(
        subject=" ".join(_part(message.event, "subject.txt", values).split()),
        text=_part(message.event, "body.txt", values),
        html=_inlined(_part(message.event, "body.html", values)),
        short="",
    )


def _part(event: str, name: str, values: dict[str, Any]) -> str:
    return render_template(f"messages/{event}/{name}", **values)


def _inlined(page: str) -> str:
    return css_inline.inline(page, keep_at_rules=True, load_remote_stylesheets=False)


def _for_templates(
    message: Message, location: Location, booking: Booking | None, now: datetime
) -> dict[str, Any] | None:
    """What the templates of this message are told."""
    if message.event in STAFF_LINKS:
        return _about_member(message, location, now)
    if booking:
        return {
            "when": wording.moment_long(booking.starts_at, ZoneInfo(location.zone)),
            "link": links.absolute("desk_diary.index"),
        }
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


def _link(booking: Booking, endpoint: str = "visit.visit") -> str:
    token = links.visit_token(booking.reference, booking.link_version)
    return links.absolute(endpoint, token=token)


def _about_visit(booking: Booking, location: Location, now: datetime) -> dict[str, Any]:
    """All that the blocks of a message may tell of a visit."""
    offer = queries.offer_of(booking.treatment_id)
    pencilled = queries.live_after(booking.id, now)
    return {
        "visit": shown.visit_shown(booking, offer, now),
        "terms": shown.terms(booking, offer, now),
        "prepare": shown.preparation(booking, offer, now),
        "after": shown.aftercare(booking),
        "starting": shown.starting(booking, offer, now),
        "warnings": shown.warnings(),
        "link": _link(booking),
        "diary_link": _link(booking, "diary.page") if booking.is_needling else "",
        "confirm_link": _link(booking, "choices.coming"),
        "choose_link": _link(booking, "choices.notes"),
        "book_link": links.absolute("treatments.index"),
        "pencilled": pencilled and _pencilled(pencilled, now),
        "policies_link": links.absolute("treatments.policies"),
    }


@dataclass(frozen=True)
class PencilledShown:
    """An hour that is kept for the client, in words."""

    when: str
    who: str
    until: str
    url: str


def _pencilled(booking: Booking, now: datetime) -> PencilledShown:
    offer = queries.offer_of(booking.treatment_id)
    return PencilledShown(
        when=wording.moment_long(booking.starts_at, offer.zone),
        who=queries.resource_name(booking.practitioner_id),
        until=wording.moment_long(booking.held_until or now, offer.zone),
        url=_link(booking, "pencil.page"),
    )


def _about_links(email: str, now: datetime) -> dict[str, Any] | None:
    """The links of the coming visits; None when this address has none, and then nothing is sent."""
    visits = [
        LinkShown(
            when=shown.visit_shown(booking, queries.offer_of(booking.treatment_id), now).when_label,
            name=booking.treatment_name,
            url=_link(booking),
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
    # A name may look like an encoded word, which the library would decode, line breaks and all.
    mail["Subject"] = subject.replace("=?", "=\u2060?")
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.unique_key.replace(':', '.')}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _stop_link(client_id: int) -> str:
    return links.absolute("news.stop", token=links.news_token(client_id))


def _offer_to_stop(mail: EmailMessage, client_id: int) -> None:
    """One click stops marketing (RFC 8058); what is about a visit has no such header."""
    mail["List-Unsubscribe"] = f"<{_stop_link(client_id)}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _attach_calendar(
    mail: EmailMessage, booking: Booking, location: Location, method: str, link: str, now: datetime
) -> None:
    """The calendar file twice, as mail programs want it: to be read at once, and to be opened."""
    body = ical.calendar_file(booking, location, method=method, link=link, stamp=now)
    text = body.decode()
    mail.add_alternative(text, subtype="calendar", params={"method": method})
    mail.add_attachment(body, maintype="text", subtype="calendar", filename="visit.ics")
