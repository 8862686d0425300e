"""The reasons for a review's risk, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..moderation.queries.risks import reasons_of
from .words import N_, kb_t

RISK_WORDS = {
    "anonymous": N_("somebody not signed in"),
    "new-author": N_("a new author"),
    "automated-or-moderator": N_("a program, or somebody who moderates"),
    "reverted-before": N_("its author was reverted before"),
    "approved-before": N_("its author was approved before"),
    "new-here": N_("its author is new to this [page]"),
    "profanity": N_("rude words"),
    "informal": N_("chatty words"),
    "character-run": N_("one character many times over"),
    "pure-deletion": N_("only took words out"),
    "words-removed": N_("words taken out"),
    "words-added": N_("words put in"),
    "links-out": N_("links to other sites"),
    "linked-to": N_("other [pages] link here"),
    "reverted-here": N_("changes of this [page] were reverted before"),
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
