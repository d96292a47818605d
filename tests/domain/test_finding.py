"""Tests of spa.domain.finding: what was typed finds any part of a name, phone or email."""

import pytest

from spa.domain.finding import LONGEST, beginnings, words_of

ANA = ("Ana-María Duarte", "ana.d@example.com", "+12125550111")


def is_found(asked: str, record: tuple[str, str, str] = ANA) -> bool:
    """Whether every beginning that was typed is the beginning of some word of the record."""
    parts, words = beginnings(asked), words_of(*record)
    return bool(parts) and all(any(word.startswith(part) for word in words) for part in parts)


@pytest.mark.parametrize(
    "asked",
    [
        "ana",
        "ANA",
        "maria",
        "María",
        "duarte",
        "uart",
        "arte ana",
        "d ana",
        "ana.d",
        "ana.d@",
        "ana.d@example.com",
        "ana@exam",
        "0111",
        "212 555",
        "(212) 555-01",
        "+1 212 5550111",
        "001 212",
    ],
)
def test_any_part_of_a_record_finds_it(asked: str) -> None:
    assert is_found(asked)


@pytest.mark.parametrize(
    "asked", ["anna", "duarte bo", "0112", "gmail", "ana.d@gmail.com", "213 555", "marie"]
)
def test_what_is_not_in_a_record_does_not_find_it(asked: str) -> None:
    assert not is_found(asked)


@pytest.mark.parametrize("asked", ["", " ", "a", "a b", "12", "00 1", "@", "%", "_", "' --", "\0"])
def test_too_little_finds_nobody(asked: str) -> None:
    assert beginnings(asked) == ()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("李伟", "李伟"),
        ("Łukasz Żak", "łuk zak"),
        ("O'Brien", "obr"),
        ("O’Brien", "o'brien"),
        ("Straße", "strasse"),
        ("Åse Nørgård", "ase"),
        ("محمد علي", "علي"),
    ],
)
def test_names_of_any_script_are_found(name: str, asked: str) -> None:
    assert is_found(asked, (name, "", ""))


def test_a_record_without_phone_or_email_has_the_words_of_its_name_alone() -> None:
    assert words_of("Bo Li", "", "") == {"bo", "li"}


def test_no_word_is_longer_than_its_column() -> None:
    words = words_of("x" * 200, "y" * 60 + "@example.com", "")

    assert max(map(len, words)) == LONGEST
    assert is_found("x" * 120, ("x" * 200, "", ""))
