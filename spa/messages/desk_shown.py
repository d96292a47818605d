"""Messages in words, with what staff may do about each."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import clock, wording
from spa.messages import actions
from spa.messages.desk_queries import Line


@dataclass(frozen=True)
class MessageShown:
    """One message as the desk lists it; `also` are the notes that go as one with it."""

    id: int
    name: str
    also: str
    status: str
    at: str
    to: str
    why: str
    text: str
    client: str
    reference: str
    staff_id: int | None
    is_coming: bool
    is_failed: bool
    may_go_again: bool
    may_go_now: bool
    may_stop: bool


def messages_shown(lines: Iterable[Line], zone: ZoneInfo, country: str) -> list[MessageShown]:
    """Messages as the desk lists them."""
    return [_shown(one, zone, country) for one in lines]


def _shown(one: Line, zone: ZoneInfo, country: str) -> MessageShown:
    is_true = _is_true(one)
    is_text = one.channel == "text"
    return MessageShown(
        id=one.id,
        name=wording.message_name(one.event),
        also=", ".join(wording.message_name(key) for key in one.parts[1:]),
        status=wording.message_status(one.status),
        at=_at(one, zone),
        to=wording.phone(one.recipient, country) if is_text else one.recipient,
        why=_why(one),
        text=one.text,
        client=one.client,
        reference=one.reference or "",
        staff_id=one.staff_id,
        is_coming=one.status == "waiting",
        is_failed=one.status == "failed",
        may_go_again=one.status in {"failed", "sent"} and is_true,
        may_go_now=one.status == "waiting" and is_true,
        may_stop=one.status == "waiting" and one.reference is not None,
    )


def _is_true(one: Line) -> bool:
    """Whether it may be said of its visit; what is about none can't be asked for here."""
    if one.booking_status is None or one.starts_at is None or one.ends_at is None:
        return False
    return actions.still_true(
        one.event, one.booking_status, one.starts_at, one.ends_at, clock.now()
    )


def _at(one: Line, zone: ZoneInfo) -> str:
    if one.status == "waiting":
        return _("goes %(at)s", at=wording.moment_short(one.due_at, zone))
    if one.status in {"withdrawn", "stopped"}:
        return ""
    return wording.moment_short(one.sent_at or one.due_at, zone)


def _why(one: Line) -> str:
    """Why it failed, waits longer, or may have arrived twice."""
    if one.interruptions and one.status == "sent":
        return _("The program stopped while it was being sent: it may have gone out twice.")
    if one.status not in {"failed", "waiting"}:
        return ""
    trouble = wording.mail_trouble(one.last_error) if one.last_error else ""
    if one.interruptions and one.last_error != "Interrupted":
        stopped = _("The program stopped while it was being sent: it may have arrived.")
        return f"{stopped} {trouble}".strip()
    return trouble
