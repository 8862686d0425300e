"""What is: drafts. They are personal, so they stand in no journal, no search, no list and no count of other people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, Path, UtcDateTime
from ..journal.models import ActorRow, WikiRow
from ..pages.models import Page


class Draft(Base):
    """What one actor has written in one window (`tab`) and not saved; see `policy.State` for what may become of it.

    `counter` grows with every keeping of the window, so that what comes late overwrites nothing. `page_id` is the page
    it is about, wherever that is by now; NULL for a new one, which `path` says where it shall stand. `base` is the
    revision its author started from. `fields` are title, tags, comment and address as they were typed, `body` is the
    text as in `kbwiki_text`, and `title` what lists show.
    """

    __tablename__ = "kbwiki_draft"
    __table_args__ = (UniqueConstraint("wiki_id", "actor_id", "tab"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id), index=True)
    path: Mapped[str] = mapped_column(Path)
    tab: Mapped[str] = mapped_column(String(40))
    counter: Mapped[int] = mapped_column(Id)
    base: Mapped[int | None] = mapped_column(Id)
    title: Mapped[str] = mapped_column(String(255))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
