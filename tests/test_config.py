"""The settings: what each takes, and the sentence that stops the start for what it does not."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import config
from spa import create_app

SECRET = "a secret of more than sixteen"

GOOD = [
    ("DATABASE_URL", "", ""),
    ("DATABASE_URL", "sqlite:////srv/spa.sqlite3", "sqlite:////srv/spa.sqlite3"),
    ("DATABASE_URL", "postgres://u@db/spa", "postgresql+psycopg://u@db/spa"),
    ("DATABASE_URL", "postgresql://u@db/spa", "postgresql+psycopg://u@db/spa"),
    ("DATABASE_URL", "postgresql+psycopg://u@db/spa", "postgresql+psycopg://u@db/spa"),
    ("HOST", "::", "::"),
    ("PORT", "1", 1),
    ("PORT", " 65535 ", 65535),
    ("PUBLIC_URL", "https://book.studio.com/", "https://book.studio.com"),
    ("TRUSTED_PROXIES", "2", 2),
    ("SECRET_KEY", SECRET, SECRET),
    ("SECRET_KEY_OLD", "an older one, long enough", "an older one, long enough"),
    ("MAIL_URL", "smtp://me:p%40ss@mail.studio.com:587", "smtp://me:p%40ss@mail.studio.com:587"),
    ("MAIL_URL", "smtps://mail.studio.com", "smtps://mail.studio.com"),
    ("MAIL_FROM", "hello@studio.com", "hello@studio.com"),
    ("LIMIT_HOLDS", "0", 0),
    ("LIMIT_CONFIRMATIONS", "5", 5),
    ("LIMIT_LINKS", "100000", 100_000),
    ("LIMIT_FEEDS", "0", 0),
    ("SPA_DEMO", "yes", True),
    ("SPA_DEMO", "0", False),
]

BAD = [
    ("DATABASE_URL", "mysql://u@db/spa"),
    ("DATABASE_URL", "spa.sqlite3"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "80.5"),
    ("PORT", "eight thousand"),
    ("PUBLIC_URL", "book.studio.com"),
    ("PUBLIC_URL", "ftp://book.studio.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://book.studio.com/?a=b"),
    ("PUBLIC_URL", "https://[::1"),
    ("PUBLIC_URL", "https://book.studio.com:99999"),
    ("TRUSTED_PROXIES", "10"),
    ("TRUSTED_PROXIES", "yes"),
    ("SECRET_KEY", "short"),
    ("MAIL_URL", "mail.studio.com"),
    ("MAIL_URL", "http://mail.studio.com"),
    ("MAIL_URL", "smtp://"),
    ("MAIL_URL", "smtp://mail.studio.com:port"),
    ("MAIL_FROM", "not an address"),
    ("LIMIT_HOLDS", "-1"),
    ("LIMIT_CONFIRMATIONS", "many"),
    ("LIMIT_LINKS", "100001"),
    ("LIMIT_FEEDS", "-1"),
    ("SPA_DEMO", "perhaps"),
    ("SPA_NOW", "yesterday"),
    ("SPA_NOW", "0001-01-01T00:00:00+14:00"),
]


def load(folder: Path, **environ: str) -> dict[str, Any]:
    """The settings as they are read from these variables."""
    return config.load(environ, folder)


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_good_value_is_read(name: str, text: str, value: object, tmp_path: Path) -> None:
    assert load(tmp_path, **{name: text})[name] == value


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_wrong_value_stops_the_start_with_a_sentence_that_names_the_variable(
    name: str, text: str, tmp_path: Path
) -> None:
    with pytest.raises(config.BadSetting, match=rf"^{name} .*\.$"):
        load(tmp_path, **{name: text, "SPA_DEMO": text if name == "SPA_DEMO" else "1"})


@pytest.mark.parametrize("name", [setting.name for setting in config.SETTINGS])
def test_an_empty_variable_is_the_same_as_none(name: str, tmp_path: Path) -> None:
    assert load(tmp_path, **{name: " "})[name] == load(tmp_path)[name]


@pytest.mark.parametrize(
    "text", ["smtp://me:hunter/2@mail.studio.com", "smtp://me:hunter#2@mail.studio.com:x"]
)
def test_the_sentence_about_a_secret_setting_never_shows_it(text: str, tmp_path: Path) -> None:
    with pytest.raises(config.BadSetting) as refused:
        load(tmp_path, MAIL_URL=text)

    assert "hunter" not in str(refused.value)


def test_the_database_is_a_file_in_the_instance_folder_unless_told(tmp_path: Path) -> None:
    assert load(tmp_path)["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/spa.sqlite3"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_links_lead_to_host_and_port_unless_told(host: str, address: str, tmp_path: Path) -> None:
    assert load(tmp_path, HOST=host)["PUBLIC_URL"] == address


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = load(tmp_path / "new")["SECRET_KEY"]
    kept = tmp_path / "new" / "secret_key"

    assert len(first) >= 43
    assert load(tmp_path / "new")["SECRET_KEY"] == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert load(tmp_path / "a")["SECRET_KEY"] != load(tmp_path / "b")["SECRET_KEY"]


def test_a_secret_file_that_a_full_disk_left_empty_is_not_taken_for_a_secret(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret_key").touch(0o600)

    try:
        assert len(load(tmp_path)["SECRET_KEY"]) >= 43
    except config.BadSetting as refused:
        assert "SECRET_KEY" in str(refused)


def test_a_fixed_clock_is_refused_outside_the_demo_and_tests(tmp_path: Path) -> None:
    with pytest.raises(config.BadSetting, match="^SPA_NOW "):
        load(tmp_path, SPA_NOW="2026-03-10T09:00:00Z")

    demo = load(tmp_path, SPA_NOW="2026-03-10T09:00:00-04:00", SPA_DEMO="1")
    assert demo["SPA_NOW"] == datetime(2026, 3, 10, 13, tzinfo=UTC)


def test_the_program_ends_with_the_sentence_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=config.ROOT,
        env=os.environ | {"PORT": "many"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Settings: PORT is wrong: 'many'")
    assert "Traceback" not in done.stderr


def test_the_folder_of_an_installation_begins_at_the_project(tmp_path: Path) -> None:
    folders = {
        text: config.instance_folder({"INSTANCE": text})
        for text in ("", " ", "instance/demo", str(tmp_path))
    }

    assert list(folders.values()) == [
        config.ROOT / "instance",
        config.ROOT / "instance",
        config.ROOT / "instance" / "demo",
        tmp_path,
    ]


@pytest.mark.parametrize(("port", "name"), [("8000", "session"), ("8001", "session-8001")])
def test_two_sites_on_one_machine_have_cookies_of_their_own(
    port: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", port)
    monkeypatch.delenv("PUBLIC_URL", raising=False)

    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": "sqlite://"}, tmp_path)

    assert app.config["SESSION_COOKIE_NAME"] == name
