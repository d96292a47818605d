"""Signing in and out, and one's own account."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from spa.access import requires
from spa.domain.roles import Permission

bp = Blueprint("accounts", __name__, url_prefix="/staff")


@bp.get("/login")
def sign_in() -> ResponseReturnValue:
    """The form to sign in with."""
    return render_template("errors/opening_soon.html")


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """One's own account."""
    return render_template("errors/opening_soon.html")
