"""Opening hours, late evenings and closures at the desk."""

from flask import Blueprint

bp = Blueprint("hours", __name__, url_prefix="/staff/hours")
