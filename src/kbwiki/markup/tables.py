"""A limit for tables: short rows of a wide table are filled up, so a small text could ask for millions of
cells."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table

_CELLS = 50_000


def enable_tables(md: MarkdownIt) -> None:
    """Switch tables on, within the limit."""
    md.enable("table")
    md.block.ruler.at("table", limited_table, {"alt": ["paragraph", "reference"]})


def limited_table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Block rule: a table, unless columns × lines of the whole text exceed both 50,000 and the text's length.

    A table written out in full stays below that by itself, since a cell takes at least two characters.
    """
    if startLine + 2 > endLine:
        return False
    columns = state.src.count("|", state.bMarks[startLine + 1], state.eMarks[startLine + 1]) + 1
    if columns * len(state.bMarks) > max(_CELLS, len(state.src)):
        return False
    return table(state, startLine, endLine, silent)
