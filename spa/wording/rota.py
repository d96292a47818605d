"""When people work, and what happened to it, in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _

from spa.wording.basics import day_and_year, day_short, weekday

DAY = 1440
A_MONDAY = date(2024, 1, 1)


def wall(minute: int) -> str:
    """A time of day in minutes since midnight: "09:30"; the end of the day is 24:00."""
    if minute == DAY:
        return "24:00"
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def ranges(found: Iterable[tuple[int, int]]) -> str:
    """Hours of a day: "09:00–13:00, 14:00–18:00"."""
    return ", ".join(f"{wall(first)}–{wall(last)}" for first, last in found)


def within(first: int, last: int) -> str:
    """A part of a day: "10:00–12:00", or from or until a time where it is all the rest."""
    if last == DAY and first:
        return _("from %(time)s", time=wall(first))
    if not first and last < DAY:
        return _("until %(time)s", time=wall(last))
    return ranges([(first, last)])


def name_of_weekday(number: int, *, is_short: bool = False) -> str:
    """A day of the week by its number; Monday is 0."""
    return weekday(A_MONDAY.replace(day=1 + number), is_short=is_short)


def absence(first_on: date, from_minute: int, last_on: date, to_minute: int) -> str:
    """From when to when somebody is away: a day, some days, or from one time to another."""
    is_whole = (from_minute, to_minute) == (0, DAY)
    if first_on == last_on and is_whole:
        return day_short(first_on)
    if is_whole:
        return _("%(first)s – %(last)s", first=day_short(first_on), last=day_short(last_on))
    if first_on == last_on:
        hours = within(from_minute, to_minute)
        return _("%(day)s, %(hours)s", day=day_short(first_on), hours=hours)
    first, last = (
        day_short(on) if minute == whole else f"{day_short(on)}, {wall(minute)}"
        for on, minute, whole in ((first_on, from_minute, 0), (last_on, to_minute, DAY))
    )
    return _("%(first)s – %(last)s", first=first, last=last)


def spell(first_on: date | None, last_on: date | None) -> str:
    """From which day to which a week is worked."""
    first, last = (day_and_year(day) if day else "" for day in (first_on, last_on))
    if first and last:
        return _("%(first)s – %(last)s", first=first, last=last)
    if first:
        return _("From %(day)s on", day=first)
    return _("Until %(day)s", day=last) if last else _("Always")


def rota_entry(event: str, details: dict[str, Any]) -> str:
    """One thing that happened to somebody's hours; empty for anything else."""
    if event == "rota.week_set":
        return _week_set(details)
    if event == "rota.day_set":
        day = day_short(date.fromisoformat(details["on"]))
        if details["is_off"]:
            return _("%(day)s: not in.", day=day)
        if details["hours"]:
            return _("%(day)s: in %(hours)s.", day=day, hours=ranges([tuple(details["hours"])]))
        return _("%(day)s: in as usual again.", day=day)
    if event == "rota.left":
        day = day_and_year(date.fromisoformat(details["last_on"]))
        said = _("Last day: %(day)s.", day=day)
        return said + " " + _("Not booked any more.") if details["is_archived"] else said
    if event == "time_off.changed":
        return _("Away %(when)s, was %(old)s.", when=_off(details), old=_off(details, "was_"))
    if event == "time_off.made":
        return _("Away %(when)s.", when=_off(details))
    return _("In after all: %(when)s.", when=_off(details)) if event == "time_off.removed" else ""


def _week_set(details: dict[str, Any]) -> str:
    first, last = (details.get(name) for name in ("first_on", "last_on"))
    when = spell(*(date.fromisoformat(day) if day else None for day in (first, last)))
    days = ", ".join(
        f"{name_of_weekday(day, is_short=True)} {ranges([(first, end)])}"
        for day, first, end in details["week"]
    )
    return _("%(when)s: %(days)s.", when=when, days=days)


def _off(details: dict[str, Any], prefix: str = "") -> str:
    return absence(
        date.fromisoformat(details[f"{prefix}first_on"]),
        details.get(f"{prefix}from_minute", 0),
        date.fromisoformat(details[f"{prefix}last_on"]),
        details.get(f"{prefix}to_minute", DAY),
    )
