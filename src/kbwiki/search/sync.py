"""Search as the wiki offers it: the index follows the journal, and the database decides what anybody may see.

The index is never trusted for more than ids in order: titles, snippets and rights come from the database. It is brought
up to date in a thread of its own when somebody searches, or by `flask kbwiki work`; a save never waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from ..actors import Actor
from ..database import Database
from ..db import in_list
from ..errors import KBWikiError
from ..journal.models import ActorRow
from ..journal.tail import entries_after, last_position
from ..markup import RENDERER_VERSION
from ..pages.models import Page, ParsedText, Revision
from ..pages.parsed import plain_of
from ..pages.queries.masks import AUTHOR
from ..spaces.queries import bound, readable, readable_spaces
from .database import find_by_title
from .engines.protocol import Engine, IndexUnusable, Scope
from .feed import all_pages, documents_of, hidden_since, pages_named
from .query import Query, parse_query
from .snippets import Fragment, mark, snippet
from .suggesting import Suggestion, suggest
from .suggestion_rows import take_in_a_little

log = logging.getLogger("kbwiki.search")

Fragments = Sequence[Fragment]

_BATCH = 500
_ROWS = (
    select(
        Page.id,
        Page.path,
        Page.title,
        Revision.at,
        Revision.tags,
        AUTHOR,
        ParsedText.plain,
    )
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .outerjoin(
        ParsedText, (ParsedText.digest == Page.text_digest) & (ParsedText.version == RENDERER_VERSION)
    )
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        in_list(Page.id, "ids"),
        ~Page.deleted,
        readable(Page.space_id),
    )
)


@dataclass(frozen=True, slots=True)
class Result:
    """One page found; fragments say which pieces of title and text were asked for."""

    id: int
    path: str
    title: str
    title_fragments: Fragments
    snippet: Fragments
    updated_at: datetime
    author: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Results best first, how many there are in all, and a quiet note when something about them is not as usual."""

    results: tuple[Result, ...]
    total: int
    note: str | None = None


class Search:
    """Full-text search of one wiki. `engine` keeps the index; None means searching titles only."""

    def __init__(
        self,
        database: Database,
        wiki_id: Callable[[], int],
        prepare: Callable[[], object],
        engine: Engine | None,
        patience: float,
    ) -> None:
        self._database = database
        self._wiki_id = wiki_id
        self._prepare = prepare
        self._patience = patience
        self._index = engine
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def find(self, actor: Actor, text: str, *, limit: int = 20, offset: int = 0) -> Found:
        """The pages that match `text` and that `actor` may read, best first. Never raises for what was typed.

        What this process saved before is found, unless the index has much to catch up with; then, or when it is
        missing or broken, the note says so, and what can be found is found.
        """
        query = parse_query(text)
        if query.root is None:
            return Found((), 0, _said(query.notes))
        if self._index is None:
            return self._by_title(actor, text, query, limit, offset, None)
        late = self._catch_up_for_a_moment()
        try:
            with self._database.read() as connection:
                spaces = frozenset(row[0] for row in readable_spaces(connection, self._wiki_id(), actor))
                reached = self._index.position()
                hits = self._index.search(query.root, Scope(spaces), limit=limit, offset=offset)
            # A connection of its own, later than the search: what was hidden before we answer is left out.
            with self._database.read() as connection:
                betraying = hidden_since(connection, hits.ids, reached) if hits.ids else set()
                known = [page_id for page_id in hits.ids if page_id not in betraying]
                results = self._results(connection, actor, query, known)
        except IndexUnusable:
            note = "The search index is being built, so only titles were searched for now."
            return self._by_title(actor, text, query, limit, offset, note)
        notes = [str(note) for note in query.notes]
        if late:
            notes.append("The newest changes are still being taken in and may be missing here.")
        unseen = len(hits.ids) - len(results)
        return Found(results, hits.total - unseen, _said(notes))

    def suggest(self, actor: Actor, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """What `actor` may mean who has typed `text` so far: titles, headings and tags, best first.

        What was saved last is among them, unless the database is busy or there is much to take in. Never raises for
        what was typed.
        """
        try:
            take_in_a_little(self._database, self._wiki_id())
        except KBWikiError:
            log.info("Suggestions go on without the newest: the database was busy.")
        with self._database.read() as connection:
            return suggest(connection, self._wiki_id(), actor, text, limit)

    def _by_title(
        self, actor: Actor, text: str, query: Query, limit: int, offset: int, note: str | None
    ) -> Found:
        with self._database.read() as connection:
            ids, total = find_by_title(connection, self._wiki_id(), actor, text, limit, offset)
            results = self._results(connection, actor, query, ids)
        return Found(results, total, note)

    def _results(
        self, connection: Connection, actor: Actor, query: Query, ids: Sequence[int]
    ) -> tuple[Result, ...]:
        if not ids:
            return ()
        rows = connection.execute(_ROWS, {"wiki_id": self._wiki_id(), "ids": list(ids), **bound(actor)})
        by_id = {row.id: row for row in rows}
        return tuple(
            Result(
                id=row.id,
                path=row.path,
                title=row.title,
                title_fragments=mark(row.title, query.terms),
                snippet=snippet(plain_of(row.plain), query.terms) if row.plain is not None else (),
                updated_at=row.at,
                author=row.author,
                tags=tuple(row.tags),
            )
            for page_id in ids
            if (row := by_id.get(page_id)) is not None
        )

    def lag(self) -> int | None:
        """How many journal entries the index has not taken in yet; None when there is no usable index."""
        if self._index is None:
            return None
        try:
            reached = self._index.position()
        except IndexUnusable:
            return None
        with self._database.read() as connection:
            return last_position(connection, self._wiki_id()) - reached

    def _catch_up_for_a_moment(self) -> bool:
        """Let the index take in what is new, for as long as patience lasts; whether something is left to do."""
        self._prepare_quietly()
        if self.lag() == 0:
            return False
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._catch_up_quietly, name="kbwiki-search", daemon=True)
                self._thread.start()
            thread = self._thread
        deadline = time.monotonic() + self._patience
        thread.join(self._patience)
        # Another process may be doing the work that this one found being done.
        while (left := self.lag()) != 0 and time.monotonic() < deadline:
            if left is None and not thread.is_alive() and not self._is_being_built():
                break
            time.sleep(0.02)
        return left != 0

    def _is_being_built(self) -> bool:
        """Whether somebody is at work on an index that cannot be read yet."""
        assert self._index is not None
        try:
            with self._index.writer_lock(blocking=False) as held:
                return not held
        except OSError:
            return False

    def _prepare_quietly(self) -> None:
        try:
            self._prepare()
        except KBWikiError:
            log.info("Entries could not be sealed just now; search goes on without the newest.")

    def _catch_up_quietly(self) -> None:
        try:
            self.catch_up(wait=False)
        except Exception:
            log.exception("The search index could not be brought up to date; the next search tries again.")

    def catch_up(self, *, wait: bool = True, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the index up to date, building it anew when it is missing or broken; how many entries it took in.

        One process at a time does this; without `wait` the others leave it to that one. `progress` is told how many
        pages or entries are done, and of how many.
        """
        if self._index is None:
            return 0
        with self._index.writer_lock(blocking=wait) as held:
            if not held:
                return 0
            if not self._index.is_usable() or self._is_far_behind(self._index):
                self._rebuild(self._index, progress)
            return self._follow(self._index, progress)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build the index anew beside the present one, which is searched meanwhile, and put it in its place."""
        if self._index is None:
            return
        with self._index.writer_lock():
            self._rebuild(self._index, progress)
            self._follow(self._index, progress)

    def _is_far_behind(self, index: Engine) -> bool:
        """Whether reading every page once is less work than following the journal, as after an import."""
        return (self.lag() or 0) > max(index.page_count(), _BATCH)

    def _rebuild(self, index: Engine, progress: Callable[[int, int], None] | None) -> None:
        with self._database.read() as connection:
            position = last_position(connection, self._wiki_id())
            ids = all_pages(connection, self._wiki_id())
        with index.rebuild(position) as building:
            for start in range(0, len(ids), _BATCH):
                with self._database.read() as connection:
                    building.add(documents_of(connection, ids[start : start + _BATCH])[0])
                if progress is not None:
                    progress(min(start + _BATCH, len(ids)), len(ids))

    def _follow(self, index: Engine, progress: Callable[[int, int], None] | None) -> int:
        taken = 0
        while True:
            reached = index.position()
            with self._database.read() as connection:
                entries = entries_after(connection, self._wiki_id(), reached, _BATCH)
                if not entries:
                    return taken
                changed = pages_named(connection, self._wiki_id(), entries)
                documents, gone = documents_of(connection, changed)
            index.update(documents, gone, position=entries[-1].position)
            taken += len(entries)
            if progress is not None:
                progress(taken, taken + (self.lag() or 0))

    def close(self) -> None:
        """Wait for work that is under way."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.join()
        if self._index is not None:
            self._index.close()


def _said(notes: Iterable[object]) -> str | None:
    return " ".join(str(note) for note in notes) or None
