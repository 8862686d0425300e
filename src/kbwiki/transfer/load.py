"""The writing half of the git import: page changes become revisions, in large transactions, resumable after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..journal.append import entry_row, write_entries
from ..journal.models import ActorRow, Entry
from ..pages.models import Page, Redirect, Revision, Text
from ..pages.paths import below, look_alike, normalise_path, parent_of, title_of
from ..pages.policy import MAX_COMMENT, meta_digest
from ..pages.texts import row_of
from ..spaces.actions import deepest_first, space_among
from .git import ENDINGS, History, PageCommit, PageTimeline, Unreadable, read_pages
from .git_records import PageChange

RULE = "import"
"""The rule under which imported changes are exempt from review: their history was made elsewhere."""

BATCH = "import-batch"
"""The kind of the journal entry that ends each batch; its bookmark is where a stopped import goes on."""

_PER_TRANSACTION = 2000

Begin = Callable[[], Any]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What an import did. `unreadable` and `refused` name what was left out, and why."""

    commits: int = 0
    revisions: int = 0
    pages: int = 0
    resumed_after: str | None = None
    unreadable: list[Unreadable] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    oddities: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Target:
    """A page of the import as it will be when the batch is written; `id` None until then."""

    id: int | None
    path: str
    number: int
    digest: bytes
    size: int
    deleted: bool
    moved_from: list[str] = field(default_factory=list)
    stored_path: str | None = None


@dataclass(slots=True)
class _Line:
    """One revision of the batch."""

    page: _Target
    number: int
    kind: str
    author: int
    author_id: str
    at: Any
    comment: str
    path: str
    digest: bytes
    size: int
    deleted: bool


class Loader:
    """Writes a git history into the space at `space` ('' for the whole wiki) through transactions that `begin` opens."""

    def __init__(
        self,
        begin: Begin,
        wiki: str,
        space: str,
        *,
        seal_now: bool,
        endings: tuple[str, ...] = ENDINGS,
    ) -> None:
        self._begin = begin
        self._wiki = wiki
        self._space = space
        self._seal_now = seal_now
        self._pages: dict[str, _Target] = {}
        self._gone: dict[str, _Target] = {}
        self._foreign: set[str] = set()
        self._actors: dict[tuple[str, str], int] = {}
        self._texts: set[bytes] = set()
        self._spaces: list[tuple[int, str]] = []
        self._timeline = PageTimeline(endings, self._address)
        self.summary = Summary()

    def _address(self, path: str) -> str:
        return normalise_path(f"{self._space}/{path}" if self._space else path)

    def load(self, history: History, progress: Progress | None = None) -> Summary:
        """Write every commit that was not written by an earlier run; give back what was done.

        Safe to stop at any moment: a batch is written whole or not at all, and the next run goes on behind it.
        """
        with self._begin() as tx:
            after = self._take_up(tx)
        self.summary.resumed_after = after
        total = history.count(after)
        waiting: list[PageCommit] = []
        changes = 0
        for page_commit in read_pages(history, self._timeline, after):
            waiting.append(page_commit)
            changes += len(page_commit.changes)
            if changes >= _PER_TRANSACTION or len(waiting) >= _PER_TRANSACTION:
                self._write(waiting)
                waiting, changes = [], 0
                if progress is not None:
                    progress(self.summary.commits, total)
        if waiting:
            self._write(waiting)
        if progress is not None:
            progress(self.summary.commits, total)
        self.summary.skipped = dict(self._timeline.skipped)
        self.summary.pages = sum(1 for page in self._pages.values() if not page.deleted)
        return self.summary

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
            target = _Target(row.id, row.path, row.number, row.text_digest, row.size, row.deleted)
            target.stored_path = row.path
            if row.exempt != RULE:
                self._foreign.add(row.path)
            elif row.deleted:
                self._gone[row.path] = target
            else:
                self._pages[row.path] = target
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
            self._write_texts(tx, texts)
            self._write_pages(tx, lines)
            self._write_revisions(tx, lines)
            tx.record(self._batch(tx, commits[-1], len(lines)))
        self.summary.commits += len(commits)
        self.summary.revisions += len(lines)
        for one in commits:
            self.summary.unreadable.extend(one.unreadable)

    def _batch(self, tx: Transaction, last: PageCommit, revisions: int) -> Change:
        space_id = space_among(self._spaces, self._space)
        return Change(
            kind=BATCH,
            subject_kind="space",
            subject_id=space_id,
            number=self.summary.commits + 1,
            spaces=(space_id,),
            payload={"path": self._space, "bookmark": last.commit.bookmark, "revisions": revisions},
            exempt=RULE,
        )

    def _prepare_actors(self, tx: Transaction, commits: list[PageCommit]) -> None:
        wanted = {(one.commit.author_email, one.commit.author_name) for one in commits} - self._actors.keys()
        for email, name in wanted:
            external_id = _external_id(email, name)
            tx.connection.execute(
                insert_or_ignore(tx.connection, ActorRow),
                {"wiki_id": tx.wiki_id, "external_id": external_id, "kind": "human", "name": name[:255] or "?"},
            )
            self._actors[email, name] = tx.connection.execute(
                select(ActorRow.id).where(
                    ActorRow.wiki_id == tx.wiki_id, ActorRow.external_id == external_id
                )
            ).scalar_one()

    def _lines(self, one: PageCommit, texts: dict[bytes, dict[str, object]]) -> list[_Line]:
        lines = []
        for change in one.changes:
            raw = one.texts[change.blob].encode() if change.blob is not None and change.blob in one.texts else None
            line = self._line(one, change, raw)
            if line is None:
                continue
            if raw is not None and line.digest not in self._texts:
                texts[line.digest] = row_of(raw)
                self._texts.add(line.digest)
            self.summary.kinds[change.kind] += 1
            if change.note is not None:
                self.summary.oddities[change.note.value] += 1
            lines.append(line)
        return lines

    def _line(self, one: PageCommit, change: PageChange, raw: bytes | None) -> _Line | None:
        page = self._target(change)
        if page is None:
            return None
        if change.kind == "delete":
            page.deleted = True
            self._gone[page.path] = self._pages.pop(page.path)
        elif raw is not None:
            page.digest, page.size, page.deleted = sha256(raw).digest(), len(raw), False
        page.number += 1
        commit = one.commit
        comment = " ".join(commit.message.split())
        return _Line(
            page,
            page.number,
            "delete" if change.kind == "delete" else "move" if change.kind == "move" else "import",
            self._actors[commit.author_email, commit.author_name],
            _external_id(commit.author_email, commit.author_name),
            commit.at,
            comment if len(comment) <= MAX_COMMENT else comment[: MAX_COMMENT - 1] + "…",
            page.path,
            page.digest,
            page.size,
            page.deleted,
        )

    def _target(self, change: PageChange) -> _Target | None:
        """The page a change is about, where it will be after it; None when that place belongs to somebody here."""
        path = change.path
        if path in self._foreign:
            self.summary.refused.setdefault(path, "it was written or changed here, so the import leaves it alone")
            return None
        if change.kind == "move" and change.old_path in self._pages:
            page = self._pages.pop(change.old_path)
            page.moved_from.append(page.path)
            page.path = path
            self._pages[path] = page
            return page
        if change.kind == "delete":
            return self._pages.get(path)
        known = self._pages.get(path) or self._gone.pop(path, None)
        self._pages[path] = known or _Target(None, path, 0, b"", 0, False)
        return self._pages[path]

    def _write_texts(self, tx: Transaction, texts: Mapping[bytes, dict[str, object]]) -> None:
        if texts:
            tx.connection.execute(insert_or_ignore(tx.connection, Text), list(texts.values()))

    def _write_pages(self, tx: Transaction, lines: list[_Line]) -> None:
        touched = list({id(line.page): line.page for line in lines}.values())
        last = {id(line.page): line.at for line in lines}
        new = [page for page in touched if page.id is None]
        if new:
            # Made as deleted and shown below: until all rows have their places, no two live ones may share a path.
            rows = [{**self._row(page), "deleted": True, "created_at": last[id(page)]} for page in new]
            ids = tx.connection.execute(
                insert(table_of(Page)).returning(Page.id, sort_by_parameter_order=True),
                [{**row, "wiki_id": tx.wiki_id, "updated_at": row["created_at"]} for row in rows],
            ).scalars()
            for page, page_id in zip(new, ids, strict=True):
                page.id = page_id
        restless = [page for page in touched if page.stored_path not in (None, page.path) or page.deleted]
        if restless:
            tx.connection.execute(_LIFT, [{"page_id": page.id} for page in restless])
        tx.connection.execute(
            _PLACE,
            [
                {"page_id": page.id, "new_updated_at": last[id(page)]}
                | {f"new_{name}": value for name, value in self._row(page).items()}
                for page in touched
            ],
        )
        self._write_redirects(tx, touched)

    def _write_redirects(self, tx: Transaction, touched: list[_Target]) -> None:
        former = [(old, page) for page in touched for old in page.moved_from]
        if former:
            tx.connection.execute(
                insert_or_ignore(tx.connection, Redirect),
                [{"wiki_id": tx.wiki_id, "path": old, "page_id": page.id} for old, page in former],
            )
        for page in touched:
            page.moved_from.clear()
            page.stored_path = page.path

    def _row(self, page: _Target) -> dict[str, Any]:
        return {
            "space_id": space_among(self._spaces, page.path),
            "path": page.path,
            "parent": parent_of(page.path),
            "look_alike": look_alike(page.path),
            "title": title_of(page.path),
            "text_digest": page.digest,
            "number": page.number,
            "deleted": page.deleted,
        }

    def _write_revisions(self, tx: Transaction, lines: list[_Line]) -> None:
        if not lines:
            return
        tx.connection.execute(
            insert(table_of(Revision)),
            [
                {
                    "page_id": line.page.id,
                    "number": line.number,
                    "kind": line.kind,
                    "actor_id": line.author,
                    "at": line.at,
                    "comment": line.comment,
                    "path": line.path,
                    "title": title_of(line.path),
                    "tags": [],
                    "deleted": line.deleted,
                    "text_digest": line.digest,
                    "size": line.size,
                    "exempt": RULE,
                    "hidden": False,
                }
                for line in lines
            ],
        )
        entries = [
            entry_row(tx, self._wiki, self._change(line), actor_id=line.author, actor=line.author_id)
            for line in lines
        ]
        write_entries(tx.connection, tx.wiki_id, entries, seal_now=self._seal_now)

    def _change(self, line: _Line) -> Change:
        assert line.page.id is not None
        return Change(
            kind=line.kind,
            subject_kind="page",
            subject_id=line.page.id,
            number=line.number,
            spaces=(),
            payload={
                "path": line.path,
                "text": line.digest.hex(),
                "words": meta_digest(title_of(line.path), (), line.comment),
                "deleted": line.deleted,
                "exempt": {"rule": RULE, "probability": 1},
            },
            exempt=RULE,
        )


def _external_id(email: str, name: str) -> str:
    return f"git:{email or name}"[:255]


_LIFT = update(table_of(Page)).where(table_of(Page).c.id == bindparam("page_id")).values(deleted=True)
_PLACE = (
    update(table_of(Page))
    .where(table_of(Page).c.id == bindparam("page_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "space_id", "path", "parent", "look_alike", "title", "text_digest", "number", "deleted", "updated_at"
            )
        }
    )
)  # fmt: skip
