"""The page that stops marketing, for who follows the link and for mail programs that press it."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from spa import links
from spa.extensions import csrf
from spa.messages import choice_actions

bp = Blueprint("news", __name__, url_prefix="/messages")


@bp.get("/stop/<token>")
def stop(token: str) -> ResponseReturnValue:
    """One button; opening the page stops nothing, because mail scanners open links."""
    if links.read_news_token(token) is None:
        abort(404)
    return render_template("messages/public/stop.html", is_stopped=False)


@bp.post("/stop/<token>")
@csrf.exempt
def stop_now(token: str) -> ResponseReturnValue:
    """Stop it. The link is the proof: a mail program's one click has no cookies (RFC 8058)."""
    client_id = links.read_news_token(token)
    if client_id is None or not choice_actions.stop_news(client_id):
        abort(404)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 200
    return render_template("messages/public/stop.html", is_stopped=True)
