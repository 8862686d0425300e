"""What somebody who types the beginning of a word may mean: keys that titles are found by, and slips of the finger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .folding import compose, fold
from .identifiers import parts_of

LONGEST_KEY = 48
"""Characters of a key; what is typed beyond them is not compared."""

_MOST_KEYS = 12
_LEAST_FOR_SLIPS = 4
_SLIPS_WITHIN = 8

_CHUNK = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_ALPHABETS = tuple(
    (re.compile(f"[{letters[0]}-{letters[-1]}]"), letters)
    for letters in (
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789",
        "αβγδεζηθικλμνξοπρστυφχψω",
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    )
)


def key_of(text: str) -> str:
    """The text folded, with nothing between its words: ``Window size`` and ``window_size`` have the same key."""
    return "".join(_parts(text))[:LONGEST_KEY]


def keys_of(text: str) -> tuple[str, ...]:
    """A key for each word and each part of an identifier in the text: from there to its end. The whole comes first.

    ``SDL_GetWindowSize`` is found by what begins ``sdlgetwindowsize``, ``getwindowsize``, ``windowsize`` or ``size``.
    Every key but the whole ends with a space, so that among equal ones the whole is sorted first.
    """
    parts = _parts(text)[:_MOST_KEYS]
    begins = [at for at, part in enumerate(parts) if at and (len(part) > 1 or not part.isascii())]
    whole = [key_of(text)] if parts else []
    return tuple(dict.fromkeys((*whole, *("".join(parts[at:])[: LONGEST_KEY - 1] + " " for at in begins))))


def words_typed(text: str) -> tuple[str, ...]:
    """The keys of the single words of what was typed."""
    return tuple(key for word in text.split() if (key := key_of(word)))


def _parts(text: str) -> list[str]:
    return [part for written in _CHUNK.findall(compose(text)) for part in _folded(written)]


def _folded(written: str) -> Iterator[str]:
    if not written.isascii() and _UNSPACED.search(written):
        yield from filter(None, map(fold, written))
        return
    for _, part in parts_of(written):
        yield "".join(_CHUNK.findall(fold(part)))


def is_near(typed: str, key: str) -> bool:
    """Whether the key begins as typed, but for at most one letter wrong, missing, too many, or two that changed places.

    What is shorter than four letters means itself only.
    """
    if key.startswith(typed):
        return True
    if len(typed) < _LEAST_FOR_SLIPS:
        return False
    at = next((at for at, (one, other) in enumerate(zip(typed, key, strict=False)) if one != other), len(key))
    return (
        key[at + 1 :].startswith(typed[at + 1 :])
        or key[at + 1 :].startswith(typed[at:])
        or key[at:].startswith(typed[at + 1 :])
        or (typed[at : at + 2] == key[at : at + 2][::-1] and key[at + 2 :].startswith(typed[at + 2 :]))
    )


def openings(typed: str) -> list[str]:
    """How keys may begin that are near to what was typed; those with no slip first.

    A slip behind the first letters leaves the opening as it is. A few hundred: each is one step into a sorted index.
    """
    head = typed[:_SLIPS_WITHIN]
    if len(typed) < _LEAST_FOR_SLIPS:
        return [typed]
    letters = "".join(alphabet for pattern, alphabet in _ALPHABETS if pattern.search(typed))
    found = [head]
    found += [head[:at] + after + before + head[at + 2 :] for at, (before, after) in enumerate(pairwise(head))]
    for at in range(len(head)):
        rest = head[at + 1 :]
        found.append(head[:at] + rest)
        found += [head[:at] + letter + rest for letter in letters]
        found += [head[:at] + letter + head[at:] for letter in letters]
    return list(dict.fromkeys(found))
