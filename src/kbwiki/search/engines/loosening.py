"""What a page may lack when too few pages have all that was asked: one rule for every engine."""

from __future__ import annotations

from collections.abc import Sequence

from ..tree import All, Beginning, Compound, Either, Node, Word

ENOUGH = 10
"""With fewer pages than this having all words, pages with some of them follow."""


def loose_words(node: Node) -> tuple[Word | Beginning | Either, ...]:
    """The words that a page may lack when too few pages have them all; none where the query is explicit."""
    match node:
        case (Word(field="") | Beginning(field="")) as word:
            return (word,)
        case Compound(Word(field="") as whole, apart):
            return (whole, *(Word(terms) for _, terms in apart.words))
        case Either(loose=True) as choice:
            return (choice,)
        case _:
            return ()


def loosened(root: All) -> tuple[tuple[Word | Beginning | Either, ...], tuple[Node, ...]]:
    """The words of which any will do, and the nodes that must match all the same.

    No words at all where leaving one out would leave nothing.
    """
    optional = tuple(word for node in root.nodes for word in loose_words(node))
    strict = tuple(node for node in root.nodes if not loose_words(node))
    return (optional, strict) if len(optional) > 1 else ((), strict)


def telling(frequencies: Sequence[int], pages: int) -> list[int]:
    """Which of the words to look for one by one, as indices: those that stand on some pages of the scope, not on most.

    A word on more than half of the pages costs most and orders nothing; only where there are no others it will do.
    """
    found = [at for at, frequency in enumerate(frequencies) if frequency]
    return [at for at in found if frequencies[at] * 2 <= pages] or found
