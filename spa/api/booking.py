"""JSON for programs: the menu and the free times."""

from datetime import UTC, date, timedelta, tzinfo

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
    return jsonify({"free_times": _shown(queries.starts(known, offer), offer)})


def _shown(free: list[FreeStart], offer: queries.Offer) -> list[dict[str, str]]:
    """The free starts as data; a day's texts are made once, because there are hundreds of times."""
    utc, local = _Stamps(UTC, "Z"), _Stamps(offer.zone)
    length = offer.session.ticks
    return [
        {
            "starts_at": utc[one.tick],
            "ends_at": utc[one.tick + length],
            "local": local[one.tick],
            "practitioner": one.person.slug,
        }
        for one in free
    ]


class _Stamps(dict[int, str]):
    """Ticks as ISO texts of a zone, each made once."""

    def __init__(self, zone: tzinfo, suffix: str = "") -> None:
        """`suffix` stands for the offset where it is always the same."""
        super().__init__()
        self.zone, self.suffix = zone, suffix

    def __missing__(self, tick: int) -> str:
        text = moment_of(tick).astimezone(self.zone).isoformat()
        made = self[tick] = text[:19] + self.suffix if self.suffix else text
        return made


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
