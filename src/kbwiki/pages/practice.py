"""Practice pages: everybody has one of their own, where nothing can break. What its owner does there is recorded as
exempt under the rule `sandbox`; what anybody else does there is looked at as everywhere.
"""

from __future__ import annotations

import re
from hashlib import sha256

from ..actors import Actor
from ..db import Change, Transaction
from ..settings import Settings
from .policy import Kind

RULE = "sandbox"
"""The rule that exempts what people do on their own practice pages."""

_PLACES = {Kind.CREATE, Kind.EDIT, Kind.DELETE, Kind.BRING_BACK, Kind.RESTORE, Kind.UNDO}
_OWN = re.compile("practice-[0-9a-f]{12}")


def practice_path(settings: Settings, actor: Actor) -> str | None:
    """Where the actor's own practice page is; None for somebody who is not signed in, or where there are none."""
    if not settings.sandbox or actor.is_anonymous:
        return None
    return f"{settings.sandbox}/practice-{sha256(actor.id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def is_practice(settings: Settings, path: str) -> bool:
    """Whether somebody's practice page is there, or would be. Such pages stay where they are, so that nothing that
    nobody looked at can be moved to where people trust it."""
    folder, _, name = path.rpartition("/")
    return bool(settings.sandbox) and folder == settings.sandbox and _OWN.fullmatch(name) is not None


def is_own_practice(tx: Transaction, change: Change) -> bool:
    """Whether the change is its author's on their own practice page, and no decision's."""
    if change.subject_kind != "page" or change.decided_by is not None or change.kind not in _PLACES:
        return False
    own = practice_path(tx.settings, tx.actor)
    return own is not None and change.payload.get("path") == own
