"""Every test of messages starts with an empty folder for mails."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.messages import mailbox
from tests.messages.smtp import Inbox, OnFreePort


@pytest.fixture(autouse=True)
def _empty_mailbox(app: Flask) -> Iterator[None]:
    mailbox.empty(app)
    yield


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    """A mail server that the program is set to use."""
    inbox = Inbox()
    server = OnFreePort(inbox)
    server.start()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
    yield inbox
    server.stop()
