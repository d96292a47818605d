"""Every page of the desk, small and large, light and dark: no finding of axe-core."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from spa.database import db
from spa.diary import actions as diary
from spa.domain.healing import Sign
from spa.models import Block, Booking, Resource
from tests.browser.site import Site
from tests.browser.test_axe import AXE, findings
from tests.browser.test_desk_schedule import booked, signed_in
from tests.browser.test_notes import over
from tests.browser.visitor import Visitor

Way = Callable[[Visitor, Site], None]
WAYS: dict[str, Way] = {}


def way(steps: Way) -> Way:
    """These steps lead to the page that they are named after."""
    WAYS[steps.__name__.replace("_", " ")] = steps
    return steps


def at(address: str) -> Way:
    """A page that has an address of its own."""
    return lambda desk, _site: desk.open(address)


WAYS |= {
    "morning": at("/staff"),
    "week": at("/staff/schedule/week?person=ines-marchetti"),
    "bookings": at("/staff/booking?from=2026-02-01&to=2026-03-31"),
    "bookings, none": at("/staff/booking?from=2020-02-01&to=2020-03-31"),
    "new booking": at("/staff/booking/new"),
    "clients": at("/staff/clients"),
    "clients found": at("/staff/clients?q=ma"),
    "people": at("/staff/people"),
    "invite": at("/staff/people/new"),
    "account": at("/staff/account"),
    "keep a time free": at("/staff/blocks/new"),
    "studio": at("/staff/studio"),
    "studio details": at("/staff/studio/details"),
    "studio policies": at("/staff/studio/policies"),
    "rota": at("/staff/rota"),
    "merging": at("/staff/clients/1/merge"),
    "two records": at("/staff/clients/1/merge?with=2"),
    "hours": at("/staff/hours"),
    "hours of the week": at("/staff/hours/week"),
    "hours of a day": at("/staff/hours/day?day=2026-12-24"),
    "closing": at("/staff/hours/close"),
    "menu": at("/staff/treatments"),
    "a treatment": at("/staff/treatments/facial-microneedling"),
    "another treatment": at("/staff/treatments/new"),
    "the record": at("/staff/record"),
    "calendars": at("/staff/calendars"),
    "rota of one": at("/staff/rota/ines-marchetti"),
    "a new week": at("/staff/rota/ines-marchetti/week"),
    "another day": at("/staff/rota/ines-marchetti/day"),
    "leaving": at("/staff/rota/ines-marchetti/leave"),
    "sick": at("/staff/absence/new?with=ines-marchetti"),
    "time off": at("/staff/absence/off"),
    "team": at("/staff/team"),
    "one of the team": at("/staff/team/tomasz-wisniewski"),
    "what they do": at("/staff/team/tomasz-wisniewski/work"),
    "words about them": at("/staff/team/tomasz-wisniewski/words"),
    "photo of them": at("/staff/team/tomasz-wisniewski/photo"),
    "archive them": at("/staff/team/tomasz-wisniewski/archive"),
    "rooms and devices": at("/staff/things"),
    "a device": at("/staff/things/led-panel"),
    "a new room": at("/staff/things/new"),
    "messages in trouble": at("/staff/messages"),
    "notes of a treatment": at("/staff/treatments/facial-microneedling/notes"),
    "words of messages": at("/staff/messages/words"),
    "words of one": at("/staff/messages/words/prep_3d"),
}


def one_of(site: Site, status: str) -> str:
    """The reference of a visit of the demo in that state."""
    with site.app.app_context():
        query = sa.select(Booking.reference).where(Booking.status == status)
        found = db.session.scalar(query.order_by(Booking.starts_at.desc()))
        assert found
        return found


def client_of(site: Site) -> int:
    with site.app.app_context():
        found = db.session.scalar(sa.select(Booking.client_id).order_by(Booking.id.desc()))
        assert found
        return found


@way
def booking(desk: Visitor, site: Site) -> None:
    start = site.free()[0]
    reference = booked(site, start, note="I use a wheelchair")
    desk.open(f"/staff/booking/{reference}")


@way
def booking_cancelled(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/booking/{one_of(site, 'cancelled')}")


@way
def cancel_with_errors(desk: Visitor, site: Site) -> None:
    desk.expect_status(422)
    desk.open(f"/staff/booking/{booked(site, site.free()[0])}/cancel")
    desk.button("Cancel the visit").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def move(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/booking/{booked(site, site.free()[0])}/move")


@way
def move_refused_with_a_way_round(desk: Visitor, site: Site) -> None:
    desk.expect_status(409)
    desk.open(f"/staff/booking/{booked(site, site.free()[0])}/move")
    desk.page.get_by_label("Another time").fill("21:00")
    desk.button("Move to that time").click()
    expect(desk.page.get_by_label("Why all the same?")).to_be_visible()


@way
def moved_with_undo(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/booking/{booked(site, site.free()[0])}/move")
    desk.page.locator("#move .time").first.click()
    expect(desk.page.locator("#said button")).to_be_visible()


@way
def keep_a_time_free_with_errors(desk: Visitor, site: Site) -> None:
    desk.expect_status(422)
    desk.open("/staff/blocks/new")
    desk.button("Block it").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def block(desk: Visitor, site: Site) -> None:
    with site.app.app_context():
        number = db.session.scalar(sa.select(Block.id))
    desk.open(f"/staff/blocks/{number}")


@way
def client(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/clients/{client_of(site)}")


@way
def client_edited_with_errors(desk: Visitor, site: Site) -> None:
    desk.expect_status(422)
    desk.open(f"/staff/clients/{client_of(site)}/edit")
    desk.page.locator("#name").fill("")
    desk.page.locator("main form[method=post] button.btn").first.click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def new_booking_for_somebody_known(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/booking/new?client={client_of(site)}")


@way
def book_the_next(desk: Visitor, site: Site) -> None:
    desk.open(f"/staff/booking/new?after={one_of(site, 'done')}")


@way
def what_they_do_with_errors(desk: Visitor, _site: Site) -> None:
    desk.expect_status(422)
    desk.open("/staff/team/tomasz-wisniewski/work")
    desk.page.locator("details[open] input[type=date]").fill("2020-01-01")
    desk.button("Save").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def a_new_week_with_errors(desk: Visitor, _site: Site) -> None:
    desk.expect_status(422)
    desk.open("/staff/rota/ines-marchetti/week")
    desk.page.locator("#to_0").fill("08:00")
    desk.button("Save").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def a_visit_that_is_leaving(desk: Visitor, site: Site) -> None:
    reference = over(site)
    desk.context.add_cookies(
        [site.cookie("owner", email="again@example.com")]
    )  # It took longer than a desk stays signed in.
    desk.open(f"/staff/booking/{reference}")
    desk.button("Pencil it in").click()
    expect(desk.button("Let it go")).to_be_visible()


@way
def notes_with_errors(desk: Visitor, _site: Site) -> None:
    desk.expect_status(422)
    desk.open("/staff/treatments/facial-microneedling/notes")
    desk.page.locator("#prep_3d_days").fill("0")
    desk.button("Save").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


def follow_up(site: Site) -> int:
    """The number of a follow-up of a visit that is done."""
    with site.app.app_context():
        query = sa.select(Booking.id).where(Booking.status == "done", Booking.is_needling)
        booking_id = db.session.scalars(query.order_by(Booking.id.desc())).first()
        signs = [Sign.FACE, Sign.PUS]
        return diary.open_follow_up(booking_id or 0, signs, wants_call=True).id


@way
def follow_ups(desk: Visitor, site: Site) -> None:
    follow_up(site)
    desk.open("/staff/diary")


@way
def a_follow_up_with_errors(desk: Visitor, site: Site) -> None:
    with site.app.app_context():
        treats = db.session.scalar(sa.select(Resource.id).where(Resource.slug == "ines-marchetti"))
    desk.context.add_cookies(
        [site.cookie("manager", email="treats@example.com", resource_id=treats)]
    )
    desk.expect_status(422)
    desk.open(f"/staff/diary/{follow_up(site)}")
    desk.button("Close it").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def not_there(desk: Visitor, _site: Site) -> None:
    desk.expect_status(404)
    desk.open("/staff/booking/nothing")


@way
def sign_in(desk: Visitor, _site: Site) -> None:
    desk.context.clear_cookies()
    desk.open("/staff/login")


@way
def sign_in_refused(desk: Visitor, _site: Site) -> None:
    desk.expect_status(422)
    desk.context.clear_cookies()
    desk.open("/staff/login")
    desk.page.get_by_label("Email").fill("nobody@example.com")
    desk.page.get_by_label("Password").fill("not the password")
    desk.button("Sign in").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()


@way
def forgot(desk: Visitor, _site: Site) -> None:
    desk.context.clear_cookies()
    desk.open("/staff/forgot")


@pytest.fixture
def examined(somebody: Callable[..., Visitor], site: Site) -> Visitor:
    """The owner, whose every page has axe-core in it."""
    visitor = signed_in(somebody, site, reduced_motion="reduce")
    visitor.context.add_init_script(path=AXE)
    return visitor


@pytest.mark.parametrize("name", WAYS)
def test_axe_finds_nothing_on(name: str, examined: Visitor, site: Site) -> None:
    WAYS[name](examined, site)

    found = findings(examined.page)

    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
