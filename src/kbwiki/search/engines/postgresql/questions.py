"""Questions as SQL: which rows match a tree, and how well.

It is put together as text: the same with SQLAlchemy's expressions took longer to build than to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from ..postings import TAG, TEXT, TITLE, WITHIN
from ..protocol import Scope
from .grades import HIGHEST, SLOPE, WEIGHTS
from .tables import Generation
from .vectors import lexeme

_WEIGHTS = "'{" + ",".join(map(str, WEIGHTS.values())) + "}'::real[]"

Rarities = Callable[[str], float]
"""How rare what a `tsquery` asks for is."""

Presence = Callable[[Word], bool]
"""Whether a page of the scope has the word."""


class Parameters:
    """Values on their way to the driver; each is given a place in the text."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def bind(self, value: Any, kind: str) -> str:
        """What stands in the text for the value; the same for the same value."""
        for name, known in self.values.items():
            if type(known) is type(value) and known == value:
                return f"%({name})s::{kind}"
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{kind}"


@dataclass(frozen=True, slots=True)
class Rated:
    """A `tsquery` of one word, how many terms it has, and what the impact of the word on a page is multiplied by."""

    query: str
    terms: int
    rarity: float


def query_of(word: Word | Beginning) -> str:
    """The `tsquery` of one word; empty when it has no terms."""
    return " | ".join(_terms_of(word))


def frame_of(node: Node) -> str:
    """A `tsquery` that every page with the node has, and few others: places are not looked at. Empty: of no words."""
    match node:
        case Word() | Beginning():
            return query_of(node)
        case Phrase(words, field):
            return _joined(" & ", [query_of(Word(terms, field)) for _, terms in words])
        case Compound(whole, apart):
            return _joined(" | ", [query_of(whole), frame_of(apart)])
        case Either(nodes):
            return _joined(" | ", map(frame_of, nodes))
        case All(nodes):
            return _joined(" & ", map(frame_of, nodes))
        case _:
            return ""


def _joined(sign: str, queries: Iterable[str]) -> str:
    return sign.join(f"({query})" for query in queries if query)


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


def in_scope(scope: Scope, parameters: Parameters) -> str:
    """Whether the row `p` is within the scope."""
    conditions = ["true"]
    if scope.spaces is not None:
        conditions.append(f"p.space = ANY({parameters.bind(sorted(scope.spaces), 'bigint[]')})")
    if scope.without:
        conditions.append(f"p.page <> ALL({parameters.bind(sorted(scope.without), 'bigint[]')})")
    return " AND ".join(conditions)


class Question:
    """Trees over the pages of one generation, of which `p` is a row."""

    def __init__(
        self, generation: Generation, rarity: Rarities, is_present: Presence, parameters: Parameters
    ) -> None:
        self._generation = generation
        self._rarity = rarity
        self._is_present = is_present
        self._parameters = parameters

    def condition(self, node: Node) -> str:
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
                return f"p.page = ANY({self._parameters.bind(sorted(ids), 'bigint[]')})"
            case Not(inner):
                return f"NOT ({self.condition(inner)})"
            case Either(nodes):
                return f"({' OR '.join(map(self.condition, nodes)) or 'false'})"
            case All(nodes):
                return f"({' AND '.join(map(self.condition, nodes)) or 'true'})"

    def rated(self, node: Node) -> list[Rated]:
        """The words that order the pages, as far as the node has some."""
        match node:
            case Compound(whole, apart):
                return self.rated(whole if self._is_present(whole) else apart)
            case Either(nodes) | All(nodes):
                return [rated for each in nodes for rated in self.rated(each)]
            case _:
                queries = [(query_of(word), len(_terms_of(word))) for word in words_of(node)]
                return [Rated(query, terms, self._rarity(query)) for query, terms in queries if query]

    def ranks(self, words: Sequence[Rated]) -> str:
        """A column for each word: what `ts_rank` says of it, 0 when the page lacks it."""
        return "".join(f", {self._rank(word)} AS r{at}" for at, word in enumerate(words))

    def _rank(self, word: Rated) -> str:
        """It divides by the number of terms."""
        rank = f"ts_rank({_WEIGHTS}, p.terms, {self._parameters.bind(word.query, 'tsquery')})"
        return rank if word.terms == 1 else f"{rank} * {word.terms}"

    def score(self, words: Sequence[Rated]) -> str:
        """BM25 from the ranks of the words; 0 where nothing orders."""
        return " + ".join(self._points(at, word) for at, word in enumerate(words)) or "0::float8"

    def _points(self, at: int, word: Rated) -> str:
        rarity = self._parameters.bind(word.rarity, "float8")
        below = f"least(r{at}, {HIGHEST!r}) - {HIGHEST!r}"
        return f"CASE WHEN r{at} > 0 THEN {rarity} * exp({SLOPE!r} * ({below})) ELSE 0 END"

    def _has(self, query: str) -> str:
        return f"p.terms @@ {self._parameters.bind(query, 'tsquery')}" if query else "false"

    def _phrase(self, phrase: Phrase) -> str:
        """The words are looked up like any others, and what has them all is looked at for their places."""
        field = _field(phrase.field)
        choices = [(at, [lexeme(field, term) for term in terms]) for at, terms in phrase.words]
        if not choices or not all(terms for _, terms in choices):
            return "false"
        together = self._has(" & ".join(_any_of(terms) for _, terms in choices))
        if len(choices) == 1:
            return together
        first, *others = sorted(choices)
        apart, at = _any_of(first[1]), first[0]
        for place, terms in others:
            apart, at = f"{apart} <{place - at}> {_any_of(terms)}", place
        placed = f"w.words @@ {self._parameters.bind(apart, 'tsquery')}"
        return (
            f"({together} AND EXISTS (SELECT 1 FROM {self._generation.name}_places w"  # noqa: S608 - the name is ours
            f" WHERE w.page = p.page AND {placed}))"
        )


def share(words: Sequence[Rated]) -> str:
    """How many of the words the page has."""
    return " + ".join(f"(r{at} > 0)::int" for at in range(len(words))) or "0"


def _any_of(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' | '.join(terms)})"


def _field(name: str) -> str:
    return TITLE if name == "title" else TEXT
