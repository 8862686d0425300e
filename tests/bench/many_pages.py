"""More pages than the public wiki has, made from it: the paragraphs of one page in another order, with some of another.

So words are as rare or common, and pages as long or short, as on the wiki itself; no two pages say the same. Rows are
written in bulk, as many saves would have written them, with their texts parsed already.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select

from kbwiki import SYSTEM, Wiki
from kbwiki.db import Transaction, table_of
from kbwiki.journal.models import ActorRow
from kbwiki.markup import RENDERER_VERSION
from kbwiki.pages.models import Page, ParsedText, Revision, Text
from kbwiki.pages.parsed import get_parsed
from kbwiki.search.documents import Document
from kbwiki.search.feed import all_pages, documents_of

from .corpus import SPACE

_SEED = 20260101
_BATCH = 2_000
_TABLES = (Text, ParsedText, Page, Revision)


def add_pages(wiki: Wiki, count: int) -> None:
    """Adds pages until there are so many."""
    with wiki.begin(SYSTEM) as tx:
        models = _models(tx)
        rows = _rows(tx, models, count - len(models))
        while batch := list(islice(rows, _BATCH)):
            for at, model in enumerate(_TABLES):
                tx.connection.execute(insert(table_of(model)), [each[at] for each in batch])
    with wiki.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")


def _models(tx: Transaction) -> list[Document]:
    """The pages of the public wiki; their texts are parsed, and kept so, on the way."""
    ids = all_pages(tx.connection, tx.wiki_id)
    models: list[Document] = []
    for start in range(0, len(ids), 500):
        chosen = ids[start : start + 500]
        digests = tx.connection.execute(select(Page.text_digest).where(Page.id.in_(chosen))).scalars()
        get_parsed(tx.connection, list(digests), keep=True)
        models += documents_of(tx.connection, chosen)[0]
    return models


def _rows(tx: Transaction, models: Sequence[Document], count: int) -> Iterator[tuple[dict[str, Any], ...]]:
    chance = random.Random(_SEED)
    first = tx.connection.execute(select(func.max(Page.id))).scalar_one() + 1
    space = tx.connection.execute(select(Page.space_id).where(Page.path.startswith(f"{SPACE}/")).limit(1)).scalar_one()
    authors = list(tx.connection.execute(select(ActorRow.id)).scalars())
    for number in range(first, first + count):
        one, other = chance.choice(models), chance.choice(models)
        raw = f"{_mixed(one, other, chance)}\n\nPage {number}.\n".encode("utf-8", "replace")
        digest, body = sha256(raw).digest(), zlib.compress(raw, 1)
        title = f"{one.title} {number}"[:255]
        path = f"{SPACE}/made/{number // 1_000}/{number}"
        at = tx.now - timedelta(minutes=chance.randrange(1_000_000))
        headings = [[2, heading, f"h{place}"] for place, heading in enumerate(one.headings)]
        yield (
            {"digest": digest, "size": len(raw), "body": body},
            {"digest": digest, "version": RENDERER_VERSION, "links": [], "headings": headings, "plain": body},
            {
                "id": number, "wiki_id": tx.wiki_id, "space_id": space, "path": path, "parent": path.rpartition("/")[0],
                "look_alike": path, "title": title, "text_digest": digest, "number": 1, "deleted": False,
                "created_at": at, "updated_at": at,
            },
            {
                "page_id": number, "number": 1, "kind": "create", "actor_id": chance.choice(authors), "at": at,
                "comment": "", "path": path, "title": title, "tags": [], "deleted": False, "text_digest": digest,
                "size": len(raw), "exempt": None, "hidden": False, "comment_hidden": False, "author_hidden": False,
                "hidden_for": None,
            },
        )  # fmt: skip


def _mixed(one: Document, other: Document, chance: random.Random) -> str:
    paragraphs = one.body.split("\n\n")
    borrowed = other.body.split("\n\n")
    paragraphs += chance.sample(borrowed, min(len(borrowed), max(1, len(paragraphs) // 3)))
    chance.shuffle(paragraphs)
    return "\n\n".join(paragraphs)
