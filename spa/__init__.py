"""The booking program of a skin studio: put together here and nowhere else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from spa import access, assets, cli, database, errors, extensions, models, ops, pages
from spa.accounts import staff as accounts_staff
from spa.accounts import views as accounts_views
from spa.api import booking as api
from spa.audit import staff as audit_staff
from spa.booking import manage as booking_manage
from spa.booking import pencil, staff_move, staff_new, staff_pencil
from spa.booking import staff as booking_staff
from spa.booking import views as booking_views
from spa.clients import merge
from spa.clients import staff as clients_staff
from spa.diary import staff as diary_staff
from spa.diary import views as diary_views
from spa.feeds import staff as feeds_staff
from spa.feeds import views as feeds_views
from spa.messages import choices, news, staff_words
from spa.messages import staff as messages_staff
from spa.schedule import blocks, morning, staff_absence, staff_hours, staff_rota
from spa.schedule import staff as schedule_staff
from spa.studio import first_day
from spa.studio import staff as studio_staff
from spa.treatments import staff as treatments_staff
from spa.treatments import staff_notes, staff_team, staff_things
from spa.treatments import views as treatments_views

__all__ = ["create_app", "models"]

PUBLIC = (
    treatments_views,
    booking_views,
    booking_manage,
    pencil,
    diary_views,
    choices,
    news,
    api,
    ops,
    accounts_views,
    feeds_views,
)
DESK = (
    morning,
    diary_staff,
    schedule_staff,
    blocks,
    booking_staff,
    staff_new,
    staff_move,
    staff_pencil,
    clients_staff,
    merge,
    accounts_staff,
    studio_staff,
    first_day,
    staff_hours,
    staff_rota,
    staff_absence,
    treatments_staff,
    staff_notes,
    staff_team,
    staff_things,
    audit_staff,
    feeds_staff,
    messages_staff,
    staff_words,
)


def create_app(overrides: Mapping[str, Any] | None = None, instance: Path | None = None) -> Flask:
    """The application with its settings from the environment; raises BadSetting for a wrong one."""
    folder = instance or config.instance_folder(os.environ)
    app = Flask(
        __name__,
        instance_path=str(folder),
        root_path=str(config.ROOT),
        static_folder=None,
    )
    testing = bool(overrides and overrides.get("TESTING"))
    app.config.from_mapping(config.load(os.environ, folder, testing=testing))
    app.config.from_mapping(_flask_settings(app.config["PUBLIC_URL"], app.config["PORT"]))
    app.config.from_mapping(overrides or {})
    app.wsgi_app = _behind_proxies(app)  # type: ignore[method-assign]

    database.init_app(app)
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=pages.language)
    extensions.compress.init_app(app)
    extensions.migrate.init_app(app, database.db, directory=str(config.ROOT / "spa/migrations"))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    assets.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    access.init_app(app)
    cli.init_app(app)
    for views in (*PUBLIC, *DESK):
        app.register_blueprint(views.bp)
    return app


def _flask_settings(public_url: str, port: int = config.USUAL_PORT) -> dict[str, Any]:
    """What Flask itself wants to know; cookies are tied to the host where the site has https.

    Cookies know no ports: the name keeps two sites on one machine apart.
    """
    is_https = public_url.startswith("https://")
    own = "session" if port == config.USUAL_PORT else f"session-{port}"
    host = urlsplit(public_url).hostname or "127.0.0.1"
    return {
        "OWN_HOSTS": {host, "127.0.0.1", "localhost", "::1"},
        "SESSION_COOKIE_NAME": "__Host-session" if is_https else own,
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PREFERRED_URL_SCHEME": "https" if is_https else "http",
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 100,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_I18N_ENABLED": False,
        "COMPRESS_MIMETYPES": ["text/html", "application/json", "text/calendar"],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 3,
        "COMPRESS_LEVEL": 4,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _behind_proxies(app: Flask) -> Any:
    """Believe as many proxies as the setting says, and none by default."""
    count = app.config["TRUSTED_PROXIES"]
    return ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0) if count else app.wsgi_app
