"""Moving a visit at the desk, by drag or by the page that does the same, and undoing it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("desk_move", __name__, url_prefix="/staff/booking/<reference>")


@bp.get("/move")
@requires(Permission.MANAGE_BOOKINGS)
def move(reference: str) -> ResponseReturnValue:
    """Choose another hour or person for this visit."""
    return render_template("errors/opening_soon.html")
