"""A parsed text to the HTML of a page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from types import MappingProxyType

from .allowances import page_cleaner
from .allowlist import clean
from .dialect import PLAIN, Dialect
from .document import Document, Link, Rendered, Resolved, Wording
from .front import Labels
from .html import HtmlWriter, TooLong
from .pieces import Pieces

_LEAST, _PER_CHARACTER = 500_000, 16


def render(
    document: Document,
    *,
    resolve: Callable[[Link], Resolved],
    max_output: int = 5_000_000,
    wording: Wording | None = None,
    path: str = "",
    dialect: Dialect = PLAIN,
    labels: Labels = MappingProxyType({}),
) -> Rendered:
    """Safe HTML for a parsed text.

    ``resolve`` is asked once for each different link of the rendering. It does not raise; what it answers is
    escaped and checked like the text itself. The HTML is at most about ``max_output`` characters, and at most
    500,000 plus 16 for each of the text's (a text of 20 KB can otherwise ask for 25 MB): beyond that it is
    cut, and a notice above and below it says so. ``wording`` is what rendering itself says, if not
    what is spoken. ``path`` is the page it stands on, '' for none; ``dialect`` is the one it was parsed in; ``labels``
    are what the fields before the text are called.
    """
    wording = wording or Wording.spoken()
    limit = min(max_output, _LEAST + _PER_CHARACTER * document._length)
    pieces = Pieces(dialect, path, wording)
    writer = HtmlWriter(resolve, document.headings, wording, limit, pieces, labels)
    cleaned = clean if not dialect.extends else page_cleaner([dialect.allowance(one) for one in dialect.extends])
    complete = True
    try:
        writer.write(document._tokens)
        html = cleaned("".join(writer.parts))
    except TooLong:
        html, complete = _cut("".join(writer.parts), wording.too_long, cleaned), False
    return Rendered(pieces.spliced(html), document.headings, complete, pieces.lasting and document.whole)


def _cut(html: str, notice: str, cleaned: Callable[[str], str]) -> str:
    """The part that was written, its open elements closed by a first cleaning, between two notices."""
    box = f'<div class="kb-callout kb-callout-warning" role="note"><p>{escape(notice)}</p></div>\n'
    return cleaned(box + cleaned(html) + box)
