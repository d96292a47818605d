"""Who of the studio is asking, and whether they may: every page of the desk says what it needs."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from spa import clock, errors, wording
from spa.accounts import queries
from spa.accounts.queries import Place
from spa.domain.roles import Actor, Permission
from spa.errors import NoStudioYet

P = ParamSpec("P")
R = TypeVar("R")

NEXT_LENGTH = 500


def init_app(app: Flask) -> None:
    """Let the templates of the desk ask who is there; with no studio the first day comes first."""
    app.context_processor(lambda: {"desk": _Desk()})
    app.register_error_handler(NoStudioYet, _no_studio)


def signed_in() -> queries.Found | None:
    """Who this browser is signed in as, unless it was idle or open for too long."""
    if "signed_in" not in g:
        key = session.get("staff")
        g.signed_in = key and queries.signed_in(
            key,
            clock.now(),
            idle_minutes=current_app.config["SESSION_IDLE_MINUTES"],
            hours=current_app.config["SESSION_HOURS"],
        )
    found: queries.Found | None = g.signed_in or None
    return found


def sign_in(key: str) -> None:
    """Give this browser the key of its session; whatever it carried before is forgotten.

    Who was only away for too long finds the forms that are still open in other windows working.
    """
    was, token = session.get("was", ""), session.get("csrf_token")
    is_same = bool(was) and queries.was_signed_in(was) == queries.was_signed_in(key)
    session.clear()
    session["staff"] = key
    if is_same and token:
        session["csrf_token"] = token
    for kept in ("signed_in", "csrf_token"):
        g.pop(kept, None)


def _to_sign_in() -> ResponseReturnValue:
    """Ask politely to sign in, and come back afterwards to where they were."""
    if request.accept_mimetypes.best == "application/json" or request.headers.get("HX-Request"):
        # The page itself says what to do; a fragment of a sign-in page would only confuse it.
        return {"sign_in": url_for("accounts.sign_in", next=_way_back())}, 401
    if ended := session.pop("staff", None):
        if queries.is_suspended(ended):
            flash(wording.suspended())
            return redirect(url_for("accounts.sign_in"), 302)
        flash(wording.session_over())
        session["was"] = ended
        if request.method == "POST" and len(request.full_path) < NEXT_LENGTH:
            # What was typed goes along (307), to be sent again by the same person.
            again = request.full_path.rstrip("?")
            return redirect(url_for("accounts.sign_in", again=again), 307)
    return redirect(url_for("accounts.sign_in", next=_way_back()), 302)


def _way_back() -> str:
    """Where to go on after signing in: a page of ours that can be asked for again."""
    wanted = request.full_path.rstrip("?")
    return wanted if request.method == "GET" and len(wanted) < NEXT_LENGTH else ""


def way_back(default: str) -> str:
    """Where a form wants to go on to: a page of the desk, or the default."""
    wanted = request.form.get("back", "") or request.args.get("back", "")
    is_ours = wanted.startswith("/staff") and "\\" not in wanted and len(wanted) < NEXT_LENGTH
    return wanted if is_ours and wanted.isprintable() else default


def requires(permission: Permission, *, is_activity: bool = True) -> Any:
    """Let in only who is signed in (others are asked to) and may do this (others get 403).

    A page that asks again by itself is no activity and keeps no session alive.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            found = signed_in()
            if not found:
                return _to_sign_in()
            if not found.actor.may(permission):
                abort(403)
            if is_activity:
                queries.note_seen(found, clock.now())
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def actor() -> Actor:
    """Who of the studio is asking."""
    found = signed_in()
    if not found:
        abort(401)
    return found.actor


def place() -> Place:
    """The place of whoever asks; who belongs to none has chosen one, or gets the first."""
    found = place_if_any()
    if found is None:
        raise NoStudioYet
    return found


def place_if_any() -> Place | None:
    """The same, or None before there is a studio."""
    if "desk_place" not in g:
        here = signed_in()
        own = here.place if here else None
        g.desk_place = own or queries.place(session.get("place"))
        if g.desk_place:
            g.place = g.desk_place.id
    found: Place | None = g.desk_place
    return found


def _no_studio(error: NoStudioYet) -> ResponseReturnValue:
    """Who may set the studio up is led to where that is done."""
    found = signed_in()
    if found and found.actor.may(Permission.MANAGE_STUDIO):
        return redirect(url_for("first_day.index"), 302 if request.method == "GET" else 303)
    return errors.refused(error)


class _Desk:
    """What the frame of a desk page shows, looked up only when it is shown."""

    @property
    def actor(self) -> Actor:
        return actor()

    @property
    def place(self) -> Place:
        return place()

    @property
    def undo(self) -> dict[str, Any] | None:
        """The move that was just made here and can still be taken back; shown once."""
        found: dict[str, Any] | None = session.pop("undo", None)
        if not found or datetime.fromisoformat(found["until"]) < clock.now():
            return None
        return found

    def may(self, permission: str) -> bool:
        """Whether a link to it should be shown."""
        found = signed_in()
        return bool(found and found.actor.may(Permission(permission)))
