"""What the index is fed with: which pages journal entries are about, and those pages as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, bindparam, or_, select, union

from ..actors import Actor
from ..db import in_list
from ..journal.models import Entry
from ..journal.tail import Sealed
from ..pages.models import Page, Revision
from ..pages.parsed import get_parsed
from ..pages.paths import below
from ..spaces.queries import bound, readable
from .documents import Document
from .words.languages import language_of

_ROWS = (
    select(Page.id, Page.path, Page.title, Page.space_id, Page.text_digest, Revision.tags)
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .where(in_list(Page.id, "ids"), ~Page.deleted)
)
_HIDDEN = (Entry.wiki_id == bindparam("wiki_id"), Entry.kind == "hide", Entry.subject_kind == "page")
# Two statements in one, since each has its index, and an OR of both would have none.
HIDDEN_SINCE = union(
    select(Entry.subject_id).where(*_HIDDEN, Entry.position > bindparam("position")),
    select(Entry.subject_id).where(*_HIDDEN, Entry.position.is_(None)),
)
"""SQL: the pages of which something was hidden after the journal's `position`; an index as old may know it."""

_PAGES = (Entry.wiki_id == bindparam("wiki_id"), Entry.subject_kind == "page")
_SPACES = (Entry.wiki_id == bindparam("wiki_id"), Entry.subject_kind == "space", Entry.kind == "set-space")
_GONE = or_(Page.deleted, ~readable(Page.space_id))
_WITHHELD = (
    select(Page.id).join(Entry, Entry.subject_id == Page.id).where(*_PAGES, _GONE),
    select(Page.id).join(Entry, Entry.subject_id == Page.space_id).where(*_SPACES, _GONE),
)
WITHHELD_SINCE: CompoundSelect[Any] = union(
    *HIDDEN_SINCE.selects,
    *(one.where(Entry.position > bindparam("position")) for one in _WITHHELD),
    *(one.where(Entry.position.is_(None)) for one in _WITHHELD),
)
"""SQL: the pages that an index which has come as far as `position` may not speak of to the actor.

Of some something was hidden after that, so that finding them would tell it. Others were deleted, or went where the
actor may not read; the database leaves them out of what is found, and yet whether they match would tell, by what is put
right or follows where nothing matches.
"""

_NEWS = select(Page.id).join(Entry, Entry.subject_id == Page.id).where(*_PAGES, ~_GONE).limit(1)
_NEWS_SINCE = (
    _NEWS.where(Entry.position > bindparam("position")),
    _NEWS.where(Entry.position.is_(None)),
)

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


def has_news_since(connection: Connection, wiki_id: int, actor: Actor, position: int) -> bool:
    """Whether something that the actor may read was changed after the journal's `position`.

    Whether anything else was is not for them to know.
    """
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    return any(connection.execute(one, key).first() is not None for one in _NEWS_SINCE)


def _below(connection: Connection, wiki_id: int, path: str) -> Iterable[int]:
    """The pages a space may have taken in: a document names the space its page is in."""
    statement = select(Page.id).where(Page.wiki_id == wiki_id)
    if path:
        low, high = below(path)
        statement = statement.where(or_(Page.path == path, (Page.path >= low) & (Page.path < high)))
    return connection.execute(statement).scalars()


def documents_of(
    connection: Connection, ids: Sequence[int], languages: Sequence[str] = ("en",)
) -> tuple[list[Document], list[int]]:
    """The pages as the index takes them, and those of the ids that are not to be found any more.

    Each is in one of the languages, the first where its text does not clearly say otherwise.
    """
    rows = connection.execute(_ROWS, {"ids": list(ids)}).all()
    parsed = get_parsed(connection, {row.text_digest for row in rows}, keep=False)
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
