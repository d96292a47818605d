"""The rota at the desk: a week of everyone, and each one's shifts."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.domain.roles import Permission
from spa.domain.spans import day_span, local_time, moment_of
from spa.errors import ChangedMeanwhile
from spa.schedule import rota_queries, rota_shown, settling
from spa.schedule.hour_rows import PAUSES, day_of
from spa.schedule.rota import rota
from spa.schedule.rota_changes import Leave, NewWeek, OneDay
from spa.schedule.rota_forms import OFF, OTHER, USUAL, LeaveForm, day_form, week_form

bp = Blueprint("rota", __name__, url_prefix="/staff/rota")

A_WEEK = timedelta(days=7)
LONG_AGO = timedelta(days=31)
RECENT = 8


@bp.get("")
@requires(Permission.MANAGE_ABSENCES)
def week() -> ResponseReturnValue:
    """A week of everyone: when they are in, and what is not as usual."""
    place, today = access.place(), _today()
    on = day_of(request.args.get("day")) or today
    monday = on - timedelta(days=on.weekday())
    found = rota(place, monday, monday + timedelta(days=6), None)
    return render_template(
        "schedule/rota.html",
        week=rota_shown.everyone(found, monday, today),
        title=wording.week(monday, monday + timedelta(days=6)),
        on=on,
        today=today,
        before=monday - A_WEEK,
        after=monday + A_WEEK,
        soon=today + timedelta(days=1),
    )


@bp.get("/<member>")
@requires(Permission.MANAGE_ABSENCES)
def person(member: str) -> ResponseReturnValue:
    """One person: their week and what follows it, single days, and when they are away."""
    who, today, place = _person(member), _today(), access.place()
    shifts = rota_queries.shifts(who.id)
    spells = rota_queries.spells(shifts)
    ahead = [one for one in spells if one.last_on is None or one.last_on >= today]
    return render_template(
        "schedule/rota_person.html",
        who=who,
        today=today,
        spells=[rota_shown.spell_in_words(one) for one in ahead if one.week],
        over=[rota_shown.spell_in_words(one) for one in spells if one not in ahead and one.week],
        singles=rota_shown.single_in_words(shifts, rota_queries.single_days(shifts, today)),
        away=[rota_shown.away_in_words(one) for one in rota_queries.time_off(who.id, today)],
        last_day=_words_of_last_day(shifts),
        happened=happened(rota_queries.changes_since(who.id, 0)[:RECENT], place.zone),
    )


@bp.route("/<member>/week", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def pattern(member: str) -> ResponseReturnValue:
    """Write the week that somebody works from a day on."""
    who, place, today = _person(member), access.place(), _today()
    shifts = rota_queries.shifts(who.id)
    asked = day_of(request.args.get("day"))
    from_on = max(asked, today) if asked else today + timedelta(days=7 - today.weekday())
    now = rota_queries.week_on(shifts, from_on)
    form = week_form(max([len(one.breaks) for one in now], default=PAUSES), today=today)
    if not form.is_submitted():
        form.starts_on.data = from_on.isoformat()
        form.seen.data = str(rota_queries.newest_change(who.id))
        for one in now:
            form.rows[str(one.weekday)].fill(one)
    elif form.validate():
        first_on, last_on = day_of(form.starts_on.data) or today, day_of(form.ends_on.data)
        change = NewWeek(place.id, who.id, first_on, last_on, form.week, form.seen_entry)
        try:
            return settling.settle(
                change,
                title=_("%(name)s: another week", name=who.name),
                said=_("The week of %(name)s is saved.", name=who.name),
                to=url_for("rota.person", member=member),
            )
        except ChangedMeanwhile:
            current = rota_queries.shifts(_person(member).id)
            otherwise = rota_shown.unlike(current, first_on, form.week)
            return _week_page(who, form, shifts, since=_since(who.id, form), otherwise=otherwise)
    return _week_page(who, form, shifts)


def _week_page(
    who: Any, form: Any, shifts: Any, *, since: Any = (), otherwise: Any = ()
) -> ResponseReturnValue:
    """The form of a week, and beside it when the studio is open and which weeks are to come."""
    hours = rota_queries.open_by_weekday(access.place().id)
    nights = any(last > 1440 for ranges in hours.values() for _first, last in ranges)
    today = _today()
    page = render_template(
        "schedule/rota_week.html",
        who=who,
        form=form,
        names=[wording.name_of_weekday(day) for day in range(7)],
        is_open=[wording.ranges(hours.get(day, ())) for day in range(7)],
        has_nights=nights or any(row.night.data for row in form.rows.values()),
        spells=[
            rota_shown.spell_in_words(one)
            for one in rota_queries.spells(shifts)
            if one.week and one.first_on and one.first_on > today
        ],
        since=since,
        otherwise=otherwise,
    )
    return page, _status(form, since)


@bp.route("/<member>/day", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def day(member: str) -> ResponseReturnValue:
    """Let somebody work other hours on one day, or not at all, or as usual again."""
    who, place, today = _person(member), access.place(), _today()
    shifts = rota_queries.shifts(who.id)
    on = day_of(request.form.get("day")) or day_of(request.args.get("day")) or today
    now, usual = rota_queries.day_on(shifts, on), rota_queries.usual_on(shifts, on)
    form = day_form(max(len(now.breaks) if now else 0, PAUSES), today=today)
    if not form.is_submitted():
        _fill_day(form, who.id, on, now, usual)
    elif form.validate() and _is_free(form, who.id, on):
        is_off = form.choice.data == OFF
        change = OneDay(place.id, who.id, on, form.hours, is_off, form.seen_entry)
        label = wording.day_short(on)
        try:
            return settling.settle(
                change,
                title=_("%(name)s on %(day)s", name=who.name, day=label),
                said=_("%(name)s, %(day)s: saved.", name=who.name, day=label),
                to=access.way_back(url_for("rota.week", day=on)),
            )
        except ChangedMeanwhile:
            return _day_page(who, form, on, since=_since(who.id, form))
    return _day_page(who, form, on)


def _fill_day(form: Any, resource_id: int, on: date, now: Any, usual: Any) -> None:
    """Show how the day is now."""
    form.day.data, form.seen.data = on.isoformat(), str(rota_queries.newest_change(resource_id))
    form.choice.data = OTHER if now else USUAL
    if any(one.is_one_whole_day for one in _away_on(resource_id, on)):
        form.choice.data = OFF
    if now or usual:
        form.rows["0"].fill(now or usual)
        form.shown.data = form.rows["0"].text


def _is_free(form: Any, resource_id: int, on: date) -> bool:
    """Whether no longer time off covers the day; else says what to do."""
    if form.choice.data == OFF:
        return True
    for one in _away_on(resource_id, on):
        whole = rota_queries.Away(0, on, 0, on, 1440, "")
        if one.covers(whole) and not one.is_one_whole_day:
            when = rota_shown.away_in_words(one).when
            form.choice.errors = [_("They are away %(when)s: change that first", when=when)]
            return False
    return True


def _away_on(resource_id: int, on: date) -> list[rota_queries.Away]:
    return [one for one in rota_queries.time_off(resource_id, on) if one.first_on <= on]


def _day_page(who: Any, form: Any, on: date, *, since: Any = ()) -> ResponseReturnValue:
    """The form of one day, with what is usual and what keeps them away."""
    shifts = rota_queries.shifts(who.id)
    now, row = rota_queries.day_on(shifts, on), form.rows["0"]
    page = render_template(
        "schedule/rota_day.html",
        who=who,
        form=form,
        row=row,
        on=on,
        title=wording.day_long(on),
        usual=rota_shown.hours_words(rota_queries.usual_on(shifts, on)),
        now=rota_shown.hours_words(now) if now else "",
        away=[rota_shown.away_in_words(one) for one in _away_on(who.id, on)],
        has_nights=bool(row.night.data) or bool(now and now.to_minute > 1440),
        since=since,
    )
    return page, _status(form, since)


@bp.route("/<member>/leave", methods=["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def leave(member: str) -> ResponseReturnValue:
    """Say somebody's last day; whoever is booked with them after it is dealt with first."""
    who, place, today = _person(member), access.place(), _today()
    shifts = rota_queries.shifts(who.id)
    known = rota_queries.last_day(shifts)
    form = LeaveForm(earliest=min(known or today, today - LONG_AGO))
    if not form.is_submitted():
        form.last_on.data = known.isoformat() if known else ""
        form.seen.data = str(rota_queries.newest_change(who.id))
    elif form.validate():
        midnight = moment_of(day_span(today, place.zone).end)
        change = Leave(place.id, who.id, form.day, today, midnight, form.seen_entry)
        words = wording.day_and_year(form.day)
        is_past = form.day < today
        try:
            return settling.settle(
                change,
                title=_("%(name)s leaves: last day %(day)s", name=who.name, day=words),
                said=_("%(name)s is not booked any more.", name=who.name)
                if is_past
                else _("The last day of %(name)s is %(day)s.", name=who.name, day=words),
                to=url_for("rota.week", day=form.day if not is_past else today),
            )
        except ChangedMeanwhile:
            return _leave_page(who, form, shifts, since=_since(who.id, form))
    return _leave_page(who, form, shifts)


def _leave_page(who: Any, form: Any, shifts: Any, *, since: Any = ()) -> ResponseReturnValue:
    page = render_template(
        "schedule/rota_leave.html",
        who=who,
        form=form,
        last_day=_words_of_last_day(shifts),
        is_over=(rota_queries.last_day(shifts) or _today()) < _today(),
        since=since,
    )
    return page, _status(form, since)


def _words_of_last_day(shifts: Any) -> str:
    found = rota_queries.last_day(shifts)
    return wording.day_and_year(found) if found else ""


def _since(resource_id: int, form: Any) -> Any:
    """What others did since the form was made; the next saving knows of it."""
    since = happened(rota_queries.changes_since(resource_id, form.seen_entry), access.place().zone)
    form.seen.data = str(rota_queries.newest_change(resource_id))
    return since


def _status(form: Any, since: Any) -> int:
    if since:
        return 409
    return 422 if form.is_submitted() else 200


def _person(member: str) -> Any:
    found = rota_queries.person(access.place().id, member)
    return found or abort(404)


def _today() -> date:
    return local_time(clock.now(), access.place().zone).date()
