"""What the machines that watch the program are told."""

import pytest
from flask import Flask

from spa.messages import worker
from tests import make
from tests.pages import Pages


def metrics(pages: Pages, **about: object) -> dict[str, float]:
    """The numbers of /metrics by name."""
    answer = pages.client.get("/metrics", **about)
    assert answer.status_code == 200
    lines = answer.get_data(as_text=True).splitlines()
    found = [line.split() for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in found}


def test_the_age_of_the_oldest_due_message_is_told(app: Flask, pages: Pages) -> None:
    make.booked()
    app.config["SPA_NOW"] = make.moment("2026-03-10 09:20")

    assert pages.client.get("/readyz").json == {
        "status": "ok",
        "messages": "late",
        "oldest_due_seconds": 1200,
    }
    assert metrics(pages)["spa_messages_oldest_due_seconds"] == 1200
    assert metrics(pages)["spa_messages_due"] == 1

    with app.app_context():
        worker.send_due()

    assert metrics(pages)["spa_messages_due"] == 0
    assert pages.client.get("/readyz").json["messages"] == "on time"  # type: ignore[index]


@pytest.mark.parametrize(
    "about",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}},
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
        {"headers": {"Forwarded": "for=203.0.113.9"}},
    ],
)
def test_numbers_are_for_this_machine_alone(pages: Pages, about: dict[str, object]) -> None:
    assert pages.client.get("/metrics", **about).status_code == 404


def test_or_for_who_knows_the_token(app: Flask, pages: Pages) -> None:
    app.config["METRICS_TOKEN"] = "a token for tests"
    far = {"REMOTE_ADDR": "203.0.113.9"}

    assert pages.client.get("/metrics").status_code == 404
    known = {"Authorization": "Bearer a token for tests"}
    assert "spa_messages_failed" in metrics(pages, headers=known, environ_base=far)
