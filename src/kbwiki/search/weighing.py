"""What the wiki knows of pages beyond their words, applied to the best of what an engine found. Pure.

An engine's score is multiplied by one more than each weight times what it is of:

===============  =====================================================================================
``whole-title``  how far the title and the question are the same words: 1 when they are
``in-a-row``     1 where the words of the question stand next to each other as they were typed
``links``        every doubling of the pages that link here
``fresh``        1 at the moment of a change, half of it every half year later
``reviewed``     1 where no review of the page is open
===============  =====================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from .query import Query, parse_query
from .tree import All, Phrase
from .words.analysis import asked
from .words.pieces import is_plain, pieces

MOST_WEIGHED = 200
"""So many of the best are weighed; what comes after them stays in the order of the engine."""

HALF_LIFE = timedelta(days=182)

_OPERATORS = frozenset({"AND", "OR", "NOT", "|", "||", "&", "&&"})


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the database knows of a page at the moment of the search, and how it answers the question."""

    changed_at: datetime
    links: int = 0
    reviewed: bool = False
    title_share: float = 0.0
    in_a_row: bool = False


def reorder(
    ids: Sequence[int],
    scores: Sequence[float],
    facts: Mapping[int, PageFacts],
    weights: Mapping[str, float],
    now: datetime,
    *,
    complete: int | None = None,
    most: int = MOST_WEIGHED,
) -> list[int]:
    """The pages of which there are facts, best first; those without, which one may not read, are left out.

    The first ``complete`` have all that was asked (None: all of them) and stay before the others; what comes after the
    first ``most`` stays where it is. Pages that weigh the
    same stand in the order of their numbers, so that turning pages loses nothing.
    """
    complete = len(ids) if complete is None else complete
    weighed = [
        (at >= complete, -score * _factor(facts[page], weights, now), page)
        for at, (page, score) in enumerate(zip(ids, scores, strict=True))
        if page in facts
    ]
    return [page for *_, page in (*sorted(weighed[:most]), *weighed[most:])]


def title_shares(titles: Mapping[int, str], text: str, languages: Sequence[str] = ("en",)) -> dict[int, float]:
    """From 0 to 1 how far each title and the question are the same words: what they share, of both, multiplied."""
    plain = " ".join(piece for _, _, piece in pieces(text) if is_plain(piece))
    asked_for = {language: _words(plain, language) for language in languages or ("",)}
    return {
        page: max(_share(_words(title, language), words) for language, words in asked_for.items())
        for page, title in titles.items()
    }


def in_a_row(text: str, query: Query, languages: tuple[str, ...] = ("en",)) -> All | None:
    """What to ask an engine, of pages that match ``query``, for those that have the words as typed, next to each other.

    None where there is nothing to ask: fewer than two plain words, or words joined by operators.
    """
    plain = [piece for _, _, piece in pieces(text) if is_plain(piece)]
    if query.root is None or len(plain) < 2 or _OPERATORS.intersection(plain):
        return None
    row = parse_query(f'"{" ".join(plain)}"', languages).root
    phrases = [node for node in row.nodes if isinstance(node, Phrase)] if row is not None else []
    return All(tuple(phrases)) if phrases else None


def _factor(facts: PageFacts, weights: Mapping[str, float], now: datetime) -> float:
    age = max((now - facts.changed_at) / HALF_LIFE, 0.0)
    measures = {
        "whole-title": facts.title_share,
        "in-a-row": float(facts.in_a_row),
        "links": math.log2(1 + facts.links),
        "fresh": 0.5**age,
        "reviewed": float(facts.reviewed),
    }
    return float(math.prod(1 + weights[name] * measure for name, measure in measures.items()))


def _share(of_title: frozenset[str], asked_for: frozenset[str]) -> float:
    if not of_title or not asked_for:
        return 0.0
    return len(of_title & asked_for) ** 2 / (len(of_title) * len(asked_for))


@lru_cache(maxsize=8_192)
def _words(text: str, language: str) -> frozenset[str]:
    return frozenset(part for word in asked(text, language) for part in word.parts or (word.whole,) if part)
