"""What is: which plugins and hooks are switched off, and when scheduled work was last done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, UtcDateTime


class PluginSwitch(Base):
    """A plugin that is off in a wiki, or with `hook` one hook of it. `by` is empty where kbwiki did it after failures.

    No row: it is on.
    """

    __tablename__ = "kbwiki_plugin_switch"
    __table_args__ = (UniqueConstraint("wiki_id", "plugin", "hook", name="uq_kbwiki_plugin_switch_hook"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey("kbwiki_wiki.id"))
    plugin: Mapped[str] = mapped_column(String(40))
    hook: Mapped[str] = mapped_column(String(40))
    off_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(LongText)


class PluginWork(Base):
    """When a plugin's scheduled work was last begun. Whoever moves `begun_at` on is the one who does it."""

    __tablename__ = "kbwiki_plugin_work"
    __table_args__ = (UniqueConstraint("wiki_id", "plugin", "name", name="uq_kbwiki_plugin_work_name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey("kbwiki_wiki.id"))
    plugin: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(LongText)
