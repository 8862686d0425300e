"""Links change where they lead; not one other byte changes, and nothing else changes its meaning."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbwiki.markup import Link, parse, rewrite_links
from kbwiki.markup.skeleton import skeleton


def renamed(text: str, to: str = "new", of: str = "old") -> str:
    """The text after the page `of` was moved to `to`."""
    return rewrite_links(text, lambda link: to if link.target == of else None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[old]]", "[[new]]"),
        ("[[ old ]]", "[[ new ]]"),
        ("[[old|old label]]", "[[new|old label]]"),
        ("[[old#old section]]", "[[new#old section]]"),
        ("[[old#s|l]]", "[[new#s|l]]"),
        ("[old](old)", "[old](new)"),
        ("[l]( old )", "[l]( new )"),
        ('[l](old "old")', '[l](new "old")'),
        ("[l](old#old%20s 'old')", "[l](new#old%20s 'old')"),
        ("[l](\n  old\n  'old')", "[l](\n  new\n  'old')"),
        ("[l](<old>)", "[l](<new>)"),
        ("[l](%6fld) [l](&#111;ld) [l](ol\\d)", "[l](new) [l](new) [l](ol\\d)"),
        ("![old](old)", "![old](new)"),
        ("[![old](old)](old)", "[![old](new)](new)"),
        ("[old][r] [r][] [r]\n\n[r]: old 'old'", "[old][r] [r][] [r]\n\n[r]: new 'old'"),
        ("[r]\n\n[r]:\n   <old#s>\n   'old'", "[r]\n\n[r]:\n   <new#s>\n   'old'"),
        ("[r]\n\n[r]: old\n[r]: old", "[r]\n\n[r]: new\n[r]: old"),
        ("# old [[old]] #\n\n[[old]]\n===", "# old [[new]] #\n\n[[new]]\n==="),
        ("> - 1. [[old]]\n>      [[old]]\n> lazy [[old]]", "> - 1. [[new]]\n>      [[new]]\n> lazy [[new]]"),
        ("- [ ] [[old]]", "- [ ] [[new]]"),
        ("> [!NOTE] [[old]]\n> [[old]]", "> [!NOTE] [[new]]\n> [[new]]"),
        ("a[^1]\n\n[^1]: [[old]]\n\n\t[[old]]", "a[^1]\n\n[^1]: [[new]]\n\n\t[[new]]"),
        ("[[old]]\n: [[old]]", "[[new]]\n: [[new]]"),
        ("|[[old]]|x\\|[[old\\|l]]|\n|-|-|\n[l](old)|", "|[[new]]|x\\|[[new\\|l]]|\n|-|-|\n[l](new)|"),
        ("[[old]]\r\n\r\n[l](old)\r[[old]]\r\n", "[[new]]\r\n\r\n[l](new)\r[[new]]\r\n"),
        ("\0 [[old]] \ud800 [[old]]", "\0 [[new]] \ud800 [[new]]"),
        ("\t[[old]]\n\n- a\n\n\t[[old]]", "\t[[old]]\n\n- a\n\n\t[[new]]"),
        ("\u00a0\n[[old]]", "\u00a0\n[[new]]"),
        ("ä😀[[old]]ä", "ä😀[[new]]ä"),
    ],
)
def test_a_link_follows_its_page_and_keeps_everything_else(before: str, after: str) -> None:
    assert renamed(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "`[[old]]` ``[l](old)`` `[r]: old`",
        "```\n[[old]]\n[l](old)\n```",
        "    [[old]]\n",
        "\\[[old]] [\\[old]] \\[l](old) [l\\](old)",
        "[l](/old) [l](#old) [l](?old) [l](https://old) [l](old?q) <https://old/old>",
        "https://x.example/[[old https://x.example/old",
        "[r]: old",
        "[^1]: [[old]]",
        "![a [l](old)](https://x.example/a.png)",
        "old [old] (old) [[old] [old]]",
        "<a href='old'>",
    ],
)
def test_what_only_looks_like_a_link_stays(text: str) -> None:
    assert renamed(text) == text


@pytest.mark.parametrize(
    ("target", "wiki", "bare", "angled"),
    [
        ("a b", "a b", "a%20b", "a b"),
        ("C#", "C&#35;", "C%23", "C%23"),
        ("a|b", "a&#124;b", "a%7Cb", "a%7Cb"),
        ("a]b[", "a&#93;b&#91;", "a%5Db%5B", "a%5Db%5B"),
        ("a`b", "a&#96;b", "a%60b", "a%60b"),
        ("AT&amp;T", "AT&amp;amp;T", "AT%26amp%3BT", "AT%26amp%3BT"),
        ("a\\b", "a&#92;b", "a%5Cb", "a%5Cb"),
        ("50%", "50%", "50%25", "50%25"),
        ("Help: all", "Help: all", "Help%3A%20all", "Help%3A all"),
        ("a(b)", "a(b)", "a%28b%29", "a%28b%29"),
        ("/top", "/top", "%2Ftop", "%2Ftop"),
        ("../up/Straße", "../up/Straße", "../up/Straße", "../up/Straße"),
        (" a ", "&#32;a&#32;", "%20a%20", "%20a%20"),
    ],
)
def test_a_target_is_quoted_as_its_place_needs(target: str, wiki: str, bare: str, angled: str) -> None:
    text = "[[old]] [l](old) [l](<old>) [r]\n\n[r]: old"

    after = renamed(text, target)

    assert after == f"[[{wiki}]] [l]({bare}) [l](<{angled}>) [r]\n\n[r]: {bare}"
    assert {link.target for link in parse(after).links} == {target}


def test_a_target_in_a_table_does_not_split_its_cell() -> None:
    after = renamed("| [[old]] | [l](old) |\n|-|-|\n", "a|b")

    assert [link.target for link in parse(after).links] == ["a|b", "a|b"]


def test_an_address_right_before_a_link_does_not_swallow_it() -> None:
    text = "[x](y [[a b]])"  # no link, because of the blank in the target: so the wiki link is one

    after = rewrite_links(text, lambda link: "c" if link.target == "a b" else None)

    assert parse(text).links == (Link("a b", None, "wiki"),)
    assert parse(after).links == (Link("c", None, "wiki"),)


def test_a_link_keeps_its_target_where_no_spelling_of_the_new_one_would_do() -> None:
    text = "[l](<a|b>) c|d\n-|-\n"  # two bars above, one below: no table; without the one in the target it were one

    after = rewrite_links(text, lambda link: "c")

    assert [mark.says for mark in skeleton(parse(after)._tokens)] == [
        mark.says for mark in skeleton(parse(text)._tokens)
    ]


def test_new_target_is_asked_once_for_each_different_link() -> None:
    asked: list[Link] = []

    rewrite_links("[[a]] [[a]] [a](a) [[a#b]] [r] [r]\n\n[r]: c", lambda link: asked.append(link))

    assert asked == list(parse("[[a]] [a](a) [[a#b]] [c](c)").links)


def test_a_text_without_links_to_change_is_given_back_as_it_is() -> None:
    text = "[[a]] \r\n\0 [l](b)"

    assert rewrite_links(text, lambda link: None) is text
    assert rewrite_links(text, lambda link: link.target) is text


def test_an_empty_target_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs a target"):
        rewrite_links("[[a]]", lambda link: "  ")


TARGETS = st.sampled_from(
    ["old", "a b", "a/b", "../c", "é", "x#y", "a&amp;b", "c\\|d", "p\\#q", "a%20b", "o`o", "q(r)", "http://x.y", ""]
)
LABELS = st.sampled_from(["l", "*l*", "`l`", "a b", "", "l\nm", "![i](old)", "http://a.b", "x@y.z", "[^a]", "[[old]]"])
NOISE = st.one_of(
    st.sampled_from("[]()|#!`*_\\<>\n\t:\u2028\xa0\0"),
    st.sampled_from(["~~", "\n\n", "> ", "- ", "    ", "|-|\n", "a|b\n-|-\n", "# ", "===\n", "```\n"]),
    st.sampled_from(["[^a]", "\n[^a]: ", "[TOC]\n", "http://a.b/"]),
)
PIECES = st.one_of(
    NOISE,
    st.builds("[[{}]]".format, TARGETS),
    st.builds("[[{}|{}]]".format, TARGETS, LABELS),
    st.builds("[{}]({})".format, LABELS, TARGETS),
    st.builds('[{}](<{}> "t")'.format, LABELS, TARGETS),
    st.builds("![{}](\n{} 't')".format, LABELS, TARGETS),
    st.builds("[{}][r]".format, LABELS),
    st.builds("\n\n[r]: {}\n".format, TARGETS),
    st.builds("`[[{}]]`".format, TARGETS),
    st.builds("\n# h [[{}]] #\n".format, TARGETS),
    st.builds("\n| [[{}\\|{}]] | x |\n|-|-|\n| [l](a\\|b) |\n".format, TARGETS, LABELS),
    st.builds("\n> [!NOTE] [[{}]]\n> [[{}]]\n".format, TARGETS, TARGETS),
    st.builds("\n- [x] [[{}]]\n\t1. [a]({})\n".format, TARGETS, TARGETS),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map("".join)
NEW = st.sampled_from(
    ["new", "N w", "a#b|c", "x`y", "a]b", 'q"r', "a:b", "/abs", "ü%20", "b", "(", "a\\", "&amp;", "<z>", "#"]
)


@given(TEXTS, NEW, st.booleans())
@example("[l](\r\nold)\r\n[[old]]", "new", False)
def test_the_links_are_the_mapped_ones_and_everything_else_is_as_before(text: str, new: str, carriage: bool) -> None:
    text = text.replace("\n", "\r\n") if carriage else text
    before = list(skeleton(parse(text)._tokens))
    chosen = set(parse(text).links[::2])

    rewritten = rewrite_links(text, lambda link: new if link in chosen else None)

    after = list(skeleton(parse(rewritten)._tokens))
    assert [mark.says for mark in after] == [mark.says for mark in before]
    for old_mark, new_mark in zip(before, after, strict=True):
        if old_mark.link in chosen:
            # The second is the exception that rewrite_links names: no spelling would have done.
            assert new_mark.link in (Link(new, old_mark.link.section, old_mark.link.style), old_mark.link)
        else:
            assert new_mark.link == old_mark.link


@given(
    st.lists(st.sampled_from(["[[old]]", "[l](old)", "[[old|l]]", "`[[old]]`", "text", "![i](<old>)", "\\[[old]]"])),
    NEW,
)
def test_in_texts_nobody_wrote_to_provoke_it_every_link_follows(words: list[str], new: str) -> None:
    after = renamed(" ".join(words), new)

    assert {link.target for link in parse(after).links} <= {new}


@given(TEXTS)
def test_going_there_and_back_gives_the_same_links(text: str) -> None:
    links = parse(text).links

    there = rewrite_links(text, lambda link: "../there/" + link.target)
    back = rewrite_links(there, lambda link: link.target.removeprefix("../there/"))

    assert set(parse(back).links) == set(links)
