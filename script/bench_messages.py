"""The worker with ten thousand messages due: how many it sends in a second."""

import itertools
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from script import bench_studio as studios
from script import environment
from script.bench_servers import Bench, settings_for
from spa.models import Booking, Message

DUE = 10_000
_numbers = itertools.count()


def make_due(database: str, domain: str) -> None:
    """So many confirmations of one visit, all due now."""
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        booking = connection.execute(
            sa.select(Booking.id, Booking.location_id).where(Booking.status == "booked").limit(1)
        ).one()
        connection.execute(
            sa.insert(Message),
            [
                {
                    "location_id": booking.location_id,
                    "booking_id": booking.id,
                    "event": "booking_confirmed",
                    "recipient": f"guest{number}@{domain}",
                    "language": "en",
                    "unique_key": f"bench:{next(_numbers)}",
                    "created_at": studios.NOW,
                    "planned_for": studios.NOW,
                    "due_at": studios.NOW,
                }
                for number in range(DUE)
            ],
        )
    engine.dispose()


def sent(database: str) -> int:
    """How many went out so far."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        count = sa.select(sa.func.count(Message.id)).where(Message.status == "sent")
        found = connection.scalar(count) or 0
    engine.dispose()
    return found


def rate(database: str, seconds: float) -> float:
    """Messages a second, over so many seconds in which nothing else is asked."""
    before, begun = sent(database), time.perf_counter()
    time.sleep(seconds)
    return (sent(database) - before) / (time.perf_counter() - begun)


@contextmanager
def worker(bench: Bench, database: str, **settings: str) -> Iterator[None]:
    """A worker beside the web processes, until the block is left."""
    folder = bench.folder / "worker"
    command = [environment.PYTHON, "-m", "flask", "--app", "wsgi", "worker"]
    env = settings_for(database, INSTANCE=str(folder), **settings)
    child = bench.start(command, env, stdout=subprocess.DEVNULL)
    begun = sent(database)
    while sent(database) == begun and child.poll() is None:
        time.sleep(0.1)
    try:
        yield
    finally:
        child.terminate()
        child.wait(30)
