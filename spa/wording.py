"""Turns reasons, states, money and moments into words a person reads; the domain never speaks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from babel.numbers import format_currency, get_currency_precision
from flask import g
from flask_babel import force_locale, get_locale, get_translations, ngettext
from flask_babel import gettext as _

from spa.domain.availability import Reason
from spa.domain.policy import ChangeRefusal

if TYPE_CHECKING:
    from spa.errors import Refusal


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


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day there: "14:00"."""
    local = moment.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for a while, as a worker does for each message."""
    with force_locale(language):
        g.pop("translations", None)
        try:
            yield
        finally:
            g.pop("translations", None)


def translations() -> Any:
    """The words of the language in force, looked up once for all the words of a page."""
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations


def day_long(day: date) -> str:
    """A day in full: "Tuesday 24 November"."""
    return _date(day, "long", str(get_locale() or "en"))


def day_short(day: date) -> str:
    """A day in short: "Tue 24 Nov"."""
    return _date(day, "short", str(get_locale() or "en"))


def month(day: date) -> str:
    """A month and its year: "November 2026"."""
    return _date(day, "month", str(get_locale() or "en"))


def weekday(day: date, *, is_short: bool = False) -> str:
    """A day of the week: "Tuesday" or "Tue"."""
    return _date(day, "weekday short" if is_short else "weekday", str(get_locale() or "en"))


@lru_cache(maxsize=4096)
def _date(day: date, style: str, locale: str) -> str:
    """A day in the language in force; kept, because every page names a hundred days."""
    pattern = {
        "long": _("EEEE d MMMM"),
        "short": _("EEE d MMM"),
        "month": _("LLLL y"),
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
        "HoldOver": _(
            "This hour can't be held any longer. Choose a time again when you are ready."
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
