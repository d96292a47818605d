"""What a studio can choose from: countries, zones, currencies and languages, by name."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from flask_babel import get_locale

Choices = tuple[tuple[str, str], ...]

NO_COUNTRIES = frozenset({"AC", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
}
"""Where most people live, in countries with several zones."""

IN_USE_ON = date(2026, 1, 1)
"""Currencies that were given up before this day are not offered."""


def _locale() -> str:
    return str(get_locale() or "en")


def countries() -> Choices:
    """Every country, by name."""
    return _countries(_locale())


@lru_cache(maxsize=8)
def _countries(locale: str) -> Choices:
    known = get_global("territory_currencies")
    found = _short(Locale.parse(locale).territories)
    return _by_name([one for one in found if one[0] in known and one[0] not in NO_COUNTRIES])


def currencies() -> Choices:
    """Every currency that somebody pays with today: "EUR – Euro"."""
    return _currencies(_locale())


@lru_cache(maxsize=8)
def _currencies(locale: str) -> Choices:
    codes = {
        code
        for country in get_global("territory_currencies")
        for code in get_territory_currencies(country, IN_USE_ON, IN_USE_ON)
    }
    return tuple(
        (code, f"{code} – {get_currency_name(code, locale=locale)}") for code in sorted(codes)
    )


def languages() -> Choices:
    """Every language with a short code, by name."""
    return _languages(_locale())


@lru_cache(maxsize=8)
def _languages(locale: str) -> Choices:
    return _by_name(_short(Locale.parse(locale).languages))


def zones() -> Choices:
    """Every time zone with the country it lies in."""
    return _zones(_locale())


@lru_cache(maxsize=8)
def _zones(locale: str) -> Choices:
    names, known = Locale.parse(locale).territories, available_timezones()
    places = get_global("zone_territories")
    found = [(zone, names.get(land, "")) for zone, land in places.items() if zone in known]
    return tuple(sorted(one for one in found if "/" in one[0]))


def zone_named(typed: str) -> str:
    """The zone that somebody means: "Europe/Berlin", "berlin", "New York"; empty for none."""
    wanted = typed.strip().replace(" ", "_").lower()
    if wanted == "utc":
        return "UTC"
    whole = [zone for zone, _land in zones() if zone.lower() == wanted]
    city = [zone for zone, _land in zones() if zone.lower().rpartition("/")[2] == wanted]
    return (whole or city or [""])[0]


def guessed_zone(country: str) -> str:
    """The zone of most people of a country."""
    if country in MAIN_ZONES:
        return MAIN_ZONES[country]
    places = get_global("zone_territories")
    return next((zone for zone, _name in zones() if places.get(zone) == country), "UTC")


def guessed_currency(country: str) -> str:
    """What is paid with in a country."""
    found = get_territory_currencies(country)
    return found[0] if found else "EUR"


def guessed_country(spoken: Sequence[str]) -> str:
    """Where somebody may be whose browser speaks these languages: "en-GB" is from there."""
    known = dict(countries())
    lands = (language.replace("_", "-").rpartition("-")[2].upper() for language in spoken)
    return next((land for land in lands if land in known), "US")


def _short(names: Any) -> list[tuple[str, str]]:
    """Codes of two letters, with their names."""
    return [(str(code), str(names[code])) for code in names if len(str(code)) == 2]


def _by_name(found: Sequence[tuple[str, str]]) -> Choices:
    return tuple(sorted(found, key=lambda one: one[1]))
