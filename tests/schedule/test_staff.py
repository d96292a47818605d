"""The schedule's pages: the list without scripts, who sees whose day, what the page asks for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.booking import actions
from spa.database import transaction
from spa.models import Booking, Closure, Location
from tests import make
from tests.pages import Page, Pages
from tests.schedule.test_queries import block, change, counted

Staff = Callable[..., Pages]
Clock = Callable[[str], datetime]
THURSDAY = "2026-03-12"


def seen(pages: Pages, endpoint: str = "schedule.day", **values: Any) -> Page:
    return pages.get(endpoint, **{"day": THURSDAY} | values)


def json(pages: Pages, endpoint: str = "schedule.day_data", **values: Any) -> Any:
    return seen(pages, endpoint, **values).response.get_json()


def visit(page: Page, booking: Booking) -> str:
    """What the list says of a visit."""
    (line,) = page.all(f"li[id=visit-{booking.reference}]")
    return " ".join(line.text_content().split())


def test_the_list_names_everything_about_a_visit(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines", note="Cold hands")

    words = visit(seen(staff("reception")), booking)

    for said in ("10:00", "11:00", "Ana Duarte", "Facial", "Ines", "Room 1", "Booked", "New"):
        assert said in words
    assert "numbing to 10:30, Room 1 – practitioner free" in words
    assert "note from the client" in words


def test_the_list_leads_on(session: Session, studio: make.Studio, staff: Staff) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    pages = staff("reception")

    links = {link.get("href") for link in seen(pages).all("a")}

    back = pages.address("schedule.day", day=THURSDAY, by="practitioner")
    assert pages.address("desk.show", reference=booking.reference) in links
    assert pages.address("desk_move.move", reference=booking.reference, back=back) in links
    free = pages.address("desk_new.new", at="2026-03-12T11:00-04:00", **{"with": "ines"})
    assert free in links
    assert free.replace("11:00", "10:30") not in links


def test_one_tap_marks_a_visit_and_comes_back_here(
    session: Session, studio: make.Studio, staff: Staff, at: Clock
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 09:55")
    pages = staff("reception")
    path = pages.address("desk.change_state", reference=booking.reference)

    page = pages.post(path, seen(pages).fields(path) | {"to": "arrived"})

    assert page.path == pages.address("schedule.day")
    assert "Arrived" in visit(page, booking)


def test_a_visit_of_another_day_has_no_button_for_arriving(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    make.booked("2026-03-12 10:00")

    assert [b.text_content() for b in seen(staff("reception")).all("button[value=arrived]")] == []


def test_a_hold_is_named_with_its_time_left(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    hold = make.held("2026-03-12 10:00")

    words = visit(seen(staff("reception")), hold)

    assert "Somebody online" in words
    assert "Being booked online" in words
    assert "10 minutes left" in words


def test_cancelled_visits_are_folded_below(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    actions.cancel_booking(make.booked("2026-03-12 10:00").reference)

    page = seen(staff("reception"))

    assert "Nobody is booked." in page.text
    (folded,) = page.all("details[id=cancelled]")
    assert "Ana Duarte" in folded.text_content()
    assert "Cancelled by the client" in " ".join(folded.text_content().split())


def test_a_block_can_be_taken_away_from_the_list(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    block(studio, "2026-03-12 15:00", 60, studio.ines)

    page = seen(staff("reception"))

    assert "15:00–16:00 Meeting" in page.text
    assert page.tree.xpath("//a[contains(@href, '/staff/blocks/') and contains(., 'Remove')]")
    own = seen(staff("practitioner"))
    assert not own.tree.xpath("//a[contains(@href, '/staff/blocks/')]")


def test_money_is_shown_to_those_who_may_see_it(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    make.booked("2026-03-12 10:00")

    assert "$275 expected" in seen(staff("manager")).text
    assert "expected" not in seen(staff("reception")).text


def test_a_closed_day_says_so(session: Session, studio: make.Studio, staff: Staff) -> None:
    day = datetime(2026, 3, 12).date()
    with transaction() as inside:
        closed = Closure(location_id=studio.location_id, first_on=day, last_on=day, reason="Floors")
        inside.add(closed)

    assert "Closed: Floors" in seen(staff("reception")).text


def test_a_practitioner_sees_their_own_day_alone(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    own = make.booked("2026-03-12 10:00", practitioner="ines", name="Own Client")
    make.booked("2026-03-12 10:00", practitioner="maya", visitor="two", name="Other Client")
    pages = staff("practitioner")

    for by in ("practitioner", "room"):
        data = json(pages, by=by)
        assert [each["id"] for each in data["visits"]] == [own.reference]
        for endpoint in ("schedule.day", "schedule.day_list", "schedule.week"):
            path = pages.address(endpoint, day=THURSDAY, by=by)
            text = pages.client.get(path).get_data(as_text=True)
            assert "Own Client" in text
            assert "Other Client" not in text and "Maya" not in text
    assert [column["id"] for column in json(pages)["columns"]] == ["ines"]
    assert not [each for each in json(pages)["visits"] if "mayMove" in each]
    assert seen(pages, "schedule.week", person="maya").status == 404


def test_a_practitioner_who_gives_no_sessions_sees_nothing(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")
    pages = staff("practitioner", resource_id=None)

    assert json(pages)["visits"] == []
    assert "Nobody is booked." in seen(pages).text
    assert seen(pages, "schedule.week").status == 404


def test_another_place_is_not_seen(session: Session, studio: make.Studio, staff: Staff) -> None:
    make.booked("2026-03-12 10:00")
    pages = staff("reception")
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", name="Other"))
        inside.execute(sa.update(Booking).values(location_id=other.id))

    assert json(pages)["visits"] == []


@pytest.mark.parametrize(
    ("now", "title"),
    [("2026-03-10 12:00", "Tuesday 10 March"), ("2026-03-10 19:05", "Wednesday 11 March")],
)
def test_without_a_day_it_opens_on_the_one_worth_seeing(
    now: str, title: str, studio: make.Studio, staff: Staff, at: Clock
) -> None:
    at(now)

    assert staff("reception").get("schedule.day").tree.findtext(".//h1") == title


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_todays(day: str, studio: make.Studio, staff: Staff) -> None:
    pages = staff("reception")

    assert seen(pages, day=day).tree.findtext(".//h1") == "Tuesday 10 March"
    assert json(pages, day=day)["day"] == "2026-03-10"
    assert seen(pages, "schedule.week", day=day).status == 200


def test_the_tag_answers_only_when_something_is_new(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    pages = staff("reception")
    first = json(pages, "schedule.tag")["tag"]
    assert seen(pages, "schedule.tag", seen=first).status == 204

    make.booked("2026-03-12 10:00")

    again = seen(pages, "schedule.tag", seen=first)
    assert again.status == 200
    assert again.response.get_json()["tag"] == json(pages)["tag"] != first


def test_the_tag_answers_with_today_when_the_day_turned(
    studio: make.Studio, staff: Staff, at: Clock
) -> None:
    at("2026-03-10 23:59")
    pages = staff("reception")
    known = {"seen": json(pages, "schedule.tag")["tag"], "today": "2026-03-10"}
    assert seen(pages, "schedule.tag", **known).status == 204

    at("2026-03-11 00:00")

    answer = seen(pages, "schedule.tag", **known)
    assert answer.response.get_json() == {"tag": known["seen"], "today": "2026-03-11"}
    page = seen(pages, "schedule.day", day="2026-03-11")
    (grid,) = page.tree.xpath("//div[@id='schedule']")
    assert grid.get("data-today") == grid.get("data-day") == "2026-03-11"
    assert grid.get("data-tag-url").endswith("?today=2026-03-11")


def test_asking_for_news_keeps_no_session_alive(
    studio: make.Studio, staff: Staff, at: Clock, app: Flask
) -> None:
    pages = staff("reception")
    started = at("2026-03-10 09:00")
    for minutes in range(0, 60, 20):
        app.config["SPA_NOW"] = started + timedelta(minutes=minutes)
        for endpoint in (
            "schedule.tag",
            "schedule.day_data",
            "schedule.day_list",
            "morning.part",
        ):
            assert pages.client.get(pages.address(endpoint)).status_code == 200

    app.config["SPA_NOW"] = started + timedelta(minutes=61)
    headers = {"Accept": "application/json"}
    answer = pages.client.get(pages.address("schedule.tag"), headers=headers)

    assert answer.status_code == 401
    assert "sign_in" in answer.get_json()


def test_the_data_draws_the_day(session: Session, studio: make.Studio, staff: Staff) -> None:
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    block(studio, "2026-03-12 15:00", 60, studio.ines)

    data = json(staff("reception"))

    assert (data["from"], data["to"], data["offsets"]) == ("09:00", "19:00", [[0, "-04:00"]])
    assert [column["name"] for column in data["columns"]] == ["Ines", "Maya"]
    (drawn,) = data["visits"]
    assert (drawn["start"], drawn["end"]) == ("2026-03-12T10:00", "2026-03-12T11:00")
    assert (drawn["column"], drawn["state"], drawn["mayMove"]) == ("ines", "booked", True)
    assert drawn["id"] == booking.reference
    assert (drawn["pauses"], drawn["room"]) == ([["numb", 10, 30]], "Room 1")
    assert data["pauses"] == {"numb": "numbing to {until}, {room} – practitioner free"}
    assert [each["words"] for each in data["blocks"]] == ["Meeting"]
    behind = {(one["kind"], one["column"], one["start"][11:]) for one in data["behind"]}
    assert ("break", "maya", "13:00") in behind


def test_the_rooms_show_when_they_are_cleaned(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    make.booked("2026-03-12 10:00", practitioner="ines")

    data = json(staff("reception"), by="room")

    assert [column["id"] for column in data["columns"]] == ["room-1", "room-2"]
    assert data["visits"][0]["column"] in {"room-1", "room-2"}
    (cleaning,) = [one for one in data["behind"] if one["kind"] == "cleaning"]
    assert (cleaning["start"][11:], cleaning["end"][11:]) == ("11:00", "11:15")


@pytest.mark.parametrize(
    ("day", "offsets", "starts_at", "drawn"),
    [
        (
            "2026-03-08",
            [[0, "-05:00"], [180, "-04:00"]],
            "2026-03-08T01:30-05:00",
            ("01:30", "03:30"),
        ),
        (
            "2026-11-01",
            [[0, "-04:00"], [120, "-05:00"]],
            "2026-11-01T01:30-04:00",
            ("01:30", "02:30"),
        ),
        (
            "2026-11-01",
            [[0, "-04:00"], [120, "-05:00"]],
            "2026-11-01T00:30-04:00",
            ("00:30", "01:30"),
        ),
    ],
)
def test_the_days_on_which_clocks_change_are_drawn_right(
    day: str,
    offsets: list[list[Any]],
    starts_at: str,
    drawn: tuple[str, str],
    session: Session,
    studio: make.Studio,
    staff: Staff,
    at: Clock,
) -> None:
    at(f"{day} 00:00")
    booking = make.booked(f"{day} 10:00")
    start = datetime.fromisoformat(starts_at)
    change(booking, starts_at=start, ends_at=start + timedelta(hours=1))
    pages = staff("reception")

    data = json(pages, day=day)

    assert data["offsets"] == offsets
    assert [(each["start"][11:], each["end"][11:]) for each in data["visits"]] == [drawn]
    assert [one["start"][11:] for one in data["behind"] if one["kind"] == "break"] == ["13:00"] * 2
    assert drawn[0] in visit(seen(pages, day=day), booking)


@pytest.mark.parametrize("endpoint", ["schedule.day_data", "schedule.day", "schedule.tag"])
def test_a_page_asks_a_fixed_number_of_questions(
    endpoint: str, session: Session, studio: make.Studio, staff: Staff
) -> None:
    pages = staff("reception")
    make.booked("2026-03-12 10:00", note="First")
    seen(pages, endpoint)
    with counted() as few:
        seen(pages, endpoint)
    for number, hour in enumerate(("11:30", "14:00", "15:30")):
        for who in ("ines", "maya"):
            about = {"email": f"{who}{number}@example.com", "visitor": f"{who} {number}"}
            make.booked(f"2026-03-12 {hour}", practitioner=who, **about)
    with counted() as many:
        seen(pages, endpoint)

    assert len(few) == len(many) <= 12


def test_the_week_shows_one_person(session: Session, studio: make.Studio, staff: Staff) -> None:
    make.booked("2026-03-12 10:00", practitioner="maya", name="Week Client")
    pages = staff("reception")

    page = seen(pages, "schedule.week", person="maya")

    assert "Maya, Mon 9 Mar – Sun 15 Mar" in page.text
    assert "Week Client" in page.text
    assert "Week Client" not in seen(pages, "schedule.week", person="ines").text
    assert seen(pages, "schedule.week", person="nobody").status == 404


def test_the_drawn_calendar_is_fetched_only_where_it_is_drawn(
    studio: make.Studio, staff: Staff
) -> None:
    page = seen(staff("reception"))

    scripts = [one.get("src") for one in page.all("script")]
    assert not [one for one in scripts if "event-calendar" in one]
    preloads = [link for link in page.all("link") if "event-calendar" in link.get("href")]
    assert all("min-width" in link.get("media") for link in preloads)
    (place,) = page.all("div[id=schedule]")
    assert place.get("data-script").startswith("/static/built/vendor/event-calendar")


def test_somebody_who_belongs_to_no_place_gets_the_first(
    session: Session, studio: make.Studio, staff: Staff
) -> None:
    with transaction() as inside:
        make.add(inside, make.location(slug="other", name="Other"))
        assert inside.scalar(sa.select(sa.func.count(Location.id))) == 2

    assert seen(staff("owner", location_id=None)).status == 200
