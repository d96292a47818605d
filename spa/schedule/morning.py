"""The page that opens after signing in: today, and what needs a look."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("morning", __name__, url_prefix="/staff")


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def today() -> ResponseReturnValue:
    """Today's visits, what needs a look, and the free hours worth filling."""
    return render_template("errors/opening_soon.html")
