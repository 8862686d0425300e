"""The parser, put together once.

All threads share it: it keeps nothing of a text beyond the call (our rules keep what they need in the call's
environment), and the one thing it prepares on first use, its lists of rules, is prepared before anybody gets
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin

from .autolinks import enable_autolinks
from .callouts import enable_callouts, enable_contents, enable_tasks
from .comments import enable_comments
from .dialect import PLAIN, Dialect, Syntax
from .document import Document
from .footnotes import enable_footnotes
from .front import enable_front
from .gathering import HEADINGS, LINKS, enable_gathering
from .macros import enable_pieces
from .spans import enable_spans
from .tables import enable_tables
from .wikilinks import enable_schemes, enable_wiki_links

Extension = Callable[[MarkdownIt], None]

EXTENSIONS: tuple[Extension, ...] = (
    enable_tables,
    enable_front,
    enable_comments,
    deflist_plugin,
    enable_footnotes,
    enable_callouts,
    enable_tasks,
    enable_contents,
    enable_wiki_links,
    enable_autolinks,
    enable_gathering,
)
"""What we add to CommonMark, in this order."""

# Addresses that normalising leaves as they are: most of them, and normalising is a sixth of the time a page takes.
_PLAIN = re.compile(
    r"(?:https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/)?(?:[A-Za-z0-9_~.-]+/)*[A-Za-z0-9_~.-]*(?:#[A-Za-z0-9_~.-]*)?"
)
_UNFIT = re.compile("[\ud800-\udfff\0]")


def parse(text: str, dialect: Dialect = PLAIN) -> Document:
    """Read a text. Never refuses one: what cannot stand in HTML (NUL, half a surrogate pair) becomes
    U+FFFD. Nothing of a plugin's runs: of a dialect, only its syntax counts."""
    return read_by(parser_of(dialect.syntax), text)


def parse_extended(text: str, dialect: Dialect) -> Document:
    """Read a text with the rules of the dialect that are not ours, too; without them where they fail."""
    document = dialect.extended(text) if dialect.extended is not None else None
    return document or replace(parse(text, dialect), whole=dialect.extended is None)


def read_by(parser: MarkdownIt, text: str) -> Document:
    """What a parser makes of a text."""
    env: dict[str, Any] = {}
    source = fit(text)
    tokens = parser.parse(source, env)
    return Document(env[LINKS], env[HEADINGS], tuple(tokens), len(source))


def fit(text: str) -> str:
    """The text with one U+FFFD for every character that neither HTML nor UTF-8 can carry."""
    return _UNFIT.sub("\ufffd", text)


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's own name
        return url if _PLAIN.fullmatch(url) else super().normalizeLink(url)


def build(extensions: tuple[Extension, ...] = EXTENSIONS) -> MarkdownIt:
    """A parser with these extensions. Raw HTML is off twice: as an option, and because its rules are off."""
    md = _Parser("commonmark", {"html": False, "maxNesting": 20})
    md.enable("strikethrough")
    md.disable(["html_block", "html_inline"])
    for extend in extensions:
        extend(md)
    md.parse("> - [a](b)")  # compiles every list of rules
    return md


@lru_cache(maxsize=16)
def parser_of(syntax: Syntax) -> MarkdownIt:
    """The parser of a syntax, shared by all threads."""
    return build(extensions_of(syntax))


def extensions_of(syntax: Syntax) -> tuple[Extension, ...]:
    """What is added to CommonMark for a syntax."""
    if syntax == PLAIN.syntax:
        return EXTENSIONS
    *ours, gathering = EXTENSIONS
    return (*ours, enable_spans(syntax.marks), enable_pieces(syntax), gathering_with(syntax.schemes, gathering))


def gathering_with(schemes: tuple[str, ...], gathering: Extension) -> Extension:
    """Gathering, after wiki links of these kinds are told from links to pages."""

    def enable(md: MarkdownIt) -> None:
        enable_schemes(md, schemes)
        gathering(md)

    return enable
