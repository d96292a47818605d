"""The page that stops marketing, for who follows the link and for mail programs that press it."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from spa import links
from spa.extensions import csrf
from spa.messages import choice_actions
from spa.messages.forms import ButtonForm

bp = Blueprint("news", __name__, url_prefix="/messages")


@bp.get("/stop/<token>")
def stop(token: str) -> ResponseReturnValue:
    """One button; opening the page stops nothing, because mail scanners open links."""
    if links.read_news_token(token) is None:
        abort(404)
    return _page()


@bp.post("/stop/<token>")
@csrf.exempt
def stop_now(token: str) -> ResponseReturnValue:
    """Stop it: by the form of the page, or by a mail program's one click without any (RFC 8058)."""
    client_id = links.read_news_token(token)
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if client_id is None:
        abort(404)
    if not is_one_click and not ButtonForm().validate_on_submit():
        return _page(), 400
    if not choice_actions.stop_news(client_id):
        abort(404)
    return ("", 200) if is_one_click else _page(is_stopped=True)


def _page(*, is_stopped: bool = False) -> str:
    return render_template("messages/public/stop.html", form=ButtonForm(), is_stopped=is_stopped)
