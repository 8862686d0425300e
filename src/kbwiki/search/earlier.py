"""Search in earlier revisions and in the comments authors gave: for those who look after pages.

No index: a wiki's history is many times its pages and asked of seldom. Revisions are read from the newest back, a
stretch at a time, and who searches says whether to go on. What is hidden is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..actors import Actor
from ..journal.models import ActorRow
from ..pages.models import Page, Revision
from ..pages.queries.masks import AUTHOR, COMMENT
from ..pages.texts import stored_texts
from ..spaces.policy import Right
from ..spaces.queries import bound, granted
from .query import LONGEST_QUERY, MOST_TERMS
from .words.folding import fold
from .words.pieces import straight

STEP = 2_000
"""Revisions that are read at a time, at most."""

STEP_BYTES = 16_000_000
"""Bytes of text that are read at a time, but for the last revision."""

NEWEST = 2**53
"""Before it stand all revisions."""

_AROUND = 80
_WORD = re.compile(r'(-)?(?:"([^"]+)"|(\S+))')
_REVISIONS = (
    select(
        *(Revision.id, Revision.page_id, Revision.number, Revision.at, Revision.size, Revision.text_digest),
        *(Page.path, Page.title, Page.deleted, AUTHOR, COMMENT),
    )
    .join(Page, Page.id == Revision.page_id)
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .where(
        Page.wiki_id + 0 == bindparam("wiki_id"),  # "+ 0": walk the revisions, not all pages of the wiki
        granted(Right.REVIEW, Page.space_id),
        ~Revision.hidden,
        Revision.id < bindparam("before"),
    )
    .order_by(Revision.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A page with revisions, among those read, that have all words: `numbers` from the newest back.

    `around` is a stretch of the newest one of them with the first word in it; '' when its comment has the words.
    """

    page_id: int
    path: str
    title: str
    deleted: bool
    numbers: tuple[int, ...]
    at: datetime
    author: str
    comment: str
    around: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found in the revisions that were read, the last changed first.

    `back_to` is when the oldest revision read was made, None when there was none; from `before` on there are more,
    None when all were read.
    """

    pages: tuple[Earlier, ...]
    revisions: int
    back_to: datetime | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a revision must have, and must not have; folded."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """Words, "phrases" and -not, as typed; a star at the end of a word says nothing, for parts of words match."""
        wanted: list[str] = []
        unwanted: list[str] = []
        for minus, phrase, word in _WORD.findall(straight(text[:LONGEST_QUERY])):
            folded = " ".join(fold(phrase or word.rstrip("*")).split())
            if folded:
                (unwanted if minus else wanted).append(folded)
        return cls(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]))

    def match(self, folded: str) -> bool:
        """Whether the folded text, with single spaces, has all that is wanted."""
        return all(word in folded for word in self.wanted) and not any(word in folded for word in self.unwanted)


def search_earlier(
    connection: Connection, wiki_id: int, actor: Actor, text: str, *, before: int = NEWEST, step: int = STEP
) -> Searched:
    """Reads the next stretch of revisions before `before` in which `actor` looks after the page.

    Deleted pages count as well. Words match inside of others, without case and accents. Never raises for the text.
    """
    words = Words.of(text)
    if not words.wanted:
        return Searched((), 0, None, None)
    key = {"wiki_id": wiki_id, "before": before, "most": step + 1, **bound(actor)}
    rows = connection.execute(_REVISIONS, key).all()
    read = list(_affordable(rows[:step]))
    found: dict[int, list[tuple[Any, str]]] = {}
    for row, around in _matching(connection, read, words):
        found.setdefault(row.page_id, []).append((row, around))
    return Searched(
        tuple(_earlier(hits) for hits in found.values()),
        len(read),
        read[-1].at if read else None,
        read[-1].id if len(read) < len(rows) else None,
    )


def _affordable(rows: Iterable[Any]) -> Iterator[Any]:
    size = 0
    for row in rows:
        yield row
        size += row.size
        if size > STEP_BYTES:
            return


def _matching(connection: Connection, rows: list[Any], words: Words) -> Iterator[tuple[Any, str]]:
    texts = stored_texts(connection, {row.text_digest for row in rows})
    around = {digest: _look(text, words) for digest, text in texts.items()}
    for row in rows:
        stretch = around.get(row.text_digest)
        if stretch is not None:
            yield row, stretch
        elif words.match(" ".join(fold(row.comment).split())):
            yield row, ""


def _look(text: str, words: Words) -> str | None:
    """The stretch around the first word, where the text has all words; None where it has not."""
    folded = " ".join(fold(text).split())
    if not words.match(folded):
        return None
    single = " ".join(text.split())
    # Folding may change lengths (ß, ligatures); the stretch is then a little off, and still of the text.
    at = folded.find(words.wanted[0])
    begin, end = max(at - _AROUND, 0), at + len(words.wanted[0]) + _AROUND
    return f"{'… ' if begin else ''}{single[begin:end].strip()}{' …' if end < len(single) else ''}"


def _earlier(hits: list[tuple[Any, str]]) -> Earlier:
    newest, around = hits[0]
    return Earlier(
        page_id=newest.page_id,
        path=newest.path,
        title=newest.title,
        deleted=bool(newest.deleted),
        numbers=tuple(row.number for row, _ in hits),
        at=newest.at,
        author=newest.author,
        comment=newest.comment,
        around=around,
    )
