"""The engines by themselves, as their manuals show them: own analysis, own snippets, own counts by facet.

What ours is compared with. Each holds the same pages with the same five facets, and answers a question with the best
twenty, a snippet of each, and how all that was found divides.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

LIMIT = 20
FACETS = ("space", "tag", "author", "reviewed", "age")
_TOKEN = re.compile(r'(-?)(?:"([^"]+)"|([\w-]+)(\*?))')


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page with the values of its facets."""

    id: int
    title: str
    body: str
    facets: tuple[str, ...]


class Raw(Protocol):
    """One engine by itself."""

    def build(self, pages: Iterable[RawPage]) -> None: ...
    def change(self, page: RawPage) -> None: ...
    def ask(self, text: str) -> object: ...
    def size(self) -> int: ...


class RawFts5:
    """FTS5 with porter stems, its `snippet()` and GROUP BY."""

    def __init__(self, folder: Path, _url: str) -> None:
        folder.mkdir(parents=True)
        self._path = folder / "raw.db"
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(f"CREATE TABLE page (id INTEGER PRIMARY KEY, {', '.join(FACETS)})")
        run("CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize = 'porter unicode61')")

    def build(self, pages: Iterable[RawPage]) -> None:
        self._connection.execute("BEGIN")
        for page in pages:
            self._put(page)
        self._connection.execute("COMMIT")

    def change(self, page: RawPage) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("DELETE FROM words WHERE rowid = ?", (page.id,))
        self._connection.execute("DELETE FROM page WHERE id = ?", (page.id,))
        self._put(page)
        self._connection.execute("COMMIT")

    def ask(self, text: str) -> object:
        wanted, unwanted = [], []
        for sign, phrase, word, star in _TOKEN.findall(text):
            (unwanted if sign else wanted).append(f'"{phrase or word}"{"*" if star else ""}')
        asked = " ".join(wanted) + "".join(f" NOT {each}" for each in unwanted)
        best = self._connection.execute(
            "SELECT rowid, title, snippet(words, 1, '<b>', '</b>', '…', 30) FROM words WHERE words MATCH ? "
            "ORDER BY bm25(words, 5.0, 1.0) LIMIT ?",
            (asked, LIMIT),
        ).fetchall()
        counts = [
            self._connection.execute(
                f"SELECT {facet}, count(*) FROM page JOIN words ON words.rowid = page.id WHERE words MATCH ? "
                f"GROUP BY {facet} ORDER BY 2 DESC LIMIT 10",
                (asked,),
            ).fetchall()
            for facet in FACETS
        ]
        return best, counts

    def size(self) -> int:
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._path.stat().st_size

    def _put(self, page: RawPage) -> None:
        words = (page.id, page.title, page.body)
        self._connection.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", words)
        self._connection.execute("INSERT INTO page VALUES (?, ?, ?, ?, ?, ?)", (page.id, *page.facets))


class RawWhoosh:
    """Whoosh with its stemming analyser, query parser, groups and highlighter."""

    def __init__(self, folder: Path, _url: str) -> None:
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        folder.mkdir(parents=True)
        self._folder = folder
        text = {"analyzer": StemmingAnalyzer(), "stored": True}
        schema = fields.Schema(
            id=fields.NUMERIC(bits=64, unique=True, stored=True),
            title=fields.TEXT(field_boost=5.0, **text),
            body=fields.TEXT(**text),
            **{facet: fields.ID(sortable=True) for facet in FACETS},
        )
        self._index = index.create_in(str(folder), schema)

    def build(self, pages: Iterable[RawPage]) -> None:
        with self._index.writer(limitmb=256) as writer:
            for page in pages:
                writer.add_document(**self._fields(page))

    def change(self, page: RawPage) -> None:
        with self._index.writer() as writer:
            writer.update_document(**self._fields(page))

    def ask(self, text: str) -> object:
        from whoosh.qparser import MultifieldParser

        query = MultifieldParser(["title", "body"], self._index.schema).parse(re.sub(r"(^|\s)-(\w)", r"\1NOT \2", text))
        with self._index.searcher() as searcher:
            found = searcher.search(query, limit=LIMIT, groupedby=list(FACETS))
            best = [(hit["id"], hit["title"], hit.highlights("body")) for hit in found]
            return best, [{value: len(ids) for value, ids in found.groups(facet).items()} for facet in FACETS]

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def _fields(self, page: RawPage) -> dict[str, Any]:
        return {"id": page.id, "title": page.title, "body": page.body, **dict(zip(FACETS, page.facets, strict=True))}


class RawPostgresql:
    """PostgreSQL's English text search with weights, GIN, `ts_headline` and GROUP BY."""

    def __init__(self, _folder: Path, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        facets = ", ".join(f"{facet} text" for facet in FACETS)
        self._connection.execute(
            f"CREATE TABLE raw_page (id bigint PRIMARY KEY, title text, body text, {facets}, words tsvector "
            "GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'A') "
            "|| to_tsvector('english', body)) STORED)"
        )
        self._connection.execute("CREATE INDEX ON raw_page USING gin (words)")

    def build(self, pages: Iterable[RawPage]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            copying = f"COPY raw_page (id, title, body, {', '.join(FACETS)}) FROM STDIN"
            with cursor.copy(copying) as copy:
                for page in pages:
                    copy.write_row((page.id, page.title, page.body.replace("\0", " "), *page.facets))
        self._connection.execute("ANALYZE raw_page")

    def change(self, page: RawPage) -> None:
        self._connection.execute(
            "UPDATE raw_page SET title = %s, body = %s WHERE id = %s", (page.title, page.body, page.id)
        )

    def ask(self, text: str) -> object:
        query = "websearch_to_tsquery('english', %s)"
        if text.endswith("*"):
            query, text = "to_tsquery('english', %s)", text[:-1] + ":*"
        best = self._connection.execute(
            f"SELECT id, title, ts_headline('english', body, {query}) FROM (SELECT id, title, body FROM raw_page "
            f"WHERE words @@ {query} ORDER BY ts_rank_cd(words, {query}) DESC LIMIT {LIMIT}) best",
            (text, text, text),
        ).fetchall()
        counts = [
            self._connection.execute(
                f"SELECT {facet}, count(*) FROM raw_page WHERE words @@ {query} GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
                (text,),
            ).fetchall()
            for facet in FACETS
        ]
        return best, counts

    def size(self) -> int:
        row = self._connection.execute("SELECT pg_total_relation_size('raw_page')").fetchone()
        return int(row[0]) if row else 0


class RawTantivy:
    """tantivy with its English stemmer, query parser, snippets and aggregations."""

    def __init__(self, folder: Path, _url: str) -> None:
        import tantivy

        folder.mkdir(parents=True)
        self._folder = folder
        builder = tantivy.SchemaBuilder().add_integer_field("id", stored=True, indexed=True)
        for name in ("title", "body"):
            builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
        for facet in FACETS:
            builder.add_text_field(facet, tokenizer_name="raw", fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._tantivy = tantivy

    def build(self, pages: Iterable[RawPage]) -> None:
        writer = self._index.writer(128_000_000, 1)
        for page in pages:
            writer.add_document(self._document(page))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def change(self, page: RawPage) -> None:
        writer = self._index.writer(30_000_000, 1)
        writer.delete_documents_by_term("id", page.id)
        writer.add_document(self._document(page))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def ask(self, text: str) -> object:
        query = self._index.parse_query_lenient(
            text.replace("*", ""), ["title", "body"], field_boosts={"title": 5.0}, conjunction_by_default=True
        )[0]
        searcher = self._index.searcher()
        marking = self._tantivy.SnippetGenerator.create(searcher, query, self._schema, "body")
        documents = [searcher.doc(address) for _, address in searcher.search(query, LIMIT).hits]
        best = [(each["title"], marking.snippet_from_doc(each).to_html()) for each in documents]
        return best, searcher.aggregate(query, {facet: {"terms": {"field": facet}} for facet in FACETS})

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def _document(self, page: RawPage) -> Any:
        facets = dict(zip(FACETS, page.facets, strict=True))
        return self._tantivy.Document(id=page.id, title=page.title, body=page.body, **facets)


RAW: dict[str, type[Raw]] = {
    "whoosh": RawWhoosh,
    "fts5": RawFts5,
    "postgresql": RawPostgresql,
    "tantivy": RawTantivy,
}


def fresh(name: str, folder: Path, url: str) -> Raw:
    """The engine by itself, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    return RAW[name](folder, url)


def changed(page: RawPage, words: Sequence[str]) -> RawPage:
    """The page with more text."""
    return RawPage(page.id, page.title, f"{page.body}\n{' '.join(words)}", page.facets)
