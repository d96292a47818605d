"""The menu at the desk: treatments, their words, prices and steps."""

from flask import Blueprint

bp = Blueprint("menu", __name__, url_prefix="/staff/treatments")
