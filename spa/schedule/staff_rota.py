"""The rota at the desk: a week of everyone, and each one's shifts."""

from flask import Blueprint

bp = Blueprint("rota", __name__, url_prefix="/staff/rota")
