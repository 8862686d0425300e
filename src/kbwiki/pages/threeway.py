"""Three sequences laid side by side: where neither side, one side or both changed what they started from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .matching import Opcode

# What became of base[start:end]: start, end, by how many its replacement is longer, and whose (0 mine, 1
# theirs).
Change = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Parts of the three sequences that stand for each other, and which sides changed theirs."""

    base: slice
    mine: slice
    theirs: slice
    by_mine: bool
    by_theirs: bool

    @property
    def unchanged(self) -> bool:
        """Whether all three parts are equal."""
        return not (self.by_mine or self.by_theirs)


def stretches(
    to_mine: Sequence[Opcode],
    to_theirs: Sequence[Opcode],
    length: int,
    apart: Callable[[int, int], bool],
) -> Iterator[Stretch]:
    """Cover a base of `length` and both sides with stretches, in order, without gap or overlap.

    The pieces say how the base becomes either side. Changes share a stretch unless `apart(end, start)`
    holds for the places in the base where one ends and the next starts; it must not hold for end >= start.
    """
    position, in_mine, in_theirs = 0, 0, 0
    for group in _groups(to_mine, to_theirs, apart):
        start, end = group[0][0], max(change[1] for change in group)
        if position < start:
            yield _unchanged(position, start, in_mine, in_theirs)
        mine, theirs = start + in_mine, start + in_theirs
        in_mine += sum(change[2] for change in group if change[3] == 0)
        in_theirs += sum(change[2] for change in group if change[3] == 1)
        sides = {change[3] for change in group}
        yield Stretch(
            slice(start, end),
            slice(mine, end + in_mine),
            slice(theirs, end + in_theirs),
            0 in sides,
            1 in sides,
        )
        position = end
    if position < length:
        yield _unchanged(position, length, in_mine, in_theirs)


def split_after(stretch: Stretch, cuts: Sequence[int]) -> list[Stretch]:
    """Cut an unchanged stretch at places in the base, given in order and within it; no part is empty."""
    start, end = stretch.base.start, stretch.base.stop
    in_mine, in_theirs = stretch.mine.start - start, stretch.theirs.start - start
    ends = [*cuts, end] if not cuts or cuts[-1] < end else cuts
    starts = [start, *ends[:-1]]
    return [_unchanged(i, j, in_mine, in_theirs) for i, j in zip(starts, ends, strict=True)]


def _unchanged(start: int, end: int, in_mine: int, in_theirs: int) -> Stretch:
    """Return base[start:end] with its copies, which stand so many places further on either side."""
    mine, theirs = slice(start + in_mine, end + in_mine), slice(start + in_theirs, end + in_theirs)
    return Stretch(slice(start, end), mine, theirs, by_mine=False, by_theirs=False)


def _groups(
    to_mine: Sequence[Opcode], to_theirs: Sequence[Opcode], apart: Callable[[int, int], bool]
) -> Iterator[list[Change]]:
    """Gather the changes of both sides that are not apart, in the order of the base."""
    group: list[Change] = []
    reached = 0
    for change in sorted([*_changes(to_mine, 0), *_changes(to_theirs, 1)]):
        if group and apart(reached, change[0]):
            yield group
            group = []
        group.append(change)
        reached = max(reached, change[1])
    if group:
        yield group


def _changes(pieces: Sequence[Opcode], side: int) -> list[Change]:
    return [(i1, i2, j2 - j1 - (i2 - i1), side) for tag, i1, i2, j1, j2 in pieces if tag != "equal"]
