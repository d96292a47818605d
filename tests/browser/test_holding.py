"""An hour is held while the client types: its clock, its end, and what becomes of the typing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.site import FACIAL, Site
from tests.browser.visitor import Visitor, moment_words, short_words

CHOOSE = f"/booking/{FACIAL}"
SOON = "Two minutes left to hold this hour."
HEAR = """() => {
  window.heard = [];
  const voice = document.querySelector("[data-soon]");
  const hear = () => window.heard.push(voice.textContent);
  new MutationObserver(hear).observe(voice, {childList: true});
}"""


@pytest.fixture
def start(site: Site) -> datetime:
    """An hour that is free."""
    return site.free()[0]


@pytest.fixture
def holder(visitor: Visitor, start: datetime) -> Visitor:
    """Somebody who holds it and has not typed yet."""
    visitor.open(f"{CHOOSE}?day={start.date()}")
    visitor.hold(start)
    return visitor


@pytest.fixture
def listener(visitor: Visitor, site: Site, start: datetime) -> Visitor:
    """Somebody with a held hour, whose clock stands still, and who hears every announcement."""
    noon = datetime(2026, 3, 10, 12, 0)
    visitor.page.clock.install(time=noon)
    visitor.page.clock.pause_at(noon + timedelta(seconds=1))
    visitor.open(site.held(start))
    expect(left(visitor)).to_have_text("10:00 left")
    visitor.page.evaluate(HEAR)
    return visitor


def left(visitor: Visitor) -> Locator:
    """The words that count down."""
    return visitor.page.locator("[data-left]")


def heard(visitor: Visitor) -> list[str]:
    """What a screen reader was given to say."""
    return list(visitor.page.evaluate("window.heard"))


def test_the_clock_counts_down_without_a_word(listener: Visitor) -> None:
    listener.page.clock.run_for(1000)
    expect(left(listener)).to_have_text("9:59 left")

    listener.page.clock.run_for(59_000)

    expect(left(listener)).to_have_text("9:00 left")
    assert heard(listener) == []


def test_two_minutes_are_announced_once(listener: Visitor) -> None:
    listener.page.clock.fast_forward("07:59")
    assert heard(listener) == []

    listener.page.clock.run_for(2000)
    expect(left(listener)).to_have_text("1:59 left")
    assert heard(listener) == [SOON]
    listener.page.clock.run_for(60_000)

    assert heard(listener) == [SOON]


def test_the_end_is_announced_once_and_says_that_nothing_is_lost(listener: Visitor) -> None:
    listener.page.clock.fast_forward("10:00")
    listener.page.clock.run_for(5000)

    (said,) = heard(listener)
    assert said.startswith("The hold has ended.")
    expect(listener.page.locator("[data-hold] p")).to_have_text(said)
    expect(left(listener)).to_be_hidden()
    expect(listener.button("Hold it again")).to_be_visible()


def test_who_comes_with_less_than_two_minutes_left_is_told_so(
    visitor: Visitor, site: Site, start: datetime
) -> None:
    address = site.held(start)
    site.pass_minutes(9)

    visitor.open(address)

    voice = visitor.page.locator("[data-soon]")
    expect(voice).to_have_text("Less than two minutes left to hold this hour.")


def test_a_phone_that_slept_shows_the_true_time(listener: Visitor) -> None:
    listener.page.clock.set_system_time(datetime(2026, 3, 10, 12, 5, 1))

    listener.page.clock.run_for(1000)

    expect(left(listener)).to_have_text("4:59 left")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_keeping_it_longer_keeps_what_was_typed(
    somebody: Callable[..., Visitor], site: Site, start: datetime, has_scripts: bool
) -> None:
    holder = somebody(java_script_enabled=has_scripts)
    holder.open(f"{CHOOSE}?day={start.date()}")
    holder.hold(start)
    holder.type()
    expect(holder.page.locator(".held")).to_contain_text("is held for you until 09:10")
    site.pass_minutes(8)

    holder.button("Keep it longer").click()

    expect(holder.page.locator(".held")).to_contain_text("is held for you until 09:18")
    holder.has_typed()
    holder.confirm()
    holder.has_booked(start)


def test_nobody_else_sees_an_hour_that_is_held(
    somebody: Callable[..., Visitor], site: Site, start: datetime
) -> None:
    one, other = somebody(), somebody()
    address = f"{CHOOSE}?day={start.date()}&with={site.person_of(start)}"
    other.open(address)
    expect(other.time(start)).to_be_visible()

    one.open(address)
    one.hold(start)
    other.page.reload()

    other.sees_day(start)
    expect(other.time(start)).to_have_count(0)
    one.button("Let it go, choose another time").click()
    one.reads("Choose your time")
    other.page.reload()
    expect(other.time(start)).to_be_visible()


def test_who_presses_an_hour_too_late_is_offered_others(
    somebody: Callable[..., Visitor], site: Site, start: datetime
) -> None:
    one, other = somebody(), somebody()
    address = f"{CHOOSE}?day={start.date()}&with={site.person_of(start)}"
    for client in (one, other):
        client.open(address)
    one.hold(start)
    other.expect_status(409)

    other.time(start).click()

    offered = other.page.get_by_role("alert").locator("button.time")
    expect(offered).to_have_count(3)
    other.has_focus(other.page.get_by_role("alert"))
    offered.first.click()
    other.reads("Your details")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_hour_taken_meanwhile_is_exchanged_with_one_tap_and_nothing_is_typed_again(
    somebody: Callable[..., Visitor], site: Site, start: datetime, has_scripts: bool
) -> None:
    slow = somebody(java_script_enabled=has_scripts)
    person = site.person_of(start)
    slow.open(f"{CHOOSE}?day={start.date()}&with={person}")
    slow.hold(start)
    slow.type(note="A friend comes along.")
    site.pass_minutes(11)
    site.booked(start, practitioner=person, email="quick@example.com")

    slow.expect_status(409)
    slow.confirm()
    offered = slow.page.get_by_role("alert").locator("button.time")
    expect(offered).to_have_count(3)
    slow.has_typed(note="A friend comes along.")
    instead = datetime.fromisoformat(offered.first.get_attribute("value") or "")
    assert instead != start
    offered.first.click()

    expect(slow.page.locator(".held")).to_contain_text(short_words(instead))
    slow.has_typed(note="A friend comes along.")
    slow.confirm()
    slow.has_booked(instead)


def test_an_hour_that_is_still_free_after_the_hold_is_confirmed(
    holder: Visitor, site: Site, start: datetime
) -> None:
    holder.type()
    site.pass_minutes(45)

    holder.confirm()

    holder.has_booked(start)


def test_the_form_of_a_hold_that_ended_says_so_and_still_books(
    holder: Visitor, site: Site, start: datetime
) -> None:
    site.pass_minutes(11)
    holder.page.reload()
    expect(holder.page.locator(".held.over")).to_contain_text("has ended")

    holder.button("Hold it again").click()
    expect(holder.page.locator(".held")).to_contain_text("is held for you until 09:21")
    holder.type()
    holder.confirm()

    holder.has_booked(start)


def test_a_lost_cookie_keeps_the_form_and_the_next_press_books(
    holder: Visitor, start: datetime
) -> None:
    holder.type()
    holder.context.clear_cookies()
    holder.expect_status(400)

    holder.confirm()

    expect(holder.page.get_by_role("alert")).to_contain_text("Nothing you typed is lost")
    holder.has_typed()
    holder.confirm()
    holder.has_booked(start)


def test_confirming_in_two_windows_makes_one_booking(
    holder: Visitor, site: Site, start: datetime
) -> None:
    holder.type()
    second = holder.context.new_page()
    second.goto(holder.page.url)
    holder.page.bring_to_front()
    holder.confirm()
    holder.has_booked(start)
    before = site.booking_count()

    second.bring_to_front()
    second.get_by_role("button", name="Confirm the booking").click()

    expect(second.locator("h1")).to_contain_text(moment_words(start))
    assert site.booking_count() == before
    assert site.mail()["To"] == "ana@example.com"


def test_a_held_hour_is_offered_again_when_its_holder_looks_at_the_times(
    holder: Visitor, start: datetime
) -> None:
    holder.type()
    holder.open(CHOOSE)
    expect(holder.page.locator(".held")).to_contain_text(short_words(start))

    holder.link("Back to my details").click()

    holder.reads("Your details")


@pytest.mark.parametrize(
    ("answer", "address"),
    [
        ("Yes, use that and book", "ana@gmail.com"),
        ("Mine is right, book it", "ana@gmial.com"),
    ],
)
def test_a_near_miss_of_a_common_domain_is_asked_about_once(
    holder: Visitor, site: Site, start: datetime, answer: str, address: str
) -> None:
    holder.type(email="ana@gmial.com")
    holder.expect_status(422)
    holder.confirm()
    question = holder.page.get_by_role("alert")
    expect(question).to_contain_text("Did you mean ana@gmail.com?")
    holder.has_focus(question)

    holder.button(answer).click()

    holder.has_booked(start)
    expect(holder.page.get_by_text(address)).to_be_visible()
