"""The unguessable links that clients and staff get, and how they are read back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

DAYS_AFTER_VISIT = 90
STAFF_LINKS_LAST = {"reset": timedelta(hours=2), "invited": timedelta(days=7)}


def visit_token(reference: str, version: int) -> str:
    """The secret part of the link to one booking; a new version kills the links before it."""
    return str(signer("visit").dumps([reference, version]))


def read_visit_token(token: str) -> tuple[str, int] | None:
    """The reference and version in a token, or None for one that this studio never gave."""
    try:
        reference, version = signer("visit").loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(reference), int(version)


def news_token(client_id: int) -> str:
    """The secret part of the link that stops marketing to a client."""
    return str(signer("news").dumps(client_id))


def read_news_token(token: str) -> int | None:
    """The client in a token, or None for one that this studio never gave."""
    try:
        return int(signer("news").loads(token))
    except (BadSignature, ValueError, TypeError):
        return None


@dataclass(frozen=True)
class StaffLink:
    """What a link to choose a password says: for whom, which of their links, and until when."""

    purpose: str
    staff_id: int
    version: int
    until: datetime


def staff_token(purpose: str, staff_id: int, version: int, *, at: datetime) -> str:
    """The secret part of a link to choose a password; a new version kills the links before it."""
    signed = signer("staff").dumps([purpose, staff_id, version, int(at.timestamp())])
    return str(signed)


def read_staff_token(token: str, *, at: datetime) -> StaffLink | None:
    """What is in a token that still holds at that moment, or None."""
    try:
        purpose, staff_id, version, given = signer("staff").loads(token)
        until = datetime.fromtimestamp(given, UTC) + STAFF_LINKS_LAST[purpose]
    except (BadSignature, ValueError, TypeError, KeyError):
        return None
    return StaffLink(purpose, staff_id, version, until) if at < until else None


def feed_token(kind: str, number: int, version: int) -> str:
    """The secret part of a calendar's address; a new version kills the address before it."""
    return str(signer("feed").dumps([kind, number, version]))


def read_feed_token(token: str) -> tuple[str, int, int] | None:
    """Whose calendar it is and which of its addresses, or None for one that was never given."""
    try:
        kind, number, version = signer("feed").loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(kind), int(number), int(version)


def absolute(endpoint: str, **values: str) -> str:
    """A whole address for use in a message; the setting PUBLIC_URL says where the site lives."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["PUBLIC_URL"]) + path


def signer(salt: str) -> URLSafeSerializer:
    """Signs with the present key and also reads what the key before it signed."""
    keys = [current_app.config["SECRET_KEY_OLD"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer([key for key in keys if key], salt=salt)
