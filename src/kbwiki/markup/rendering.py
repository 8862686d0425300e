"""A parsed text to the HTML of a page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from html import escape
from importlib.metadata import version
from types import MappingProxyType

from .allowlist import clean
from .document import Document, Link, Rendered, Resolved, Wording
from .front import Labels
from .html import HtmlWriter, TooLong

_GENERATION = 2

_LIBRARIES = ("markdown-it-py", "mdit-py-plugins", "nh3", "Pygments")

_LEAST, _PER_CHARACTER = 500_000, 16


def _renderer_version() -> str:
    libraries = ",".join(f"{name}={version(name)}" for name in _LIBRARIES)
    return f"{_GENERATION}-{hashlib.sha256(libraries.encode()).hexdigest()[:12]}"


RENDERER_VERSION = _renderer_version()
"""Part of the key of everything that keeps rendered HTML.

It changes by itself when a library is upgraded (a repaired sanitiser must not serve what the broken one let
through). Raise `_GENERATION` by hand with every change in this package that may change the HTML, the ids, the
links or the plain text of any input.
"""


def render(
    document: Document,
    *,
    resolve: Callable[[Link], Resolved],
    max_output: int = 5_000_000,
    wording: Wording | None = None,
    labels: Labels = MappingProxyType({}),
) -> Rendered:
    """Safe HTML for a parsed text.

    ``resolve`` is asked once for each different link of the rendering. It does not raise; what it answers is
    escaped and checked like the text itself. The HTML is at most about ``max_output`` characters, and at most
    500,000 plus 16 for each of the text's (a text of 20 KB can otherwise ask for 25 MB): beyond that it is
    cut, and a notice above and below it says so. ``wording`` is what rendering itself says, if not
    what is spoken; ``labels`` are what the fields before the text are called.
    """
    wording = wording or Wording.spoken()
    limit = min(max_output, _LEAST + _PER_CHARACTER * document._length)
    writer = HtmlWriter(resolve, document.headings, wording, limit, labels)
    try:
        writer.write(document._tokens)
    except TooLong:
        return Rendered(_cut("".join(writer.parts), wording.too_long), document.headings, complete=False)
    return Rendered(clean("".join(writer.parts)), document.headings)


def _cut(html: str, notice: str) -> str:
    """The part that was written, its open elements closed by a first cleaning, between two notices."""
    box = f'<div class="kb-callout kb-callout-warning" role="note"><p>{escape(notice)}</p></div>\n'
    return clean(box + clean(html) + box)
