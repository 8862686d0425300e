"""Who wrote each sentence of a page, through its revisions; what is hidden stays hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ...journal.models import ActorRow
from ..blame import blamed
from ..models import Page, Revision
from ..texts import stored_texts
from .masks import AUTHOR, COMMENT, TEXT_DIGEST

_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Origin:
    """The revision that a sentence came in with: author ('' when hidden), comment ('' likewise), and when.

    `since` is smaller than `number` where revisions between are hidden: it came in with one of them, and by whom is not
    said. `is_older` tells that it was there before the first revision that was looked through.
    """

    number: int
    since: int
    author: str
    at: datetime
    comment: str
    is_older: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text with one origin."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Authorship:
    """The text of a revision in passages, and from which revision on it was followed (1: from the beginning)."""

    passages: tuple[Passage, ...]
    first: int


_CHAIN = (
    select(Revision.number, AUTHOR, Revision.at, COMMENT, TEXT_DIGEST, Revision.hidden)
    .join(Page, Page.id == Revision.page_id)
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .where(
        Revision.page_id == bindparam("page_id"),
        Revision.number <= bindparam("newest"),
        Revision.number > bindparam("oldest"),
    )
    .order_by(Revision.number)
)


def authorship(connection: Connection, page_id: int, number: int, most: int) -> Authorship:
    """Who wrote each sentence of revision `number`, looking through it and the `most` - 1 revisions before it.

    The caller has made sure that the actor may read the page, and that this revision is not hidden.
    """
    first = max(1, number - most + 1)
    rows = connection.execute(_CHAIN, {"page_id": page_id, "newest": number, "oldest": first - 1}).all()
    shown = [row for row in rows if not row.hidden]
    origins = _origins(rows, first)
    passages = tuple(Passage(one.text, origins[one.step]) for one in blamed(_texts(connection, shown)))
    return Authorship(passages, first)


def _origins(rows: Sequence[Any], first: int) -> dict[int, Origin]:
    origins: dict[int, Origin] = {}
    since = None
    for row in rows:
        if row.hidden:
            since = since or row.number
            continue
        known = since is None
        author = row.author if known else ""
        is_older = row.number == first > 1
        origins[row.number] = Origin(row.number, since or row.number, author, row.at, row.comment, is_older)
        since = None
    return origins


def _texts(connection: Connection, rows: list[Any]) -> Iterator[tuple[int, bytes, str]]:
    """The texts in order, a few at a time; one that follows its like is left out, and so is what was redacted."""
    last = None
    changed = []
    for row in rows:
        if row.text_digest != last:
            changed.append(row)
            last = row.text_digest
    for start in range(0, len(changed), _AT_ONCE):
        some = changed[start : start + _AT_ONCE]
        texts = stored_texts(connection, {row.text_digest for row in some})
        for row in some:
            if row.text_digest in texts:
                yield row.number, row.text_digest, texts[row.text_digest]


_AT_TIME = select(func.coalesce(func.max(Revision.number), 0)).where(
    Revision.page_id == bindparam("page_id"), Revision.at <= bindparam("at")
)


def number_at(connection: Connection, page_id: int, at: datetime) -> int:
    """The number of the revision that was the page's newest at that moment; 0 when the page was not there yet."""
    return int(connection.execute(_AT_TIME, {"page_id": page_id, "at": at}).scalar_one())
