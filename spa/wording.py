"""Turns reasons, states, money and moments into words a person reads; the domain never speaks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.numbers import format_currency, get_currency_precision
from flask import g
from flask_babel import force_locale, get_locale, get_translations, ngettext
from flask_babel import gettext as _

from spa.domain.availability import Reason
from spa.domain.explain import Hindrance, Obstacle
from spa.domain.guessing import Weakness
from spa.domain.looks import Look
from spa.domain.policy import ChangeRefusal
from spa.domain.roles import RIGHTS, Permission, Role
from spa.domain.states import BookingStatus

if TYPE_CHECKING:
    from spa.errors import Refusal


# The first mark that stands in what a browser says of itself; most call themselves several names.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def price(minor: int, currency: str) -> str:
    """Money as a client reads it: "$275", or "Free"."""
    if not minor:
        return _("Free")
    digits = get_currency_precision(currency)
    whole = minor % 10**digits == 0
    return format_currency(
        minor / 10**digits,
        currency,
        format="¤#,##0" if whole else None,
        currency_digits=not whole,
        locale=get_locale() or "en",
    )


def plain_price(minor: int, currency: str) -> str:
    """Money as a sheet counts with it: "275.00"."""
    digits = get_currency_precision(currency)
    return f"{minor / 10**digits:.{digits}f}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day there: "14:00"."""
    local = moment.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for a while, as a worker does for each message."""
    with force_locale(language):
        _forget_language()
        try:
            yield
        finally:
            _forget_language()


def _forget_language() -> None:
    g.pop("translations", None)
    g.pop("language", None)


def translations() -> Any:
    """The words of the language in force, looked up once for all the words of a page."""
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations


def _language() -> str:
    """The language in force, asked for once for all the days of a page."""
    if "language" not in g:
        g.language = str(get_locale() or "en")
    found: str = g.language
    return found


def day_long(day: date) -> str:
    """A day in full: "Tuesday 24 November"."""
    return _date(day, "long", _language())


def day_short(day: date) -> str:
    """A day in short: "Tue 24 Nov"."""
    return _date(day, "short", _language())


def day_and_year(day: date) -> str:
    """A day that may be years away: "3 May 2025"."""
    return _date(day, "year", _language())


def week(first_on: date, last_on: date) -> str:
    """Some days from one to another: "Mon 23 Nov – Sun 29 Nov"."""
    return _("%(first)s – %(last)s", first=day_short(first_on), last=day_short(last_on))


def month(day: date) -> str:
    """A month and its year: "November 2026"."""
    return _date(day, "month", _language())


def weekday(day: date, *, is_short: bool = False) -> str:
    """A day of the week: "Tuesday" or "Tue"."""
    return _date(day, "weekday short" if is_short else "weekday", _language())


def weekly(day: int, minute: int) -> str:
    """A time of the week: "Thursday 18:00"; Monday is 0."""
    clock_time = f"{minute // 60:02d}:{minute % 60:02d}"
    return _("%(day)s %(clock)s", day=weekday(date(2024, 1, 1 + day)), clock=clock_time)


@lru_cache(maxsize=4096)
def _date(day: date, style: str, locale: str) -> str:
    """A day in the language in force; kept, because every page names a hundred days."""
    pattern = {
        "long": _("EEEE d MMMM"),
        "short": _("EEE d MMM"),
        "month": _("LLLL y"),
        "year": _("d MMMM y"),
        "weekday": "EEEE",
        "weekday short": "EEE",
    }[style]
    return format_date(day, pattern, locale=locale)


def moment_long(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in full: "Tuesday 24 November, 14:00"."""
    local = moment.astimezone(zone)
    return _("%(day)s, %(clock)s", day=day_long(local.date()), clock=clock(moment, zone))


def moment_short(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in short: "Tue 24 Nov, 14:00"."""
    local = moment.astimezone(zone)
    return _("%(day)s, %(clock)s", day=day_short(local.date()), clock=clock(moment, zone))


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """The zone as people call it: "New York time"."""
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    if zone.key == "UTC":
        return get_timezone_name(at, locale=get_locale() or "en")
    return _("%(city)s time", city=city)


@lru_cache(maxsize=1024)
def phone(number: str, country: str) -> str:
    """A phone number as people write it there: "(212) 555-0111"."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    is_home = phonenumbers.region_code_for_number(parsed) == country
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if is_home else style.INTERNATIONAL)


def minutes(count: int) -> str:
    """A length: "60 minutes"."""
    return ngettext("%(num)d minute", "%(num)d minutes", count)


def part_of_day(part: str) -> str:
    """What a part of the day is called."""
    if part == "evening":
        return _("From 17:00")
    return part_heading(part) if part else _("Any time")


def part_heading(part: str) -> str:
    """The heading above the times of a part of the day."""
    if part == "morning":
        return _("Morning")
    return _("Afternoon") if part == "afternoon" else _("Evening")


def step(kind: str) -> tuple[str, str]:
    """What a step of the hour is called, and what happens in it."""
    return {
        "talk": (_("Talk"), _("We look at your skin and talk through what you would like.")),
        "settle": (_("Settle"), _("We talk, look at your skin and cleanse it.")),
        "cleanse": (_("Cleanse"), _("Make-up comes off and the skin is cleaned.")),
        "numb": (_("Numb"), _("Numbing cream goes to work. You rest.")),
        "needle": (_("Needle"), _("The pen passes over the area, a little at a time.")),
        "serum": (_("Serum"), _("A plain hyaluronic serum is smoothed on.")),
        "mask": (_("Mask"), _("A cooling mask. You rest.")),
        "led": (_("Light"), _("You rest under the red light panel.")),
        "calm": (_("Calm"), _("Rinse, cool, and go through your aftercare.")),
        "check": (_("Check"), _("We look at your skin and try the products on a small patch.")),
    }.get(kind, (kind.capitalize(), ""))


def reason(code: Reason) -> str:
    """Why an hour cannot be had, as one would say it at the desk."""
    return {
        Reason.IN_THE_PAST: _("That time has passed."),
        Reason.TOO_SOON: _(
            "That is too soon to book online. Please call us, or choose a later time."
        ),
        Reason.TOO_FAR: _("That is further ahead than we take bookings."),
        Reason.OFF_GRID: _("Sessions do not start at that minute."),
        Reason.CLOSED: _("The studio is closed then."),
        Reason.NOT_ON_SHIFT: _("The practitioner is not in at that time."),
        Reason.NOT_CERTIFIED: _("Nobody who may do this treatment is there that day."),
        Reason.PRACTITIONER_BUSY: _("That hour has just been taken."),
        Reason.DAY_FULL: _("The practitioner's day is full."),
        Reason.NO_ROOM: _("No treatment room is free at that time."),
        Reason.NO_DEVICE: _("The device this treatment needs is in use at that time."),
        Reason.NO_PRACTITIONER: _("Nobody here does this treatment at the moment."),
    }[code]


def obstacle(found: Obstacle, zone: ZoneInfo) -> str:
    """What stands against an hour, as one colleague tells another at the desk."""
    at = clock(found.until, zone) if found.until else ""
    reason_says = {
        Reason.IN_THE_PAST: _("That time has passed."),
        Reason.TOO_SOON: _(
            "Online, visits are booked at least %(length)s ahead.", length=length(found.number)
        ),
        Reason.TOO_FAR: ngettext(
            "We plan no more than %(num)d day ahead.",
            "We plan no more than %(num)d days ahead.",
            found.number,
        ),
        Reason.OFF_GRID: _("Visits start on the five minutes."),
        Reason.NOT_CERTIFIED: _(
            "The certificate of %(who)s for this treatment ended on %(day)s.",
            who=found.who,
            day=day_and_year(found.on) if found.on else "",
        ),
        Reason.DAY_FULL: ngettext(
            "%(who)s has %(num)d hands-on session that day already, and that is the most.",
            "%(who)s has %(num)d hands-on sessions that day already, and that is the most.",
            found.number,
            who=found.who,
        ),
        Reason.NO_PRACTITIONER: _("Nobody chosen does this treatment."),
    }
    if found.reason in reason_says:
        return reason_says[found.reason]
    if found.reason == Reason.CLOSED:
        return _closed(found, at, zone)
    if found.reason == Reason.NOT_ON_SHIFT:
        return _not_in(found, at, zone)
    return _taken(found, at)


def _closed(found: Obstacle, at: str, zone: ZoneInfo) -> str:
    if found.what == Hindrance.CLOSES and found.would_end:
        return _(
            "The studio closes at %(at)s, and the visit would end at %(end)s.",
            at=at,
            end=clock(found.would_end, zone),
        )
    if found.what == Hindrance.NOT_YET_OPEN:
        return _("The studio opens at %(at)s.", at=at)
    return _("The studio is closed that day.")


def _not_in(found: Obstacle, at: str, zone: ZoneInfo) -> str:
    if found.what == Hindrance.AWAY and found.until:
        if at == "00:00":
            last = (found.until - timedelta(minutes=1)).astimezone(zone).date()
            return _("%(who)s is away through %(day)s.", who=found.who, day=day_short(last))
        until = moment_short(found.until, zone)
        return _("%(who)s is away until %(until)s.", who=found.who, until=until)
    says = {
        Hindrance.BREAK: _("%(who)s has a break until %(at)s.", who=found.who, at=at),
        Hindrance.NOT_YET_IN: _("%(who)s is in from %(at)s.", who=found.who, at=at),
        Hindrance.GONE: _("%(who)s is in until %(at)s.", who=found.who, at=at),
    }
    return says.get(found.what, _("%(who)s is not in that day.", who=found.who))


def _taken(found: Obstacle, at: str) -> str:
    """A person, room or device that is taken."""
    is_person = found.reason == Reason.PRACTITIONER_BUSY
    if not found.who:
        if found.what == Hindrance.NOBODY_ABLE:
            return _("No room or device here suits this treatment.")
        kind = found.reason == Reason.NO_DEVICE
        if not at:
            return reason(found.reason)
        if kind:
            return _("Every device for this treatment is in use until %(at)s.", at=at)
        return _("Every treatment room is taken until %(at)s.", at=at)
    if found.what == Hindrance.BLOCK:
        if not found.words:
            return _("%(who)s is kept free until %(at)s.", who=found.who, at=at)
        return _("%(who)s: %(what)s until %(at)s.", who=found.who, what=found.words, at=at)
    if found.what == Hindrance.EXPIRED and found.on:
        return _(
            "%(who)s may not be used for this treatment after %(day)s.",
            who=found.who,
            day=day_and_year(found.on),
        )
    if found.what == Hindrance.CLEANING:
        return _("%(who)s is being cleaned until %(at)s.", who=found.who, at=at)
    if is_person:
        return _("%(who)s is with another client until %(at)s.", who=found.who, at=at)
    return _("%(who)s is in use until %(at)s.", who=found.who, at=at)


def length(minutes_long: int) -> str:
    """A length in the largest unit that fits: "2 hours"."""
    if minutes_long and minutes_long % 60 == 0:
        return ngettext("%(num)d hour", "%(num)d hours", minutes_long // 60)
    return minutes(minutes_long)


def reasons(codes: Sequence[Reason]) -> str:
    """The first reason is enough for a client."""
    return reason(codes[0]) if codes else reason(Reason.PRACTITIONER_BUSY)


def change_refusal(code: str) -> str:
    """Why a visit can no longer be moved or cancelled online."""
    return {
        ChangeRefusal.STARTED: _("This visit has begun or is over, so it can't be changed here."),
        ChangeRefusal.CANCELLED: _("This visit has been cancelled."),
        ChangeRefusal.NO_MOVES_LEFT: _(
            "This visit has been moved as often as we can online. Please call us to move it again."
        ),
    }[ChangeRefusal(code)]


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
    if event == "booking.cancelled":
        late = details.get("is_late")
        return _("Cancelled online, late.") if late else _("Cancelled online.")
    said = {
        "booking.held": _("%(at)s held while details were typed.", at=at("starts_at")),
        "booking.extended": _("Held for longer."),
        "booking.released": _("The hour was let go."),
        "booking.booked": _("Booked for %(at)s.", at=at("starts_at")),
        "booking.address_changed": _("The email address was changed."),
        "booking.called_in_vain": _("Called, no answer."),
        "booking.looked_at": _("Looked at what needed a look."),
        "booking.assured": _("Said they will come."),
        "booking.move_undone": _("The move was undone."),
        "client.made": _("The record was made."),
        "client.corrected": _(
            "Corrected: %(what)s.", what=", ".join(map(client_field, details.get("fields", ())))
        ),
    }.get(event, event)
    return " ".join([said, *_set_aside(details)])


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
        "books_by_phone": _("books by phone only"),
    }.get(name, name)


def language(code: str) -> str:
    """What a language is called in the one in force."""
    return Locale.parse(code).get_display_name(get_locale() or "en") or code


def message_name(event: str) -> str:
    """What a message is called at the desk."""
    return {
        "booking_confirmed": _("Confirmation"),
        "booking_moved": _("New time"),
        "booking_cancelled": _("Cancellation"),
        "booking_links": _("Links"),
        "staff_invited": _("Invitation to the desk"),
        "staff_reset": _("Link to a new password"),
    }.get(event, event)


def message_status(state: str) -> str:
    """Where a message stands."""
    return {
        "waiting": _("waiting to be sent"),
        "sent": _("sent"),
        "failed": _("not delivered"),
        "withdrawn": _("not sent, no longer true"),
    }.get(state, state)


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


def refusal(error: "Refusal") -> str:
    """The sentence for a refusal."""
    kind = type(error).__name__
    if kind == "SlotTaken":
        return reasons(getattr(error, "reasons", ()))
    if kind == "ChangeRefused":
        return change_refusal(getattr(error, "reason", ""))
    return {
        "NoLongerOffered": _(
            "This treatment can't be booked online any more. Please call us, or look at the menu."
        ),
        "ChangedMeanwhile": _(
            "Somebody changed this while your page was open. Look at what is there now, "
            "then try again."
        ),
        "NoStudioYet": _(
            "There is no studio in this program yet. Make the demo with “flask demo”, "
            "or set one up, and come back."
        ),
        "NotAllowed": _("That can't be done with this visit now."),
        "HoldOver": _(
            "This hour can't be held any longer. Choose a time again when you are ready."
        ),
        "SignInRefused": _(
            "That address and password don't belong together. Check both, or choose a new "
            "password by mail."
        ),
        "WrongPassword": _("That is not your present password."),
        "LinkOver": _("This link no longer works."),
        "AlreadyHere": _("Somebody with this email address works here already."),
        "PersonTaken": _("Somebody else signs in as this person already."),
        "LastOwner": _(
            "Without this owner nobody could let people in any more. Make somebody else an owner "
            "first."
        ),
        "PleaseCall": _(
            "Please call us to book this visit: we would like to talk it through with you first."
        ),
        "TooManyVisits": _(
            "This email address already has as many coming visits as can be booked online. "
            "Please call us and we will gladly book the next one with you."
        ),
    }.get(kind, _("That is not possible right now. Please call us."))


def refusal_title() -> str:
    """The heading above a refusal that has a page to itself."""
    return _("That didn't work")


def send_again() -> str:
    """What to do when a form could not be taken just now."""
    return _(
        "The booking system is catching its breath, and nothing was changed. Wait half a minute, "
        "then reload this page to send it again: your browser still has what you typed."
    )


def stale_form() -> tuple[str, str]:
    """Title and sentence for a form whose page was too old."""
    return (
        _("This page had been open for a while"),
        _("Nothing was changed. Please go back, load the page again and press the button again."),
    )


def session_over() -> str:
    """Why somebody has to sign in again."""
    return _("You were signed out to keep the clients' details safe. Please sign in again.")


def too_many_tries() -> str:
    """What to do when an account was tried too often."""
    return _(
        "That was a lot of tries in a short time. Please wait ten minutes, or choose a new "
        "password by mail: that works at once."
    )


def role(code: Role) -> str:
    """What somebody is at the studio."""
    return {
        Role.OWNER: _("Owner"),
        Role.MANAGER: _("Manager"),
        Role.RECEPTION: _("Reception"),
        Role.PRACTITIONER: _("Practitioner"),
    }[code]


def rights(code: Role) -> list[str]:
    """What a role may do, a line for each right."""
    mine = RIGHTS[code]
    sees_all = Permission.SEE_EVERYONE in mine
    lines = {
        Permission.SEE_SCHEDULE: _("Sees everyone's schedule")
        if sees_all
        else _("Sees their own schedule"),
        Permission.SEE_CLIENTS: _("Sees all clients") if sees_all else _("Sees their own clients"),
        Permission.MARK_VISITS: _("Marks visits: arrived, in treatment, done, did not come"),
        Permission.MANAGE_BOOKINGS: _("Books, moves and cancels visits, and blocks time"),
        Permission.MANAGE_CLIENTS: _("Adds clients and corrects their details"),
        Permission.SEE_MONEY: _("Sees what visits bring in"),
        Permission.EXPORT_BOOKINGS: _("Takes the list of bookings along as a file"),
        Permission.MANAGE_PEOPLE: _("Invites people, and says who may do what"),
    }
    return [line for permission, line in lines.items() if permission in mine]


def weakness(code: Weakness) -> str:
    """Why a new password is not taken, and what would be."""
    return {
        Weakness.TOO_SHORT: _("Choose a password of at least 12 characters"),
        Weakness.TOO_LONG: _("Choose a password of at most 128 characters"),
        Weakness.COMMON: _(
            "Choose another password: this one is easy to guess. Three or four words that only "
            "you would put together are good"
        ),
        Weakness.ABOUT_YOU: _("Choose a password that is not your own name or email address"),
    }[code]


def browser(agent: str) -> str:
    """A browser as people know it: "Firefox on Windows"."""
    name = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s", browser=name, system=system)
    return name or system or _("A browser")


def http_error(status: int) -> tuple[str, str]:
    """Title and sentence for an error that has a page to itself."""
    return {
        400: (_("We couldn't read that"), _("Something in the address or form was not readable.")),
        403: (
            _("This isn't open to you"),
            _("Your account doesn't allow this. Ask the owner of the studio if you need it."),
        ),
        404: (
            _("We can't find that page"),
            _("It may have moved, or the link may be incomplete. The menu leads on from here."),
        ),
        405: (_("That can't be done here"), _("This address doesn't take that kind of request.")),
        410: (
            _("This link no longer works"),
            _("A newer link may be in your mail. You can also have your links sent again."),
        ),
        413: (_("That is too much"), _("What was sent is larger than we can take.")),
        429: (
            _("One moment, please"),
            _("That was a lot of tries in a short time. Wait ten minutes, or call us."),
        ),
        503: (
            _("We'll be right back"),
            _(
                "The booking system is catching its breath. Nothing was changed. "
                "Please try again in half a minute."
            ),
        ),
    }.get(
        status,
        (
            _("Something went wrong on our side"),
            _("It is not your fault, and it has been noted. Please try again or call us."),
        ),
    )
