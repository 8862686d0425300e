"""Where two sequences agree: the one matcher under the difference view and the three-way merge.

The way: what is equal at both ends is cut off, what occurs exactly once on either side becomes an anchor
(patience difference, Bram Cohen), the longest rising chain of anchors splits the rest into small blocks,
and inside a block the greedy search of E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
finds a shortest edit. Every search has an allowance that grows with the input only linearly. When it is
used up, what has been found so far stands and the rest counts as replaced: a page made to be slow gets a
coarser difference, not a slow one.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence, Set
from itertools import accumulate
from typing import Literal

Tag = Literal["equal", "replace", "delete", "insert"]
Opcode = tuple[Tag, int, int, int, int]
Pair = tuple[int, int]
Block = tuple[int, int, int]  # a[i:i+n] == b[j:j+n]
Region = tuple[int, int, int, int, int]  # a[alo:ahi] against b[blo:bhi], anchors looked for so many times

# What a search may cost: a step is one comparison, about 0.3 µs. Most texts need less than the first.
STEPS_FOR_ALL = 2_000
STEPS_EACH = 24
STEPS_AT_MOST = 400_000
# How often a region may be split by anchors, and how many elements in a row make one: where no element occurs
# once, a row of them often does. Below the size given, the search finds as much without the longer rows.
DEEPEST = 8
WIDTHS = (1, 4, 16)
LARGE = 100


def opcodes(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Opcode]:
    """Say how `a` becomes `b`: the pieces (tag, i1, i2, j1, j2) cover both without gap or overlap, in order.

    Pieces called "equal" are equal and alternate with the others, so between two changes there is always
    something both sides share. A change that could stand in several places stands in the last of them: the
    same change made to two copies comes out the same. Deterministic; time is near-linear in the length.
    """
    pieces: list[Opcode] = []
    i = j = 0
    for block_i, block_j, size in [*_settled(_blocks(a, b), a, b), (len(a), len(b), 0)]:
        if i < block_i or j < block_j:
            tag: Tag = "insert" if i == block_i else "delete" if j == block_j else "replace"
            pieces.append((tag, i, block_i, j, block_j))
        i, j = block_i + size, block_j + size
        if size:
            pieces.append(("equal", block_i, i, block_j, j))
    return pieces


def without_islands(pieces: Sequence[Opcode], weights: Sequence[int]) -> list[Opcode]:
    """Join changes with the equal pieces between them that are too small to mean anything to a reader.

    `weights` gives the weight of each token of the first text. An equal piece goes when it weighs nothing
    (blanks, punctuation), or at most half of what each of the changes at its sides takes away: "the" that
    survives by chance in a rewritten sentence is no common ground.
    """
    total = list(accumulate(weights, initial=0))
    kept: list[Opcode] = []
    for piece in pieces:
        kept.append(piece)
        while len(kept) >= 3 and kept[-1][0] != "equal":
            left, weight, right = (total[i2] - total[i1] for _, i1, i2, _, _ in kept[-3:])
            if 2 * weight > min(left, right):
                break
            (_, i1, _, j1, _), _, (_, _, i2, _, j2) = kept[-3:]
            kept[-3:] = [("replace", i1, i2, j1, j2)]
    return kept


def rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Return a longest chain of `pairs` in which both numbers rise; the first numbers must rise already."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        ends[place : place + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _blocks(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Return the equal blocks of `a` and `b`, in order, none empty."""
    found: list[Block] = []
    steps = min(STEPS_FOR_ALL + STEPS_EACH * (len(a) + len(b)), STEPS_AT_MOST)
    regions: list[Region] = [(0, len(a), 0, len(b), 0)]
    while regions:
        alo, ahi, blo, bhi, depth = _trimmed(regions.pop(), a, b, found)
        if alo == ahi or blo == bhi:
            continue
        anchors = _anchors(a[alo:ahi], b[blo:bhi]) if depth < DEEPEST else []
        if anchors:
            regions += _between(anchors, (alo, ahi, blo, bhi, depth), a, b, found)
            continue
        # What the other side has nowhere cannot match: leaving it out makes a rewritten passage cheap.
        common_a = _places_of(a, alo, ahi, set(b[blo:bhi]))
        common_b = _places_of(b, blo, bhi, set(a[alo:ahi]))
        blocks, steps = _search([a[i] for i in common_a], [b[j] for j in common_b], steps)
        found += [(common_a[x + n], common_b[y + n], 1) for x, y, size in blocks for n in range(size)]
    return sorted(found)


def _places_of(sequence: Sequence[Hashable], low: int, high: int, elements: Set[Hashable]) -> list[int]:
    return [index for index in range(low, high) if sequence[index] in elements]


def _trimmed(region: Region, a: Sequence[Hashable], b: Sequence[Hashable], found: list[Block]) -> Region:
    """Return the region without its equal beginning and end, which are added to `found`."""
    alo, ahi, blo, bhi, depth = region
    i, j = alo, blo
    while i < ahi and j < bhi and a[i] == b[j]:
        i, j = i + 1, j + 1
    if i > alo:
        found.append((alo, blo, i - alo))
    end_a, end_b = ahi, bhi
    while end_a > i and end_b > j and a[end_a - 1] == b[end_b - 1]:
        end_a, end_b = end_a - 1, end_b - 1
    if end_a < ahi:
        found.append((end_a, end_b, ahi - end_a))
    return i, end_a, j, end_b, depth


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Pair]:
    """Return a rising chain of the places of what occurs exactly once in `a` and exactly once in `b`."""
    for width in WIDTHS if len(a) + len(b) > LARGE else WIDTHS[:1]:
        places_a, places_b = _single_places(_rows(a, width)), _single_places(_rows(b, width))
        pairs = [(i, places_b.get(row, -1)) for row, i in places_a.items() if i >= 0]
        found = rising([pair for pair in pairs if pair[1] >= 0])
        if found:
            return found
    return []


def _rows(sequence: Sequence[Hashable], width: int) -> Iterable[Hashable]:
    """Return what stands at each place with the width - 1 elements after it."""
    return sequence if width == 1 else zip(*(sequence[start:] for start in range(width)), strict=False)


def _single_places(elements: Iterable[Hashable]) -> dict[Hashable, int]:
    """Map each element to its place, or to -1 when it occurs more than once; in the order of first places."""
    places: dict[Hashable, int] = {}
    for index, element in enumerate(elements):
        places[element] = -1 if element in places else index
    return places


def _between(
    anchors: list[Pair],
    region: Region,
    a: Sequence[Hashable],
    b: Sequence[Hashable],
    found: list[Block],
) -> list[Region]:
    """Add each anchor with what is equal after it to `found`, and return the regions between them.

    Anchors count from the start of the region.
    """
    alo, ahi, blo, bhi, depth = region
    start_a, start_b = alo, blo
    rest: list[Region] = []
    for anchor_a, anchor_b in anchors:
        i, j = start_a + anchor_a, start_b + anchor_b
        if i < alo or j < blo:
            continue
        rest.append((alo, i, blo, j, depth + 1))
        end_a, end_b = i + 1, j + 1
        while end_a < ahi and end_b < bhi and a[end_a] == b[end_b]:
            end_a, end_b = end_a + 1, end_b + 1
        found.append((i, j, end_a - i))
        alo, blo = end_a, end_b
    rest.append((alo, ahi, blo, bhi, depth + 1))
    return rest


def _search(a: list[Hashable], b: list[Hashable], steps: int) -> tuple[list[Block], int]:
    """Return equal blocks found by searches that spend at most about `steps`, and the steps left over.

    A search that finds no way to the end within half of what is left keeps the longest way it found, and
    the next one starts from there.
    """
    found: list[Block] = []
    done_a = done_b = 0
    while done_a < len(a) and done_b < len(b) and steps > 0:
        rest_a, rest_b = a[done_a:], b[done_b:]
        blocks, reached, spent = _shortest_edit(rest_a, rest_b, steps // 2 + 16)
        found += [(done_a + i, done_b + j, size) for i, j, size in blocks]
        done_a, done_b = done_a + reached[0], done_b + reached[1]
        steps -= spent
    return found, steps


def _shortest_edit(
    a: list[Hashable], b: list[Hashable], allowance: int
) -> tuple[list[Block], tuple[int, int], int]:
    """Search greedily from the start: the equal blocks, the point (i, j) they lead to, the steps spent.

    `reach[k]` is the furthest i reached on the diagonal i - j == k; `trail` keeps it as it was before each
    round.
    """
    n, m = len(a), len(b)
    zero = m + 1
    reach = [-1] * (n + m + 3)
    reach[zero + 1] = 0
    trail: list[list[int]] = []
    spent = 0
    for distance in range(n + m + 1):
        trail.append(reach[zero - min(distance, m) - 1 : zero + min(distance, n) + 2])
        low = 2 * max(0, distance - m) - distance
        high = distance - 2 * max(0, distance - n)
        for k in range(low, high + 1, 2):
            left, right = reach[zero + k - 1], reach[zero + k + 1]
            start = i = right if k == -distance or (k != distance and left < right) else left + 1
            while i < n and i - k < m and a[i] == b[i - k]:
                i += 1
            reach[zero + k] = i
            spent += 1 + i - start
            if i >= n and i - k >= m:
                return _walked_back(trail, (n, m), m), (n, m), spent
        if spent > allowance:
            break
    ends = [(i, i - k) for k in range(low, high + 1, 2) if (i := reach[zero + k]) <= n and i - k <= m]
    best = max(ends, key=sum, default=(n, m))
    return (_walked_back(trail, best, m) if ends else []), best, spent


def _walked_back(trail: list[list[int]], end: tuple[int, int], m: int) -> list[Block]:
    """Return the equal blocks on the way to `end`, which the last round of `trail` reached."""
    blocks: list[Block] = []
    i, j = end
    for distance in range(len(trail) - 1, -1, -1):
        reach, zero, k = trail[distance], min(distance, m) + 1, i - j
        left, right = reach[zero + k - 1], reach[zero + k + 1]
        down = k == -distance or (k != distance and left < right)
        start = right if down else left + 1
        if i > start:
            blocks.append((start, start - k, i - start))
        i, j = (right, right - k - 1) if down else (left, left - k + 1)
    return blocks[::-1]


def _settled(blocks: list[Block], a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Let insertions and deletions sink to the last place where they mean the same; join blocks that meet."""
    settled: list[Block] = []
    for i, j, size in blocks:
        while settled and size:
            last_i, last_j, last_size = settled[-1]
            gap_i, gap_j = last_i + last_size, last_j + last_size
            if gap_i == i and gap_j == j:
                settled[-1] = (last_i, last_j, last_size + size)
                size = 0
            elif (gap_i == i and b[gap_j] == b[j]) or (gap_j == j and a[gap_i] == a[i]):
                settled[-1] = (last_i, last_j, last_size + 1)
                i, j, size = i + 1, j + 1, size - 1
            else:
                break
        if size:
            settled.append((i, j, size))
    return settled
