"""Every race is run by the same crowd."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.races.crowd import Crowd


@pytest.fixture(scope="session")
def crowd(_app: Flask) -> Iterator[Crowd]:
    """Many processes that wait to be told what to want."""
    made = Crowd(_app)
    yield made
    made.stop()
