"""Whether the program is well: for the machines that watch it."""

import sqlalchemy as sa
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from spa.database import db

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers as well; when it does not, the error handler says 503."""
    db.session.execute(sa.text("SELECT 1"))
    return jsonify({"status": "ok"})
