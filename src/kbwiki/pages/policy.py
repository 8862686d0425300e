"""What is allowed, and what a state of a page is: pure functions and plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from ..errors import Invalid
from ..wording import kb_t
from ..wording.kept import Kept

MAX_TITLE = 250
MAX_COMMENT = 1000
MAX_TAG = 100
MAX_TAGS = 50


class Kind(StrEnum):
    """What sort of change made a revision."""

    CREATE = "create"
    EDIT = "edit"
    MOVE = "move"
    RELINK = "relink"
    DELETE = "delete"
    BRING_BACK = "bring-back"
    RESTORE = "restore"
    UNDO = "undo"
    REVERT = "revert"
    HIDE = "hide"
    UNHIDE = "unhide"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class PageState:
    """Everything a revision says about its page, with the text by digest."""

    path: str
    title: str
    tags: tuple[str, ...]
    deleted: bool
    text_digest: bytes
    size: int


def with_text(state: PageState, digest: bytes, size: int) -> PageState:
    """The same state with another text."""
    return replace(state, text_digest=digest, size=size)


def meta_digest(title: str, tags: Iterable[str], comment: str) -> str:
    """What the journal keeps of words that may have to be redacted: SHA-256 over title, tags and comment, in hex."""
    parts = [title, *sorted(tags), "", comment]
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


def _one_line(words: str) -> str:
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", words)).strip()


def clean_title(title: str) -> str:
    """A title as it is stored: one line, trimmed. Errors: Invalid when too long."""
    cleaned = _one_line(title)
    if len(cleaned) > MAX_TITLE:
        raise Invalid("title", kb_t("The title is too long: at most {most} characters are possible.", most=MAX_TITLE))
    return cleaned


def clean_comment(comment: str) -> str:
    """A comment as it is stored: one line, trimmed; a sentence of ours as it is. Errors: Invalid when too long."""
    if isinstance(comment, Kept):
        return comment
    cleaned = _one_line(comment)
    if len(cleaned) > MAX_COMMENT:
        raise Invalid(
            "comment",
            kb_t("The [comment] is too long: at most {most} characters are possible.", most=MAX_COMMENT),
        )
    return cleaned


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are stored: lower case, trimmed, sorted, each once. Errors: Invalid when too long or too many."""
    cleaned = sorted({unicodedata.normalize("NFC", " ".join(_one_line(tag).split()).casefold()) for tag in tags} - {""})
    if any(len(tag) > MAX_TAG for tag in cleaned):
        raise Invalid(
            "tags", kb_t("One of the [tags] is too long: at most {most} characters are possible.", most=MAX_TAG)
        )
    if len(cleaned) > MAX_TAGS:
        raise Invalid(
            "tags",
            kb_t("These are {count} [tags]; [a page] can have at most {most}.", count=len(cleaned), most=MAX_TAGS),
        )
    return tuple(cleaned)
