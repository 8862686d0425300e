"""The specification's own 652 examples, through our whole way: parser with all extensions, renderer, sanitiser.

Compared is what the specification is about (`dom.essence`). Where we differ on purpose, the example's number stands
below with the reason; the last test holds that this list is exactly what differs.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import markdown_it
import pytest

from kbwiki.markup import Link, Resolved, parse, render
from tests.markup.dom import essence

SPECIFICATION = Path(__file__).with_name("commonmark-0.31.2.txt")

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.DOTALL | re.MULTILINE)

DIFFERENT: dict[str, set[int]] = {
    "Raw HTML is shown as text.": {
        *(21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643),
        *range(148, 192),
        *range(613, 618),
        *(623, *range(625, 632)),
    },
    "[[…]] is a link to a page of the wiki.": {548, 559, 590},
    "A link leads to http, https or mailto, or nowhere.": {596, 598, 599, 601},
    "An address that stands bare in the text is a link.": {602, 608, 611, 612},
}
if int(markdown_it.__version__.split(".")[0]) < 4:
    DIFFERENT["markdown-it-py 3 knows the specification's version 0.30: currency signs were no punctuation."] = {354}

EXCLUDED = {number: reason for reason, numbers in DIFFERENT.items() for number in numbers}


def examples() -> list[tuple[int, str, str]]:
    """Number, Markdown and HTML of each example; the specification writes a tab as an arrow."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    return [
        (number, markdown.replace("→", "\t"), html.replace("→", "\t"))
        for number, (markdown, html) in enumerate(_EXAMPLE.findall(text), 1)
    ]


def as_written(link: Link) -> Resolved:
    """Leads to the address that the text names."""
    return Resolved(quote(link.target, safe="/"), missing=False)


def agrees(markdown: str, html: str) -> bool:
    """Whether our HTML for this Markdown says what this HTML says. Unbalanced HTML agrees with nothing of ours."""
    ours = essence(render(parse(markdown), resolve=as_written).html)
    try:
        return ours == essence(html)
    except AssertionError:
        return False


def test_the_specification_is_the_whole_one() -> None:
    assert len(examples()) == 652


def test_no_example_is_excluded_for_two_reasons() -> None:
    assert len(EXCLUDED) == sum(len(numbers) for numbers in DIFFERENT.values())


@pytest.mark.parametrize(
    ("markdown", "html"),
    [pytest.param(markdown, html, id=str(n)) for n, markdown, html in examples() if n not in EXCLUDED],
)
def test_an_example_of_the_specification_renders_as_it_says(markdown: str, html: str) -> None:
    ours = render(parse(markdown), resolve=as_written).html

    assert essence(ours) == essence(html)


def test_the_list_of_exclusions_is_exactly_what_differs() -> None:
    different = {number for number, markdown, html in examples() if not agrees(markdown, html)}

    assert different == set(EXCLUDED)


def test_the_comparison_sees_a_difference_of_one_character() -> None:
    assert essence("<p>a <em>b</em></p>") != essence("<p>a <em>c</em></p>")
    assert essence("<pre><code>a\n\nb</code></pre>") != essence("<pre><code>a\nb</code></pre>")
    assert essence('<p><a href="/a">b</a></p>') != essence('<p><a href="/c">b</a></p>')
    assert essence("<ul><li>a</li></ul>") != essence("<ul><li><p>a</p></li></ul>")
