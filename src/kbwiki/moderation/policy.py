"""What is allowed: pure rules of reviews and decisions, over plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

MAX_NOTE = 4000


class Verdict(StrEnum):
    """What a moderator can answer."""

    APPROVE = "approve"
    REVERT = "revert"
    HIDE = "hide"
    RESTORE = "restore"


REASONS: Mapping[str, str] = {
    "": "",
    "wrong": "It is not correct",
    "unsafe": "It could put somebody in danger",
    "misplaced": "It belongs on another page",
    "unclear": "It is hard to understand",
    "advertising": "It advertises something",
    "private": "It shows something private",
    "abuse": "It is hurtful or abusive",
    "accident": "It looks like an accident",
    "other": "Another reason, given in the note",
}
"""Reasons a moderator can choose from, by key; the words are what authors read."""

NEEDS_REASON = frozenset({Verdict.REVERT, Verdict.HIDE})
"""Verdicts that take something away from an author: they are told why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything a moderator judges, as it was on the screen: the range, and the state of the subject around it."""

    review_id: int
    base: int
    head: int
    number: int
    path: str
    deleted: bool
    base_text: str
    head_text: str
    hidden: tuple[int, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 over all of it: a decision that carries this digest speaks about exactly this."""
        facts = [
            self.review_id,
            self.base,
            self.head,
            self.number,
            self.path,
            self.deleted,
            self.base_text,
            self.head_text,
            list(self.hidden),
        ]
        return sha256(json.dumps(facts, separators=(",", ":")).encode("utf-8", "surrogatepass")).digest()
