"""Everything by keyboard alone: each stop can be seen, and the focus goes where it is needed."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.site import FACIAL, Site
from tests.browser.visitor import Visitor, day_words

STOPS = 150
WHERE = """selector => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const spots = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9], [0.1, 0.9], [0.9, 0.1]];
  const shown = spots.map(([x, y]) =>
    document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
  return {
    is_there: at.matches(selector),
    words: `${at.tagName} ${at.id || at.className} ${at.textContent.trim().slice(0, 30)}`,
    is_marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    is_on_screen: box.width > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    is_covered: !shown.some((one) => one && (at.contains(one) || one.contains(at))),
    is_hidden: Boolean(at.closest("[aria-hidden=true]")),
  };
}"""


class Keys:
    """A visitor without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def go_to(self, selector: str) -> None:
        """Tab until this has the focus; every stop on the way shows where one is."""
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            where = self.page.evaluate(WHERE, selector)
            assert where["is_marked"], f"Focus cannot be seen on {where['words']}"
            assert where["is_on_screen"], f"Focus is out of sight on {where['words']}"
            assert not where["is_covered"], f"Something lies over {where['words']}"
            assert not where["is_hidden"], f"Focus is on something hidden: {where['words']}"
            if where["is_there"]:
                return
        raise AssertionError(f"{selector} is not among {STOPS} stops")

    def press(self, key: str, selector: str) -> None:
        """Go there and press a key."""
        self.go_to(selector)
        self.page.keyboard.press(key)

    def type(self, selector: str, words: str) -> None:
        """Go there and type."""
        self.go_to(selector)
        self.page.keyboard.type(words)


@pytest.fixture
def keys(visitor: Visitor) -> Keys:
    """Somebody at a desk without a mouse."""
    return Keys(visitor)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_whole_booking_by_keyboard(
    somebody: Callable[..., Visitor], site: Site, has_scripts: bool
) -> None:
    visitor = somebody(java_script_enabled=has_scripts)
    keys, start = Keys(visitor), site.free()[0]

    visitor.open(f"/treatments/{FACIAL}")
    keys.press("Enter", "a.btn.block")
    visitor.reads("Choose your time")
    keys.press("Enter", f"#day-{start.day}")
    visitor.sees_day(start)
    keys.press("Space", value_of(start))
    visitor.reads("Your details")
    keys.type("#name", "Ana Duarte")
    keys.type("#email", "ana@example.com")
    keys.type("#phone", "212 555 0111")
    keys.press("Space", "[name=is_first_visit]")
    keys.press("Space", "#screening")
    keys.press("Space", "#privacy")
    keys.press("Enter", ".end button[value=confirm]")

    visitor.has_booked(start)


def test_enter_in_a_field_confirms_and_does_not_let_go(keys: Keys, site: Site) -> None:
    start = site.free()[0]
    keys.visitor.open(site.held(start))
    keys.visitor.type()

    keys.page.locator("#name").press("Enter")

    keys.visitor.has_booked(start)


def test_a_visit_is_cancelled_by_keyboard(keys: Keys, site: Site) -> None:
    keys.visitor.open(site.booked(site.free()[0]))

    keys.press("Enter", "a[href$='/cancel']")
    keys.visitor.reads("Cancel this visit?")
    keys.press("Enter", "button.grave")

    keys.visitor.reads("This visit is cancelled")


def test_a_visit_is_moved_by_keyboard(keys: Keys, site: Site) -> None:
    first, second = site.same_hour_on_two_days()
    keys.visitor.open(site.booked(first))

    keys.press("Enter", "a[href$='/move']")
    keys.visitor.reads("Move your visit")
    keys.press("Enter", f"#day-{second.day}")
    keys.visitor.sees_day(second)
    keys.press("Enter", value_of(second))
    expect(keys.visitor.button("Move my visit")).to_be_visible()
    keys.press("Enter", "form.card button.btn")

    expect(keys.page.locator("h1")).to_contain_text(day_words(second))


@pytest.mark.parametrize("address", ["/", f"/booking/{FACIAL}", "/booking/find", "/nowhere"])
def test_the_first_stop_skips_to_the_content(keys: Keys, address: str) -> None:
    keys.visitor.expect_status(404)
    keys.visitor.open(address)

    keys.page.keyboard.press("Tab")
    skip = keys.visitor.link("Skip to the content")
    keys.visitor.has_focus(skip)
    expect(skip).to_be_in_viewport()
    keys.page.keyboard.press("Enter")

    keys.visitor.has_focus(keys.page.locator("#main"))
    keys.page.keyboard.press("Tab")
    assert keys.page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("page", ["treatment", "held", "visit"])
def test_every_stop_of_a_page_can_be_seen_on_a_phone(
    somebody: Callable[..., Visitor], site: Site, page: str
) -> None:
    keys, start = Keys(somebody(viewport=PHONE)), site.free()[0]
    ways = {
        "treatment": lambda: f"/treatments/{FACIAL}",
        "held": lambda: site.held(start),
        "visit": lambda: site.booked(start),
    }
    keys.visitor.open(ways[page]())

    keys.go_to("footer nav li:last-child a")


def test_errors_get_the_focus_and_lead_to_their_fields(keys: Keys, site: Site) -> None:
    keys.visitor.expect_status(422)
    keys.visitor.open(site.held(site.free()[0]))
    keys.visitor.confirm()
    summary = keys.page.get_by_role("alert")
    keys.visitor.has_focus(summary)
    expect(keys.page).to_have_title("Error: Your details · Larkmoss Skin Studio")

    for field in ("#name", "#email", "#phone", "#is_first_visit-0", "#screening", "#privacy"):
        summary.focus()
        keys.press("Enter", f"a[href='{field}']")
        keys.visitor.has_focus(keys.page.locator(field))
        expect(keys.page.locator(field)).to_be_in_viewport()


def test_who_books_for_someone_else_unfolds_the_field_for_their_name(
    keys: Keys, site: Site
) -> None:
    keys.visitor.open(site.held(site.free()[0]))
    expect(keys.page.locator("#other_name")).to_be_hidden()

    keys.press("Space", "#for_other")

    keys.type("#other_name", "Rosa Duarte")
    expect(keys.page.locator("#other_name")).to_have_value("Rosa Duarte")


def value_of(start: datetime) -> str:
    """The button of a time on the chosen day."""
    return f'.day button[value="{start.isoformat(timespec="minutes")}"]'
