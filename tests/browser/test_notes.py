"""A client chooses notes, says they come, takes the pencilled hour; the desk sees the plan."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from spa import links
from spa.booking import pencil_actions, state_actions
from spa.database import db, transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus
from spa.models import Booking, StaffMember
from tests import make
from tests.browser.site import Site, text_of
from tests.browser.visitor import Visitor


def over(site: Site, status: BookingStatus = BookingStatus.IN_TREATMENT) -> str:
    """A visit whose hour is nearly over; its reference."""
    start = site.free()[0]
    address = site.booked(start, is_first_visit=False)
    site.pass_minutes(int((start - site.now()) / timedelta(minutes=1)) + 55)
    with site.app.app_context():
        booking = db.session.scalars(sa.select(Booking).order_by(Booking.id.desc())).first()
        assert booking and address
        reference = booking.reference
    actor = nora(site)
    with site.app.app_context():
        state_actions.change_state(reference, status, actor=actor)
    return reference


def nora(site: Site) -> Actor:
    """Somebody of the studio; to be asked for outside of a transaction."""
    with site.app.app_context():
        with transaction() as session:
            query = sa.select(StaffMember).where(StaffMember.email == "nora@browser.example.com")
            member = session.scalar(query) or make.staff(
                session, "owner", email="nora@browser.example.com"
            )
            return Actor(member.id, member.name, member.email, Role.OWNER, member.location_id)


def pencilled(site: Site) -> str:
    """The address of an hour that was pencilled in."""
    reference, actor = over(site), nora(site)
    with site.app.app_context():
        kept = pencil_actions.pencil_in(reference, actor=actor)
        return f"/booking/pencilled/{links.visit_token(kept.reference, kept.link_version)}"


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_client_chooses_which_notes_come(
    has_scripts: bool, somebody: Callable[..., Visitor], site: Site
) -> None:
    visitor = somebody(java_script_enabled=has_scripts, viewport={"width": 390, "height": 844})
    visitor.open(site.booked(site.free()[-1]))
    visitor.link("Choose which notes you get").click()
    visitor.page.get_by_label("A week after").uncheck()
    visitor.button("Save").click()

    visitor.reads("Notes about your visit")
    expect(visitor.page.get_by_role("status")).to_contain_text("Saved")
    expect(visitor.page.get_by_label("A week after")).not_to_be_checked()
    expect(visitor.page.get_by_label("Two days after")).to_be_checked()


def test_a_client_says_that_they_come_by_keyboard_alone(visitor: Visitor, site: Site) -> None:
    visitor.open(site.booked(site.free()[0]) + "/coming")
    visitor.button("I will be there").focus()
    visitor.page.keyboard.press("Enter")

    visitor.reads("Thank you: we expect you")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_desk_pencils_in_the_next_hour_and_the_client_takes_it(
    has_scripts: bool, somebody: Callable[..., Visitor], site: Site
) -> None:
    reference = over(site)
    desk = somebody(java_script_enabled=has_scripts)
    desk.context.add_cookies([site.cookie("reception")])
    desk.open(f"/staff/booking/{reference}")
    desk.button("Pencil it in").click()
    expect(desk.page.get_by_text("Pencilled in for")).to_be_visible()

    with site.app.app_context():
        kept = db.session.scalars(
            sa.select(Booking).where(Booking.pencilled_after_id.is_not(None))
        ).one()
        address = f"/booking/pencilled/{links.visit_token(kept.reference, kept.link_version)}"
    client = somebody(java_script_enabled=has_scripts, viewport={"width": 390, "height": 844})
    client.open(address)
    client.reads("Pencilled in for you")
    client.button("Take this hour").click()
    expect(client.page.get_by_text("Your visit", exact=True).first).to_be_visible()
    desk.open(f"/staff/booking/{kept.reference}")
    expect(desk.page.locator(".state").first).to_have_text("Booked")


def test_the_evenings_note_says_what_is_pencilled_in(site: Site) -> None:
    pencilled(site)
    site.pass_minutes(9 * 60)
    mails = [text_of(mail) for mail in site.mails() if mail["Subject"].startswith("Tonight")]

    assert any("Pencilled in for you" in text for text in mails)


def test_the_whole_plan_of_a_visit_is_seen_stopped_and_sent_at_the_desk(
    somebody: Callable[..., Visitor], site: Site
) -> None:
    site.booked(site.free()[-1])
    with site.app.app_context():
        booking = db.session.scalars(sa.select(Booking).order_by(Booking.id.desc())).first()
        assert booking
    desk = somebody()
    desk.context.add_cookies([site.cookie("reception")])
    desk.open(f"/staff/booking/{booking.reference}")
    told = desk.page.locator(".told")
    expect(told.locator("b", has_text="A week before")).to_have_count(1)
    expect(told.get_by_text("waiting to be sent")).to_have_count(8)

    told.locator("li", has_text="A week before").locator("button[value=stop]").click()
    expect(told.get_by_text("stopped by the studio")).to_be_visible()
    told.locator("li", has_text="Will you be there?").locator("button[value=now]").click()
    expect(desk.page.get_by_text("It goes out at once.")).to_be_visible()
