"""Money as people type it."""

import pytest

from spa.domain.money import minor_of, rescaled


@pytest.mark.parametrize(
    ("text", "digits", "minor"),
    [
        ("185", 2, 18500),
        ("185.00", 2, 18500),
        ("185,00", 2, 18500),
        (" 185.5 ", 2, 18550),
        ("0", 2, 0),
        ("0.05", 2, 5),
        ("1,850.5", 2, None),
        ("1.850", 2, None),
        ("1 850", 2, None),
        ("-5", 2, None),
        ("", 2, None),
        ("185.", 2, None),
        (".50", 2, None),
        ("$185", 2, None),
        ("١٢", 2, None),
        ("9" * 30, 2, None),
        ("1000001", 2, None),
        ("1000000", 2, 100_000_000),
        ("27500", 0, 27500),
        ("275.00", 0, None),
        ("1.850", 3, 1850),
        ("1,5", 3, 1500),
    ],
)
def test_a_price_is_read_in_the_smallest_unit_or_refused(
    text: str, digits: int, minor: int | None
) -> None:
    assert minor_of(text, digits) == minor


@pytest.mark.parametrize(
    ("minor", "old", "new", "expected"),
    [(18500, 2, 2, 18500), (18500, 2, 0, 185), (185, 0, 2, 18500), (18550, 2, 3, 185500)],
)
def test_a_price_keeps_its_number_in_another_currency(
    minor: int, old: int, new: int, expected: int
) -> None:
    assert rescaled(minor, old, new) == expected
