"""Starts the site with all it needs, watches it, and stops it without a trace."""

import argparse
import contextlib
import errno
import http.client
import ipaddress
import os
import socket
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import config
from script import environment
from script.processes import Failed, Family, Stopped, child_environment, complain, say

SECONDS_TO_ANSWER = 60.0
FLASK = (environment.PYTHON, "-m", "flask", "--app", "wsgi")
GUNICORN = (environment.PYTHON, "-m", "gunicorn", "--config", "script/gunicorn_conf.py")
Settings = dict[str, Any]


def main() -> int:
    """Set up, serve until a signal comes, and return the exit code."""
    _read_arguments()
    try:
        with Family() as family:
            settings = _settings()
            _listener(settings["HOST"], settings["PORT"]).close()
            environment.prepare(environment.SERVER_LOCK, family)
            _start(family, settings)
            _say_where(settings)
            return _watch(family)
    except Failed as problem:
        complain(str(problem))
        return 1
    except Stopped as signalled:
        return 128 + signalled.signum


def _read_arguments() -> None:
    lines = (f"  {line.name:20} {line.purpose}" for line in config.SETTINGS)
    argparse.ArgumentParser(
        prog="script/server",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Starts the site: makes .venv/, brings the database up to date, serves the\n"
        "pages and sends the mail. Ctrl-C stops all of it.",
        epilog="Settings come from the environment:\n" + "\n".join(lines),
    ).parse_args()


def _settings() -> Settings:
    """The settings as the site itself reads them, so that a wrong one is named before set-up."""
    try:
        return config.load(os.environ, environment.ROOT / "instance")
    except config.BadSetting as problem:
        raise Failed(str(problem)) from None
    except OSError as problem:
        raise Failed(f"The folder instance/ cannot be used: {problem.strerror}.") from None


def _start(family: Family, settings: Settings) -> None:
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
        _prepare_database(family, settings)
    with contextlib.suppress(BrokenPipeError), open(go, "wb") as line:
        line.write(b"go")
    _await_answer(family, settings)
    family.start("message worker", [*FLASK, "worker"])


def _prepare_database(family: Family, settings: Settings) -> None:
    is_at_home = _is_loopback(settings["HOST"]) and not settings["DATABASE_URL"]
    demo = ["--demo"] if is_at_home or settings["SPA_DEMO"] else []
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


def _say_where(settings: Settings) -> None:
    name, port = _reachable(settings["HOST"]), settings["PORT"]
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    say(f"The site is at {address}/")
    _say_who(f"{address}/staff")
    if os.environ.get("PUBLIC_URL", "").strip():
        say(f"Links in pages and mails start with {settings['PUBLIC_URL']}")
    say(f"Mail goes to {_mail_target(settings['MAIL_URL'])}")
    say("Stop it with Ctrl-C.")


def _say_who(desk: str) -> None:
    """Who may sign in to the desk of the demo, while there is one."""
    try:
        people = (environment.ROOT / "instance" / "demo-passwords").read_text("utf-8").split("\n")
    except OSError:
        return
    say(f"Desk: {desk}, sign in as")
    for role, email, password in (line.split() for line in people if line):
        say(f"  {role:14}{email:32}{password}")


def _mail_target(url: str) -> str:
    """Where mail goes, without the password that the setting may hold."""
    if not url:
        return "files in instance/mail/, because MAIL_URL is not set"
    parts = urlsplit(url)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"


if __name__ == "__main__":
    sys.exit(main())
