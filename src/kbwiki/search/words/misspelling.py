"""Words one slip of the finger away from a word: what somebody may have meant who typed it."""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST = 4
"""Letters a word must have: shorter ones are one letter away from too many others."""

LONGEST = 48
"""Letters a word may have: the work grows with their number."""

TRANSPOSED = 0.0
DOUBLED = 0.0
DROPPED = 0.5
ADDED = 0.5
REPLACED = 0.8
JOINED = 0.0
JOINED_SHORT = 1.0
IN_FIRST_LETTER = 1.5
"""What each slip costs, by how seldom it is made: an order to try them in, tuned on half of a public wiki."""

_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяєі",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
)
"""Letters as folding leaves them, by script. A word of another script is tried with its own letters only."""


def near(word: str) -> dict[str, float]:
    """Every word one slip away from a folded word, with what the slip costs; the word itself is not among them.

    A slip is a letter too many, too few or wrong, or two letters that changed places. For a word of n Latin letters
    they are some 54 n; words beyond ``LONGEST`` letters have none.
    """
    found: dict[str, float] = {}
    if len(word) > LONGEST:
        return found
    for candidate, cost in _slips(word, alphabet_of(word)):
        if candidate != word and cost < found.get(candidate, 99.0):
            found[candidate] = cost
    return found


def alphabet_of(word: str) -> str:
    """The letters of the script that the word is written in."""
    return next((letters for letters in _ALPHABETS if any(each in letters for each in word)), "")


def _slips(word: str, alphabet: str) -> Iterator[tuple[str, float]]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        first = 0.0 if at else IN_FIRST_LETTER
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:], TRANSPOSED + first / 2
        if after:
            yield before + after[1:], (DOUBLED if before[-1:] == after[0] else ADDED) + first
            for letter in alphabet:
                yield before + letter + after[1:], REPLACED + first
        for letter in alphabet:
            yield before + letter + after, (DOUBLED if before[-1:] == letter else DROPPED) + first


def splits(word: str) -> dict[tuple[str, str], float]:
    """The word in two, for a space that was not typed; each half has at least two letters."""
    if len(word) > LONGEST:
        return {}
    halves = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return {pair: JOINED if min(map(len, pair)) >= SHORTEST else JOINED_SHORT for pair in halves}
