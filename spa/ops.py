"""Whether the program is well: for the machines that watch it."""

from collections.abc import Iterator
from datetime import datetime
from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spa import clock
from spa.messages import queries

bp = Blueprint("ops", __name__)

LATE_SECONDS = 15 * 60
LOCAL = {"127.0.0.1", "::1"}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers as well; when it does not, the error handler says 503.

    Messages that are late are said, and are no reason to send visitors away.
    """
    age = _age(queries.oldest_due(clock.now()))
    return jsonify(
        {
            "status": "ok",
            "messages": "late" if age > LATE_SECONDS else "on time",
            "oldest_due_seconds": age,
        }
    )


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Numbers for Prometheus: to this machine alone, or to who knows the setting METRICS_TOKEN."""
    if not _may_read():
        abort(404)
    registry = CollectorRegistry()
    registry.register(_Messages())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    if wanted := current_app.config["METRICS_TOKEN"]:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), wanted.encode())
    # Behind a proxy everyone seems to be here; a proxy says so.
    is_passed_on = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in LOCAL and not is_passed_on


class _Messages(Collector):
    """Read at the moment of asking; none of it counts through the years behind."""

    def collect(self) -> Iterator[Metric]:
        """Ages and counts of what waits and what failed."""
        now = clock.now()
        counts = queries.standing(now)
        yield _gauge(
            "spa_messages_oldest_due_seconds",
            "How long the oldest due message has waited.",
            _age(queries.oldest_due(now)),
        )
        yield _gauge("spa_messages_due", "Messages that are due and not sent.", counts.due)
        yield _gauge("spa_messages_waiting", "Messages that wait, due or not.", counts.waiting)
        yield _gauge("spa_messages_failed", "Messages that need a person.", counts.failed)
        yield _gauge("spa_follow_ups_open", "Clients who wait for a look.", counts.follow_ups)


def _gauge(name: str, purpose: str, value: float) -> Metric:
    return GaugeMetricFamily(name, purpose, value=value)


def _age(due_at: datetime | None) -> int:
    return int((clock.now() - due_at).total_seconds()) if due_at else 0
