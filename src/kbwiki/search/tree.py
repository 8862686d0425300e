"""What a query asks for, as a tree. Fields: ``""`` is the whole page, ``"title"`` its title."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """Pages with any of these terms: one word as stemmed in each language of the wiki."""

    terms: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Pages with all these words at these places relative to each other, each word given by its terms."""

    words: tuple[tuple[int, tuple[str, ...]], ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Compound:
    """Pages with the identifier as written; if no page has it, pages with its parts next to each other."""

    whole: Word
    apart: Phrase


@dataclass(frozen=True, slots=True)
class Beginning:
    """Pages with a term that begins with ``opening``, or with one of the ``terms`` that it has as a word."""

    opening: str
    terms: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Tagged:
    """Pages with this tag; the tag is folded."""

    tag: str


@dataclass(frozen=True, slots=True)
class Within:
    """Pages whose path is this one or lies below it; the path is folded."""

    path: str


@dataclass(frozen=True, slots=True)
class Pages:
    """These pages, whatever they say: what the database knows of pages, as it stands at the moment of asking."""

    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Not:
    """Pages that do not match the node."""

    node: Node


@dataclass(frozen=True, slots=True)
class Either:
    """Pages that match at least one of the nodes.

    ``loose`` says that nobody asked for the choice, it stands for one word of the question: when too few pages have
    all words, a page may lack it like any other word.
    """

    nodes: tuple[Node, ...]
    loose: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Pages that match every one of the nodes."""

    nodes: tuple[Node, ...]


Node = Word | Phrase | Compound | Beginning | Tagged | Within | Pages | Not | Either | All
