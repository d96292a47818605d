"""Tests of spa.clients.shown: what a file says, and to whom."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import Client
from tests import make
from tests.pages import Pages

Staff = Callable[..., Pages]


@pytest.mark.parametrize(
    ("role", "is_shown"), [("manager", True), ("reception", False), ("practitioner", False)]
)
def test_what_a_visit_cost_is_for_who_may_see_money(
    role: str, is_shown: bool, staff: Staff, studio: make.Studio
) -> None:
    client_id = make.booked(practitioner="ines").client_id

    page = staff(role).get("clients.show", client_id=client_id)

    assert ("· $275" in page.text) is is_shown


@pytest.mark.parametrize(
    ("email", "phone", "why"),
    [
        ("ana@example.com", "+12125550199", "same email: ana@example.com"),
        ("bo@example.com", "+12125550111", "same phone: (212) 555-0111"),
        (
            "ana@example.com",
            "+12125550111",
            "same email and phone: ana@example.com, (212) 555-0111",
        ),
    ],
)
def test_both_files_say_what_the_two_share(
    email: str, phone: str, why: str, staff: Staff, session: Session, studio: make.Studio
) -> None:
    first = make.booked().client_id
    second = make.booked("2026-03-13 10:00", visitor="b", name="Bo", email=email, phone=phone)

    for number in (first, second.client_id):
        page = staff("reception").get("clients.show", client_id=number)
        assert why in page.text
        assert "Compare" not in page.text
    assert why in staff("manager").get("merge.merge", client_id=first).text


def test_two_that_share_nothing_any_more_say_so(
    staff: Staff, session: Session, studio: make.Studio
) -> None:
    first = make.booked().client_id
    second = make.booked("2026-03-13 10:00", visitor="b", name="Bo", email="bo@example.com")
    with transaction() as inside:
        about = sa.update(Client).where(Client.id == second.client_id)
        inside.execute(about.values(phone="+12125550155"))

    page = staff("reception").get("clients.show", client_id=first)

    assert "had the same email or phone when the record was made" in page.text
