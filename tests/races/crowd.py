"""Many processes at once: `python -m tests.races.crowd URL FOLDER`, a race for each line read."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import config
from spa.audit import queries as audit
from spa.booking import actions, desk_actions, move_actions, state_actions
from spa.booking import queries as booking_queries
from spa.booking.desk_actions import Wanted
from spa.booking.matching import Person
from spa.database import db
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus as S
from spa.errors import LeavesStranded, Refusal, SlotTaken
from spa.models import TimeOff
from spa.schedule import actions as schedule_actions
from spa.schedule import settle_actions
from spa.schedule.changes import Entry
from tests import make

Step = dict[str, Any]
KIM = Actor(1, "Kim Okafor", "kim@example.com", Role.MANAGER, location_id=1)
"""Whoever does things at the desk in a race: the first member of staff, at the first place."""


class Crowd:
    """Starts once, because loading the program takes longer than a race."""

    def __init__(self, app: Flask) -> None:
        """A process that waits for races on the database of this application."""
        self.app = app
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                __name__,
                app.config["SQLALCHEMY_DATABASE_URI"],
                app.instance_path,
            ],
            cwd=config.ROOT,
            env=os.environ | {"PYTHONPATH": str(config.ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def race(self, crowd: list[list[Step]]) -> list[list[str]]:
        """Let as many processes as there are lists do their steps at once: what came of each."""
        db.session.rollback()
        plan = {"now": self.app.config["SPA_NOW"].isoformat(), "crowd": crowd}
        print(json.dumps(plan), file=self._pipe("stdin"), flush=True)
        found: list[list[str]] = json.loads(self._pipe("stdout").readline())
        return found

    def stop(self) -> None:
        """Nothing more to race."""
        self.process.communicate()

    def _pipe(self, name: str) -> IO[str]:
        return cast("IO[str]", getattr(self.process, name))


def outcomes(results: list[list[str]]) -> Counter[str]:
    """How often each thing came of a step."""
    return Counter(result for steps in results for result in steps)


def attempt(act: Callable[[], Any]) -> str:
    """What came of it: done, a polite no by its name, or an error by its name and words."""
    try:
        act()
    except Refusal as no:
        return type(no).__name__
    except Exception as error:
        return f"error {type(error).__name__}: {error}"
    return "done"


def act(app: Flask, step: Step) -> str:
    """Do one step."""
    kind = step["do"]
    if kind == "wait":
        app.config["SPA_NOW"] += timedelta(minutes=step["minutes"])
        return "waited"
    if kind == "chaos":
        return chaos(app, step)
    if kind == "desk":
        return busy_desk(app, step)
    if kind == "rota":
        return restless_rota(step)
    at = datetime.fromisoformat(step["at"]) if "at" in step else None
    who = {"practitioner": step.get("practitioner", "")}
    jobs: dict[str, Callable[[], Any]] = {
        "hold": lambda: actions.hold_slot(
            step.get("slug", "facial"), at or datetime.min, visitor=step["visitor"], **who
        ),
        "confirm": lambda: actions.confirm_booking(
            step["reference"], make.details(**step.get("details", {}))
        ),
        "move": lambda: actions.move_booking(step["reference"], at or datetime.min, **who),
        "desk move": lambda: move_actions.move_at_desk(
            step["reference"], at or datetime.min, actor=KIM, seen=step.get("seen"), **who
        ),
        "cancel": lambda: actions.cancel_booking(step["reference"]),
        "keep": lambda: actions.keep_hold(step["reference"]),
        "release": lambda: actions.release_hold(step["reference"]),
    }
    return attempt(jobs[kind])


def chaos(app: Flask, step: Step) -> str:
    """Hold, confirm, move, cancel and let holds end, at random; every error by name, or none."""
    dice, mine, said = random.Random(step["seed"]), list[str](), list[str]()
    for number in range(step["count"]):
        hour = make.moment(f"2026-03-{dice.choice((12, 13))} {dice.choice(range(9, 18)):02}:00")
        start = hour + timedelta(minutes=dice.choice((0, 15, 30, 45)))
        slug, who = dice.choice(("facial", "facial", "check")), dice.choice(("", "ines", "maya"))
        what = dice.choice(("hold", "hold", "confirm", "confirm", "move", "cancel", "wait"))
        reference = dice.choice(mine) if mine else ""
        if what == "hold" or not mine:
            visitor = f"{step['seed']}-{number}"

            def hold() -> None:
                made = actions.hold_slot(slug, start, visitor=visitor, practitioner=who)  # noqa: B023
                mine.append(made.reference)

            said.append(attempt(hold))
        elif what == "wait":
            said.append(act(app, {"do": "wait", "minutes": 4}))
        else:
            email = f"guest{step['seed']}-{number}@example.com"
            about = {"at": start.isoformat(), "practitioner": who, "details": {"email": email}}
            said.append(act(app, {"do": what, "reference": reference} | about))
    return "; ".join(sorted({result for result in said if result.startswith("error")})) or "calm"


@dataclass(frozen=True)
class Away:
    """Somebody is away from one hour of a day to another."""

    location_id: int
    resource_id: int
    on: date
    from_minute: int
    to_minute: int

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write the time off; only what is recorded of it is borrowed."""
        off = {"from_minute": self.from_minute, "to_minute": self.to_minute}
        session.add(TimeOff(resource_id=self.resource_id, first_on=self.on, last_on=self.on, **off))
        return [Entry("booking.looked_at", resource_id=self.resource_id)]


def restless_rota(step: Step) -> str:
    """Send people home at random, dealing with whoever is booked, while clients go on booking."""
    dice, said = random.Random(step["seed"]), list[str]()
    for _ in range(step["count"]):
        hour = dice.choice(range(9, 17)) * 60
        day = date(2026, 3, dice.choice((12, 13)))
        change = Away(1, dice.choice((1, 2)), day, hour, hour + 120)
        wish = dice.choice((settle_actions.SAME_TIME, settle_actions.NEAREST))
        said.append(attempt(lambda: _settle(change, wish)))  # noqa: B023
    return "; ".join(sorted({result for result in said if result.startswith("error")})) or "calm"


def _settle(change: Away, wish: str) -> None:
    """Ask what would be stranded, say what becomes of it, save; again when it has changed."""
    for _ in range(5):
        outlook = settle_actions.look_ahead(change, {}, actor=KIM, for_all=wish)
        picks = {one.reference: outlook.picks[one.reference] or "cancel" for one in outlook.visits}
        with suppress(LeavesStranded, SlotTaken):
            settle_actions.make_change(change, picks, actor=KIM)
            return
    raise TimeoutError("it could not be saved in five tries")


TAPS = (S.ARRIVED, S.DONE, S.NO_SHOW, S.CANCELLED, S.BOOKED)


def busy_desk(app: Flask, step: Step) -> str:
    """Book, move, undo, mark, cancel and block at the desk, at random, while others book online."""
    dice, mine, said = random.Random(step["seed"]), list[str](), list[str]()
    for number in range(step["count"]):
        hour = make.moment(f"2026-03-{dice.choice((12, 13))} {dice.choice(range(9, 18)):02}:00")
        start = hour + timedelta(minutes=dice.choice((0, 15, 30, 45)))
        slug, who = dice.choice(("facial", "facial", "check")), dice.choice(("", "ines", "maya"))
        reference = dice.choice(mine) if mine else ""
        what = dice.choice(("book", "book", "move", "undo", "tap", "tap", "block"))
        deed = _deed(what if mine else "book", slug, start, who, reference, mine, number, dice)
        said.append(attempt(deed))
    return "; ".join(sorted({result for result in said if result.startswith("error")})) or "calm"


def _deed(
    what: str,
    slug: str,
    start: datetime,
    who: str,
    reference: str,
    mine: list[str],
    number: int,
    dice: random.Random,
) -> Callable[[], Any]:
    """One thing that somebody at the desk does."""

    def book() -> None:
        email = f"desk{dice.random()}@example.com"
        person = Person(f"Client {number}", email, "", "en")
        wanted = Wanted(slug, start, who, person=person)
        made = desk_actions.book_at_desk(wanted, actor=KIM, location_id=1)
        mine.append(made.reference)

    def undo() -> None:
        booking = booking_queries.booking_by_reference(reference)
        entry = audit.newest_entry(booking_id=booking.id if booking else 0)
        move_actions.undo_move(reference, entry, actor=KIM)

    def block() -> None:
        end = start + timedelta(minutes=30)
        made = schedule_actions.block_time(
            1, start, end, [dice.choice((1, 2, 3))], reason="x", actor=KIM
        )
        schedule_actions.remove_block(made.id, 1, actor=KIM)

    deeds: dict[str, Callable[[], Any]] = {
        "book": book,
        "undo": undo,
        "block": block,
        "move": lambda: move_actions.move_at_desk(reference, start, actor=KIM, practitioner=who),
        "tap": lambda: state_actions.change_state(reference, dice.choice(TAPS), actor=KIM),
    }
    return deeds[what]


def patient(connection: Any, _record: object) -> None:
    """Wait for as long as a busy machine takes: who wins is the question here, not how fast."""
    if db.engine.dialect.name == "sqlite":
        connection.execute("PRAGMA busy_timeout=60000")
    else:
        connection.execute("SET lock_timeout = 60000")
        connection.commit()


def child(app: Flask, steps: list[Step], gate: int, out: int) -> None:
    """Wait at the gate, do the steps, say what came of each."""
    with app.app_context():
        sa.event.listen(db.engine, "connect", patient)
        db.session.connection()
        db.session.rollback()
        os.read(gate, 1)
        results = [act(app, step) for step in steps]
        db.session.remove()
        db.engine.dispose()
    with os.fdopen(out, "w") as file:
        json.dump(results, file)


def race(app: Flask, crowd: list[list[Step]]) -> list[list[str]]:
    """Fork the crowd behind a gate, open it, and gather what they say."""
    gate, opener = os.pipe()
    readers, children = [], []
    for steps in crowd:
        reader, out = os.pipe()
        number = os.fork()
        if number == 0:
            os.close(opener)
            child(app, steps, gate, out)
            os._exit(0)
        os.close(out)
        readers.append(reader)
        children.append(number)
    os.close(gate)
    os.close(opener)
    said = []
    for reader in readers:
        with os.fdopen(reader) as file:
            said.append(json.loads(file.read() or '["died"]'))
    for number in children:
        os.waitpid(number, 0)
    return said


def main() -> None:
    """One race for each line, until there are no more."""
    from tests.conftest import app_on

    app = app_on(sys.argv[1], Path(sys.argv[2]))
    for line in sys.stdin:
        plan = json.loads(line)
        app.config["SPA_NOW"] = datetime.fromisoformat(plan["now"])
        print(json.dumps(race(app, plan["crowd"])), flush=True)


if __name__ == "__main__":
    main()
