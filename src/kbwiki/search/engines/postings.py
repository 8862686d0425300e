"""The postings that become of a page: each term with its impact and its places, by field of the index."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..documents import Document
from ..weights import USUAL, Standing
from ..words.analysis import places
from .filing import path_terms, tag_terms
from .impact import USUAL_LENGTH, impacts

TEXT, TITLE, TAG, WITHIN = "text", "title", "tag", "within"
"""The fields of an index: all there is to read, the title alone, tags, and the paths a page lies at or below."""

USUAL_TITLE = 5
"""Words of a title whose length counts neither for nor against it."""

_BETWEEN = 10
"""Places left free between two stretches of text, so that no phrase crosses over."""


class Posting(NamedTuple):
    """One term of a document: how much it counts (1 to 255) and its places as an array of 32-bit numbers."""

    term: str
    impact: int
    places: bytes


def postings(document: Document, by: Standing = USUAL) -> dict[str, list[Posting]]:
    """The document's postings by field of the index."""
    return {
        TEXT: _text(document, by),
        TITLE: _title(document),
        TAG: [Posting(tag, 1, b"") for tag in tag_terms(document.tags)],
        WITHIN: [Posting(path, 1, b"") for path in path_terms(document.path)],
    }


def _stretches(document: Document, by: Standing) -> Iterator[tuple[str, float]]:
    yield document.body, by.body
    yield document.title, by.title
    yield document.path, by.path
    for heading in document.headings:
        yield heading, by.headings
    for tag in document.tags:
        yield tag, by.tags
    for more, boost in document.more:
        yield more, by.body * boost


def _text(document: Document, by: Standing) -> list[Posting]:
    """Everything there is to read, occurrences weighted by where they stand."""
    weights: dict[str, float] = {}
    standing: dict[str, list[int]] = {}
    at = words = 0
    for text, weight in _stretches(document, by):
        found, end = places(text, document.language, at)
        for term, here in found.items():
            weights[term] = weights.get(term, 0.0) + weight * len(here)
            standing[term] = standing[term] + here if term in standing else here
        words += end - at
        at = end + _BETWEEN
    return _rated(standing, impacts(weights.values(), words))


def _title(document: Document) -> list[Posting]:
    found, words = places(document.title, document.language)
    return _rated(found, impacts(map(len, found.values()), words * USUAL_LENGTH / USUAL_TITLE))


def _rated(standing: Mapping[str, list[int]], rates: Iterable[int]) -> list[Posting]:
    return [
        Posting(term, rate, array("I", where).tobytes())
        for (term, where), rate in zip(standing.items(), rates, strict=True)
    ]
