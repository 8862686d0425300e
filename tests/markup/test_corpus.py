"""Pages of a real wiki: they render whole, as the reference renderer of GitHub's Markdown renders them, and their links
can be rewritten."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from kbwiki.markup import Link, Resolved, parse, render, rewrite_links

from .dom import dom
from .real_pages import SHOWN, real_pages
from .test_hostile_input import offences

pytestmark = pytest.mark.corpus

TRANSPARENT = {"span", "div", "section"}
"""What stands around tables and within coloured code, and says nothing by itself."""
VOID = {"br", "hr", "img", "input"}
EXPLAINED = {
    "section": "links within a page lead to headings whose ids begin with kb-h-, as all of our ids do",
    "html": "raw HTML is shown as text",
    "scheme": "an address of a kind that nobody allowed (irc.libera.chat:6697) leads nowhere",
    "wiki link": "[[…]] is a link to a page; the reference knows none",
}
"""Why we differ from the reference, by what it is about."""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return real_pages()


class _Flat(HTMLParser):
    """The elements and words of a document one after the other, without what only says how it looks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._words = ""
        self._in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in TRANSPARENT:
            return
        self._end_words()
        self._in_code += tag == "pre"
        had = dict(attrs)
        said = {"a": unquote(had.get("href") or ""), "img": f"{had.get('src')} {had.get('alt')}"}.get(tag, "")
        if tag in ("td", "th"):
            said = had.get("align") or (re.search(r"kb-(left|right|center)", had.get("class") or "") or [""])[-1]
        self.parts.append(f"<{tag} {said}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in TRANSPARENT or tag in VOID:
            return
        self._end_words()
        self._in_code -= tag == "pre"
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._words += data

    def _end_words(self) -> None:
        words = self._words.strip("\n") if self._in_code else " ".join(self._words.split())
        self.parts += [words] if words else []
        self._words = ""


def flat(html: str) -> list[str]:
    reader = _Flat()
    reader.feed(html)
    reader.close()
    reader._end_words()
    return reader.parts


@dataclass(frozen=True)
class Difference:
    path: str
    about: str
    theirs: str
    ours: str


def differences(path: str, ours: str, theirs: str) -> list[Difference]:
    a, b = flat(theirs), flat(ours)
    found = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if a != b else ():
        if kind != "equal":
            left, right = " ".join(a[a1:a2]), " ".join(b[b1:b2])
            found.append(Difference(path, _about(left, right, a), left, right))
    return found


def _about(left: str, right: str, theirs: list[str]) -> str:
    if "#kb-h-" in right and re.sub(r"#kb-h-(\S*)", lambda named: f"#{named[1]}", right) == re.sub(
        r"#(\S*)", lambda named: f"#{named[1].lower()}", left
    ):
        return "section"
    if right == "<a >" and re.match(r"<a [a-z.+-]+:", left):
        return "scheme"
    if re.fullmatch(r"(<(?!/?(?:a|p|li|ul|ol|pre|code|t[dhr]|table)\b)[^>]*>|[^<])*", left) and "<" in left:
        return "html"
    if any("[[" in part for part in theirs) and ("<a " in right or "[[" in left or "]]" in left):
        return "wiki link"
    return "unexplained"


def test_the_pages_render_whole_harmless_and_as_the_reference_renders_them(
    pages: dict[str, str], artefacts: Path
) -> None:
    found: list[Difference] = []
    broken: list[str] = []
    for path, text in pages.items():
        rendered = render(parse(text), resolve=lambda link: Resolved(link.target + _section(link), missing=False))
        assert rendered.complete, path
        assert offences(rendered.html) == [], path
        theirs = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
        found += differences(path, rendered.html, theirs)
        broken += [f"{path}{link}" for link in _leading_nowhere(rendered.html)]
    _write(artefacts / "rendering.md", found, broken)

    assert [difference for difference in found if difference.about not in EXPLAINED] == []
    assert broken == ["SDL2/GuiaDeMigracion.md#kb-h-vistazo_de_características_nuevas"]  # the page has no such heading
    assert len({difference.path for difference in found}) < SHOWN / 20


def test_the_comparison_sees_a_lost_line_a_broken_table_and_another_link() -> None:
    theirs = (
        "<ul><li>a</li></ul><table><tr><td>x</td></tr></table><p><a href='/x'>x</a></p><pre><code>a\n b</code></pre>"
    )
    for good, bad in {"<li>a</li>": "", "<td>x</td>": "<td></td>", "/x": "/y", "\n b": "\nb"}.items():
        (difference,) = differences("page", theirs.replace(good, bad), theirs)
        assert difference.about == "unexplained"
    assert (
        differences("page", theirs.replace("<table>", "<div><table>").replace("</table>", "</table></div>"), theirs)
        == []
    )


def _section(link: Link) -> str:
    return f"#{link.section}" if link.section else ""


def _leading_nowhere(html: str) -> list[str]:
    """The links within the page that lead to no element of it."""
    elements = dom(html).all()
    there = {element.attributes.get("id") for element in elements}
    wanted = [element.attributes.get("href", "") for element in elements if element.tag == "a"]
    return [unquote(href) for href in wanted if href.startswith("#") and unquote(href[1:]) not in there]


def _write(file: Path, found: list[Difference], broken: list[str]) -> None:
    counted = Counter(difference.about for difference in found)
    where = len({difference.path for difference in found})
    lines = [
        "# Rendering beside the reference",
        "",
        f"{SHOWN} pages, cmark-gfm; {SHOWN - where} alike to the letter.",
        "",
    ]
    for about, count in counted.most_common():
        lines += [f"## {about}: {count}", "", EXPLAINED.get(about, "Nobody knows why."), ""]
        lines += [f"- {d.path}: `{d.theirs[:120]}` is `{d.ours[:120]}` here" for d in found if d.about == about][:20]
        lines.append("")
    lines += [f"## Links within a page that lead nowhere: {len(broken)}", "", *(f"- {link}" for link in broken)]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def test_moving_all_pages_of_the_wiki_changes_every_link_and_nothing_else(pages: dict[str, str]) -> None:
    for path, text in list(pages.items())[::6]:
        links = parse(text).links

        moved = rewrite_links(text, lambda link: f"Moved here/{link.target}")

        expected = [Link(f"Moved here/{link.target}", link.section, link.style) for link in links]
        assert list(parse(moved).links) == expected, path
        assert rewrite_links(moved, lambda link: link.target.removeprefix("Moved here/")) == text, path
