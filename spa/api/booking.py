"""JSON for programs: the menu and the free times."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from spa import clock
from spa.booking import queries
from spa.domain.availability import FreeStart
from spa.domain.spans import moment_of
from spa.errors import BadQuery
from spa.treatments import queries as treatments

bp = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_DAYS = 62


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
    return jsonify({"free_times": [_shown(one, offer) for one in free]})


def _shown(free: FreeStart, offer: queries.Offer) -> dict[str, Any]:
    """One free start; isoformat, because strftime takes ten times as long."""
    starts_at = moment_of(free.tick)
    ends_at = moment_of(free.tick + offer.session.ticks)
    return {
        "starts_at": f"{starts_at.isoformat()[:19]}Z",
        "ends_at": f"{ends_at.isoformat()[:19]}Z",
        "local": starts_at.astimezone(offer.zone).isoformat(),
        "practitioner": free.person.slug,
    }


def _from() -> date:
    text = request.args.get("from", "")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if not found or len(text) != 10 or not 2000 <= found.year <= 2200:
        raise BadQuery("from", "give a date such as 2026-03-29")
    return found


def _days() -> int:
    text = request.args.get("days", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST_DAYS):
        raise BadQuery("days", f"give a whole number from 1 to {MOST_DAYS}")
    return int(text)
