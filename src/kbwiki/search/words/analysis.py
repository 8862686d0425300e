"""Turns text into the terms that are indexed and looked for: one analyser for pages, questions and snippets.

A *term* is what the index knows: a word after compatibility folding (NFKC), case folding, removal of accents,
and stemming in the page's language. An identifier gives several terms, so that ``SDL_GetWindowSize`` is found
whole, as ``GetWindowSize`` and by each of its parts. Scripts written without spaces give pairs of neighbours.

Sources: stemming is Snowball's (https://snowballstem.org); pairs of characters for Chinese, Japanese, Korean,
Thai, Lao, Khmer and Burmese are the field's usual bigrams.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from .folding import compose, compose_with_origin, fold
from .identifiers import MOST_PARTS, parts_of
from .stemming import ALGORITHMS, APOSTROPHES, LONGEST_TERM, stemmer_version, term, terms

_VERSION = 2
_REMEMBERED_WORDS = 60_000
_REMEMBERED_BY_FINDER = 5_000
_LONGEST_REMEMBERED = 100
_HYPHENS = "\\-‐‑"
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1100-\u11ff\u1780-\u17d3\u3005-\u3007\u3031-\u3035"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII_WORD = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z](?:\+\+|#)(?![A-Za-z0-9])"
    r"|[A-Za-z0-9]+(?:(?:[-.']|::|_+)[A-Za-z0-9]+)*"
)
_CHUNK = re.compile(f"[^_.:{_HYPHENS}]+")
_DROPPED = re.compile(f"[{_HYPHENS}{APOSTROPHES}]+")
_UNWRITTEN = re.compile(f"[_{_HYPHENS}{APOSTROPHES}]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One term with the stretch of the original text it stands for: ``original[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question: it matches ``whole``, or ``parts`` standing next to each other.

    ``parts`` is empty for a plain word; ``whole`` is empty where there are only parts. ``opening`` is the
    word folded but not stemmed, from which a search for beginnings starts. ``places`` is how many places
    the word takes up in a text. ``unspaced`` tells of a script without spaces: its parts are pairs.
    """

    whole: str
    parts: tuple[str, ...]
    opening: str
    places: int = 1
    unspaced: bool = False


class _Piece(NamedTuple):
    """One term of a word, its place among the word's parts, and its stretch within the word as written."""

    term: str
    place: int
    start: int
    end: int


class _Word(NamedTuple):
    """All terms of one word as written, and how many places the word takes up."""

    pieces: tuple[_Piece, ...]
    places: int


def analyse(text: str, language: str = "en") -> list[Token]:
    """Every term of the text in reading order, with its stretch of the original text.

    An identifier's whole follows its parts, so stretches may overlap. Never raises, whatever the text.
    """
    composed, origin = compose_with_origin(text)
    words = _words(language)
    tokens = [
        Token(piece.term, match.start() + piece.start, match.start() + piece.end)
        for match in _pattern(composed).finditer(composed)
        for piece in words[match.group()].pieces
    ]
    if origin is None:
        return tokens
    return [Token(token.text, origin[token.start][0], origin[token.end - 1][1]) for token in tokens]


class Finder:
    """Finds the tokens whose term is wanted or begins with one of the openings. Made for many short texts."""

    def __init__(self, wanted: Collection[str], openings: tuple[str, ...] = (), language: str = "en") -> None:
        self._wanted = wanted
        self._openings = openings
        self._words = _words(language)
        self._known: dict[str, tuple[_Piece, ...]] = {}

    def tokens(self, text: str) -> Iterator[Token]:
        """In reading order, with their stretches of the text as it is."""
        composed, origin = compose_with_origin(text)
        known = self._known
        for match in _pattern(composed).finditer(composed):
            written = match.group()
            pieces = known.get(written)
            if pieces is None:
                pieces = self._look_at(written)
            for piece in pieces:
                start, end = match.start() + piece.start, match.start() + piece.end
                if origin is not None:
                    start, end = origin[start][0], origin[end - 1][1]
                yield Token(piece.term, start, end)

    def _look_at(self, written: str) -> tuple[_Piece, ...]:
        pieces = tuple(
            piece
            for piece in self._words[written].pieces
            if piece.term in self._wanted or piece.term.startswith(self._openings)
        )
        if len(self._known) >= _REMEMBERED_BY_FINDER:
            self._known.clear()
        self._known[written] = pieces
        return pieces


def places(text: str, language: str = "en", first: int = 0) -> tuple[dict[str, list[int]], int]:
    """Each term of the text with its places, counted from ``first``, and the place after the last word.

    The parts of an identifier stand at successive places and wholes at the place of their first part, so a
    phrase finds what is written together and what is written apart.
    """
    composed = compose(text)
    words = _words(language)
    found: dict[str, list[int]] = {}
    at = first
    for written in _pattern(composed).findall(composed):
        pieces, width = words[written]
        for text_term, place, _, _ in pieces:
            if text_term in found:
                found[text_term].append(at + place)
            else:
                found[text_term] = [at + place]
        at += width
    return found, at


def asked(text: str, language: str = "en") -> list[Asked]:
    """The words of a question, each as the index knows it. Never raises, whatever the text."""
    composed = compose(text)
    words = _words(language)
    return [_asked(written, words[written]) for written in _pattern(composed).findall(composed)]


def is_unspaced(word: str) -> bool:
    """Whether the word is of a script written without spaces, and so indexed by pairs of its characters."""
    return not word.isascii() and _unspaced().match(word) is not None


@cache
def fingerprint() -> str:
    """Changes when the same text would give other terms, so that an index can know it is out of date."""
    return f"{_VERSION}, {stemmer_version()}, {sys.byteorder}"


def _asked(written: str, word: _Word) -> Asked:
    opening = _DROPPED.sub("", fold(written))[:LONGEST_TERM]
    if not word.pieces:
        return Asked("", (), opening, word.places)
    if _unspaced().match(written):
        pairs = tuple(piece.term for piece in word.pieces[:-1])
        return Asked("" if pairs else word.pieces[-1].term, pairs, opening, word.places, unspaced=True)
    narrowest: dict[int, _Piece] = {}
    for piece in word.pieces:
        known = narrowest.setdefault(piece.place, piece)
        if piece.end - piece.start < known.end - known.start:
            narrowest[piece.place] = piece
    parts = tuple(narrowest[place].term for place in sorted(narrowest))
    widest = max(word.pieces, key=lambda piece: piece.end - piece.start)
    whole = widest.term if widest.end - widest.start == _width(word) else ""
    return Asked(whole, parts if len(parts) > 1 else (), opening, word.places)


def _width(word: _Word) -> int:
    return max(piece.end for piece in word.pieces) - min(piece.start for piece in word.pieces)


class _Words(dict[str, _Word]):
    """The words of one language as they were written, each taken apart once and remembered.

    Wikis repeat themselves: looking a word up is some fifty times faster than stemming it.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, written: str) -> _Word:
        word = _take_apart(written, self._language)
        if len(written) > _LONGEST_REMEMBERED:
            return word
        if len(self) >= _REMEMBERED_WORDS:
            self.clear()
        self[written] = word
        return word


def _words(language: str) -> _Words:
    return _words_by_language(language if language in ALGORITHMS else "")


@cache
def _words_by_language(language: str) -> _Words:
    return _Words(language)


def _take_apart(written: str, language: str) -> _Word:
    if not written.isascii() and _unspaced().match(written):
        return _pairs(written)
    if written[-1] in "+#":
        letter = _Piece(written[0].lower(), 0, 0, 1)
        return _Word((letter, _Piece(written.lower(), 0, 0, len(written))), 1)
    chunks = [(match.start(), match.group()) for match in _CHUNK.finditer(written)]
    pieces: list[_Piece] = []
    place = 0
    for start, chunk in chunks:
        parts = list(parts_of(chunk)) if len(chunks) <= MOST_PARTS else [(0, chunk)]
        pieces += _chunk_pieces(chunk, start, parts, place, language)
        place += len(parts)
    if 1 < len(chunks) <= MOST_PARTS and len(written) <= LONGEST_TERM:
        whole = term(_DROPPED.sub("", written), language)
        pieces.append(_Piece(whole, 0, chunks[0][0], len(written)))
        pieces += _run_together(written, chunks, language)
    return _Word(tuple(piece for piece in pieces if piece.term), place)


def _run_together(written: str, chunks: list[tuple[int, str]], language: str) -> Iterator[_Piece]:
    """An identifier as people type it who leave out its underscores: whole, and without its first stretch.

    ``SDL_WINDOW_OPENGL`` is found by ``sdlwindowopengl`` and by ``windowopengl``.
    """
    (first, prefix), (second, _) = chunks[:2]
    if "_" in written:
        yield _Piece(term(_UNWRITTEN.sub("", written), language), 0, first, len(written))
    if len(chunks) > 2 and written[second - 1] == "_":
        rest = term(_UNWRITTEN.sub("", written[second:]), language)
        yield _Piece(rest, len(list(parts_of(prefix))), second, len(written))


def _chunk_pieces(chunk: str, start: int, parts: list[tuple[int, str]], place: int, language: str) -> Iterator[_Piece]:
    """The parts of a stretch without joiners, and the stretch itself where it has more than one part."""
    for position, (offset, part) in enumerate(parts):
        begin, end = start + offset, start + offset + len(part)
        for each in terms(part, language):
            yield _Piece(each, place + position, begin, end)
    if len(parts) > 1:
        yield _Piece(term(chunk, language), place, start, start + len(chunk))


def _pairs(run: str) -> _Word:
    """Neighbouring characters in pairs, and the last one alone so that it can be found by itself."""
    folded = list(fold(run))
    if len(folded) != len(run):
        folded = [fold(character) for character in run]
    pieces = [_Piece(folded[at] + folded[at + 1], at, at, at + 2) for at in range(len(run) - 1)]
    pieces.append(_Piece(folded[-1], len(run) - 1, len(run) - 1, len(run)))
    return _Word(tuple(pieces), len(run))


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _any_word()


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")


@cache
def _any_word() -> re.Pattern[str]:
    """Like ``_ASCII_WORD`` for all scripts; built when first needed, for finding the marks takes a while."""
    marks = "".join(chr(code) for code in range(0x300, 0x11FFF) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
    marks = re.sub(f"[{_UNSPACED}]", "", marks) + "\u00ad\u200c\u200d"
    letters = f"[^\\W_{_UNSPACED}]"
    chunk = f"{letters}+(?:[{marks}]+{letters}*)*"
    joiner = f"(?:[.{_HYPHENS}{APOSTROPHES}]|::|_+)"
    return re.compile(f"[{_UNSPACED}]+|(?<![A-Za-z0-9])[A-Za-z](?:\\+\\+|#)(?!{letters})|{chunk}(?:{joiner}{chunk})*")
