"""Calendars to subscribe to, each at an address that is a secret."""

from hashlib import sha256

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from spa import clock, limits, links
from spa.domain.spans import local_time
from spa.feeds import queries
from spa.feeds.calendar import calendar_of
from spa.schedule import queries as schedule

bp = Blueprint("feeds", __name__, url_prefix="/feeds")


@bp.get("/<token>.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The visits of a practitioner, or of everyone; an address that was replaced is not there."""
    if not limits.is_within("LIMIT_FEEDS"):
        abort(429)
    asked = links.read_feed_token(token)
    shown = queries.feed(*asked) if asked else None
    if shown is None:
        abort(404)
    answer = Response(mimetype="text/calendar")
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.set_etag(_mark(shown))
    if request.if_none_match.contains(answer.get_etag()[0] or ""):
        answer.status_code = 304
        return answer
    with force_locale(shown.language):
        answer.data = calendar_of(shown, queries.entries(shown, clock.now()))
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return answer


def _mark(shown: queries.Feed) -> str:
    """What changes whenever the calendar does, and once a day because it looks a month back."""
    today = local_time(clock.now(), shown.zone).date()
    about = (schedule.tag(shown.location_id), today, shown.version, shown.names_clients)
    return sha256(repr(about).encode()).hexdigest()[:24]
