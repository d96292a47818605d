"""How a client is found by any part of a name, phone or email, with or without its accents."""

import re
import unicodedata

LONGEST = 40
SHORTEST = 2
SHORTEST_NUMBER = 3


def words_of(name: str, email: str, phone: str) -> set[str]:
    """Every text that some part of this record begins with when it is looked for.

    The endings of each word are words too, so that a beginning finds any part of it.
    """
    mailbox, _, domain = email.partition("@")
    whole = [*_words(name), *_words(mailbox)]
    found = {word[at:] for word in whole for at in range(len(word) - SHORTEST + 1)}
    digits = re.sub(r"\D", "", phone)
    found |= {digits[at:] for at in range(len(digits) - SHORTEST_NUMBER + 1)}
    found |= {word for word in whole if len(word) < SHORTEST}
    found |= set(_words(domain)[:1])
    return {word[:LONGEST] for word in found if word}


def beginnings(asked: str) -> tuple[str, ...]:
    """What somebody typed as beginnings that must all be found; () when it is too little.

    A number is one beginning however it is spaced, without the zeros dialled inside a country.
    """
    if re.fullmatch(r"[\d\s()+./-]+", asked):
        digits = re.sub(r"\D", "", asked).lstrip("0")
        return (digits[:LONGEST],) if len(digits) >= SHORTEST_NUMBER else ()
    typed = asked.partition("@")[0] + " " + " ".join(_words(asked.partition("@")[2])[:1])
    words = [word[:LONGEST] for word in _words(typed)]
    return tuple(words) if any(len(word) >= SHORTEST for word in words) else ()


def _words(text: str) -> list[str]:
    """The words in a text, folded; marks on letters go, letters of any script stay."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’ʼ`")
    return re.findall(r"[^\W_]+", kept)
