"""What to highlight of what a question asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tree import All, Beginning, Compound, Either, Node, Phrase, Word


@dataclass(frozen=True, slots=True)
class Sought:
    """A term to highlight. ``parts`` stand in for it where the text does not have the term itself.

    ``opening`` says that the term is the beginning of a word.
    """

    term: str
    parts: tuple[str, ...] = ()
    opening: bool = False


def sought(node: Node) -> tuple[Sought, ...]:
    """What to highlight where the node is found, in the order of the question, each term once."""
    return tuple(dict.fromkeys(_sought(node)))


def _sought(node: Node) -> Iterator[Sought]:
    match node:
        case Word(terms):
            yield from (Sought(term) for term in terms)
        case Phrase(words):
            yield from (Sought(term) for _, terms in words for term in terms)
        case Compound(whole, apart):
            parts = tuple(term for _, terms in apart.words for term in terms)
            yield from (Sought(term, parts) for term in whole.terms)
        case Beginning(opening, terms):
            yield Sought(opening, opening=True)
            yield from (Sought(term) for term in terms if not term.startswith(opening))
        case Either(nodes) | All(nodes):
            for each in nodes:
                yield from _sought(each)
        case _:
            return
