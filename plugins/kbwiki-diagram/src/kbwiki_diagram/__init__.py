"""Diagrams: ` ```mermaid ` with a flowchart or a sequence, drawn here as SVG, without script or outside service."""

from __future__ import annotations

from html import escape

from kbwiki.hooks import AllowedHtml, Fence, Plugin, hookimpl

from . import drawing, sequence_drawing
from .flowchart import read_flowchart
from .layout import arranged
from .lines import CannotDraw, first_word, statements_of
from .sequence import read_sequence

__all__ = ["DiagramPlugin"]

FIGURE = "kb-x-diagram-figure"
MOST_CHARACTERS = 20_000


class DiagramPlugin(Plugin):
    """Flowcharts and sequences in a part of Mermaid's language."""

    name = "diagram"
    version = "0.1.0"
    summary = "Flowcharts and sequence diagrams from text"
    requires_kbwiki = ">=0.1,<1"

    @hookimpl
    def fences(self) -> Fence:
        """` ```mermaid ` and ` ```diagram `."""
        return Fence(("mermaid", "diagram"), drawn)

    @hookimpl
    def allowed_html(self) -> AllowedHtml:
        """The few parts of SVG that are needed, in the colour of the text around."""
        return AllowedHtml(
            elements=("details", "figure", "g", "path", "polygon", "rect", "summary", "svg", "text"),
            attributes={
                "svg": ("aria-label", "height", "role", "viewBox", "width"),
                "g": ("fill", "font-family", "font-size", "stroke", "stroke-dasharray", "stroke-width", "text-anchor"),
                "path": ("d", "fill", "stroke", "stroke-dasharray", "stroke-width"),
                "polygon": ("fill", "points", "stroke"),
                "rect": ("fill", "fill-opacity", "height", "rx", "stroke", "stroke-dasharray", "width", "x", "y"),
                "text": ("fill", "font-weight", "stroke", "text-anchor", "x", "y"),
            },
            classes=(FIGURE,),
        )


def drawn(source: str) -> str:
    """The diagram, with what it says in words below it; or what of it cannot be drawn, and the source."""
    try:
        if len(source) > MOST_CHARACTERS:
            raise CannotDraw(f"The text has {len(source)} characters, where {MOST_CHARACTERS} are the most.")
        svg, words = _drawn(source)
    except CannotDraw as problem:
        return (
            f'<div class="kb-callout kb-callout-warning" role="note"><p>This diagram cannot be drawn. '
            f"{escape(str(problem), quote=False)}</p>"
            f'<pre class="kb-code" tabindex="0"><code>{escape(source, quote=False)}</code></pre></div>'
        )
    said = "".join(f"<li>{escape(one, quote=False)}</li>" for one in words)
    return (
        f'<figure class="{FIGURE}"><div class="kb-table" role="group" aria-label="Diagram" tabindex="0">{svg}</div>'
        f"<details><summary>The diagram in words</summary><ul>{said}</ul></details></figure>"
    )


def _drawn(source: str) -> tuple[str, list[str]]:
    statements = statements_of(source)
    kind = first_word(statements)
    if kind in ("graph", "flowchart"):
        chart = read_flowchart(statements)
        return drawing.svg_of(arranged(chart)), chart.words()
    if kind == "sequenceDiagram":
        sequence = read_sequence(statements)
        return sequence_drawing.svg_of(sequence), sequence.words()
    raise CannotDraw(
        f"“{kind[:40]}” is none of the kinds that can be drawn here: "
        "begin with “graph TD”, “graph LR” or “sequenceDiagram”."
    )
