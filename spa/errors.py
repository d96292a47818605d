"""Every way of saying no, and how each becomes a page or JSON."""

import logging
from collections.abc import Sequence

import sqlalchemy as sa
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from spa import wording
from spa.domain.availability import Reason

log = logging.getLogger("spa")

OUR_MISTAKES = (sa.exc.IntegrityError, sa.exc.ProgrammingError)


class Refusal(Exception):
    """A polite no: nothing was changed, and its wording, not its text, is shown."""

    status = 409


class SlotTaken(Refusal):
    """This hour cannot be had, for these reasons."""

    def __init__(self, reasons: Sequence[Reason] = (Reason.PRACTITIONER_BUSY,)) -> None:
        """Empty reasons mean that somebody else was a moment quicker."""
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


class NoLongerOffered(Refusal):
    """Nothing of that name can be booked any more."""


class HoldOver(Refusal):
    """The hold has ended for good and cannot be kept any longer."""


class PleaseCall(Refusal):
    """This visit is booked by phone."""


class TooManyVisits(Refusal):
    """This email address has as many coming visits as can be booked online."""


class ChangeRefused(Refusal):
    """This visit can no longer be moved or cancelled online, for this reason."""

    def __init__(self, reason: str) -> None:
        """`reason` is a ChangeRefusal of the policy."""
        super().__init__(reason)
        self.reason = reason


class ChangedMeanwhile(Refusal):
    """Somebody else changed this since the page was made."""


class LeavesStranded(Refusal):
    """A change would leave visits without their hour, and it was not said what becomes of them."""


class NotAllowed(Refusal):
    """This can't be done with it now, or not by this member of staff."""


class SignInRefused(Refusal):
    """The address and the password do not belong together, or this person is not let in."""


class WrongPassword(Refusal):
    """The present password was not the one that was typed."""


class LinkOver(Refusal):
    """This link was used, replaced, or is too old."""

    status = 410


class AlreadyHere(Refusal):
    """Somebody with this email address works here already."""


class PersonTaken(Refusal):
    """Somebody else signs in as this person of the rota."""


class LastOwner(Refusal):
    """Without this owner nobody could let people in any more."""


class NoStudioYet(Refusal):
    """Nothing can be done at the desk before there is a studio."""

    status = 404


class VisitsToCome(Refusal):
    """What coming visits were agreed by can't change under them."""

    def __init__(self, fields: Sequence[str], count: int) -> None:
        """`fields` were to change, `count` visits and blocked times are still to come."""
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)
        self.count = count


class BadQuery(Exception):
    """A parameter of the API is missing or unusable."""

    def __init__(self, parameter: str, wanted: str) -> None:
        """`wanted` says what the parameter should be."""
        super().__init__(f"{parameter}: {wanted}")
        self.parameter = parameter
        self.wanted = wanted


def init_app(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(BadQuery, _bad_query)
    for unavailable in (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        app.register_error_handler(unavailable, _unavailable)
    app.register_error_handler(Exception, _broken)


def _page(status: int, title: str, message: str) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return jsonify({"error": message}), status
    return render_template("errors/error.html", status=status, title=title, message=message), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, SecurityError):
        # Called by a name that is not ours: no page of ours can be linked from here.
        return wording.http_error(400)[1], 400, {"Content-Type": "text/plain; charset=utf-8"}
    if status < 400:
        return error.get_response()
    answer = _page(status, *wording.http_error(status))
    allowed = getattr(error, "valid_methods", None)
    return (*answer, {"Allow": ", ".join(sorted(allowed))}) if allowed else answer  # type: ignore[misc]


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, *wording.stale_form())


def refused(error: Refusal) -> ResponseReturnValue:
    """The page of a refusal that has one to itself."""
    return _page(error.status, wording.refusal_title(), wording.refusal(error))


def _bad_query(error: BadQuery) -> ResponseReturnValue:
    return jsonify(
        {"error": f"{error.parameter}: {error.wanted}", "parameter": error.parameter}
    ), 400


def _unavailable(error: Exception) -> ResponseReturnValue:
    """The database is busy, gone, full or read-only: say so, and when to come back."""
    if isinstance(error, sa.exc.DataError):
        # What no database keeps: a character that is none, a number beyond all bounds.
        return _page(400, *wording.http_error(400))
    if isinstance(error, OUR_MISTAKES):
        return _broken(error)
    log.error("database unavailable: %s", str(getattr(error, "orig", error)).split("\n")[0])
    title, message = wording.http_error(503)
    if request.method == "POST":
        message = wording.send_again()
    answer = _page(503, title, message)
    return (*answer, {"Retry-After": "30"})  # type: ignore[misc]


def _broken(error: Exception) -> ResponseReturnValue:
    """Our mistake; the log has the place and never what a person typed."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("%s at %s in %s", type(error).__name__, place, request.endpoint)
    try:
        return _page(500, *wording.http_error(500))
    except Exception:
        return "Something went wrong on our side.", 500, {"Content-Type": "text/plain"}
