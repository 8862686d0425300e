"""Which entries of the journal are the record: what moderators decided, and what they looked at."""

from __future__ import annotations

from sqlalchemy import literal_column

from ...journal.models import RECORDED, Entry

DECIDE = "decide"
LOOK = "look"
TAKE = "take"
SECOND_LOOK = "second-look"
EXPORT = "export"
KINDS = (DECIDE, LOOK, TAKE, SECOND_LOOK, EXPORT)

IS_RECORDED = Entry.kind.op("IN", is_comparison=True)(literal_column(RECORDED.removeprefix("kind IN ")))
"""SQL: the entry belongs to the record. Spelled out, not parameters, so that the partial index serves it."""
