"""What reading a git history yields: commits, changes of files and pages, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Literal

from ..wording import N_, kb_t

Kind = Literal["write", "move", "delete"]


class Reason(Enum):
    """Why a file's text cannot become a page's text; as text it completes the sentence "this file …".

    Not a kind of `str`, because it stands where a text would.
    """

    NOT_UTF8 = N_("is not valid UTF-8")
    BINARY = N_("holds NUL characters, so it is not text")
    TOO_LARGE = N_("is larger than the limit")
    MISSING = N_("has no content in this repository")
    DAMAGED = N_("has damaged content in this repository")
    NAME_NOT_UTF8 = N_("has a name that is not valid UTF-8")
    SYMLINK = N_("is a symbolic link")
    SUBMODULE = N_("is a submodule")

    def __str__(self) -> str:
        return kb_t(self.value)


class Oddity(StrEnum):
    """What happened to a page besides being written, moved or deleted; the value completes "pages …"."""

    NAME_CHANGED = N_("whose file got another ending (one [page], one [history])")
    NAMES_JOINED = N_("that had files with different endings at once (the one written last was the [page])")
    NAME_DROPPED = N_("that lost one of several files and lived on with another")
    MOVED_ONTO = N_("that another [page] was moved onto (each keeps its own [history])")
    SOURCE_STAYED = N_("that took over the text of [a page] which lived on with another (the [history] stayed there)")
    SWAPPED = N_("that changed places in one commit (each keeps its own [history])")
    CASE_CHANGED = N_("that were moved to a path which differs only in upper and lower case")
    COPIED = N_("that began as an exact copy of another [page] (the [history] stayed there)")
    RETURNED = N_("that were written again after having been deleted")
    WAS_NO_PAGE = N_("whose file came from a name that is not [a page]'s")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One version of one file that could not be read; bytes of its path that are not UTF-8 show as \\xNN."""

    path: str
    commit: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's change in one commit.

    `blob` is the id of the new content: None for a deletion, and for a move whose new content cannot be read.
    `old_path` and `similarity` (git's estimate in per cent, 100 = same content) are given for moves only.
    """

    kind: Kind
    path: str
    old_path: str | None = None
    blob: str | None = None
    similarity: int | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the linearised history.

    `at` is the author's time in UTC; it may step back from one commit to the next. `bookmark` says where
    reading stands after this commit, for resuming (in a history without merges it equals `id`).
    """

    id: str
    author_name: str
    author_email: str
    at: datetime
    message: str
    changes: tuple[FileChange, ...]
    unreadable: tuple[Unreadable, ...]
    bookmark: str


@dataclass(frozen=True, slots=True)
class PageChange:
    """One page's change in one commit: at most one for each page (a new one may come to a path just left).

    `file` is the file whose content, `blob`, is the page's text after the change; both are None for a
    deletion. `begins` says that there was no such page just before, `same_text` that this is the text the
    page had before. `note` is the first of the oddities that came with the change.
    """

    kind: Kind
    path: str
    old_path: str | None = None
    blob: str | None = None
    file: str | None = None
    begins: bool = False
    same_text: bool = False
    note: Oddity | None = None
