"""A room that is taken away while it is being booked: nobody is left booked in it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.errors import Refusal
from spa.models import Booking, Resource
from spa.schedule import settle_actions
from spa.treatments.team_changes import Archive
from tests import make

HOURS = (9, 10, 11, 12, 14, 15, 16, 17)


@pytest.mark.parametrize("day", ["2026-03-12", "2026-03-13"])
def test_a_room_archived_while_it_is_being_booked_holds_no_visit(
    day: str, app: Flask, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        member = make.staff(inside, "manager")
    manager = Actor(member.id, member.name, member.email, Role.MANAGER)
    start = Barrier(len(HOURS) + 2)

    def book(hour: int) -> None:
        make.booked(f"{day} {hour:02d}:00", visitor=f"v{hour}", email=f"a{hour}@example.com")

    def archive(room_id: int) -> None:
        settle_actions.make_change(Archive(studio.location_id, room_id), {}, actor=manager)

    def at_once(act: Callable[[int], None], number: int) -> str:
        with app.app_context():
            start.wait()
            try:
                act(number)
            except Refusal as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(HOURS) + 2) as crowd:
        booked = [crowd.submit(at_once, book, hour) for hour in HOURS]
        closed = [crowd.submit(at_once, archive, room) for room in (studio.room_1, studio.room_2)]
        outcomes = [one.result() for one in (*booked, *closed)]

    stranded = sa.select(sa.func.count(Booking.id)).where(
        Booking.room_id.in_(sa.select(Resource.id).where(Resource.archived_at.is_not(None))),
        Booking.status.in_(["held", "booked"]),
    )
    assert session.scalar(stranded) == 0
    assert set(outcomes) <= {"done", "SlotTaken", "HoldOver", "LeavesStranded"}
    assert "done" in outcomes
