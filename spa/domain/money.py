"""Money as people type it, in the smallest unit of a currency."""

import re

MOST = 100_000_000


def minor_of(text: str, digits: int) -> int | None:
    """A price typed in whole units, with a comma or a point before its cents; None for none.

    "185", "185.00" and "185,00" are the same; "1,850.5" could mean two things, and is refused.
    """
    part = rf"(?:[.,](\d{{1,{digits}}}))?" if digits else "()"
    found = re.fullmatch(rf"(\d{{1,9}}){part}", text.strip(), re.ASCII)
    if not found:
        return None
    minor = int(found[1]) * 10**digits + int((found[2] or "").ljust(digits, "0") or 0)
    return minor if minor <= MOST else None


def rescaled(minor: int, old_digits: int, new_digits: int) -> int:
    """The price that shows the same number in a currency with more or fewer cents."""
    if new_digits >= old_digits:
        return int(minor * 10 ** (new_digits - old_digits))
    return int(round(minor / 10 ** (old_digits - new_digits)))
