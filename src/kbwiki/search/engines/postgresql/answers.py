"""Answers from one generation: what is asked of the words first, then of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from ...tree import All, Node, Word
from ..impact import rarity
from ..loosening import ENOUGH, loosened, telling
from ..protocol import Hits, Scope
from .questions import Parameters, Question, compounds_of, frame_of, in_scope, query_of, share, words_of
from .standing import standings
from .tables import Generation

_NOBODY = "SELECT NULL::bigint AS page, 0::float8 AS score WHERE false"


def answer(
    connection: Connection, wiki_id: int, generation: Generation, root: All, scope: Scope, *, limit: int, offset: int
) -> Hits:
    """The best matches within the scope. Errors: Superseded when the generation is not the one in use any more."""
    optional, strict = loosened(root)
    asked = [query_of(word) for word in (*words_of(root), *(one.whole for one in compounds_of(root)))]
    asked += map(frame_of, optional)
    queries = list(dict.fromkeys(filter(None, asked)))
    known = standings(connection, wiki_id, generation, queries, scope, within=bool(optional))

    def is_present(word: Word) -> bool:
        query = query_of(word)
        return bool(query) and known.of[query].here > 0

    def rarity_of(query: str) -> float:
        having = known.of[query].everywhere
        return rarity(max(known.pages, having), having)

    parameters = Parameters()
    question = Question(generation, rarity_of, is_present, parameters)
    allowed = in_scope(scope, parameters)
    words = [word for word in dict.fromkeys(optional) if frame_of(word)]
    some = [words[at] for at in telling([known.of[frame_of(word)].here for word in words], known.within)]
    complete = _complete(generation, question, root, allowed)
    partial = _partial(generation, question, some, All(strict), allowed) if some else _NOBODY
    parameters.values |= {"limit": max(limit, 0), "offset": max(offset, 0)}
    row = connection.exec_driver_sql(_united(complete, partial), parameters.values).one()
    found, more, ids, scores = (list(each or ()) for each in row)
    return Hits(tuple(ids), tuple(scores), len(found) + len(more), len(found), found + more)


def _complete(generation: Generation, question: Question, root: All, allowed: str) -> str:
    """Pages with everything that was asked, and how good each is.

    OFFSET 0 keeps PostgreSQL from reckoning a rank once more at every place that names it.
    """
    words = question.rated(root)
    ranked = (
        f"SELECT p.page{question.ranks(words)} FROM {generation.name} p"  # noqa: S608 - the name is ours
        f" WHERE {allowed} AND {question.condition(root)} OFFSET 0"
    )
    return f"SELECT page, {question.score(words)} AS score FROM ({ranked}) AS ranked"  # noqa: S608 - as above


def _partial(
    generation: Generation, question: Question, some: Sequence[Node], strict: All, allowed: str
) -> str:
    """Pages with some of the words and everything else that was asked, when those with everything are few."""
    words = [rated for word in some for rated in question.rated(word)]
    ranked = (
        f"SELECT p.page{question.ranks(words)} FROM {generation.name} p"  # noqa: S608 - the name is ours
        f" WHERE (SELECT count(*) FROM complete) < {ENOUGH} AND {allowed}"
        f" AND ({' OR '.join(map(question.condition, some))}) AND {question.condition(strict)}"
        " AND p.page NOT IN (SELECT page FROM complete) OFFSET 0"
    )
    score = f"({question.score(words)}) * ({share(words)})"
    return f"SELECT page, {score} AS score FROM ({ranked}) AS ranked"  # noqa: S608 - as above


def _united(complete: str, partial: str) -> str:
    """The pages with everything, those with some of it, and of both, in order, the stretch that was asked for."""
    return (
        f"WITH complete AS MATERIALIZED ({complete}), partial AS MATERIALIZED ({partial}), best AS MATERIALIZED ("  # noqa: S608 - made above
        "SELECT * FROM (SELECT 0 AS kind, page, score FROM complete"
        " UNION ALL SELECT 1, page, score FROM partial) AS united"
        " ORDER BY kind, score DESC, page LIMIT %(limit)s OFFSET %(offset)s)"
        " SELECT (SELECT array_agg(page) FROM complete), (SELECT array_agg(page) FROM partial),"
        " (SELECT array_agg(page ORDER BY kind, score DESC, page) FROM best),"
        " (SELECT array_agg(score ORDER BY kind, score DESC, page) FROM best)"
    )
