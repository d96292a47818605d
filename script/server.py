"""Starts the site with all it needs, watches it, and stops it without a trace."""

import argparse
import contextlib
import errno
import fcntl
import http.client
import ipaddress
import os
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import config
from script import environment
from script.processes import Failed, Family, Stopped, child_environment, complain, say

SECONDS_TO_ANSWER = 60.0
FLASK = (environment.PYTHON, "-m", "flask", "--app", "wsgi")
GUNICORN = (environment.PYTHON, "-m", "gunicorn", "--config", "script/gunicorn_conf.py")
DEMO_RUNS = "The demo is running; stop it first, then start the real studio."
DEMO_PORT = config.USUAL_PORT + 1
NOT_FOR_THE_DEMO = ("DATABASE_URL", "PUBLIC_URL", "MAIL_URL", "MAIL_FROM", "SECRET_KEY", "HOST")
Settings = dict[str, Any]


def main() -> int:
    """Set up, serve until a signal comes, and return the exit code."""
    asked = _arguments()
    if asked.demo:
        _turn_to_demo()
    try:
        with Family() as family:
            settings = _settings()
            _listener(settings["HOST"], settings["PORT"]).close()
            environment.prepare(environment.SERVER_LOCK, family)
            with _present() as presence:
                if asked.real:
                    _set_demo_aside(settings, presence)
                _start(family, settings, is_real=asked.real)
                _say_where(settings, is_real=asked.real)
                return _watch(family)
    except Failed as problem:
        complain(str(problem))
        return 1
    except Stopped as signalled:
        return 128 + signalled.signum


def _arguments() -> argparse.Namespace:
    lines = (f"  {line.name:20} {line.purpose}" for line in config.SETTINGS)
    parser = argparse.ArgumentParser(
        prog="script/server",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Starts the site: makes .venv/, brings the database up to date, serves the\n"
        "pages and sends the mail. Ctrl-C stops all of it.",
        epilog="Settings come from the environment:\n" + "\n".join(lines),
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--real", action="store_true", help="a studio of your own: an empty database stays empty"
    )
    which.add_argument(
        "--demo",
        action="store_true",
        help=f"the demo beside it: a folder and database of its own, port {DEMO_PORT}",
    )
    return parser.parse_args()


def _turn_to_demo() -> None:
    """Serve the demo from here on, with nothing of the real installation but its code.

    Its mail goes to files and its links to itself, whatever is set for the real one.
    """
    for name in NOT_FOR_THE_DEMO:
        os.environ.pop(name, None)
    os.environ["INSTANCE"] = str(_folder() / "demo")
    os.environ["SPA_DEMO"] = "1"
    os.environ["PORT"] = os.environ.get("PORT", "").strip() or str(DEMO_PORT)


def _folder() -> Path:
    """Where this installation keeps its files."""
    return environment.ROOT / (os.environ.get("INSTANCE", "").strip() or "instance")


@contextlib.contextmanager
def _present() -> Iterator[TextIO]:
    """Let other starts see that this folder is being served."""
    _folder().mkdir(parents=True, exist_ok=True)
    with open(_folder() / "served", "a") as presence:
        fcntl.flock(presence, fcntl.LOCK_SH)
        yield presence


def _set_demo_aside(settings: Settings, presence: TextIO) -> None:
    """Make room for a real studio: a demo in its place goes on beside it, under demo/."""
    path = _folder() / "spa.sqlite3"
    if settings["DATABASE_URL"] or not _holds_only_demo(path):
        return
    try:
        fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failed(DEMO_RUNS) from None
    aside = _folder() / "demo"
    if (aside / path.name).exists():
        aside = _folder() / "backups" / f"demo-{time.strftime('%Y%m%dT%H%M%S')}"
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (path.name, "demo-passwords"):
        with contextlib.suppress(FileNotFoundError):
            (path.parent / name).rename(aside / name)
    shown = aside.relative_to(environment.ROOT) if aside.is_relative_to(environment.ROOT) else aside
    say(f"The demo has moved to {shown}/; script/server --demo serves one beside this.")
    fcntl.flock(presence, fcntl.LOCK_SH)


def _holds_only_demo(path: Path) -> bool:
    """Whether this file holds the demo and nothing else; all its writes are in it afterwards."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
            kinds = connection.execute("SELECT DISTINCT is_demo FROM location").fetchall()
    except sqlite3.Error:
        return False
    # Whoever closes it last takes its log away; while there is one, somebody has it open.
    if kinds == [(1,)] and path.with_name(f"{path.name}-wal").exists():
        raise Failed(DEMO_RUNS)
    return kinds == [(1,)]


def _settings() -> Settings:
    """The settings as the site itself reads them, so that a wrong one is named before set-up."""
    try:
        return config.load(os.environ, _folder())
    except config.BadSetting as problem:
        raise Failed(str(problem)) from None
    except OSError as problem:
        raise Failed(f"The folder {_folder().name}/ cannot be used: {problem.strerror}.") from None


def _start(family: Family, settings: Settings, *, is_real: bool) -> None:
    """The database is brought up to date while the web server loads, which then waits for a go."""
    with _listener(settings["HOST"], settings["PORT"]) as listener:
        handle = listener.fileno()
        waits, go = os.pipe()
        family.start(
            "web server",
            [*GUNICORN, "--bind", f"fd://{handle}", "wsgi:app"],
            child_environment(SPA_WAIT_FOR=str(waits)),
            [handle, waits],
        )
        os.close(waits)
        _prepare_database(family, settings, is_real=is_real)
    with contextlib.suppress(BrokenPipeError), open(go, "wb") as line:
        line.write(b"go")
    _await_answer(family, settings)
    family.start("message worker", [*FLASK, "worker"])


def _prepare_database(family: Family, settings: Settings, *, is_real: bool) -> None:
    is_at_home = _is_loopback(settings["HOST"]) and not settings["DATABASE_URL"]
    demo = ["--demo"] if not is_real and (is_at_home or settings["SPA_DEMO"]) else []
    if family.run("preparation of the database", [*FLASK, "prepare", *demo]):
        raise Failed("The database could not be prepared; the lines above say why.")


def _await_answer(family: Family, settings: Settings) -> None:
    """Wait until the site really serves, not only until it listens."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _is_healthy(settings["HOST"], settings["PORT"]):
        if time.monotonic() > deadline:
            raise Failed("The site did not answer /healthz within a minute, so it was stopped.")
        family.watch(0.05)


def _watch(family: Family) -> int:
    try:
        family.watch()
    except Stopped:
        say("Stopping.")
    return 0


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """Where to call a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens there, or one sentence why that cannot be."""
    family, address = _address(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise Failed(_refusal(host, port, problem)) from None
    return listener


def _address(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """The address to listen on; a name that has several means its IPv4 one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed(
            f"HOST is wrong: {host!r} is not an address of this computer; "
            "give one such as 127.0.0.1, ::1 or 0.0.0.0."
        ) from None
    family, _kind, _protocol, _name, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _refusal(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"PORT {port} on {host} is in use; stop what uses it or set PORT to another number."
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"PORT {port} is not allowed for this user; set PORT to a number above 1023."
    return f"HOST is wrong: {host!r} cannot be listened on here ({problem.strerror})."


def _is_loopback(host: str) -> bool:
    _family, address = _address(host, 0)
    return ipaddress.ip_address(address[0].partition("%")[0]).is_loopback


def _say_where(settings: Settings, *, is_real: bool = False) -> None:
    name, port = _reachable(settings["HOST"]), settings["PORT"]
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    say(f"The site is at {address}/")
    _say_who(f"{address}/staff", is_real=is_real)
    if os.environ.get("PUBLIC_URL", "").strip():
        say(f"Links in pages and mails start with {settings['PUBLIC_URL']}")
    say(f"Mail goes to {_mail_target(settings['MAIL_URL'])}")
    say("Stop it with Ctrl-C.")


def _say_who(desk: str, *, is_real: bool = False) -> None:
    """Who may sign in to the desk of the demo, while there is one; or how the first owner does."""
    if is_real:
        say(f"Desk: {desk}, for the owner that .venv/bin/flask --app wsgi create-owner lets in")
        return
    try:
        people = (_folder() / "demo-passwords").read_text("utf-8").split("\n")
    except OSError:
        return
    say(f"Desk: {desk}, sign in as")
    for role, email, password in (line.split() for line in people if line):
        say(f"  {role:14}{email:32}{password}")


def _mail_target(url: str) -> str:
    """Where mail goes, without the password that the setting may hold."""
    if not url:
        folder = os.path.relpath(_folder() / "mail", environment.ROOT)
        return f"files in {folder}/, because MAIL_URL is not set"
    parts = urlsplit(url)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"


if __name__ == "__main__":
    sys.exit(main())
