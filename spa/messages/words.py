"""The words of a message: the studio's own or the program's, checked, and filled in.

What staff write is Markdown with placeholders from a list; it is never run as a template. What is
put in for a placeholder is put in last and escaped, so that nobody's name can be markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from spa.database import db
from spa.messages.default_words import DEFAULTS, Words, default
from spa.models import MessageWords
from spa.treatments import markup

__all__ = ["DEFAULTS", "Words", "default"]

INLINE = (
    "name", "studio", "phone", "day", "time", "when", "who", "treatment", "free_until", "link",
)  # fmt: skip
BLOCKS = (
    "visit", "terms", "button", "now", "preparation", "aftercare", "warning", "diary", "confirm",
    "pencilled", "book",
)  # fmt: skip
PLACEHOLDERS = (*INLINE, *BLOCKS)

IN_SHORT = frozenset({"name", "studio", "phone", "day", "time", "when", "link"})
"""What a text to a telephone may say: no treatment and nobody who gives it."""

SHORT_LENGTH = 300
FIELDS = ("subject", "body", "first_body", "short")

_MARK = re.compile(r"\{([a-z_]+)\}")
_BLOCK = "(" + "|".join(BLOCKS) + ")"
_BLOCK_LINE = re.compile(rf"^[ \t]*\{{{_BLOCK}\}}[ \t]*$", re.MULTILINE)
_EITHER = re.compile(rf"{_BLOCK_LINE.pattern}|{_MARK.pattern}", re.MULTILINE)
_IN_HTML = re.compile(rf"<p>\{{{_BLOCK}\}}</p>|{_MARK.pattern}")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Block:
    """What stands in for a placeholder of its own line, as plain text and as HTML."""

    text: str
    html: Markup


def words_of(location_id: int, event: str, language: str) -> Words:
    """What this place says in this language; the program's words where it has none of its own."""
    own = db.session.get(MessageWords, (location_id, event, language))
    if own is None:
        return default(event)
    # A note that may go to a telephone always has words for it.
    return Words(own.subject, own.body, own.first_body, own.short or default(event).short)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with words: a code, and the placeholder it is about."""

    code: str
    about: str = ""


def problems(field: str, text: str) -> list[Problem]:
    """What is wrong with the text of a field before it can be saved."""
    found = []
    if field in {"subject", "body"} and not text.strip():
        found.append(Problem("empty"))
    if field == "short" and len(text) > SHORT_LENGTH:
        found.append(Problem("too_long"))
    if field == "short" and text.strip() and "{link}" not in text:
        found.append(Problem("no_link"))
    allowed = {"subject": INLINE, "short": tuple(IN_SHORT)}.get(field, PLACEHOLDERS)
    for name in dict.fromkeys(re.findall(r"\{([^{}\n]*)\}", text)):
        if name not in PLACEHOLDERS:
            found.append(Problem("unknown", name))
        elif name not in allowed:
            found.append(Problem("not_here", name))
        elif name in BLOCKS and "{" + name + "}" in _BLOCK_LINE.sub("", text):
            found.append(Problem("own_line", name))
    if field == "subject" and "{link}" in text:
        found.append(Problem("not_here", "link"))
    return found


def line(text: str, values: Mapping[str, str]) -> str:
    """One line filled in: a subject, or a text to a telephone."""
    return " ".join(_MARK.sub(lambda mark: values.get(mark[1], ""), text).split())


def as_text(body: str, values: Mapping[str, str], blocks: Mapping[str, Block]) -> str:
    """The body as plain text; a block that has nothing to say leaves no gap."""

    def put(mark: re.Match[str]) -> str:
        return blocks[mark[1]].text.strip() if mark[1] in blocks else values.get(mark[2] or "", "")

    filled = _EITHER.sub(put, body.replace("\r\n", "\n"))
    return _BLANKS.sub("\n\n", filled).strip()


def as_html(body: str, values: Mapping[str, str], blocks: Mapping[str, Block]) -> Markup:
    """The body as HTML, from cleaned Markdown and escaped values."""
    apart = _BLOCK_LINE.sub(lambda mark: f"\n\n{{{mark[1]}}}\n\n", body.replace("\r\n", "\n"))
    written = str(markup.html(apart))

    def put(mark: re.Match[str]) -> str:
        return str(blocks[mark[1]].html) if mark[1] in blocks else _inline(mark[2] or "", values)

    return Markup(_IN_HTML.sub(put, written))


def _inline(name: str, values: Mapping[str, str]) -> str:
    value = escape(values.get(name, ""))
    if name == "link":
        return f'<a href="{value}">{value}</a>'
    return f"<bdi>{value}</bdi>" if name in {"name", "who"} else str(value)
