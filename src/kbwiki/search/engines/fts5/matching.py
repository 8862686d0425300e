"""A question as FTS5 and SQLite take it: one full-text expression where that can say it, conditions where not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from ...tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from ...weights import USUAL, Standing
from ..protocol import Scope
from .columns import ROOT, TEXT, Filed, spelled, weights
from .store import filed_as

Condition = tuple[str, tuple[object, ...]]
"""What must be true of a row of `document`, called d, and its parameters."""

MOST_SPELLINGS = 64
"""A phrase whose words have stems in several languages is written out in so many ways at most."""

_IN_TEXT = f"{{{' '.join(TEXT)}}}"
_WORDS = "words CROSS JOIN document d ON d.id = words.rowid"
_ASKED = "words MATCH ?"
EVERYTHING = f'within : "{spelled(ROOT)}"'
NOTHING = 'within : "_"'

Row = tuple[int, int, float]
"""Number of a document, its page, its score."""


class Asking:
    """One question put to one view of the index, within a scope."""

    def __init__(self, connection: sqlite3.Connection, scope: Scope, standing: Standing = USUAL) -> None:
        self._connection = connection
        self._score = f"bm25(words, {', '.join(map(str, weights(standing)))})"
        self._scope = within(scope)
        self._expressions: dict[Phrase | Compound, str | None] = {}
        self._apart: dict[Phrase, tuple[int, ...]] = {}

    def scored(self, root: All) -> list[Row]:
        """Every document of the scope that matches. Greater scores are better."""
        told = [(node, self.expression(node)) for node in root.nodes]
        expression = _every(((node, said) for node, said in told if said is not None), self)
        conditions = [self.condition(node) for node, said in told if said is None]
        where, parameters = _joined([self._scope, *conditions])
        if expression is None:
            return self._rows("d.id, d.page, 0.0", "document d", where, parameters)
        return self._rows(f"d.id, d.page, -{self._score}", _WORDS, f"{_ASKED} AND {where}", (expression, *parameters))

    def numbers(self, node: Node) -> frozenset[int]:
        """The numbers of the documents of the scope that match."""
        where, parameters = _joined([self._scope, self.condition(node)])
        return frozenset(row[0] for row in self._rows("d.id", "document d", where, parameters))

    def has_any(self, expression: str) -> bool:
        """Whether a page of the scope matches the full-text expression."""
        where, parameters = self._scope
        return bool(self._rows("1", _WORDS, f"{_ASKED} AND {where} LIMIT 1", (expression, *parameters)))

    @cached_property
    def pages(self) -> int:
        """How many pages the scope has."""
        where, parameters = self._scope
        return int(self._rows("count(*)", "document d", where, parameters)[0][0])

    def expression(self, node: Node) -> str | None:
        """The node as a full-text expression, or None where it takes more than that."""
        match node:
            case Word(terms, field):
                return any_of(terms, field)
            case Beginning(opening, terms, field):
                begun = f'{_columns(field)} : "{spelled(opening)}" *'
                return f"({begun} OR {any_of(terms, field)})" if terms else begun
            case Phrase() | Compound():
                if node not in self._expressions:
                    self._expressions[node] = self._phrase(node) if isinstance(node, Phrase) else self._compound(node)
                return self._expressions[node]
            case Tagged(tag):
                return f'tag : "{spelled(tag)}"' if tag else NOTHING
            case Within(path):
                return f'within : "{spelled(path)}"' if path else NOTHING
            case Not(inner):
                said = self.expression(inner)
                return None if said is None else f"({EVERYTHING} NOT {said})"
            case Either(nodes):
                choices = [self.expression(each) for each in nodes]
                said_all = [each for each in choices if each is not None]
                return None if len(said_all) < len(choices) else _alternatives(said_all)
            case All(nodes):
                parts = [(each, self.expression(each)) for each in nodes]
                said_parts = [(each, said) for each, said in parts if said is not None]
                return None if len(said_parts) < len(parts) else _every(said_parts, self) or EVERYTHING
            case Pages():
                return None

    def condition(self, node: Node) -> Condition:
        """The node as a condition on rows of `document`."""
        said = self.expression(node)
        if said is not None:
            return "d.id IN (SELECT rowid FROM words WHERE words MATCH ?)", (said,)
        match node:
            case Pages(ids):
                return "d.page IN (SELECT value FROM json_each(?))", (_listed(ids),)
            case Compound(_, apart):
                return self.condition(apart)
            case Phrase():
                return self._places(node)
            case Not(inner):
                where, parameters = self.condition(inner)
                return f"NOT ({where})", parameters
            case Either(nodes):
                return _joined([self.condition(each) for each in nodes], "OR")
            case All(nodes):
                return _joined([self.condition(each) for each in nodes])
            case _:
                raise AssertionError(f"{node} is an expression")

    def _places(self, phrase: Phrase) -> Condition:
        """What FTS5 finds of the phrase, and what it cannot find."""
        found = "d.id IN (SELECT value FROM json_each(?))", (_listed(self._apart[phrase]),)
        written = _written_out(phrase)
        if written is None:
            return found
        return _joined([("d.id IN (SELECT rowid FROM words WHERE words MATCH ?)", (written,)), found], "OR")

    def _compound(self, compound: Compound) -> str | None:
        """What others may not read must not decide which reading is taken."""
        whole = self.expression(compound.whole)
        assert whole is not None
        return whole if self.has_any(whole) else self.expression(compound.apart)

    def _phrase(self, phrase: Phrase) -> str | None:
        self._apart[phrase] = tuple(self._found_apart(phrase))
        return None if self._apart[phrase] else _written_out(phrase) or NOTHING

    def _found_apart(self, phrase: Phrase) -> Iterable[int]:
        """Documents that have the phrase with a term that stands beside another one at its place."""
        everywhere = [any_of(terms, phrase.field) for _, terms in phrase.words]
        if not everywhere or NOTHING in everywhere:
            return
        if _written_out(phrase) is not None:
            named = dict.fromkeys(spelled(term) for _, terms in phrase.words for term in terms)
            everywhere.append(f"beside : ({' OR '.join(map(_quoted, named))})")
        columns = (TEXT.index(phrase.field),) if phrase.field else range(len(TEXT))
        words = [(offset, frozenset(map(spelled, terms))) for offset, terms in phrase.words]
        where, parameters = self._scope
        asked = (" AND ".join(everywhere), *parameters)
        for (number,) in self._rows("d.id", _WORDS, f"{_ASKED} AND {where}", asked):
            page = filed_as(self._connection, number)
            if any(_stands(page, column, words) for column in columns):
                yield number

    def _rows(self, what: str, source: str, where: str, parameters: tuple[object, ...]) -> list[Any]:
        statement = f"SELECT {what} FROM {source} WHERE {where}"  # noqa: S608 -- made of our own constants
        return self._connection.execute(statement, parameters).fetchall()


def any_of(terms: Collection[str], field: str = "") -> str:
    """Pages with any of the terms."""
    wanted = dict.fromkeys(_quoted(spelled(term)) for term in terms if term)
    return f"{_columns(field)} : ({' OR '.join(wanted)})" if wanted else NOTHING


def within(scope: Scope) -> Condition:
    """The scope as a condition."""
    conditions: list[Condition] = []
    if scope.spaces is not None:
        conditions.append(("d.space IN (SELECT value FROM json_each(?))", (_listed(scope.spaces),)))
    if scope.without:
        conditions.append(("d.page NOT IN (SELECT value FROM json_each(?))", (_listed(scope.without),)))
    return _joined(conditions)


def _columns(field: str) -> str:
    return field or _IN_TEXT


def _quoted(word: str) -> str:
    return f'"{word}"'


def _listed(numbers: Iterable[int]) -> str:
    return json.dumps(list(numbers))


def _joined(conditions: Collection[Condition], by: str = "AND") -> Condition:
    if not conditions:
        return ("1" if by == "AND" else "0"), ()
    where = f" {by} ".join(f"({condition})" for condition, _ in conditions)
    return where, tuple(value for _, parameters in conditions for value in parameters)


def _alternatives(said: Collection[str]) -> str:
    return f"({' OR '.join(said)})" if said else NOTHING


def _every(parts: Iterable[tuple[Node, str]], asking: Asking) -> str | None:
    """All of them; what is not wanted goes behind one NOT. None when there are none."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for node, said in parts:
        inner = asking.expression(node.node) if isinstance(node, Not) else None
        if inner is None:
            wanted.append(said)
        else:
            unwanted.append(inner)
    if not wanted and not unwanted:
        return None
    kept_ = f"({' AND '.join(wanted)})" if wanted else EVERYTHING
    return f"({kept_} NOT {_alternatives(unwanted)})" if unwanted else kept_


def _written_out(phrase: Phrase) -> str | None:
    """The phrase in all its spellings, or None when there are too many or it leaves places open."""
    offsets = [offset for offset, _ in phrase.words]
    if offsets != list(range(offsets[0], offsets[0] + len(offsets))) if offsets else True:
        return None
    if prod(len(terms) for _, terms in phrase.words) > MOST_SPELLINGS:
        return None
    spellings = product(*([spelled(term) for term in terms] for _, terms in phrase.words))
    written = dict.fromkeys(_quoted(" ".join(words)) for words in spellings)
    return f"{_columns(phrase.field)} : ({' OR '.join(written)})" if written else NOTHING


def _stands(page: Filed, column: int, words: Iterable[tuple[int, frozenset[str]]]) -> bool:
    """Whether the words stand at these places relative to each other somewhere in the column."""
    in_order = page.columns[column].split(" ")
    starts: set[int] | None = None
    for offset, terms in words:
        here = {place - offset for place, term in enumerate(in_order) if term in terms}
        here |= {
            place - offset for term in terms for number, place in page.beside.get(term, ()) if number == column
        }
        starts = here if starts is None else starts & here
    return bool(starts)
