"""Text between marks that are declared, such as `$…$`, within a line or as a block.

A price is not a formula. As with Pandoc, the opening mark has something other than a blank right after it, and the
closing mark right before it; and, more strictly, the next mark is the closing one, and neither a letter nor a digit
stands right outside of the marks. So "$5 and $6", "US$5" and "$HOME/$USER" stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from .dialect import Marks

PUNCTUATION = re.compile(r"[!\"#$%&'()*+,\-./:;<=>?@\[\]^_|{}~§¦¤°¶]{1,4}")
_MOST_LINES = 200
_LONGEST = 1000  # within a line


def enable_spans(marks: tuple[Marks, ...]) -> Callable[[MarkdownIt], None]:
    """Read what stands between these marks."""
    longest_first = sorted(marks, key=lambda one: -len(one.opens))
    inline = tuple(one for one in longest_first if not one.block)

    def enable(md: MarkdownIt) -> None:
        for one in inline:
            md.inline.add_terminator_char(one.opens[0])
        if inline:
            md.inline.ruler.after("escape", "marks", _inline_rule(inline))
        for one in longest_first:
            if one.block:
                alternatives = ["paragraph", "reference", "blockquote", "list"]
                md.block.ruler.before("fence", f"marks {one.opens}", _block_rule(one), {"alt": alternatives})

    return enable


def _inline_rule(marks: tuple[Marks, ...]) -> Callable[[StateInline, bool], bool]:
    def between_marks(state: StateInline, silent: bool) -> bool:
        """Inline rule: what stands between marks becomes a `piece`."""
        for one in marks:
            if not state.src.startswith(one.opens, state.pos) or not _may_open(state, one):
                continue
            start = state.pos + len(one.opens)
            end = _end(state.src, one, start, state.posMax)
            if end is None:
                continue
            content = state.src[start:end]
            if not silent:
                token = state.push("piece", "", 0)
                token.content, token.info = content, f"{one.opens}{content}{one.closes}"
                token.meta = {"kb_piece": one}
            state.pos = end + len(one.closes)
            return True
        return False

    return between_marks


def _may_open(state: StateInline, one: Marks) -> bool:
    before = state.src[state.pos - 1] if state.pos else " "
    start = state.pos + len(one.opens)
    after = state.src[start] if start < state.posMax else " "
    return not before.isalnum() and before != one.opens[0] and not after.isspace() and after != one.opens[-1]


def _end(src: str, one: Marks, start: int, last: int) -> int | None:
    """Where the closing mark stands: the next mark there is, or nowhere when that one cannot close."""
    at = src.find(one.closes, start + 1, min(last, start + _LONGEST))
    while at >= 0 and src[at - 1] == "\\":
        at = src.find(one.closes, at + 1, min(last, start + _LONGEST))
    if at < 0:
        return None
    before, after = src[at - 1], src[at + len(one.closes) : at + len(one.closes) + 1]
    if before.isspace() or before == one.closes[0] or after.isalnum() or after == one.closes[-1]:
        return None
    return None if "`" in src[start:at] else at


def _block_rule(one: Marks) -> Callable[[StateBlock, int, int, bool], bool]:
    def block_between_marks(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
        """Block rule: from a line that begins with the mark to the first that ends with it, no line being empty."""
        if state.is_code_block(startLine):
            return False
        first = _line(state, startLine)
        if not first.startswith(one.opens):
            return False
        rest = first[len(one.opens) :].rstrip()
        if rest.endswith(one.closes):
            content, end = rest[: -len(one.closes)], startLine + 1
        else:
            closing = _closing_line(state, one, startLine, endLine)
            if closing is None:
                return False
            between = state.getLines(startLine + 1, closing, state.sCount[startLine], True)
            last = _line(state, closing).rstrip()[: -len(one.closes)]
            content, end = f"{rest}\n{between}{last}", closing + 1
        if not content.strip() or one.closes in content:
            return False
        if silent:
            return True
        state.line = end
        token = state.push("piece", "", 0)
        token.content, token.info = content.strip("\n"), f"{one.opens}{content}{one.closes}"
        token.meta, token.map, token.block = {"kb_piece": one}, [startLine, end], True
        return True

    return block_between_marks


def _closing_line(state: StateBlock, one: Marks, start: int, end: int) -> int | None:
    without = state.env.setdefault("kb_no_mark", {})
    begins, ends = without.get(one, (0, 0))
    if begins <= start < ends:
        return None
    last = min(end, start + _MOST_LINES)
    line = start + 1
    while line < last and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if _line(state, line).rstrip().endswith(one.closes):
            return line
        line += 1
    without[one] = (start, line)
    return None


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
