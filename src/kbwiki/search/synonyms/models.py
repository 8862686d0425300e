"""What is: sets of words that mean the same, as they hold now; the journal has every earlier state of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Id, Json, UtcDateTime
from ...journal.models import WikiRow


class SynonymSet(Base):
    """Words and phrases that mean the same. `number` goes up with each change; `removed` ones can come back.

    `one_way`: the first is also looked for as the others, and they are not looked for as the first.
    """

    __tablename__ = "kbwiki_synonym_set"
    __table_args__ = (Index("ix_kbwiki_synonym_set_wiki", "wiki_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[list[str]] = mapped_column(Json)
    one_way: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    removed: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
