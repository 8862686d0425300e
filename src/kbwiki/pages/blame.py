"""Who wrote each sentence: followed through the revisions of a page, the first who wrote it wins.

Pure. A sentence keeps its author when it is moved, and has them again when it was taken out and comes back by an undo,
a revert or by hand. Time is that of one comparison for each revision whose text differs from the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .matching import opcodes

_SENTENCE = re.compile(r"[^\n]*?(?:[.!?…]+[)\"'”’»\]*_]*[ \t]+|[。！？]|\n)|[^\n]+$")
Key = bytes
"""What tells texts apart: the same key is the same text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that came in with one step, named by its place in what was given (0: it was there)."""

    step: int
    text: str


def sentences(text: str) -> list[str]:
    """Cut a text after each sentence and each line. Joined, the parts are the text."""
    return _SENTENCE.findall(text)


class Blame:
    """Takes in the texts of a page in their order, and tells then where each sentence of the last came from."""

    def __init__(self) -> None:
        self._now: list[str] = []
        self._steps: list[int] = []
        self._gone: dict[str, int] = {}
        self._texts: dict[Key, list[int]] = {}

    def take_in(self, step: int, key: Key, text: str) -> None:
        """The page has this text from `step` on. Steps rise."""
        after = sentences(text)
        if (known := self._texts.get(key)) is not None:
            steps = known  # a whole text comes back: so do all its authors
            self._forget(after)
        else:
            steps = self._steps_of(step, after)
            self._texts[key] = steps
        self._now, self._steps = after, steps

    def _forget(self, after: Sequence[str]) -> None:
        kept = set(after)
        for sentence, step in zip(self._now, self._steps, strict=True):
            if sentence not in kept:
                self._remember(sentence, step)

    def _remember(self, sentence: str, step: int) -> None:
        words = sentence.strip()
        if words and step < self._gone.get(words, step + 1):
            self._gone[words] = step

    def _steps_of(self, step: int, after: Sequence[str]) -> list[int]:
        before, steps = self._now, self._steps
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        middle, new = before[start : len(before) - end], after[start : len(after) - end]
        pieces = opcodes(middle, new)
        for tag, i1, i2, _, _ in pieces:
            if tag != "equal":
                for i in range(i1, i2):
                    self._remember(middle[i], steps[start + i])
        found: list[int] = []
        for tag, i1, i2, j1, j2 in pieces:
            if tag == "equal":
                found += steps[start + i1 : start + i2]
            else:
                found += [self._gone.get(one.strip(), step) for one in new[j1:j2]]
        return [*steps[:start], *found, *steps[len(steps) - end :]]

    def pieces(self) -> list[Piece]:
        """The last text, cut where the step changes; blank lines go with what is before them."""
        joined: list[Piece] = []
        for sentence, step in zip(self._now, self._steps, strict=True):
            if joined and (joined[-1].step == step or not sentence.strip()):
                joined[-1] = Piece(joined[-1].step, joined[-1].text + sentence)
            else:
                joined.append(Piece(step, sentence))
        return joined


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many sentences both begin with."""
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared


def blamed(texts: Iterable[tuple[int, Key, str]]) -> list[Piece]:
    """Where each sentence of the last of these texts came from; they come as (step, key, text), in order."""
    blame = Blame()
    for step, key, text in texts:
        blame.take_in(step, key, text)
    return blame.pieces()
