"""Wiki: builds and owns the parts. No Flask here: scripts, jobs and tests use it as it is."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from .actors import SYSTEM, Actor
from .clock import Clock, utc_now
from .database import Database, Source
from .db import Change, Transaction, insert_or_ignore
from .errors import Invalid, SchemaBehind
from .following import Following
from .hooks.loading import Wanted
from .joining import AfterCommit, Joinable, connection_of, joined
from .journal.append import count_unsealed, seal
from .journal.chain import Head
from .journal.models import WikiRow
from .journal.verify import Verification, verify
from .markup import Dialect
from .moderation.age_runs import Aged, age
from .moderation.assessment.follow import Assessment
from .moderation.assessment.plugins import RiskFunction
from .moderation.risk import merged
from .moderation.rules.calendar import working_time
from .moderation.subjects import ChangeKind
from .pages.dialects import Dialects
from .pages.paths import normalise_path
from .pages.refile import refile_pages
from .pages.rendering import RenderCache
from .parts import FileRoom, file_room, search_of, search_place, subjects
from .road import Road, find_wiki
from .search.additions import Additions
from .search.engines import require_engine
from .search.finding import Search
from .search.log.recording import SearchLog
from .settings import Settings
from .site import plugins_of, upgrade_all
from .spaces.actions import create_root, set_space
from .spaces.policy import SpaceSettings
from .spaces.queries import find_space
from .subscribing.channels import deliver_messages
from .subscribing.subscriptions import Subscriptions
from .vocabulary.voice import Voice
from .wording import kb_t


class Wiki:
    """One wiki in one database.

    `url` is a SQLAlchemy database address; `name` tells several wikis in one database apart; `index` is the folder of
    the search index (None: search answers from the database), `files` the one of files (None: none can be added);
    `plugins` are its plugins, by name or class, before those that the settings name; what is wrong with one stands in
    `plugins.refused`. Opening costs nothing: the database is asked when something is read or written. The first use of
    an embedded SQLite file makes its tables (`upgrade`).
    """

    def __init__(
        self,
        url: Source | Database,
        *,
        name: str = "main",
        settings: Settings | None = None,
        clock: Clock = utc_now,
        index: Path | None = None,
        files: Path | None = None,
        sender: Any = None,
        plugins: Iterable[Wanted] = (),
    ) -> None:
        self.settings = settings or Settings()
        working_time(self.settings)  # what is wrong with the calendar is said at the start, not when somebody saves
        self.name = name
        self.clock = clock
        self.voice = Voice(self.settings, self.read, lambda: self.id)
        lock_timeout = self.settings.lock_timeout_seconds
        self.database = url if isinstance(url, Database) else Database(url, lock_timeout=lock_timeout)
        self.chance: Callable[[], float] = random.random
        self.subjects = subjects()
        weights = merged(self.settings.risk_weights)
        self.risk = Assessment(
            self.database, lambda: self.id, self.seal, self.subjects, weights, lambda: self.plugins
        )
        self.render_cache = RenderCache(self.settings.render_cache_bytes)
        self._files_folder = files
        self._additions = Additions(lambda: self.plugins)
        self.search_place = search_place(index, self.database, lambda: self.id, self.settings, self._additions)
        self._search: Search | None = None
        self._opening = threading.Lock()
        self._following = Following(self)
        if self.database.is_known:
            self._search = self._search_now()
        else:
            require_engine(self.settings.search_engine)
        self.search_log = SearchLog(self.database, lambda: self.id, self.clock, self.settings.search_log_days)
        self.sender = sender
        self.url_prefix = ""
        self._wiki_id: int | None = None
        self._given_plugins = tuple(plugins)
        self.plugins = plugins_of(self, (*self._given_plugins, *self.settings.plugins))
        self._dialects = Dialects(self.plugins, self.settings.hook_seconds, self.settings.render_cache_bytes // 8)
        self.subscriptions = Subscriptions(self)
        self._road = Road(self)

    @property
    def files(self) -> FileRoom:
        """Where bytes become files' contents. Errors: Invalid when no folder was named for them."""
        return file_room(self._files_folder, self.name, self.settings, self.plugins)

    @property
    def has_files(self) -> bool:
        """Whether a folder was named for files."""
        return self._files_folder is not None

    @property
    def search(self) -> Search:
        """Full-text search. Errors: Invalid for an engine that cannot work in this database."""
        if self._search is None:
            with self._opening:
                if self._search is None:
                    self._search = self._search_now()
        return self._search

    @property
    def dialect(self) -> Dialect:
        """What texts are read and shown in: kbwiki's own markup, and what plugins add to it just now."""
        return self._dialects.now()

    def _search_now(self) -> Search:
        prepare = self._following.prepare_search
        return search_of(self.search_place, prepare, self.settings, self.clock, lambda: self.dialect, self._additions)

    @property
    def id(self) -> int:
        """The row of this wiki. Errors: SchemaBehind when the tables are not there yet."""
        if self._wiki_id is None:
            with self.database.read() as connection:
                self._wiki_id = find_wiki(connection, self.name)
        if self._wiki_id is None:
            raise SchemaBehind(kb_t("This [wiki] has not been set up yet. Run: flask kbwiki db upgrade"))
        return self._wiki_id

    def upgrade(self) -> None:
        """Create or bring up to date the tables, and this wiki in them. Safe to call from many processes at once."""
        self.database.make_folder()
        upgrade_all(self)
        self.set_up()

    def is_there(self) -> bool:
        """Whether it has been set up. Errors: SchemaBehind when the tables are not there."""
        with self.read() as connection:
            return find_wiki(connection, self.name) is not None

    def set_up(self) -> None:
        """Create this wiki, if need be, in tables that are there. Errors: SchemaBehind when they are not."""
        if self.is_there():
            return  # without the lock, which the caller's host may hold
        with self.database.write() as connection:
            now = self.clock()
            made = insert_or_ignore(connection, WikiRow, WikiRow.id)
            wiki_id = connection.execute(made, {"name": self.name, "created_at": now}).scalar()
            if wiki_id is not None:
                create_root(connection, wiki_id, self.settings, now)

    @contextmanager
    def read(self, *, session: Joinable | None = None) -> Iterator[Connection]:
        """A connection for queries; takes no lock that a writer would wait for.

        With `session` it is the host's, which sees what the host's transaction has done so far; nothing is flushed.
        """
        with self.database.read() if session is None else nullcontext(connection_of(session)) as connection:
            yield connection

    @contextmanager
    def begin(self, actor: Actor, *, at: Any = None, session: Joinable | None = None) -> Iterator[Transaction]:
        """One transaction by one actor at one moment (`at`; the clock's when None).

        Actions called in the block write through the transaction. On leaving it, every recorded change is routed
        to its reviews and journalled, and all is committed together, or, when anything raises, nothing is.
        Afterwards signals are sent. Errors: those of the actions; Busy when the database was locked for too long.

        With `session` the block is a part of the host's transaction: it holds when the host commits, and signals are
        sent then. When it raises, it alone is undone. Errors: Invalid for a session of another database, too.
        """
        self._dialects.now()  # before anything is locked, for plugins may have to be asked
        if session is None:
            with self.database.write() as connection, self._road.travel(connection, actor, at) as (tx, arrival):
                yield tx
            arrival()
            return
        with joined(session) as block:
            with self._road.travel(block.connection, actor, at, joined=True) as (tx, arrival):
                block.remember = tx.remember
                yield tx
                block.require_open()
            block.afterwards.append(AfterCommit(arrival, arrival.is_committed))

    def seal(self) -> int:
        """Give committed entries their place in the chain, if some have none yet; how many they were."""
        with self.read() as connection:
            if count_unsealed(connection, self.id) == 0:
                return 0
        with self.database.write() as connection:
            return seal(connection, self.id)

    def verify(self, exported: Head | None = None, progress: Callable[[int, int], None] | None = None) -> Verification:
        """Check the whole journal, against an exported head too if one is given."""
        self.seal()
        with self.read() as connection:
            return verify(connection, self.id, exported=exported, progress=progress)

    def catch_up_links(self, *, wait: bool = True) -> int:
        """Let links and backlinks take in everything that is in the journal; how many entries were read.

        Without `wait` this leaves off when somebody else is writing.
        """
        return self._following.links(wait=wait)

    def read_links_again(self) -> int:
        """Read the links of every page anew, as after a plugin came or went that reads texts otherwise; how many."""
        return self._following.links_again()

    def catch_up_suggestions(self) -> int:
        """Let suggestions take in everything that is in the journal; how many entries were read."""
        return self._following.suggestions()

    def catch_up_risk(self, *, for_a_moment: bool = False) -> int:
        """Assess the live reviews that the journal says something new about; how many entries were read."""
        return self.risk.catch_up(self.settings.risk_catch_up_seconds if for_a_moment else None)

    def register_risk_reason(self, name: str, words: str, function: RiskFunction) -> None:
        """Let `function` add to the risk of what is assessed from now on; see `moderation.assessment.plugins`."""
        self.risk.reasons.add(name, words, function)

    def deliver_messages(self) -> int:
        """Gather what authors have to be told by now into messages, and send `message_due` for each; how many.

        Safe to call from any number of processes: each message is begun, and each signal sent, once.
        """
        return deliver_messages(self)

    def catch_up_consumers(self, *, seconds: float | None = None) -> int:
        """Hand the journal's facts to the plugins that have subscribed; how many positions they went on altogether.

        With `seconds` nothing new is begun after so long. Safe to call from many processes. Errors: Busy.
        """
        return self.subscriptions.catch_up(seconds)

    def age_reviews(self) -> Aged:
        """Escalate reviews whose group is late, and let lapse what a policy lets; what was done.

        Safe to call from any number of processes: each review is escalated once, and lapses once.
        """
        return age(self.read, lambda: self.begin(SYSTEM), self.id, self.clock())

    def sibling(self, name: str, index: Path | None) -> Wiki:
        """Another wiki in the same database, with the same settings and the same kinds of changes and reasons."""
        other = Wiki(
            self.database, name=name, settings=self.settings, clock=self.clock, index=index, sender=self.sender,
            files=self._files_folder, plugins=self._given_plugins,
        )  # fmt: skip
        other.chance, other.subjects, other.render_cache = self.chance, self.subjects, self.render_cache
        other.url_prefix = self.url_prefix
        other.risk = self.risk.for_wiki(lambda: other.id, other.seal, lambda: other.plugins)
        return other

    def set_space(self, tx: Transaction, path: str, wanted: SpaceSettings) -> int:
        """Create or set the space at `path` ('' for the root); see `spaces.actions.set_space`. Errors: Invalid, too."""
        path = normalise_path(path) if path.strip(" /") else ""
        return set_space(tx, path, wanted, self.settings, refile_pages)

    def register_change_kind(self, kind: ChangeKind) -> None:
        """Let the host's own objects stand in the queues: see `submit_change`. Errors: ValueError for a name taken."""
        if kind.name in self.subjects:
            raise ValueError(f"There is a kind of change named {kind.name!r} already; please choose another name.")
        self.subjects[kind.name] = kind

    def submit_change(
        self, tx: Transaction, kind: str, subject_id: int, number: int, *, space: str = "", what: str = "edit"
    ) -> None:
        """Tell that the host's object `subject_id` now has the state `number` (1, 2, 3 …), in the space at `space`.

        It is reviewed by the groups of that space, in this transaction. Errors: Invalid for a kind nobody registered.
        """
        if kind not in self.subjects:
            why = kb_t("Please register the kind of change {kind!r} first (register_change_kind).", kind=kind)
            raise Invalid("kind", why)
        space_id = find_space(tx.connection, tx.wiki_id, normalise_path(space) if space.strip(" /") else "")
        tx.record(Change(what, kind, subject_id, number, (space_id,), {"kind": kind}))

    def close(self) -> None:
        """Give back connections and files."""
        if self._search is not None:
            self._search.close()
        self.database.dispose()
