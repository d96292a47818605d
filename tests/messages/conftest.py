"""Every test of messages starts with an empty folder for mails."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.messages import mailbox


@pytest.fixture(autouse=True)
def _empty_mailbox(app: Flask) -> Iterator[None]:
    mailbox.empty(app)
    yield
