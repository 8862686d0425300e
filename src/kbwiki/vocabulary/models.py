"""What is: the terms that were chosen last; the journal has every earlier choice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, UtcDateTime
from ..journal.models import WikiRow


class ChosenTerms(Base):
    """What a wiki calls its things. `said` is a preset with what differs from it; None: the host's setting holds.

    `number` goes up with each change.
    """

    __tablename__ = "kbwiki_vocabulary"
    __table_args__ = (UniqueConstraint("wiki_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    number: Mapped[int] = mapped_column(Integer)
    said: Mapped[dict[str, Any] | None] = mapped_column(Json(none_as_null=True))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
