"""What authors can write beyond CommonMark, and what readers get to see of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kbwiki.markup import Link, Resolved, Wording, parse, render
from tests.markup.dom import Element, dom


def resolve(link: Link) -> Resolved:
    """Everything exists below /wiki, but what is called missing."""
    missing = "missing" in link.target
    return Resolved(f"/wiki/{link.target}", missing, f"Write {link.target}" if missing else None)


def shown(text: str) -> Element:
    return dom(render(parse(text), resolve=resolve).html)


# Tables


def test_a_table_has_column_headings_and_aligned_cells() -> None:
    table = shown("| Day | Hours |\n|:-:|--:|\n| Mon | 8 |").one("table")

    assert [(cell.text, cell.attributes["scope"]) for cell in table.all("th")] == [("Day", "col"), ("Hours", "col")]
    assert [(cell.text, cell.attributes["class"]) for cell in table.all("td")] == [
        ("Mon", "kb-center"),
        ("8", "kb-right"),
    ]


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    box = shown("a|b\n-|-\n").one("div")

    assert box.attributes == {"class": "kb-table", "role": "group", "aria-label": "Table", "tabindex": "0"}


def test_a_small_text_cannot_ask_for_a_huge_table() -> None:
    columns, rows = 2_000, 2_000
    bomb = "|".join("a" * columns) + "\n" + "|".join("-" * columns) + "\n" + "a\n" * rows

    assert shown(bomb).all("table") == []


def test_a_large_table_that_is_written_out_stays_a_table() -> None:
    row = "|".join(["cell"] * 40) + "\n"
    text = row + "|".join(["---"] * 40) + "\n" + row * 1_400

    assert len(shown(text).all("td")) == 56_000


# Tasks


def test_tasks_show_boxes_that_say_their_state_and_cannot_be_clicked() -> None:
    open_task, done_task = shown("- [ ] order\n- [x] pay").all("li")

    assert open_task.attributes["class"] == done_task.attributes["class"] == "kb-task"
    assert open_task.one("input").attributes == {
        "type": "checkbox",
        "class": "kb-box",
        "aria-label": "To do",
        "disabled": "",
    }
    assert done_task.one("input").attributes["aria-label"] == "Done"
    assert "checked" in done_task.one("input").attributes
    assert done_task.text.strip() == "pay"


@pytest.mark.parametrize("text", ["- [y] a", "- [x]a", "- [x]", "- x [ ] a", "[x] a", "- `[x] a`", "- [x](/a) b"])
def test_what_only_resembles_a_task_is_none(text: str) -> None:
    assert shown(text).all("input") == []


def test_tasks_nest_and_stand_in_numbered_lists() -> None:
    root = shown("1. [x] a\n   - [ ] b\n2. [ ] c")

    assert ["checked" in box.attributes for box in root.all("input")] == [True, False, False]


# Footnotes


def test_a_footnote_and_its_mention_lead_to_each_other() -> None:
    root = shown("Paid monthly.[^pay]\n\n[^pay]: On the *25th*.")

    mention, back = root.one("sup").one("a"), root.one("li").all("a")[0]
    assert (mention.text, mention.attributes["href"]) == ("1", "#" + root.one("li").attributes["id"])
    assert back.attributes["href"] == "#" + mention.attributes["id"]
    assert root.one("li").text.startswith("On the 25th.")


def test_footnotes_are_numbered_in_order_of_mention_and_the_unmentioned_are_left_out() -> None:
    root = shown("a[^two] b[^one]\n\n[^one]: First written.\n[^never]: Unseen.\n[^two]: Second written.")

    assert [note.text.split(".")[0] for note in root.all("li")] == ["Second written", "First written"]
    assert "Unseen" not in root.text


def test_each_mention_of_one_footnote_has_a_way_back() -> None:
    root = shown("a[^n] b[^n]\n\n[^n]: note")

    mentions = [sup.one("a").attributes["id"] for sup in root.all("sup")]
    assert [back.attributes["href"] for back in root.one("li").all("a")] == [f"#{identity}" for identity in mentions]


def test_a_footnote_may_have_paragraphs_and_mention_another() -> None:
    root = shown("a[^1]\n\n[^1]: one[^2]\n\n    more\n[^2]: two")

    first, second = root.one("section").all("li")
    assert [paragraph.text.split("↩")[0].strip() for paragraph in first.all("p")] == ["one2", "more"]
    assert second.text.startswith("two")


@pytest.mark.parametrize("text", ["a[^1]", "a[^1]\n\n[^2]: b", "a[^ 1]\n\n[^1]: b", "a[^]\n\n[^1]: b"])
def test_a_mention_without_its_footnote_stays_text(text: str) -> None:
    root = shown(text)

    assert root.all("sup") == root.all("section") == []
    assert "a[^" in root.text


def test_footnotes_that_mention_each_other_end() -> None:
    root = shown("a[^1]\n\n[^1]: b[^2]\n[^2]: c[^1]")

    assert len(root.one("section").all("li")) == 2


# Definition lists


def test_a_definition_list_has_terms_and_definitions() -> None:
    root = shown("Steward\n: looks after a space\n: decides\n\nSpace\n: a part of the wiki")

    assert [(element.tag, element.text.strip()) for element in root.one("dl").all() if element.tag != "p"] == [
        ("dt", "Steward"),
        ("dd", "looks after a space"),
        ("dd", "decides"),
        ("dt", "Space"),
        ("dd", "a part of the wiki"),
    ]


# Callouts


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_a_callout_has_its_kind_as_title(kind: str) -> None:
    box = shown(f"> [!{kind.upper()}]\n> Mind the *gap*.").one("div")

    assert box.attributes == {"class": f"kb-callout kb-callout-{kind}", "role": "note"}
    assert [paragraph.text for paragraph in box.all("p")] == [kind.capitalize(), "Mind the gap."]


def test_a_callout_may_have_a_title_of_its_own_with_markup() -> None:
    title, body = shown("> [!tip] Ask **early**\n> It helps.").one("div").all("p")

    assert (title.text, title.one("strong").text) == ("Ask early", "early")
    assert (title.attributes["class"], body.text) == ("kb-callout-title", "It helps.")


def test_a_callout_may_contain_everything_even_a_callout() -> None:
    box = shown("> [!NOTE]\n>\n> - a\n>\n> > [!TIP]\n> > b").all("div")

    assert [element.attributes["class"] for element in box] == [
        "kb-callout kb-callout-note",
        "kb-callout kb-callout-tip",
    ]
    assert box[0].one("li").text.strip() == "a"


@pytest.mark.parametrize("text", ["> [!OTHER]\n> a", "> a\n> [!NOTE]", "[!NOTE]\na", "> [!NOTE](/a)", "> `[!NOTE]`"])
def test_what_only_resembles_a_callout_is_none(text: str) -> None:
    assert shown(text).all("div") == []


# Contents


def test_the_contents_list_nests_like_the_headings() -> None:
    toc = shown("[TOC]\n\n# One\n\n### Deep\n\n## Middle\n\n# Two").one("div")

    assert toc.all("p")[0].text == "Contents"
    outer = toc.all("ul")[0]
    assert [item.all("a")[0].text for item in outer.children if isinstance(item, Element)] == ["One", "Two"]
    assert [link.attributes["href"] for link in toc.all("a")] == [
        "#kb-h-one",
        "#kb-h-deep",
        "#kb-h-middle",
        "#kb-h-two",
    ]


def test_only_the_first_contents_marker_counts() -> None:
    root = shown("[TOC]\n\n# A\n\n[TOC]")

    assert len(root.all("ul")) == 1
    assert root.all("p")[-1].text == "[TOC]"


@pytest.mark.parametrize("text", ["see [TOC]\n\n# a", "`[TOC]`\n\n# a", "[TOC]\n\n# a\n\n[TOC]: /x"])
def test_a_contents_marker_stands_alone_and_is_no_reference(text: str) -> None:
    assert shown(text).all("ul") == []


def test_contents_without_headings_are_empty_and_well_formed() -> None:
    assert shown("[TOC]").all("ul") == []


# Bare addresses


@pytest.mark.parametrize(
    ("text", "href", "label"),
    [
        ("see https://example.org/a_b_c.", "https://example.org/a_b_c", "https://example.org/a_b_c"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("**https://example.org** x", "https://example.org", "https://example.org"),
        ("HTTPS://example.org/x", "HTTPS://example.org/x", "HTTPS://example.org/x"),
        ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/?a=1&b=2;", "https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("http://localhost:8000/x", "http://localhost:8000/x", "http://localhost:8000/x"),
        ("见https://example.org。好", "https://example.org", "https://example.org"),
        ("www.example.org, too", "http://www.example.org", "www.example.org"),
        ("write to ann.lee+x@mail.example.org.", "mailto:ann.lee+x@mail.example.org", "ann.lee+x@mail.example.org"),
        ("john_m_doe@example.org", "mailto:john_m_doe@example.org", "john_m_doe@example.org"),
    ],
)
def test_an_address_in_the_text_becomes_a_link(text: str, href: str, label: str) -> None:
    link = shown(text).one("a")

    assert (link.attributes["href"], link.text) == (href, label)


@pytest.mark.parametrize(
    "text",
    [
        "README.md and example.org",
        "http:// and https://.",
        "ftp://example.org",
        "ahttp://example.org",
        "`https://example.org`",
        "\\https\\://example.org",
        "a@b",
        "@home",
        "a@b.c",
        "www.",
        "xwww.example.org",
    ],
)
def test_what_only_resembles_an_address_stays_text(text: str) -> None:
    assert shown(text).all("a") == []


def test_an_address_in_a_label_is_no_link_in_a_link() -> None:
    (link,) = shown("[see https://example.org or me@example.org](/x)").all("a")

    assert link.attributes["href"] == "/x"


# Code


def test_code_in_a_known_language_is_coloured_by_classes() -> None:
    code = shown("```py\ndef pay(): return 'now'  # soon\n```").one("code")

    assert code.attributes == {"class": "language-python"}
    assert [(span.attributes["class"], span.text.strip()) for span in code.all("span")] == [
        ("k", "def"),
        ("nf", "pay"),
        ("k", "return"),
        ("s", "'now'"),
        ("c", "# soon"),
    ]
    assert code.text == "def pay(): return 'now'  # soon\n"


@pytest.mark.parametrize("info", ["", "klingon", "python3.99", "<b>", '"onclick="x'])
def test_code_in_an_unknown_language_is_shown_plain(info: str) -> None:
    code = shown(f"```{info}\na < b\n```").one("code")

    assert (code.attributes, code.text, code.all()) == ({}, "a < b\n", [])


def test_struck_text_is_struck() -> None:
    assert shown("~~old~~ new").one("s").text == "old"


def test_raw_html_is_shown_as_text() -> None:
    assert shown("a <b>bold</b>").text.strip() == "a <b>bold</b>"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<!-- a -->\n# b\n", "b"),
        ("a\n<!-- b\n\nc -->\nd", "a d"),
        ("a <!-- b -->c", "a c"),
        ("<!-- a --> <!-- b\n\n--> \nc", "c"),
        ("- a\n- <!-- b\n  c -->\n  d\n", "a d"),
        ("> a\n>\n> <!-- b\n-->", "a"),
        ("<!-- a --> b", "b"),
        ("<!-->a", "a"),
        ("<!-- never ended\n\nb", "<!-- never ended b"),
        ("> <!-- a\n\n-->", "<!-- a -->"),
        ("a <!-- b", "a <!-- b"),
        ("`<!-- a -->`", "<!-- a -->"),
        ("    <!-- a -->", "<!-- a -->"),
        ("```\n<!-- a -->\n```", "<!-- a -->"),
        ("<!-- [[a]] -->", ""),
    ],
)
def test_comments_are_not_shown_and_one_without_an_end_is_text(written: str, words: str) -> None:
    assert " ".join(shown(written).text.split()) == words
    assert " ".join(parse(written).plain.split()) == words
    assert parse(written).links == ()


def test_every_word_that_rendering_adds_can_be_said_otherwise() -> None:
    wording = replace(
        Wording(),
        **{name: f"¿{name}? {{number}}" for name in Wording.__slots__},
    )
    text = (
        "---\ntype: thing\n---\n\n[TOC]\n\n# a\n\n- [ ] b\n- [x] c\n\na|b\n-|-\n\nd[^1]\n\n[^1]: e\n\n"
        "> [!NOTE]\n\n> [!TIP]\n\n> [!IMPORTANT]\n\n> [!WARNING]\n\n> [!CAUTION]\n"
    )

    html = render(parse(text), resolve=resolve, wording=wording).html
    cut = render(parse("a " * 1000), resolve=resolve, wording=wording, max_output=100).html

    expected = {name for name in Wording.__slots__ if f"¿{name}?" in html}
    of_plugins = {"not_made", "too_slow", "leads_nowhere", "no_such_macro"}  # tests/markup/test_dialects.py
    assert expected == set(Wording.__slots__) - {"too_long"} - of_plugins
    assert "¿too_long?" in cut
    assert "¿footnote? 1" in html
