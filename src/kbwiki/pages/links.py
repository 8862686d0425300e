"""Links between pages: kept up to date by a journal consumer, rewritten when pages move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from ..db import Transaction, insert_or_ignore
from ..journal.models import Entry
from ..journal.tail import cursor_of, entries_after, move_cursor
from ..markup import PLAIN, Dialect, Link, rewrite_links
from .models import Page, PageLink
from .parsed import get_parsed
from .paths import locate, look_alike, written_for

CONSUMER = "links"


def take_in_links(connection: Connection, wiki_id: int, most: int = 500, dialect: Dialect = PLAIN) -> int:
    """Read up to `most` journal entries and bring the links of the pages they name up to date.

    Gives back how many entries were read; 0 when there is nothing left to do. Runs in a write transaction.
    """
    seen = cursor_of(connection, wiki_id, CONSUMER)
    entries = entries_after(connection, wiki_id, seen, most)
    if not entries or not move_cursor(connection, wiki_id, CONSUMER, seen=seen, to=entries[-1].position):
        return 0
    named = {entry.subject_id for entry in entries if entry.subject_kind == "page"}
    refresh_links(connection, wiki_id, named, dialect)
    return len(entries)


def take_in_all(tx: Transaction) -> None:
    """Bring links up to date with everything this transaction can see, sealed or not, its own changes included.

    The cursor stays where it is: what is read here is read again when it is sealed.
    """
    wiki_id = tx.wiki_id
    seen = cursor_of(tx.connection, wiki_id, CONSUMER)
    changed = tx.connection.execute(
        select(Entry.subject_id)
        .where(
            Entry.wiki_id == wiki_id,
            Entry.subject_kind == "page",
            (Entry.position > seen) | Entry.position.is_(None),
        )
        .distinct()
    ).scalars()
    own = {change.subject_id for change in tx.changes if change.subject_kind == "page"}
    refresh_links(tx.connection, wiki_id, own.union(changed), tx.dialect or PLAIN)


def refresh_links(connection: Connection, wiki_id: int, page_ids: Iterable[int], dialect: Dialect = PLAIN) -> None:
    """Write anew which paths the current texts of these pages link to."""
    ids = sorted(page_ids)
    for start in range(0, len(ids), 200):
        _refresh(connection, wiki_id, ids[start : start + 200], dialect)


def _refresh(connection: Connection, wiki_id: int, ids: list[int], dialect: Dialect) -> None:
    rows = connection.execute(
        select(Page.id, Page.path, Page.text_digest, Page.deleted).where(
            Page.wiki_id == wiki_id, Page.id.in_(ids)
        )
    ).all()
    live = [row for row in rows if not row.deleted]
    parsed = get_parsed(connection, {row.text_digest for row in live}, keep=True, dialect=dialect)
    wanted = {
        (row.id, target)
        for row in live
        for link in parsed[row.text_digest].links
        if (target := locate(link.target, link.style, row.path)) is not None and target != row.path
    }
    stored = select(PageLink.page_id, PageLink.target).where(PageLink.page_id.in_(ids))
    present = {(row.page_id, row.target) for row in connection.execute(stored)}
    for page_id, target in present - wanted:
        connection.execute(delete(PageLink).where(PageLink.page_id == page_id, PageLink.target == target))
    if new := sorted(wanted - present):
        connection.execute(
            insert_or_ignore(connection, PageLink),
            [
                {"page_id": page_id, "target": target, "wiki_id": wiki_id, "look_alike": look_alike(target)}
                for page_id, target in new
            ],
        )


@dataclass(frozen=True, slots=True)
class Moves:
    """Where pages went: `exact` by their old paths, `alike` by look-alike keys that meant one page only."""

    exact: Mapping[str, str]
    alike: Mapping[str, str]

    def follow(self, path: str) -> str:
        """Where the page that a link to `path` led to is now."""
        return self.exact.get(path) or self.alike.get(look_alike(path)) or path


def relink(text: str, was_at: str, is_at: str, moves: Moves, dialect: Dialect = PLAIN) -> str:
    """The text of a page that was at `was_at` and is at `is_at`, with its links following the moves.

    Every link leads to the same page as before; only links that would not are written anew.
    """

    def new_target(link: Link) -> str | None:
        old = locate(link.target, link.style, was_at) if link.target else None
        if old is None:
            return None
        new = moves.follow(old)
        if locate(link.target, link.style, is_at) == new:
            return None
        return written_for(new, link.style, is_at)

    return rewrite_links(text, new_target, dialect)
