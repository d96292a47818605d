"""What changes of hours, people and rooms do to visits, in words."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from spa.domain.facts import Reason


def stranded(reason: Reason, practitioner: str, room: str) -> str:
    """Why a visit can't stay as it is."""
    return {
        Reason.CLOSED: _("The studio is closed then."),
        Reason.NOT_ON_SHIFT: _("%(who)s is not in then.", who=practitioner),
        Reason.NO_PRACTITIONER: _("%(who)s no longer gives this.", who=practitioner),
        Reason.NOT_CERTIFIED: _("%(who)s has no valid certificate then.", who=practitioner),
        Reason.NO_ROOM: _("%(room)s can't be used for it.", room=room),
        Reason.NO_DEVICE: _("Its device can't be used."),
    }.get(reason, "")


def visits_moved(count: int) -> str:
    """How many were given another hour or person."""
    return ngettext("%(num)d visit was moved.", "%(num)d visits were moved.", count)


def visits_cancelled(count: int) -> str:
    """How many were called off."""
    return ngettext("%(num)d visit was cancelled.", "%(num)d visits were cancelled.", count)


def visits_kept(count: int) -> str:
    """How many stay as they are."""
    return ngettext("%(num)d visit stays as agreed.", "%(num)d visits stay as agreed.", count)


def hours(minutes: int) -> str:
    """A length of many hours: "37.5 h"."""
    return _("%(number)s h", number=format_decimal(round(minutes / 60, 1)))


def sessions(count: int) -> str:
    """How many sessions."""
    return ngettext("%(num)d session", "%(num)d sessions", count)


def record_group(code: str) -> str:
    """A kind of thing that is recorded."""
    return {
        "bookings": _("Bookings"),
        "clients": _("Clients"),
        "messages": _("Messages"),
        "schedule": _("Hours and rota"),
        "catalog": _("Treatments, team and rooms"),
        "studio": _("The studio itself"),
        "people": _("People and sign-ins"),
    }[code]
