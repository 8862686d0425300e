"""Keeps the index up to date with the journal, and repairs it: in batches, one writer at a time, beside the rest.

It is brought up to date in a thread of its own when somebody searches, or by `flask kbwiki work`; a save never waits
for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from ..database import Database
from ..errors import KBWikiError
from ..journal.tail import entries_after, last_position
from ..markup import PLAIN, Dialect
from .additions import NOTHING_ADDED, Additions
from .documents import Document
from .engines.protocol import Engine, IndexUnusable
from .feed import all_pages, documents_of, pages_named, written_texts

log = logging.getLogger("kbwiki.search")

_BATCH = 500
_NOT_STUCK = -1
"""No position of any index; None is that of an index which cannot be read."""


class Sync:
    """The index of one wiki and the journal it follows. `patience` is how many seconds a search waits for it.

    `prepare` does what must have happened before the index reads the journal, and gives back how far it can read.
    `dialect` says what texts are read in; `additions` are the words that plugins add to pages.
    """

    def __init__(
        self,
        database: Database,
        wiki_id: Callable[[], int],
        prepare: Callable[[], int],
        engine: Engine,
        patience: float,
        languages: tuple[str, ...] = ("en",),
        dialect: Callable[[], Dialect] = lambda: PLAIN,
        additions: Additions = NOTHING_ADDED,
    ) -> None:
        self._database = database
        self._wiki_id = wiki_id
        self._prepare = prepare
        self.patience = patience
        self.engine = engine
        self._languages = languages
        self._dialect = dialect
        self._additions = additions
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stuck_at: int | None = _NOT_STUCK
        self._has_failed = False

    def lag(self) -> int | None:
        """How many journal entries the index has not taken in yet; None when there is no usable index."""
        if (reached := self._reached()) is None:
            return None
        with self._database.read() as connection:
            return last_position(connection, self._wiki_id()) - reached

    def _reached(self) -> int | None:
        try:
            return self.engine.position()
        except IndexUnusable:
            return None

    def catch_up_for_a_moment(self) -> bool:
        """Let the index take in what is new, for as long as patience lasts; whether something is left to do."""
        if self._is_up_to_date():
            return False
        thread, patience = self._set_to_work()
        deadline = time.monotonic() + patience
        thread.join(patience)
        # Another process may be doing the work that this one found being done, or have ended it without the newest.
        while (left := self.lag()) != 0 and time.monotonic() < deadline:
            if not thread.is_alive() and not self._is_being_built():
                if self._has_failed:
                    break
                thread, _ = self._set_to_work()
            time.sleep(0.02)
        self._stuck_at = self._reached() if left != 0 else _NOT_STUCK
        return left != 0

    def _set_to_work(self) -> tuple[threading.Thread, float]:
        """The thread that brings the index up to date, and for how many seconds to wait for it.

        Once a search has waited its whole patience for a long work, such as a rebuild, the next ones answer at once
        until there is progress: many of them, each with its patience, would take up the whole host.
        """
        with self._starting:
            is_stuck = self._stuck_at != _NOT_STUCK and self._stuck_at == self._reached()
            if self._thread is None or not self._thread.is_alive():
                is_stuck = is_stuck and self._is_being_built()
                self._thread = threading.Thread(target=self._catch_up_quietly, name="kbwiki-search", daemon=True)
                self._thread.start()
            return self._thread, 0.0 if is_stuck else self.patience

    def _is_being_built(self) -> bool:
        """Whether somebody is at work on an index that cannot be read yet."""
        try:
            with self.engine.writer_lock(blocking=False) as held:
                return not held
        except OSError:
            return False

    def _is_up_to_date(self) -> bool:
        try:
            return self._prepare() == self.engine.position()
        except KBWikiError:
            log.info("Entries could not be sealed just now; search goes on without the newest.")
            return self.lag() == 0
        except IndexUnusable:
            return False

    def _catch_up_quietly(self) -> None:
        try:
            self._has_failed = False
            self.catch_up(wait=False)
        except Exception:
            self._has_failed = True
            log.exception("The search index could not be brought up to date; the next search tries again.")

    def catch_up(self, *, wait: bool = True, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the index up to date, building it anew when it is missing or broken; how many entries it took in.

        One process at a time does this; without `wait` the others leave it to that one. `progress` is told how many
        pages or entries are done, and of how many.
        """
        with self.engine.writer_lock(blocking=wait) as held:
            if not held:
                return 0
            if not self.engine.is_usable() or self._is_far_behind(reached := self.engine.position()):
                reached = self._rebuild(progress)
            return self._follow(reached, progress)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build the index anew beside the present one, which is searched meanwhile, and put it in its place."""
        with self.engine.writer_lock():
            self._follow(self._rebuild(progress), progress)

    def _is_far_behind(self, reached: int) -> bool:
        """Whether reading every page once is less work than following the journal, as after an import."""
        with self._database.read() as connection:
            left = last_position(connection, self._wiki_id()) - reached
        return left > _BATCH and left > self.engine.page_count()

    def _rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        """Builds the index from all pages; the position it speaks of then."""
        with self._database.read() as connection:
            position = last_position(connection, self._wiki_id())
            ids = all_pages(connection, self._wiki_id())
        with self.engine.rebuild(position) as building:
            for start in range(0, len(ids), _BATCH):
                building.add(self._documents(ids[start : start + _BATCH])[0])
                if progress is not None:
                    progress(min(start + _BATCH, len(ids)), len(ids))
        return position

    def _documents(self, ids: Sequence[int]) -> tuple[list[Document], list[int]]:
        """The pages as the index takes them, and those of the ids that are not to be found any more.

        Plugins are asked when all is read and the connection given back: whatever takes them long takes it from nobody.
        """
        adds = self._additions.adds_words
        with self._database.read() as connection:
            documents, gone = documents_of(connection, ids, self._languages, self._dialect())
            texts = written_texts(connection, ids) if adds else {}
        return [self._additions.with_words(one, texts[one.id]) if one.id in texts else one for one in documents], gone

    def _follow(self, reached: int, progress: Callable[[int, int], None] | None) -> int:
        """Takes in the journal from there on. While we hold the writers' lock nobody else moves the index on."""
        taken = 0
        while True:
            with self._database.read() as connection:
                entries = entries_after(connection, self._wiki_id(), reached, _BATCH)
                if not entries:
                    return taken
                changed = pages_named(connection, self._wiki_id(), entries)
            documents, gone = self._documents(changed)
            reached = entries[-1].position
            self.engine.update(documents, gone, position=reached)
            taken += len(entries)
            if progress is not None:
                progress(taken, taken + (self.lag() or 0))

    def close(self) -> None:
        """Wait for work that is under way."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.join()
        self.engine.close()
