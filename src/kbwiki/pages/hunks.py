"""A change piece by piece: each can be left in the page or taken out of it, whatever was written since.

Nothing here writes a conflict marker or chooses between two authors: where a later change touches the same words,
both texts are given back.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from .matching import Opcode, opcodes
from .merge import Agreed, Chunk, Clash, Merge, joined, merge
from .pieces import Piece, pieces, starts
from .threeway import Stretch, stretches
from .words import lines

# Characters that may be merged to try each piece by itself. The share of one piece is the largest place, in the
# three texts together, whose later changes are read at all; above it they clash. About a second for a million.
ALLOWANCE = 3_000_000


class Standing(StrEnum):
    """What taking a piece out, by itself, would do to the page as it is now."""

    CLEAN = "clean"
    GONE = "gone"  # nothing: what the piece did is no longer there
    CLASH = "clash"


@dataclass(frozen=True, slots=True)
class Hunk:
    """One piece of a change: `before` became `after`, either may be empty; both are exact, to the last blank.

    `line` is the number of its first line in the text after, from 1. `left` and `right` are what stands unchanged
    beside it in that line, empty when whole lines changed. `clashes` holds both texts where it cannot be taken out:
    `mine` as it would read without the piece, `theirs` as it reads now.
    """

    index: int
    line: int
    left: str
    before: str
    after: str
    right: str
    standing: Standing
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class TakenOut:
    """The page without the chosen pieces, or what is in the way; `clashing` names the pieces that are hindered."""

    merge: Merge
    clashing: tuple[int, ...]

    @property
    def clean(self) -> bool:
        """Whether every chosen piece came out."""
        return self.merge.clean

    @property
    def text(self) -> str:
        """The text of the page without the pieces. Raises ValueError while anything clashes."""
        return self.merge.text


@dataclass(frozen=True)
class Change:
    """How `before` became `after`, to be taken out of `now` piece by piece."""

    before: str
    after: str
    now: str

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        """The pieces in the order of the text, none overlapping; all of them together are the change."""
        return pieces(self.before, self.after)

    def hunks(self) -> tuple[Hunk, ...]:
        """All pieces as they are offered, each with what would become of it alone."""
        return tuple(self._hunk(index) for index in range(len(self.pieces)))

    def take_out(self, chosen: Collection[int]) -> TakenOut:
        """Return `now` without exactly the chosen pieces. Raises ValueError for an index that does not exist.

        What nobody chose stays as it reads now, character by character; so does every line and word that was
        written later. Where later changes touch a chosen piece, words decide as in `merge`.
        """
        picked = sorted(set(chosen))
        if picked and not 0 <= picked[0] <= picked[-1] < len(self.pieces):
            raise ValueError(f"there are {len(self.pieces)} pieces, so not all of {picked}")
        chunks: list[Chunk] = []
        clashing: set[int] = set()
        by_words = False
        for part, held in self._parts([index for index in picked if index in self._left]):
            outcome = self._merged(part, held)
            chunks += outcome.chunks
            by_words = by_words or outcome.by_words
            if not outcome.clean:
                clashing.update(self._hindered(held))
        return TakenOut(Merge(joined(chunks), by_words), tuple(sorted(clashing)))

    @cached_property
    def _lines_now(self) -> list[str]:
        return lines(self.now)

    @cached_property
    def _rows(self) -> list[int]:
        """Where each line of the text after starts, and where the last one ends."""
        return starts(lines(self.after))

    @cached_property
    def _gone(self) -> frozenset[int]:
        """The pieces of which nothing is left: a later change did what taking them out would do."""
        places = [piece.lines.start for piece in self.pieces]
        gone: set[int] = set()
        for tag, i1, i2, j1, j2 in opcodes(lines(self.after), self._lines_now):
            near = range(bisect_left(places, i1), bisect_right(places, i2))
            inside = [n for n in near if tag != "equal" and self.pieces[n].lines.stop <= i2]
            if inside:
                text = self.after[self._rows[i1] : self._rows[i2]]
                held = [_moved(self.pieces[n], -self._rows[i1], 0) for n in inside]
                if _without(self.before, text, held) == "".join(self._lines_now[j1:j2]):
                    gone.update(inside)
        return frozenset(gone)

    @cached_property
    def _base(self) -> str:
        """The text after without what is gone: what a choice and the later changes both start from."""
        return _without(self.before, self.after, [self.pieces[n] for n in sorted(self._gone)])

    @cached_property
    def _left(self) -> dict[int, Piece]:
        """The pieces that are not gone, as they stand in the base."""
        left: dict[int, Piece] = {}
        characters = rows = 0
        for index, piece in enumerate(self.pieces):
            if index not in self._gone:
                left[index] = _moved(piece, characters, rows)
                continue
            was, became = self.before[piece.before], self.after[piece.after]
            characters += len(was) - len(became)
            rows += was.count("\n") - became.count("\n")
        return left

    @cached_property
    def _later(self) -> Sequence[Opcode]:
        return opcodes(lines(self._base), self._lines_now)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the base starts, and where the last one ends."""
        return starts(lines(self._base))

    def _parts(self, chosen: Sequence[int]) -> Iterator[tuple[Stretch, Sequence[int]]]:
        """Lay the chosen pieces beside the later changes: whole lines of base and now, and the pieces in them."""
        spans = sorted({(piece.lines.start, piece.lines.stop) for piece in map(self._left.__getitem__, chosen)})
        out: list[Opcode] = [("replace", start, stop, start, stop) for start, stop in spans]
        for part in stretches(out, self._later, len(self._starts) - 1, lambda end, start: end < start):
            first, last = part.base.start, part.base.stop
            touched = chosen if part.by_mine else ()
            yield part, [n for n in touched if first <= self._left[n].lines.start and self._left[n].lines.stop <= last]

    def _merged(self, part: Stretch, chosen: Sequence[int]) -> Merge:
        """Return the lines of a part without the chosen pieces."""
        theirs = "".join(self._lines_now[part.theirs])
        if not chosen:
            return Merge((Agreed(theirs),), by_words=False)
        start, end = self._starts[part.base.start], self._starts[part.base.stop]
        base = self._base[start:end]
        mine = _without(self.before, base, [_moved(self._left[index], -start, 0) for index in chosen])
        if part.by_theirs and len(base) + len(mine) + len(theirs) <= ALLOWANCE // len(self.pieces):
            return merge(base, mine, theirs)
        agreed = not part.by_theirs or mine == theirs
        return Merge((Agreed(mine) if agreed else Clash(base, mine, theirs),), by_words=False)

    def _alone(self, index: int) -> tuple[Merge, bool]:
        """Return what taking out one piece makes of the lines around it, and whether these read so already."""
        part, held = next(found for found in self._parts([index]) if found[1])
        outcome = self._merged(part, held)
        return outcome, outcome.clean and outcome.text == "".join(self._lines_now[part.theirs])

    def _hindered(self, chosen: Sequence[int]) -> Sequence[int]:
        """Return those of the pieces that clash by themselves, or all when they clash only together."""
        return [index for index in chosen if not self._alone(index)[0].clean] or chosen

    def _hunk(self, index: int) -> Hunk:
        piece = self.pieces[index]
        outcome, gone = self._alone(index) if index in self._left else (Merge((), by_words=False), True)
        clashes = tuple(chunk for chunk in outcome.chunks if isinstance(chunk, Clash))
        left, right = self._beside(index)
        return Hunk(
            index=index,
            line=piece.lines.start + 1,
            left=left,
            before=self.before[piece.before],
            after=self.after[piece.after],
            right=right,
            standing=Standing.CLASH if clashes else Standing.GONE if gone else Standing.CLEAN,
            clashes=clashes,
        )

    def _beside(self, index: int) -> tuple[str, str]:
        """Return what stands unchanged beside a piece in its line, up to the pieces before and after it."""
        piece = self.pieces[index]
        last = self.pieces[index - 1].after.stop if index else 0
        following = self.pieces[index + 1].after.start if index + 1 < len(self.pieces) else len(self.after)
        left = self.after[max(last, self._rows[piece.lines.start]) : piece.after.start]
        return left, self.after[piece.after.stop : min(following, self._rows[piece.lines.stop])].removesuffix("\n")


def _without(before: str, text: str, chosen: Iterable[Piece]) -> str:
    """Return the text with the chosen pieces, given in order and as they stand in it, as they were before."""
    said, start = [], 0
    for piece in chosen:
        said += [text[start : piece.after.start], before[piece.before]]
        start = piece.after.stop
    return "".join([*said, text[start:]])


def _moved(piece: Piece, characters: int, rows: int) -> Piece:
    """Return a piece as it stands in a text where it comes so much later."""
    after, rows_of = piece.after, piece.lines
    return Piece(
        piece.before,
        slice(after.start + characters, after.stop + characters),
        slice(rows_of.start + rows, rows_of.stop + rows),
    )


def hunks(before: str, after: str, now: str) -> tuple[Hunk, ...]:
    """List the pieces by which `after` differs from `before`, and whether each comes out of `now`."""
    return Change(before, after, now).hunks()


def take_out(before: str, after: str, now: str, chosen: Collection[int]) -> TakenOut:
    """Return `now` without the chosen pieces of the change; see `Change.take_out`."""
    return Change(before, after, now).take_out(chosen)
