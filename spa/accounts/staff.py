"""Who works here, for the owner: invite, role, suspend."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("people", __name__, url_prefix="/staff/people")


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everyone who works here."""
    return render_template("errors/opening_soon.html")
