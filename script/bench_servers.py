"""What is measured: databases, the web servers on them, and the processor time they take."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from script import bench_studio as studios
from script import environment
from script.bench_studio import Studio
from script.processes import ROOT, Failed, child_environment
from tests import postgres

GUNICORN = (environment.PYTHON, "-m", "gunicorn", "--config", "script/gunicorn_conf.py")
SECONDS_TO_ANSWER = 30.0
SECONDS_TO_STOP = 7.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SECRET = "only for measuring, never for serving"
HONEST = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


@dataclass(frozen=True)
class Site:
    """A web server that answers on this port of the loopback address."""

    port: int
    pid: int
    database: str


class Bench:
    """The databases and servers of one run; all are gone when its `with` is left."""

    def __init__(self, *, is_sqlite: bool, is_durable: bool = True) -> None:
        self.is_sqlite = is_sqlite
        self._is_durable = is_durable
        self._stack = contextlib.ExitStack()
        self._databases: dict[Studio, str] = {}
        self._numbers = itertools.count()
        self._sites: dict[tuple[str, str, str], Site] = {}
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Bench":
        with contextlib.ExitStack() as started:
            self._set_up(started)
            self._stack = started.pop_all()
        return self

    def _set_up(self, started: contextlib.ExitStack) -> None:
        self.folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        self.postgres_pid = 0
        if not self.is_sqlite:
            # The server of the tests, but one that waits for its disk.
            vars(postgres)["OPTIONS"] = _options(self._is_durable)
            url, stop = postgres.start()
            started.callback(stop)
            self._server = sa.make_url(url)
            self._admin = sa.create_engine(self._server, isolation_level="AUTOCOMMIT")
            started.callback(self._admin.dispose)
            backend = self.ask("SELECT pg_backend_pid()")
            self.postgres_pid = _parent(int(backend))

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def ask(self, statement: str) -> Any:
        """One value from PostgreSQL itself."""
        with self._admin.connect() as connection:
            return connection.execute(sa.text(statement)).scalar()

    def database(self, studio: Studio) -> str:
        """The address of a database that holds this studio, for reading; kept for the next part."""
        if studio not in self._databases:
            self._databases[studio] = self.fresh(studio)
        return self._databases[studio]

    def fresh(self, studio: Studio) -> str:
        """The address of a new database that holds this studio, to be written to."""
        url = self._empty(f"bench_{next(self._numbers)}")
        self._prepare(url, "migrate")
        engine = sa.create_engine(url)
        try:
            studios.fill(engine, studio)
        finally:
            engine.dispose()
        return url

    def demo(self) -> str:
        """The address of a database with the demo studio."""
        url = self._empty("bench_demo")
        self._prepare(url, "prepare", "--demo")
        return url

    def deadlocks(self, database: str) -> int:
        """How many PostgreSQL has found in this database so far."""
        if self.is_sqlite:
            return 0
        name = sa.make_url(database).database
        counted = "SELECT deadlocks FROM pg_stat_database WHERE datname"
        return int(self.ask(f"{counted} = '{name}'"))

    def site(self, database: str, app: str = "wsgi:app", **settings: str) -> Site:
        """A server for that database, started when first asked for."""
        key = (database, app, repr(settings))
        if key not in self._sites:
            self._sites[key] = self._start(database, app, settings)
        return self._sites[key]

    def stop(self, site: Site) -> None:
        """End a server and give back its connections."""
        self._sites = {key: other for key, other in self._sites.items() if other != site}
        _end(self._processes.pop(site.pid))

    def cpu(self, site: Site) -> float:
        """The seconds of processor time that a site and its database have taken so far."""
        stats = _processes()
        roots = [pid for pid in (site.pid, self.postgres_pid) if pid]
        return sum(_family_seconds(stats, root) for root in roots)

    def _empty(self, name: str) -> str:
        if self.is_sqlite:
            return f"sqlite:///{self.folder / name}.sqlite3"
        with self._admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _prepare(self, url: str, *words: str) -> None:
        command = [environment.PYTHON, "-m", "flask", "--app", "wsgi", *words]
        child = self.start(command, settings_for(url), stdout=subprocess.DEVNULL)
        if child.wait():
            raise Failed("The database could not be prepared; the lines above say why.")

    def _start(self, database: str, app: str, settings: Mapping[str, str]) -> Site:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(2048)
            port: int = listener.getsockname()[1]
            handle = listener.fileno()
            child = self.start(
                [*GUNICORN, "--bind", f"fd://{handle}", app],
                settings_for(database, PORT=str(port), **settings),
                pass_fds=[handle],
            )
        _await_answer(child, port)
        return Site(port, child.pid, database)

    def start(
        self, command: Sequence[str | Path], env: Mapping[str, str], **about: Any
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, which ends with us at the latest."""
        child = subprocess.Popen(
            command, cwd=ROOT, env=env, start_new_session=True,
            **{"stdin": subprocess.DEVNULL, **about},
        )  # fmt: skip
        self._processes[child.pid] = child
        self._stack.callback(_end, child)
        return child


def settings_for(database: str, **more: str) -> dict[str, str]:
    """The environment of a measured process: a fixed clock and no limits."""
    limits = dict.fromkeys(("LIMIT_HOLDS", "LIMIT_CONFIRMATIONS", "LIMIT_LINKS"), "0")
    fixed = {"SPA_DEMO": "1", "SPA_NOW": studios.NOW.isoformat(), "SECRET_KEY": SECRET}
    unset = dict.fromkeys(("PUBLIC_URL", "MAIL_URL", "TRUSTED_PROXIES", "SECRET_KEY_OLD"), "")
    fixed["WEB_CONCURRENCY"] = "2"
    url = database.replace("postgresql+psycopg://", "postgresql://")
    return child_environment(**{"DATABASE_URL": url} | limits | fixed | unset | more)


def _options(is_durable: bool) -> tuple[str, ...]:
    """How PostgreSQL is set up: as it comes, which waits for the disk, or as for tests."""
    if not is_durable:
        return postgres.OPTIONS
    kept = [option for option in postgres.OPTIONS if not option.endswith("=off")]
    return (*kept, *HONEST)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it and all it started end when that takes too long."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(SECONDS_TO_STOP)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _await_answer(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _answers(port):
        if time.monotonic() > deadline or server.poll() is not None:
            raise Failed("A server did not start; the lines above say why.")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status in {200, 404, 500}
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


Stats = dict[int, tuple[int, int, int]]


def _processes() -> Stats:
    """Every process: its parent, its own processor ticks, and those of its ended children."""
    found: Stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
            found[int(path.parent.name)] = (int(fields[1]), own, ended)
    return found


def _family_seconds(stats: Stats, root: int) -> float:
    ticks = stats[root][2] if root in stats else 0
    ticks += sum(own for pid, (parent, own, _) in stats.items() if root in {pid, parent})
    return ticks / TICKS_A_SECOND


def _parent(pid: int) -> int:
    return _processes()[pid][0]
