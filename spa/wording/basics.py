"""Money, days, moments, lengths and phone numbers as people of a language write them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.numbers import format_currency, get_currency_precision
from flask import g
from flask_babel import force_locale, get_locale, get_translations, ngettext
from flask_babel import gettext as _


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


def length(minutes_long: int) -> str:
    """A length in the largest unit that fits: "2 hours"."""
    if minutes_long and minutes_long % 60 == 0:
        return ngettext("%(num)d hour", "%(num)d hours", minutes_long // 60)
    return minutes(minutes_long)


def language(code: str) -> str:
    """What a language is called in the one in force."""
    return Locale.parse(code).get_display_name(get_locale() or "en") or code


def language_code() -> str:
    """The language in force, as two letters."""
    return _language()[:2]
