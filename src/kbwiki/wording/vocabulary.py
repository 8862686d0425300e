"""The organisation's own terms: what it calls a wiki, a page, a review, and how they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import english, german
from .presets import USUAL as _USUAL_BY_LANGUAGE
from .terms import Term, Verb, Word, said_as

USUAL: Mapping[str, Word] = _USUAL_BY_LANGUAGE["en"]
"""The usual terms in English, by the name that texts call them by."""

_PLACE = re.compile(r"(?<!\[)\[(?P<before>(?:[^\W\d_]+ )*)(?P<name>[A-Za-z]+)(?:\|(?P<case>nom|acc|dat|gen))?\](?!\])")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The terms of one wiki in one language; what it does not name keeps its usual term.

    In a text, `[page]` and `[pages]` stand for one and several, `[Page]` and `[Pages]` for the same at the beginning of
    a sentence, `[a page]` and `[A page]` for the term with its article; `[edit]`, `[edits]`, `[edited]` and `[editing]`
    what one does. Brackets around anything else stay brackets. See `german` for what German texts may say. `own` are
    nouns of a plugin's besides, by the names that its texts call them by.
    """

    terms: Mapping[str, Word] = field(default_factory=dict)
    language: str = "en"
    own: Mapping[str, Term] = field(default_factory=dict)

    def term(self, name: str) -> Word:
        """What the thing of this name is called, with every form."""
        usual = _USUAL_BY_LANGUAGE.get(self.language, USUAL)
        return (self.own.get(name) or self.terms.get(name) or usual[name]).complete(self.language)

    def fill(self, text: str) -> str:
        """The text with the terms in place of their names."""
        return _PLACE.sub(self._filled, text) if "[" in text else text

    def _filled(self, place: re.Match[str]) -> str:
        name, before = place["name"], tuple(place["before"].split())
        meant = said_as(name.lower()) or self._own_meant(name.lower())
        if meant is None:
            return place[0]
        term, form = self.term(meant[0]), meant[1]
        if isinstance(term, Term) and self.language == "de":
            return german.in_a_sentence(term, form, before, place["case"] or "")
        word: str = getattr(term, form)
        if isinstance(term, Verb) and self.language == "de":
            before_words = " ".join(before)
            return f"{before_words} {word}" if before else english.capital(word) if name[0].isupper() else word
        return english.in_a_sentence(word, before, name) or place[0]

    def _own_meant(self, name: str) -> tuple[str, str] | None:
        if name in self.own:
            return name, "singular"
        return (name[:-1], "plural") if name.endswith("s") and name[:-1] in self.own else None
