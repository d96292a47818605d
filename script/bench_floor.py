"""The floor that all figures stand on: a bare view with one indexed query through Core."""

import os

import sqlalchemy as sa
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

import config
from spa import database
from spa.models import Treatment

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = config.load(os.environ, config.ROOT / "instance")[
    "SQLALCHEMY_DATABASE_URI"
]
database.init_app(app)
with app.app_context():
    engine = database.db.engine

_table = Treatment.__table__
_QUERY = sa.select(_table.c.id, _table.c.slug, _table.c.price_minor).where(
    _table.c.slug == sa.bindparam("slug")
)


@app.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@app.get("/<slug>")
def floor(slug: str) -> ResponseReturnValue:
    """One row as JSON."""
    with engine.connect() as connection:
        row = connection.execute(_QUERY, {"slug": slug}).one()
    return jsonify({"id": row.id, "slug": row.slug, "price_minor": row.price_minor})
