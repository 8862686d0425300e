"""The plugin's own tables, what stands in them, and the statements that change it.

A plugin has no session and holds no transaction. It reads with `site.rows`, and hands statements over: kbwiki carries
them out at once, so that a plugin that hangs cannot hold a lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Executable,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from kbwiki.hooks import Site

from .words import key_of

METADATA = MetaData()

# Every table begins with `kbwiki_x_<plugin>`, and whatever belongs to one wiki says to which: an app may have several.
ENTRIES = Table(
    "kbwiki_x_glossary_entry",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("wiki_id", Integer, nullable=False),
    Column("key", String(200), nullable=False),
    Column("term", String(200), nullable=False),
    Column("definition", Text, nullable=False),
    Column("page", String(500), nullable=False, server_default=""),
    UniqueConstraint("wiki_id", "key", name="uq_kbwiki_x_glossary_entry_key"),
)
USES = Table(
    "kbwiki_x_glossary_use",
    METADATA,
    Column("wiki_id", Integer, primary_key=True),
    Column("page_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(200), primary_key=True),
    Index("ix_kbwiki_x_glossary_use_key", "wiki_id", "key"),
)

_ALL = select(ENTRIES).where(ENTRIES.c.wiki_id == bindparam("wiki_id")).order_by(ENTRIES.c.key)
_LAST = select(func.coalesce(func.max(ENTRIES.c.id), 0).label("id"))
_USED = select(USES.c.key).where(USES.c.wiki_id == bindparam("wiki_id"), USES.c.page_id == bindparam("page_id"))
_PAGES = select(USES.c.page_id).where(USES.c.wiki_id == bindparam("wiki_id"), USES.c.key == bindparam("key"))

_FRESH = timedelta(seconds=5)
"""For so long what was read is not read again: while pages are indexed, it would be for every one of them."""
_PAGE_MARK = "\n\n→ "


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what it means; `page` is the path of the page that says more, or ''."""

    id: int
    term: str
    definition: str
    page: str

    @property
    def text(self) -> str:
        """The entry as moderators read it, and as it is kept in the journal."""
        return f"{self.definition}{_PAGE_MARK}{self.page}" if self.definition and self.page else self.definition


class Entries:
    """The glossary of one wiki."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: tuple[datetime, Mapping[str, Entry]] | None = None

    def all(self) -> Mapping[str, Entry]:
        """Every entry by its key, in the order of the alphabet."""
        return {key: entry for key, entry in self._rows().items() if entry.definition}

    def find(self, term: str) -> Entry | None:
        """The entry of the term, one that was taken out included: its row stays, and so does its history."""
        return self._rows().get(key_of(term))

    def _rows(self) -> Mapping[str, Entry]:
        now = self._site.now()
        if self._known is None or not timedelta() <= now - self._known[0] < _FRESH:
            rows = self._site.rows(_ALL, {"wiki_id": self._site.wiki_id})
            found = {row["key"]: Entry(row["id"], row["term"], row["definition"], row["page"]) for row in rows}
            self._known = now, found
        return self._known[1]

    def forget(self) -> None:
        """Read anew what was changed just now."""
        self._known = None

    def next_id(self) -> int:
        """A number that no entry has had so far. Two authors may get the same; the database refuses the second."""
        return int(self._site.rows(_LAST)[0]["id"]) + 1

    def statement(self, entry: Entry) -> Executable:
        """What makes the entry so: a new row or a changed one. One without a definition is taken out."""
        key, wiki_id = key_of(entry.term), self._site.wiki_id
        values = {"term": entry.term, "definition": entry.definition, "page": entry.page}
        if self.find(entry.term) is None:
            return insert(ENTRIES).values(id=entry.id, wiki_id=wiki_id, key=key, **values)
        return update(ENTRIES).where(ENTRIES.c.wiki_id == wiki_id, ENTRIES.c.key == key).values(values)

    def used_on(self, page_id: int) -> frozenset[str]:
        """The keys of the terms that the page used when it was last looked at."""
        rows = self._site.rows(_USED, {"wiki_id": self._site.wiki_id, "page_id": page_id})
        return frozenset(row["key"] for row in rows)

    def note_uses(self, page_id: int, keys: frozenset[str]) -> None:
        """Write down which terms the page uses. Errors: Busy."""
        if keys == self.used_on(page_id):
            return
        wiki_id = self._site.wiki_id
        old = delete(USES).where(USES.c.wiki_id == wiki_id, USES.c.page_id == page_id)
        new = [{"wiki_id": wiki_id, "page_id": page_id, "key": key} for key in sorted(keys)]
        self._site.run(old, *([insert(USES).values(new)] if new else []))

    def pages_using(self, term: str) -> frozenset[int]:
        """The pages that use the term."""
        rows = self._site.rows(_PAGES, {"wiki_id": self._site.wiki_id, "key": key_of(term)})
        return frozenset(row["page_id"] for row in rows)


def entry_of(entry_id: int, term: str, text: str) -> Entry:
    """The entry that `Entry.text` told."""
    definition, _, page = text.partition(_PAGE_MARK)
    return Entry(entry_id, term, definition, page)
