"""What a change would do before it is made: the hours, the sessions, the visits and the money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from spa import access, clock, wording
from spa.booking import queries
from spa.domain.roles import Permission
from spa.schedule import settle_actions, whatif_queries
from spa.schedule.changes import Change
from spa.schedule.stranded import Stranded

WEEKS = 4


@dataclass(frozen=True)
class Bar:
    """One week before and after: the numbers, and how long their bars are of a hundred."""

    label: str
    before: str
    after: str
    before_share: int
    after_share: int


@dataclass(frozen=True)
class Measure:
    """Something that a change makes more or less of; `change` is signed, `by` is how much."""

    bars: list[Bar]
    change: int
    by: str


def page(change: Change, *, title: str, carried: list[tuple[str, str]]) -> ResponseReturnValue:
    """The hours, visits and money that a change would gain or lose; nothing is changed."""
    place, now = access.place(), clock.now()
    today = whatif_queries.today(place.zone, now)
    # A treatment is measured by itself, everything else by what is booked most.
    own: int | None = getattr(change, "treatment_id", None)
    usual = own or whatif_queries.usual_treatment(place.id, now)
    offer = queries.offer_of(usual) if usual else None
    horizon = today + timedelta(days=offer.policy.horizon_days if offer else WEEKS * 7)
    minutes, minutes_then, visits = settle_actions.compare(
        change, lambda: whatif_queries.minutes_by_week(place, today, horizon)
    )
    first_on = _first_that_differs(minutes, minutes_then, today)
    last_on = min(whatif_queries.monday_of(first_on) + timedelta(days=WEEKS * 7 - 1), horizon)
    sessions: dict[date, int] = {}
    sessions_then: dict[date, int] = {}
    if usual:
        measured = usual
        sessions, sessions_then, _same = settle_actions.compare(
            change, lambda: whatif_queries.sessions_by_week(measured, first_on, last_on, now)
        )
    weeks = [week for week in minutes if first_on - timedelta(days=6) <= week <= last_on]
    fits = _measure(weeks, sessions, sessions_then, wording.sessions)
    shows_money = access.actor().may(Permission.SEE_MONEY)
    return render_template(
        "schedule/whatif.html",
        title=title,
        carried=carried,
        hours=_measure(weeks, minutes, minutes_then, wording.hours),
        fits=fits,
        usual=offer.name if offer else "",
        money=wording.price(abs(fits.change) * offer.price_minor, place.currency)
        if offer and shows_money
        else "",
        visits=[(one, wording.moment_short(one.starts_at, place.zone)) for one in visits],
        worth=wording.price(_worth(visits), place.currency) if visits and shows_money else "",
    )


def _first_that_differs(before: Mapping[date, int], after: Mapping[date, int], today: date) -> date:
    """The first day of the first week that the change is felt in; today if it is felt in none."""
    return next((max(week, today) for week in before if before[week] != after[week]), today)


def _measure(
    weeks: list[date],
    before: Mapping[date, int],
    after: Mapping[date, int],
    say: Callable[[int], str],
) -> Measure:
    """A bar for each week, all on one scale."""
    most = max([max(before.get(week, 0), after.get(week, 0)) for week in weeks], default=0) or 1
    bars = [
        Bar(
            wording.day_short(week),
            say(before.get(week, 0)),
            say(after.get(week, 0)),
            before.get(week, 0) * 100 // most,
            after.get(week, 0) * 100 // most,
        )
        for week in weeks
    ]
    total = sum(after.get(week, 0) - before.get(week, 0) for week in weeks)
    return Measure(bars, total, say(abs(total)))


def _worth(visits: list[Stranded]) -> int:
    return sum(one.price_minor for one in visits)
