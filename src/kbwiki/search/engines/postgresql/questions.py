"""Questions as SQL: which rows match a tree, and how well."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY

from ...tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from ..postings import TAG, TEXT, TITLE, WITHIN
from ..protocol import Scope
from .grades import HIGHEST, SLOPE, WEIGHTS
from .tables import Generation
from .vectors import lexeme

_WEIGHTS = cast(literal(list(WEIGHTS.values()), ARRAY(REAL)), ARRAY(REAL))

Rarities = Callable[[str], float]
"""How rare what a `tsquery` asks for is."""

Presence = Callable[[Word], bool]
"""Whether a page of the scope has the word."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A `tsquery` of one word, how many terms it has, and what the impact of the word on a page is multiplied by."""

    query: str
    terms: int
    rarity: float


def query_of(word: Word | Beginning) -> str:
    """The `tsquery` of one word; empty when it has no terms."""
    return " | ".join(_terms_of(word))


def _terms_of(word: Word | Beginning) -> list[str]:
    field = _field(word.field)
    if isinstance(word, Word):
        return [lexeme(field, term) for term in word.terms]
    whole = [lexeme(field, term) for term in word.terms if not term.startswith(word.opening)]
    return [*whole, f"{lexeme(field, word.opening)}:*"]


def words_of(node: Node) -> Iterator[Word | Beginning]:
    """Every word of which the ranking has to know how rare it is; those under a Not only decide."""
    match node:
        case Word() | Beginning():
            yield node
        case Phrase(words, field):
            yield from (Word(terms, field) for _, terms in words)
        case Compound(whole, apart):
            yield whole
            yield from words_of(apart)
        case Either(nodes) | All(nodes):
            for each in nodes:
                yield from words_of(each)
        case _:
            return


def compounds_of(node: Node) -> Iterator[Compound]:
    """Every identifier, wherever it stands."""
    match node:
        case Compound():
            yield node
        case Not(inner):
            yield from compounds_of(inner)
        case Either(nodes) | All(nodes):
            for each in nodes:
                yield from compounds_of(each)
        case _:
            return


def in_scope(generation: Generation, scope: Scope) -> ColumnElement[bool]:
    """Whether the row is within the scope."""
    page, space = generation.pages.c.page, generation.pages.c.space
    conditions: list[ColumnElement[bool]] = [true()]
    if scope.spaces is not None:
        conditions.append(space == func.any(_numbers(scope.spaces)))
    if scope.without:
        conditions.append(page != func.all(_numbers(scope.without)))
    return and_(*conditions)


class Question:
    """A tree over the pages of one generation."""

    def __init__(self, generation: Generation, rarity: Rarities, is_present: Presence) -> None:
        self._pages, self._places = generation.pages, generation.places
        self._rarity = rarity
        self._is_present = is_present

    def condition(self, node: Node) -> ColumnElement[bool]:
        """Whether the row matches."""
        match node:
            case Word() | Beginning():
                return self._has(query_of(node))
            case Phrase():
                return self._phrase(node)
            case Compound(whole, apart):
                return self.condition(whole if self._is_present(whole) else apart)
            case Tagged(tag):
                return self._has(lexeme(TAG, tag))
            case Within(path):
                return self._has(lexeme(WITHIN, path))
            case Pages(ids):
                return self._pages.c.page == func.any(_numbers(ids))
            case Not(inner):
                return not_(self.condition(inner))
            case Either(nodes):
                return or_(false(), *(self.condition(each) for each in nodes))
            case All(nodes):
                return and_(true(), *(self.condition(each) for each in nodes))

    def rated(self, node: Node) -> list[Rated]:
        """The words that order the pages, as far as the node has some."""
        match node:
            case Compound(whole, apart):
                return self.rated(whole if self._is_present(whole) else apart)
            case _:
                queries = [(query_of(word), len(_terms_of(word))) for word in words_of(node)]
                return [Rated(query, terms, self._rarity(query)) for query, terms in queries if query]

    def rank(self, word: Rated) -> ColumnElement[float]:
        """What `ts_rank` says of the word: 0 when the page lacks it. It divides by the number of terms."""
        return func.ts_rank(_WEIGHTS, self._pages.c.terms, _query(word.query), type_=Float()) * float(word.terms)

    def _has(self, query: str) -> ColumnElement[bool]:
        if not query:
            return false()
        return self._pages.c.terms.op("@@", is_comparison=True)(_query(query))

    def _phrase(self, phrase: Phrase) -> ColumnElement[bool]:
        """The words are looked up like any others, and what has them all is looked at for their places."""
        field = _field(phrase.field)
        choices = [(at, [lexeme(field, term) for term in terms]) for at, terms in phrase.words]
        if not choices or not all(terms for _, terms in choices):
            return false()
        together = " & ".join(_any_of(terms) for _, terms in choices)
        if len(choices) == 1:
            return self._has(together)
        first, *others = sorted(choices)
        apart, at = _any_of(first[1]), first[0]
        for place, terms in others:
            apart, at = f"{apart} <{place - at}> {_any_of(terms)}", place
        placed = exists().where(
            self._places.c.page == self._pages.c.page,
            self._places.c.words.op("@@", is_comparison=True)(_query(apart)),
        )
        return and_(self._has(together), placed)


def score(words: Sequence[Rated], ranks: Sequence[ColumnElement[float]]) -> ColumnElement[float]:
    """BM25 from what `ts_rank` says of each word; 0 where nothing orders."""
    return _sum(
        case((rank > 0, word.rarity * func.exp(SLOPE * (func.least(rank, HIGHEST) - HIGHEST))), else_=0.0)
        for word, rank in zip(words, ranks, strict=True)
    )


def share(ranks: Iterable[ColumnElement[float]]) -> ColumnElement[float]:
    """How many of the words the page has."""
    return _sum(case((rank > 0, 1.0), else_=0.0) for rank in ranks)


def _sum(numbers: Iterable[ColumnElement[float]]) -> ColumnElement[float]:
    return reduce(lambda one, other: one + other, numbers, cast(literal(0.0), Float))


def _any_of(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' | '.join(terms)})"


def _field(name: str) -> str:
    return TITLE if name == "title" else TEXT


def _query(query: str) -> ColumnElement[Any]:
    return cast(bindparam(None, query, unique=True), TSQUERY)


def _numbers(numbers: Collection[int]) -> ColumnElement[Any]:
    return bindparam(None, sorted(numbers), type_=ARRAY(BigInteger), unique=True)
