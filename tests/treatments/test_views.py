"""The public pages around booking: home, menu, treatment, policies, privacy."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.booking.actions import PRIVACY_VERSION
from spa.database import transaction
from spa.models import Closure, Location, OpeningHours, Resource, Treatment, TreatmentWords
from tests import make
from tests.pages import Pages

Clock = Callable[[str], datetime]


def test_home_names_the_next_free_hour_and_leads_to_it(pages: Pages) -> None:
    page = pages.get("treatments.home")

    assert "Tue 10 Mar, 11:00 with Ines" in page.text
    (link,) = page.tree.xpath("//a[contains(text(), 'Find a free hour')]/@href")
    assert pages.open(link).path == "/booking/facial"


def test_home_stands_when_nothing_is_free(pages: Pages, session: Session) -> None:
    with transaction() as inside:
        place = inside.scalars(sa.select(Location.id)).one()
        inside.add(Closure(location_id=place, first_on=date(2026, 1, 1), last_on=date(2027, 1, 1)))

    page = pages.get("treatments.home")

    assert (page.status, "Next free:" in page.text) == (200, False)


def test_home_stands_with_an_empty_menu(pages: Pages, session: Session) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Treatment).values(archived_at=make.moment("2026-01-01 00:00")))

    assert pages.get("treatments.home").status == 200
    assert pages.get("treatments.index").status == 200


def test_the_menu_has_names_lengths_prices_and_links(pages: Pages) -> None:
    page = pages.get("treatments.index")

    for words in ("Facial", "60", "$275", "Check", "15", "Free"):
        assert words in page.text
    assert {"/treatments/facial", "/treatments/check"} <= set(page.tree.xpath("//a/@href"))


def test_what_is_archived_is_gone_from_the_menu_and_its_page(
    pages: Pages, session: Session, studio: make.Studio
) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Treatment)
            .where(Treatment.id == studio.check)
            .values(archived_at=make.moment("2026-01-01 00:00"))
        )

    assert "Check" not in pages.get("treatments.index").tree.xpath("string(//main)")
    assert pages.get("treatments.show", slug="check").status == 404


def test_a_treatment_is_shown_with_its_hour_its_people_and_its_next_times(pages: Pages) -> None:
    page = pages.get("treatments.show", slug="facial")

    for words in ("Facial", "60 minutes", "$275", "Ines", "Maya", "Numb", "Settle", "pregnant"):
        assert words in page.text
    times = page.tree.xpath("//form//button[@name='at']/@value")
    assert times == [f"2026-03-10T{clock}-04:00" for clock in ("11:00", "12:00", "13:30")]
    assert "/booking/facial" in page.tree.xpath("//a/@href")


def test_a_time_on_the_treatments_own_page_holds_it(pages: Pages) -> None:
    page = pages.get("treatments.show", slug="facial")
    fields = page.fields("/hold")

    held = pages.post("/booking/facial/hold", fields | {"at": "2026-03-10T11:00-04:00"})

    assert held.path.startswith("/booking/held/")


def test_a_check_has_no_word_about_needles_healing(pages: Pages) -> None:
    page = pages.get("treatments.show", slug="check")

    assert "Not for you now if" not in page.text
    assert not page.tree.xpath("//*[@id='not-now']")


def test_a_treatment_with_nothing_free_says_so(pages: Pages, session: Session) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Resource)
            .where(Resource.kind == "room")
            .values(archived_at=make.moment("2026-01-01 00:00"))
        )

    page = pages.get("treatments.show", slug="facial")

    assert "Nothing is free in the coming weeks." in page.text


@pytest.mark.parametrize("slug", ["nothing", "FACIAL", "%00", "💆", "x" * 5000, "facial%0a"])
def test_an_unknown_treatment_is_a_404(slug: str, pages: Pages) -> None:
    assert pages.client.get(f"/treatments/{slug}").status_code == 404


def test_the_policies_tell_the_rules_of_this_house(pages: Pages, session: Session) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Location).values(
                cut_off_hours=72, grace_minutes=20, online_moves=1, coming_visits=5, hold_minutes=7
            )
        )

    text = pages.get("treatments.policies").text

    for words in (
        "Up to 72 hours before your visit",
        "20 minutes after booking",
        "moved online 1 time.",
        "from 2 hours ahead up to 180 days ahead",
        "held for 7 minutes",
        "5 coming visits",
    ):
        assert words in text, words


def test_the_privacy_notice_names_its_version(pages: Pages) -> None:
    assert f"Version {PRIVACY_VERSION}" in pages.get("treatments.privacy").text


def test_every_page_has_the_studios_address_hours_phone_and_mail(pages: Pages) -> None:
    for endpoint in ("home", "index", "policies", "privacy"):
        page = pages.get(f"treatments.{endpoint}")
        footer = " ".join(page.tree.xpath("string(//footer)").split())
        assert "1 Test Street" in footer and "New York, NY 10001" in footer
        assert "Mon–Sun" in footer and "9:00–19:00" in footer.replace("09:00", "9:00")
        assert page.tree.xpath("//footer//a/@href[starts-with(., 'tel:')]") == ["tel:+12125550100"]
        assert "mailto:hello@example.com" in page.tree.xpath("//footer//a/@href")


def test_the_week_is_told_in_few_lines(pages: Pages, session: Session) -> None:
    with transaction() as inside:
        inside.execute(sa.delete(OpeningHours).where(OpeningHours.weekday.in_((0, 6))))
        inside.execute(
            sa.update(OpeningHours).where(OpeningHours.weekday == 3).values(to_minute=21 * 60)
        )

    lines = pages.get("treatments.home").tree.xpath("//footer//dt/text()")

    assert lines == ["Tue–Wed", "Thu", "Fri–Sat"]


def test_words_that_staff_wrote_are_shown_as_they_are(
    pages: Pages, session: Session, studio: make.Studio
) -> None:
    words = {"name": "Gesicht & <b>Hals</b>", "summary": "Für „alle“", "about": "Eins.\n\nZwei."}
    with transaction() as inside:
        inside.execute(
            sa.update(TreatmentWords)
            .where(TreatmentWords.treatment_id == studio.facial)
            .values(**words)
        )

    page = pages.get("treatments.show", slug="facial")

    assert page.all("h1")[0].text_content().strip() == "Gesicht & <b>Hals</b>"
    assert {"Eins.", "Zwei."} <= {p.text for p in page.all("p")}


@pytest.mark.parametrize("path", ["/treatments/", "/booking/facial/", "/policies/"])
def test_a_slash_too_many_is_no_error_of_ours(path: str, pages: Pages) -> None:
    assert pages.open(path).status in {200, 404}
