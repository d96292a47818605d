"""JSON for programs: the menu and the free times."""

import re
from bisect import bisect_left
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from spa import clock
from spa.booking import queries
from spa.domain.availability import FreeStart
from spa.domain.spans import DAY_TICKS, LocalDay, local_days, moment_of
from spa.errors import BadQuery
from spa.treatments import queries as treatments

bp = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_DAYS = 62
_tick = itemgetter(0)
CLOCK_TEXTS = [f"{tick // 12:02d}:{tick % 12 * 5:02d}:00" for tick in range(DAY_TICKS)]


@bp.get("/treatments")
def menu() -> ResponseReturnValue:
    """What can be booked: slug, name, minutes, price in minor units, currency."""
    return jsonify({"treatments": treatments.menu_rows()})


@bp.get("/treatments/<slug>/free-times")
def free_times(slug: str) -> ResponseReturnValue:
    """The starts that can be booked, each with who would be there."""
    first_on, days = _from(), _days()
    offer = queries.offer(slug)
    if not offer:
        abort(404)
    practitioner = request.args.get("practitioner", "")
    now = clock.now()
    today = now.astimezone(offer.zone).date()
    last_on = min(first_on + timedelta(days=days - 1), today + timedelta(offer.policy.horizon_days))
    first_on = max(first_on, today)
    if first_on > last_on:
        return jsonify({"free_times": []})
    known = queries.facts(offer, first_on, last_on, now=now, practitioner=practitioner)
    if practitioner and not known.people:
        abort(404)
    free = queries.starts(known, offer)
    shown: list[dict[str, str]] = []
    for day in local_days(first_on, last_on, offer.zone):
        shown += _of_day(free, day, offer)
    return jsonify({"free_times": shown})


def _of_day(free: list[FreeStart], day: LocalDay, offer: queries.Offer) -> list[dict[str, str]]:
    """The free starts of one day as data; hundreds in a month, so texts are joined from parts."""
    first, last = (bisect_left(free, edge, key=_tick) for edge in (day.start, day.end))
    if first == last:
        return []
    local, length = _clock_of(day, offer.zone), offer.session.ticks
    return [
        {
            "starts_at": _utc(tick),
            "ends_at": _utc(tick + length),
            "local": local[tick - day.start],
            "practitioner": person.slug,
        }
        for tick, person in free[first:last]
    ]


def _utc(tick: int) -> str:
    return f"{_date_text(tick // DAY_TICKS)}T{CLOCK_TEXTS[tick % DAY_TICKS]}Z"


@lru_cache(maxsize=1024)
def _date_text(days_since_1970: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days_since_1970)).isoformat()


def _clock_of(day: LocalDay, zone: ZoneInfo) -> list[str]:
    """What date, clock and offset are there, tick by tick; a day without change has one offset."""
    if not day.is_plain:
        ticks = range(day.start, day.end)
        return [moment_of(tick).astimezone(zone).isoformat() for tick in ticks]
    midnight = moment_of(day.start).astimezone(zone).isoformat()
    return [f"{midnight[:11]}{clock_text}{midnight[19:]}" for clock_text in CLOCK_TEXTS]


def _from() -> date:
    text = request.args.get("from", "")
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9-]{10}", text) else None
    except ValueError:
        found = None
    if not found or not 2000 <= found.year <= 2200:
        raise BadQuery("from", "give a date such as 2026-03-29")
    return found


def _days() -> int:
    text = request.args.get("days", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST_DAYS):
        raise BadQuery("days", f"give a whole number from 1 to {MOST_DAYS}")
    return int(text)
