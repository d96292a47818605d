"""The schedule of the desk: the day, the week, and what is new."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("schedule", __name__, url_prefix="/staff/schedule")


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def day() -> ResponseReturnValue:
    """The day of everyone, or one's own."""
    return render_template("errors/opening_soon.html")
