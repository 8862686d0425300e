"""What is: the rules that say who looks at what, every version of them, and how far authors have earned trust."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Id, Json, UtcDateTime, Words
from ...journal.models import ActorRow, WikiRow
from ...spaces.models import Space


class Rule(Base):
    """A rule as it holds now. `content` is what it matches and what it does; `place` is its turn among the others."""

    __tablename__ = "kbwiki_rule"
    __table_args__ = (Index("uq_kbwiki_rule_name", "wiki_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    name: Mapped[str] = mapped_column(String(100))
    number: Mapped[int] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    removed: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RuleVersion(Base):
    """A rule as it once was set: append-only, so that every routing can be explained for ever."""

    __tablename__ = "kbwiki_rule_version"

    rule_id: Mapped[int] = mapped_column(ForeignKey(Rule.id), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    place: Mapped[int] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    removed: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    comment: Mapped[str] = mapped_column(Words(1000))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Trust(Base):
    """How many changes of a kind by an author in a space were approved in a row; one revert makes it nothing again."""

    __tablename__ = "kbwiki_trust"

    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    streak: Mapped[int] = mapped_column(Integer)
