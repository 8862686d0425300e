"""How a word is written where it stands, and how it is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .analysis import Finder
from .folding import fold
from .misspelling import near

ENOUGH = 40
"""So many times a word is looked at before it is decided how it is written."""


def as_written(
    word: str, wrong: str, terms: Sequence[str], texts: Iterable[str], languages: Sequence[str] = ("en",)
) -> str | None:
    """How a word with one of the terms is written in the texts, or None when none of them has it.

    Best the ``word`` itself (``wrong`` with one slip mended), then any other that is one slip away from ``wrong``, then
    the one seen most often.
    """
    finders = [Finder(frozenset(terms), (), language) for language in languages]
    seen: Counter[str] = Counter()
    for text in texts:
        for finder in finders:
            seen.update(text[token.start : token.end] for token in finder.tokens(text) if token.text in terms)
        if seen.total() >= ENOUGH:
            break
    if not seen:
        return None
    slips = near(fold(wrong))
    return min(seen, key=lambda one: (fold(one) != fold(word), slips.get(fold(one), 99.0), -seen[one], one))


def in_case_of(typed: str, word: str) -> str:
    """The word in capitals or with a capital where that was typed so; what has capitals inside stays as it is."""
    if any(letter.isupper() for letter in word[1:]) and not word.isupper():
        return word
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:].lower() if typed[:1].isupper() else word.lower()
