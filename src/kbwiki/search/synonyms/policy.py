"""What a set of synonyms may be. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import Invalid
from ...wording import kb_t
from ..words.folding import fold
from .expansion import words_of

MOST_SETS = 1000
"""Sets in one wiki: each question is compared with all."""

MOST_WORDS = 20
"""Words and phrases in one set: a question for one of them is a question for all."""

LONGEST = 100
"""Characters of one word or phrase."""

MOST_IN_A_PHRASE = 8


def cleaned(words: Iterable[str]) -> tuple[str, ...]:
    """The words and phrases as they are kept, in their order, each once. Errors: Invalid says what to mend."""
    kept: dict[str, str] = {}
    for word in words:
        tidy = " ".join(word.split())
        if tidy:
            kept.setdefault(fold(tidy), _checked(tidy))
    if len(kept) < 2:
        raise Invalid("words", kb_t("Please give at least two different words or phrases, each on a line of its own."))
    if len(kept) > MOST_WORDS:
        raise Invalid(
            "words",
            kb_t(
                "Please give at most {most} words or phrases; there are {count}.",
                most=MOST_WORDS,
                count=len(kept),
            ),
        )
    return tuple(kept.values())


def _checked(word: str) -> str:
    if len(word) > LONGEST:
        raise Invalid(
            "words",
            kb_t("“{word}…” is too long: at most {most} characters are possible.", word=word[:40], most=LONGEST),
        )
    nodes = words_of(word)
    if not nodes:
        raise Invalid(
            "words", kb_t("“{word}” is nothing that can be looked for as a word or as words in a row.", word=word)
        )
    if len(nodes) > MOST_IN_A_PHRASE and not any(ord(sign) > 0x2FFF for sign in word):
        raise Invalid(
            "words",
            kb_t(
                "“{word}” has too many words: at most {most} are possible in one phrase.",
                word=word,
                most=MOST_IN_A_PHRASE,
            ),
        )
    return word
