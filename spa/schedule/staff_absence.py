"""Who is away at the desk: time off, and who is sick today."""

from flask import Blueprint

bp = Blueprint("absence", __name__, url_prefix="/staff/absence")
