"""Tests of spa.booking.obstacles: why an hour can't be had, in the words of the desk."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import wording
from spa.booking import queries
from spa.booking.obstacles import why_not
from spa.database import transaction
from spa.domain.availability import Reason
from spa.domain.spans import tick_of
from spa.models import Block, Capability, Resource, Shift, TimeOff
from spa.models.booking import claim
from tests import make

At = Callable[[str], datetime]
THURSDAY = "2026-03-12"


def said(clock: str, day: str = THURSDAY, slug: str = "facial", **about: Any) -> list[str]:
    """What is said against that hour at the desk."""
    offer = queries.offer(slug)
    assert offer
    desk = queries.at_desk(offer)
    start, now = make.moment(f"{day} {clock}"), make.moment("2026-03-10 09:00")
    found = why_not(desk, start, now=now, **about)
    return [wording.obstacle(one, desk.zone) for one in found]


def block(session: Session, studio: make.Studio, resource_id: int, reason: str) -> None:
    start, end = make.moment(f"{THURSDAY} 14:00"), make.moment(f"{THURSDAY} 15:00")
    with transaction() as inside:
        made = Block(location_id=studio.location_id, starts_at=start, ends_at=end, reason=reason)
        made = make.add(inside, made)
        claim(inside, [(resource_id, (tick_of(start), tick_of(end)))], block_id=made.id)


def test_nothing_stands_against_a_free_hour(session: Session, studio: make.Studio) -> None:
    assert said("10:00") == []


@pytest.mark.parametrize(
    ("clock", "about", "sentence"),
    [
        ("10:30", {"practitioner": "ines"}, "Ines is with another client until 11:00."),
        ("11:00", {"room": 3}, "Room 1 is being cleaned until 11:15."),
        ("10:00", {"room": 3}, "Room 1 is in use until 11:15."),
        ("12:30", {"practitioner": "maya"}, "Maya has a break until 13:30."),
        ("08:00", {}, "The studio opens at 09:00."),
        ("18:15", {}, "The studio closes at 19:00, and the visit would end at 19:15."),
    ],
)
def test_who_or_what_is_in_the_way_and_until_when(
    clock: str, about: dict[str, Any], sentence: str, session: Session, studio: make.Studio
) -> None:
    make.booked(f"{THURSDAY} 10:00", practitioner="ines")

    assert sentence in said(clock, **about)


def test_a_visit_is_not_in_its_own_way(session: Session, studio: make.Studio) -> None:
    booking = make.booked(f"{THURSDAY} 10:00", practitioner="ines")

    assert said("10:15", practitioner="ines", without=booking.id) == []


def test_all_rooms_taken_say_when_the_first_is_free(session: Session, studio: make.Studio) -> None:
    for number, who in enumerate(("ines", "maya")):
        email = f"{who}@example.com"
        make.booked(f"{THURSDAY} 10:{number * 15:02}", visitor=who, practitioner=who, email=email)

    sentences = said("10:20", slug="check", practitioner="ines")

    assert "Every treatment room is taken until 11:15." in sentences


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("Team meeting", "Ines: Team meeting until 15:00."),
        ("", "Ines is blocked until 15:00."),
    ],
)
def test_a_block_says_what_it_is_for(
    reason: str, sentence: str, session: Session, studio: make.Studio
) -> None:
    block(session, studio, studio.ines, reason)

    assert said("14:30", practitioner="ines") == [sentence]


def test_an_absence_says_until_when(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.add(
            TimeOff(resource_id=studio.ines, first_on=date(2026, 3, 12), last_on=date(2026, 3, 13))
        )

    assert said("10:00", practitioner="ines") == ["Ines is away through Fri 13 Mar."]


@pytest.mark.parametrize(
    ("clock", "sentence"),
    [
        ("09:00", "Ines is in from 12:00."),
        ("15:30", "Ines is in until 16:00."),
    ],
)
def test_a_shift_says_from_and_until_when(
    clock: str, sentence: str, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.add(
            Shift(
                resource_id=studio.ines,
                on_date=date(2026, 3, 12),
                from_minute=12 * 60,
                to_minute=16 * 60,
            )
        )

    assert said(clock, practitioner="ines") == [sentence]


def test_somebody_without_a_shift_is_not_in(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Shift).values(ends_on=date(2026, 3, 1)))

    assert said("10:00", practitioner="ines") == ["Ines is not in that day."]


def test_a_certificate_says_when_it_ended(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Capability)
            .where(Capability.resource_id == studio.ines)
            .values(certified_until=date(2026, 3, 3))
        )

    assert said("10:00", practitioner="ines") == [
        "The certificate of Ines for this treatment ended on 3 March 2026."
    ]


def test_a_full_day_says_how_many(session: Session, studio: make.Studio) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Resource).where(Resource.id == studio.ines).values(daily_maximum=1)
        )
    make.booked(f"{THURSDAY} 10:00", practitioner="ines")

    assert said("15:00", practitioner="ines") == [
        "Ines has 1 hands-on session that day already, and that is the most."
    ]


@pytest.mark.parametrize(
    ("clock", "day", "sentence"),
    [
        ("10:00", "2026-03-10", "Online, visits are booked at least 2 hours ahead."),
        ("10:00", "2026-10-10", "We plan no more than 180 days ahead."),
        ("08:00", "2026-03-10", "That time has passed."),
        ("10:02", THURSDAY, "Visits start on the five minutes."),
        ("10:00", "2036-03-10", "We plan no more than 180 days ahead."),
    ],
)
def test_the_houses_own_wishes_are_named(
    clock: str, day: str, sentence: str, session: Session, studio: make.Studio
) -> None:
    assert sentence in said(clock, day)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("ines", "Ines is with another client until 15:00."),
        ("maya", "Maya is in until 12:00."),
        ("", "Maya is in until 12:00."),
    ],
)
def test_of_anyone_it_is_who_could_be_had_if_a_wish_of_the_house_were_set_aside(
    who: str, sentence: str, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        morning = {"on_date": date(2026, 3, 12), "from_minute": 9 * 60, "to_minute": 12 * 60}
        inside.add(Shift(resource_id=studio.maya, **morning))
    make.booked(f"{THURSDAY} 14:00", practitioner="ines")

    assert said("14:10", practitioner=who) == [sentence]


@pytest.mark.parametrize("who", ["ines", "maya"])
def test_of_two_alike_it_is_the_one_who_has_the_visit(
    who: str, session: Session, studio: make.Studio
) -> None:
    (sentence,) = said("12:30", preferred=getattr(studio, who))

    assert sentence == f"{who.title()} has a break until 13:30."


def test_a_hold_is_in_the_way_as_a_client_and_names_nobody(
    session: Session, studio: make.Studio
) -> None:
    make.held(f"{THURSDAY} 10:00", practitioner="ines")

    assert said("10:30", practitioner="ines") == ["Ines is with another client until 11:00."]


def test_while_the_cream_works_the_practitioner_is_free_and_the_room_is_not(
    session: Session, studio: make.Studio
) -> None:
    booking = make.booked(f"{THURSDAY} 10:00", practitioner="ines")

    sentences = said("10:15", slug="check", practitioner="ines", room=booking.room_id)

    assert sentences == ["Room 1 is in use until 11:15."]


def test_a_room_that_may_not_be_used_any_more_says_since_when(
    session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        rooms = Capability.resource_id.in_((studio.room_1, studio.room_2))
        ended = sa.update(Capability).values(certified_until=date(2026, 3, 3))
        inside.execute(ended.where(rooms))

    assert said("10:00", room=studio.room_1) == [
        "Room 1 may not be used for this treatment after 3 March 2026."
    ]


def test_what_is_waived_is_not_said(session: Session, studio: make.Studio) -> None:
    assert said("10:00", "2026-03-10", waived=frozenset({Reason.TOO_SOON})) == []


def test_a_practitioner_who_does_not_do_it_is_named_as_such(
    session: Session, studio: make.Studio
) -> None:
    assert said("10:00", practitioner="nobody") == ["Nobody chosen does this treatment."]
