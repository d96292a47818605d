"""The page that opens after signing in: today, what needs a look, and hours worth filling."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.booking.desk_shown import Button, buttons
from spa.diary import queries as diary
from spa.diary import shown as diary_shown
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus
from spa.messages import desk_queries as messages
from spa.schedule import morning_queries, queries
from spa.schedule.queries import Day, Visit
from spa.schedule.shown import span_words

bp = Blueprint("morning", __name__, url_prefix="/staff")

BAR = 240
"""How wide the picture of a full day is, in its own units."""


@dataclass(frozen=True)
class VisitRow:
    """A visit of today, or one that needs a look."""

    reference: str
    when: str
    client: str
    treatment: str
    who: str
    status: BookingStatus
    status_words: str
    looks: list[str]
    is_first_visit: bool
    is_over: bool
    buttons: list[Button]


@dataclass(frozen=True)
class DayRow:
    """A day of the coming week: how much of it is taken and free, to scale."""

    label: str
    url: str
    free: str
    has_free: bool
    taken_width: int
    free_width: int
    is_closed: bool
    is_off: bool


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def today() -> ResponseReturnValue:
    """Today's visits, what needs a look, free hours, failed mail and certificates."""
    return _shown("schedule/morning.html")


@bp.get("/today")
@requires(Permission.SEE_SCHEDULE, is_activity=False)
def part() -> ResponseReturnValue:
    """The same without its frame, for the page to exchange when anything happened."""
    return _shown("schedule/_morning.html")


def _shown(template: str) -> str:
    place, actor, now = access.place(), access.actor(), clock.now()
    on = local_time(now, place.zone).date()
    days = queries.week(place, actor.only, on, now)
    ahead = [visit for day in days for visit in day.visits if visit.looks]
    todays = [visit for visit in days[0].visits if visit.status != BookingStatus.HELD]
    trouble = messages.trouble(place.id, now) if actor.only is None else messages.NO_TROUBLE
    endings = morning_queries.ending_certificates(place.id, on, place.language, actor.only)
    return render_template(
        template,
        tag=days[0].tag,
        day_label=wording.day_long(on),
        greeting=_greeting(local_time(now, place.zone).hour),
        today_url=url_for("schedule.day", day=on),
        visits=[_row(visit, days[0], is_today=True) for visit in todays],
        follow_ups=[
            diary_shown.line(one, place.zone, place.country)
            for one in diary.open_ones(place.id, actor.only)
        ],
        looks=[_row(visit, _day_of(visit, days)) for visit in ahead],
        days=_day_rows(days),
        trouble=trouble,
        failed=[
            (one, wording.message_name(one.event), wording.moment_short(one.created_at, place.zone))
            for one in morning_queries.failed_mail(place.id, actor.only)
        ],
        endings=[
            (one, wording.day_short(one.ends_on), one.ends_on < on, ", ".join(one.treatments))
            for one in endings
        ],
        is_closed=_is_closed(days[0]),
        today=on,
        team=_team(days[0]) if actor.may(Permission.MANAGE_ABSENCES) else [],
        counts={
            "coming": sum(visit.status == BookingStatus.BOOKED for visit in todays),
            "here": sum(
                visit.status in {BookingStatus.ARRIVED, BookingStatus.IN_TREATMENT}
                for visit in todays
            ),
            "done": sum(visit.status == BookingStatus.DONE for visit in todays),
            "looks": len(ahead),
        },
    )


def _team(day: Day) -> list[tuple[str, str, str]]:
    """Who is in: short name, name and hours."""
    if _is_closed(day):
        return []
    return [
        (one.slug, one.name, ", ".join(span_words(span, day.zone) for span in one.working))
        for one in day.people
        if one.working and not one.is_archived
    ]


def _greeting(hour: int) -> str:
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 17 else _("Good evening")


def _day_of(visit: Visit, days: tuple[Day, ...]) -> Day:
    return next(day for day in days if visit in day.visits)


def _row(visit: Visit, day: Day, *, is_today: bool = False) -> VisitRow:
    zone, now = day.zone, day.now
    names = {person.id: person.name for person in day.people}
    when = wording.clock if is_today else wording.moment_short
    return VisitRow(
        reference=visit.reference,
        when=when(visit.starts_at, zone),
        client=visit.client,
        treatment=visit.treatment,
        who=names.get(visit.practitioner_id, ""),
        status=visit.status,
        status_words=wording.status(visit.status),
        looks=[wording.look(look) for look in visit.looks],
        is_first_visit=visit.is_first_visit,
        is_over=visit.status in {BookingStatus.DONE, BookingStatus.NO_SHOW},
        buttons=buttons(visit.status, visit.starts_at, access.actor(), access.place(), now)
        if is_today
        else [],
    )


def _day_rows(days: tuple[Day, ...]) -> list[DayRow]:
    """The week to one scale: the longest day is as wide as the picture."""
    taken = [_taken_minutes(day) for day in days]
    most = max([a + day.free_minutes for a, day in zip(taken, days, strict=True)] + [1])
    return [
        DayRow(
            label=wording.day_short(day.on),
            url=url_for("schedule.day", day=day.on),
            free=_hours(day.free_minutes),
            has_free=day.free_minutes >= 60,
            taken_width=minutes * BAR // most,
            free_width=day.free_minutes * BAR // most,
            is_closed=_is_closed(day),
            is_off=_is_off(day),
        )
        for minutes, day in zip(taken, days, strict=True)
    ]


def _is_closed(day: Day) -> bool:
    return day.closed is not None or not day.open


def _is_off(day: Day) -> bool:
    """Says whether nobody who is looked at works that day."""
    return not any(person.working for person in day.people)


def _taken_minutes(day: Day) -> int:
    """How long people are with clients that day, from now on."""
    ahead = (visit for visit in day.visits if visit.has_hour and visit.ends_at > day.now)
    return sum(
        5 * (span.end - span.start)
        for visit in ahead
        for span in visit.takes(visit.practitioner_id)
    )


def _hours(minutes: int) -> str:
    """A length in hours, to the half: "7.5 h"."""
    return _("%(hours)s h free", hours=f"{minutes // 30 / 2:g}")
