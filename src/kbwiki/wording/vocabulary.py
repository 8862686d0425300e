"""The organisation's own terms: what it calls a wiki, a page, a review, and how they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Term:
    """What one thing is called: one of it, and several."""

    singular: str
    plural: str


USUAL: Mapping[str, Term] = MappingProxyType(
    {
        "wiki": Term("wiki", "wikis"),
        "page": Term("page", "pages"),
        "space": Term("space", "spaces"),
        "revision": Term("revision", "revisions"),
        "review": Term("review", "reviews"),
        "queue": Term("queue", "queues"),
        "moderator": Term("moderator", "moderators"),
        "group": Term("group", "groups"),
        "tag": Term("tag", "tags"),
    }
)
"""The usual terms, by the name that texts call them by."""

_PLACE = re.compile(r"\[(?:(?P<article>[Aa]) )?(?P<name>[A-Za-z]+)\]")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The terms of one wiki in one language; what it does not name keeps its usual term.

    In a text, `[page]` and `[pages]` stand for one and several, `[Page]` and `[Pages]` for the same at the beginning of
    a sentence, `[a page]` and `[A page]` for the term with its article. Brackets around anything else stay brackets.
    """

    terms: Mapping[str, Term] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """The text with the terms in place of their names."""
        return _PLACE.sub(self._filled, text) if "[" in text else text

    def _filled(self, place: re.Match[str]) -> str:
        name = place["name"].lower()
        several = name not in USUAL and name.endswith("s")
        term = self.terms.get(name.removesuffix("s") if several else name) or USUAL.get(
            name.removesuffix("s") if several else name
        )
        if term is None:
            return place[0]
        word = term.plural if several else term.singular
        if place["article"]:
            article = "an" if word[:1].lower() in "aeiou" else "a"
            return f"{article.capitalize() if place['article'] == 'A' else article} {word}"
        return word[:1].upper() + word[1:] if place["name"][0].isupper() else word
