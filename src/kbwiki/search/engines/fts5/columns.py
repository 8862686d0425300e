"""A page as FTS5 receives it: columns of terms with spaces between them, for its tokenizer knows no more than that.

FTS5 counts places by counting tokens, and has one at each. Our analysis may have several: the parts of an identifier,
and the whole at the place of the first. So a column has the shortest term of each place, in order, and the others
after them, each behind a ``GAP`` that no phrase crosses. The column ``beside`` names those others once more: where a
phrase asks for one of them, and only there, places are compared by ourselves (`matching.py`).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ...documents import Document
from ...weights import Standing
from ...words.analysis import places
from ..filing import path_terms, tag_terms

TEXT = ("body", "title", "path", "headings", "tags")
"""The columns in which words are looked for."""

COLUMNS = (*TEXT, "tag", "within", "beside")

TOKENIZER = "ascii tokenchars '_'"
GAP = "_"
"""Stands at places without a term. No term is spelled so."""

ROOT = "/"
"""A path term of every page."""

_UNSAFE = re.compile("[^a-z0-9\u0080-\ud7ff\ue000-\U0010ffff]")


def weights(standing: Standing) -> tuple[float, ...]:
    """What a word weighs in each of the columns; the last three are not searched for words."""
    return (standing.body, standing.title, standing.path, standing.headings, standing.tags, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Filed:
    """The columns of a page, and for each term beside others (column, place) of each occurrence."""

    columns: tuple[str, ...]
    beside: dict[str, list[tuple[int, int]]]

    def packed(self) -> bytes:
        """For keeping: FTS5 must be told what it was given when it shall forget it."""
        return zlib.compress(json.dumps([self.columns, self.beside], separators=(",", ":")).encode(), 1)


def unpacked(kept: bytes) -> Filed:
    """What `packed` packed."""
    columns, beside = json.loads(zlib.decompress(kept))
    return Filed(tuple(columns), {term: [(column, place) for column, place in where] for term, where in beside.items()})


@lru_cache(maxsize=60_000)
def spelled(term: str) -> str:
    """The term in characters that FTS5's tokenizer leaves alone; beginnings stay beginnings.

    ``c++`` → ``c_2b_2b``. Lone surrogates, which tags and paths may have, become question marks.
    """
    return _UNSAFE.sub(_escaped, term)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"_{code if code < 0x80 else 0x3F:02x}"


def filed(document: Document) -> Filed:
    """The columns of the document, analysed."""
    writing = _Writing(document.language)
    for column, stretches in enumerate(
        ((document.body, *document.repeated), (document.title,), (document.path,), document.headings, document.tags)
    ):
        writing.column(column, stretches)
    columns = (
        *writing.columns,
        " ".join(map(spelled, tag_terms(document.tags))),
        " ".join(map(spelled, (ROOT, *path_terms(document.path)))),
        " ".join(writing.beside),
    )
    return Filed(columns, writing.beside)


class _Writing:
    """The columns so far."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.columns: list[str] = []
        self.beside: dict[str, list[tuple[int, int]]] = {}

    def column(self, number: int, stretches: Iterable[str]) -> None:
        slots: list[str] = []
        others: list[str] = []
        for text in stretches:
            others += self._stretch(number, text, slots)
            slots.append(GAP)
        self.columns.append(" ".join([*slots[:-1], *(f"{GAP} {term}" for term in others)]))

    def _stretch(self, number: int, text: str, slots: list[str]) -> list[str]:
        """Adds the places of the text; gives back the terms that found their place taken."""
        found, end = places(text, self._language, len(slots))
        slots += [GAP] * (end - len(slots))
        others: list[str] = []
        for term, standing in found.items():
            word = spelled(term)
            for place in standing:
                other, known = word, slots[place]
                if known == GAP or len(word) < len(known):
                    slots[place], other = word, known
                if other != GAP:
                    others.append(other)
                    self.beside.setdefault(other, []).append((number, place))
        return others
