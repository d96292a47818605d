"""script/server: what it says when it cannot start, and that it leaves nothing behind."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from script import environment, server
from script.processes import ROOT, Failed
from tests.script.test_processes import is_there


def start(folder: Path | str = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start it where it must refuse; the key keeps it from making one."""
    return subprocess.run(
        [ROOT / "script" / "server"],
        cwd=folder,
        env={**os.environ, "SECRET_KEY": "a key for tests alone", **settings},
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_none_is_named_in_one_sentence() -> None:
    done = start(PORT="80.5")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("PORT is wrong:")
    assert done.stderr.count("\n") == 1


def test_a_host_that_is_none_is_named_in_one_sentence() -> None:
    done = start(HOST="no such host")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("HOST is wrong:")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["203.0.113.7", "[::1]", "127.0.0.1:80", "café..example", "-"])
def test_what_cannot_be_listened_on_is_refused(host: str) -> None:
    with pytest.raises(Failed, match="HOST is wrong"):
        server._listener(host, 0)


def test_a_port_in_use_is_said_before_anything_is_done(busy_port: int) -> None:
    done = start(PORT=str(busy_port))

    assert (done.returncode, done.stdout) == (1, "")
    assert f"PORT {busy_port} on 127.0.0.1 is in use" in done.stderr


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    assert start(tmp_path, PORT="none").stderr == start(PORT="none").stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A site of its own, started in a folder whose name has a space, without a demo."""
    folder = tmp_path / "a place"
    folder.mkdir()
    for name in ("spa", "script", "templates", "static"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("config.py", "wsgi.py", environment.SERVER_LOCK):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(environment.FOLDER)
    process = subprocess.Popen(
        [folder / "script" / "server"],
        cwd="/",
        env={
            **os.environ,
            "PORT": str(free_port()),
            "DATABASE_URL": f"sqlite:///{folder}/a.sqlite3",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.terminate()
    process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def descendants(pid: int) -> set[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in listing.splitlines()}
    children = {child for child, parent in parents.items() if parent == pid}
    return children.union(*(descendants(child) for child in children))


def test_it_serves_says_where_and_leaves_no_process(site: subprocess.Popen[str]) -> None:
    assert site.stdout
    lines = []
    for line in site.stdout:
        lines.append(line)
        if "Stop it" in line:
            break
    assert site.poll() is None, "".join(lines)
    address = next(word for line in lines for word in line.split() if word.startswith("http"))
    with urllib.request.urlopen(f"{address}healthz") as answer:
        assert answer.status == 200
    running = descendants(site.pid)

    site.send_signal(signal.SIGTERM)
    rest, _ = site.communicate(timeout=10)

    assert (site.returncode, rest) == (0, "Stopping.\n"), "".join(lines)
    assert len(running) >= 3
    assert not any(is_there(pid) for pid in running)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "files in instance/mail/, because MAIL_URL is not set"),
        ("smtp://ana:secret@mail.example.com:587", "mail.example.com:587"),
        ("smtps://mail.example.com", "mail.example.com"),
    ],
)
def test_where_mail_goes_is_said_without_the_password(url: str, words: str) -> None:
    assert server._mail_target(url) == words


def test_who_may_sign_in_to_the_demo_is_said_while_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.delenv("INSTANCE", raising=False)
    server._say_who("http://127.0.0.1:8000/staff")
    assert capfd.readouterr().out == ""

    (tmp_path / "instance").mkdir()
    people = "owner ana@example.com abcd-efgh\nreception bo@example.com ijkl-mnop\n"
    (tmp_path / "instance" / "demo-passwords").write_text(people)
    server._say_who("http://127.0.0.1:8000/staff")

    said = [line.split() for line in capfd.readouterr().out.splitlines()]
    assert said == [
        ["Desk:", "http://127.0.0.1:8000/staff,", "sign", "in", "as"],
        ["owner", "ana@example.com", "abcd-efgh"],
        ["reception", "bo@example.com", "ijkl-mnop"],
    ]


def a_place(path: Path, *, is_demo: bool) -> None:
    """A database with one studio in it."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE location (is_demo BOOLEAN)")
        connection.execute("INSERT INTO location VALUES (?)", (is_demo,))
        connection.commit()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation with nothing in it."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in ("INSTANCE", "PORT", "SPA_DEMO", *server.NOT_FOR_THE_DEMO):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "instance").mkdir()
    return tmp_path / "instance"


def set_aside() -> None:
    with server._present() as presence:
        server._set_demo_aside({"DATABASE_URL": ""}, presence)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_real_studio_sets_the_demo_aside_and_loses_nothing_of_it(home: Path) -> None:
    a_place(home / "spa.sqlite3", is_demo=True)
    (home / "demo-passwords").write_text("owner ana@example.com abcd\n")
    (home / "secret_key").write_text("the secret of the real one")

    set_aside()

    assert names(home) == ["demo/demo-passwords", "demo/spa.sqlite3", "secret_key", "served"]


def test_a_demo_that_stands_beside_already_is_not_overwritten(home: Path) -> None:
    (home / "demo").mkdir()
    a_place(home / "demo" / "spa.sqlite3", is_demo=True)
    before = (home / "demo" / "spa.sqlite3").stat().st_ino
    a_place(home / "spa.sqlite3", is_demo=True)

    set_aside()

    assert (home / "demo" / "spa.sqlite3").stat().st_ino == before
    assert len(list((home / "backups").glob("demo-*/spa.sqlite3"))) == 1


@pytest.mark.parametrize("what", ["real", "empty", "no database", "nothing"])
def test_what_is_no_demo_stays_where_it_is(what: str, home: Path) -> None:
    path = home / "spa.sqlite3"
    if what == "real":
        a_place(path, is_demo=False)
    elif what != "nothing":
        path.write_text("" if what == "empty" else "no database at all" * 100)

    set_aside()

    assert names(home) == (["served"] if what == "nothing" else ["served", "spa.sqlite3"])


def test_a_demo_that_is_being_served_is_not_moved(home: Path) -> None:
    a_place(home / "spa.sqlite3", is_demo=True)

    with server._present(), pytest.raises(Failed, match="The demo is running"):
        set_aside()

    assert names(home) == ["served", "spa.sqlite3"]


def test_a_demo_that_somebody_writes_to_is_not_moved(home: Path) -> None:
    a_place(home / "spa.sqlite3", is_demo=True)
    with contextlib.closing(sqlite3.connect(home / "spa.sqlite3")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("INSERT INTO location VALUES (1)")
        other.commit()

        with pytest.raises(Failed, match="The demo is running"):
            set_aside()

    assert "spa.sqlite3" in names(home)


def test_the_demo_beside_has_nothing_of_the_real_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://real")
    monkeypatch.setenv("MAIL_URL", "smtp://real")
    monkeypatch.setenv("SECRET_KEY", "the secret of the real one")
    for name in ("INSTANCE", "PORT", "SPA_DEMO"):
        monkeypatch.setenv(name, "")

    server._turn_to_demo()
    settings = server._settings()

    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{home}/demo/spa.sqlite3"
    assert (settings["PORT"], settings["MAIL_URL"], settings["SPA_DEMO"]) == (8001, "", True)
    assert settings["SECRET_KEY"] != "the secret of the real one"


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
    ],
)
def test_the_demo_comes_by_itself_on_loopback_alone(host: str, is_loopback: bool) -> None:
    assert server._is_loopback(host) is is_loopback


def test_the_lock_for_tests_holds_all_that_the_server_has_at_the_same_versions() -> None:
    pins = {}
    for name in (environment.SERVER_LOCK, environment.TEST_LOCK):
        lines = (ROOT / name).read_text().splitlines()
        pins[name] = {line.split(";")[0].strip(" \\") for line in lines if "==" in line}

    assert pins[environment.SERVER_LOCK] <= pins[environment.TEST_LOCK]
