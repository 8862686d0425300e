"""The parser, put together once.

All threads share it: it keeps nothing of a text beyond the call (our rules keep what they need in the call's
environment), and the one thing it prepares on first use, its lists of rules, is prepared before anybody gets
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin

from .autolinks import enable_autolinks
from .callouts import enable_callouts, enable_contents, enable_tasks
from .document import Document
from .footnotes import enable_footnotes
from .front import enable_front
from .gathering import HEADINGS, LINKS, enable_gathering
from .tables import enable_tables
from .wikilinks import enable_wiki_links

Extension = Callable[[MarkdownIt], None]

EXTENSIONS: tuple[Extension, ...] = (
    enable_tables,
    enable_front,
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


def parse(text: str) -> Document:
    """Read a text. Never refuses one: what cannot stand in HTML (NUL, half a surrogate pair) becomes
    U+FFFD."""
    env: dict[str, Any] = {}
    source = fit(text)
    tokens = _shared().parse(source, env)
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


@cache
def _shared() -> MarkdownIt:
    return build()
