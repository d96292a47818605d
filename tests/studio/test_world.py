"""Countries, zones, currencies and languages to choose from."""

from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from spa.studio import world


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        (" New York ", "America/New_York"),
        ("berlin", "Europe/Berlin"),
        ("utc", "UTC"),
        ("Atlantis", ""),
        ("", ""),
        ("../etc/passwd", ""),
        ("x" * 3000, ""),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(typed: str, zone: str, app: Flask) -> None:
    with app.test_request_context():
        assert world.zone_named(typed) == zone


def test_every_country_has_a_zone_and_a_currency_to_propose(app: Flask) -> None:
    with app.test_request_context():
        currencies = dict(world.currencies())
        for code, name in world.countries():
            assert ZoneInfo(world.guessed_zone(code)), name
            assert world.guessed_currency(code) in currencies, name


@pytest.mark.parametrize(
    ("country", "zone", "currency"),
    [
        ("US", "America/New_York", "USD"),
        ("DE", "Europe/Berlin", "EUR"),
        ("GB", "Europe/London", "GBP"),
        ("JP", "Asia/Tokyo", "JPY"),
    ],
)
def test_what_is_proposed_is_what_most_people_there_use(
    country: str, zone: str, currency: str, app: Flask
) -> None:
    with app.test_request_context():
        assert (world.guessed_zone(country), world.guessed_currency(country)) == (zone, currency)


@pytest.mark.parametrize(
    ("spoken", "country"),
    [(["de-AT", "en"], "AT"), (["en", "en-GB"], "GB"), (["en"], "US"), ([], "US"), (["*"], "US")],
)
def test_a_country_is_guessed_from_what_a_browser_speaks(
    spoken: list[str], country: str, app: Flask
) -> None:
    with app.test_request_context():
        assert world.guessed_country(spoken) == country
