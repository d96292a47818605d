"""Bookings at the desk: the list, one booking, and its states."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("desk", __name__, url_prefix="/staff/booking")


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def bookings() -> ResponseReturnValue:
    """The list of bookings by state, person, treatment and dates."""
    return render_template("errors/opening_soon.html")


@bp.get("/<reference>")
@requires(Permission.SEE_SCHEDULE)
def show(reference: str) -> ResponseReturnValue:
    """One booking."""
    return render_template("errors/opening_soon.html")
