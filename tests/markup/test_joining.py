"""Texts as parts of one document: headings deeper, ids apart, links inside, and nothing else touched."""

from __future__ import annotations

import pytest

from kbwiki.markup.joining import Part, as_part

PARTS = {"/wiki/a": "kb_d1", "/wiki/a/b%20c": "kb_d2"}

CASES = {
    "a heading goes down": ("<h2>One</h2>", "<h3>One</h3>"),
    "none is the document's title": ("<h1>One</h1>", "<h3>One</h3>"),
    "none goes below the sixth": ("<h6>One</h6>", "<h6>One</h6>"),
    "ids are its own": ('<h2 id="x">One</h2>', '<h3 id="kb_d7-x">One</h3>'),
    "what refers to them follows": (
        '<a href="#x"></a><p aria-labelledby="x y"></p>',
        '<a href="#kb_d7-x"></a><p aria-labelledby="kb_d7-x kb_d7-y"></p>',
    ),
    "in drawings too": ('<path marker-end="url(#m)">', '<path marker-end="url(#kb_d7-m)">'),
    "a link to a page leads to its part": ('<a href="/wiki/a">A</a>', '<a href="#kb_d1">A</a>'),
    "and to the section there": ('<a href="/wiki/a/b%20c#s">A</a>', '<a href="#kb_d2-s">A</a>'),
    "a link elsewhere stays": ('<a href="/wiki/other#s">A</a>', '<a href="/wiki/other#s">A</a>'),
    "and one to another site": (
        '<a href="https://a.org/?a=1&amp;b=2">A</a>',
        '<a href="https://a.org/?a=1&amp;b=2">A</a>',
    ),
    "pictures do not wait": ('<img src="/x" loading="lazy">', '<img src="/x">'),
    "words that look like tags are words": ("&lt;h2 id=&quot;x&quot;&gt;", "&lt;h2 id=&quot;x&quot;&gt;"),
    "so are they in attributes": ('<img alt="a > b <h2" id="x">', '<img alt="a > b <h2" id="kb_d7-x">'),
}


@pytest.mark.parametrize("case", CASES)
def test_a_text_becomes_a_part(case: str) -> None:
    html, wanted = CASES[case]

    assert as_part(html, Part("kb_d7", 1, PARTS)) == wanted
