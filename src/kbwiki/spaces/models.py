"""What is: spaces as set, and the grants that follow from them, inheritance already applied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, Path, UtcDateTime
from ..journal.models import WikiRow


class Space(Base):
    """A subtree of paths. What is None is inherited from the space above; the root space has the path ''.

    `edition` is 'live' or 'reviewed'; `shows_reviewed` is what holds here after inheritance, kept as grants are.
    """

    __tablename__ = "kbwiki_space"
    __table_args__ = (UniqueConstraint("wiki_id", "path"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    path: Mapped[str] = mapped_column(Path)
    title: Mapped[str] = mapped_column(String(255))
    readers: Mapped[list[str] | None] = mapped_column(Json(none_as_null=True))
    writers: Mapped[list[str] | None] = mapped_column(Json(none_as_null=True))
    reviewers: Mapped[list[str] | None] = mapped_column(Json(none_as_null=True))
    edition: Mapped[str | None] = mapped_column(String(10))
    shows_reviewed: Mapped[bool] = mapped_column(
        Boolean(create_constraint=False), default=False, server_default=false()
    )
    number: Mapped[int] = mapped_column(Id, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Grant(Base):
    """One right of one group in one space, inheritance applied. Rebuilt whenever a space changes."""

    __tablename__ = "kbwiki_grant"
    __table_args__ = (Index("ix_kbwiki_grant_group", "group", "right", "space_id"),)

    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id), primary_key=True)
    right: Mapped[str] = mapped_column(String(10), primary_key=True)
    group: Mapped[str] = mapped_column(String(255), primary_key=True)
