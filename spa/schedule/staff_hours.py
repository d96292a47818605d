"""Opening hours, late evenings and closures at the desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import Happened, happened
from spa.domain.roles import Permission
from spa.domain.spans import local_time, parse_day
from spa.errors import ChangedMeanwhile
from spa.schedule import hours_queries, public_holidays, settling
from spa.schedule.hours_changes import Close, OpenDay, OpenWeek, Reopen
from spa.schedule.hours_forms import ClosureForm, day_form, week_form
from spa.schedule.hours_queries import Closed, Ranges, covers

bp = Blueprint("hours", __name__, url_prefix="/staff/hours")

NUMBER = "<int(max=2147483647):closure_id>"


def _today() -> date:
    return local_time(clock.now(), access.place().zone).date()


@bp.get("")
@requires(Permission.MANAGE_SCHEDULE)
def index() -> ResponseReturnValue:
    """The week, days with hours of their own, closures, and holidays that could be closed."""
    place, today = access.place(), _today()
    closures = hours_queries.closures(place.id, today)
    return render_template(
        "schedule/hours.html",
        button=FlaskForm(),
        week=_week_in_words(hours_queries.week(place.id)),
        days=[
            (on, wording.day_and_year(on), wording.weekday(on), wording.ranges(ranges))
            for on, ranges in hours_queries.days_ahead(place.id, today)
        ],
        closures=[(one, _when(one.first_on, one.last_on)) for one in closures],
        holidays=[
            (on, f"{wording.weekday(on, is_short=True)} {wording.day_and_year(on)}", name,
             _is_closed(on, closures))
            for on, name in public_holidays.ahead(place.country, wording.language_code(), today)
        ],
        happened=happened(hours_queries.changes_since(place.id, 0)[:5], place.zone),
    )  # fmt: skip


@bp.route("/week", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def week() -> ResponseReturnValue:
    """Write when the house is open each week."""
    place = access.place()
    now = hours_queries.week(place.id)
    # One more than there are, as soon as two are taken.
    form = week_form(max(len(ranges) for ranges in now) + 1)
    since: Sequence[Happened] = ()
    if not form.is_submitted():
        form.seen.data = str(hours_queries.newest_change(place.id))
        for day_number, ranges in enumerate(now):
            form.fill(str(day_number), ranges)
    elif form.validate():
        try:
            return settling.settle(
                OpenWeek(place.id, form.week, form.seen_entry),
                title=_("Other opening hours"),
                said=_("The opening hours are saved."),
                to=url_for("hours.index"),
            )
        except ChangedMeanwhile:
            since = _since(form)
    page = render_template(
        "schedule/hours_week.html",
        form=form,
        names=[wording.name_of_weekday(number) for number in range(7)],
        has_nights=any(row.night.data for rows in form.rows.values() for row in rows),
        since=since,
        otherwise=_week_in_words(now) if since else (),
    )
    return page, _status(form, since)


@bp.route("/day", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def day() -> ResponseReturnValue:
    """A late evening, or a day that closes early."""
    place, today = access.place(), _today()
    on = parse_day(request.values.get("day")) or today
    own = hours_queries.day(place.id, on)
    usual = hours_queries.week(place.id)[on.weekday()]
    form = day_form(max(len(own), len(usual)), today)
    since: Sequence[Happened] = ()
    if not form.is_submitted():
        form.seen.data = str(hours_queries.newest_change(place.id))
        form.day.data = on.isoformat() if "day" in request.args else ""
        if "day" in request.args:
            form.fill("0", own or usual)
    elif form.validate() and _is_not_closed(form, on):
        when, hours = wording.day_short(on), wording.ranges(form.ranges)
        said = [_("%(day)s: open %(hours)s.", day=when, hours=hours)]
        is_longer = not covers(usual, form.ranges)
        if is_longer:
            said.append(_("Shifts are as before: press somebody's hours to let them stay longer."))
        try:
            return settling.settle(
                OpenDay(place.id, on, form.ranges, form.seen_entry),
                title=_("%(day)s: open %(hours)s", day=when, hours=hours),
                said=" ".join(said),
                to=url_for("rota.week", day=on) if is_longer else url_for("hours.index"),
            )
        except ChangedMeanwhile:
            since = _since(form)
    page = render_template(
        "schedule/hours_day.html",
        form=form,
        has_nights=any(row.night.data for rows in form.rows.values() for row in rows),
        since=since,
        otherwise=[(wording.day_short(on), wording.ranges(own) or _("as every week"))],
    )
    return page, _status(form, since)


@bp.post("/day/usual")
@requires(Permission.MANAGE_SCHEDULE)
def usual() -> ResponseReturnValue:
    """A day is as every week again."""
    on = parse_day(request.form.get("day"))
    if on is None:
        abort(404)
    place = access.place()
    if not hours_queries.day(place.id, on):
        flash(_("That day is as every week already."))
        return redirect(url_for("hours.index"), 303)
    return settling.settle(
        OpenDay(place.id, on, (), hours_queries.newest_change(place.id)),
        title=_("%(day)s: as every week again", day=wording.day_short(on)),
        said=_("%(day)s is as every week again.", day=wording.day_short(on)),
        to=url_for("hours.index"),
    )


@bp.route("/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def close() -> ResponseReturnValue:
    """Close for a day or for some."""
    form = ClosureForm(today=_today())
    if not form.is_submitted():
        asked = parse_day(request.args.get("day"))
        form.first_on.data = form.last_on.data = asked.isoformat() if asked else ""
        form.reason.data = request.args.get("reason", "")[:200]
    elif form.validate():
        first_on, last_on = form.days
        when = _when(first_on, last_on)
        return settling.settle(
            Close(access.place().id, first_on, last_on, form.reason.data or ""),
            title=_("Closed %(when)s", when=when),
            said=_("Closed %(when)s.", when=when),
            to=url_for("hours.index"),
        )
    page = render_template("schedule/hours_close.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post(f"/closures/{NUMBER}/reopen")
@requires(Permission.MANAGE_SCHEDULE)
def reopen(closure_id: int) -> ResponseReturnValue:
    """Take a closure back."""
    place = access.place()
    found = hours_queries.closure(place.id, closure_id)
    if found is None:
        flash(_("That closure is gone already."))
        return redirect(url_for("hours.index"), 303)
    when = _when(found.first_on, found.last_on)
    return settling.settle(
        Reopen(place.id, closure_id),
        title=_("Open again: %(when)s", when=when),
        said=_("Open again: %(when)s.", when=when),
        to=url_for("hours.index"),
    )


def _is_not_closed(form: Any, on: date) -> bool:
    """Whether the house is not closed all that day; else says what to do first."""
    closed = hours_queries.closure_of(access.place().id, on, on)
    if closed is None:
        return True
    form.day.errors = [
        _("The studio is closed that day (%(why)s): open it again first", why=closed.reason)
    ]
    return False


def _week_in_words(week: tuple[Ranges, ...]) -> list[tuple[str, str]]:
    return [
        (wording.name_of_weekday(number), wording.ranges(ranges) or _("closed"))
        for number, ranges in enumerate(week)
    ]


def _when(first_on: date, last_on: date) -> str:
    first = wording.day_and_year(first_on)
    return first if first_on == last_on else f"{first} – {wording.day_and_year(last_on)}"


def _is_closed(on: date, closures: list[Closed]) -> bool:
    return any(one.first_on <= on <= one.last_on for one in closures)


def _since(form: Any) -> Sequence[Happened]:
    """What somebody else did meanwhile; the form knows of it from now on."""
    place, seen = access.place(), form.seen_entry
    form.seen.data = str(hours_queries.newest_change(place.id))
    return happened(hours_queries.changes_since(place.id, seen), place.zone)


def _status(form: Any, since: Sequence[Happened]) -> int:
    if since:
        return 409
    return 422 if form.is_submitted() else 200
