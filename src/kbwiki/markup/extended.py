"""Reading with rules that are not ours: what they leave behind is looked over, before anything relies on it.

All of it is somebody else's code, so whoever calls this does so apart, for a limited time, and ready for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .dialect import PLAIN, Syntax
from .document import Document, Heading, Link, Resolved, Wording
from .engine import Extension, build, extensions_of, fit
from .gathering import HEADINGS, LINKS
from .html import HtmlWriter, is_known
from .pieces import Pieces

_LIMIT = 5_000_000


def reader_with(syntax: Syntax, extensions: Iterable[Extension]) -> Callable[[str], Document]:
    """Reads texts with these extensions before what gathers links and headings. Raises whatever they raise."""
    *ours, gathering = extensions_of(syntax)
    parser = build((*ours, *extensions, gathering))

    def read(text: str) -> Document:
        source = fit(text)
        env: dict[str, Any] = {}
        tokens = parser.parse(source, env)
        _write_what_is_theirs(parser, tokens, env)
        document = Document(_all(env[LINKS], Link), _all(env[HEADINGS], Heading), tuple(tokens), len(source))
        _prove(document)
        return document

    return read


def _write_what_is_theirs(parser: MarkdownIt, tokens: list[Token], env: dict[str, Any]) -> None:
    """Give every token of a kind that is not ours its HTML, as their renderer has it; it is sanitised with the page."""
    for index, token in enumerate(tokens):
        if token.type == "inline":
            _write_what_is_theirs(parser, token.children or [], env)
        elif not is_known(token.type):
            renderer: Any = parser.renderer
            rule = renderer.rules.get(token.type)
            html = (
                rule(tokens, index, parser.options, env)
                if rule is not None
                else renderer.renderToken(tokens, index, parser.options, env)
            )
            if type(html) is not str:
                raise TypeError(f"the renderer of {token.type} gave {type(html).__name__}, not str")
            token.meta = {**token.meta, "kb_html": fit(html)}


def _all(given: object, kind: type[Any]) -> Any:
    if type(given) is not tuple or any(type(one) is not kind for one in given):
        raise TypeError(f"something else stands where each {kind.__name__} of the text is gathered")
    return given


def _prove(document: Document) -> None:
    """Do with it once all that will be done with it."""
    writer = HtmlWriter(
        lambda link: Resolved("", missing=False), document.headings, Wording(), _LIMIT, Pieces(PLAIN, "", Wording())
    )
    writer.write(document._tokens)
    "".join((*writer.parts, document.plain)).encode()
