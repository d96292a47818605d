"""Rooms and devices at the desk."""

from flask import Blueprint

bp = Blueprint("things", __name__, url_prefix="/staff/things")
