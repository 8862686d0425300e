"""What a change falls into: pieces that somebody would want to take back one by one.

A run of words in a line that otherwise stayed what it was, a line that was rewritten, a passage or list item that
was added or removed. The pieces hang on the text before and the text after alone, so the place of one in their
order names the same piece for as long as these two texts do not change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .matching import opcodes, without_islands
from .merge import KEPT_AT_LEAST
from .pairing import distinct, pairs
from .words import fields, limits, lines, tokens, weight

# More pieces than anybody picks from: beyond that, neighbours are offered as one.
MOST = 200
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the text before that became characters of the text after, and the lines these stand in."""

    before: slice
    after: slice
    lines: slice


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two texts, cut into lines, and where each line starts."""

    lines: Sequence[str]
    starts: Sequence[int]

    @property
    def unended(self) -> bool:
        """Whether the last line lacks its newline."""
        return bool(self.lines) and not self.lines[-1].endswith("\n")


def pieces(before: str, after: str) -> list[Piece]:
    """Cut the change into pieces: in order, none overlapping, exact to the last blank, at most `MOST`.

    Between the pieces both texts are the same: the text after with every piece as it was before is the text
    before. Whatever pieces are chosen, no two lines run into one.
    """
    old, new = _side(before), _side(after)
    changed = [piece[1:] for piece in opcodes(old.lines, new.lines) if piece[0] != "equal"]
    found = [piece for place in changed for piece in _divided(old, new, *place)]
    if len(found) > MOST:
        found = [_whole(old, new, *place) for place in changed]
    found = _with_end_as_one(found, old, new)
    together = -(-len(found) // MOST) or 1
    return [_joined(found[n : n + together]) for n in range(0, len(found), together)]


def starts(lines: Sequence[str]) -> list[int]:
    """Where each line starts in the text, and where the last one ends."""
    return _offsets(lines, 0)


def _side(text: str) -> _Side:
    cut = lines(text)
    return _Side(cut, starts(cut))


def _whole(old: _Side, new: _Side, i1: int, i2: int, j1: int, j2: int) -> Piece:
    return Piece(slice(old.starts[i1], old.starts[i2]), slice(new.starts[j1], new.starts[j2]), slice(j1, j2))


def _joined(neighbours: Sequence[Piece]) -> Piece:
    """Return pieces that follow each other as one, with what is the same between them."""
    first, last = neighbours[0], neighbours[-1]
    return Piece(
        slice(first.before.start, last.before.stop),
        slice(first.after.start, last.after.stop),
        slice(first.lines.start, last.lines.stop),
    )


def _with_end_as_one(found: list[Piece], old: _Side, new: _Side) -> list[Piece]:
    """Join what touches a last line without newline: parted, some choice would run it into the line after it."""
    if not (old.unended or new.unended):
        return found
    last_old, last_new = old.starts[max(len(old.lines) - 1, 0)], new.starts[max(len(new.lines) - 1, 0)]
    touching = [n for n, one in enumerate(found) if one.before.stop > last_old or one.after.stop > last_new]
    if not touching:
        return found
    first = found[touching[0]]
    within_one_line = first.before.start >= last_old and first.after.start >= last_new
    if within_one_line and old.unended and new.unended:
        return found
    return [*found[: touching[0]], _joined(found[touching[0] :])]


def _divided(old: _Side, new: _Side, i1: int, i2: int, j1: int, j2: int) -> Iterator[Piece]:
    """Cut the change of some lines: similar lines by their words, what stands between those as a whole."""
    partners: list[tuple[int, int]] = []
    if i1 < i2 and j1 < j2:
        before = [distinct(tokens(line)) for line in old.lines[i1:i2]]
        after = [distinct(tokens(line)) for line in new.lines[j1:j2]]
        partners = [(i1 + i, j1 + j) for i, j in pairs(before, after)]
    for (last_i, last_j), (i, j) in pairwise([(i1 - 1, j1 - 1), *partners, (i2, j2)]):
        yield from _unpaired(old, new, last_i + 1, i, last_j + 1, j)
        if i < i2:
            yield from _in_line(old, new, i, j)


def _unpaired(old: _Side, new: _Side, i1: int, i2: int, j1: int, j2: int) -> Iterator[Piece]:
    """Cut lines only removed or only added into passages; lines that became quite different ones are one piece."""
    if i1 < i2 and j1 < j2:
        yield _whole(old, new, i1, i2, j1, j2)
    elif i1 < i2:
        for start, stop in pairwise([*_passages(old.lines[i1:i2]), i2 - i1]):
            yield _whole(old, new, i1 + start, i1 + stop, j1, j1)
    elif j1 < j2:
        for start, stop in pairwise([*_passages(new.lines[j1:j2]), j2 - j1]):
            yield _whole(old, new, i1, i1, j1 + start, j1 + stop)


def _passages(block: Sequence[str]) -> Iterator[int]:
    """Tell where passages start: at list items and after blank lines, or with these in a block that ends filled.

    So a passage takes along the blank line that parts it from what stays. What is between code fences stays together.
    """
    leading = bool(block[-1].strip())
    last = max((n for n, line in enumerate(block) if line.strip()), default=0)
    blank_before, filled, in_code = False, False, False
    yield 0
    for n, line in enumerate(block):
        blank = not line.strip()
        starts = blank and not blank_before if leading else blank_before and not blank
        if filled and not in_code and n <= last and (starts or _ITEM.match(line)):
            yield n
            filled = False
        in_code = in_code != bool(_FENCE.match(line))
        blank_before, filled = blank, filled or not blank


def _in_line(old: _Side, new: _Side, i: int, j: int) -> Iterator[Piece]:
    """Cut the change of a line into runs of words, or leave it whole when less than half of the line is the same."""
    before, after = fields(old.lines[i]), fields(new.lines[j])
    weights = list(map(max, map(weight, before), limits(before)))
    runs = without_islands(opcodes(before, after), weights)
    kept = sum(sum(weights[i1:i2]) for tag, i1, i2, _, _ in runs if tag == "equal")
    changed = [run for run in runs if run[0] != "equal"]
    if len(changed) > 1 and kept < KEPT_AT_LEAST * sum(weights):
        yield _whole(old, new, i, i + 1, j, j + 1)
        return
    at_before, at_after = _offsets(before, old.starts[i]), _offsets(after, new.starts[j])
    for _, i1, i2, j1, j2 in changed:
        yield Piece(slice(at_before[i1], at_before[i2]), slice(at_after[j1], at_after[j2]), slice(j, j + 1))


def _offsets(parts: Sequence[str], start: int) -> list[int]:
    return list(accumulate(map(len, parts), initial=start))
