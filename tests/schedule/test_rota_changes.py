"""Tests of spa.schedule.rota_changes: what is in the rota after each change."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.hours import Pattern
from spa.domain.roles import Actor, Role
from spa.errors import ChangedMeanwhile, LeavesStranded
from spa.models import AuditEntry, Resource, Shift, ShiftBreak, TimeOff
from spa.schedule.absence_changes import ChangeOff, GiveBack, TakeOff
from spa.schedule.changes import Change
from spa.schedule.rota_changes import Leave, NewWeek, OneDay
from spa.schedule.rota_queries import Away, day_on, newest_change, shifts, spells, time_off, week_on
from spa.schedule.settle_actions import CANCEL, Made, Picks, make_change
from tests import make
from tests.booking.test_state_actions import somebody

TODAY, THURSDAY, FRIDAY = date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 13)
MONDAY = date(2026, 3, 16)
USUAL = tuple(Pattern(540, 1140, weekday=day, breaks=((780, 810),)) for day in range(7))
MORNINGS = (Pattern(540, 720, weekday=0), Pattern(540, 720, weekday=3, breaks=((600, 615),)))
LATE = Pattern(720, 1200)


@pytest.fixture
def boss(session: Session, studio: make.Studio) -> Actor:
    return somebody(session, Role.MANAGER)


@pytest.fixture
def make_it(boss: Actor) -> Callable[..., Made]:
    """Makes a change as a manager, with what is picked for the visits it strands."""

    def make_it(change: Change, picks: Picks | None = None) -> Made:
        return make_change(change, picks or {}, actor=boss)

    return make_it


def new_week(studio: make.Studio, **about: Any) -> NewWeek:
    defaults = {"first_on": MONDAY, "last_on": None, "week": MORNINGS, "seen": 0}
    return NewWeek(studio.location_id, studio.ines, **defaults | about)


def one_day(studio: make.Studio, hours: Pattern | None, *, is_off: bool = False) -> OneDay:
    seen = newest_change(studio.ines)
    return OneDay(studio.location_id, studio.ines, THURSDAY, hours, is_off, seen)


def leave(studio: make.Studio, last_on: date) -> Leave:
    midnight = make.moment("2026-03-11 00:00")
    seen = newest_change(studio.ines)
    return Leave(studio.location_id, studio.ines, last_on, TODAY, midnight, seen)


def entry(session: Session) -> AuditEntry:
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_a_new_week_ends_the_old_one_the_day_before(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(new_week(studio))

    before, after = spells(shifts(studio.ines))
    assert (before.last_on, before.week) == (date(2026, 3, 15), USUAL)
    assert (after.first_on, after.last_on, after.week) == (MONDAY, None, MORNINGS)
    assert spells(shifts(studio.maya))[0].last_on is None
    assert (entry(session).event, entry(session).resource_id) == ("rota.week_set", studio.ines)


def test_after_a_week_with_a_last_day_the_old_one_goes_on(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(new_week(studio, last_on=date(2026, 3, 29)))

    found = spells(shifts(studio.ines))
    assert [one.week for one in found] == [USUAL, MORNINGS, USUAL]
    assert found[2].first_on == date(2026, 3, 30)


def test_a_new_week_replaces_one_that_had_not_begun(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(new_week(studio))

    make_it(new_week(studio, week=USUAL, seen=newest_change(studio.ines)))

    assert [one.week for one in spells(shifts(studio.ines))] == [USUAL]
    orphans = sa.select(ShiftBreak).where(ShiftBreak.shift_id.not_in(sa.select(Shift.id)))
    assert session.scalars(orphans).all() == []


def test_the_same_week_twice_is_saved_once(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(new_week(studio))
    newest = entry(session).id

    make_it(new_week(studio))

    assert entry(session).id == newest


def test_the_second_of_two_managers_is_refused_and_nothing_changes(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(new_week(studio))

    with pytest.raises(ChangedMeanwhile):
        make_it(new_week(studio, week=USUAL[:2]))

    assert week_on(shifts(studio.ines), MONDAY) == MORNINGS


def test_a_week_without_their_visit_is_not_saved_before_it_is_dealt_with(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    visit = make.booked("2026-03-17 10:00", practitioner="ines")

    with pytest.raises(LeavesStranded):
        make_it(new_week(studio))
    assert [one.week for one in spells(shifts(studio.ines))] == [USUAL]

    assert make_it(new_week(studio), {visit.reference: CANCEL}).cancelled == 1


def test_other_hours_on_one_day_leave_the_week_alone(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(one_day(studio, LATE))

    found = day_on(shifts(studio.ines), THURSDAY)
    assert found and (found.from_minute, found.to_minute) == (720, 1200)
    assert week_on(shifts(studio.ines), THURSDAY) == USUAL


def test_a_day_off_takes_the_place_of_other_hours_and_as_usual_of_both(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(one_day(studio, LATE))
    make_it(one_day(studio, None, is_off=True))
    assert day_on(shifts(studio.ines), THURSDAY) is None
    assert [one.is_one_whole_day for one in time_off(studio.ines, TODAY)] == [True]

    make_it(one_day(studio, None))

    assert time_off(studio.ines, TODAY) == []
    assert week_on(shifts(studio.ines), THURSDAY) == USUAL


def test_time_off_within_time_off_is_written_once(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(TakeOff(studio.location_id, studio.ines, Away(0, THURSDAY, 0, MONDAY, 1440, "Rome")))
    make_it(TakeOff(studio.location_id, studio.ines, Away(0, FRIDAY, 600, FRIDAY, 720, "")))

    (only,) = time_off(studio.ines, TODAY)
    assert (only.first_on, only.last_on, only.reason) == (THURSDAY, MONDAY, "Rome")
    assert "Rome" not in str(entry(session).details)


def test_a_time_off_is_changed_and_given_back(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(TakeOff(studio.location_id, studio.ines, Away(0, THURSDAY, 0, FRIDAY, 1440, "")))
    (was,) = time_off(studio.ines, TODAY)
    longer = Away(was.id, THURSDAY, 0, MONDAY, 720, "Rome")

    make_it(ChangeOff(studio.location_id, studio.ines, longer, newest_change(studio.ines)))
    assert time_off(studio.ines, TODAY) == [longer]
    assert entry(session).details["was_last_on"] == "2026-03-13"

    make_it(GiveBack(studio.location_id, was.id, newest_change(studio.ines)))
    assert time_off(studio.ines, TODAY) == []
    with pytest.raises(ChangedMeanwhile):
        make_it(GiveBack(studio.location_id, was.id, newest_change(studio.ines)))


def test_another_places_time_off_is_not_there(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        row = make.add(
            inside, TimeOff(resource_id=studio.ines, first_on=THURSDAY, last_on=THURSDAY)
        )

    with pytest.raises(ChangedMeanwhile):
        make_it(GiveBack(other.id, row.id, 0))


def test_whoever_leaves_has_no_shift_after_the_last_day(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(one_day(studio, LATE))

    make_it(leave(studio, date(2026, 3, 11)))

    (found, gap) = spells(shifts(studio.ines))
    assert (found.last_on, gap.week) == (date(2026, 3, 11), ())
    assert day_on(shifts(studio.ines), THURSDAY) is None
    assert session.get_one(Resource, studio.ines).archived_at is None


def test_a_later_last_day_gives_the_days_until_then_back(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    make_it(leave(studio, THURSDAY))
    newest = entry(session).id
    make_it(leave(studio, THURSDAY))
    assert entry(session).id == newest

    make_it(leave(studio, MONDAY))

    assert [(one.last_on, one.week) for one in spells(shifts(studio.ines))] == [
        (MONDAY, USUAL),
        (None, ()),
    ]


def test_who_leaves_today_is_archived_once_today_has_no_visit_left(
    session: Session, studio: make.Studio, make_it: Any, at: Callable[[str], datetime]
) -> None:
    make.booked("2026-03-10 12:00", practitioner="ines")
    make_it(leave(studio, TODAY))
    assert session.get_one(Resource, studio.ines).archived_at is None

    at("2026-03-10 15:00")
    make_it(leave(studio, TODAY))

    session.expire_all()
    assert session.get_one(Resource, studio.ines).archived_at is not None
    assert entry(session).details == {"last_on": "2026-03-10", "is_archived": True}


def test_visits_after_the_last_day_are_dealt_with_before_it_is_saved(
    session: Session, studio: make.Studio, make_it: Any
) -> None:
    soon = make.booked("2026-03-10 12:00", practitioner="ines")
    later = make.booked("2026-03-17 10:00", practitioner="ines", visitor="two")

    with pytest.raises(LeavesStranded):
        make_it(leave(studio, FRIDAY))
    assert [one.week for one in spells(shifts(studio.ines))] == [USUAL]

    made = make_it(leave(studio, FRIDAY), {later.reference: f"{later.starts_at.isoformat()} maya"})

    session.expire_all()
    assert made.moved == 1
    assert (soon.practitioner_id, later.practitioner_id) == (studio.ines, studio.maya)
