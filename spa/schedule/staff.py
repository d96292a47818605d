"""The schedule of the desk: the day, the week, and what is new."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spa import access, clock, wording
from spa.access import requires
from spa.domain.roles import Permission
from spa.domain.spans import local_time, parse_day
from spa.schedule import queries
from spa.schedule.grid import as_json
from spa.schedule.shown import day_in_words, week_in_words

bp = Blueprint("schedule", __name__, url_prefix="/staff/schedule")

PEOPLE, ROOMS = "practitioner", "room"


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def day() -> ResponseReturnValue:
    """The day of everyone, or one's own: the grid's place, and the list, whole without scripts."""
    on, by = _asked_day(), _asked_by()
    shown = _shown(on)
    return render_template(
        "schedule/day.html",
        day=shown,
        by=by,
        today=_today(),
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        here=url_for("schedule.day", day=on, by=by),
    )


@bp.get("/list")
@requires(Permission.SEE_SCHEDULE, is_activity=False)
def day_list() -> ResponseReturnValue:
    """The parts of the day's page that change, for the page to exchange."""
    on, by = _asked_day(), _asked_by()
    here = url_for("schedule.day", day=on, by=by)
    return render_template("schedule/_list.html", day=_shown(on), by=by, here=here, today=_today())


@bp.get("/day.json")
@requires(Permission.SEE_SCHEDULE, is_activity=False)
def day_data() -> ResponseReturnValue:
    """The day for the drawn calendar."""
    actor = access.actor()
    found = queries.day(access.place(), _asked_day(), clock.now(), actor.only)
    return as_json(found, _asked_by(), actor)


@bp.get("/tag")
@requires(Permission.SEE_SCHEDULE, is_activity=False)
def tag() -> ResponseReturnValue:
    """Whether anything happened since the page was made, or the day turned: 204 when not."""
    newest, today = queries.tag(access.place().id), _today().isoformat()
    is_known = request.args.get("seen") == newest and request.args.get("today", today) == today
    return ("", 204) if is_known else {"tag": newest, "today": today}


@bp.get("/week")
@requires(Permission.SEE_SCHEDULE)
def week() -> ResponseReturnValue:
    """Seven days of one person."""
    place, actor, on = access.place(), access.actor(), _asked_day()
    people = queries.people(place.id, actor.only)
    if not people:
        abort(404)
    wanted = request.args.get("person") or people[0].slug
    person = next((each for each in people if each.slug == wanted), None)
    if person is None:
        abort(404)
    monday = on - timedelta(days=on.weekday())
    days = queries.week(place, person.id, monday, clock.now())
    return render_template(
        "schedule/week.html",
        days=week_in_words(days, actor, place, _today()),
        title=wording.week(monday, monday + timedelta(days=6)),
        person=person,
        people=people,
        on=on,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        today=_today(),
    )


def _today() -> date:
    return local_time(clock.now(), access.place().zone).date()


def _asked_day() -> date:
    """The day in the address, else the one worth opening on."""
    asked = parse_day(request.args.get("day"))
    return asked or queries.opens_next(access.place(), clock.now())


def _asked_by() -> str:
    return ROOMS if request.args.get("by") == ROOMS else PEOPLE


def _shown(on: date) -> Any:
    place, actor, now = access.place(), access.actor(), clock.now()
    found = queries.day(place, on, now, actor.only)
    free = queries.free_times(place, on, now, actor.only)
    return day_in_words(found, actor, place, free)
