"""How passwords are kept."""

import pytest
from flask import Flask

from spa.accounts import passwords
from tests import make

CAFÉ = ("a café on the corner", "a cafe\u0301 on the corner")


def test_what_is_kept_is_argon2id_and_each_time_another(app: Flask) -> None:
    with app.app_context():
        one, other = passwords.hashed(make.PASSWORD), passwords.hashed(make.PASSWORD)

    assert one != other and one.startswith("$argon2id$")


def test_outside_of_tests_guessing_is_costly(app: Flask) -> None:
    with app.app_context():
        app.config["TESTING"] = False
        kept = passwords.hashed(make.PASSWORD)
        assert passwords.is_outdated(make.PASSWORD_HASH)

    assert "m=65536,t=3,p=4" in kept


@pytest.mark.parametrize(
    "typed", [*CAFÉ, " spaces at both ends ", "💆🏽‍♀️ needles and calm", "x" * 128]
)
def test_any_characters_are_compared_as_typed(typed: str, app: Flask) -> None:
    with app.app_context():
        assert passwords.matches(passwords.hashed(typed), typed)
        assert not passwords.matches(passwords.hashed(typed), typed.upper() + "x")


def test_an_accent_is_the_same_however_a_keyboard_sends_it(app: Flask) -> None:
    with app.app_context():
        assert passwords.matches(passwords.hashed(CAFÉ[0]), CAFÉ[1])


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$broken"])
def test_nothing_matches_where_none_is_kept(kept: str, app: Flask) -> None:
    with app.app_context():
        assert not passwords.matches(kept, "")
        assert not passwords.matches(kept, "nobody's")


def test_the_list_of_common_passwords_comes_with_the_program(app: Flask) -> None:
    words = passwords.COMMON.read_text("utf-8").split()

    assert len(words) > 300 and words == sorted(set(words))
    assert passwords.weakness("Password1234!") == passwords.Weakness.COMMON
