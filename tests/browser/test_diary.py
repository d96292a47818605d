"""Something does not look right: the client says so, a practitioner reads it and closes it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from spa.database import db
from spa.models import Booking
from tests.browser.site import Site, text_of
from tests.browser.test_axe import after_the_visit
from tests.browser.visitor import Visitor


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_sign_is_told_on_a_phone_and_closed_with_a_note(
    has_scripts: bool, somebody: Callable[..., Visitor], site: Site
) -> None:
    about = {"java_script_enabled": has_scripts, "viewport": {"width": 390, "height": 844}}
    client = somebody(**about)
    client.open(after_the_visit(site, 3))
    client.reads("Day 3")
    client.page.get_by_label("Pus").check()
    client.page.get_by_label("Yes, call me").check()
    client.button("Ask for a look").click()
    client.reads("We will look at it")

    alerts = [mail for mail in site.mails() if "asks for a look" in mail["Subject"]]
    assert alerts and not any("pus" in text_of(mail).lower() for mail in alerts)
    with site.app.app_context():
        visit = db.session.scalars(sa.select(Booking).order_by(Booking.id.desc())).first()
        assert visit
        who = visit.practitioner_id

    reception = somebody(**about)
    reception.context.add_cookies([site.cookie("reception")])
    reception.open("/staff")
    reception.page.locator(".follow-ups").get_by_role("link", name="Ana Duarte").click()
    expect(reception.page.get_by_text("What they ticked is for those who treat.")).to_be_visible()
    expect(reception.page.get_by_text("Pus", exact=True)).to_have_count(0)

    treats = somebody(**about)
    treats.context.add_cookies([site.cookie("manager", resource_id=who)])
    treats.open("/staff/diary")
    treats.link("Ana Duarte").click()
    expect(treats.page.get_by_text("Pus", exact=True)).to_be_visible()
    treats.page.locator("textarea").fill("Called; it is settling.")
    treats.button("Close it").click()
    expect(treats.page.locator("#said")).to_be_visible()
    reception.open("/staff")
    expect(reception.page.locator(".follow-ups")).to_have_count(0)
