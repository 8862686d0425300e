"""What is allowed: pure rules of reviews and decisions, over plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from ..wording import N_, kb_t

MAX_NOTE = 4000


class Verdict(StrEnum):
    """What a moderator can do, by the word that stands in the decision."""

    APPROVE = "approve"
    EDIT = "edit"
    """Mend the page and approve the range, in one step."""
    REVERT = "revert"
    REVERT_PART = "revert-part"
    """Take chosen pieces of the range out, approve the rest."""
    HIDE = "hide"
    DELETE = "delete"
    CONCERN = "concern"
    HAND_OVER = "hand-over"
    RESTORE = "restore"
    """Show again what was hidden."""
    LOCK = "lock"
    RESTRICT = "restrict"
    UPHOLD = "uphold"
    """Answer an appeal: the decision stands."""
    OVERTURN = "overturn"
    """Answer an appeal: the decision is taken back."""
    TAKE_BACK = "take-back"
    """Undo a decision from its row in the log."""


ANSWERS = frozenset(
    {
        Verdict.APPROVE,
        Verdict.EDIT,
        Verdict.REVERT,
        Verdict.REVERT_PART,
        Verdict.HIDE,
        Verdict.DELETE,
        Verdict.CONCERN,
        Verdict.HAND_OVER,
        Verdict.UPHOLD,
        Verdict.OVERTURN,
    }
)
"""Verdicts that answer a review; the others are acts beside one."""


REASONS: Mapping[str, str] = {
    "": "",
    "wrong": N_("It is not correct"),
    "unsafe": N_("It could put somebody in danger"),
    "misplaced": N_("It belongs on another [page]"),
    "unclear": N_("It is hard to understand"),
    "advertising": N_("It advertises something"),
    "private": N_("It shows something private"),
    "abuse": N_("It is hurtful or abusive"),
    "accident": N_("It looks like an accident"),
    "other": N_("Another reason, given in the note"),
}
"""Reasons a moderator can choose from where no space has its own, by key; the words are what authors read."""


def why_of(reason: str, facts: Mapping[str, Any] | None) -> str:
    """The words of a decision's reason as they were when it was taken; older decisions have the built-in ones."""
    return kb_t(str((facts or {}).get("why") or REASONS.get(reason, reason)))


def label_of(facts: Mapping[str, Any] | None) -> str:
    """What a plugin calls its own verdict, as it was when the decision was taken; '' for kbwiki's own."""
    own = (facts or {}).get("own")
    return str(own.get("label", "")) if isinstance(own, Mapping) else ""


NEEDS_REASON = frozenset(
    {Verdict.REVERT, Verdict.REVERT_PART, Verdict.HIDE, Verdict.DELETE, Verdict.CONCERN, Verdict.RESTRICT, Verdict.LOCK}
)
"""Verdicts that take something away from an author: they are told why."""


CAN_BE_APPEALED = frozenset(
    {Verdict.EDIT, Verdict.REVERT, Verdict.REVERT_PART, Verdict.HIDE, Verdict.DELETE, Verdict.RESTRICT}
)
"""Verdicts that took something away from an author, who can object. (A concern is answered instead.)"""

ON_APPEALS = frozenset({Verdict.UPHOLD, Verdict.OVERTURN})
"""Verdicts that answer an appeal, and nothing else."""


def acted_on(base: int, head: int) -> tuple[int, int]:
    """The range a verdict acts on; where only a report is to be looked at, the newest change before it."""
    return (base, head) if base < head else (head - 1, head)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything a moderator judges, as it was on the screen: the range, and the state of review and subject around it.

    `facts` is the subject's own JSON of the range.
    """

    review_id: int
    base: int
    head: int
    version: int
    state: str
    number: int
    path: str
    deleted: bool
    facts: Any

    @property
    def seen(self) -> bytes:
        """SHA-256 over the range alone: what stays the same when something is added after it."""
        return _digest([self.review_id, self.base, self.head, self.facts])

    @property
    def digest(self) -> bytes:
        """SHA-256 over all of it: a decision that carries this digest speaks about exactly this."""
        around = [self.version, self.state, self.number, self.path, self.deleted]
        return _digest([self.seen.hex(), *around])


def _digest(facts: list[Any]) -> bytes:
    return sha256(json.dumps(facts, separators=(",", ":")).encode("utf-8", "surrogatepass")).digest()
