"""Footnotes: `[^name]` in the text, `[^name]: …` for the note, continued by indented lines.

Notes appear at the end in the order of their first mention, numbered from 1; a note nobody mentions is not
shown. A mention without its note stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# The bound keeps `[^[^[^…` linear: each attempt looks at most this far.
_NAME = r"\[\^([^\]\s\[]{1,80})\]"
_MENTION = re.compile(_NAME)
_NOTE = re.compile(_NAME + r":[ \t]*")
_NAMES, _READING = "kb_notes", "kb_reading_note"


def enable_footnotes(md: MarkdownIt) -> None:
    """Add the block, inline and core rules. A mention may stand wherever text may."""
    md.block.ruler.before("reference", "footnote", footnote_block, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.before("link", "footnote", footnote_mention)
    md.core.ruler.after("inline", "footnote", gather_footnotes)


def footnote_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Block rule, only outside of lists and quotes: the note's blocks between `footnote_open` and
    `footnote_close`."""
    if state.is_code_block(startLine) or (state.level and not (silent and _ends_note(state, startLine))):
        return False
    start = state.bMarks[startLine] + state.tShift[startLine]
    match = _NOTE.match(state.src, start, state.eMarks[startLine])
    if match is None:
        return False
    if not silent:
        state.env.setdefault(_NAMES, set()).add(match[1])
        opening = state.push("footnote_open", "li", 1)
        opening.meta = {"kb_name": match[1]}
        _read_note(state, startLine, endLine, match)
        state.push("footnote_close", "li", -1)
    return True


def _read_note(state: StateBlock, line: int, end: int, match: re.Match[str]) -> None:
    """Parse from behind the colon as if the note began there, with 4 columns of indent asked of the lines
    after it."""
    before = (state.bMarks[line], state.tShift[line], state.sCount[line], state.blkIndent, state.parentType)
    state.bMarks[line], state.tShift[line] = match.end(), 0
    state.blkIndent += 4
    state.sCount[line] = state.blkIndent
    state.parentType = "footnote"
    state.env[_READING] = True
    state.md.block.tokenize(state, line, end)
    state.env[_READING] = False
    state.bMarks[line], state.tShift[line], state.sCount[line], state.blkIndent, state.parentType = before
    state.line = max(state.line, line + 1)


def _ends_note(state: StateBlock, line: int) -> bool:
    """Whether a paragraph within a note has come to a line that is not indented, so that a next note can
    begin there."""
    return bool(state.env.get(_READING)) and state.sCount[line] < state.blkIndent


def footnote_mention(state: StateInline, silent: bool) -> bool:
    """Inline rule: `[^name]` whose note exists becomes a `footnote_ref` token; its numbers come later."""
    if not state.src.startswith("[^", state.pos) or _NAMES not in state.env:
        return False
    match = _MENTION.match(state.src, state.pos, state.posMax)
    if match is None or match[1] not in state.env[_NAMES]:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"kb_name": match[1]}
    state.pos = match.end()
    return True


@dataclass(slots=True)
class _Note:
    """A note's tokens, its number once it is mentioned, and how often that is."""

    tokens: list[Token]
    number: int = 0
    mentions: int = 0


def gather_footnotes(state: StateCore) -> None:
    """Core rule: move the notes that are mentioned to the end, in order of mention, and number both sides."""
    if _NAMES not in state.env:
        return
    text, notes = _separate(state.tokens)
    mentioned: list[_Note] = []
    _number(text, notes, mentioned)
    for note in mentioned:  # grows while notes mention further notes
        _number(note.tokens, notes, mentioned)
    state.tokens = text
    if mentioned:
        state.tokens.append(Token("footnotes_open", "section", 1, block=True))
        for note in mentioned:
            state.tokens += _entry(note)
        state.tokens.append(Token("footnotes_close", "section", -1, block=True))


def _separate(tokens: list[Token]) -> tuple[list[Token], dict[str, _Note]]:
    """The text without its notes, and the notes by name; the first of two notes with one name counts."""
    text: list[Token] = []
    notes: dict[str, _Note] = {}
    into = text
    for token in tokens:
        if token.type == "footnote_open":
            into = []
            notes.setdefault(token.meta["kb_name"], _Note(into))
        elif token.type == "footnote_close":
            into = text
        else:
            into.append(token)
    return text, notes


def _number(tokens: Iterable[Token], notes: dict[str, _Note], mentioned: list[_Note]) -> None:
    """Write into each mention in these tokens its note's number, and how many mentions of it came before."""
    for token in tokens:
        for child in token.children or ():
            if child.type != "footnote_ref":
                continue
            note = notes[child.meta["kb_name"]]
            if not note.mentions:
                mentioned.append(note)
                note.number = len(mentioned)
            note.mentions += 1
            child.meta = {"kb_number": note.number, "kb_mention": note.mentions}


def _entry(note: _Note) -> list[Token]:
    """The note with its ways back, which stand at the end of its last paragraph if it ends with one."""
    back = Token("footnote_back", "", 0, meta={"kb_number": note.number, "kb_mentions": note.mentions})
    opening = Token("footnote_open", "li", 1, block=True, meta={"kb_number": note.number})
    closing = Token("footnote_close", "li", -1, block=True)
    if note.tokens and note.tokens[-1].type == "paragraph_close":
        return [opening, *note.tokens[:-1], back, note.tokens[-1], closing]
    return [opening, *note.tokens, back, closing]
