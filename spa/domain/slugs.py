"""Names as parts of addresses."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60


def slug_of(name: str) -> str:
    """A name in plain small letters: "Mei-Lin Zhào" becomes "mei-lin-zhao"; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


def free_slug(name: str, taken: Collection[str], otherwise: str) -> str:
    """An address for this name that nobody has; `otherwise` is for a name without plain letters."""
    wanted = slug_of(name) or otherwise
    found, count = wanted, 2
    while found in taken:
        found, count = f"{wanted}-{count}", count + 1
    return found
