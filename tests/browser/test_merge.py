"""Two records of one client become one, seen by who does it and by who looks later."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from spa.booking import actions
from spa.database import db
from spa.models import Booking, Client
from tests import make
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.test_desk_schedule import signed_in
from tests.browser.visitor import Visitor

Somebody = Callable[..., Visitor]


def booked(site: Site, name: str, email: str) -> int:
    """A visit of somebody who books online; the number of their record."""
    start = site.free(FACIAL)[0]
    with site.app.app_context():
        hold = actions.hold_slot(FACIAL, start, visitor=email)
        details = make.details(name=name, email=email, phone="+13125550187")
        done = actions.confirm_booking(hold.reference, details)
        return db.session.scalar(sa.select(Booking.client_id).where(Booking.id == done.id)) or 0


@pytest.mark.parametrize(
    ("has_scripts", "viewport"),
    [(True, DESKTOP), (False, PHONE)],
    ids=["with scripts", "without scripts on a phone"],
)
def test_two_records_with_one_phone_become_one(
    has_scripts: bool, viewport: dict[str, int], somebody: Somebody, site: Site
) -> None:
    first = booked(site, "Wren Ashby", "wren@example.com")
    second = booked(site, "Wren Ashby-Cole", "wren@home.example")
    desk = signed_in(somebody, site, "manager", viewport=viewport, java_script_enabled=has_scripts)
    desk.open(f"/staff/clients/{first}")

    desk.page.get_by_role("link", name="Compare Wren Ashby-Cole").click()
    expect(desk.page.get_by_text("It comes out with 2 visits")).to_be_visible()
    desk.page.get_by_label("Email: wren@example.com").check()
    desk.button("Make one record").click()

    expect(desk.page.get_by_text("One record now")).to_be_visible()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Wren Ashby-Cole")
    expect(desk.page.get_by_role("link", name="wren@example.com")).to_be_visible()
    desk.open(f"/staff/clients/{second}")
    assert desk.page.url.endswith(f"/staff/clients/{first}")
    with site.app.app_context():
        other = db.session.get_one(Client, second)
        assert other.merged_into_id == first
