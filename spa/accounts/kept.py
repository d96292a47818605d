"""A form that came too late: what was typed is kept in the page until its writer is back."""

from dataclasses import dataclass

from flask import request, session
from itsdangerous import BadSignature

from spa import links
from spa.accounts import queries
from spa.accounts.forms import ButtonForm

NEVER_KEPT = {"csrf_token", "present", "new", "password"}


@dataclass(frozen=True)
class KeptForm:
    """Where it was sent, and the name and value of each field."""

    path: str
    fields: list[tuple[str, str]]


def form_kept(path: str) -> str:
    """The form that was just sent, signed for the one who sent it; empty for a stranger's.

    The token of the form is asked for: nobody else can put words into their mouth.
    """
    writer = queries.was_signed_in(session.get("was", ""))
    if not writer or not path.startswith("/staff/") or not ButtonForm().validate_on_submit():
        return ""
    fields = [one for one in request.form.items(multi=True) if one[0] not in NEVER_KEPT]
    return str(links.signer("kept form").dumps([writer, path, fields]))


def read(signed: str | None, staff_id: int) -> KeptForm | None:
    """What this person sent before they signed in again, if anything."""
    try:
        writer, path, fields = links.signer("kept form").loads(signed or "")
    except (BadSignature, ValueError, TypeError):
        return None
    kept = KeptForm(path, [(name, value) for name, value in fields])
    return kept if writer == staff_id else None
