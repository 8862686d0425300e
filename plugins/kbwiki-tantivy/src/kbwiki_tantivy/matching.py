"""A question as tantivy takes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import product
from math import prod

import tantivy
from tantivy import Occur, Query

from kbwiki.search.engines.protocol import Scope
from kbwiki.search.tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word

from .schema import PAGE, SCHEMA, SPACE, TAG, TEXT, WITHIN, written

MOST_SPELLINGS = 64
"""A phrase whose words have stems in several languages is written out in so many ways at most."""

Hit = tuple[int, float]
"""A page and its score."""


class Asking:
    """One question put to one view of the index, within a scope."""

    def __init__(self, searcher: tantivy.Searcher, scope: Scope) -> None:
        self._searcher = searcher
        self._scope = scope

    def scored(self, node: Node) -> list[Hit]:
        """Every page of the scope that matches, with its score."""
        query = self._allowed(self.query(node))
        found = self._searcher.search(query, limit=max(self._searcher.num_docs, 1), count=False).hits
        pages = self._searcher.fast_field_values(PAGE, [address for _, address in found])
        return [(int(page), score) for page, (score, _) in zip(pages, found, strict=True) if page is not None]

    def count(self, query: Query) -> int:
        """How many pages of the scope match."""
        result = self._searcher.search(self._allowed(query), limit=1, count=True)
        return int(result.count)  # type: ignore[attr-defined]

    def has(self, term: str) -> bool:
        """Whether a page of the scope has the term. Quick for hundreds of terms that are not words at all."""
        return bool(term and self._searcher.doc_freq(TEXT, written(term))) and self.count(any_of((term,))) > 0

    def query(self, node: Node) -> Query:
        """The node as a query; filters add nothing to a score."""
        match node:
            case Word(terms, field):
                return any_of(terms, field)
            case Beginning(opening, terms, field):
                return _either([any_of(terms, field), _begun(field or TEXT, opening)])
            case Compound(whole, apart):
                together = self.query(whole)
                return together if self.count(together) else self.query(apart)
            case Phrase(words, field):
                return _phrase(field or TEXT, words)
            case Tagged(tag):
                return _filter(_term(TAG, tag))
            case Within(path):
                return _filter(_term(WITHIN, path))
            case Pages(ids):
                return _filter(_numbers(PAGE, ids))
            case Not(inner):
                return _but(everything(), [self.query(inner)])
            case Either(nodes):
                return _either(self.query(each) for each in nodes)
            case All(nodes):
                wanted = [self.query(each) for each in nodes if not isinstance(each, Not)]
                unwanted = [self.query(each.node) for each in nodes if isinstance(each, Not)]
                return _but(_every(wanted), unwanted)

    def _allowed(self, query: Query) -> Query:
        wanted = [query, everything()]
        if self._scope.spaces is not None:
            wanted.append(_filter(_numbers(SPACE, self._scope.spaces)))
        return _but(_every(wanted), [_numbers(PAGE, self._scope.without)] if self._scope.without else [])


def everything() -> Query:
    """Every page, and nothing that is none."""
    return _filter(Query.exists_query(PAGE))


def any_of(terms: Iterable[str], field: str = "") -> Query:
    """Pages with any of the terms."""
    return _either(_term(field or TEXT, term) for term in terms)


def _term(field: str, term: str) -> Query:
    return Query.term_query(SCHEMA, field, written(term))


def _begun(field: str, opening: str) -> Query:
    return Query.fuzzy_term_query(SCHEMA, field, written(opening), distance=0, prefix=True)


def _numbers(field: str, numbers: Collection[int]) -> Query:
    return Query.term_set_query(SCHEMA, field, list(numbers)) if numbers else Query.empty_query()


def _phrase(field: str, words: tuple[tuple[int, tuple[str, ...]], ...]) -> Query:
    """The words at their places. Each may have several terms."""
    if len(words) == 1:
        return _either(_term(field, term) for term in words[0][1])
    placed = [[(offset, written(term)) for term in terms] for offset, terms in words]
    if prod(map(len, placed)) <= MOST_SPELLINGS:
        return _either(Query.phrase_query(SCHEMA, field, list(spelling)) for spelling in product(*placed))
    choices = [(each[0][0], "|".join(re.escape(term) for _, term in each)) for each in placed]
    return Query.regex_phrase_query(SCHEMA, field, list(choices))


def _filter(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _either(queries: Iterable[Query]) -> Query:
    choices = list(queries)
    if len(choices) < 2:
        return choices[0] if choices else Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in choices])


def _every(queries: Collection[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries]) if queries else everything()


def _but(query: Query, unwanted: Collection[Query]) -> Query:
    if not unwanted:
        return query
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, each) for each in unwanted)])
