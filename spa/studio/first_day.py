"""The first day: leads the owner of an empty installation to an open studio."""

from flask import Blueprint

bp = Blueprint("first_day", __name__, url_prefix="/staff/first-day")
