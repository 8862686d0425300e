"""How much a term counts in a page, written so that `ts_rank` reads it back.

For a single term, `ts_rank` adds up the weights of its positions, each divided by the square of the number it has
(1, 4, 9 …), provided that none outweighs the first. A page's vector of terms therefore gives each term not the places
where it stands (those are kept elsewhere, for phrases) but up to three positions whose weights A to D, like digits,
add up to the logarithm of the term's impact. So PostgreSQL computes BM25 from one index, though it knows nothing of
BM25: `exp` of the rank is the impact, to within seven per cent, and a term's rarity is a factor of the query.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import product

from ..impact import GREATEST_IMPACT

WEIGHTS = {"D": 0.28, "C": 0.44, "B": 0.68, "A": 1.0}
"""What `ts_rank` is told that the letters weigh: of all such, those that leave the narrowest gaps."""

_MOST_DIGITS = 3
_LEAST_IMPACT = 10
"""Impacts below count as this one: a word that stands once in 12,000."""

_RANK_OF_ONE = math.pi**2 / 6
"""`ts_rank` divides by the limit of its series."""


def _sums() -> dict[float, str]:
    """What each spelling adds up to."""
    return {
        sum(WEIGHTS[letter] / place**2 for place, letter in enumerate(letters, 1)): _spelled(letters)
        for digits in range(_MOST_DIGITS, 0, -1)
        for letters in product(WEIGHTS, repeat=digits)
        if max(letters, key=WEIGHTS.__getitem__) == letters[0]
    }


def _spelled(letters: tuple[str, ...]) -> str:
    return ",".join(f"{place}{letter}" for place, letter in enumerate(letters, 1))


def _grades() -> list[str]:
    """The spelling nearest to each impact."""
    sums = _sums()
    ordered = sorted(sums)
    spellings = []
    for impact in range(GREATEST_IMPACT + 1):
        height = max(0.0, math.log(max(impact, 1) / _LEAST_IMPACT)) / math.log(GREATEST_IMPACT / _LEAST_IMPACT)
        wanted = ordered[0] + height * (ordered[-1] - ordered[0])
        at = bisect_left(ordered, wanted)
        nearest = min(ordered[max(at - 1, 0) : at + 1], key=lambda one: abs(one - wanted))
        spellings.append(sums[nearest])
    return spellings


GRADES = _grades()
"""The positions that stand for each impact from 0 to 255, as they are written in a vector."""

_LOWEST, _HIGHEST = min(_sums()), max(_sums())
SLOPE = math.log(GREATEST_IMPACT / _LEAST_IMPACT) / (_HIGHEST - _LOWEST) * _RANK_OF_ONE
"""The logarithm of an impact, as a share of the greatest, is `SLOPE * (rank - HIGHEST)`."""

HIGHEST = _HIGHEST / _RANK_OF_ONE
"""The rank of the greatest impact."""
