"""JSON for programs: the menu and the free times."""

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta, tzinfo
from functools import lru_cache

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from spa import clock
from spa.booking import queries
from spa.domain.availability import FreeStart
from spa.domain.spans import DAY_TICKS, moment_of
from spa.errors import BadQuery
from spa.treatments import queries as treatments

bp = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_DAYS = 62
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
    return jsonify({"free_times": _shown(queries.starts(known, offer), offer)})


def _shown(free: list[FreeStart], offer: queries.Offer) -> list[dict[str, str]]:
    """The free starts as data; hundreds of times, so each text is put together from parts."""
    utc, local = _stamps(UTC), _stamps(offer.zone)
    length = offer.session.ticks
    return [
        {
            "starts_at": utc(one.tick),
            "ends_at": utc(one.tick + length),
            "local": local(one.tick),
            "practitioner": one.person.slug,
        }
        for one in free
    ]


def _stamps(zone: tzinfo) -> Callable[[int], str]:
    """Writes ticks as ISO texts of a zone; the offset is asked for once in half an hour."""
    offsets: dict[int, tuple[int, str]] = {}

    def offset_at(half_hour: int) -> tuple[int, str]:
        local = moment_of(half_hour * 6).astimezone(zone)
        ticks = int((local.utcoffset() or timedelta()).total_seconds()) // 300
        return ticks, "Z" if zone is UTC else local.isoformat()[19:]

    def stamp(tick: int) -> str:
        half_hour = tick // 6
        if half_hour not in offsets:
            offsets[half_hour] = offset_at(half_hour)
        shift, text = offsets[half_hour]
        day, of_day = divmod(tick + shift, DAY_TICKS)
        return f"{_day_text(day)}T{CLOCK_TEXTS[of_day]}{text}"

    return stamp


@lru_cache(maxsize=1024)
def _day_text(days_since_1970: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days_since_1970)).isoformat()


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
