"""Every polite no, and the errors that have a page to themselves."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from spa.wording.booking import change_refusal, reasons

if TYPE_CHECKING:
    from spa.errors import Refusal


def refusal(error: "Refusal") -> str:
    """The sentence for a refusal."""
    kind = type(error).__name__
    if kind == "SlotTaken":
        return reasons(getattr(error, "reasons", ()))
    if kind == "ChangeRefused":
        return change_refusal(getattr(error, "reason", ""))
    return {
        "NoLongerOffered": _(
            "This treatment can't be booked online any more. Please call us, or look at the menu."
        ),
        "ChangedMeanwhile": _(
            "Somebody changed this while your page was open. Look at what is there now, "
            "then try again."
        ),
        "LeavesStranded": _("Say first what becomes of the visits that can't stay as they are."),
        "NoStudioYet": _(
            "There is no studio in this program yet. Its owner signs in here and is led through "
            "the first day."
        ),
        "VisitsToCome": _("That can't change while visits are still to come."),
        "NotAllowed": _("That can't be done with this visit now."),
        "HoldOver": _(
            "This hour can't be held any longer. Choose a time again when you are ready."
        ),
        "SignInRefused": _(
            "That address and password don't belong together. Check both, or choose a new "
            "password by mail."
        ),
        "WrongPassword": _("That is not your present password."),
        "LinkOver": _("This link no longer works."),
        "AlreadyHere": _("Somebody with this email address works here already."),
        "PersonTaken": _("Somebody else signs in as this person already."),
        "LastOwner": _(
            "Without this owner nobody could let people in any more. Make somebody else an owner "
            "first."
        ),
        "PleaseCall": _(
            "Please call us to book this visit: we would like to talk it through with you first."
        ),
        "TooManyVisits": _(
            "This email address already has as many coming visits as can be booked online. "
            "Please call us and we will gladly book the next one with you."
        ),
    }.get(kind, _("That is not possible right now. Please call us."))


def refusal_title() -> str:
    """The heading above a refusal that has a page to itself."""
    return _("That didn't work")


def send_again() -> str:
    """What to do when a form could not be taken just now."""
    return _(
        "The booking system is catching its breath, and nothing was changed. Wait half a minute, "
        "then reload this page to send it again: your browser still has what you typed."
    )


def stale_form() -> tuple[str, str]:
    """Title and sentence for a form whose page was too old."""
    return (
        _("This page had been open for a while"),
        _("Nothing was changed. Please go back, load the page again and press the button again."),
    )


def session_over() -> str:
    """Why somebody has to sign in again."""
    return _("You were signed out to keep the clients' details safe. Please sign in again.")


def suspended() -> str:
    """Why somebody is out and stays out for now."""
    return _("Your account has been suspended. The owner of the studio can let you back in.")


def too_many_tries() -> str:
    """What to do when an account was tried too often."""
    return _(
        "That was a lot of tries in a short time. Please wait ten minutes, or choose a new "
        "password by mail: that works at once."
    )


def http_error(status: int) -> tuple[str, str]:
    """Title and sentence for an error that has a page to itself."""
    return {
        400: (_("We couldn't read that"), _("Something in the address or form was not readable.")),
        403: (
            _("This isn't open to you"),
            _("Your account doesn't allow this. Ask the owner of the studio if you need it."),
        ),
        404: (
            _("We can't find that page"),
            _("It may have moved, or the link may be incomplete. The menu leads on from here."),
        ),
        405: (_("That can't be done here"), _("This address doesn't take that kind of request.")),
        410: (
            _("This link no longer works"),
            _("A newer link may be in your mail. You can also have your links sent again."),
        ),
        413: (_("That is too much"), _("What was sent is larger than we can take.")),
        429: (
            _("One moment, please"),
            _("That was a lot of tries in a short time. Wait ten minutes, or call us."),
        ),
        503: (
            _("We'll be right back"),
            _(
                "The booking system is catching its breath. Nothing was changed. "
                "Please try again in half a minute."
            ),
        ),
    }.get(
        status,
        (
            _("Something went wrong on our side"),
            _("It is not your fault, and it has been noted. Please try again or call us."),
        ),
    )
