"""The studio read by programs: shapes, refusals, and the hours when clocks change."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Location, OpeningHours, Resource, Shift, Treatment
from tests import make

Clock = Callable[[str], datetime]
MENU = "/api/v1/treatments"
TIMES = "/api/v1/treatments/facial/free-times"


@pytest.fixture
def client(app: Flask, studio: make.Studio) -> FlaskClient:
    """A program that reads."""
    return app.test_client()


def free(client: FlaskClient, path: str = TIMES, **query: Any) -> list[dict[str, str]]:
    """The free times that are told for this question."""
    answer = client.get(path, query_string={"from": "2026-03-12", "days": 1} | query)
    assert answer.status_code == 200, answer.text
    assert list(answer.get_json()) == ["free_times"]
    times: list[dict[str, str]] = answer.get_json()["free_times"]
    return times


def clocks(times: list[dict[str, str]]) -> list[str]:
    """The local hours of day among free times."""
    return [time["local"][11:16] for time in times]


def test_the_menu_has_five_keys_a_line_in_the_order_of_the_menu(client: FlaskClient) -> None:
    answer = client.get(MENU)

    assert answer.mimetype == "application/json"
    assert answer.json == {
        "treatments": [
            {
                "slug": "facial",
                "name": "Facial",
                "minutes": 60,
                "price_minor": 27500,
                "currency": "USD",
            },
            {"slug": "check", "name": "Check", "minutes": 15, "price_minor": 0, "currency": "USD"},
        ]
    }


def test_the_menu_leaves_out_what_is_archived(
    client: FlaskClient, studio: make.Studio, session: Session
) -> None:
    with transaction() as inside:
        inside.execute(
            sa.update(Treatment)
            .where(Treatment.id == studio.check)
            .values(archived_at=make.moment("2026-03-01 00:00"))
        )

    assert [line["slug"] for line in client.get(MENU).get_json()["treatments"]] == ["facial"]
    assert client.get(f"{MENU}/check/free-times?from=2026-03-12&days=1").status_code == 404


def test_a_place_that_has_not_opened_offers_nothing(client: FlaskClient, session: Session) -> None:
    with transaction() as inside:
        inside.execute(sa.update(Location).values(opened_at=None))

    assert client.get(MENU).json == {"treatments": []}
    assert client.get(f"{TIMES}?from=2026-03-12&days=1").status_code == 404


def test_a_free_time_has_four_keys(client: FlaskClient) -> None:
    assert free(client)[0] == {
        "starts_at": "2026-03-12T13:00:00Z",
        "ends_at": "2026-03-12T14:00:00Z",
        "local": "2026-03-12T09:00:00-04:00",
        "practitioner": "ines",
    }


def test_each_start_is_told_once_and_in_order(client: FlaskClient) -> None:
    starts = [time["starts_at"] for time in free(client, days=3)]

    assert starts == sorted(set(starts))
    assert {start[:10] for start in starts} == {"2026-03-12", "2026-03-13", "2026-03-14"}


def test_the_last_hour_before_closing_is_told_and_none_over_lunch(client: FlaskClient) -> None:
    told = clocks(free(client))

    assert told[-1] == "18:00"
    assert "12:30" not in told and "13:15" not in told
    assert {"12:00", "13:30"} <= set(told)


def test_what_is_booked_is_not_told(client: FlaskClient) -> None:
    make.booked()
    make.booked(visitor="two", email="bea@example.com")

    assert not {"09:15", "10:00", "11:00"} & set(clocks(free(client)))


def test_one_practitioner_can_be_asked_for(client: FlaskClient) -> None:
    make.booked(practitioner="ines")

    everyone, ines = free(client), free(client, practitioner="ines")

    assert {time["practitioner"] for time in ines} == {"ines"}
    assert "10:00" in clocks(everyone) and "10:00" not in clocks(ines)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "from"),
        ("days=1", "from"),
        ("from=&days=1", "from"),
        ("from=tomorrow&days=1", "from"),
        ("from=2026-02-29&days=1", "from"),
        ("from=2026-3-1&days=1", "from"),
        ("from=20260312&days=1", "from"),
        ("from=2026-W11-4&days=1", "from"),
        ("from=0001-01-01&days=1", "from"),
        ("from=9999-12-31&days=1", "from"),
        ("from=2026-03-12T00:00&days=1", "from"),
        ("from=2026-03-12%00&days=1", "from"),
        ("from=%FF%FE&days=1", "from"),
        ("from=２０２６-03-12&days=1", "from"),
        ("from=2026-03-12", "days"),
        ("from=2026-03-12&days=", "days"),
        ("from=2026-03-12&days=0", "days"),
        ("from=2026-03-12&days=63", "days"),
        ("from=2026-03-12&days=-1", "days"),
        ("from=2026-03-12&days=%2B1", "days"),
        ("from=2026-03-12&days=1.5", "days"),
        ("from=2026-03-12&days=one", "days"),
        ("from=2026-03-12&days=٣", "days"),
        ("from=2026-03-12&days=%00", "days"),
        (f"from=2026-03-12&days={'9' * 5000}", "days"),
    ],
)
def test_a_question_that_cannot_be_read_is_a_400_that_names_the_parameter(
    query: str, parameter: str, client: FlaskClient
) -> None:
    answer = client.get(f"{TIMES}?{query}")

    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)
    assert answer.get_json()["error"].startswith(f"{parameter}: ")
    assert len(answer.get_json()["error"]) < 100


@pytest.mark.parametrize("slug", ["unknown", "%00", "%FF", "x" * 5000, "💆", "facial%20"])
def test_an_unknown_treatment_is_a_404(slug: str, client: FlaskClient) -> None:
    answer = client.get(f"{MENU}/{slug}/free-times?from=2026-03-12&days=1")

    assert (answer.status_code, set(answer.get_json())) == (404, {"error"})


@pytest.mark.parametrize("name", ["nobody", "%00", "%FF", "x" * 5000, "💆", "Ines"])
def test_an_unknown_practitioner_is_a_404(name: str, client: FlaskClient) -> None:
    assert client.get(f"{TIMES}?from=2026-03-12&days=1&practitioner={name}").status_code == 404


def test_a_practitioner_who_is_named_by_nobody_is_anyone(client: FlaskClient) -> None:
    assert free(client, practitioner="") == free(client)


@pytest.mark.parametrize("first_on", ["2000-01-01", "2026-03-09", "2026-09-07", "2200-12-31"])
def test_days_that_are_past_or_far_have_nothing_free(first_on: str, client: FlaskClient) -> None:
    assert free(client, **{"from": first_on}) == []


def test_the_last_day_of_the_horizon_has_free_times_and_the_next_has_none(
    client: FlaskClient,
) -> None:
    assert free(client, **{"from": "2026-09-06"})
    assert {t["local"][:10] for t in free(client, days=62, **{"from": "2026-09-01"})} == {
        f"2026-09-0{day}" for day in range(1, 7)
    }


def test_a_question_that_began_in_the_past_is_answered_from_today(client: FlaskClient) -> None:
    times = free(client, days=62, **{"from": "2026-02-01"})

    assert times[0]["local"] == "2026-03-10T11:00:00-04:00"


def test_the_longest_question_is_answered(client: FlaskClient) -> None:
    assert len({time["local"][:10] for time in free(client, days=62)}) == 62


def test_nine_oclock_stays_nine_when_the_clocks_change(client: FlaskClient, at: Clock) -> None:
    at("2026-03-06 09:00")

    times = free(client, days=3, **{"from": "2026-03-07"})
    first = {time["local"][:10]: time for time in reversed(times)}

    assert [
        (first[day]["local"], first[day]["starts_at"])
        for day in ("2026-03-07", "2026-03-08", "2026-03-09")
    ] == [
        ("2026-03-07T09:00:00-05:00", "2026-03-07T14:00:00Z"),
        ("2026-03-08T09:00:00-04:00", "2026-03-08T13:00:00Z"),
        ("2026-03-09T09:00:00-04:00", "2026-03-09T13:00:00Z"),
    ]


def open_at_night(session: Session, studio: make.Studio, day: date) -> None:
    """Ines works and the place is open from one to five in the morning of one day."""
    night = {"on_date": day, "from_minute": 60, "to_minute": 300}
    with transaction() as inside:
        inside.add(OpeningHours(location_id=studio.location_id, **night))
        inside.add(Shift(resource_id=studio.ines, **night))
        inside.execute(
            sa.update(Resource)
            .where(Resource.id == studio.maya)
            .values(archived_at=day_before(day))
        )


def day_before(day: date) -> datetime:
    """Some moment before that day."""
    return make.moment(f"{day.year}-01-01 00:00")


def test_an_hour_that_does_not_exist_is_never_told(
    client: FlaskClient, session: Session, studio: make.Studio, at: Clock
) -> None:
    at("2026-03-06 09:00")
    open_at_night(session, studio, date(2026, 3, 8))

    times = free(client, path=f"{MENU}/check/free-times", **{"from": "2026-03-08"})

    assert not [clock for clock in clocks(times) if clock.startswith("02")]
    assert (clocks(times)[0], clocks(times)[-1]) == ("01:00", "04:45")
    assert [t["starts_at"][11:16] for t in times][3:5] == ["06:45", "07:00"]


def test_an_hour_that_happens_twice_is_told_once(
    client: FlaskClient, session: Session, studio: make.Studio, at: Clock
) -> None:
    at("2026-10-30 09:00")
    open_at_night(session, studio, date(2026, 11, 1))

    times = free(client, path=f"{MENU}/check/free-times", **{"from": "2026-11-01"})
    ones = [time for time in times if time["local"][11:13] == "01"]

    assert [time["local"][11:] for time in ones] == [
        "01:00:00-04:00",
        "01:15:00-04:00",
        "01:30:00-04:00",
        "01:45:00-04:00",
    ]


def test_what_is_told_can_be_booked(client: FlaskClient) -> None:
    for number, time in enumerate(free(client)[::7]):
        start = datetime.fromisoformat(time["starts_at"])
        hold = make.actions.hold_slot("facial", start, visitor=str(number))

        assert hold.starts_at == start


def test_programs_get_the_same_safe_headers(client: FlaskClient) -> None:
    answer = client.get(MENU)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
