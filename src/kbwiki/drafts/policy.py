"""What holds for drafts, whoever asks: how many, how long, and what may become of one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

MOST_DRAFTS = 50
"""How many drafts one actor can have in a wiki; what was thrown away counts while it can be brought back."""

MOST_PAGES = 10
"""How many texts of the largest size all drafts of an actor may have together."""

LONGEST_FIELD = 5_000
"""Characters of a title, tags, a comment or an address that are kept: more than any of them may have."""

THROWN_FOR = timedelta(days=1)
"""How long what was thrown away can be brought back."""


class State(StrEnum):
    """What became of a draft."""

    KEPT = "kept"
    THROWN = "thrown"
    SAVED = "saved"
    """It has become a revision: its text is gone, and its counter says what comes late."""


def is_late(state: State, counter: int, told: int) -> bool:
    """Whether a keeping with the counter `told` was on its way when the text was saved: there is nothing to keep."""
    return state is State.SAVED and told <= counter
