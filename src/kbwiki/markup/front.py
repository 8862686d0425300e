"""The lines before a text that say of what type the page is, with its fields::

    ---
    type: meeting
    date: 2026-11-26
    ---

They are text like any other: they stand in revisions, differences, merges and exports, and can be written by hand.
Shown, they are a table above the text. A block without a line `type:` is none: a text may begin with a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

MOST_FIELDS = 60
"""Lines that a block may have, but for its rules."""

_RULE = "---"
_FIELD = re.compile(r"([a-z][a-z0-9_-]{0,39}):(?:[ \t]+(\S.*?))?[ \t]*")
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,39}")

Labels = Mapping[tuple[str, str], str]
"""What fields are called: by type and field, and types themselves by type and ''. Others are called by their names."""


@dataclass(frozen=True, slots=True)
class Front:
    """The block before a text. `fields` are those besides the type, in order; `lines` counts its lines of the source.

    `block` and `body` are the whole text between them, byte for byte; blank lines after the block belong to it.
    """

    type: str
    fields: Mapping[str, str]
    lines: int
    block: str
    body: str


def is_name(name: str) -> bool:
    """Whether types and fields may be called so: small letters, digits, `_` and `-`."""
    return _TYPE.fullmatch(name) is not None


def read_front(text: str) -> Front | None:
    """The block that the text begins with, if it does."""
    if not text.startswith(_RULE):
        return None
    lines = text.split("\n", MOST_FIELDS + 2)
    if lines[0].rstrip() != _RULE:
        return None
    found: dict[str, str] = {}
    for at, line in enumerate(lines[1 : MOST_FIELDS + 2], 1):
        if line.rstrip() == _RULE:
            return _front(text, found, lines, at + 1)
        field = _FIELD.fullmatch(line.rstrip("\r"))
        if field is None:
            return None
        found.setdefault(field[1], field[2] or "")
    return None


def _front(text: str, found: dict[str, str], lines: list[str], count: int) -> Front | None:
    kind = found.pop("type", "")
    if not is_name(kind):
        return None
    end = min(sum(len(line) + 1 for line in lines[:count]), len(text))
    while (blank := text.find("\n", end)) >= 0 and not text[end:blank].strip():
        end = blank + 1
    return Front(kind, found, count, text[:end], text[end:])


def new_front(kind: str, fields: Iterable[tuple[str, str]]) -> str:
    """A block for a text that has none, with the blank line after it."""
    lines = [f"type: {kind}", *(_line(name, value) for name, value in fields)]
    return "\n".join([_RULE, *lines, _RULE, "", ""])


def changed_front(block: str, wanted: Mapping[str, str]) -> str:
    """The block with other values in their lines. Lines of fields that keep their values stay byte for byte.

    A field that has no line yet gets one at the end, unless it has no value. A block that is none stays as it is.
    """
    front = read_front(block)
    if front is None:
        return block
    lines = block.split("\n")
    added = []
    for name, value in wanted.items():
        value = " ".join(value.split())
        if value == front.fields.get(name, ""):
            continue
        if name in front.fields:
            at = next(at for at, line in enumerate(lines) if line.startswith(f"{name}:"))
            lines[at] = _line(name, value) + ("\r" if lines[at].endswith("\r") else "")
        else:
            added.append(_line(name, value) + ("\r" if lines[0].endswith("\r") else ""))
    lines[front.lines - 1 : front.lines - 1] = added
    return "\n".join(lines)


def _line(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name}:"


def enable_front(md: MarkdownIt) -> None:
    """Let a text begin with a block of fields."""
    md.block.ruler.before("table", "front", front_rule)


def front_rule(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Block rule: the block of fields, only as the very first thing of a text. Values are read like any line of it."""
    if startLine or state.level or not state.src.startswith(_RULE):
        return False
    front = read_front(state.src)
    if front is None or front.lines > endLine:
        return False
    if silent:
        return True
    _push(state, "front_open", 1, {"kb_type": front.type})
    shown = set()
    for line in range(1, front.lines - 1):
        name, _, value = state.src[state.bMarks[line] : state.eMarks[line]].partition(":")
        if name == "type" or name in shown or not value.strip():
            continue
        shown.add(name)
        _push(state, "front_field_open", 1, {"kb_type": front.type, "kb_field": name})
        inline = _push(state, "inline", 0, {})
        inline.content, inline.map, inline.children = value.strip(), [line, line + 1], []
        _push(state, "front_field_close", -1, {})
    _push(state, "front_close", -1, {})
    state.line = front.lines
    return True


def _push(state: StateBlock, kind: str, nesting: int, meta: dict[str, str]) -> Token:
    token = state.push(kind, "", nesting)  # type: ignore[arg-type]
    token.meta = meta
    return token


def called(labels: Labels, kind: str, field: str = "") -> str:
    """What a field, or without one the type, is called."""
    own = labels.get((kind, field))
    return own or (field or kind).replace("_", " ").replace("-", " ").capitalize()
