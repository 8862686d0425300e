"""Everything a wiki holds, written to a folder: for people as Markdown, for programs as JSON lines with a manifest.

docs/how-to/leave.md describes the files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from .._version import __version__
from ..db import table_of
from ..drafts.models import Draft
from ..errors import Invalid
from ..files.models import FileVersion
from ..hooks.tables import rows_of_wiki
from ..journal.append import head_of
from ..journal.models import ActorRow, Entry
from ..journal.verify import verify
from ..pages.models import Page, Revision, Text
from ..upgrade import current_revision
from ..wiki import Wiki
from ..wording import N_, kb_t
from .files import Lines, markdown, page_file, plain, text_of_body
from .ownership import DERIVED, SECRET, belongs, tables

Progress = Callable[[int, int], None]

_AT_ONCE = 500

NOT_EMPTY = N_("{folder} is not empty. Please name a folder that is, or that is not there yet.")

README = """This is everything that the wiki “{wiki}” held on the day it was left ({at}).

manifest.json     what is here: every file with its number of lines and its SHA-256, and the head of the journal's chain
pages/            the text of each page as it stood, as Markdown, below its path
revisions.jsonl   every revision of every page, the deleted and the hidden ones included, with its whole text
journal.jsonl     every change and decision, in the order of the chain, with digest and link of each
files/            the bytes of every version of every file, by SHA-256; tables/kbwiki_file_version.jsonl names them
tables/           every row of every table, for programs: reviews, decisions, rules, spaces, messages and the rest

It holds what was hidden and what only some people could read. Keep it as you would keep the database.
"""


@dataclass(slots=True)
class Exported:
    """What was written, where, and up to which entry of the journal it goes."""

    folder: Path
    entries: int
    head: str
    intact: bool
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def lines(self, name: str) -> int:
        """How many lines a file has."""
        return int(self.files[name]["lines"])


def export_wiki(wiki: Wiki, folder: Path, progress: Progress | None = None) -> Exported:
    """Write all of the wiki to a new folder, as it stood at one moment. Changes nothing in it but sealing what waits.

    Errors: Invalid when there is something in the folder already; OSError; those of reading.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Invalid("export", kb_t(NOT_EMPTY, folder=folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    wiki.seal()
    with wiki.read() as connection:
        _one_moment(connection)
        return _Writing(wiki, connection, folder, progress or (lambda done, total: None)).write()


def _one_moment(connection: Connection) -> None:
    """Let all questions see the same state, whoever writes meanwhile."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    else:
        connection.exec_driver_sql("BEGIN")  # the snapshot is taken by the first question after it


class _Writing:
    def __init__(self, wiki: Wiki, connection: Connection, folder: Path, progress: Progress) -> None:
        self.wiki = wiki
        self.connection = connection
        self.folder = folder
        self.progress = progress
        self.given = {"wiki_id": wiki.id}
        self.kept = [one for one in tables() if one.name not in DERIVED | SECRET]
        self.of_plugins = rows_of_wiki(connection)
        self.total = self.done = 0

    def write(self) -> Exported:
        """All files, the manifest last: an export without one was broken off."""
        counts = {table.name: self._count(table) for table in self.kept}
        names = (table_of(Revision).name, table_of(Entry).name, table_of(Page).name)
        self.total = sum(counts.values()) + sum(counts[name] for name in names)
        verified = verify(self.connection, self.wiki.id)
        entries = counts[table_of(Entry).name]
        exported = Exported(self.folder, entries, str(head_of(self.connection, self.wiki.id)), verified.intact)
        exported.files["revisions.jsonl"] = self._revisions()
        exported.files["journal.jsonl"] = self._journal()
        for table in self.kept:
            exported.files[f"tables/{table.name}.jsonl"] = self._table(table)
        for table in self.of_plugins:
            exported.files[f"tables/{table.name}.jsonl"] = self._of_plugin(table)
        pages, files = self._pages(), self._bytes()
        now = self.wiki.clock().isoformat()
        said = {
            "wiki": self.wiki.name, "exported_at": now, "kbwiki": __version__,
            "tables_at": current_revision(self.connection), "journal_head": exported.head,
            "journal_intact": exported.intact, "pages": pages, "files": exported.files, "bytes": files,
        }  # fmt: skip
        (self.folder / "README.txt").write_text(README.format(wiki=self.wiki.name, at=now), "utf-8")
        (self.folder / "manifest.json").write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", "utf-8")
        return exported

    def _count(self, table: Table) -> int:
        counted = select(func.count()).select_from(table).where(belongs(table))
        return int(self.connection.execute(counted, self.given).scalar_one())

    def _rows(self, statement: Any) -> Iterator[Row[Any]]:
        for some in self.connection.execute(statement, self.given).yield_per(_AT_ONCE).partitions():
            yield from some
            self.done += len(some)
            self.progress(self.done, self.total)

    def _table(self, table: Table) -> dict[str, Any]:
        lines = Lines(self.folder / "tables" / f"{table.name}.jsonl")
        is_text = table in (table_of(Text), table_of(Draft))
        for row in self._rows(select(table).where(belongs(table)).order_by(*table.primary_key.columns)):
            said = dict(row._mapping)
            lines.write({**said, "body": text_of_body(said["body"])} if is_text else said)
        return lines.close()

    def _of_plugin(self, table: Table) -> dict[str, Any]:
        lines = Lines(self.folder / "tables" / f"{table.name}.jsonl")
        for row in self.connection.execute(select(table).where(table.c.wiki_id == self.wiki.id)):
            lines.write({name: plain(value) for name, value in row._mapping.items()})
        return lines.close()

    def _revisions(self) -> dict[str, Any]:
        lines = Lines(self.folder / "revisions.jsonl")
        wanted = (
            select(
                Revision.page_id, Revision.number, Revision.kind, Revision.at, ActorRow.external_id.label("author"),
                ActorRow.name.label("author_name"), Revision.comment, Revision.path, Revision.title, Revision.tags,
                Revision.deleted, Revision.hidden, Revision.comment_hidden, Revision.author_hidden, Text.body,
            )
            .join(Page, Page.id == Revision.page_id)
            .join(ActorRow, ActorRow.id == Revision.actor_id)
            .join(Text, Text.digest == Revision.text_digest)
            .where(belongs(table_of(Page)))
            .order_by(Revision.page_id, Revision.number)
        )  # fmt: skip
        for row in self._rows(wanted):
            said = dict(row._mapping)
            lines.write({**said, "text": text_of_body(said.pop("body"))})
        return lines.close()

    def _journal(self) -> dict[str, Any]:
        lines = Lines(self.folder / "journal.jsonl")
        entry = table_of(Entry)
        wanted = (
            select(
                Entry.position, Entry.kind, ActorRow.external_id.label("actor"), ActorRow.name.label("actor_name"),
                Entry.at, Entry.batch, Entry.subject_kind, Entry.subject_id, Entry.number, Entry.exempt, Entry.payload,
                Entry.digest, Entry.chain,
            )
            .join(ActorRow, ActorRow.id == Entry.actor_id)
            .where(belongs(entry))
            .order_by(Entry.position.is_(None), Entry.position, Entry.id)
        )  # fmt: skip
        for row in self._rows(wanted):
            lines.write(dict(row._mapping))
        return lines.close()

    def _bytes(self) -> dict[str, Any]:
        """The bytes of files, as they came; how many there are, and the digests of those that are not to be had."""
        wanted = select(FileVersion.digest).distinct().where(belongs(table_of(FileVersion)))
        there, missing = 0, []
        store = self.wiki.files.store if self.wiki.has_files else None
        for digest in self.connection.execute(wanted, self.given).scalars():
            if store is None or not store.is_whole(digest):
                missing.append(digest.hex())
                continue
            (self.folder / "files").mkdir(exist_ok=True)
            shutil.copyfile(store.place(digest), self.folder / "files" / digest.hex())
            there += 1
        return {"count": there, "missing": missing}

    def _pages(self) -> list[dict[str, Any]]:
        """Each live page as a file; what the manifest says of them."""
        wanted = (
            select(Page.path, Page.title, Page.updated_at, Revision.tags, Text.body)
            .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
            .join(Text, Text.digest == Page.text_digest)
            .where(belongs(table_of(Page)), Page.deleted.is_(False))
            .order_by(Page.path)
        )
        listed = []
        for row in self._rows(wanted):
            name = page_file(row.path)
            file = self.folder / "pages" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            said = markdown(row.path, row.title, row.tags, row.updated_at, text_of_body(row.body) or "")
            file.write_bytes(said.encode("utf-8", "surrogatepass"))
            listed.append({"path": row.path, "file": f"pages/{name}", "updated": plain(row.updated_at)})
        return listed
