"""How far plugins have followed the journal, for `flask kbwiki check`."""

from __future__ import annotations

from typing import Any

from ..subscribing.following import Lag
from ..wording import N_, kb_t
from .finding import Finding

_ON_AGAIN = N_("Mend or update the plugin, then switch it on again: it goes on where it was.")
_WORK = N_("Run: flask kbwiki work --once (or keep `flask kbwiki work` running)")


def subscription(lag: Lag, late_after: float) -> Finding:
    """What is to be said of one subscription."""
    figures: dict[str, Any] = {
        "position": lag.position, "entries_behind": lag.behind, "seconds_behind": lag.seconds,
        "failures": lag.standing.failures, "off": lag.is_off,
    }  # fmt: skip
    part = lag.name
    if lag.is_off:
        says = kb_t("switched off; {entries} entries wait for it", entries=f"{lag.behind:,}")
        return Finding(part, says, kb_t(_ON_AGAIN), figures, "plugin-off")
    if not lag.behind:
        return Finding(part, kb_t("up to date"), figures=figures)
    says = kb_t(
        "{entries} entries behind, the first of them {seconds} seconds old",
        entries=f"{lag.behind:,}",
        seconds=f"{lag.seconds:,.0f}",
    )
    if lag.standing.failures:
        said = kb_t("It failed {n} times in a row: {error}", n=lag.standing.failures, error=lag.standing.failure)
        return Finding(part, says, said, figures, "plugin-fails")
    late = lag.seconds > late_after
    return Finding(part, says, kb_t(_WORK) if late else None, figures, "late" if late else "")
