"""A sick day with five bookings: all of them are dealt with on one page."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from spa.booking import actions
from spa.database import db
from spa.models import Booking, Message, TimeOff
from tests import make
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.test_desk_schedule import booking, signed_in
from tests.browser.visitor import Visitor

Somebody = Callable[..., Visitor]
INES, CHECK = "ines-marchetti", "skin-and-patch-check"
CLIENTS = ("Ada Fox", "Bea Gold", "Cem Hart", "Dua Ivy", "Eli Jun")


def full_day(site: Site) -> tuple[date, list[str]]:
    """A day on which Ines has five bookings of ours, two of them short: and their references."""
    day = site.free(practitioner=INES)[0].date()
    made = []
    for number, name in enumerate(CLIENTS):
        slug = CHECK if number > 2 else FACIAL
        start = next(one for one in site.free(slug, INES) if one.date() == day)
        about = {"name": name, "email": f"{name[:3].lower()}@example.com"}
        with site.app.app_context():
            hold = actions.hold_slot(slug, start, visitor=name, practitioner=INES)
            details = make.details(**about, phone=f"+1212555012{number}")
            made.append(actions.confirm_booking(hold.reference, details).reference)
    return day, made


def written(site: Site, reference: str) -> list[str]:
    """The messages about a visit that wait to be sent."""
    with site.app.app_context():
        query = (
            sa.select(Message.event)
            .join(Booking, Booking.id == Message.booking_id)
            .where(
                Booking.reference == reference,
                Message.status == "waiting",
                Message.kind == "answer",
            )
        )
        return list(db.session.scalars(query))


@pytest.mark.parametrize(
    ("has_scripts", "viewport"),
    [(True, DESKTOP), (False, PHONE)],
    ids=["with scripts", "without scripts on a phone"],
)
def test_five_bookings_of_who_is_sick_are_dealt_with_on_one_page(
    has_scripts: bool, viewport: dict[str, int], somebody: Somebody, site: Site
) -> None:
    day, references = full_day(site)
    desk = signed_in(
        somebody, site, "reception", viewport=viewport, java_script_enabled=has_scripts
    )
    desk.expect_status(409)
    desk.open(f"/staff/schedule?day={day}")
    desk.page.get_by_role("link", name="Sick Ines Marchetti").click()
    desk.reads("Somebody is sick")
    desk.button("Save").click()

    cards = desk.page.locator("fieldset.pane")
    for name in CLIENTS:
        expect(cards.filter(has_text=name)).to_have_count(1)
    desk.button("Nearest free time").click()
    desk.button("Save and do this").click()

    expect(desk.page.locator("#said")).to_contain_text("Ines Marchetti is away")
    expect(desk.page.locator("#said")).to_contain_text("visits were moved")
    for reference in references:
        now = booking(site, reference)
        assert now.status == "booked"
        assert now.practitioner_id != ines(site) or now.starts_at.date() != day
        assert len(written(site, reference)) == 1


def ines(site: Site) -> int:
    """The number of Ines in the rota, who is away."""
    with site.app.app_context():
        newest = sa.select(TimeOff.resource_id).order_by(TimeOff.id.desc()).limit(1)
        return db.session.scalars(newest).one()


def test_typing_a_time_chooses_what_it_belongs_to(somebody: Somebody, site: Site) -> None:
    desk = signed_in(somebody, site, "manager")

    desk.open(f"/staff/rota/{INES}/day")
    desk.page.locator("#from_0").fill("12:00")
    expect(desk.page.get_by_label("in at other hours")).to_be_checked()

    desk.open(f"/staff/absence/new?with={INES}")
    desk.page.locator("#starts").fill("14:00")
    expect(desk.page.get_by_label("from a time on")).to_be_checked()
