"""How names, addresses and phone numbers that somebody typed are read, kept and compared."""

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

KEPT_CONTROLS = frozenset("\u200c\u200d") | {chr(code) for code in range(0xE0020, 0xE0080)}
"""Joiners and tags that emoji and several scripts need; other control characters go."""

CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def one_line(text: str | None) -> str:
    """Text without control characters and with single spaces."""
    return " ".join(_cleaned(text, "").split())


def many_lines(text: str | None) -> str:
    """Text without control characters, with its lines."""
    return _cleaned((text or "").replace("\r\n", "\n"), "\n").strip()


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


def phone_number(text: str, region: str) -> str:
    """A number that could exist, in any way of writing it, as +12125550123; empty for none.

    `region` is the country code of numbers written without one.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def advertises(name: str) -> bool:
    """Whether a name holds a web address: a name opens our mails, so it can't."""
    return bool(re.search(r"://|www\.", name, re.IGNORECASE))


def _cleaned(text: str | None, kept: str) -> str:
    """Control characters become spaces, and invisible marks of direction simply go."""
    return "".join(
        character
        if character == kept
        or character in KEPT_CONTROLS
        or unicodedata.category(character) not in CONTROLS
        else ("" if unicodedata.category(character) == "Cf" else " ")
        for character in text or ""
    )
