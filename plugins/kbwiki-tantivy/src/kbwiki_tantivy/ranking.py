"""Which pages match a question and in what order: those with all words first, by tantivy's BM25."""

from __future__ import annotations

import heapq
from collections import Counter

import tantivy

from kbwiki.search.engines.loosening import ENOUGH, loosened, telling
from kbwiki.search.engines.protocol import Hits, Scope
from kbwiki.search.tree import All

from .matching import Asking, Hit, everything


def rank(searcher: tantivy.Searcher, root: All, scope: Scope, *, limit: int, offset: int) -> Hits:
    """The best matches within the scope; equal ones in the order of their numbers."""
    limit, offset = max(limit, 0), max(offset, 0)
    asking = Asking(searcher, scope)
    complete = asking.scored(root)
    best = _best(complete, offset + limit)
    matching = [page for page, _ in complete]
    if len(complete) < ENOUGH:
        partial = _with_some_words(asking, root, frozenset(matching))
        best += _best(partial, max(offset + limit - len(best), 0))
        matching += [page for page, _ in partial]
    shown = best[offset : offset + limit]
    ids, scores = tuple(page for _, page in shown), tuple(-score for score, _ in shown)
    return Hits(ids, scores, len(matching), len(complete), matching)


def _best(hits: list[Hit], count: int) -> list[tuple[float, int]]:
    return heapq.nsmallest(count, ((-score, page) for page, score in hits))


def _with_some_words(asking: Asking, root: All, known: frozenset[int]) -> list[Hit]:
    """Pages with some of the words and everything else that was asked; the more words, the better."""
    optional, strict = loosened(root)
    found = [asking.scored(word) for word in dict.fromkeys(optional)]
    if not any(found):
        return []
    shares: Counter[int] = Counter()
    scores: dict[int, float] = {}
    for at in telling([len(hits) for hits in found], asking.count(everything())):
        for page, score in found[at]:
            shares[page] += 1
            scores[page] = scores.get(page, 0.0) + score
    kept = frozenset(page for page, _ in asking.scored(All(strict))) if strict else scores.keys()
    return [(page, score * shares[page]) for page, score in scores.items() if page in kept and page not in known]
