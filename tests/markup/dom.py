"""HTML as the tests look at it: parsed again, by a parser that is not the one under test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"br", "hr", "img", "input"}
_INLINE = {"a", "code", "em", "img", "input", "s", "strong", "sup"}


@dataclass
class Element:
    """An element with its attributes and, in order, the elements and texts in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str | None = None) -> list[Element]:
        """Every element below this one, in reading order, or only those with this tag."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if tag in (None, child.tag) else []
                found += child.all(tag)
        return found

    def one(self, tag: str) -> Element:
        """The only element with this tag."""
        (element,) = self.all(tag)
        return element

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data!r}")

    def finish(self) -> Element:
        self.close()
        assert self._open == [self.root], f"left open: {[element.tag for element in self._open[1:]]}"
        return self.root


def dom(html: str) -> Element:
    """The tree of an HTML fragment; fails on anything left open, closed twice, or that is no element and no text."""
    builder = _Builder()
    builder.feed(html)
    return builder.finish()


def essence(html: str) -> str:
    """What CommonMark says about an HTML fragment, comparable: no white space between blocks, addresses decoded,
    none of the attributes that the specification leaves to the renderer (class, id, rel, …), none of our prefixes."""
    return _essence(dom(html), preformatted=False).strip()


def _essence(element: Element, *, preformatted: bool) -> str:
    preformatted = preformatted or element.tag == "pre"
    inner = "".join(
        _words(child, preformatted=preformatted)
        if isinstance(child, str)
        else _essence(child, preformatted=preformatted)
        for child in element.children
    )
    if element.tag == "span":  # colours of code
        return inner
    kept = {name: _decoded(value) for name, value in sorted(element.attributes.items()) if name in _KEPT}
    opening = f"<{element.tag}{''.join(f' {name}={value!r}' for name, value in kept.items())}>"
    closing = "" if element.tag in VOID else f"</{element.tag}>"
    if element.tag in _INLINE:
        return opening + inner + closing
    text = f"\n{opening}\n{inner}\n{closing}\n" if element.tag else inner
    return re.sub(r"\s*\n\s*", "\n", text)


def _words(text: str, *, preformatted: bool) -> str:
    """Text with its brackets written out; in code every blank and line end counts, elsewhere a run of them is one."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return repr(text)[1:-1].replace(" ", "·") if preformatted else re.sub(r"\s+", " ", text)


_KEPT = {"alt", "href", "src", "start", "title"}


def _decoded(value: str) -> str:
    return unquote(value).replace("#kb-h-", "#")
