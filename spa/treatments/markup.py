"""Turns the Markdown that staff write into HTML that can do no harm."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "a", "hr"}
HIGHEST = 3
"""The page itself has the headings above."""

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
    ["image", "code", "fence", "backticks", "html_block", "html_inline"]
)


def html(text: str) -> Markup:
    """Paragraphs, lists, links and small headings; HTML that was typed is shown as it is."""
    tokens = _markdown.parse(text)
    for token in tokens:
        _lower(token)
    written = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        written,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    # Cleaned by nh3 just now.
    return Markup(clean.strip())


def _lower(token: Token) -> None:
    """A heading of whatever height is one of ours."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(max(int(token.tag[1]) + HIGHEST - 1, HIGHEST), HIGHEST + 1)}"
