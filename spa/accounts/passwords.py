"""How passwords are kept and compared, and the list of those that many people choose."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from flask import current_app

from spa.domain import guessing
from spa.domain.guessing import Weakness

COMMON = Path(__file__).with_name("common_passwords.txt")

_strong = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hashed(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own."""
    return _hasher().hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password; it takes as long when none is kept, and is then never so."""
    stand_in = _stand_in(_hasher())
    try:
        _hasher().verify(kept or stand_in, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether it was kept in a way that is no longer ours, and is better kept anew."""
    return _hasher().check_needs_rehash(kept)


def weakness(password: str, *, name: str = "", email: str = "") -> Weakness | None:
    """What is wrong with a new password of this person, or None."""
    return guessing.weakness(password, common=_common(), name=name, email=email)


def _plain(password: str) -> bytes:
    """The same bytes on every keyboard: an accent can be encoded in two ways."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _hasher() -> PasswordHasher:
    """The real one; tests sign in often and take one that is quick."""
    return _cheap if current_app.config["TESTING"] else _strong


@cache
def _stand_in(hasher: PasswordHasher) -> str:
    """What a password is compared with when nobody has one."""
    return hasher.hash("nobody's")


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text("utf-8").split())
