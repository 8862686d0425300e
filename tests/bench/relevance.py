"""How well known pages are found: mean reciprocal rank and recall at 10 per kind of question, next to the defaults.

The questions are made by rule from the current pages of the public wiki (known_items.py). What was tuned was tuned on
one half of the titles; these are the figures of the other. Each engine is asked through `wiki.search.find`, as a reader
asks; the floor is the engine's own defaults on the same texts in the same run.
"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from whoosh.fields import KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import create_in
from whoosh.qparser import MultifieldParser

from kbwiki import Actor, Settings, Wiki
from kbwiki.search.documents import Document
from kbwiki.search.engines import OPENERS, Place
from kbwiki.search.feed import all_pages, documents_of
from kbwiki.search.weights import Standing

from .corpus import corpus_folder
from .figures import Figure
from .known_items import KINDS, SLIPS, KnownItems, Question, all_kinds

READER = Actor("reader", "Rosa Reader", frozenset({"staff"}))
DEPTH = 10
PER_KIND = 200
PER_KIND_WITHOUT = 80
SEED = 20260105
TUNED_ON, REPORTED_ON = 0, 1
WEIGHTS_TAKEN_AWAY = ("title", "headings", "whole-title", "in-a-row", "links")
"""Those that this wiki can tell something of: it has no tags, no reviews, and most of its pages changed on few days."""

Ask = Callable[[str], Sequence[int]]
"""The best ten pages for what was typed."""

Ranks = list[tuple[Question, int | None]]
"""Each question with the place of the first page that answers it, from 1, or None."""


def measure() -> Iterator[Figure]:
    """Per engine: each kind of question, each slip, each form of an identifier; then the same of its defaults."""
    with corpus_folder() as folder:
        database = folder / "wiki.db"
        documents = pages_of(database)
        items = KnownItems(documents, SEED)
        questions = list(all_kinds(items, PER_KIND, REPORTED_ON))
        for kind in dict.fromkeys(each.kind for each in questions):
            yield Figure(f"relevance.{kind}.questions", sum(each.kind == kind for each in questions), "questions")
        for name in available(database):
            title, defaults = _DEFAULTS.get(name, _DEFAULTS["whoosh"])
            with TemporaryDirectory(prefix="kbwiki-bench-") as beside:
                floor = ranks(defaults(documents, Path(beside)), questions)
            wiki = opened(database, folder / "index", name)
            ours = ranks(lambda text, wiki=wiki: found(wiki, text), questions)  # type: ignore[misc]
            wiki.close()
            yield from _figures(f"relevance.{name}", ours, floor, title)
        fewer = list(all_kinds(items, PER_KIND_WITHOUT, REPORTED_ON))
        yield from _worths(database, folder / "index", fewer)


def pages_of(database: Path) -> list[Document]:
    """The current pages as an index takes them."""
    wiki = Wiki(f"sqlite:///{database}")
    with wiki.read() as connection:
        ids = all_pages(connection, wiki.id)
        documents = [each for at in range(0, len(ids), 500) for each in documents_of(connection, ids[at : at + 500])[0]]
    wiki.close()
    return documents


def available(database: Path) -> list[str]:
    """The engines that can keep an index of a wiki in this database."""
    wiki = Wiki(f"sqlite:///{database}")
    place = Place(database.parent / "index", wiki.database, lambda: wiki.id)
    names = [name for name, opener in OPENERS.items() if opener(place) is not None]
    wiki.close()
    return names


def opened(database: Path, index: Path, engine: str, **settings: object) -> Wiki:
    """The wiki with an index of this engine, up to date."""
    wiki = Wiki(f"sqlite:///{database}", index=index, settings=Settings(search_engine=engine, **settings))  # type: ignore[arg-type]
    wiki.search.catch_up()
    return wiki


def found(wiki: Wiki, text: str) -> list[int]:
    """What a reader gets on the first page of results."""
    return [one.id for one in wiki.search.find(READER, text, limit=DEPTH).results]


def ranks(ask: Ask, questions: Iterable[Question]) -> Ranks:
    """Where the first answer stands for each question."""
    answered: Ranks = []
    for question in questions:
        places = (at for at, page in enumerate(ask(question.text)[:DEPTH], 1) if page in question.answers)
        answered.append((question, next(places, None)))
    return answered


def reciprocal_rank(answered: Ranks) -> float:
    """The mean of one over the place of the first answer, 0 where it is not among the ten."""
    return statistics.fmean(1 / at if at else 0.0 for _, at in answered)


def recall(answered: Ranks) -> float:
    """The share of questions whose answer is among the ten."""
    return statistics.fmean(at is not None for _, at in answered)


def groups(answered: Ranks) -> dict[str, Ranks]:
    """The questions by kind, and those with variants by variant too."""
    parted: dict[str, Ranks] = {}
    for question, at in answered:
        parted.setdefault(question.kind, []).append((question, at))
        if question.variant:
            parted.setdefault(f"{question.kind}.{question.variant}", []).append((question, at))
    assert all(f"slip.{slip}" in parted for slip in SLIPS)
    return parted


def _figures(name: str, ours: Ranks, floor: Ranks, title: str) -> Iterator[Figure]:
    floors = groups(floor)
    for kind, answered in groups(ours).items():
        for of_it, value, unit in (("mrr", reciprocal_rank, "mean of 1/rank"), ("recall", recall, "% in first 10")):
            scale = 100 if of_it == "recall" else 1
            theirs = value(floors[kind])
            ratio = value(answered) / theirs if theirs else None
            yield Figure(f"{name}.{kind}.{of_it}", scale * value(answered), unit, ratio, title)
            yield Figure(f"{name}.{kind}.{of_it}.default", scale * theirs, unit, 1.0, title)


def _worths(database: Path, index: Path, questions: Sequence[Question]) -> Iterator[Figure]:
    """What each weight is worth: the mean over the kinds with it, and with it taken away."""
    whole = _with_weights(database, index, questions, {})
    yield Figure("relevance.weights.all", whole, "mean of 1/rank", 1.0, "all weights as they are")
    for name in WEIGHTS_TAKEN_AWAY:
        is_of_words = name in Standing.__slots__
        with TemporaryDirectory(prefix="kbwiki-bench-") as beside:
            without = _with_weights(
                database, Path(beside) if is_of_words else index, questions, {name: 1.0 if is_of_words else 0.0}
            )
        yield Figure(f"relevance.weights.without.{name}", without, "mean of 1/rank", without / whole, "all weights")


def _with_weights(database: Path, index: Path, questions: Sequence[Question], weights: dict[str, float]) -> float:
    wiki = opened(database, index, "whoosh", search_weights=weights)
    by_kind = groups(ranks(lambda text: found(wiki, text), questions))
    wiki.close()
    return statistics.fmean(reciprocal_rank(by_kind[kind]) for kind in KINDS)


def _whoosh_defaults(documents: Sequence[Document], folder: Path) -> Ask:
    schema = Schema(
        page=NUMERIC(stored=True),
        title=TEXT(),
        headings=TEXT(),
        tags=KEYWORD(scorable=True, lowercase=True),
        body=TEXT(),
    )
    index = create_in(str(folder), schema)
    with index.writer(limitmb=256) as writer:
        for one in documents:
            writer.add_document(
                page=one.id, title=one.title, headings="\n".join(one.headings), tags=" ".join(one.tags), body=one.body
            )
    parser = MultifieldParser(["title", "headings", "tags", "body"], schema)
    searcher = index.searcher()

    def ask(text: str) -> Sequence[int]:
        return [hit["page"] for hit in searcher.search(parser.parse(text), limit=DEPTH)]

    return ask


def _fts5_defaults(documents: Sequence[Document], _folder: Path) -> Ask:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE page USING fts5(title, headings, tags, body)")
    rows = ((one.id, one.title, "\n".join(one.headings), " ".join(one.tags), one.body) for one in documents)
    connection.executemany("INSERT INTO page (rowid, title, headings, tags, body) VALUES (?, ?, ?, ?, ?)", rows)

    def ask(text: str) -> Sequence[int]:
        quoted = " ".join('"{}"'.format(word.replace('"', '""')) for word in text.split())
        found = connection.execute("SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT ?", (quoted, DEPTH))
        return [row[0] for row in found]

    return ask


_DEFAULTS: dict[str, tuple[str, Callable[[Sequence[Document], Path], Ask]]] = {
    "whoosh": ("Whoosh's own parser, analysis and BM25F on the same texts", _whoosh_defaults),
    "fts5": ("FTS5's own tokens and bm25 on the same texts, every word quoted", _fts5_defaults),
}
