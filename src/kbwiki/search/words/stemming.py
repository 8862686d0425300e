"""Words to their stems, language by language."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import metadata
from threading import Lock

import snowballstemmer  # type: ignore[import-untyped]

from .folding import fold, fold_case, without_accents

ALGORITHMS = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "ru": "russian",
}
"""The languages that are stemmed. Text in any other language is folded only."""

LONGEST_TERM = 64
"""Terms are cut to this many characters: what is longer is a key or an encoded file, not a word."""

APOSTROPHES = "'’ʼ"

_REMEMBERED_STEMS = 60_000
_ELIDING = frozenset({"fr", "it"})
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


def term(part: str, language: str) -> str:
    """The term of one word. English is stemmed after folding, because its stemmer knows no accents."""
    bare = _without_apostrophes(part, language)
    if language == "en":
        return _stem(fold(bare), language)[:LONGEST_TERM]
    return without_accents(_stem(fold_case(bare), language))[:LONGEST_TERM]


def terms(part: str, language: str) -> tuple[str, ...]:
    """The term of a word and, where accents decide about the stem, that of its spelling without accents."""
    proper = term(part, language)
    if part.isascii() or language not in ALGORITHMS or language == "en":
        return (proper,)
    plain = term(fold(part), language)
    return (proper,) if plain == proper else (proper, plain)


def stemmer_version() -> str:
    """Changes when words may have other stems."""
    return f"{type(_stemmer('english')).__module__} {metadata.version('snowballstemmer')}"


def _without_apostrophes(part: str, language: str) -> str:
    """The word inside: Peter's → Peter, don't → dont; in French and Italian l'avion → avion."""
    segments = _APOSTROPHE.split(part)
    if len(segments) == 1:
        return part
    if language in _ELIDING:
        return "".join(segments[1:] if len(segments[0]) <= 2 else segments)
    return "".join(segments[:-1] if segments[-1] in ("s", "S") else segments)


@lru_cache(maxsize=_REMEMBERED_STEMS)
def _stem(folded: str, language: str) -> str:
    if language not in ALGORITHMS or len(folded) > LONGEST_TERM or not folded.isalpha():
        return folded
    with _stemming:
        return str(_stemmer(ALGORITHMS[language]).stemWord(folded))


_stemming = Lock()
"""Snowball's stemmers keep the word they work on in themselves."""


@cache
def _stemmer(algorithm: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(algorithm)
