"""What every page shares: the headers that keep it safe, and the studio that its frame names."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import SecurityError

from spa import wording
from spa.treatments import queries

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask) -> None:
    """Put the headers on every answer and the studio into every template."""
    app.before_request(_refuse_strangers)
    app.before_request(_refuse_nul)
    app.after_request(_headers)
    app.context_processor(_frame)
    # A page has a hundred words of its own; the library would look up the language for each.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: wording.translations().ugettext(text),
        lambda one, many, count: wording.translations().ungettext(one, many, count),
        newstyle=True,
    )


def language() -> str:
    """The language of this request."""
    return "en"


def _refuse_strangers() -> None:
    """Answer only to our own names: pages and caches must not be made for another's."""
    if urlsplit(f"//{request.host}").hostname not in current_app.config["OWN_HOSTS"]:
        raise SecurityError(request.host)


def _refuse_nul() -> None:
    """No address of ours has a NUL in it, and the database could not look one up."""
    if "\0" in request.path:
        abort(404)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _frame() -> dict[str, Any]:
    """The studio, asked for only by the templates that show it."""
    return {"studio": _LazyStudio(), "coming_name": queries.coming_name}


class _LazyStudio:
    """Reads the studio once for each request, and only if the page shows it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_studio(), name)

    def __bool__(self) -> bool:
        return _studio() is not None


def show_place(location_id: int) -> None:
    """Have this page name that place, and not the first one."""
    g.place = location_id


def _studio() -> queries.Studio | None:
    """The studio, or None: an error page is shown without it when the database is gone."""
    if "studio" not in g:
        try:
            g.studio = queries.studio_of(g.place) if "place" in g else queries.studio()
        except sa.exc.SQLAlchemyError:
            g.studio = None
    found: queries.Studio | None = g.studio
    return found
