"""By what channel a client hears of something."""

import pytest

from spa.domain.channels import channel_for
from spa.domain.plan import Kind


@pytest.mark.parametrize(
    ("kind", "prefers", "no_texts", "has_email", "has_phone", "are_on", "channel"),
    [
        (Kind.NOTE, "email", False, True, True, True, "email"),
        (Kind.NOTE, "text", False, True, True, True, "text"),
        (Kind.NOTE, "text", True, True, True, True, "email"),
        (Kind.NOTE, "text", False, True, False, True, "email"),
        (Kind.NOTE, "text", False, True, True, False, "email"),
        (Kind.NOTE, "text", False, False, True, True, "text"),
        (Kind.NOTE, "email", False, False, True, True, None),  # Never asked for texts.
        (Kind.NOTE, "text", True, False, True, True, None),
        (Kind.ANSWER, "text", False, True, True, True, "email"),  # It carries the calendar file.
        (Kind.ANSWER, "text", False, False, True, True, "text"),
        (Kind.ANSWER, "email", False, False, True, True, None),
        (Kind.NEWS, "text", False, True, True, True, "email"),
        (Kind.NEWS, "text", False, False, True, True, None),
    ],
)
def test_who_hears_of_what_and_how(
    kind: Kind,
    prefers: str,
    no_texts: bool,
    has_email: bool,
    has_phone: bool,
    are_on: bool,
    channel: str | None,
) -> None:
    found = channel_for(
        kind,
        prefers=prefers,
        no_texts=no_texts,
        has_email=has_email,
        has_phone=has_phone,
        texts_are_on=are_on,
    )
    assert found == channel
