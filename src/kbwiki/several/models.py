"""What is: something done to several pages, page by page, so that it can be stopped, gone on with and undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, Path, UtcDateTime, Words
from ..journal.models import ActorRow, WikiRow


class PageBatch(Base):
    """What somebody wanted done with several pages: move them into a folder (or one to an address), tag them, delete.

    `value` is the folder, the address or the tag.
    """

    __tablename__ = "kbwiki_page_batch"
    __table_args__ = (
        Index("ix_kbwiki_page_batch_actor", "actor_id", "at"),
        CheckConstraint("act IN ('move-to', 'move', 'tag', 'untag', 'delete')", name="act"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    act: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(Path)
    comment: Mapped[str] = mapped_column(Words(1000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PageBatchItem(Base):
    """One page of it, by its path when it was chosen. `made` is every change it made: subject, id and number.

    `why` is why it was refused, or could not be undone.
    """

    __tablename__ = "kbwiki_page_batch_item"
    __table_args__ = (CheckConstraint("outcome IN ('planned', 'done', 'refused', 'undone')", name="outcome"),)

    batch_id: Mapped[str] = mapped_column(ForeignKey(PageBatch.id), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    page_id: Mapped[int] = mapped_column(Id)
    path: Mapped[str] = mapped_column(Path)
    outcome: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(LongText)
    made: Mapped[list[Any]] = mapped_column(Json)
