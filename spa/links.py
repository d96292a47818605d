"""The unguessable links that a client gets, and how they are read back."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

DAYS_AFTER_VISIT = 90


def visit_token(reference: str, version: int) -> str:
    """The secret part of the link to one booking; a new version kills the links before it."""
    return str(_serializer().dumps([reference, version]))


def read_visit_token(token: str) -> tuple[str, int] | None:
    """The reference and version in a token, or None for one that this studio never gave."""
    try:
        reference, version = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(reference), int(version)


def absolute(endpoint: str, **values: str) -> str:
    """A whole address for use in a message; the setting PUBLIC_URL says where the site lives."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["PUBLIC_URL"]) + path


def _serializer() -> URLSafeSerializer:
    """Signs with the present key and also reads what the key before it signed."""
    keys = [current_app.config["SECRET_KEY_OLD"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer([key for key in keys if key], salt="visit")
