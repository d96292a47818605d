"""Booking at the desk: find or make the client, choose, done."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("desk_new", __name__, url_prefix="/staff/booking/new")


@bp.get("")
@requires(Permission.MANAGE_BOOKINGS)
def new() -> ResponseReturnValue:
    """Who comes, for what, and when."""
    return render_template("errors/opening_soon.html")
