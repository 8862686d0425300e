"""What one thing is called: one of it, several, and what else a language needs to put it into a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

NOUNS = (
    "wiki", "page", "space", "revision", "review", "queue", "moderator", "group", "tag", "search", "history", "comment",
    "report", "rule", "decision", "concern", "appeal", "message",
)  # fmt: skip
"""What can be called otherwise, by the name that texts call it by."""
VERBS = ("edit",)
"""What one does, by the name that texts call it by."""

_EDGES = ("s", "x", "z", "ch", "sh")
_FEMININE = ("ung", "heit", "keit", "schaft", "ion", "ik", "tät", "in", "e")
_NEUTER = ("chen", "lein", "ment", "um")


@dataclass(frozen=True, slots=True)
class Term:
    """A noun. What follows `plural` is for languages that need it: the gender (m, f, n), the genitive, the dative of
    several, and the accusative and dative of one, where they have another ending ('' is worked out)."""

    singular: str
    plural: str = ""
    gender: str = ""
    genitive: str = ""
    dative_plural: str = ""
    oblique: str = ""

    def complete(self, language: str) -> Term:
        """The noun with every form; those that were not given are built as the language usually does."""
        if language == "de":
            return _german(self)
        return replace(self, plural=self.plural or _english_plural(self.singular))


@dataclass(frozen=True, slots=True)
class Verb:
    """What one does: edit, (she) edits, (was) edited, editing. In German: bearbeiten, bearbeitet, bearbeitet,
    Bearbeiten."""

    base: str
    third: str = ""
    past: str = ""
    gerund: str = ""

    def complete(self, language: str) -> Verb:
        """The verb with every form; those that were not given are built as the language usually does."""
        if language == "de":
            stem = self.base.removesuffix("en").removesuffix("n")
            third = self.third or stem + ("et" if stem.endswith(("t", "d")) else "t")
            return Verb(self.base, third, self.past or f"ge{third}", self.gerund or _capital(self.base))
        stem = self.base.removesuffix("e")
        by_y = self.base.endswith("y") and self.base[-2:-1] not in "aeiou"
        past = self.base[:-1] + "ied" if by_y else f"{stem}ed"
        return Verb(self.base, self.third or _english_plural(self.base), self.past or past, self.gerund or f"{stem}ing")


Word = Term | Verb


def said_as(name: str) -> tuple[str, str] | None:
    """The term that a name in brackets means, and the form of it; None when it means none."""
    return _FORMS.get(name)


def _forms() -> dict[str, tuple[str, str]]:
    found = {}
    for noun in NOUNS:
        found[noun] = (noun, "singular")
        found[_english_plural(noun)] = (noun, "plural")
    for verb in VERBS:
        usual = Verb(verb).complete("en")
        for form in ("base", "third", "past", "gerund"):
            found[getattr(usual, form)] = (verb, form)
    return found


def _english_plural(word: str) -> str:
    if word.endswith(_EDGES):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def _german(term: Term) -> Term:
    one = term.singular
    gender = term.gender
    if not gender:
        gender = "f" if one.endswith(_FEMININE) else "n" if one.endswith(_NEUTER) else "m"
    plural = term.plural or _german_plural(one, gender)
    genitive = one + ("es" if one.endswith(("s", "ß", "x", "z")) else "s")
    return Term(
        one,
        plural,
        gender,
        term.genitive or (one if gender == "f" else genitive),
        term.dative_plural or (plural if plural.endswith(("n", "s")) else f"{plural}n"),
        term.oblique or one,
    )


def _german_plural(one: str, gender: str) -> str:
    if one.endswith(("a", "i", "o", "u", "y")):
        return f"{one}s"
    if one.endswith("in") and gender == "f":
        return f"{one}nen"
    if one.endswith("e"):
        return f"{one}n"
    if gender == "f":
        return f"{one}en"
    return one if one.endswith(("er", "el", "en", "chen", "lein")) else f"{one}e"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(_forms())
