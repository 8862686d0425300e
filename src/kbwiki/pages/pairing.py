"""Which of the replaced lines belong together: pure, and near-linear in the number of words."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from .matching import Pair, rising
from .words import is_word

Words = AbstractSet[str]

ALIKE = 0.4
TABLE_SIZE = 400


def distinct(line: Sequence[str]) -> set[str]:
    """Return what tells a line, given as tokens, from others: its words, or without any the signs it is made of."""
    return {token for token in line if is_word(token)} or {token for token in line if not token.isspace()}


def similarity(one: Words, other: Words) -> float:
    """Return how much two lines have in common, from 0 to 1: Dice's coefficient over their distinct words.

    A line that only grew is similar to its longer self however much was added, if there were three words to
    grow from. Lines without any word are similar to each other.
    """
    smaller = min(len(one), len(other))
    total = len(one) + len(other)
    if not total:
        return 1.0
    shared = len(one & other)
    grown = 0.5 if smaller >= 3 and shared >= 0.8 * smaller else 0.0
    return max(2 * shared / total, grown)


def pairs(before: Sequence[Words], after: Sequence[Words]) -> list[Pair]:
    """Return the pairs (i, j) of similar lines, both numbers rising: which new line stands for which old one.

    Each line comes as the set of its words. A small block gets the best pairing there is. In a large one,
    words that occur in one line of either side tie lines together first, and what is small enough between
    those is paired as above. Otherwise blocks of one length are paired line by line.
    """
    if len(before) * len(after) <= TABLE_SIZE:
        return _best(before, after)
    tied = _tied(before, after)
    found: list[Pair] = list(tied)
    for (i1, j1), (i2, j2) in pairwise([(-1, -1), *tied, (len(before), len(after))]):
        gap_before, gap_after = before[i1 + 1 : i2], after[j1 + 1 : j2]
        if len(gap_before) * len(gap_after) <= TABLE_SIZE:
            inner = _best(gap_before, gap_after)
        else:
            inner = _one_to_one(gap_before, gap_after)
        found += [(i1 + 1 + i, j1 + 1 + j) for i, j in inner]
    return sorted(found)


def _best(before: Sequence[Words], after: Sequence[Words]) -> list[Pair]:
    """Return the pairs with the highest sum of similarities; `table[i][j]` is the best from there onwards."""
    scores = [[score if (score := similarity(x, y)) >= ALIKE else 0.0 for y in after] for x in before]
    table = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            paired = scores[i][j] + table[i + 1][j + 1] if scores[i][j] else 0.0
            table[i][j] = max(paired, table[i + 1][j], table[i][j + 1])
    found = []
    i = j = 0
    while i < len(before) and j < len(after):
        if scores[i][j] and table[i][j] == scores[i][j] + table[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif table[i][j] == table[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _tied(before: Sequence[Words], after: Sequence[Words]) -> list[Pair]:
    """Return a rising chain of similar lines that share most words found in no other line."""
    home_before, home_after = _homes(before), _homes(after)
    votes = Counter(
        (i, j) for word, i in home_before.items() if i >= 0 and (j := home_after.get(word, -1)) >= 0
    )
    favourite: dict[int, int] = {}
    for (i, j), _ in votes.most_common():
        favourite.setdefault(i, j)
    return rising([(i, j) for i, j in sorted(favourite.items()) if similarity(before[i], after[j]) >= ALIKE])


def _homes(rows: Sequence[Words]) -> dict[str, int]:
    """Map each word to the only line it occurs in, or to -1 when it occurs in several."""
    homes: dict[str, int] = {}
    for index, words in enumerate(rows):
        for word in words:
            homes[word] = -1 if word in homes else index
    return homes


def _one_to_one(before: Sequence[Words], after: Sequence[Words]) -> list[Pair]:
    if len(before) != len(after):
        return []
    return [(n, n) for n, (x, y) in enumerate(zip(before, after, strict=True)) if similarity(x, y) >= ALIKE]
