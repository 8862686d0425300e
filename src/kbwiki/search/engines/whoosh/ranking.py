"""Which pages match a query and in what order: BM25 over posting lists, with no engine in sight.

How much a term counts in a page is `engines.impact`'s business; here it meets how rare the term is.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Sequence, Set
from typing import Protocol

from ...tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from ..impact import GREATEST_IMPACT, rarity
from ..loosening import ENOUGH, loosened, telling
from ..postings import TAG, TEXT, WITHIN
from ..protocol import EVERYTHING, Hits, Scope
from .matching import Match, Postings, by_share, greatest, intersection, only, refuse, union, without

PLACES = 1 << 32
"""More than a document has places."""


class Segment(Protocol):
    """One part of the index, read only."""

    @property
    def pages(self) -> Sequence[int]:
        """The page of each document."""

    @property
    def spaces(self) -> Sequence[int]:
        """The space of each document."""

    @property
    def deleted(self) -> Set[int]:
        """Documents that have been replaced or removed."""

    def known(self, field: str, terms: Iterable[str]) -> Collection[str]:
        """Which of the terms the dictionary has, those of deleted documents included."""

    def impacts(self, field: str, term: str) -> Postings:
        """The impact of the term on each document that has it."""

    def impacts_of_beginning(self, field: str, opening: str) -> Postings:
        """For each document the greatest impact of a term that begins so."""

    def starts(self, field: str, term: str, documents: Collection[int], offset: int) -> set[int]:
        """Where a phrase would have to begin to have the term at ``offset``, in those of the documents.

        Each is ``document * PLACES + place``.
        """


def rank(
    root: All,
    segments: Sequence[Segment],
    scope: Scope,
    *,
    limit: int,
    offset: int = 0,
) -> Hits:
    """The best matches of the whole index that are within the scope.

    Pages with all words come first; when they are fewer than ``ENOUGH``, pages with some of them follow.
    Equal scores stand in the order of the page's number, so that turning over a result page loses nothing.
    """
    limit, offset = max(limit, 0), max(offset, 0)
    evaluation = _Evaluation(segments, scope)
    complete = evaluation.allowed(evaluation.all_words(root))
    found = sum(map(len, complete))
    best = _best(segments, complete, offset + limit)
    matching = _pages(segments, complete)
    if found < ENOUGH:
        partial = evaluation.allowed(evaluation.some_words(root, complete))
        matching += _pages(segments, partial)
        best += _best(segments, partial, max(offset + limit - len(best), 0))
    shown = best[offset : offset + limit]
    ids, scores = tuple(page for _, page in shown), tuple(-score for score, _ in shown)
    return Hits(ids, scores, len(matching), found, matching)


def occurring(terms: Collection[str], segments: Sequence[Segment], scope: Scope) -> frozenset[str]:
    """Which of the terms a page of the scope has. Quick for hundreds of terms that are not words at all."""
    evaluation = _Evaluation(segments, scope)
    found: set[str] = set()
    for segment in segments:
        for term in segment.known(TEXT, set(terms) - found):
            if any(evaluation.allows(segment, document) for document in segment.impacts(TEXT, term)):
                found.add(term)
    return frozenset(found)


def _pages(segments: Sequence[Segment], scored: Sequence[Postings]) -> list[int]:
    return [segment.pages[document] for segment, scores in zip(segments, scored, strict=True) for document in scores]


def _best(segments: Sequence[Segment], scored: Sequence[Postings], count: int) -> list[tuple[float, int]]:
    """The ``count`` best pages of all segments as (negative score, page), in order."""
    candidates: list[tuple[float, int]] = []
    for segment, scores in zip(segments, scored, strict=True):
        least = heapq.nlargest(count, scores.values())[-1] if 0 < count < len(scores) else -math.inf
        pages = segment.pages
        candidates += [(-score, pages[document]) for document, score in scores.items() if score >= least]
    return heapq.nsmallest(count, candidates)


class _Evaluation:
    """One query on all segments of the index. Every method gives one result for each segment."""

    def __init__(self, segments: Sequence[Segment], scope: Scope) -> None:
        self._segments = segments
        self._scope = scope
        self._documents = sum(len(segment.pages) for segment in segments)

    def all_words(self, root: All) -> list[dict[int, float]]:
        return [match.scored() for match in self._match(root)]

    def some_words(self, root: All, known: Sequence[Postings]) -> list[dict[int, float]]:
        """Documents with some of the words and everything else that was asked, save those already known."""
        optional, strict = loosened(root)
        if not optional:
            return [{} for _ in self._segments]
        matches = self._telling([self._match(word) for word in optional])
        if not matches:
            return [{} for _ in self._segments]
        united = [by_share(choices) for choices in zip(*matches, strict=True)]
        if strict:
            within = self._match(All(strict))
            united = [only(scores, kept.postings) for scores, kept in zip(united, within, strict=True)]
        return [without(scores, seen) for scores, seen in zip(united, known, strict=True)]

    def allowed(self, scored: Sequence[dict[int, float]]) -> list[dict[int, float]]:
        """Without what was deleted, and within the scope."""
        kept = [without(scores, segment.deleted) for segment, scores in zip(self._segments, scored, strict=True)]
        if self._scope == EVERYTHING:
            return kept
        return [
            {document: score for document, score in scores.items() if self.allows(segment, document)}
            for segment, scores in zip(self._segments, kept, strict=True)
        ]

    def allows(self, segment: Segment, document: int) -> bool:
        """Whether the document is alive and within the scope."""
        spaces, refused = self._scope.spaces, self._scope.without
        return (
            document not in segment.deleted
            and (spaces is None or segment.spaces[document] in spaces)
            and (not refused or segment.pages[document] not in refused)
        )

    def _is_anywhere(self, matches: Sequence[Match]) -> bool:
        """Whether any document that is allowed matches: what others hold must not change an answer."""
        return any(
            self.allows(segment, document)
            for segment, match in zip(self._segments, matches, strict=True)
            for document in match.postings
        )

    def _telling(self, matches: list[list[Match]]) -> list[list[Match]]:
        """Without words that tell nothing within the scope; pages outside must not decide what is found."""
        alive = self.allowed([dict.fromkeys(range(len(segment.pages)), 0.0) for segment in self._segments])
        frequencies = [
            sum(len(each.postings.keys() & kept.keys()) for each, kept in zip(match, alive, strict=True))
            for match in matches
        ]
        return [matches[at] for at in telling(frequencies, sum(map(len, alive)))]

    def _match(self, node: Node) -> list[Match]:
        match node:
            case Word(terms, field):
                return self._rated(self._any_term(terms, field or TEXT))
            case Beginning(opening, terms, field):
                return self._beginning(opening, terms, field or TEXT)
            case Compound(whole, apart):
                together = self._match(whole)
                return together if self._is_anywhere(together) else self._match(apart)
            case Phrase(words, field):
                return self._phrase(words, field or TEXT)
            case Tagged(tag):
                return [Match(found, 0.0) for found in self._any_term((tag,), TAG)]
            case Within(path):
                return [Match(found, 0.0) for found in self._any_term((path,), WITHIN)]
            case Pages(ids):
                return [Match(_documents_of(segment, ids), 0.0) for segment in self._segments]
            case Not(inner):
                return self._everything_but(self._match(inner))
            case Either(nodes):
                choices = zip(*(self._match(each) for each in nodes), strict=True)
                return [Match(union(choice), 1.0) for choice in choices]
            case All(nodes):
                return self._all(nodes)

    def _any_term(self, terms: Iterable[str], field: str) -> list[Postings]:
        return [greatest([segment.impacts(field, term) for term in terms]) for segment in self._segments]

    def _rated(self, found: Sequence[Postings]) -> list[Match]:
        """With BM25's inverse document frequency, in the form that is never negative."""
        frequency = sum(map(len, found))
        factor = rarity(self._documents, frequency) / GREATEST_IMPACT
        return [Match(postings, factor) for postings in found]

    def _beginning(self, opening: str, terms: tuple[str, ...], field: str) -> list[Match]:
        exact = self._any_term(terms, field)
        begun = [segment.impacts_of_beginning(field, opening) for segment in self._segments]
        return self._rated([greatest(pair) for pair in zip(exact, begun, strict=True)])

    def _all(self, nodes: Iterable[Node]) -> list[Match]:
        nodes = tuple(nodes)
        wanted = [self._match(node) for node in nodes if not isinstance(node, (Not, Phrase))]
        unwanted = [self._match(node.node) for node in nodes if isinstance(node, Not)]
        phrases = [node for node in nodes if isinstance(node, Phrase)]
        if not wanted and not phrases:
            wanted = [self._everything_but([Match({}, 0.0) for _ in self._segments])]
        # Places cost most, so they are looked at last, and only where all else matches.
        within = [intersection(matches) for matches in zip(*wanted, strict=True)] if wanted else None
        wanted += [self._phrase(node.words, node.field or TEXT, within) for node in phrases]
        refused = list(zip(*unwanted, strict=True)) or [()] * len(self._segments)
        return [
            Match(refuse(intersection(matches), refusals), 1.0)
            for matches, refusals in zip(zip(*wanted, strict=True), refused, strict=True)
        ]

    def _everything_but(self, matches: Sequence[Match]) -> list[Match]:
        return [
            Match(dict.fromkeys(range(len(segment.pages)) - match.postings.keys(), 0.0), 0.0)
            for segment, match in zip(self._segments, matches, strict=True)
        ]

    def _phrase(
        self, words: Sequence[tuple[int, tuple[str, ...]]], field: str, within: Sequence[Postings] | None = None
    ) -> list[Match]:
        matches = [self._rated(self._any_term(terms, field)) for _, terms in words]
        found: list[Match] = []
        for at, segment in enumerate(self._segments):
            scores = intersection([match[at] for match in matches])
            if within is not None:
                scores = only(scores, within[at])
            found.append(Match(_adjacent(segment, field, words, scores), 1.0))
        return found


def _documents_of(segment: Segment, ids: Collection[int]) -> Postings:
    return {document: 0.0 for document, page in enumerate(segment.pages) if page in ids}


def _adjacent(
    segment: Segment, field: str, words: Sequence[tuple[int, tuple[str, ...]]], scores: dict[int, float]
) -> dict[int, float]:
    """Of the documents that have all words, those that have them at these places relative to each other."""
    common: set[int] | None = None
    for offset, terms in words:
        starts: set[int] = set()
        for term in terms:
            starts |= segment.starts(field, term, scores.keys(), offset)
        common = starts if common is None else common & starts
        beginning = {start // PLACES for start in common}
        scores = {document: score for document, score in scores.items() if document in beginning}
    return scores
