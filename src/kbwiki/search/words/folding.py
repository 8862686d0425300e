"""What two spellings of the same text share: no case, no accents, no compatibility forms."""

from __future__ import annotations

import re
import unicodedata

_NOT_DECOMPOSABLE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f]+")
_HALF_WIDTH_KANA = re.compile("[\uff66-\uff9f]+")
_CLUSTER = re.compile(".[\u0300-\u036f\u1160-\u11ff\u3099\u309a\uff9e\uff9f]*", re.DOTALL)


def fold(text: str) -> str:
    """The text without case, accents, compatibility forms and invisible characters."""
    if text.isascii():
        return text.lower()
    return without_accents(fold_case(text))


def fold_path(path: str) -> str:
    """A path folded, without empty steps: ``/HR//Payroll/`` → ``hr/payroll``."""
    return "/".join(filter(None, (step.strip() for step in fold(path).split("/"))))


def fold_case(text: str) -> str:
    """The text in one case and in its compatibility form, accents kept."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_accents(text: str) -> str:
    """The text, in lower case already, without the accents of Latin, Greek and Cyrillic letters.

    The signs of other scripts stay: in Hindi or Arabic they make another word.
    """
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text.translate(_NOT_DECOMPOSABLE)))
    return unicodedata.normalize("NFC", bare)


def compose(text: str) -> str:
    """The text with each letter and its accents in one character, which is what words are found in."""
    if text.isascii():
        return text
    return _HALF_WIDTH_KANA.sub(_compatible, unicodedata.normalize("NFC", text))


def compose_with_origin(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """The composed text and, where it differs, for each of its characters the stretch it came from."""
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not _HALF_WIDTH_KANA.search(text)):
        return text, None
    composed: list[str] = []
    origin: list[tuple[int, int]] = []
    for match in _CLUSTER.finditer(text):
        cluster = compose(match.group())
        composed.append(cluster)
        origin += [match.span()] * len(cluster)
    return "".join(composed), origin


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())
