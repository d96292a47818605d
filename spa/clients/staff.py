"""The clients at the desk: find, look at, put right."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("clients", __name__, url_prefix="/staff/clients")


@bp.get("")
@requires(Permission.SEE_CLIENTS)
def index() -> ResponseReturnValue:
    """Find somebody."""
    return render_template("errors/opening_soon.html")


@bp.get("/<int:client_id>")
@requires(Permission.SEE_CLIENTS)
def show(client_id: int) -> ResponseReturnValue:
    """One client."""
    return render_template("errors/opening_soon.html")
