"""What the last page of the first day shows: all that was set up, and the first hour to book."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from spa import clock, wording
from spa.accounts.queries import Place
from spa.booking import queries as booking
from spa.domain.spans import local_time, moment_of
from spa.studio import queries
from spa.studio.forms import COUNTED, NAMED

LOOKING_DAYS = 35


def summary(place: Place) -> dict[str, Any]:
    """Each step's answer, in words."""
    week = queries.week(place.id)
    about = queries.columns(place.id, (*NAMED, *COUNTED))
    return {
        "about": about,
        "lines": about["address"].splitlines(),
        "open_days": [_open_day(day, *week[day]) for day in sorted(week)],
        "team": _names(place, "practitioner"),
        "things": _names(place, "room", "device"),
        "menu": [
            (line.name, wording.price(line.price_minor, place.currency))
            for line in queries.menu(place.id)
        ],
        "soonest": _soonest(place),
    }


def _names(place: Place, *kinds: str) -> list[str]:
    return [one.name for one in queries.members(place.id, kinds, 0)]


def _open_day(day: int, first: int, last: int) -> str:
    begins, ends = wording.weekly(day, first), f"{last // 60:02d}:{last % 60:02d}"
    return _("%(begins)s–%(ends)s", begins=begins, ends=ends)


def _soonest(place: Place) -> str:
    """The first hour that a visitor could book, as a proof that all of it fits together."""
    now = clock.now()
    today = local_time(now, place.zone).date()
    for line in queries.menu(place.id):
        offer = booking.offer_of(line.id)
        found = booking.free_times(offer, today, today + timedelta(days=LOOKING_DAYS), now=now)
        if found:
            when = wording.moment_long(moment_of(found[0].tick), place.zone)
            return _("%(what)s, %(when)s", what=line.name, when=when)
    return ""
