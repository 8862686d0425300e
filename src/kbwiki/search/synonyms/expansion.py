"""A question in the light of the wiki's synonyms. Pure.

What somebody put into quotation marks, ruled out, or gave the beginning of is searched as typed. The longest stretch
of words that stands in a set counts; what a set leads to is not followed further.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from ..query import Query, parse_query
from ..sought import sought
from ..tree import All, Compound, Either, Node, Phrase, Word

MOST_ALTERNATIVES = 20
"""What one stretch of the question may become, at the most, however many sets it stands in."""


@dataclass(frozen=True, slots=True)
class SynonymWords:
    """Words and phrases that mean the same; ``one_way``: the first finds the others, and they do not find it."""

    words: tuple[str, ...]
    one_way: bool = False


@dataclass(frozen=True, eq=False)
class Synonyms:
    """Every set of one wiki. The same object for as long as nothing changes: what follows from it is kept by it."""

    sets: tuple[SynonymWords, ...] = ()


NO_SYNONYMS = Synonyms()


class _Line(NamedTuple):
    """A word or phrase of a set as a question has it, and in which of the words of which set it is."""

    asked: tuple[Node, ...]
    known: SynonymWords
    at: int


@dataclass(frozen=True, slots=True)
class _Table:
    """Every word and phrase of the sets, by each term of its first word."""

    lines: Mapping[str, Sequence[_Line]]
    languages: tuple[str, ...]

    def others(self, line: _Line) -> tuple[Node, ...]:
        """What is looked for besides."""
        return _others(line.known, line.at, self.languages)


_Placed = tuple[Node, bool]
"""A node of the question, and whether it is one that is not looked for."""


def with_synonyms(query: Query, synonyms: Synonyms, languages: tuple[str, ...] = ("en",)) -> Query:
    """The query as it is to be searched: the root expanded, and the terms to highlight with it."""
    if query.root is None:
        return query
    root = expanded(query.root, synonyms, languages, query.left_out)
    return query if root is query.root else replace(query, root=root, terms=sought(root))


def expanded(
    root: All, synonyms: Synonyms, languages: tuple[str, ...] = ("en",), left_out: Sequence[tuple[int, Node]] = ()
) -> All:
    """The question with `Either` in place of every word or phrase that stands in a set; else the very same object.

    `left_out` are the query's common words: “time off” is known by both of its words, and “time” alone is another.
    """
    if not synonyms.sets:
        return root
    table, placed = _table_of(synonyms, languages), _in_order(root.nodes, left_out)
    nodes: list[Node] = []
    at, changed = 0, False
    while at < len(placed):
        length, others = _longest(placed, at, table)
        if others:
            nodes.append(Either((_as_typed(placed[at : at + length]), *others), loose=True))
        elif not placed[at][1]:
            nodes.append(_in_choice(placed[at][0], table))
        changed = changed or bool(others) or (not placed[at][1] and nodes[-1] is not placed[at][0])
        at += length
    return All(tuple(nodes)) if changed else root


@lru_cache(maxsize=30_000)
def words_of(text: str, languages: tuple[str, ...] = ("en",)) -> tuple[Node, ...]:
    """The words of a phrase as a question has them, the very common ones too; () where one of them is no plain word."""
    query = parse_query(text, languages)
    placed = _in_order(query.root.nodes if query.root else (), query.left_out)
    nodes = tuple(node for node, _ in placed)
    return nodes if all(map(_keys, nodes)) else ()


def _as_it_stands(text: str, languages: tuple[str, ...]) -> Node | None:
    """The word, or the words next to each other; None where there is none."""
    query = parse_query('"' + text.replace('"', " ") + '"', languages)
    match query.root:
        case All((All((word,)),)) | All((word,)):
            return word
        case _:
            return None


def _in_order(nodes: Sequence[Node], left_out: Sequence[tuple[int, Node]]) -> list[_Placed]:
    common = dict(left_out)
    telling = iter(nodes)
    return [
        (common[at], True) if at in common else (next(telling), False) for at in range(len(nodes) + len(common))
    ]


def _longest(placed: Sequence[_Placed], at: int, table: _Table) -> tuple[int, tuple[Node, ...]]:
    """How many nodes from `at` on stand in a set, and what is looked for besides; one node and nothing, if none do."""
    longest = 1
    others: dict[Node, None] = {}
    field = _field(placed[at][0])
    for key in _keys(placed[at][0]):
        for line in table.lines.get(key, ()):
            length = len(line.asked)
            if length < longest or not _stands(placed[at : at + length], line.asked, field):
                continue
            if length > longest:
                longest, others = length, {}
            others.update(dict.fromkeys(_in_field(other, field) for other in table.others(line)))
    return longest, tuple(others)[: MOST_ALTERNATIVES - 1]


def _stands(placed: Sequence[_Placed], asked: Sequence[Node], field: str) -> bool:
    return len(placed) == len(asked) and all(
        _field(node) == field and not _keys(node).isdisjoint(_keys(wanted))
        for (node, _), wanted in zip(placed, asked, strict=True)
    )


def _as_typed(placed: Sequence[_Placed]) -> Node:
    nodes = [node for node, common in placed if not common] or [node for node, _ in placed]
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _in_choice(node: Node, table: _Table) -> Node:
    """A choice somebody typed with OR has the synonyms of each of its words, too."""
    if not isinstance(node, Either):
        return node
    nodes = dict.fromkeys(node.nodes)
    for each in node.nodes:
        nodes.update(dict.fromkeys(_longest([(each, False)], 0, table)[1]))
    return node if len(nodes) == len(node.nodes) else Either(tuple(nodes), node.loose)


@lru_cache(maxsize=64)
def _table_of(synonyms: Synonyms, languages: tuple[str, ...]) -> _Table:
    lines: dict[str, list[_Line]] = {}
    for one in synonyms.sets:
        for at, word in enumerate(one.words[:1] if one.one_way else one.words):
            asked = words_of(word, languages)
            for key in _keys(asked[0]) if asked else ():
                lines.setdefault(key, []).append(_Line(asked, one, at))
    return _Table(lines, languages)


@lru_cache(maxsize=5000)
def _others(known: SynonymWords, at: int, languages: tuple[str, ...]) -> tuple[Node, ...]:
    found = (_as_it_stands(word, languages) for place, word in enumerate(known.words) if place != at)
    return tuple(node for node in found if node is not None)


def _keys(node: Node) -> frozenset[str]:
    """By what a word is known as the same; none for what is no plain word."""
    match node:
        case Word(terms) | Compound(Word(terms)) if terms:
            return frozenset(terms)
        case Compound(_, apart):
            return frozenset({" ".join(terms[0] for _, terms in apart.words)})
        case _:
            return frozenset()


def _field(node: Node) -> str:
    match node:
        case Word(_, field) | Compound(Word(_, field)):
            return field
        case _:
            return ""


def _in_field(node: Node, field: str) -> Node:
    if not field:
        return node
    match node:
        case Word() | Phrase():
            return replace(node, field=field)
        case Compound(whole, apart):
            return Compound(replace(whole, field=field), replace(apart, field=field))
        case All(nodes):
            return All(tuple(_in_field(each, field) for each in nodes))
        case _:
            return node
