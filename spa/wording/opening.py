"""What happened to the hours of the house, in words."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from spa.wording.basics import day_and_year, day_short
from spa.wording.rota import name_of_weekday, ranges


def hours_entry(event: str, details: dict[str, Any]) -> str:
    """One thing that happened to opening hours and closures; empty for anything else."""
    if event == "hours.week_set":
        days = ", ".join(
            f"{name_of_weekday(day, is_short=True)} {ranges([(first, last)])}"
            for day, first, last in details["week"]
        )
        return _("Open from now on: %(days)s.", days=days)
    if event == "hours.day_set":
        on = day_short(date.fromisoformat(details["on"]))
        hours = ranges([(first, last) for first, last in details["hours"]])
        if not hours:
            return _("%(day)s: open as every week again.", day=on)
        return _("%(day)s: open %(hours)s.", day=on, hours=hours)
    if event in {"closure.made", "closure.removed"}:
        first, last = (day_and_year(date.fromisoformat(details[f"{end}_on"])) for end in ENDS)
        when = first if first == last else f"{first} – {last}"
        if event == "closure.removed":
            return _("Open again: %(when)s.", when=when)
        return _("Closed %(when)s: %(why)s.", when=when, why=details["reason"])
    return ""


ENDS = ("first", "last")
