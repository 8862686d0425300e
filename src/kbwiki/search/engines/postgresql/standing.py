"""On how many pages the words of a question stand, asked at the moment of searching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from ..protocol import Scope
from .tables import Generation, Superseded

_SCOPE = "((CAST(:spaces AS bigint[]) IS NULL OR space = ANY(:spaces)) AND page <> ALL(CAST(:without AS bigint[])))"


@dataclass(frozen=True, slots=True)
class Standing:
    """On how many pages something stands: of all there are, and of those within the scope."""

    everywhere: int
    here: int


@dataclass(frozen=True, slots=True)
class Standings:
    """What there is of each query, of pages in all, and of pages within the scope (0 when nobody asked)."""

    of: dict[str, Standing]
    pages: int
    within: int


def standings(
    connection: Connection, wiki_id: int, generation: Generation, queries: Sequence[str], scope: Scope, *, within: bool
) -> Standings:
    """Errors: Superseded when the generation is not the one in use."""
    name = generation.name
    statement = text(
        "SELECT record.generation, record.pages,"  # noqa: S608 - the name is ours
        f" CASE WHEN :within THEN (SELECT count(*) FROM {name} WHERE {_SCOPE}) ELSE 0 END AS within,"
        " counted.everywhere, counted.here FROM kbwiki_search_index AS record, LATERAL ("
        "SELECT array_agg(of.everywhere ORDER BY asked.at) AS everywhere, array_agg(of.here ORDER BY asked.at) AS here"
        " FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS asked (query, at), LATERAL ("
        f"SELECT count(*) AS everywhere, count(*) FILTER (WHERE {_SCOPE}) AS here FROM {name}"
        " WHERE terms @@ CAST(asked.query AS tsquery)) AS of) AS counted WHERE record.wiki_id = :wiki_id"
    )
    found = connection.execute(
        statement, {"wiki_id": wiki_id, "queries": list(queries), "within": within, **bounds(scope)}
    ).one_or_none()
    if found is None or found.generation != name:
        raise Superseded
    counts = zip(found.everywhere or (), found.here or (), strict=True)
    return Standings(
        {query: Standing(*pair) for query, pair in zip(queries, counts, strict=True)}, found.pages, found.within
    )


def occurring(connection: Connection, generation: Generation, queries: Sequence[str], scope: Scope) -> list[bool]:
    """Which of the queries find a page within the scope."""
    statement = text(
        f"SELECT EXISTS (SELECT 1 FROM {generation.name} WHERE terms @@ CAST(asked.query AS tsquery) AND {_SCOPE})"  # noqa: S608
        " FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS asked (query, at) ORDER BY asked.at"
    )
    return list(connection.execute(statement, {"queries": list(queries), **bounds(scope)}).scalars())


def bounds(scope: Scope) -> dict[str, list[int] | None]:
    """The scope as parameters."""
    return {"spaces": None if scope.spaces is None else sorted(scope.spaces), "without": sorted(scope.without)}
