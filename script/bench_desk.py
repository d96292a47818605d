"""The desk that is measured: a full day of many people, many clients, and somebody signed in."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from script import bench_studio as studios
from script.bench_servers import SECRET, Site
from spa import create_app
from spa.accounts import actions
from spa.database import db, transaction
from spa.domain.finding import words_of
from spa.models import Client, ClientWord, StaffMember

FULL_DAY = studios.TODAY + timedelta(days=1)
FIRST = (
    "Ana Bea Cem Dora Emil Fay Gus Hana Ida Jan Kim Lena Mara Nils Olga Pia Quinn Rosa Sam Tara "
    "Uma Vera Wim Xenia Yara Zoe Aisha Bruno Carla Diego Elif Farid Gita Hugo Ines Jonas Kofi "
    "Lucia Mei Noor Omar Priya Rafael Sofia Tomas Ursula Victor Wanda Yusuf Zara"
).split()
LAST = (
    "Abel Berger Castro Duarte Evans Fischer Gomez Hansen Ivanov Jensen Keller Lopez Moreau "
    "Novak Okafor Petrov Quist Rossi Santos Tanaka Ueda Vargas Weber Xu Young Zimmer Alder Brandt "
    "Conti Dubois Eriksen Ferrari Gupta Haddad Iqbal Jung Klein Lind Marchetti Nguyen Osei Park "
    "Raman Silva Torres Ulrich Vogel Whitlock Yilmaz Zhang"
).split()


def signed_in(database: str, folder: Path) -> str:
    """The cookie of a manager at the first place, who is made if need be."""
    app = _app(database, folder)
    with app.app_context():
        with transaction() as session:
            member = session.scalar(sa.select(StaffMember).limit(1))
            if member is None:
                member = StaffMember(
                    location_id=1, name="Bench", email="desk@example.com", role="manager",
                    created_at=studios.NOW, joined_at=studios.NOW,
                )  # fmt: skip
                session.add(member)
                session.flush()
        key = actions.open_session(member.id)
        db.engine.dispose()
    serializer = app.session_interface.get_signing_serializer(app)
    return f"session={serializer.dumps({'staff': key})}"


def write_clients(database: str, count: int) -> None:
    """So many more clients, each with the words they are found by."""
    engine = sa.create_engine(database)
    dice = random.Random(2)
    with engine.begin() as connection:
        first = (connection.scalar(sa.select(sa.func.max(Client.id))) or 0) + 1
        for start in range(first, first + count, 2000):
            people = [_person(number, dice) for number in range(start, start + 2000)]
            connection.execute(sa.insert(Client), people)
            connection.execute(sa.insert(ClientWord), list(_words(people)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _person(number: int, dice: random.Random) -> dict[str, Any]:
    first, last = dice.choice(FIRST), f"{dice.choice(LAST)}{dice.choice(('', '', '-Lee', ' Roy'))}"
    return {
        "id": number,
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{number}@example.com".lower().replace(" ", ""),
        "phone": f"+1212{number:07d}",
        "language": "en",
        "created_at": studios.NOW,
        "books_by_phone": False,
    }


def _words(people: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for person in people:
        for word in sorted(words_of(person["name"], person["email"], person["phone"])):
            yield {"word": word, "client_id": person["id"]}


def _app(database: str, folder: Path) -> Any:
    return create_app(
        {
            "SQLALCHEMY_DATABASE_URI": database,
            "SPA_NOW": studios.NOW,
            "SECRET_KEY": SECRET,
            "TESTING": True,
        },
        folder,
    )


def seconds_to_draw(chromium: Browser, site: Site, cookie: str, visits: int) -> float:
    """From asking for the day until every visit of it is drawn and can be reached, in seconds."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{site.port}"}])
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{site.port}/staff/schedule?day={FULL_DAY}")
        drawn = page.locator(".ec-event a[href], a.ec-event[href]")
        expect(drawn).to_have_count(visits, timeout=20_000)
        measured: float = page.evaluate("performance.now()")
        return measured / 1000
    finally:
        context.close()
