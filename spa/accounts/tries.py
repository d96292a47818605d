"""How often somebody may try to sign in, so that nobody guesses and nobody is locked out.

The setting LIMIT_SIGN_IN says how many tries an account has in ten minutes from one address. Who
signs in to the right account starts that count anew. Two wider ones stand behind it: one address
may try five times as often, whatever the accounts, and one account may be tried ten times as often,
wherever from.

A stranger who uses these up would lock the real person out, so a browser that has signed in to that
account before, or has chosen its password by the mailed link, has a count of its own and no other.
It is known by a signed cookie, which opens nothing by itself. Addresses of nobody count the same.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature

from spa import limits, links

SETTING = "LIMIT_SIGN_IN"
TIMES_ONE_ADDRESS = 5
TIMES_ONE_ACCOUNT = 10
COOKIE = "known"
COOKIE_LASTS = timedelta(days=180)
ACCOUNTS_KNOWN = 8


def is_within(email: str) -> bool:
    """Count one more try for this account; whether it may be made."""
    if known := _known().get(_who(email)):
        return limits.counts_within(SETTING, "known", email, known)
    caller = limits.caller()
    return (
        limits.counts_within(SETTING, "both", email, caller)
        and limits.counts_within(SETTING, "address", caller, times=TIMES_ONE_ADDRESS)
        and limits.counts_within(SETTING, "account", email, times=TIMES_ONE_ACCOUNT)
    )


def is_within_for(staff_id: int) -> bool:
    """Count one more try of the present password by somebody who is signed in."""
    return limits.counts_within(SETTING, "present", str(staff_id))


def succeeded(email: str) -> None:
    """It was the real person: what they mistyped before no longer counts."""
    if known := _known().get(_who(email)):
        limits.forget(SETTING, "known", email, known)
    limits.forget(SETTING, "both", email, limits.caller())


def remember(response: Response, email: str) -> Response:
    """Let this browser be known as one that the real person uses."""
    known = _known()
    name = known.pop(_who(email), "") or secrets.token_urlsafe(12)
    kept = dict([*known.items(), (_who(email), name)][-ACCOUNTS_KNOWN:])
    response.set_cookie(
        COOKIE,
        str(links.signer("known browser").dumps(kept)),
        max_age=COOKIE_LASTS,
        path="/staff",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _known() -> dict[str, str]:
    """The accounts that this browser has signed in to, with its name for each."""
    try:
        found: Any = links.signer("known browser").loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {}
    return dict(found)


def _who(email: str) -> str:
    return sha256(email.encode()).hexdigest()[:32]
