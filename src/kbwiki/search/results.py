"""What is shown of pages that were found: all of it from the database, by the one rule of reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from ..actors import Actor
from ..journal.models import ActorRow
from ..markup import PLAIN, Dialect
from ..pages.models import Page, PageLink, ParsedText, Revision
from ..pages.parsed import get_parsed, plain_of
from ..pages.queries.masks import AUTHOR
from ..spaces.models import Space
from ..spaces.queries import bound, readable
from .correcting import Correction
from .facets import KNOWN, VISIBLE, Facet
from .query import Query
from .snippets import Fragment, mark, snippet
from .words.languages import language_of

Fragments = Sequence[Fragment]


@dataclass(frozen=True, slots=True)
class Result:
    """One page found; fragments say which pieces of title and text were asked for.

    `space` and `space_title` are of the space it is in ('' for the root); `reviewed` tells whether people have looked
    at all of it.
    """

    id: int
    path: str
    title: str
    title_fragments: Fragments
    snippet: Fragments
    updated_at: datetime
    author: str
    tags: tuple[str, ...]
    space: str = ""
    space_title: str = ""
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Results best first, how many there are in all, and what was unusual about the question or the answer.

    `notes` are sentences for who asked. `facets` tell how all that was found divides; `facets_are_partial` that there
    was too much to count all of it. `exact` is the page whose title or path is just what was asked for.
    `correction` is what the results are for, where a word of the question stands on no page; `offer` what may have been
    meant, where no page has all of its words. `spaces` are the paths and titles of those that were searched, None where
    no index was asked.
    """

    results: tuple[Result, ...]
    total: int
    notes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    facets_are_partial: bool = False
    exact: Result | None = None
    correction: Correction | None = None
    offer: Correction | None = None
    spaces: tuple[tuple[str, str], ...] | None = None

    @property
    def note(self) -> str | None:
        """The notes as one text; None when there is none."""
        return " ".join(self.notes) or None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the order of pages that match may depend on, besides how well they match."""

    id: int
    path: str
    title: str
    updated_at: datetime
    links: int
    reviewed: bool


_MOST_LINKS = 64
"""Pages that link to one are counted up to here: half of the pages of a wiki may link to its glossary."""

_From = aliased(Page)
# Of pages the actor may read: what stands in others must not move those that are found.
_LINKING = (
    select(PageLink.page_id)
    .join(_From, _From.id == PageLink.page_id)
    .where(
        PageLink.wiki_id == Page.wiki_id,
        PageLink.target == Page.path,
        PageLink.page_id != Page.id,
        ~_From.deleted,
        readable(_From.space_id),
    )
    .limit(_MOST_LINKS)
    .correlate(Page)
)
_LINKS = select(func.count()).select_from(_LINKING.subquery()).scalar_subquery()
_RECENT = (
    select(Page.id)
    .where(*KNOWN)
    .order_by(Page.updated_at.desc(), Page.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


_PARSED = (ParsedText.digest == Page.text_digest) & (ParsedText.version == bindparam("version"))
_TEXTS = (
    select(Page.id, Page.path, Page.title, Page.text_digest, Revision.tags, ParsedText.plain)
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .outerjoin(ParsedText, _PARSED)
    .where(*KNOWN)
)


class Reader:
    """Reads what is shown of pages. `reviewed`: see `facets.dividing`. Its statements are built once."""

    def __init__(
        self,
        reviewed: ColumnElement[bool],
        languages: tuple[str, ...] = ("en",),
        dialect: Callable[[], Dialect] = lambda: PLAIN,
    ) -> None:
        self._languages = languages
        self._dialect = dialect
        seen = reviewed.label("reviewed")
        self._candidates: Select[Any] = select(
            Page.id, Page.path, Page.title, Page.updated_at, _LINKS.label("links"), seen
        ).where(*KNOWN)
        self._shown: Select[Any] = (
            select(
                *(Page.id, Page.path, Page.title, Revision.at, Revision.tags, AUTHOR, ParsedText.plain),
                Page.text_digest,
                *(Space.path.label("space"), Space.title.label("space_title"), seen),
            )
            .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
            .join(ActorRow, ActorRow.id == Revision.actor_id)
            .join(Space, Space.id == Page.space_id)
            .outerjoin(ParsedText, _PARSED)
            .where(*VISIBLE)
        )

    def candidates(
        self, connection: Connection, wiki_id: int, actor: Actor, ids: Sequence[int], position: int
    ) -> list[Candidate]:
        """Those of the pages that the actor may find, in the order of `ids`."""
        if not ids:
            return []
        key = {"wiki_id": wiki_id, "ids": list(ids), "position": position, **bound(actor)}
        rows = {row.id: row for row in connection.execute(self._candidates, key)}
        return [
            Candidate(row.id, row.path, row.title, row.updated_at, row.links, bool(row.reviewed))
            for page_id in ids
            if (row := rows.get(page_id)) is not None
        ]

    def texts(
        self, connection: Connection, wiki_id: int, actor: Actor, ids: Sequence[int], position: int
    ) -> list[str]:
        """All there is to read of those of the pages that the actor may find, in the order of `ids`."""
        if not ids:
            return []
        key = {"wiki_id": wiki_id, "ids": list(ids), "position": position, **bound(actor)}
        key["version"] = self._dialect().version
        rows = {row.id: row for row in connection.execute(_TEXTS, key)}
        plain = self._plain(connection, rows.values())
        return [_text(row, plain) for page_id in ids if (row := rows.get(page_id)) is not None]

    def shown(
        self, connection: Connection, wiki_id: int, actor: Actor, ids: Sequence[int], query: Query
    ) -> tuple[Result, ...]:
        """What is shown of those of the pages that the actor may read, in the order of `ids`."""
        if not ids:
            return ()
        key = {"wiki_id": wiki_id, "ids": list(ids), "version": self._dialect().version, **bound(actor)}
        rows = {row.id: row for row in connection.execute(self._shown, key)}
        plain = self._plain(connection, rows.values())
        return tuple(
            _result(row, query, self._languages, plain) for page_id in ids if (row := rows.get(page_id)) is not None
        )

    def _plain(self, connection: Connection, rows: Iterable[Any]) -> dict[bytes, str]:
        """The words of each text; what nobody has read since a plugin came or went is read now."""
        dialect = self._dialect()
        found = {row.text_digest: plain_of(row.plain) for row in rows if row.plain is not None}
        if dialect is PLAIN:
            return found
        missing = {row.text_digest for row in rows} - found.keys()
        read = get_parsed(connection, missing, keep=False, dialect=dialect) if missing else {}
        return found | {digest: parsed.plain for digest, parsed in read.items()}


def most_recent(
    connection: Connection, wiki_id: int, actor: Actor, ids: Sequence[int], position: int, limit: int, offset: int
) -> list[int]:
    """Those of the pages that the actor may find, the last changed first."""
    if not ids:
        return []
    key = {"wiki_id": wiki_id, "ids": list(ids), "position": position, "limit": limit, "offset": offset}
    return list(connection.execute(_RECENT, {**key, **bound(actor)}).scalars())


def _result(row: Any, query: Query, languages: tuple[str, ...], plains: Mapping[bytes, str]) -> Result:
    plain = plains.get(row.text_digest, "")
    language = language_of(plain, languages)
    return Result(
        id=row.id,
        path=row.path,
        title=row.title,
        title_fragments=mark(row.title, query.terms, language),
        snippet=snippet(plain, query.terms, language=language) if row.text_digest in plains else (),
        updated_at=row.at,
        author=row.author,
        tags=tuple(row.tags),
        space=row.space,
        space_title=row.space_title,
        reviewed=bool(row.reviewed),
    )


def _text(row: Any, plains: Mapping[bytes, str]) -> str:
    return "\n".join((row.title, row.path, *row.tags, plains.get(row.text_digest, "")))
