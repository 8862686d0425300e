"""What is: files, and every version of each.

A version is the whole state of a file (bytes by digest, alternative text, path, deleted or not). A file's row repeats
the state of its newest version for look-ups, and the words it is found by.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Digest, Id, Path, UtcDateTime, Words
from ..journal.models import ActorRow, WikiRow
from ..pages.refile import FILED
from ..spaces.models import Space

LONGEST_ALT = 1000


class File(Base):
    """A file: who it is (id), and the state of its newest version. `words` is what searches look at, folded."""

    __tablename__ = "kbwiki_file"
    __table_args__ = (
        Index(
            "uq_kbwiki_file_live_path",
            "wiki_id",
            "path",
            unique=True,
            sqlite_where=text("deleted = 0"),
            postgresql_where=text("NOT deleted"),
        ),
        Index("ix_kbwiki_file_path", "wiki_id", "path"),
        Index("ix_kbwiki_file_parent", "wiki_id", "parent", "path"),
        Index("ix_kbwiki_file_look_alike", "wiki_id", "look_alike"),
        Index("ix_kbwiki_file_digest", "wiki_id", "digest"),
        Index("ix_kbwiki_file_space", "space_id"),
        {"info": {FILED: True}},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    path: Mapped[str] = mapped_column(Path)
    parent: Mapped[str] = mapped_column(Path)
    look_alike: Mapped[str] = mapped_column(Path)
    digest: Mapped[bytes] = mapped_column(Digest)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT))
    words: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Id)
    deleted: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FileVersion(Base):
    """One state of one file, immutable but for `hidden`, which hides bytes, alternative text and comment (reversible).

    `width` and `height` are 0 where there are none. `text` is the plain text in it, '' where there is none.
    """

    __tablename__ = "kbwiki_file_version"
    __table_args__ = (
        UniqueConstraint("file_id", "number"),
        Index("ix_kbwiki_file_version_digest", "digest"),
        Index("ix_kbwiki_file_version_path", "path"),
        Index("ix_kbwiki_file_version_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id))
    number: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(Words(1000))
    path: Mapped[str] = mapped_column(Path)
    deleted: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT))
    digest: Mapped[bytes] = mapped_column(Digest)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    hidden: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
