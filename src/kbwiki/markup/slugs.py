"""Ids for headings."""

from __future__ import annotations

import re
import unicodedata

PREFIX = "kb-h-"
"""What every heading's id begins with, so that no text can take an id that the host's page or our screens
use."""

_LONGEST = 100
_BLANK = re.compile(r"\s")
_DROPPED = re.compile(r"[^\w\s-]")


def slug(title: str) -> str:
    """A heading's words as the part of an address after `#`, without the prefix: `Pay & leave` →
    `pay--leave`.

    Lower case, letters and digits of every script, `_` and `-` kept, each white space a `-`, everything else
    dropped; at most 100 characters; never empty. Applying it twice changes nothing, so a section may be named
    in a link by its words or by its slug.
    """
    kept = _BLANK.sub("-", _DROPPED.sub(_mark, title.strip().lower()))
    return unicodedata.normalize("NFC", kept)[:_LONGEST] or "section"


def _mark(match: re.Match[str]) -> str:
    """Vowel signs and accents that are characters of their own belong to the letter before them."""
    return match[0] if unicodedata.category(match[0]).startswith("M") else ""


class Anchors:
    """Hands out ids within one document, each once. Linear in the number of headings: a repeated title
    continues counting where it stopped, and no number is tried twice for the same title."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, title: str) -> str:
        """The id for the next heading with this title, prefix included."""
        base = candidate = slug(title)
        number = self._next.get(base, 0)
        while candidate in self._taken:
            number += 1
            candidate = f"{base}-{number}"
        self._next[base] = number
        self._taken.add(candidate)
        return PREFIX + candidate


def section_anchor(section: str) -> str:
    """The id that a link's section part means: a heading's words, its slug, or its id as copied from an address."""
    return PREFIX + slug(section.removeprefix(PREFIX))
