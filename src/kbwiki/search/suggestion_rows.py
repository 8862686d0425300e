"""What can be suggested while somebody types: one row for each word a title, heading or tag can be begun at.

Kept by a journal consumer of its own. A row is a hint and no more: whoever reads rows joins them with the page as it
stands, so that what was hidden, deleted, moved or closed meanwhile is not suggested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, Integer, String, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Database
from ..db import Base, Digest, Id, in_list, table_of
from ..journal.models import Cursor, Entry, WikiRow
from ..journal.tail import cursor_of, entries_after, move_cursor
from ..markup import PLAIN, Dialect, Heading
from ..pages.links import CONSUMER as LINKS
from ..pages.links import take_in_links
from ..pages.models import Page, PageLink, PageTag
from ..pages.parsed import get_parsed
from ..spaces.policy import may_all_read
from ..spaces.queries import readers_of_spaces
from .words.beginnings import LONGEST_KEY, key_of, keys_of

CONSUMER = "suggestions"

LINKED = (16, 4, 1, 0)
"""A title's rank is the place of the first of these that is not above the number of pages that link to its page.

Those count that everybody may read who may read the page: what is suggested first must not tell of others. It is
reckoned when the page, or one that links to it, is changed.
"""

HEADING = len(LINKED)
TAG = HEADING + 1

_BATCH = 200
_MOST_HEADINGS = 40
_COMMON = 5
"""A heading that so many pages of a space have says nothing: “See also”."""

_HOW_FAR = select(
    select(Cursor.position)
    .where(Cursor.wiki_id == bindparam("wiki_id"), Cursor.name == CONSUMER)
    .scalar_subquery(),
    select(func.max(Entry.position)).where(Entry.wiki_id == bindparam("wiki_id")).scalar_subquery(),
)


class Suggestion(Base):
    """A title, heading or tag by one of its keys. `page_id` is None for tags; `digest` is the text a heading is in."""

    __tablename__ = "kbwiki_suggestion"
    __table_args__ = (
        Index("ix_kbwiki_suggestion_key", "wiki_id", "rank", "key"),
        Index("ix_kbwiki_suggestion_page", "page_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    rank: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(
        String(LONGEST_KEY).with_variant(String(LONGEST_KEY, collation="C"), "postgresql")
    )
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id))
    text: Mapped[str] = mapped_column(String(255))
    anchor: Mapped[str | None] = mapped_column(String(255))
    digest: Mapped[bytes | None] = mapped_column(Digest)


def take_in_suggestions(connection: Connection, wiki_id: int, most: int = 500, dialect: Dialect = PLAIN) -> int:
    """Read up to `most` journal entries and bring what is suggested of the pages they name up to date.

    Gives back how many entries were read; 0 when there is nothing left to do, or when links, which ranks go by, have to
    be read first. Runs in a write transaction.
    """
    seen, linked = (cursor_of(connection, wiki_id, name) for name in (CONSUMER, LINKS))
    entries = [one for one in entries_after(connection, wiki_id, seen, most) if one.position <= linked]
    if not entries or not move_cursor(connection, wiki_id, CONSUMER, seen=seen, to=entries[-1].position):
        return 0
    ids = sorted({entry.subject_id for entry in entries if entry.subject_kind == "page"})
    for start in range(0, len(ids), _BATCH):
        _refresh(connection, wiki_id, ids[start : start + _BATCH], dialect)
    return len(entries)


def take_in_a_little(database: Database, wiki_id: int, dialect: Dialect = PLAIN) -> None:
    """Before suggesting: take in what was saved last, unless somebody else is writing just now or it is very much."""
    with database.read() as connection:
        seen, last = connection.execute(_HOW_FAR, {"wiki_id": wiki_id}).one()
    if (seen or 0) >= (last or 0):
        return
    with database.write_if_free() as free:
        if free is not None:
            take_in_links(free, wiki_id, _BATCH, dialect)
            take_in_suggestions(free, wiki_id, _BATCH, dialect)


def _refresh(connection: Connection, wiki_id: int, ids: list[int], dialect: Dialect) -> None:
    live = connection.execute(
        select(Page.id, Page.path, Page.title, Page.text_digest, Page.space_id).where(
            Page.wiki_id == wiki_id, in_list(Page.id, "ids"), ~Page.deleted
        ),
        {"ids": ids},
    ).all()
    connection.execute(delete(table_of(Suggestion)).where(in_list(Suggestion.page_id, "ids")), {"ids": ids})
    ranks = _ranks(connection, wiki_id, {row.path: row.space_id for row in live})
    rows = [
        {"rank": ranks[page.path], "key": key, "page_id": page.id, "text": page.title, "anchor": None, "digest": None}
        for page in live
        for key in keys_of(page.title)
    ]
    rows += _heading_rows(connection, wiki_id, live, dialect)
    rows += _tag_rows(connection, wiki_id, ids)
    if rows:
        connection.execute(insert(table_of(Suggestion)), [{"wiki_id": wiki_id, **row} for row in rows])
    _rank_targets(connection, wiki_id, ids)


def _ranks(connection: Connection, wiki_id: int, spaces: Mapping[str, int]) -> dict[str, int]:
    """The rank of the title of each page, of which the space is given by its path."""
    counted = connection.execute(
        select(PageLink.target, Page.space_id, func.count())
        .join(Page, Page.id == PageLink.page_id)
        .where(PageLink.wiki_id == wiki_id, in_list(PageLink.target, "paths"))
        .group_by(PageLink.target, Page.space_id),
        {"paths": list(spaces)},
    )
    links: Counter[str] = Counter()
    readers = readers_of_spaces(connection, wiki_id)
    for path, space, number in counted:
        if may_all_read(readers.get(spaces[path], ()), readers.get(space, ())):
            links[path] += number
    return {path: _rank(links[path]) for path in spaces}


def _rank(links: int) -> int:
    return next(rank for rank, least in enumerate(LINKED) if links >= least)


def _rank_targets(connection: Connection, wiki_id: int, ids: list[int]) -> None:
    """Let the pages that these link to have the rank they have now."""
    targets = select(PageLink.target).distinct().where(in_list(PageLink.page_id, "ids"))
    paths = list(connection.execute(targets, {"ids": ids}).scalars())
    rows = connection.execute(
        select(Page.id, Page.path, Page.space_id).where(
            Page.wiki_id == wiki_id, in_list(Page.path, "paths"), ~Page.deleted
        ),
        {"paths": paths},
    ).all()
    ranks = _ranks(connection, wiki_id, {row.path: row.space_id for row in rows})
    by_rank: dict[int, list[int]] = {}
    for row in rows:
        by_rank.setdefault(ranks[row.path], []).append(row.id)
    for rank, pages in by_rank.items():
        connection.execute(
            update(table_of(Suggestion))
            .where(in_list(Suggestion.page_id, "ids"), Suggestion.rank < HEADING, Suggestion.rank != rank)
            .values(rank=rank),
            {"ids": pages},
        )


def _heading_rows(connection: Connection, wiki_id: int, pages: Sequence[Any], dialect: Dialect) -> list[dict[str, Any]]:
    parsed = get_parsed(connection, {page.text_digest for page in pages}, keep=True, dialect=dialect)
    wanted = {page.id: _own_headings(page.title, parsed[page.text_digest].headings) for page in pages}
    counts = _how_often(connection, wiki_id, {key for headings in wanted.values() for key in headings})
    rows = []
    for page in pages:
        for whole, heading in wanted[page.id].items():
            counts[whole, page.space_id] = counts.get((whole, page.space_id), 0) + 1
            if counts[whole, page.space_id] > _COMMON:
                continue
            facts = {"text": heading.title[:255], "anchor": heading.anchor[:255], "digest": page.text_digest}
            rows += [{"rank": HEADING, "key": key, "page_id": page.id, **facts} for key in keys_of(heading.title)]
    return rows


def _own_headings(title: str, headings: Iterable[Heading]) -> Mapping[str, Heading]:
    """The headings of a page that say something else than its title, by their whole key."""
    found: dict[str, Heading] = {}
    for heading in headings:
        if (key := key_of(heading.title)) and key != key_of(title) and len(found) < _MOST_HEADINGS:
            found.setdefault(key, heading)
    return found


def _how_often(connection: Connection, wiki_id: int, keys: Iterable[str]) -> dict[tuple[str, int], int]:
    """How many pages of a space have a heading of a key, of those that count: beyond `_COMMON` none is kept.

    By space, so that what is suggested of one does not tell what stands in another.
    """
    rows = connection.execute(
        select(Suggestion.key, Page.space_id, func.count())
        .join(Page, Page.id == Suggestion.page_id)
        .where(Suggestion.wiki_id == wiki_id, Suggestion.rank == HEADING, in_list(Suggestion.key, "keys"))
        .group_by(Suggestion.key, Page.space_id),
        {"keys": sorted(keys)},
    )
    return {(key, space): number for key, space, number in rows}


def _tag_rows(connection: Connection, wiki_id: int, ids: list[int]) -> list[dict[str, Any]]:
    """Rows for the tags of these pages that have none yet. A tag that no page has any more is never suggested."""
    tags = set(connection.execute(select(PageTag.tag).where(in_list(PageTag.page_id, "ids")), {"ids": ids}).scalars())
    known = select(Suggestion.text).where(
        Suggestion.wiki_id == wiki_id, Suggestion.rank == TAG, in_list(Suggestion.key, "keys")
    )
    tags -= set(connection.execute(known, {"keys": sorted(map(key_of, tags))}).scalars())
    facts = {"rank": TAG, "page_id": None, "anchor": None, "digest": None}
    return [{"key": key, "text": tag, **facts} for tag in sorted(tags) for key in keys_of(tag)]
