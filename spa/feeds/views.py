"""Calendars to subscribe to, each at an address that is a secret."""

from flask import Blueprint

bp = Blueprint("feeds", __name__, url_prefix="/feeds")
