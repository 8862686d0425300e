"""No text says a term by its usual word: in the code and in every language of ours, terms stand in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from kbwiki.wording.presets import USUAL
from kbwiki.wording.terms import Term, Verb

from .catalogues import gathered, languages
from .test_catalogues import read

NOTATION = re.compile(
    r"\{[^}]*\}|\[[^\]]*\]"
    r"|(?:flask )?kbwiki [\w-]+|“reviews show”|„reviews show“|--view concern|\borders\.edit\b|effect\.\w+|match\.\w+"
    r"|braucht groups|needs groups|KBWIKI_\w+|title:, tag:|create, edit, move"
)
"""Places of terms and values, and what is typed or read by programs: the same in every language."""
NAMES_OF_PRESETS = {"Wiki"}
COMMON = {"Bereich", "Suchen"}  # in German also a range of numbers, and how a sentence begins that tells to look


def forms(language: str) -> Iterator[str]:
    """What terms are usually called, in every form."""
    for word in USUAL[language].values():
        whole = word.complete(language)
        if isinstance(whole, Term):
            yield from (whole.singular, whole.plural, whole.genitive, whole.dative_plural)
        elif isinstance(whole, Verb):
            yield from (whole.base, whole.third, whole.past, whole.gerund)


def usual(language: str) -> re.Pattern[str]:
    known = sorted({one for one in forms(language) if one} - COMMON, key=len, reverse=True)
    nouns_are_capital = language == "de"
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, known))})\b", 0 if nouns_are_capital else re.IGNORECASE)


def left(said: object, pattern: re.Pattern[str]) -> list[str]:
    """The texts that have a usual word in them."""
    texts = [said] if isinstance(said, str) else list(said or ())  # type: ignore[call-overload]
    return [one for one in texts if one not in NAMES_OF_PRESETS and pattern.search(NOTATION.sub("", one))]


def test_no_text_in_the_code_says_a_term_by_its_usual_word() -> None:
    pattern = usual("en")
    assert [text for one in gathered() if one.id for text in left(one.id, pattern)] == []


@pytest.mark.parametrize("path", [one for one in languages() if one.parts[-3] in USUAL], ids=lambda one: one.parts[-3])
def test_no_translation_does(path: object) -> None:
    pattern = usual(path.parts[-3])  # type: ignore[attr-defined]
    messages: list[Message] = [one for one in read(path) if one.id]  # type: ignore[arg-type]
    assert [text for one in messages for text in left(one.string, pattern)] == []


def test_a_term_that_stands_fast_is_found() -> None:
    assert left("Back to the decisions", usual("en"))
    assert left("Zurück zu den Entscheidungen", usual("de"))
    assert not left("Back to the [decisions] (flask kbwiki reviews)", usual("en"))
