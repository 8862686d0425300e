"""What a text may cost: four times the text takes about four times the time, whatever is written in it."""

from __future__ import annotations

from collections.abc import Callable

import markdown_it
import pytest

from kbwiki.markup import Link, Resolved, parse, render, rewrite_links
from tests.costs import MOST, growth

VERSION = tuple(int(part) for part in markdown_it.__version__.split(".")[:2])


def old(least: tuple[int, int], reason: str) -> list[pytest.MarkDecorator]:
    """Marks for a text that an old markdown-it-py reads in quadratic time."""
    return [pytest.mark.skipif(least > VERSION, reason=reason)]


def repeated(unit: str, count: int = 2_000) -> Callable[[int], str]:
    return lambda times: unit * (count * times)


def between(before: str, unit: str, after: str, count: int = 2_000) -> Callable[[int], str]:
    return lambda times: before + unit * (count * times) + after


def numbered(unit: str, count: int = 600) -> Callable[[int], str]:
    return lambda times: "".join(unit.format(number, number + 1) for number in range(count * times))


TEXTS: dict[str, Callable[[int], str]] = {
    "prose": repeated("word and word, ", 4_000),
    "paragraph of many lines": repeated("a\n"),
    "blank lines": repeated("\n", 10_000),
    "blanks": repeated(" ", 20_000),
    "hard breaks": repeated("a  \n"),
    "emphasis unclosed": repeated("*a "),
    "emphasis of all kinds": repeated("*a _b **c __d ", 400),
    "strong nested": lambda times: "**a " * (1_000 * times) + "b**" * (1_000 * times),
    "strong in words": repeated("a***b"),
    "strikes nested": lambda times: "~~a" * (1_000 * times) + "~~" * (1_000 * times),
    "backticks of every length": lambda times: " ".join("`" * n for n in range(1, int(200 * times**0.5))),
    "backticks unclosed": repeated("`a``"),
    "comments without end": between("> a\n", "> <!-- a\n", "\n-->", 1_000),
    "comments": repeated("<!---->\n<!-- a --> b <!-- ", 500),
    "brackets opened": repeated("["),
    "brackets nested": lambda times: "[" * (2_000 * times) + "]" * (2_000 * times),
    "images opened": repeated("!["),
    "links": repeated("[a](b) ", 600),
    "links unclosed": repeated("[a]("),
    "links with unclosed titles": repeated('[a](b "'),
    "links with unclosed pointed targets": repeated("[a](<b"),
    "references": numbered("[a{}]: /u\n"),
    "references used": lambda times: numbered("[a{}]: /u\n", 300)(times) + numbered("[a{}] ", 300)(times),
    "reference label without end": repeated("[a\n"),
    "reference titles without end": repeated('[a]: b "\n', 1_000),
    "pointed brackets": repeated("<"),
    "addresses in pointed brackets without end": repeated("<http://a"),
    "ampersands": repeated("&"),
    "numeric references without end": repeated("&#1"),
    "backslashes": repeated("\\"),
    "quotes": repeated("> [[a]]\n", 500),
    "quotes nested": repeated("> " * 20 + "a\n", 60),
    "bullets": repeated("- a\n", 1_000),
    "bullets nested": lambda times: "".join("  " * (n % 20) + "- a\n" for n in range(600 * times)),
    "bullets in a line": repeated("- "),
    "lists changing": repeated("- a\n+ a\n", 400),
    "headings": repeated("# a\n", 1_000),
    "headings called like counted ones": numbered("# a-{}\n# a\n"),
    "a heading without end": between("# ", "a b ", ""),
    "underlined headings": repeated("a\n=\n", 800),
    "fences": repeated("```\n", 4_000),
    "table rows": between("a|b\n-|-\n", "a|b\n", "", 500),
    "table of links": between("a|b\n-|-\n", "[[a]]|[b](c)\n", "", 200),
    "tables": repeated("a|b\n-|-\n\n", 300),
    "tables after tables": repeated("a|b\n-|-\n# x\n", 300),
    "table of many columns": lambda times: "|".join("a" * (1_000 * times)) + "\n" + "|".join("-" * (1_000 * times)),
    "table that fills up": lambda times: "|".join("a" * 300 * times) + "\n" + "|".join("-" * 300 * times) + "\na" * 999,
    "tasks": repeated("- [x] a\n", 800),
    "footnote mentions": between("[^a]: x\n\n", "[^a]", ""),
    "footnotes": lambda times: numbered("[^{}]: x\n", 300)(times) + numbered("[^{}] ", 300)(times),
    "footnotes in a chain": lambda times: "[^0]\n\n" + numbered("[^{}]: [^{}]\n", 300)(times),
    "footnote labels without end": between("[^a]: x\n\n", "[^", "", 500),
    "definitions": repeated("a\n: b\n", 400),
    "definitions nested": between("a\n", ": ", "b"),
    "callouts": repeated("> [!NOTE] t\n> x\n\n", 300),
    "contents": lambda times: "[TOC]\n\n" * (300 * times) + "# a\n" * (300 * times),
    "wiki links": repeated("[[a]] "),
    "wiki links opened": repeated("[["),
    "wiki links unclosed": repeated("[[a|b"),
    "wiki link of entities": between("[[", "&a;", ""),
    "wiki link of escapes": between("[[", "\\a", ""),
    "wiki links all different": numbered("[[a{}|b]] "),
    "addresses": repeated("http://a.b ", 1_000),
    "emphasised addresses": repeated("*http://a.b* ", 700),
    "addresses of other schemes": repeated("a://"),
    "schemes only": repeated("http://"),
    "address with brackets": between("http://a", ")", "", 8_000),
    "address with entities": between("http://a", "&a;", "", 4_000),
    "at signs": repeated("a@", 4_000),
    "mail addresses": repeated("a@b.cc ", 1_000),
    "mail addresses glued": repeated("a@b.cc", 1_000),
    "dots before an at sign": between("", "a.", "@", 10_000),
    "www": repeated("www.", 4_000),
    "a definition that is used often": lambda times: f"[a]: /{'u' * 4_000 * times}\n\n" + "[a]" * (1_000 * times),
    "code": repeated("def f(x): return x + 1\n", 300),
    "code in many fences": repeated("```py\na = 1\n```\n", 150),
    "code of blank lines": between("```c\na", "\n", "\n```", 4_000),
    "code of names": between("```cs\n", "a\n", "```", 4_000),
    "code of unclosed strings": between("```js\n", '\\"%{', "\n```"),
    "code of here documents": between("```bash\n<<", "1", "\n```", 4_000),
}


def resolve(link: Link) -> Resolved:
    return Resolved(f"/wiki/{link.target}", missing=False)


def show(text: str) -> None:
    document = parse(text)
    render(document, resolve=resolve)
    _ = document.plain


_EMPHASIS = "markdown-it-py before 4.1 looks for the beginning of each emphasis in all of the paragraph"
OLD_PARSERS = {
    "emphasis unclosed": old((4, 1), _EMPHASIS),
    "emphasis of all kinds": old((4, 1), _EMPHASIS),
    "references": old((4, 0), "markdown-it-py 3 reads the rest of the paragraph for each definition"),
    "references used": old((4, 0), "markdown-it-py 3 reads the rest of the paragraph for each definition"),
    "reference titles without end": old((4, 0), "markdown-it-py 3 reads the rest of the paragraph for each definition"),
}


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=name, marks=OLD_PARSERS.get(name, [])) for name, text in TEXTS.items()]
)
def test_four_times_the_text_takes_about_four_times_as_long(text: Callable[[int], str]) -> None:
    assert growth(show, text) <= MOST


@pytest.mark.parametrize("name", ["wiki links all different", "links", "references used", "table of links", "quotes"])
def test_rewriting_four_times_the_links_takes_about_four_times_as_long(name: str) -> None:
    if name in OLD_PARSERS and VERSION < (4, 0):
        pytest.skip("markdown-it-py 3 reads the rest of the paragraph for each definition")

    assert growth(lambda text: rewrite_links(text, lambda link: "new " + link.target), TEXTS[name]) <= MOST


def test_rewriting_a_text_made_to_refuse_it_reads_it_a_limited_number_of_times() -> None:
    stubborn = "[l](<a|b>) c|d\n-|-\n\n"

    assert growth(lambda text: rewrite_links(text, lambda link: "c"), repeated(stubborn, 20)) <= MOST


def test_the_measure_would_notice_quadratic_time() -> None:
    def quadratic(text: str) -> None:
        for start in range(0, len(text), 4):
            text.count("b", start)

    # Measured to the end: one good turn is enough to be let pass, and here is nothing to let pass.
    assert growth(quadratic, repeated("a", 8_000), most=0.0) > MOST
