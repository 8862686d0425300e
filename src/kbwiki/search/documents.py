"""A page as the index receives it, and the postings that become of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .analysis import places
from .folding import fold, fold_path
from .ranking import TAG, TEXT, TITLE, USUAL_LENGTH, WITHIN, impacts

TITLE_WEIGHT = 5.0
HEADING_WEIGHT = 1.5
TAG_WEIGHT = 2.0
PATH_WEIGHT = 1.0
BODY_WEIGHT = 1.0

USUAL_TITLE = 5
"""Words of a title whose length counts neither for nor against it."""

_BETWEEN = 10
"""Places left free between two stretches of text, so that no phrase crosses over."""

_DEEPEST = 64
_BOUND = 1 << 63


@dataclass(frozen=True, slots=True)
class Document:
    """A page as it is to be found: its current text and the space that decides who may read it.

    ``id`` and ``space`` are the database's numbers. ``body`` is plain text or markup; what is not a word in
    it is passed over. Raises TypeError or ValueError at once, so that no broken document reaches the index.
    """

    id: int
    title: str
    path: str
    headings: tuple[str, ...]
    tags: tuple[str, ...]
    body: str
    space: int
    language: str = "en"

    def __post_init__(self) -> None:
        for name in ("title", "path", "body", "language"):
            _require(name, getattr(self, name), str)
        for name in ("headings", "tags"):
            _require(name, getattr(self, name), tuple)
            for text in getattr(self, name):
                _require(name, text, str)
        for name in ("id", "space"):
            _require(name, getattr(self, name), int)
            if not -_BOUND <= getattr(self, name) < _BOUND:
                raise ValueError(f"{name} does not fit into 64 bits: {getattr(self, name)}")


class Posting(NamedTuple):
    """One term of a document: how much it counts (1 to 255) and its places as an array of 32-bit numbers."""

    term: str
    impact: int
    places: bytes


def postings(document: Document) -> dict[str, list[Posting]]:
    """The document's postings by field of the index."""
    return {
        TEXT: _text(document),
        TITLE: _title(document),
        TAG: [Posting(tag, 1, b"") for tag in dict.fromkeys(filter(None, map(_tag, document.tags)))],
        WITHIN: [Posting(path, 1, b"") for path in _paths(document.path)],
    }


def _require(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")


def _stretches(document: Document) -> Iterator[tuple[str, float]]:
    yield document.body, BODY_WEIGHT
    yield document.title, TITLE_WEIGHT
    yield document.path, PATH_WEIGHT
    for heading in document.headings:
        yield heading, HEADING_WEIGHT
    for tag in document.tags:
        yield tag, TAG_WEIGHT


def _text(document: Document) -> list[Posting]:
    """Everything there is to read, occurrences weighted by where they stand."""
    weights: dict[str, float] = {}
    standing: dict[str, list[int]] = {}
    at = words = 0
    for text, weight in _stretches(document):
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


def _tag(tag: str) -> str:
    return fold(tag).strip()


def _paths(path: str) -> list[str]:
    """The path and all paths above it."""
    steps = fold_path(path).split("/")[:_DEEPEST]
    return ["/".join(steps[: depth + 1]) for depth in range(len(steps)) if steps[0]]
