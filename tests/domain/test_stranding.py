"""Tests of spa.domain.stranding: what stands against a visit where it is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from spa.domain.availability import Facts, Person, Policy, Reason, Session, Step, Thing
from spa.domain.spans import Span, tick_of
from spa.domain.stranding import Standing, against

TEN = datetime(2026, 3, 12, 10, tzinfo=UTC)
NINE_TO_FIVE = (Span(tick_of(TEN) - 12, tick_of(TEN) + 84),)
AN_HOUR = Session((Step("needle", 60, needs_device=True),), turnover_minutes=15)
POLICY = Policy(notice_minutes=120, horizon_days=30, grid_minutes=15)
VISIT = Standing(1, TEN, practitioner_id=7, room_id=8, device_id=9, session=AN_HOUR)
SOMEBODY = Person(7, "ines", "Ines", NINE_TO_FIVE, busy=NINE_TO_FIVE, sessions_on={}, rooms=None)
FACTS = Facts(
    now=datetime(2026, 3, 12, 9, 59, tzinfo=UTC),
    zone=ZoneInfo("UTC"),
    first_on=date(2026, 3, 12),
    last_on=date(2026, 3, 12),
    open=NINE_TO_FIVE,
    session=Session((Step("other", 15),)),
    people=(SOMEBODY,),
    rooms=(Thing(8, "Room 1", NINE_TO_FIVE), Thing(18, "Room 2")),
    devices=(Thing(9, "Pen", NINE_TO_FIVE),),
)
LATE = (Span(tick_of(TEN) + 1, tick_of(TEN) + 84),)
AFTER_IT = (Span(tick_of(TEN) + 12, tick_of(TEN) + 84),)


def test_a_visit_that_fits_stands_whoever_else_is_booked() -> None:
    assert against(VISIT, FACTS, POLICY) == frozenset()


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"open": LATE}, Reason.CLOSED),
        ({"open": ()}, Reason.CLOSED),
        ({"people": ()}, Reason.NO_PRACTITIONER),
        ({"people": (replace(SOMEBODY, id=77),)}, Reason.NO_PRACTITIONER),
        ({"people": (replace(SOMEBODY, on_shift=LATE),)}, Reason.NOT_ON_SHIFT),
        ({"people": (replace(SOMEBODY, on_shift=AFTER_IT),)}, Reason.NOT_ON_SHIFT),
        (
            {"people": (replace(SOMEBODY, certified_until=date(2026, 3, 11)),)},
            Reason.NOT_CERTIFIED,
        ),
        ({"people": (replace(SOMEBODY, rooms=frozenset({18})),)}, Reason.NO_ROOM),
        ({"rooms": (Thing(18, "Room 2"),)}, Reason.NO_ROOM),
        ({"rooms": (Thing(8, "Room 1", certified_until=date(2026, 3, 11)),)}, Reason.NO_ROOM),
        ({"devices": ()}, Reason.NO_DEVICE),
    ],
)
def test_a_visit_is_stranded_by(about: dict[str, object], reason: Reason) -> None:
    assert against(VISIT, replace(FACTS, **about), POLICY) == {reason}  # type: ignore[arg-type]


def test_the_certificate_of_the_day_itself_still_holds() -> None:
    people = (replace(SOMEBODY, certified_until=date(2026, 3, 12)),)

    assert against(VISIT, replace(FACTS, people=people), POLICY) == frozenset()
