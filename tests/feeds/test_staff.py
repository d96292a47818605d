"""Tests of spa.feeds.staff: who may have which calendar, and replacing its address."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.models import AuditEntry, Location, Resource
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]


def press(desk: Pages, endpoint: str, **values: str) -> Page:
    """A button of the page of calendars."""
    page = desk.get("calendars.index")
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    fields = {"csrf_token": token}
    if values.pop("is_on", ""):
        fields["is_on"] = "y"
    return desk.post(desk.address(endpoint, **values), fields)


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("practitioner", ["Your own visits"]),
        ("owner", ["Everyone's visits"]),
        ("reception", []),
        ("manager", []),
    ],
)
def test_everyone_sees_the_calendars_that_are_theirs(
    role: str, titles: list[str], staff: Staff
) -> None:
    page = staff(role).get("calendars.index")

    found = [title.text_content() for title in page.all("h2")]
    assert [title for title in found if "visits" in title] == titles


def test_a_practitioner_makes_an_address_and_replaces_it(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    ines = staff("practitioner")
    press(ines, "calendars.make", kind="person")
    (first,) = ines.get("calendars.index").tree.xpath("//input[@readonly]/@value")

    press(ines, "calendars.make", kind="person")

    (second,) = ines.get("calendars.index").tree.xpath("//input[@readonly]/@value")
    assert first != second
    assert ines.client.get(first).status_code == 404
    assert ines.client.get(second).status_code == 200
    events = session.scalars(sa.select(AuditEntry.event)).all()
    assert events.count("feed.made") == 2


def test_taking_an_address_away_leaves_none(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    ines = staff("practitioner")
    press(ines, "calendars.make", kind="person")

    press(ines, "calendars.end", kind="person")

    assert not ines.get("calendars.index").tree.xpath("//input[@readonly]")
    assert session.get_one(Resource, studio.ines).feed_version < 0


@pytest.mark.parametrize("role", ["practitioner", "reception", "manager"])
def test_only_the_owner_has_the_studios(role: str, staff: Staff, session: Session) -> None:
    desk = staff(role)
    token = desk.get("accounts.account").tree.xpath("//input[@name='csrf_token']/@value")[0]

    answer = desk.client.post("/staff/calendars/place/address", data={"csrf_token": token})
    names = desk.client.post("/staff/calendars/names", data={"csrf_token": token, "is_on": "y"})

    assert (answer.status_code, names.status_code) == (404, 403)
    assert session.scalar(sa.select(Location.feed_version)) == 0


def test_the_owner_lets_calendars_name_clients_and_stops_it(staff: Staff, session: Session) -> None:
    owner = staff("owner")

    press(owner, "calendars.names", is_on="y")
    session.expire_all()
    assert session.scalar(sa.select(Location.feeds_name_clients)) is True

    press(owner, "calendars.names")
    session.rollback()
    assert session.scalar(sa.select(Location.feeds_name_clients)) is False
