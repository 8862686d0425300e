"""How terms stand in an English sentence: with “a” or “an”, and with a capital where a sentence begins."""

from __future__ import annotations

import re

_AN_BY_SOUND = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)
_A_BY_SOUND = re.compile(r"(?:uni(?![dmn])|us[aeu]|ut[eio]|eu|ewe|one\b|once)", re.IGNORECASE)
_SPELLED = re.compile(r"[A-Z]{2,}\b|[A-Z]\b")


def article(word: str) -> str:
    """“a” or “an”, by how the word sounds: an entry, a unit, an hour, an FAQ, a URL."""
    if _SPELLED.match(word):
        return "an" if word[0] in "AEFHILMNORSX" else "a"
    if _AN_BY_SOUND.match(word):
        return "an"
    if _A_BY_SOUND.match(word):
        return "a"
    return "an" if word[:1].lower() in "aeiou" else "a"


def in_a_sentence(word: str, before: tuple[str, ...], name: str) -> str | None:
    """The term's word as it stands in the place of `[before name]`; None when that is no place for a term."""
    if not before:
        return capital(word) if name[0].isupper() else word
    if len(before) > 1 or before[0].lower() not in ("a", "an"):
        return None
    said = article(word)
    return f"{capital(said) if before[0][0].isupper() else said} {word}"


def capital(word: str) -> str:
    """The word as it begins a sentence."""
    return word[:1].upper() + word[1:]
