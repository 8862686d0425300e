"""Formulas: `$…$` in a line, `$$…$$` and ` ```math ` as blocks, in LaTeX, shown as MathML."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape

from kbwiki.hooks import AllowedHtml, Fence, Plugin, Span, hookimpl

from .formulas import ATTRIBUTES, ELEMENTS, Unreadable, mathml

__all__ = ["MathPlugin"]

BAD = "kb-x-math-bad"


class MathPlugin(Plugin):
    """Formulas in LaTeX, as MathML: browsers draw it and screen readers speak it, without script."""

    name = "math"
    version = "0.1.0"
    summary = "Formulas in LaTeX, shown as MathML"
    requires_kbwiki = ">=0.1,<1"

    @hookimpl
    def spans(self) -> Iterable[Span]:
        """`$…$` and `$$…$$`."""
        return (
            Span("$", "$", in_line),
            Span("$$", "$$", partial(displayed, marks="$$")),
            Span("$$", "$$", as_block, block=True),
        )

    @hookimpl
    def fences(self) -> Fence:
        """` ```math `; each of several formulas, with empty lines between them, is shown on its own."""
        return Fence(("math",), several)

    @hookimpl
    def allowed_html(self) -> AllowedHtml:
        """MathML, and a mark for what cannot be read."""
        return AllowedHtml(ELEMENTS, {**ATTRIBUTES, "code": ("title",)}, (BAD,))


def in_line(latex: str) -> str:
    """A formula in a line of text."""
    return _shown(latex, "inline", "$")


def displayed(latex: str, marks: str) -> str:
    """A formula on a line of its own within a paragraph."""
    return _shown(latex, "block", marks)


def as_block(latex: str) -> str:
    """A formula as a block, which can be moved sideways where it is wider than the page."""
    try:
        formula = mathml(latex, "block")
    except Unreadable as error:
        return _box(latex, str(error))
    return f'<div class="kb-table" role="group" aria-label="Formula" tabindex="0">{formula}</div>'


def several(latex: str) -> str:
    """The formulas of a fenced block."""
    return "".join(as_block(one) for one in latex.split("\n\n") if one.strip())


def _shown(latex: str, display: str, marks: str) -> str:
    try:
        return mathml(latex, display)
    except Unreadable as error:
        said = escape(f"This formula cannot be read: {error}")
        return f'<code class="{BAD}" title="{said}">{escape(f"{marks}{latex}{marks}", quote=False)}</code>'


def _box(latex: str, why: str) -> str:
    return (
        f'<div class="kb-callout kb-callout-warning" role="note"><p>This formula cannot be read: '
        f"{escape(why, quote=False)}</p>"
        f'<pre class="kb-code" tabindex="0"><code>{escape(latex.strip(), quote=False)}</code></pre></div>'
    )
