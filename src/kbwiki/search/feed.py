"""What the index is fed with: which pages journal entries are about, and those pages as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, or_, select, union

from ..db import in_list
from ..journal.models import Entry
from ..journal.tail import Sealed
from ..markup import PLAIN, Dialect
from ..pages.models import Page, Revision
from ..pages.parsed import get_parsed
from ..pages.paths import below
from ..pages.texts import load_texts
from .documents import Document
from .words.languages import language_of

_ROWS = (
    select(Page.id, Page.path, Page.title, Page.space_id, Page.text_digest, Revision.tags)
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .where(in_list(Page.id, "ids"), ~Page.deleted)
)
_WRITTEN = _ROWS.where(~Revision.hidden)
_HIDDEN = (Entry.wiki_id == bindparam("wiki_id"), Entry.kind == "hide", Entry.subject_kind == "page")
# Two statements in one, since each has its index, and an OR of both would have none.
HIDDEN_SINCE = union(
    select(Entry.subject_id).where(*_HIDDEN, Entry.position > bindparam("position")),
    select(Entry.subject_id).where(*_HIDDEN, Entry.position.is_(None)),
)
"""SQL: the pages of which something was hidden after the journal's `position`; an index as old may know it."""

_ALL = select(Page.id).where(Page.wiki_id == bindparam("wiki_id"), ~Page.deleted).order_by(Page.id)


def all_pages(connection: Connection, wiki_id: int) -> list[int]:
    """The ids of every live page of the wiki."""
    return list(connection.execute(_ALL, {"wiki_id": wiki_id}).scalars())


def pages_named(connection: Connection, wiki_id: int, entries: Iterable[Sealed]) -> list[int]:
    """The ids of the pages whose documents may have changed with these entries."""
    ids: set[int] = set()
    for entry in entries:
        if entry.subject_kind == "page":
            ids.add(entry.subject_id)
        elif entry.kind == "set-space":
            ids.update(_below(connection, wiki_id, entry.payload["path"]))
    return sorted(ids)


def _below(connection: Connection, wiki_id: int, path: str) -> Iterable[int]:
    """The pages a space may have taken in: a document names the space its page is in."""
    statement = select(Page.id).where(Page.wiki_id == wiki_id)
    if path:
        low, high = below(path)
        statement = statement.where(or_(Page.path == path, (Page.path >= low) & (Page.path < high)))
    return connection.execute(statement).scalars()


def documents_of(
    connection: Connection, ids: Sequence[int], languages: Sequence[str] = ("en",), dialect: Dialect = PLAIN
) -> tuple[list[Document], list[int]]:
    """The pages as the index takes them, and those of the ids that are not to be found any more.

    Each is in one of the languages, the first where its text does not clearly say otherwise.
    """
    rows = connection.execute(_ROWS, {"ids": list(ids)}).all()
    parsed = get_parsed(connection, {row.text_digest for row in rows}, keep=False, dialect=dialect)
    documents = [
        Document(
            id=row.id,
            title=row.title,
            path=row.path,
            headings=tuple(heading.title for heading in parsed[row.text_digest].headings),
            tags=tuple(row.tags),
            body=parsed[row.text_digest].plain,
            space=row.space_id,
            language=language_of(parsed[row.text_digest].plain, languages),
        )
        for row in rows
    ]
    return documents, sorted(set(ids) - {row.id for row in rows})


def written_texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """What was written on those of the pages that nothing is hidden of, by their ids."""
    rows = connection.execute(_WRITTEN, {"ids": list(ids)}).all()
    texts = load_texts(connection, {row.text_digest for row in rows})
    return {row.id: texts[row.text_digest] for row in rows}
