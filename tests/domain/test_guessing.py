"""Which passwords are too easy to guess."""

import pytest

from spa.domain.guessing import Weakness, weakness

COMMON = frozenset({"password", "qwerty", "1q2w3e4r5t6y", "iloveyouforever"})
ANA = {"name": "Ana Duarte", "email": "ana.d@salon-rosa.com"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", Weakness.TOO_SHORT),
        ("eleven chars"[:11], Weakness.TOO_SHORT),
        ("twelve chars", None),
        ("é" * 6 + "abcdef", None),
        ("four turtles in a boat", None),
        ("ab cd " * 21 + "xy", None),
        ("ab cd " * 21 + "xyz", Weakness.TOO_LONG),
        ("iloveyouforever", Weakness.COMMON),
        ("ILoveYouForever", Weakness.COMMON),
        ("1q2w3e4r5t6y", Weakness.COMMON),
        ("password1234", Weakness.COMMON),
        ("!!Password2026", Weakness.COMMON),
        ("passwordpassword", Weakness.COMMON),
        ("qwertyqwerty12", Weakness.COMMON),
        ("p-a-s-s-w-o-r-d", Weakness.COMMON),
        ("aaaaaaaaaaaaaa", Weakness.COMMON),
        ("abababababab", Weakness.COMMON),
        ("abcdefghijklm", Weakness.COMMON),
        ("9876543210987", Weakness.COMMON),
        ("1234567890123", Weakness.COMMON),
        ("ana duarte 12", Weakness.ABOUT_YOU),
        ("AnaDuarte2026!", Weakness.ABOUT_YOU),
        ("ana.d@salon-rosa.com", Weakness.ABOUT_YOU),
        ("salonrosa2026", Weakness.ABOUT_YOU),
        ("ana keeps bees on the roof", None),
    ],
)
def test_a_password_is_weighed(typed: str, found: Weakness | None) -> None:
    assert weakness(typed, common=COMMON, **ANA) == found
