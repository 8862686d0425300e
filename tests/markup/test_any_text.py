"""Promises about every text there is, not only about those somebody thought of."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbwiki.markup import RENDERER_VERSION, Link, Resolved, parse, render, rewrite_links
from tests.markup.dom import dom
from tests.markup.hostile import HOSTILE
from tests.markup.test_hostile_input import offences

ANY_CHARACTER = st.characters(codec=None, categories=None)
SIGNS = st.sampled_from(list("[]()|#!`*_~\\<>&;:=-+.^\"'{}@/ \t\n\r\0\x0b\x0c\x1c\x85\xa0\u2028\ufeff\ud800\udfff"))
BITS = st.one_of(
    st.sampled_from(["[[", "]]", "](", "![", "**", "~~", "[^a]", "&amp;", "&#0;", "<http:x>"]),
    st.sampled_from(["> ", "- [ ] ", "1. ", ": ", "    ", "# ", "[!NOTE]", "[TOC]", "[^a]: ", "[r]: /x 't'\n"]),
    st.sampled_from(["|-|-|\n", "a|b\n", "```\n", "~~~c\n", "---\n", "http://", "www.", "a@b.cc"]),
)
TEXTS = st.one_of(
    st.text(ANY_CHARACTER),
    st.lists(st.one_of(SIGNS, BITS, st.sampled_from(["a", "b ", "word"]))).map("".join),
)


def resolve(link: Link) -> Resolved:
    return Resolved(f"/w/{link.target}", missing=len(link.target) % 2 == 0, title="t")


@given(TEXTS)
@example("\ud800\0")
@example("[^1]: [^1]: [^1]:\n\n[^1]")
def test_every_text_renders_to_balanced_harmless_html_that_utf8_can_carry(text: str) -> None:
    document = parse(text)

    html = render(document, resolve=resolve).html

    dom(html)
    assert offences(html) == []
    html.encode("utf-8")
    document.plain.encode("utf-8")


@given(TEXTS)
def test_what_a_text_gives_out_can_be_stored_anywhere(text: str) -> None:
    document = parse(text)

    words = [document.plain, *(heading.title + heading.anchor for heading in document.headings)]
    words += [link.target + (link.section or "") for link in document.links]
    for word in words:
        assert "\0" not in word
        word.encode("utf-8")


@given(TEXTS)
def test_every_text_can_have_its_links_rewritten(text: str) -> None:
    assert rewrite_links(text, lambda link: None) is text
    rewrite_links(text, lambda link: "new page")


@given(TEXTS)
def test_rendering_twice_gives_the_same_and_leaves_the_document_as_it_was(text: str) -> None:
    document = parse(text)
    links, headings, plain = document.links, document.headings, document.plain

    first = render(document, resolve=resolve)
    render(document, resolve=lambda link: Resolved("/elsewhere", missing=True))
    second = render(document, resolve=resolve)

    assert first == second
    assert (document.links, document.headings, document.plain) == (links, headings, plain)


def test_what_html_cannot_carry_is_replaced_where_it_stands() -> None:
    document = parse("a\0b\ud800c [[x\udfffy]]")

    assert document.plain == "a\ufffdb\ufffdc x\ufffdy"
    assert document.links == (Link("x\ufffdy", None, "wiki"),)


def test_plain_text_has_the_words_and_not_the_markup() -> None:
    text = (
        "# Pay & *leave*\n\nSee [[hr/Pay|the page]] and ![a plan](plan.png).\nNext line.\n\n"
        "| Day | Who |\n|-|-|\n| Mon | Ann |\n\n- [x] done\n\n> [!TIP] Ask\n> early\n\n```python\npay()\n```\n\n"
        "Term\n: meaning\n\nNote[^1]\n\n[^1]: small print"
    )

    assert parse(text).plain.splitlines() == [
        "Pay & leave",
        "See the page and a plan. Next line.",
        "Day Who ",
        "Mon Ann ",
        "done",
        "Ask",
        "early",
        "pay()",
        "Term",
        "meaning",
        "Note",
        "small print",
    ]


def test_many_threads_read_at_once_and_each_gets_its_own_text() -> None:
    texts = [f"# {number}\n\n{text}\n\n```python\nx = {number}\n```\n" for number, text in enumerate(HOSTILE)]
    alone = [render(parse(text), resolve=resolve).html for text in texts]
    start = threading.Barrier(8)

    def all_of_them(_: int) -> list[str]:
        start.wait()
        return [render(parse(text), resolve=resolve).html for text in texts]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(all_of_them, range(8)))

    assert all(result == alone for result in together)


# Size


def bomb(uses: int = 20_000) -> str:
    """A text of 85 KB that asks for 100 MB: a definition of 5,000 characters, used often."""
    return f"[a]: /{'x' * 5_000}\n\n" + "[a] " * uses


def test_a_text_that_asks_for_far_too_much_html_is_cut_and_says_so() -> None:
    rendered = render(parse("The beginning.\n\n" + bomb()), resolve=resolve)

    assert not rendered.complete
    assert len(rendered.html) < 3_000_000
    notices = [box.text for box in dom(rendered.html).all("div") if "kb-callout" in box.attributes["class"]]
    assert len(notices) == 2
    assert all("too long to be shown in full" in notice for notice in notices)
    assert "The beginning." in rendered.html


def test_a_cut_text_is_still_balanced_and_harmless() -> None:
    for limit in range(0, 900, 7):
        html = render(parse("> - | *a [b](c)* |\n>   |-|\n\n" + bomb(50)), resolve=resolve, max_output=limit).html
        dom(html)
        assert offences(html) == []


def test_the_limit_can_be_set_lower() -> None:
    text = "word " * 1_000

    assert render(parse(text), resolve=resolve, max_output=10_000).complete
    assert not render(parse(text), resolve=resolve, max_output=1_000).complete


def test_an_honest_large_text_is_shown_whole() -> None:
    text = "".join(f"## Part {n}\n\n| a | [[b {n}]] |\n|-|-|\n| *c* | `d` |\n\n- e\n\n" for n in range(5_000))

    rendered = render(parse(text), resolve=resolve)

    assert rendered.complete
    assert len(rendered.toc) == 5_000


@pytest.mark.parametrize("part", RENDERER_VERSION.split("-"))
def test_the_renderers_version_is_short_and_fits_into_a_key(part: str) -> None:
    assert part.isalnum()
    assert len(RENDERER_VERSION) <= 20
