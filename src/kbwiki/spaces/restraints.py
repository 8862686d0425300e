"""What is: parts of the wiki that are locked for a time, and people who may not write somewhere for a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Path, UtcDateTime
from ..journal.models import ActorRow, WikiRow


class Restraint(Base):
    """Nobody (or only not `actor_id`) may write at `path` (and below it, with `below`) until `until`.

    Those who look after the space pass a lock: they have to be able to repair what is in it. Nobody passes a
    restriction of themselves. `group` set it by the decision `decision_id`, and taking that back lifts it.
    """

    __tablename__ = "kbwiki_restraint"
    __table_args__ = (Index("ix_kbwiki_restraint_until", "wiki_id", "until"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    path: Mapped[str] = mapped_column(Path)
    below: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey(ActorRow.id))
    group: Mapped[str] = mapped_column(String(255))
    decision_id: Mapped[int] = mapped_column(Id)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
