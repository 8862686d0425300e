"""Documents and indexes as the tests of search need them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from kbwiki.search.documents import Document
from kbwiki.search.engines.protocol import NOTHING, Hits, Scope
from kbwiki.search.engines.whoosh.index import WhooshIndex
from kbwiki.search.query import parse_query


def page(
    number: int,
    body: str = "",
    *,
    title: str = "",
    path: str = "",
    headings: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    space: int = 1,
    language: str = "en",
) -> Document:
    """A document of which only what matters to the test need be said."""
    return Document(number, title, path or f"p{number}", headings, tags, body, space, language)


def index_of(folder: Path, pages: Iterable[Document], position: int = 0) -> WhooshIndex:
    """An index in the folder with these pages."""
    index = WhooshIndex(folder)
    with index.rebuild(position) as rebuild:
        rebuild.add(pages)
    return index


def search(
    index: WhooshIndex, text: str, *, spaces: Collection[int] | None = None, limit: int = 100, offset: int = 0
) -> Hits:
    """What the text finds, within these spaces; None means in all of them."""
    root = parse_query(text).root
    scope = Scope(None if spaces is None else frozenset(spaces))
    return index.search(root, scope, limit=limit, offset=offset) if root is not None else NOTHING


def found(index: WhooshIndex, text: str) -> set[int]:
    """The pages that have all that the text asks for."""
    hits = search(index, text)
    return set(hits.ids[: hits.complete])
