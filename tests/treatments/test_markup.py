"""Tests of spa.treatments.markup: what staff write, as HTML that can do no harm."""

import pytest

from spa.treatments.markup import html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# Top", "<h3>Top</h3>"),
        ("### Deep", "<h4>Deep</h4>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](https://a.example/?a=1&b)", None),
        ("![x](https://a.example/x.png)", None),
        ("", ""),
        ("\u202eabc", "<p>\u202eabc</p>"),
    ],
)
def test_markdown_becomes(typed: str, shown: str | None) -> None:
    found = str(html(typed))

    if shown is not None:
        assert found == shown
    assert "<script" not in found
    assert "<img" not in found
    assert 'href="javascript' not in found


def test_a_link_leaves_no_trace_of_the_page_it_came_from() -> None:
    assert 'rel="noopener noreferrer"' in html("[x](https://a.example/)")
    assert 'href="https://a.example/"' in html("[x](https://a.example/)")


def test_a_megabyte_of_brackets_is_answered_in_time() -> None:
    assert html("[" * 20_000).startswith("<p>[")
