"""Which new passwords are too easy to guess."""

import re
import unicodedata
from collections.abc import Set
from enum import StrEnum

SHORTEST = 12
LONGEST = 128
LEAST_LEFT = 8
"""How much of a password must be something else than its owner's name and address."""
FEWEST_DIFFERENT = 5


class Weakness(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    ABOUT_YOU = "about_you"


def weakness(
    password: str, *, common: Set[str], name: str = "", email: str = ""
) -> Weakness | None:
    """What is wrong with a new password of this person, or None; `common` is what many choose."""
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    text = unicodedata.normalize("NFKC", password).casefold()
    if _is_common(text, common):
        return Weakness.COMMON
    return Weakness.ABOUT_YOU if _is_about(text, name, email) else None


def _is_common(text: str, common: Set[str]) -> bool:
    """Known from the list, also with figures or signs around it or said twice; or hardly varied."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    letters = re.sub(r"[\W_]+", "", text)
    if {text, bare, letters, _once(text), _once(bare)} & common:
        return True
    return len(set(text)) < FEWEST_DIFFERENT or _is_row(letters)


def _once(text: str) -> str:
    """What is said again and again: "abc" of "abcabcabc"."""
    found = re.fullmatch(r"(.+?)\1+", text)
    return found.group(1) if found else text


def _is_row(text: str) -> bool:
    """Whether each character follows or precedes its neighbour: "abcdefghijkl"."""
    steps = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)} - {-9, 9}
    return bool(text) and (steps <= {1} or steps <= {-1})


def _is_about(text: str, name: str, email: str) -> bool:
    """Whether little is left of it without the owner's name and address."""
    known = re.findall(r"[^\W_]{3,}", f"{name} {email}".casefold())
    left = text
    for word in sorted(set(known), key=len, reverse=True):
        left = left.replace(word, "")
    return left != text and len(re.sub(r"[\W_]+", "", left)) < LEAST_LEFT
