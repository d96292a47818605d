"""Every setting of the program: its environment variable, its default and what it is for."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
USUAL_PORT = 8000


class BadSetting(Exception):
    """A setting cannot be used; the message names its variable and says what it wants."""


@dataclass(frozen=True)
class Setting:
    """One line of the table below; `read` turns text into a value or raises ValueError."""

    name: str
    read: Callable[[str], Any]
    default: str
    purpose: str


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _flag(text: str) -> bool:
    if text.lower() not in {"", "0", "1", "no", "yes", "false", "true"}:
        raise ValueError("1 or 0")
    return text.lower() in {"1", "yes", "true"}


def _text(text: str) -> str:
    return text


def _is_server(text: str, *schemes: str) -> bool:
    """Whether this is an address of a server, with a port that exists if it names one."""
    try:
        parts = urlsplit(text)
        is_known = parts.scheme in (schemes or ("postgresql",))
        return is_known and parts.port != 0 and bool(parts.hostname or not schemes)
    except ValueError:
        return False


def _web_address(text: str) -> str:
    if text and (not _is_server(text, "http", "https") or re.search(r"[?#@]", text)):
        raise ValueError("an address such as https://book.example.com")
    return text.rstrip("/")


def _database(text: str) -> str:
    """SQLAlchemy's name for the database; `postgres://` is understood as well."""
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        if text.startswith(prefix) and _is_server("postgresql://" + text.removeprefix(prefix)):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    is_file = text.startswith("sqlite:///") and len(text) > len("sqlite:///")
    if text and not is_file:
        raise ValueError("an address such as postgresql://user:password@host/name")
    return text


def _mail(text: str) -> str:
    if text and not _is_server(text, "smtp", "smtps"):
        raise ValueError("an address such as smtp://user:password@mail.example.com:587")
    return text


def _sender(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", text):
        raise ValueError("an email address such as hello@example.com")
    return text


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a moment such as 2026-03-29T09:00-04:00") from None


SETTINGS = (
    Setting("DATABASE_URL", _database, "", "the database; unset: SQLite in instance/spa.sqlite3"),
    Setting("INSTANCE", _text, "", "the folder of database, secret and mail; unset: instance/"),
    Setting("HOST", _text, "127.0.0.1", "the network address that script/server listens on"),
    Setting("PORT", _whole(1, 65535), str(USUAL_PORT), "the port that script/server listens on"),
    Setting(
        "PUBLIC_URL", _web_address, "", "the site's own address in links; unset: HOST and PORT"
    ),
    Setting("TRUSTED_PROXIES", _whole(0, 9), "0", "how many proxies in front may say who calls"),
    Setting("SECRET_KEY", _text, "", "signs links and cookies; unset: made once under instance/"),
    Setting(
        "SECRET_KEY_OLD", _text, "", "the key before; links in mails sent with it go on working"
    ),
    Setting("MAIL_URL", _mail, "", "smtp:// or smtps:// server; unset: files in instance/mail/"),
    Setting("MAIL_TIMEOUT", _whole(1, 300), "20", "seconds until a mail server counts as silent"),
    Setting(
        "TEXT_URL", _text, "", "where texts go: apprise's address with {to}, or file:; unset: none"
    ),
    Setting("MAIL_FROM", _sender, "", "sender of every mail; unset: the studio's own address"),
    Setting(
        "LIMIT_HOLDS", _whole(0, 100_000), "30", "holds per address in 10 minutes; 0: no limit"
    ),
    Setting(
        "LIMIT_CONFIRMATIONS", _whole(0, 100_000), "20", "confirmations per address in 10 minutes"
    ),
    Setting("LIMIT_LINKS", _whole(0, 100_000), "10", "link requests per address in 10 minutes"),
    Setting(
        "LIMIT_FEEDS", _whole(0, 100_000), "120", "calendar requests per address in 10 minutes"
    ),
    Setting(
        "LIMIT_SIGN_IN", _whole(0, 100_000), "10", "tries to sign in per account in 10 minutes"
    ),
    Setting("SESSION_IDLE_MINUTES", _whole(1, 1440), "60", "minutes until an idle desk signs out"),
    Setting(
        "SESSION_HOURS", _whole(1, 168), "12", "hours until everyone at the desk signs in anew"
    ),
    Setting("METRICS_TOKEN", _text, "", "who may read /metrics; unset: this machine alone"),
    Setting("SPA_DEMO", _flag, "0", "1: fill an empty database with the demo studio anywhere"),
    Setting("SPA_NOW", _moment, "", "a fixed moment as now; only with SPA_DEMO=1 or in tests"),
)


def load(environ: Mapping[str, str], instance: Path, testing: bool = False) -> dict[str, Any]:
    """The settings as Flask's configuration; raises BadSetting naming a wrong one."""
    values = {setting.name: _read(setting, environ) for setting in SETTINGS}
    if values["SPA_NOW"] and not (values["SPA_DEMO"] or testing):
        raise BadSetting(
            "SPA_NOW stops the clock and is only for the demo: set SPA_DEMO=1 with it."
        )
    if not values["PUBLIC_URL"]:
        values["PUBLIC_URL"] = _own_address(values["HOST"], values["PORT"])
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = _kept_secret(instance / "secret_key")
    for name in ("SECRET_KEY", "SECRET_KEY_OLD"):
        if 0 < len(values[name]) < 16 and not testing:
            raise BadSetting(f"{name} must have at least 16 characters.")
    values["SQLALCHEMY_DATABASE_URI"] = values["DATABASE_URL"] or (
        f"sqlite:///{instance / 'spa.sqlite3'}"
    )
    return values


def instance_folder(environ: Mapping[str, str]) -> Path:
    """Where this installation keeps its files; a relative path begins at the project."""
    return ROOT / (environ.get("INSTANCE", "").strip() or "instance")


def _read(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, setting.default).strip()
    try:
        return setting.read(text or setting.default)
    except ValueError as wanted:
        shown = "its value" if "SECRET" in setting.name or "URL" in setting.name else repr(text)
        raise BadSetting(
            f"{setting.name} is wrong: {shown} is not usable; give {wanted}."
        ) from None


def _own_address(host: str, port: int) -> str:
    name = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made at the first start and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.read_text().strip():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        _put(fresh, path)
    return path.read_text().strip()


def _put(fresh: Path, path: Path) -> None:
    """Whole or not at all; of two processes that start together the first one's stays."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        if not path.read_text().strip():
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
