"""Where the parts of a text stand: as many blocks as there are elements, each in the line it is written in."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from kbwiki.markup import Resolved, find_section, parse, places_of, render

TEXTS = {
    "paragraphs": ("One\nmore\n\n\nTwo\n", [0, 4]),
    "headings": ("# A\n\nB\n=\n\n### C\n", [0, 2, 5]),
    "lists": ("- a\n\n  b\n- c\n\n1. d\n   - e\n", [0, 5]),
    "quotations": ("> a\n>\n> - b\n\n> [!NOTE]\n> c\n", [0, 4]),
    "code": ("```\na\n\nb\n```\n\n    c\n", [0, 6]),
    "tables": ("text\n\n| a |\n|---|\n| b |\n\nterm\n: what\n", [0, 2, 6]),
    "a rule and contents": ("# A\n\n[TOC]\n\n---\n", [0, 0, 4]),
    "notes": ("a[^1]\n\n[^1]: b\n\n    c\n\nd\n", [0, 6, 6]),
    "fields": ("---\ntype: x\na: b\n---\n\nwords\n", [0, 5]),
    "definitions make nothing": ("[a]: b\n\nwords [a]\n", [2]),
    "line ends of every kind": ("a\r\n\r\nb\r\rc\n\nd", [0, 2, 4, 6]),
    "nothing": ("", []),
}


class Counting(HTMLParser):
    """Counts elements of the outermost level."""

    count = depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count += self.depth == 0
        self.depth += tag not in ("br", "hr", "img", "input")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1


@pytest.mark.parametrize("name", TEXTS)
def test_each_element_of_the_page_has_the_line_its_block_begins_in(name: str) -> None:
    text, lines = TEXTS[name]
    document = parse(text)
    reader = Counting()
    reader.feed(render(document, resolve=lambda link: Resolved("", missing=False)).html)

    assert list(places_of(document).blocks) == lines
    assert reader.count == len(lines)


def test_links_have_the_line_they_stand_in() -> None:
    links = places_of(parse("[[a]]\nand\n[b](b) and [[a]]\n\n> [[c]]\n")).links

    assert {link.target: line for link, line in links.items()} == {"a": 0, "b": 2, "c": 4}


def test_a_long_run_of_blank_lines_is_cut_off_in_no_time() -> None:
    text = "# A\n" + "\n" * 300_000 + "x\n" + "\n" * 300_000
    section = find_section(text, parse(text), "kb-h-a")

    assert section is not None
    assert text[section.start : section.end].endswith("\nx")
