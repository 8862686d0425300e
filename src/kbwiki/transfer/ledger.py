"""The pages of an import as they will be: plain memory, commit by commit, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from ..pages.policy import MAX_COMMENT
from ..wording import kb_t
from .git import PageCommit
from .git_records import Commit, PageChange


@dataclass(slots=True)
class Target:
    """A page of the import as it will be when the batch is written; `id` None until it has a row.

    `stored_path` is where its row is now, `moved_from` the addresses it had within the batch.
    """

    id: int | None
    path: str
    number: int
    digest: bytes
    size: int
    deleted: bool
    moved_from: list[str] = field(default_factory=list)
    stored_path: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One revision of the batch: the state of `page` after it. `author` is the row of the commit's author."""

    page: Target
    number: int
    kind: str
    author: int
    author_id: str
    at: datetime
    comment: str
    path: str
    digest: bytes
    size: int
    deleted: bool


class Ledger:
    """Which pages there are, which are gone, and which paths belong to pages that were written here."""

    def __init__(self) -> None:
        self.foreign: set[str] = set()
        self.refused: dict[str, str] = {}
        self._pages: dict[str, Target] = {}
        self._gone: dict[str, Target] = {}

    @property
    def count(self) -> int:
        """How many pages are there now."""
        return len(self._pages)

    def take_up(self, page: Target) -> None:
        """Know a page that an earlier run wrote."""
        page.stored_path = page.path
        (self._gone if page.deleted else self._pages)[page.path] = page

    def line(self, commit: Commit, change: PageChange, raw: bytes | None, author: int) -> Line | None:
        """The revision a change makes; `raw` is the new text, None when it stays. None when the page is not ours."""
        page = self._target(change)
        if page is None:
            return None
        if change.kind == "delete":
            page.deleted = True
            self._gone[page.path] = self._pages.pop(page.path)
        elif raw is not None:
            page.digest, page.size, page.deleted = sha256(raw).digest(), len(raw), False
        page.number += 1
        return Line(
            page=page,
            number=page.number,
            kind="import" if change.kind == "write" else change.kind,
            author=author,
            author_id=external_id(commit),
            at=commit.at,
            comment=_comment(commit.message),
            path=page.path,
            digest=page.digest,
            size=page.size,
            deleted=page.deleted,
        )

    def _target(self, change: PageChange) -> Target | None:
        """The page a change is about, where it will be after it; None when that place belongs to somebody here."""
        path = change.path
        if path in self.foreign:
            self.refused.setdefault(path, kb_t("it was written or changed here, so the import leaves it alone"))
            return None
        if change.kind == "move" and change.old_path in self._pages:
            page = self._pages.pop(change.old_path)
            page.moved_from.append(page.path)
            page.path = path
            self._pages[path] = page
            return page
        if change.kind == "delete":
            return self._pages.get(path)
        known = self._pages.get(path) or self._gone.pop(path, None)
        self._pages[path] = known or Target(None, path, 0, b"", 0, False)
        return self._pages[path]


def raw_text(one: PageCommit, change: PageChange) -> bytes | None:
    """The bytes of a change's new text, as they stood in git; None when it brings none."""
    texts: Mapping[str, str] = one.texts
    return texts[change.blob].encode() if change.blob is not None and change.blob in texts else None


def external_id(commit: Commit) -> str:
    """The id under which a commit's author is known here."""
    return f"git:{commit.author_email or commit.author_name}"[:255]


def _comment(message: str) -> str:
    said = " ".join(message.split())
    return said if len(said) <= MAX_COMMENT else said[: MAX_COMMENT - 1] + "…"
