"""The reasons for a review's risk, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..moderation.queries.risks import reasons_of
from .words import kb_t

RISK_WORDS = {
    "anonymous": "somebody not signed in",
    "new-author": "a new author",
    "automated-or-moderator": "a program, or somebody who moderates",
    "reverted-before": "its author was reverted before",
    "approved-before": "its author was approved before",
    "new-here": "its author is new to this page",
    "profanity": "rude words",
    "informal": "chatty words",
    "character-run": "one character many times over",
    "pure-deletion": "only took words out",
    "words-removed": "words taken out",
    "words-added": "words put in",
    "links-out": "links to other sites",
    "linked-to": "other pages link here",
    "reverted-here": "changes of this page were reverted before",
}
"""What each reason for risk says, by its name in `moderation.risk`."""


def risk_lines(stored: Sequence[Sequence[Any]], more: Mapping[str, str] | None = None) -> tuple[tuple[str, float], ...]:
    """Words and weight of each reason, in the order of the row (`risk_reasons`); they add up to the row's `risk`.

    `more` are the words of reasons that plugins added (`wiki.risk.reasons.words`); one whose plugin is gone is told by
    its name.
    """
    known = {**RISK_WORDS, **(more or {})}
    return tuple(
        (kb_t(known.get(one.name, one.name.replace("-", " "))), one.weight) for one in reasons_of(stored)
    )
