"""The record of changes at the desk: who did what to what, and when."""

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit import search
from spa.audit.search import CLIENT, GROUPS, Hit, Wish
from spa.audit.shown import Happened, happened
from spa.clients import queries as clients
from spa.domain.roles import Permission
from spa.domain.spans import day_span, local_time, moment_of

bp = Blueprint("record", __name__, url_prefix="/staff/record")

FIELDS = ("who", "what", "about", "thing", "from", "to")
LONGEST = 200
MOST_MEANT = 20


@bp.get("")
@requires(Permission.SEE_AUDIT)
def index() -> ResponseReturnValue:
    """What was changed, newest first, as far as is asked for."""
    place = access.place()
    asked = {name: request.args.get(name, "").strip()[:LONGEST] for name in FIELDS}
    people, things = search.staff_of(place.id), search.things_of(place.id)
    wish, errors = _wish(asked, dict(people), dict(things))
    hits, before = search.search(place.id, wish) if not errors else ([], None)
    said = {name: value for name, value in asked.items() if value}
    page = render_template(
        "audit/record.html",
        asked=asked,
        errors=errors,
        people=people,
        things=things,
        groups=[(group, wording.record_group(group)) for group in GROUPS],
        lines=list(zip(hits, _in_words(hits), strict=True)),
        older=urlencode(said | {"before": before}) if before else "",
        newest=urlencode(said) if wish.before else "",
        is_asked=bool(said),
    )
    return page, 422 if errors else 200


def _in_words(hits: list[Hit]) -> list[Happened]:
    """Each entry as one would tell it; what neither staff nor a client did has no name."""
    zone = access.place().zone
    year = local_time(clock.now(), zone).year
    said = happened([hit.entry for hit in hits], zone)
    return [
        Happened(
            at=_when(hit, one, year),
            who=one.who if hit.entry.who or hit.is_by_client else _("Somebody unknown"),
            words=one.words,
        )
        for hit, one in zip(hits, said, strict=True)
    ]


def _when(hit: Hit, one: Happened, year: int) -> str:
    """When it was; with the year, when that is another."""
    local = local_time(hit.entry.at, access.place().zone)
    if local.year == year:
        return one.at
    clock_time = wording.clock(hit.entry.at, access.place().zone)
    return f"{wording.day_and_year(local.date())}, {clock_time}"


def _wish(
    asked: dict[str, str], people: dict[int, str], things: dict[str, str]
) -> tuple[Wish, dict[str, str]]:
    """What is looked for, and what of it can't be read."""
    place, errors = access.place(), dict[str, str]()
    first, last = _day("from", asked, errors), _day("to", asked, errors)
    if first and last and last < first:
        errors["to"] = _("Choose a last day that is not before the first")
    who, thing = asked["who"], asked["thing"]
    number = int(thing[1:]) if thing in things else None
    booking_id, client_ids = _meant(asked["about"])
    before = request.args.get("before", "")
    wish = Wish(
        who=who if who == CLIENT or who in map(str, people) else "",
        group=asked["what"] if asked["what"] in GROUPS else "",
        booking_id=booking_id,
        client_ids=client_ids,
        resource_id=number if thing.startswith("r") else None,
        treatment_id=number if thing.startswith("t") else None,
        since=moment_of(day_span(first, place.zone).start) if first else None,
        until=moment_of(day_span(last, place.zone).end) if last else None,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
    )
    return wish, errors


def _day(name: str, asked: dict[str, str], errors: dict[str, str]) -> date | None:
    """A date of the form; a sentence is left where there is none."""
    if not asked[name]:
        return None
    try:
        found = date.fromisoformat(asked[name])
    except ValueError:
        found = date.min
    if abs(found.year - clock.now().year) > 100:
        errors[name] = _("Enter a day such as %(day)s", day=clock.now().date() - timedelta(days=7))
        return None
    return found


def _meant(about: str) -> tuple[int | None, tuple[int, ...] | None]:
    """The booking or the clients that were typed; (None, ()) when it means nobody."""
    if not about:
        return None, None
    if booking := search.booking_id(access.place().id, about):
        return booking, None
    found = clients.find(about, access.actor().only, clock.now(), MOST_MEANT)
    return None, tuple(clients.with_merged([one.id for one in found]))
