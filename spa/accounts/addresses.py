"""How a name and an email address that somebody typed are kept and compared."""

import unicodedata

from email_validator import EmailNotValidError, validate_email


def one_line(text: str | None) -> str:
    """Text without control characters and with single spaces."""
    kept = (c for c in " ".join((text or "").split()) if unicodedata.category(c) != "Cc")
    return "".join(kept)


def address(text: str | None) -> str:
    """An email address as it is kept and compared: in small letters."""
    return one_line(text).lower()


def mailbox(text: str | None) -> str:
    """An address in the form that was kept, however its domain was written."""
    typed = address(text)
    return written_address(typed) or typed


def written_address(text: str) -> str:
    """The address as mail servers use it, or empty for what is none."""
    try:
        return validate_email(text, check_deliverability=False).ascii_email or ""
    except EmailNotValidError:
        return ""
