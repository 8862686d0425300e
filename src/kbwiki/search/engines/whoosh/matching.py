"""Sets of documents with numbers, and what queries do with them. Nothing given is ever changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

Postings = Mapping[int, float]
"""A number for each document that matches; documents are numbered within their segment."""


@dataclass(frozen=True, slots=True)
class Match:
    """Documents of one segment that match a node. Their scores are their numbers times ``factor``."""

    postings: Postings
    factor: float

    def scored(self) -> dict[int, float]:
        """The score of each document."""
        factor = self.factor
        return {document: number * factor for document, number in self.postings.items()}


def greatest(choices: Sequence[Postings]) -> Postings:
    """For each document of any of them the greatest number."""
    filled = [postings for postings in choices if postings]
    if len(filled) < 2:
        return filled[0] if filled else {}
    united = dict(filled[0])
    for postings in filled[1:]:
        for document, number in postings.items():
            if number > united.get(document, 0):
                united[document] = number
    return united


def by_share(matches: Sequence[Match]) -> dict[int, float]:
    """The union, with each score times the number of matches the document is in."""
    counts: Counter[int] = Counter()
    for match in matches:
        counts.update(match.postings.keys())
    return {document: score * counts[document] for document, score in union(matches).items()}


def union(matches: Iterable[Match]) -> dict[int, float]:
    """The documents of any match, scores added up."""
    united: dict[int, float] = {}
    for match in matches:
        factor = match.factor
        for document, number in match.postings.items():
            united[document] = united.get(document, 0.0) + number * factor
    return united


def intersection(matches: Sequence[Match]) -> dict[int, float]:
    """The documents of all matches, scores added up: the smallest first, for the work follows that."""
    ordered = sorted(matches, key=lambda match: len(match.postings))
    scores = ordered[0].scored()
    for match in ordered[1:]:
        others, factor = match.postings, match.factor
        scores = {
            document: score + others[document] * factor for document, score in scores.items() if document in others
        }
    return scores


def refuse(scores: dict[int, float], unwanted: Iterable[Match]) -> dict[int, float]:
    """Without the documents of any of the matches."""
    for match in unwanted:
        scores = without(scores, match.postings)
    return scores


def only(scores: dict[int, float], kept: Collection[int]) -> dict[int, float]:
    """The documents that are kept."""
    return {document: score for document, score in scores.items() if document in kept}


def without(scores: dict[int, float], unwanted: Collection[int]) -> dict[int, float]:
    """The documents that are not unwanted."""
    if not unwanted:
        return scores
    return {document: score for document, score in scores.items() if document not in unwanted}
