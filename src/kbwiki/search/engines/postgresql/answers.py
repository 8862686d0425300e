"""Answers from one generation: what is asked of the words first, then of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Connection, and_, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ...tree import All, Beginning, Word
from ..impact import rarity
from ..loosening import ENOUGH, loosened
from ..protocol import Hits, Scope
from .questions import Question, compounds_of, in_scope, query_of, score, share, words_of
from .standing import Standings, standings
from .tables import Generation


def answer(
    connection: Connection, wiki_id: int, generation: Generation, root: All, scope: Scope, *, limit: int, offset: int
) -> Hits:
    """The best matches within the scope. Errors: Superseded when the generation is not the one in use any more."""
    optional, strict = loosened(root)
    asked = [query_of(word) for word in (*words_of(root), *optional, *(one.whole for one in compounds_of(root)))]
    queries = list(dict.fromkeys(filter(None, asked)))
    known = standings(connection, wiki_id, generation, queries, scope, within=bool(optional))

    def is_present(word: Word) -> bool:
        query = query_of(word)
        return bool(query) and known.of[query].here > 0

    def rarity_of(query: str) -> float:
        having = known.of[query].everywhere
        return rarity(max(known.pages, having), having)

    question = Question(generation, rarity_of, is_present)
    complete = _complete(generation, question, root, scope)
    some = _telling([word for word in optional if query_of(word)], known)
    partial = _partial(generation, question, some, All(strict), scope, complete) if some else None
    return _hits(connection, complete, partial, limit, offset)


def _telling(words: Sequence[Word | Beginning], known: Standings) -> list[Word | Beginning]:
    """Without words that stand on more than half of the pages of the scope: they cost most and order nothing."""
    rare = [word for word in words if known.of[query_of(word)].here * 2 <= known.within]
    return rare or list(words)


def _complete(generation: Generation, question: Question, root: All, scope: Scope) -> CTE:
    """Pages with everything that was asked, and how good each is."""
    words = question.rated(root)
    rated = score(words, [question.rank(word) for word in words])
    matches = and_(in_scope(generation, scope), question.condition(root))
    return select(generation.pages.c.page, rated.label("score")).where(matches).cte("complete")


def _partial(
    generation: Generation,
    question: Question,
    some: Sequence[Word | Beginning],
    strict: All,
    scope: Scope,
    complete: CTE,
) -> CTE:
    """Pages with some of the words and everything else that was asked, when those with everything are few.

    OFFSET 0 keeps PostgreSQL from reckoning each rank once more for every place it is named at.
    """
    words = [rated for word in some for rated in question.rated(word)]
    matches = and_(
        select(func.count()).select_from(complete).scalar_subquery() < ENOUGH,
        in_scope(generation, scope),
        or_(*(question.condition(word) for word in some)),
        question.condition(strict),
        generation.pages.c.page.not_in(select(complete.c.page)),
    )
    ranks = [question.rank(word).label(f"rank_{at}") for at, word in enumerate(words)]
    ranked = select(generation.pages.c.page, *ranks).where(matches).offset(0).subquery("ranked")
    columns = [ranked.c[f"rank_{at}"] for at in range(len(words))]
    return select(ranked.c.page, (score(words, columns) * share(columns)).label("score")).cte("partial")


def _hits(connection: Connection, complete: CTE, partial: CTE | None, limit: int, offset: int) -> Hits:
    every = [select(literal(0).label("kind"), complete.c.page, complete.c.score)]
    if partial is not None:
        every.append(select(literal(1), partial.c.page, partial.c.score))
    united = union_all(*every).subquery("united")
    order: tuple[Any, ...] = (united.c.kind, united.c.score.desc(), united.c.page)
    best = select(united).order_by(*order).limit(max(limit, 0)).offset(max(offset, 0)).subquery("best")
    in_order: tuple[Any, ...] = (best.c.kind, best.c.score.desc(), best.c.page)
    row = connection.execute(
        select(
            _array(select(func.array_agg(complete.c.page))),
            _array(select(func.array_agg(partial.c.page)) if partial is not None else select(null())),
            _array(select(func.array_agg(aggregate_order_by(best.c.page, *in_order)))),
            _array(select(func.array_agg(aggregate_order_by(best.c.score, *in_order)))),
        )
    ).one()
    found, more, ids, scores = (list(each or ()) for each in row)
    return Hits(tuple(ids), tuple(scores), len(found) + len(more), len(found), found + more)


def _array(statement: Any) -> Any:
    return statement.scalar_subquery()
