"""Where in the source an inline text stands: only needed to rewrite links, so only the tracking parser
records it.

The parser hands inline text on without its place. The block rules wrapped here note, at the moment they
succeed, where each line of that text begins in the source: `kb_starts` in the token's meta has, for each
line, the offset of its first character that is no blank. Cells of a table lose the backslash of `\\|`, so
they have `kb_characters` instead: the offset of every character.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_block import StateBlock, heading, lheading, paragraph, reference
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from .front import front_rule
from .tables import limited_table

STARTS, CHARACTERS, DEFINITIONS = "kb_starts", "kb_characters", "kb_definitions"

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

_BLANKS = re.compile(r"[ \t]*")
_HASHES = re.compile(r"#+[ \t]*")


def without_front(token: Token, count: int) -> None:
    """Drop characters from the front of an inline token's first line, keeping its place."""
    token.content = token.content[count:]
    if STARTS in token.meta:
        first, *others = token.meta[STARTS]
        token.meta[STARTS] = [first + count, *others]


def without_first_line(token: Token, count: int) -> None:
    """Drop an inline token's first line, `count` characters with its line end, keeping its place."""
    token.content = token.content[count:]
    if STARTS in token.meta:
        token.meta[STARTS] = token.meta[STARTS][1:]


def same_place(token: Token, other: Token, count: int) -> None:
    """Let `other` stand where `token`'s first line stands, `count` characters further."""
    if STARTS in token.meta:
        other.meta[STARTS] = [token.meta[STARTS][0] + count]


def source_offset(token: Token, offset: int) -> int:
    """The offset in the source of an offset in a tracked inline token's content."""
    if CHARACTERS in token.meta:
        offsets: list[int] = token.meta[CHARACTERS]
        return offsets[offset] if offset < len(offsets) else offsets[-1] + 1
    line = token.content.count("\n", 0, offset)
    blanks = _BLANKS.match(token.content, token.content.rfind("\n", 0, offset) + 1)
    place: int = token.meta[STARTS][line] + offset - (blanks.end() if blanks else 0)
    return place


def enable_tracking(md: MarkdownIt) -> None:
    """Wrap the rules that make inline text, links and references. What they recognise stays the same."""
    md.options["store_labels"] = True
    md.block.ruler.at("paragraph", _tracked(paragraph))
    md.block.ruler.at("lheading", _tracked(lheading))
    md.block.ruler.at("heading", _tracked(heading), {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("table", _tracked_table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.at("reference", _tracked_reference)
    md.block.ruler.at("front", _tracked(front_rule))
    rules = dict(zip(md.block.ruler.get_active_rules(), md.block.ruler.getRules(""), strict=True))
    md.block.ruler.at("deflist", _tracked(rules["deflist"]), {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.at("link", _placed(link, "link_open"))
    md.inline.ruler.at("image", _placed(image, "image"))


def _tracked(rule: BlockRule) -> BlockRule:
    """The rule, followed by a note of where the lines of its own inline tokens begin."""

    def tracked(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
        before = len(state.tokens)
        if not rule(state, startLine, endLine, silent):
            return False
        for token in state.tokens[before:]:
            if token.type == "inline" and token.content and token.map and STARTS not in token.meta:
                token.meta[STARTS] = _starts(state, token.map[0], token.content)
        return True

    return tracked


def _starts(state: StateBlock, line: int, content: str) -> list[int]:
    """The first line may have lost hashes and any white space in front, even whole lines of unusual white
    space."""
    first, *others = content.split("\n")
    while (start := _found(state, line, first)) < 0:
        line += 1
    return [start, *(_start(state, line + number) for number in range(1, len(others) + 1))]


def _found(state: StateBlock, line: int, text: str) -> int:
    start = _start(state, line)
    hashes = _HASHES.match(state.src, start) if not state.src.startswith(text, start) else None
    return state.src.find(text, hashes.end() if hashes else start, state.eMarks[line])


def _start(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _tracked_table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The table rule, followed by a note of where each character of its cells stands."""
    before = len(state.tokens)
    if not limited_table(state, startLine, endLine, silent):
        return False
    cells: list[list[int]] = []
    column = 0
    for token in state.tokens[before:]:
        if token.type == "tr_open" and token.map:
            cells, column = _cells(state, token.map[0]), 0
        elif token.type == "inline":
            if token.content:
                token.meta[CHARACTERS] = _trimmed(state.src, cells[column], token.content)
            column += 1
    return True


def _cells(state: StateBlock, line: int) -> list[list[int]]:
    """The offsets of each cell's characters, cut at bars that have no backslash before them."""
    start, end = _start(state, line), state.eMarks[line]
    cells: list[list[int]] = [[]]
    for offset in range(start, end):
        if state.src[offset] != "|":
            cells[-1].append(offset)
        elif offset > start and state.src[offset - 1] == "\\":
            cells[-1][-1] = offset
        else:
            cells.append([])
    return cells[1:] if state.src[start:end].lstrip().startswith("|") else cells


def _trimmed(source: str, offsets: list[int], content: str) -> list[int]:
    """The part of a cell's offsets where its content stands, which is the cell without the blanks around it."""
    start = "".join(source[offset] for offset in offsets).index(content)
    return offsets[start : start + len(content)]


def _tracked_reference(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The reference rule, followed by a note of the lines of a definition that counts (the first of its
    name)."""
    before = len(state.env.get("references", ()))
    if not reference(state, startLine, endLine, silent):
        return False
    names = state.env.get("references", {})
    if not silent and len(names) > before:
        lines = [(_start(state, line), state.eMarks[line]) for line in range(startLine, state.line)]
        state.env.setdefault(DEFINITIONS, {})[next(reversed(names))] = lines
    return True


def _placed(rule: InlineRule, kind: str) -> InlineRule:
    """The rule, followed by a note in the new token of where its label ends and how far the rule could see."""

    def placed(state: StateInline, silent: bool) -> bool:
        bracket, before = state.pos + (kind == "image"), len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            opening = next(token for token in state.tokens[before:] if token.type == kind)
            opening.meta["kb_at"] = (parseLinkLabel(state, bracket, kind != "image"), state.posMax)
        return True

    return placed
