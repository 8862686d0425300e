"""The difference of two texts, word by word, for people to read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from .matching import Opcode, opcodes, without_islands
from .pairing import distinct, pairs
from .words import is_word, lines, tokens

__all__ = ["Difference", "Hunk", "Row", "Run", "difference", "opcodes"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: on both sides the same, only in the text before, or only in the text after."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where a moved row's block begins on the other side; `leads` at the first row of what moved in one piece."""

    line: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the difference: a line of the text before, of the text after, or of both.

    Numbers count from 1. A side without a line here has None for its number and its runs. The runs of a
    side hold the line with the newline that ends it, so a line that lost only its newline is a changed row
    with a removed run "\\n".
    """

    kind: Literal["same", "removed", "added", "changed"]
    before_no: int | None
    after_no: int | None
    before: tuple[Run, ...] | None
    after: tuple[Run, ...] | None
    moved: Move | None = None


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of rows with the lines around them; the starts are the numbers its first lines have, from 1.

    On a side that has no line in the hunk, the start is the number the next line would have.
    """

    before_start: int
    after_start: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two texts: the hunks in order, and how many words are marked in them.

    `moved` is how many blocks were moved (moved_blocks.with_moves finds them).

    With the whole text as context there is one hunk, and the texts of all its `before` runs, joined, are
    the text before, character by character; likewise `after`. Two empty texts have no hunk.
    """

    hunks: tuple[Hunk, ...]
    added_words: int
    removed_words: int
    moved: int = 0

    @property
    def identical(self) -> bool:
        """Whether the texts are the same, to the last blank and newline."""
        return all(row.kind == "same" for hunk in self.hunks for row in hunk.rows)


def difference(before: str, after: str, *, context: int | None = 3) -> Difference:
    """Show how `before` became `after`, with `context` unchanged lines around each change, or all for None.

    Replaced lines that resemble each other stand in one row, marked word by word; the others are removed
    and added. Time is near-linear in the length of the texts, whatever they hold: where the allowance of
    the search is used up, more than necessary is marked, never less.
    """
    if context is not None and context < 0:
        raise ValueError(f"context must not be negative: {context}")
    old, new = lines(before), lines(after)
    pieces = opcodes(old, new)
    hunks = tuple(_hunk(group, old, new) for group in _groups(pieces, context))
    return Difference(hunks, _marked(hunks, "added"), _marked(hunks, "removed"))


def _groups(pieces: Sequence[Opcode], context: int | None) -> list[list[Opcode]]:
    """Cut the pieces into hunks: equal pieces longer than the context around them lose their middle."""
    if context is None:
        return [list(pieces)] if pieces else []
    groups: list[list[Opcode]] = []
    current: list[Opcode] = []
    for piece in pieces:
        tag, i1, i2, j1, j2 = piece
        last = piece is pieces[-1]
        if tag != "equal":
            current.append(piece)
            continue
        head, tail = (context if current else 0), (0 if last else context)
        if i2 - i1 <= head + tail:
            current.append(piece)
            continue
        if current:
            groups.append([*current, ("equal", i1, i1 + head, j1, j1 + head)])
        current = [("equal", i2 - tail, i2, j2 - tail, j2)]
    return [*groups, current] if any(piece[0] != "equal" for piece in current) else groups


def _hunk(pieces: Sequence[Opcode], old: Sequence[str], new: Sequence[str]) -> Hunk:
    _, i1, _, j1, _ = pieces[0]
    return Hunk(i1 + 1, j1 + 1, tuple(row for piece in pieces for row in _rows(piece, old, new)))


def _rows(piece: Opcode, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    tag, i1, i2, j1, j2 = piece
    if tag == "replace":
        yield from _replaced(piece, old, new)
    elif tag == "equal":
        for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
            runs = (Run("same", old[i]),)
            yield Row("same", i + 1, j + 1, runs, runs)
    else:
        yield from _removed(old, i1, i2)
        yield from _added(new, j1, j2)


def _removed(old: Sequence[str], start: int, end: int) -> Iterator[Row]:
    for i in range(start, end):
        yield Row("removed", i + 1, None, (Run("removed", old[i]),), None)


def _added(new: Sequence[str], start: int, end: int) -> Iterator[Row]:
    for j in range(start, end):
        yield Row("added", None, j + 1, None, (Run("added", new[j]),))


def _replaced(piece: Opcode, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Give the replaced lines: similar ones in one row, those between such rows as removed, then added."""
    _, i1, i2, j1, j2 = piece
    old_tokens = [tokens(line) for line in old[i1:i2]]
    new_tokens = [tokens(line) for line in new[j1:j2]]
    partners = pairs([distinct(line) for line in old_tokens], [distinct(line) for line in new_tokens])
    for (last_i, last_j), (i, j) in pairwise([(-1, -1), *partners, (i2 - i1, j2 - j1)]):
        yield from _removed(old, i1 + last_i + 1, i1 + i)
        yield from _added(new, j1 + last_j + 1, j1 + j)
        if i < i2 - i1:
            yield Row("changed", i1 + i + 1, j1 + j + 1, *_runs(old_tokens[i], new_tokens[j]))


def _runs(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return the runs of a line before and after, both given as tokens."""
    before: list[Run] = []
    after: list[Run] = []
    for tag, i1, i2, j1, j2 in without_islands(opcodes(old, new), [is_word(token) for token in old]):
        if i1 < i2:
            before.append(Run("same" if tag == "equal" else "removed", "".join(old[i1:i2])))
        if j1 < j2:
            after.append(Run("same" if tag == "equal" else "added", "".join(new[j1:j2])))
    return tuple(before), tuple(after)


def runs_between(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs of two texts that are one another's, marked word by word."""
    return _runs(tokens(before), tokens(after))


def marked_words(hunks: Sequence[Hunk], kind: Literal["removed", "added"]) -> int:
    """How many words are marked as removed, or as added."""
    return _marked(hunks, kind)


def _marked(hunks: Sequence[Hunk], kind: Literal["removed", "added"]) -> int:
    """Count the words in the runs of one kind."""
    changed = [row for hunk in hunks for row in hunk.rows if row.kind != "same"]
    sides = [(row.before if kind == "removed" else row.after) or () for row in changed]
    texts = [run.text for runs in sides for run in runs if run.kind == kind]
    return sum(is_word(token) for text in texts for token in tokens(text))
