"""Which pages match a question and in what order: those with all words first, by FTS5's weighted BM25."""

from __future__ import annotations

import heapq
import sqlite3
from collections import Counter

from ...tree import All
from ...weights import USUAL, Standing
from ..loosening import ENOUGH, loosened, telling
from ..protocol import Hits, Scope
from .matching import Asking, Row


def rank(
    connection: sqlite3.Connection, root: All, scope: Scope, standing: Standing = USUAL, *, limit: int, offset: int = 0
) -> Hits:
    """The best matches within the scope; equal ones in the order of their pages' numbers."""
    limit, offset = max(limit, 0), max(offset, 0)
    asking = Asking(connection, scope, standing)
    complete = asking.scored(root)
    best = _best(complete, offset + limit)
    matching = [page for _, page, _ in complete]
    if len(complete) < ENOUGH:
        partial = _with_some_words(asking, root, frozenset(number for number, _, _ in complete))
        best += _best(partial, max(offset + limit - len(best), 0))
        matching += [page for _, page, _ in partial]
    shown = best[offset : offset + limit]
    ids, scores = tuple(page for _, page in shown), tuple(-score for score, _ in shown)
    return Hits(ids, scores, len(matching), len(complete), matching)


def _best(rows: list[Row], count: int) -> list[tuple[float, int]]:
    return heapq.nsmallest(count, ((-score, page) for _, page, score in rows))


def _with_some_words(asking: Asking, root: All, known: frozenset[int]) -> list[Row]:
    """Documents with some of the words and everything else that was asked; the more words, the better.

    BM25 adds up over words, so that asking for each by itself gives the scores of asking for all.
    """
    optional, strict = loosened(root)
    found = [asking.scored(All((word,))) for word in dict.fromkeys(optional)]
    shares: Counter[int] = Counter()
    scores: dict[tuple[int, int], float] = {}
    for at in telling([len(rows) for rows in found], asking.pages):
        for number, page, score in found[at]:
            shares[number] += 1
            scores[number, page] = scores.get((number, page), 0.0) + score
    kept = asking.numbers(All(strict)) if strict and scores else None
    return [
        (number, page, score * shares[number])
        for (number, page), score in scores.items()
        if number not in known and (kept is None or number in kept)
    ]
