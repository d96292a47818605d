"""The record of changes at the desk: who did what to what, and when."""

from flask import Blueprint

bp = Blueprint("record", __name__, url_prefix="/staff/record")
