"""By what channel a client hears of something: their choice, as far as it can be kept."""

from typing import Literal

from spa.domain.plan import Kind

Channel = Literal["email", "text"]


def channel_for(
    kind: Kind,
    *,
    prefers: str,
    no_texts: bool,
    has_email: bool,
    has_phone: bool,
    texts_are_on: bool,
) -> Channel | None:
    """Email or text, or None when there is no way that they agreed to.

    Answers go by email where there is one, because it carries the calendar file; notes by what was
    chosen. A text is only for who chose texts, and never news: marketing by text needs a consent of
    its own (READYSMS, TCPA-AR).
    """
    may_text = prefers == "text" and has_phone and texts_are_on and not no_texts
    if kind == Kind.NOTE and may_text:
        return "text"
    if has_email:
        return "email"
    return "text" if may_text and kind in {Kind.NOTE, Kind.ANSWER} else None
