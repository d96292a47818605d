"""Blocks at the desk: a meeting, a closed room, and taking them away again."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("blocks", __name__, url_prefix="/staff/blocks")


@bp.get("/new")
@requires(Permission.MANAGE_BOOKINGS)
def new() -> ResponseReturnValue:
    """Keep a time free of bookings."""
    return render_template("errors/opening_soon.html")
