"""Search as the wiki offers it: an engine says what matches, the database decides what anybody may see of it.

The index is never trusted for more than numbers of pages in order. Filters by people, time and state come from the
database before it is asked; rights, totals, facets, titles and snippets come from there afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection

from ..actors import Actor
from ..clock import Clock, utc_now
from ..database import Database
from ..errors import KBWikiError
from ..markup import PLAIN, Dialect
from ..wording import kb_t
from .additions import NOTHING_ADDED, Additions
from .correcting import Correction, correct, pages_with
from .database import find_by_title
from .engines.protocol import Engine, Hits, IndexUnusable, Scope
from .facets import Cut, count, dividing
from .filters import Filters
from .notes import CORRECTED, LATE, NO_INDEX, SOME
from .query import Query, parse_query
from .reach import has_news_since, reach_of
from .results import Candidate, Found, Reader, most_recent
from .suggesting import Suggestion, suggest
from .suggestion_rows import take_in_a_little
from .sync import Sync
from .synonyms.expansion import with_synonyms
from .synonyms.queries import read_synonyms
from .tree import All, Either, Node, Not, Pages, Tagged, Within
from .weighing import MOST_WEIGHED, PageFacts, in_a_row, reorder, title_shares
from .weights import WEIGHTS
from .words.folding import fold, fold_path

log = logging.getLogger("kbwiki.search")


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of one actor, and which part of the answer is wanted."""

    actor: Actor
    text: str
    query: Query
    limit: int
    offset: int
    order: Order
    facets: bool


class Search:
    """Full-text search of one wiki. `engine` keeps the index; None means searching titles only.

    `prepare`: see `Sync`. `reviewed` is SQL that says of `Page` whether people have looked at all of it. `patience` is
    how many seconds a search waits for the index to take in what is new; after `stale_days` without a change a page is
    stale. `languages` are those of the pages, the usual one first; `weights`: see `weights.merged`; `dialect` and
    `additions` are what plugins add to them.
    """

    def __init__(
        self,
        database: Database,
        wiki_id: Callable[[], int],
        prepare: Callable[[], int],
        engine: Engine | None,
        *,
        reviewed: ColumnElement[bool],
        patience: float,
        stale_days: int,
        clock: Clock = utc_now,
        languages: tuple[str, ...] = ("en",),
        weights: Mapping[str, float] = WEIGHTS,
        dialect: Callable[[], Dialect] = lambda: PLAIN,
        additions: Additions = NOTHING_ADDED,
    ) -> None:
        self._database = database
        self._wiki_id = wiki_id
        self._reviewed = reviewed
        self._stale_days = stale_days
        self._clock = clock
        self._languages = languages
        self._weights, self._dialect = weights, dialect
        self._reader = Reader(reviewed, languages, dialect)
        self._dividing, self.additions = dividing(reviewed), additions
        self._prepare, self._patience = prepare, patience
        self.sync = self.beside(engine) if engine is not None else None

    def __call__(
        self,
        actor: Actor,
        text: str,
        *,
        limit: int = 20,
        offset: int = 0,
        order: str = "relevance",
        facets: bool = False,
    ) -> Found:
        """The pages that match `text` and that `actor` may read, best first. Never raises for what was typed.

        `order` "changed" puts the last changed first; `facets` counts how all that was found divides. What this
        process saved before is found, unless the index has much to catch up with; then, or when it is missing or
        broken, the notes say so, and what can be found is found. Errors: ValueError for another order.
        """
        by = Order(order)
        limit, offset = max(limit, 0), max(offset, 0)
        late = self.sync is not None and self.sync.catch_up_for_a_moment()
        reached = self._reached()
        asked = _Asked(actor, text, self._parsed(actor, text, None if late else reached), limit, offset, by, facets)
        if asked.query.root is None:
            return Found((), 0, _said(asked.query))
        if self.sync is None:
            return self._by_title(asked)
        if reached is None:
            return self._by_title(asked, kb_t(NO_INDEX))
        try:
            return self._by_index(self.sync.engine, asked, asked.query.root, reached, late)
        except IndexUnusable:
            return self._by_title(asked, kb_t(NO_INDEX))

    find = __call__

    def suggest(self, actor: Actor, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """What `actor` may mean who has typed `text` so far: titles, headings and tags, best first.

        What was saved last is among them, unless the database is busy or there is much to take in. Never raises for
        what was typed.
        """
        try:
            take_in_a_little(self._database, self._wiki_id(), self._dialect())
        except KBWikiError:
            log.info("Suggestions go on without the newest: the database was busy.")
        with self._database.read() as connection:
            return suggest(connection, self._wiki_id(), actor, text, limit)

    def lag(self) -> int | None:
        """How many journal entries the index has not taken in yet; None when there is no usable index."""
        return self.sync.lag() if self.sync is not None else None

    def catch_up(self, *, wait: bool = True, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the index up to date; see `Sync.catch_up`. Nothing to do without an index."""
        return self.sync.catch_up(wait=wait, progress=progress) if self.sync is not None else 0

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build the index anew; see `Sync.rebuild`. Nothing to do without an index."""
        if self.sync is not None:
            self.sync.rebuild(progress)

    def beside(self, engine: Engine) -> Sync:
        """An index of the same pages kept with another engine, for moving to it while the present one answers."""
        more = (self._patience, self._languages, self._dialect, self.additions)
        return Sync(self._database, self._wiki_id, self._prepare, engine, *more)

    def close(self) -> None:
        """Wait for work that is under way, and let go of the index."""
        if self.sync is not None:
            self.sync.close()

    def _reached(self) -> int | None:
        """How far the index has read in the journal; None when there is no usable one."""
        try:
            return self.sync.engine.position() if self.sync is not None else None
        except IndexUnusable:
            return None

    def _parsed(self, actor: Actor, text: str, position: int | None) -> Query:
        """What was typed as it is to be searched. `position`: where the journal stands, when that is known."""
        operators, operated = self.additions.operated(text, actor, self._languages)
        with self._database.read() as connection:
            now, stale = self._clock(), self._stale_days
            filters = Filters(
                connection, self._wiki_id(), actor, now, reviewed=self._reviewed, stale_days=stale, operated=operated
            )
            query = parse_query(text, self._languages, filters, operators)
            return with_synonyms(query, read_synonyms(connection, self._wiki_id(), position), self._languages)

    def _by_index(self, engine: Engine, asked: _Asked, root: All, reached: int, late: bool) -> Found:
        wiki_id, actor = self._wiki_id(), asked.actor
        with self._database.read() as connection:
            reach = reach_of(connection, wiki_id, actor, reached)
            scope = reach.scope
            hits = engine.search(root, scope, limit=max(MOST_WEIGHED, asked.offset + asked.limit))
            meant = None
            if not hits.complete:
                meant = self._meant(connection, engine, asked, scope, reached)
            if meant is not None and meant.unknown:
                asked = replace(asked, text=meant.text, query=meant.query)
                hits = engine.search(_rooted(meant), scope, limit=max(MOST_WEIGHED, asked.offset + asked.limit))
            in_a_row = self._in_a_row(engine, asked, scope, hits)
        cut = Cut(self._dividing, self._clock()) if asked.facets else None
        # A connection of its own, later than the search: what was hidden before we answer is left out.
        with self._database.read() as connection:
            ids, exact = self._chosen(connection, asked, hits, in_a_row, reached)
            counted = count(connection, wiki_id, actor, list(hits.matching), reached, cut=cut)
            results = self._reader.shown(connection, wiki_id, actor, ids, asked.query)
            late = late and has_news_since(connection, wiki_id, actor, reached)
        some = [kb_t(SOME)] if counted.total and not hits.complete else []
        return Found(
            results,
            counted.total,
            _said(asked.query, *_corrected(meant), *some, *([kb_t(LATE)] if late else [])),
            counted.facets,
            counted.is_partial,
            next((one for one in results if one.id == exact), None),
            meant if meant is not None and meant.unknown else None,
            meant if meant is not None and not meant.unknown else None,
            reach.spaces,
        )

    def _meant(
        self, connection: Connection, engine: Engine, asked: _Asked, scope: Scope, reached: int
    ) -> Correction | None:
        """What was probably meant, in words that stand on pages that the actor may read at this moment."""
        meant = correct(asked.text, asked.query, engine, scope, self._languages)
        if meant is None:
            return None
        found = pages_with(meant.replacements, engine, scope)
        texts = self._reader.texts(connection, self._wiki_id(), asked.actor, found, reached)
        return meant.worded(texts, self._languages)

    def _in_a_row(self, engine: Engine, asked: _Asked, scope: Scope, hits: Hits) -> Collection[int]:
        """The pages that have the words of the question next to each other, as typed."""
        if len(hits.ids) < 2 or asked.order is not Order.RELEVANCE or not self._weights["in-a-row"]:
            return ()
        root = in_a_row(asked.text, asked.query, self._languages)
        if root is None:
            return ()
        among = All((Pages(frozenset(hits.ids[:MOST_WEIGHED])), *root.nodes))
        return frozenset(engine.search(among, scope, limit=1).matching)

    def _chosen(
        self, connection: Connection, asked: _Asked, hits: Hits, in_a_row: Collection[int], reached: int
    ) -> tuple[Sequence[int], int | None]:
        """The pages to show, in order, and the one that is just what was asked for."""
        wiki_id, actor = self._wiki_id(), asked.actor
        if asked.order is Order.CHANGED or not _has_words(asked.query.root):
            matching = list(hits.matching)
            return most_recent(connection, wiki_id, actor, matching, reached, asked.limit, asked.offset), None
        candidates = self._reader.candidates(connection, wiki_id, actor, hits.ids, reached)
        shares = title_shares({one.id: one.title for one in candidates}, asked.text, self._languages)
        facts = {
            one.id: PageFacts(one.updated_at, one.links, one.reviewed, shares[one.id], one.id in in_a_row)
            for one in candidates
        }
        ordered = reorder(
            hits.ids, hits.scores, facts, self._weights, self._clock(), complete=hits.complete, most=MOST_WEIGHED
        )
        return ordered[asked.offset : asked.offset + asked.limit], _exact(candidates, asked.text)

    def _by_title(self, asked: _Asked, *notes: str) -> Found:
        with self._database.read() as connection:
            wiki_id = self._wiki_id()
            ids, total = find_by_title(connection, wiki_id, asked.actor, asked.text, asked.limit, asked.offset)
            results = self._reader.shown(connection, wiki_id, asked.actor, ids, asked.query)
        return Found(results, total, tuple(notes))


def _said(query: Query, *others: str) -> tuple[str, ...]:
    return (*(str(note) for note in query.notes), *others)


def _corrected(meant: Correction | None) -> list[str]:
    if meant is None or not meant.unknown:
        return []
    return [kb_t(CORRECTED, wrong=wrong, right=right) for wrong, right in meant.pairs]


def _rooted(meant: Correction) -> All:
    assert meant.query.root is not None  # what was corrected is in it
    return meant.query.root


def _has_words(node: Node | None) -> bool:
    """Whether the question has something that pages can match better or worse."""
    match node:
        case None | Pages() | Tagged() | Within() | Not():
            return False
        case All(nodes) | Either(nodes):
            return any(map(_has_words, nodes))
        case _:
            return True


def _exact(candidates: Iterable[Candidate], text: str) -> int | None:
    """The first page whose title, or path, is what was asked for."""
    wanted, path = fold(text).strip(), fold_path(text)
    return next((one.id for one in candidates if fold(one.title) == wanted or fold_path(one.path) == path), None)
