"""A PostgreSQL server for the tests alone: started on a free port, gone afterwards."""

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

# What is lost when the machine stops is of no use to anyone, so nothing waits for the disk.
OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=127.0.0.1",
    "timezone=UTC",
)


class NoPostgres(Exception):
    """PostgreSQL is not installed, or does not start; the message says which."""


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL's programs; Debian keeps them off the PATH."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(re.sub(r"\D", "", path.parts[4]) or 0), default=None)
    return newest.parent if newest else None


def start() -> tuple[str, Callable[[], None]]:
    """Start a server; returns the address of its first database and what stops it."""
    programs = binaries()
    if not programs:
        raise NoPostgres("PostgreSQL is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="spa-postgres-"))
    account = _account()
    try:
        port = _start_in(folder, programs, account)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

    def stop() -> None:
        _run(account, programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", folder / "data")
        shutil.rmtree(folder, ignore_errors=True)

    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", stop


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A server for the length of a `with`; gives its address."""
    url, stop = start()
    try:
        yield url
    finally:
        stop()


def _start_in(folder: Path, programs: Path, account: str | None) -> int:
    # The server's own user must be able to enter, and a socket's path must be short.
    folder.chmod(0o755)
    if account:
        shutil.chown(folder, account)
    port = _free_port()
    _run(account, programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
         "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
    options = " ".join(f"-c {option}" for option in OPTIONS)
    _run(account, programs / "pg_ctl", "start", "-w", "-D", folder / "data", "-l", folder / "log",
         "-o", f"-p {port} -c unix_socket_directories={folder} {options}")  # fmt: skip
    return port


def _account() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root, so its own user; else simply us."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _run(account: str | None, *command: str | Path) -> None:
    done = subprocess.run(
        command,
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise NoPostgres(f"PostgreSQL does not start: {done.stdout.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
