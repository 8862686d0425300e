"""`<!-- a note to whoever writes next -->`: read as text by everybody who edits or reviews, not shown to readers.

It ends at the first `-->`. One that never ends is no comment: an author who forgets the end sees their words, and
loses no part of the page.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_OPEN, _CLOSE = "<!--", "-->"
_INTERRUPTS = ["paragraph", "reference", "blockquote"]
_UNENDED = "kb_unended_comments"


def enable_comments(md: MarkdownIt) -> None:
    """Let comments stand between blocks and within a line."""
    md.block.ruler.before("table", "comment", comment_block, {"alt": _INTERRUPTS})
    md.inline.ruler.before("autolink", "comment", comment_inline)


def comment_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Block rule: lines of comments and nothing else. Where words follow, the line is a paragraph's."""
    if state.is_code_block(startLine):
        return False
    start = state.bMarks[startLine] + state.tShift[startLine]
    if not state.src.startswith(_OPEN, start) or _is_known_unended(state, startLine):
        return False
    line = startLine
    while line < endLine and (line == startLine or state.sCount[line] >= state.blkIndent):
        rest = _after(state.src[start : state.eMarks[line]], is_open=line > startLine)
        if rest is not None:
            if rest:
                return False
            if not silent:
                state.line = line + 1
            return True
        line += 1
        start = state.bMarks[min(line, endLine)]
    state.env[_UNENDED] = (line, state.level)
    return False


def _is_known_unended(state: StateBlock, line: int) -> bool:
    """Whether an earlier look from the same block, or one around it, has found no end before this line's end."""
    until, level = state.env.get(_UNENDED, (0, 0))
    return bool(line < until and state.level >= level)


def _after(line: str, *, is_open: bool) -> str | None:
    """What stands on the line after its comments; None while the last of them is open.

    ``is_open`` says that one was open before.
    """
    at = 0
    while is_open or line.startswith(_OPEN, at):
        end = line.find(_CLOSE, at if is_open else at + 2)
        if end < 0:
            return None
        at = end + len(_CLOSE)
        at += len(line[at:]) - len(line[at:].lstrip())
        is_open = False
    return line[at:].strip()


def comment_inline(state: StateInline, silent: bool) -> bool:
    """Inline rule: a comment within words leaves nothing, not even where it stood."""
    if not state.src.startswith(_OPEN, state.pos):
        return False
    source, unended = state.env.get(_UNENDED + "_inline", ("", 0))
    if source is state.src and state.pos >= unended:
        return False
    end = state.src.find(_CLOSE, state.pos + 2, state.posMax)
    if end < 0:
        state.env[_UNENDED + "_inline"] = (state.src, state.pos)
        return False
    state.pos = end + len(_CLOSE)
    return True
