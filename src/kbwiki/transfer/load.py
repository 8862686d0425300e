"""The writing half of the git import: page changes become revisions, in large transactions, resumable after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import select

from ..db import Change, Transaction, insert_or_ignore
from ..journal.models import ActorRow, Entry
from ..pages.models import Page, Revision
from ..pages.paths import below, normalise_path
from ..pages.texts import row_of
from ..spaces.actions import deepest_first, space_among
from .git import ENDINGS, History, PageCommit, PageTimeline, Unreadable, read_pages
from .ledger import Ledger, Line, Target, external_id, raw_text
from .rows import RULE, Spaces, write_former_addresses, write_lines, write_texts

BATCH = "import-batch"
"""The kind of the journal entry that ends each batch; its bookmark is where a stopped import goes on."""

_PER_TRANSACTION = 2000

Begin = Callable[[], AbstractContextManager[Transaction]]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What an import did. `unreadable`, `skipped` and `refused` name what was left out, and why.

    `kinds` counts the revisions by what they did; `remarks` are sentences about pages whose history is not simply their
    file's.
    """

    commits: int = 0
    revisions: int = 0
    pages: int = 0
    resumed_after: str | None = None
    unreadable: list[Unreadable] = field(default_factory=list)
    refused: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()


class Loader:
    """Writes a git history into the space at `space` ('' for the whole wiki) through transactions that `begin` opens.

    `wiki` is the wiki's name, `seal_now` whether its database has one writer at a time, `endings` are the file
    endings that make a file a page. A loader is used once.
    """

    def __init__(
        self, begin: Begin, wiki: str, space: str, *, seal_now: bool, endings: tuple[str, ...] = ENDINGS
    ) -> None:
        self._begin = begin
        self._wiki = wiki
        self._space = space
        self._seal_now = seal_now
        self._ledger = Ledger()
        self._actors: dict[str, int] = {}
        self._texts: set[bytes] = set()
        self._spaces: Spaces = []
        self._timeline = PageTimeline(endings, self._address)
        self._summary = Summary()

    def load(self, history: History, progress: Progress | None = None) -> Summary:
        """Write every commit that was not written by an earlier run; give back what was done.

        Safe to stop at any moment: a batch is written whole or not at all, and the next run goes on behind it.
        """
        with self._begin() as tx:
            after = self._take_up(tx)
        total = history.count(after)
        waiting: list[PageCommit] = []
        changes = 0
        for page_commit in read_pages(history, self._timeline, after):
            waiting.append(page_commit)
            changes += len(page_commit.changes)
            if max(changes, len(waiting)) >= _PER_TRANSACTION:
                self._write(waiting)
                waiting, changes = [], 0
                if progress is not None:
                    progress(self._summary.commits, total)
        if waiting:
            self._write(waiting)
        with self._begin() as tx:
            self._keep_addresses(tx)
        if progress is not None:
            progress(total, total)
        return self._summed_up(after)

    def _address(self, path: str) -> str:
        return normalise_path(f"{self._space}/{path}" if self._space else path)

    def _summed_up(self, after: str | None) -> Summary:
        summary = self._summary
        summary.resumed_after = after
        summary.pages = self._ledger.count
        summary.refused = dict(self._ledger.refused)
        summary.skipped = dict(self._timeline.skipped)
        summary.remarks = self._timeline.summary()
        return summary

    def _take_up(self, tx: Transaction) -> str | None:
        """Learn what earlier runs left: the pages of the import, pages of others, and the last batch's bookmark."""
        self._spaces = deepest_first(tx.connection, tx.wiki_id)
        inside = Page.wiki_id == tx.wiki_id
        if self._space:
            low, high = below(self._space)
            inside &= (Page.path >= low) & (Page.path < high)
        rows = tx.connection.execute(
            select(Page.id, Page.path, Page.number, Page.text_digest, Page.deleted, Revision.exempt, Revision.size)
            .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
            .where(inside)
            .order_by(Page.updated_at, Page.id)
        )
        for row in rows:
            if row.exempt == RULE:
                self._ledger.take_up(Target(row.id, row.path, row.number, row.text_digest, row.size, row.deleted))
            else:
                self._ledger.foreign.add(row.path)
        return self._bookmark(tx)

    def _bookmark(self, tx: Transaction) -> str | None:
        payload = tx.connection.execute(
            select(Entry.payload)
            .where(
                Entry.wiki_id == tx.wiki_id,
                Entry.subject_kind == "space",
                Entry.subject_id == space_among(self._spaces, self._space),
                Entry.kind == BATCH,
            )
            .order_by(Entry.id.desc())
            .limit(1)
        ).scalar()
        return payload["bookmark"] if payload else None

    def _write(self, commits: list[PageCommit]) -> None:
        with self._begin() as tx:
            self._prepare_actors(tx, commits)
            texts: dict[bytes, dict[str, object]] = {}
            lines = [line for one in commits for line in self._lines(one, texts)]
            write_texts(tx, texts)
            write_lines(tx, self._wiki, lines, self._spaces, seal_now=self._seal_now)
            tx.record(self._batch(commits[-1], len(lines)))
        self._summary.commits += len(commits)
        self._summary.revisions += len(lines)
        for one in commits:
            self._summary.unreadable.extend(one.unreadable)

    def _batch(self, last: PageCommit, revisions: int) -> Change:
        space_id = space_among(self._spaces, self._space)
        return Change(
            kind=BATCH,
            subject_kind="space",
            subject_id=space_id,
            number=0,
            spaces=(space_id,),
            payload={"path": self._space, "bookmark": last.commit.bookmark, "revisions": revisions},
            exempt=RULE,
        )

    def _prepare_actors(self, tx: Transaction, commits: list[PageCommit]) -> None:
        for one in commits:
            known_as = external_id(one.commit)
            if known_as not in self._actors:
                self._actors[known_as] = _author(tx, known_as, one.commit.author_name)

    def _lines(self, one: PageCommit, texts: dict[bytes, dict[str, object]]) -> list[Line]:
        lines = []
        author = self._actors[external_id(one.commit)]
        for change in one.changes:
            raw = raw_text(one, change)
            line = self._ledger.line(one.commit, change, raw, author)
            if line is None:
                continue
            if raw is not None and line.digest not in self._texts:
                texts[line.digest] = row_of(raw)
                self._texts.add(line.digest)
            self._summary.kinds[change.kind] += 1
            lines.append(line)
        return lines

    def _keep_addresses(self, tx: Transaction) -> None:
        """Let the paths pages have in the repository lead to them too, when they went into a space of another name."""
        if not self._space:
            return
        low, high = below(self._space)
        rows = tx.connection.execute(
            select(Page.path, Page.id).where(
                Page.wiki_id == tx.wiki_id, Page.path >= low, Page.path < high, ~Page.deleted
            )
        )
        write_former_addresses(tx, {row.path[len(low) :]: row.id for row in rows})


def _author(tx: Transaction, known_as: str, name: str) -> int:
    tx.connection.execute(
        insert_or_ignore(tx.connection, ActorRow),
        {"wiki_id": tx.wiki_id, "external_id": known_as, "kind": "human", "name": name[:255] or known_as},
    )
    return tx.connection.execute(
        select(ActorRow.id).where(ActorRow.wiki_id == tx.wiki_id, ActorRow.external_id == known_as)
    ).scalar_one()
