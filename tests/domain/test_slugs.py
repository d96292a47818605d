"""Names as parts of addresses."""

import pytest

from spa.domain.slugs import free_slug, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mei-Lin Zhào", "mei-lin-zhao"),
        ("  Room 2 (large) ", "room-2-large"),
        ("ليلى", ""),
        ("x" * 90, "x" * 60),
    ],
)
def test_a_name_in_plain_small_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_an_address_that_is_taken_gets_a_number() -> None:
    assert free_slug("Room", {"room", "room-2"}, "thing") == "room-3"
    assert free_slug("ليلى", {"new"}, "practitioner") == "practitioner"
