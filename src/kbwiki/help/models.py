"""What is: which pages help on which screens of the host, what people asked for, and whether a page helped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Id, Json, UtcDateTime
from ..journal.models import WikiRow
from ..pages.models import Page

LONGEST_ENDPOINT = 200
LONGEST_ERROR = 60


class HelpPage(Base):
    """A page that has ever been bound to screens. `number` goes up with each change of its bindings."""

    __tablename__ = "kbwiki_help_page"

    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), primary_key=True, autoincrement=False)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    number: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HelpBinding(Base):
    """A page's binding to a screen, as it holds now; the journal has every earlier state of a page's bindings.

    `endpoint` is one (`orders.edit`), all of a blueprint (`orders.*`), or any (`*`); `args` are arguments of the
    address that must be so, `error` an error code or '', `roles` the groups it is for, none for everybody.
    """

    __tablename__ = "kbwiki_help_binding"
    __table_args__ = (
        Index("ix_kbwiki_help_binding_endpoint", "wiki_id", "endpoint"),
        Index("ix_kbwiki_help_binding_page_id", "page_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id))
    endpoint: Mapped[str] = mapped_column(String(LONGEST_ENDPOINT))
    args: Mapped[dict[str, str]] = mapped_column(Json)
    error: Mapped[str] = mapped_column(String(LONGEST_ERROR))
    roles: Mapped[list[str]] = mapped_column(Json)
    priority: Mapped[int] = mapped_column(Integer)


class HelpWanted(Base):
    """Help that people asked for on a screen. Nobody's name is in it; `times` counts since it was opened last.

    `closed_at` is None while it is wanted. `number` goes up when it is opened and when it is closed.
    """

    __tablename__ = "kbwiki_help_wanted"
    __table_args__ = (Index("uq_kbwiki_help_wanted_endpoint", "wiki_id", "endpoint", "error", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    endpoint: Mapped[str] = mapped_column(String(LONGEST_ENDPOINT))
    error: Mapped[str] = mapped_column(String(LONGEST_ERROR))
    number: Mapped[int] = mapped_column(Integer)
    times: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpAnswered(Base):
    """How often readers said on a screen that a page helped, and that it did not. Nobody's name is in it."""

    __tablename__ = "kbwiki_help_answered"
    __table_args__ = (Index("uq_kbwiki_help_answered_page_id", "page_id", "endpoint", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id))
    endpoint: Mapped[str] = mapped_column(String(LONGEST_ENDPOINT))
    helped: Mapped[int] = mapped_column(Integer)
    did_not: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
