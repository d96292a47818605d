"""The practitioners at the desk: who they are and what they may do."""

from flask import Blueprint

bp = Blueprint("team", __name__, url_prefix="/staff/team")
