"""Which of the wiki's languages a page is written in, told by the words that every text of a language has.

No model and nothing learned: the common words of each language are counted, and one that is common in several counts
for less. That is cheap (a few hundred words are looked at), and steady: a page changes its language only when most of
its text does, and a text too short to tell is taken to be in the wiki's usual language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from .common_words import COMMON_WORDS
from .folding import fold

LOOKED_AT = 400
"""Words of a text that are looked at: half at its beginning, half in its middle, for beginnings are often tables."""

ENOUGH = 3.0
"""Common words, those of several languages in part, that a text must have to be in another than the usual language."""

CLEARLY = 1.5
"""So many times more of another language's than of the usual one's."""

_MORE = {
    "en": "after all also before between but each every must not only other same since such used using via while",
    "de": "alle ausser bevor damit darf durch gegen jede jeder kein keine mehr mussen nach nicht noch nur ohne sein"
    " soll unter weil werden wurde zwischen",
    "fr": "afin apres aussi avant bien chaque doit doivent donc entre etre faire faut ils meme n plus puis sans selon"
    " soit sont tous tout toute vers",
    "es": "antes cada debe deben desde despues donde durante esta estan estar hace hacia hasta hay ni nadie pero puede"
    " pueden segun ser solo tambien tiene tienen todo todos",
    "it": "ancora anche deve devono dopo durante essere fino gia hanno nessuno ogni prima puo quando questa questo"
    " sara senza solo sotto tutti tutto verso",
    "pt": "ainda antes apos ate cada deve devem depois durante esta estao estar ha nao ninguem pode podem sao sempre"
    " ser so tambem tem todo todos",
    "ru": "более будет быть также должен должна только может можно нужно перед после при сначала этого этом",
}
"""Words that tell languages apart but are worth looking for in a question, so that `COMMON_WORDS` has them not."""

_LONGEST_LOOK = 20_000
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IN_CYRILLIC = frozenset({"ru", "uk", "bg", "sr", "be", "mk"})


def language_of(text: str, languages: Sequence[str]) -> str:
    """One of the languages; the first where the text does not clearly say otherwise, "" where there are none."""
    if len(languages) < 2:
        return languages[0] if languages else ""
    words = _sample(text)
    counted = dict.fromkeys(languages, 0.0)
    weights = _weights(tuple(sorted(set(languages))))
    for word in words:
        for language, weight in weights.get(fold(word), ()):
            counted[language] += weight
    usual = languages[0]
    best = max(languages, key=lambda language: (counted[language], language == usual))
    if counted[best] >= ENOUGH and counted[best] >= CLEARLY * counted[usual]:
        return best
    return _by_script(words, languages) or usual


def _sample(text: str) -> list[str]:
    half = LOOKED_AT // 2
    begun = [match.group() for match in islice(_WORD.finditer(text[:_LONGEST_LOOK]), half)]
    middle = len(text) // 2
    if len(begun) < half or middle < len(begun):
        return begun
    return begun + [match.group() for match in islice(_WORD.finditer(text[middle : middle + _LONGEST_LOOK]), half)]


def _by_script(words: Sequence[str], languages: Sequence[str]) -> str | None:
    """The language of a short text in Cyrillic letters, in a wiki that has one language written so and others not."""
    written_so = [language for language in languages if language in _IN_CYRILLIC]
    if len(written_so) != 1 or not words:
        return None
    cyrillic = sum(_CYRILLIC.match(word) is not None for word in words)
    return written_so[0] if cyrillic * 2 > len(words) else None


@cache
def _weights(languages: tuple[str, ...]) -> dict[str, tuple[tuple[str, float], ...]]:
    """Each common word with the languages it is common in, and what it says for each of them."""
    having: dict[str, list[str]] = {}
    for language in languages:
        for word in COMMON_WORDS.get(language, frozenset()).union(_MORE.get(language, "").split()):
            having.setdefault(word, []).append(language)
    return {word: tuple((one, 1 / len(known)) for one in known) for word, known in having.items()}
