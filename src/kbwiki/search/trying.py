"""Trying words in the place of mistyped ones: which of them an index finds pages for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .engines.protocol import Engine, Scope
from .tree import All, Either, Node, Not

FREQUENCY = 0.15
"""What a word gains when the pages that have it are e times as many; costs of slips are in the same measure."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word to try: its terms, what the slip costs, and what the question asks for with it in place."""

    word: str
    terms: tuple[str, ...]
    cost: float
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of the question, what it asks for as typed, and what may be meant by it."""

    typed: tuple[Node, ...]
    candidates: Sequence[Candidate]


Chosen = Mapping[int, Candidate]
"""Which candidate was taken, by the place of the doubt."""


class Trial:
    """Asks how many pages of the scope there are, and nothing else: not in what order, nor of what is beyond."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._engine = engine
        self._scope = scope

    def put_right(self, root: All, doubts: Sequence[Doubt]) -> Chosen:
        """The best candidate for each doubt that has any: one that pages have together with the rest, if there are."""
        chosen: dict[int, Candidate] = {}
        for at, doubt in enumerate(doubts):
            rest = root
            for other, known in enumerate(doubts):
                if other != at:
                    rest = swapped(rest, known.typed, chosen[other].nodes if other in chosen else ())
            counted = [(self._pages(swapped(rest, doubt.typed, one.nodes)), one) for one in doubt.candidates]
            if not any(count for count, _ in counted):
                counted = [(self._pages(All(one.nodes)), one) for one in doubt.candidates]
            if best := _best(counted):
                chosen[at] = best[1]
        return chosen

    def offer(self, root: All, doubts: Sequence[Doubt]) -> Chosen:
        """One candidate with which pages have all that was asked, if there is one: the best of all doubts."""
        found: dict[int, tuple[float, Candidate]] = {}
        for at, doubt in enumerate(doubts):
            trees = [(swapped(root, doubt.typed, one.nodes), one) for one in doubt.candidates]
            if best := _best([(self._pages(tree), one) for tree, one in trees if tree != root]):
                found[at] = best
        if not found:
            return {}
        at = max(found, key=lambda one: (found[one][0], -one))
        return {at: found[at][1]}

    def _pages(self, root: All) -> int:
        return self._engine.search(root, self._scope, limit=1).complete if root.nodes else 0


def _best(counted: Sequence[tuple[int, Candidate]]) -> tuple[float, Candidate] | None:
    rated = [(FREQUENCY * math.log(count) - one.cost, one) for count, one in counted if count]
    return max(rated, key=lambda pair: (pair[0], pair[1].word), default=None)


def swapped(root: All, typed: Sequence[Node], meant: Sequence[Node]) -> All:
    """The question with other nodes in the place of the first of those typed, and without the rest of those.

    Without any when ``meant`` is empty. What is excluded stays as it is.
    """
    if not typed:
        return root
    nodes: list[Node] = []
    for node in root.nodes:
        if node == typed[0]:
            nodes += meant
        elif node not in typed[1:]:
            nodes.append(_within(node, typed, meant))
    return All(tuple(nodes))


def _within(node: Node, typed: Sequence[Node], meant: Sequence[Node]) -> Node:
    match node:
        case All():
            return swapped(node, typed, meant)
        case Either(nodes) if typed[0] in nodes and meant:
            together = meant[0] if len(meant) == 1 else All(tuple(meant))
            return Either(tuple(together if one == typed[0] else one for one in nodes))
        case Not():
            return node
        case _:
            return node
