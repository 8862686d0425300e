"""Signals tell the host what was committed. They are sent after the commit, in the order of the journal."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import NamedSignal, Namespace

log = logging.getLogger("kbwiki.signals")

_signals = Namespace()

change_committed = _signals.signal("change-committed")
"""A change (an edit, a creation, a move, …) is live. The event is a `Committed`."""

decision_committed = _signals.signal("decision-committed")
"""A moderator has decided on a review. The event is a `Committed`."""


@dataclass(frozen=True, slots=True)
class Committed:
    """One fact of the journal, as receivers get it.

    `kind` is the journal's word for it, `subject_kind` and `subject_id` say what it is about, `number` which
    state of the subject it made, `payload` holds the kind's own facts.
    """

    wiki: str
    kind: str
    actor_id: str
    actor_name: str
    at: datetime
    subject_kind: str
    subject_id: int
    number: int
    payload: Mapping[str, Any]


def tell(signal: NamedSignal, sender: Any, event: Committed) -> None:
    """Send `event` to every receiver of `signal`; one that raises is logged and does not stop the others."""
    for receiver in signal.receivers_for(sender):
        try:
            receiver(sender, event=event)
        except Exception:
            log.exception("A receiver of %s raised; the change itself is committed.", signal.name)
