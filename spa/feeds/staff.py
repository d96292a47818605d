"""The addresses of one's calendars at the desk, and replacing them."""

from flask import Blueprint

bp = Blueprint("calendars", __name__, url_prefix="/staff/calendars")
