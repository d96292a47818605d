"""Who is away at the desk: time off, and who is sick today."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.errors import ChangedMeanwhile
from spa.schedule import rota_queries, rota_shown, settling
from spa.schedule.absence_changes import ChangeOff, GiveBack, TakeOff
from spa.schedule.absence_forms import PART, WHOLE, SickForm, TimeOffForm
from spa.schedule.hour_rows import day_of
from spa.schedule.rota_queries import Away

bp = Blueprint("absence", __name__, url_prefix="/staff/absence")

NUMBER = "<int(max=2147483647):off_id>"


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ABSENCES)
def new() -> ResponseReturnValue:
    """Somebody is ill: everyone who is booked with them is dealt with on one page."""
    place, now = access.place(), local_time(clock.now(), access.place().zone)
    form = SickForm(people=_people(), today=now.date())
    if not form.is_submitted():
        _fill_sick(form, now.date(), f"{now.hour:02d}:{now.minute // 5 * 5:02d}")
    elif form.validate():
        away = Away(0, *form.span, form.reason.data or "")
        who = _person(form.person.data)
        back = access.way_back(url_for("rota.week", day=away.first_on))
        if rota_queries.was_just_made(who.id, access.actor().id, clock.now()):
            # Pressed twice: it is saved already.
            if any(one.covers(away) for one in rota_queries.time_off(who.id, away.first_on)):
                return redirect(back, 303)
        if not _is_known(form, who.id, away):
            return settling.settle(
                TakeOff(place.id, who.id, away),
                title=_title(who.name, away),
                said=_("%(name)s is away: %(when)s.", name=who.name, when=_when(away)),
                to=back,
            )
    page = render_template("schedule/absence_sick.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _fill_sick(form: SickForm, today: date, clock_time: str) -> None:
    """Who and from which day the address says; from now on where they have begun to work."""
    asked = day_of(request.args.get("day")) or today
    first_on = max(asked, today).isoformat()
    form.person.data = request.args.get("with", "")
    form.first_on.data, form.last_on.data = first_on, first_on
    form.starts.data, form.reason.data = clock_time, _("Sick")
    who = rota_queries.person(access.place().id, form.person.data)
    form.part.data = WHOLE
    if who and first_on == today.isoformat():
        shifts = rota_queries.shifts(who.id)
        hours = rota_queries.day_on(shifts, today) or rota_queries.usual_on(shifts, today)
        has_begun = hours and wording.wall(hours.from_minute) < clock_time
        form.part.data = PART if has_begun else WHOLE


@bp.route("/off", methods=["GET", "POST"])
@requires(Permission.MANAGE_ABSENCES)
def off() -> ResponseReturnValue:
    """Time off that is planned: a holiday, a course, a morning."""
    place, form = access.place(), TimeOffForm(people=_people())
    if not form.is_submitted():
        form.person.data = request.args.get("with", "")
        asked = day_of(request.args.get("day"))
        form.first_on.data = form.last_on.data = asked.isoformat() if asked else ""
    elif form.validate():
        away, who = _typed(form, 0), _person(form.person.data)
        if _is_over(away):
            form.last_on.errors = [_("That time is over: choose a later day")]
        elif not _is_known(form, who.id, away):
            return settling.settle(
                TakeOff(place.id, who.id, away),
                title=_title(who.name, away),
                said=_("%(name)s is away: %(when)s.", name=who.name, when=_when(away)),
                to=url_for("rota.person", member=who.slug),
            )
    return _off_page(form)


@bp.route(f"/{NUMBER}", methods=["GET", "POST"])
@requires(Permission.MANAGE_ABSENCES)
def change(off_id: int) -> ResponseReturnValue:
    """Let a time off begin or end otherwise, or take it away."""
    found, form = rota_queries.off(access.place().id, off_id), TimeOffForm(people=_people())
    if not found:
        return _gone(form)
    who, away = found
    if not form.is_submitted():
        form.person.data, form.reason.data = who.slug, away.reason
        form.fill(away.first_on, away.from_minute, away.last_on, away.to_minute)
        form.seen.data = str(rota_queries.newest_change(who.id))
        return _off_page(form, who=who, away=away)
    form.person.data = who.slug
    try:
        if "remove" in request.form:
            return _give_back(who, away, form.seen_entry)
        if form.validate():
            return _change(who, _typed(form, off_id), form.seen_entry)
    except ChangedMeanwhile:
        since = _since(who.id, form)
        kept = rota_queries.off(access.place().id, off_id)
        return _off_page(form, who=who if kept else None, away=kept and kept[1], since=since)
    return _off_page(form, who=who, away=away)


def _change(who: Any, away: Away, seen: int) -> ResponseReturnValue:
    return settling.settle(
        ChangeOff(access.place().id, who.id, away, seen),
        title=_title(who.name, away),
        said=_("%(name)s is away: %(when)s.", name=who.name, when=_when(away)),
        to=url_for("rota.person", member=who.slug),
    )


def _give_back(who: Any, away: Away, seen: int) -> ResponseReturnValue:
    when = _when(away)
    return settling.settle(
        GiveBack(access.place().id, away.id, seen),
        title=_("%(name)s is in after all: %(when)s", name=who.name, when=when),
        said=_("%(name)s is in after all: %(when)s.", name=who.name, when=when),
        to=url_for("rota.person", member=who.slug),
    )


def _gone(form: TimeOffForm) -> ResponseReturnValue:
    """Somebody took the time off away: what was typed is kept as a new one."""
    who = form.is_submitted() and rota_queries.person(access.place().id, form.person.data or "")
    if not who:
        abort(404)
    if "remove" in request.form:
        flash(_("That time off is gone already."))
        return redirect(url_for("rota.person", member=who.slug), 303)
    return _off_page(form, since=_since(who.id, form))


def _off_page(
    form: TimeOffForm, *, who: Any = None, away: Away | None = None, since: Any = ()
) -> ResponseReturnValue:
    """The form of a time off, for a new one or for one there is."""
    page = render_template(
        "schedule/absence_off.html",
        form=form,
        who=who,
        away=away,
        now=_when(away) if away else "",
        since=since,
    )
    if since:
        return page, 409
    return page, 422 if form.is_submitted() else 200


def _since(resource_id: int, form: TimeOffForm) -> Any:
    """What others did since the form was made; the next saving knows of it."""
    found = rota_queries.changes_since(resource_id, form.seen_entry)
    form.seen.data = str(rota_queries.newest_change(resource_id))
    return happened(found, access.place().zone)


def _is_known(form: Any, resource_id: int, away: Away) -> bool:
    """Whether they are away all that time already; then says so."""
    for one in rota_queries.time_off(resource_id, away.first_on):
        if one.covers(away):
            words = _("They are away then already: %(when)s", when=_when(one))
            form.first_on.errors = [words]
            return True
    return False


def _is_over(away: Away) -> bool:
    now = local_time(clock.now(), access.place().zone)
    return (away.last_on, away.to_minute) <= (now.date(), now.hour * 60 + now.minute)


def _typed(form: TimeOffForm, off_id: int) -> Away:
    return Away(off_id, *form.span, form.reason.data or "")


def _title(name: str, away: Away) -> str:
    return _("%(name)s is away: %(when)s", name=name, when=_when(away))


def _when(away: Away) -> str:
    return rota_shown.away_in_words(away).when


def _people() -> list[tuple[str, str]]:
    """Whom to choose from; nobody is chosen by mistake."""
    known = rota_queries.people(access.place().id)
    return [("", _("Choose who it is")), *((one.slug, one.name) for one in known)]


def _person(slug: str) -> Any:
    return rota_queries.person(access.place().id, slug) or abort(404)
