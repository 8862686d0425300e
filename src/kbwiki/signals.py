"""Signals tell the host what was committed. They are sent after the commit, in the order of the journal.

(What `message_due` tells of is committed, too; it is sent when a grace period is over, by whoever gathers messages.)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from blinker import NamedSignal, Namespace

log = logging.getLogger("kbwiki.signals")

_signals = Namespace()

change_committed = _signals.signal("change-committed")
"""A change (an edit, a creation, a move, …) is live. The event is a `Committed`."""

decision_committed = _signals.signal("decision-committed")
"""A moderator has decided on a review. The event is a `Committed`."""

message_due = _signals.signal("message-due")
"""Somebody has to be told what was decided about their work, for example by mail. The event is a `MessageDue`."""


@dataclass(frozen=True, slots=True)
class Committed:
    """One fact of the journal, as receivers get it.

    `kind` is the journal's word for it, `subject_kind` and `subject_id` say what it is about, `number` which
    state of the subject it made, `payload` holds the kind's own facts: a copy for each receiver, so that
    nothing one does to it is seen by the next. `position` is its place in the journal where it has one already.
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
    position: int | None = None


@dataclass(frozen=True, slots=True)
class MessageDue:
    """A message to an author that was begun, or went on with more (`begun` tells which).

    `recipient_id` is the host's id; `subject` and `text` are plain text with what is new in the message. Pages are
    named by the addresses at which the recipient changed them (`paths`): nobody asked what they may read now.
    """

    wiki: str
    message_id: int
    recipient_id: str
    recipient_name: str
    group: str
    at: datetime
    begun: bool
    subject: str
    text: str
    paths: tuple[str, ...]


def tell(signal: NamedSignal, sender: Any, event: Committed | MessageDue) -> None:
    """Send `event` to every receiver of `signal`; one that raises is logged and does not stop the others."""
    for receiver in signal.receivers_for(sender):
        try:
            receiver(sender, event=_own(event))
        except Exception:
            log.exception("A receiver of %s raised; what it is about is committed.", signal.name)


def _own(event: Committed | MessageDue) -> Committed | MessageDue:
    """The event for one receiver alone."""
    return replace(event, payload=deepcopy(event.payload)) if isinstance(event, Committed) else replace(event)
