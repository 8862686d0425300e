"""What plugins add to search."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..actors import Actor


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it is put into the index: its path, title, text as it was written, and plain words."""

    id: int
    path: str
    title: str
    text: str
    plain: str


@dataclass(frozen=True, slots=True)
class SearchField:
    """More words under which a page is found; `words` gives them, `boost` says how much they count (1: like the text).

    They are asked for when the page is put into the index. After a change of the field: `flask kbwiki search rebuild`.
    """

    name: str
    words: Callable[[PageText], str]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class QueryOperator:
    """`name:value` in a search: `find` gives the ids of the pages that match. Only pages the asker may read are shown.

    `help` is shown among the notes on how to search.
    """

    name: str
    find: Callable[[str, Actor], Collection[int]]
    help: str = ""


@dataclass(frozen=True, slots=True)
class TextExtractor:
    """The words in files of these media types, such as `application/pdf`."""

    media_types: tuple[str, ...]
    extract: Callable[[bytes], str]
