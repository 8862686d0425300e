"""What is: pages, their revisions, the texts revisions point at, and what is derived from texts.

A revision is the whole state of a page (text, title, path, tags, deleted or not), so any two can be compared and
any one can be gone back to. A page row repeats the state of its newest revision for look-ups.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Digest, Id, Json, Path, UtcDateTime, Words
from ..journal.models import ActorRow, WikiRow
from ..spaces.models import Space


class Text(Base):
    """A text by its SHA-256. `body` is zlib-compressed UTF-8, or NULL once redacted (the digest stays)."""

    __tablename__ = "kbwiki_text"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class Page(Base):
    """A page: who it is (id), and the state of its newest revision."""

    __tablename__ = "kbwiki_page"
    __table_args__ = (
        Index(
            "uq_kbwiki_page_live_path",
            "wiki_id",
            "path",
            unique=True,
            sqlite_where=text("deleted = 0"),
            postgresql_where=text("NOT deleted"),
        ),
        Index("ix_kbwiki_page_path", "wiki_id", "path"),
        Index("ix_kbwiki_page_parent", "wiki_id", "parent", "path"),
        Index("ix_kbwiki_page_look_alike", "wiki_id", "look_alike"),
        Index("ix_kbwiki_page_space", "space_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    path: Mapped[str] = mapped_column(Path)
    parent: Mapped[str] = mapped_column(Path)
    look_alike: Mapped[str] = mapped_column(Path)
    title: Mapped[str] = mapped_column(String(255))
    text_digest: Mapped[bytes] = mapped_column(Digest)
    number: Mapped[int] = mapped_column(Id)
    deleted: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Revision(Base):
    """One state of one page, immutable but for what is hidden of it (reversible flags) and redaction.

    `small` is what the author said of the change; nothing but lists goes by it.
    `hidden` hides the words (text, title, tags, comment), `comment_hidden` the comment, `author_hidden` who wrote it.
    Those who look after the page may look all the same, each look being recorded; with `hidden_for` only that group.
    """

    __tablename__ = "kbwiki_revision"
    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        Index("ix_kbwiki_revision_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id))
    number: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(Words(1000))
    path: Mapped[str] = mapped_column(Path)
    title: Mapped[str] = mapped_column(String(255))
    tags: Mapped[list[str]] = mapped_column(Json)
    deleted: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    text_digest: Mapped[bytes] = mapped_column(ForeignKey(Text.digest))
    size: Mapped[int] = mapped_column(Integer)
    exempt: Mapped[str | None] = mapped_column(String(100))
    small: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())
    hidden: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    comment_hidden: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    author_hidden: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    hidden_for: Mapped[str | None] = mapped_column(String(255))


class PageTag(Base):
    """A tag of the current state of a page."""

    __tablename__ = "kbwiki_page_tag"
    __table_args__ = (Index("ix_kbwiki_page_tag_tag", "tag", "page_id"),)

    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), primary_key=True)
    tag: Mapped[str] = mapped_column(String(100), primary_key=True)


class Redirect(Base):
    """An address a page once had. A page that now lives at that path goes before it."""

    __tablename__ = "kbwiki_redirect"

    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id), primary_key=True)
    path: Mapped[str] = mapped_column(Path, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), index=True)


class PageLink(Base):
    """A link from the current text of a page to a path; kept by the `links` consumer."""

    __tablename__ = "kbwiki_page_link"
    __table_args__ = (
        Index("ix_kbwiki_page_link_target", "wiki_id", "target"),
        Index("ix_kbwiki_page_link_look_alike", "wiki_id", "look_alike"),
    )

    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), primary_key=True)
    target: Mapped[str] = mapped_column(Path, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    look_alike: Mapped[str] = mapped_column(Path)


class ParsedText(Base):
    """What a text says, once parsed: its links, headings and plain text. Derived; may be dropped at any time."""

    __tablename__ = "kbwiki_parsed_text"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    links: Mapped[list[Any]] = mapped_column(Json)
    headings: Mapped[list[Any]] = mapped_column(Json)
    plain: Mapped[bytes] = mapped_column(LargeBinary)


class Rendered(Base):
    """HTML by the digest of everything it was made from. Derived; may be dropped at any time."""

    __tablename__ = "kbwiki_rendered"

    key: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    digest: Mapped[bytes] = mapped_column(Digest, index=True)
    html: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
