"""Two records of one client at the desk: what comes out, and making it so."""

from flask import Blueprint

bp = Blueprint("merge", __name__, url_prefix="/staff/clients")
