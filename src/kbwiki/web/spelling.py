"""Addresses in the organisation's words: `/-/reviews` is `/-/checks` where a review is called a check.

They follow the vocabulary of the settings, in the wiki's usual language, since addresses are made when the wiki is
mounted. The usual addresses go on working beside them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from ..wording.speech import Speech
from ..wording.vocabularies import USUAL_TERMS

_SEGMENTS = {
    "edit": ("edit", "base"),
    "revision": ("revision", "singular"),
    "reviews": ("review", "plural"),
    "space": ("space", "singular"),
    "spaces": ("space", "plural"),
    "tags": ("tag", "plural"),
    "search": ("search", "singular"),
    "searches": ("search", "plural"),
    "history": ("history", "singular"),
    "report": ("report", "singular"),
    "rule": ("rule", "singular"),
    "rules": ("rule", "plural"),
    "decisions": ("decision", "plural"),
    "appeal": ("appeal", "singular"),
    "messages": ("message", "plural"),
}
"""Segments of our addresses that are terms, each with the form it is."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SEGMENT = re.compile(r"(?<=/)[a-z-]+(?=/|$)")


def in_words(rule: str, words: Mapping[str, str]) -> str:
    """One rule with its segments as they are spelled; those that programs ask, such as `search.json`, stay."""
    return _SEGMENT.sub(lambda found: words.get(found[0], found[0]), rule) if rule.startswith("/-/") else rule


def words_of(speech: Speech, rules: Iterable[str]) -> dict[str, str]:
    """Segments of these rules with the words for them. A word that would make two addresses one is not taken."""
    taken = {segment for rule in rules if rule.startswith("/-/") for segment in rule.split("/")}
    if speech.vocabularies == USUAL_TERMS:
        return {}
    vocabulary = speech.wording().vocabulary
    found: dict[str, str] = {}
    for segment, (name, form) in _SEGMENTS.items():
        word = slug(getattr(vocabulary.term(name), form))
        if word and word not in taken and word not in found.values():
            found[segment] = word
            if f"kept-{segment}" in taken:
                found[f"kept-{segment}"] = f"kept-{word}"
    return found


def slug(word: str) -> str:
    """A word as part of an address: small letters, digits and hyphens of plain Latin; '' where nothing is left."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_GERMAN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
