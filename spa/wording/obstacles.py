"""What stands against an hour, as one colleague tells another."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from spa.domain.availability import Reason
from spa.domain.explain import Hindrance, Obstacle
from spa.wording.basics import clock, day_and_year, day_short, length, moment_short
from spa.wording.booking import reason


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
            return _("%(who)s is blocked until %(at)s.", who=found.who, at=at)
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
