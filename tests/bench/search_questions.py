"""Questions as people type them, made by rule from the pages: the same ones for every engine, always."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

QUESTIONS = 200
_WORD = re.compile(r"[A-Za-z][a-z]{2,}")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SEED = 20260101

Page = tuple[str, str]
"""Title and plain text."""


def questions(pages: Sequence[Page], count: int = QUESTIONS) -> list[str]:
    """So many questions, a few of each kind in turn: by title, by words of a line, a common word, a phrase, …"""
    chance = random.Random(_SEED)
    makers = [_title, _line_words, _title_parts, _line_words, _common(pages), _phrase, _beginning, _excluding]
    asked = _asked(pages, makers, chance)
    return [next(asked) for _ in range(count)]


def _asked(pages: Sequence[Page], makers: Sequence[Callable[..., str]], chance: random.Random) -> Iterator[str]:
    while True:
        for make in makers:
            text = make(*chance.choice(pages), chance)
            while not text:
                text = make(*chance.choice(pages), chance)
            yield text


def _title(title: str, _body: str, _chance: random.Random) -> str:
    return title


def _title_parts(title: str, _body: str, _chance: random.Random) -> str:
    """An identifier as words, without the prefix of its library."""
    return " ".join(_PARTS.findall(title)[1:4]).lower()


def _words_of_a_line(body: str, chance: random.Random, least: int) -> list[str]:
    lines = [words for line in body.splitlines() if len(words := _WORD.findall(line)) >= least]
    return chance.choice(lines) if lines else []


def _line_words(_title: str, body: str, chance: random.Random) -> str:
    words = _words_of_a_line(body, chance, 4)
    return " ".join(chance.sample(words, chance.randrange(2, 4))).lower() if words else ""


def _phrase(_title: str, body: str, chance: random.Random) -> str:
    words = _words_of_a_line(body, chance, 4)
    start = chance.randrange(len(words) - 2) if words else 0
    return f'"{" ".join(words[start : start + 2])}"' if words else ""


def _beginning(_title: str, body: str, chance: random.Random) -> str:
    words = [word for word in _words_of_a_line(body, chance, 4) if len(word) > 5]
    return f"{chance.choice(words)[:5].lower()}*" if words else ""


def _excluding(_title: str, body: str, chance: random.Random) -> str:
    words = _words_of_a_line(body, chance, 4)
    return f"{words[0].lower()} {words[1].lower()} -{words[2].lower()}" if words else ""


def _common(pages: Sequence[Page]) -> Callable[..., str]:
    """A word that stands on many pages, but is not one of the twenty that stand on most."""
    counts: Counter[str] = Counter()
    for _, body in pages[:: max(1, len(pages) // 2_000)]:
        counts.update(set(map(str.lower, _WORD.findall(body))))
    common = [word for word, _ in counts.most_common(220)[20:]]
    return lambda _title, _body, chance: chance.choice(common)
