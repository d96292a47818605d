"""How gunicorn serves the site; used by script/server and fit for a service of one's own."""

import os
import sys
from typing import Any

# SQLite has one writer: processes that each do one thing at a time never wait long for each other.
# PostgreSQL serves several requests of a process at once, and a slow client holds only a thread.
_has_server = os.environ.get("DATABASE_URL", "").strip().startswith("postgres")

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread" if _has_server else "sync"
threads = 4 if _has_server else 1
preload_app = True

# Nothing here takes long; what does, hangs, and is replaced.
timeout = 30
graceful_timeout = 5
keepalive = 5

limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# Whom to believe about the caller is the setting TRUSTED_PROXIES, read by the site itself.
forwarded_allow_ips = ""

# No access log: addresses of private pages are secret.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
proc_name = "spa"


def on_starting(_server: Any) -> None:
    """Loaded; script/server gives the go once the database is up to date, and else ends us."""
    if handle := os.environ.pop("SPA_WAIT_FOR", ""):
        with open(int(handle), "rb") as waiting:
            if not waiting.read():
                sys.exit(1)


def post_fork(server: Any, _worker: Any) -> None:
    """A forked process must never use a database connection of its parent."""
    from spa.database import db

    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
