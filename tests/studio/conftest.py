"""The owner of an installation that has no studio yet."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions as accounts
from spa.database import transaction
from spa.domain.roles import Actor, Role
from tests import make
from tests.pages import Pages


@pytest.fixture
def owner(app: Flask, session: Session) -> Actor:
    """Nora, whom create-owner has let in."""
    with transaction() as inside:
        member = make.staff(inside, "owner", name="Nora Lind", location_id=None)
    return Actor(member.id, member.name, member.email, Role.OWNER)


@pytest.fixture
def nora(app: Flask, owner: Actor) -> Pages:
    """Her browser, signed in."""
    key = accounts.open_session(owner.id)
    pages = Pages(app)
    with pages.client.session_transaction() as cookie:
        cookie["staff"] = key
    return pages
