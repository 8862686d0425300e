"""What is: whose turn it is to hand facts to a plugin, notices for its channels, and things of its own kinds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, Path, UtcDateTime


class SubscriptionRow(Base):
    """Whose turn it is with a subscription, `x:<plugin>:<name>`, and how it went; how far it has read is its `Cursor`.

    Whoever sets `held_by` while nobody holds it (any more) hands out the next batch. `failures` counts those in a row;
    it is not tried again before `again_at`.
    """

    __tablename__ = "kbwiki_plugin_subscription"
    __table_args__ = (UniqueConstraint("wiki_id", "name", name="uq_kbwiki_plugin_subscription_name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey("kbwiki_wiki.id"))
    name: Mapped[str] = mapped_column(String(100))
    held_by: Mapped[str] = mapped_column(String(40))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(LongText)


class PluginNotice(Base):
    """A message that a channel, `x:<plugin>:<name>`, has to tell somebody; gone when it has."""

    __tablename__ = "kbwiki_plugin_notice"
    __table_args__ = (Index("ix_kbwiki_plugin_notice_channel", "wiki_id", "channel", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey("kbwiki_wiki.id"))
    channel: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    notice: Mapped[dict[str, Any]] = mapped_column(Json)


class PluginSubject(Base):
    """A thing of a kind of a plugin's own, as it was last submitted; its row's id is the subject's in the journal.

    `own_id` is what the plugin calls it. What it was before stands in the journal.
    """

    __tablename__ = "kbwiki_plugin_subject"
    __table_args__ = (UniqueConstraint("wiki_id", "kind", "own_id", name="uq_kbwiki_plugin_subject_own_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey("kbwiki_wiki.id"))
    kind: Mapped[str] = mapped_column(String(40))
    own_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Id)
    title: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(Path)
    text: Mapped[str] = mapped_column(LongText)
