"""The studio itself at the desk: what can be kept in order, its details and its policies."""

from flask import Blueprint

bp = Blueprint("studio", __name__, url_prefix="/staff/studio")
