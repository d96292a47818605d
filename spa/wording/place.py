"""The studio's details and policies, and what happened to them, in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from spa.wording.basics import length
from spa.wording.rota import wall

DAY = 1440


def ahead(minutes_long: int) -> str:
    """How long before a visit: "2 hours ahead"."""
    if not minutes_long:
        return _("none: until it begins")
    return _("%(length)s ahead", length=span(minutes_long))


def every(minutes_long: int) -> str:
    """How often: "every 15 minutes"."""
    if minutes_long == 60:
        return _("on the hour")
    return _("every %(num)d minutes", num=minutes_long)


def span(minutes_long: int) -> str:
    """A length in days, hours or minutes, whichever comes out even."""
    if minutes_long and minutes_long % DAY == 0:
        return ngettext("%(num)d day", "%(num)d days", minutes_long // DAY)
    return length(minutes_long)


def detail(name: str) -> str:
    """What a detail or a policy of the studio is called."""
    return {
        "name": _("name"),
        "tagline": _("line below it"),
        "address": _("address"),
        "country": _("country"),
        "phone": _("phone"),
        "email": _("email"),
        "zone": _("time zone"),
        "currency": _("currency"),
        "language": _("language of the menu"),
        "notice_minutes": _("notice"),
        "horizon_days": _("days ahead"),
        "grid_minutes": _("when visits begin"),
        "coming_visits": _("coming visits"),
        "hold_minutes": _("hold"),
        "hold_extensions": _("longer holds"),
        "cut_off_hours": _("free change"),
        "grace_minutes": _("second thoughts"),
        "online_moves": _("moves online"),
        "quiet_from_minute": _("quiet from"),
        "quiet_until_minute": _("quiet until"),
    }.get(name, name)


def detail_value(name: str, value: Any) -> str:
    """What a detail or a policy says, in short."""
    if name == "notice_minutes":
        return ahead(int(value))
    if name == "grid_minutes":
        return every(int(value))
    if name in {"hold_minutes", "grace_minutes"}:
        return length(int(value))
    if name == "cut_off_hours":
        return length(int(value) * 60)
    if name in {"quiet_from_minute", "quiet_until_minute"}:
        return wall(int(value))
    return ", ".join(str(value).splitlines()) or _("nothing")


def place_entry(event: str, details: dict[str, Any]) -> str:
    """One thing that happened to the studio itself; empty for anything else."""
    if event in {"studio.changed", "studio.policies_changed"}:
        return _("Changed: %(what)s.", what="; ".join(_changes(details.get("changes", {}))))
    return {
        "studio.made": _("The studio was made."),
        "studio.zone_set": _(
            "Lives by the clock of %(zone)s and is paid in %(currency)s.",
            zone=details.get("zone", ""),
            currency=details.get("currency", ""),
        ),
        "studio.opened": _("The studio was opened to visitors."),
        "first_day.hours_set": ngettext(
            "Opening hours for %(num)d day of the week.",
            "Opening hours for %(num)d days of the week.",
            details.get("days", 0),
        ),
        "first_day.menu_set": ngettext(
            "%(num)d treatment of the standard menu is offered.",
            "%(num)d treatments of the standard menu are offered.",
            details.get("count", 0),
        ),
    }.get(event, "")


def _changes(changes: dict[str, list[Any]]) -> list[str]:
    return [
        _(
            "%(what)s from %(old)s to %(new)s",
            what=detail(name),
            old=detail_value(name, old),
            new=detail_value(name, new),
        )
        for name, (old, new) in changes.items()
    ]
