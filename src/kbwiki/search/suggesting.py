"""Suggestions while somebody types: titles, headings and tags that begin so, of pages the actor may read now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    column,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from ..actors import Actor
from ..db import compact_json
from ..pages.models import Page, PageTag
from ..spaces.queries import bound, readable
from .suggestion_rows import HEADING, TAG
from .suggestion_rows import Suggestion as Row
from .words.beginnings import is_near, key_of, keys_of, openings, words_typed

MOST = 20
LONGEST = 100
"""Characters of what was typed that are looked at."""

_READ = 24
"""Rows read of each rank: the same page can be there by several of its words."""

_ENOUGH = 3
_BEHIND_ALL = "\U0010ffff"


class Suggested(StrEnum):
    """What a suggestion leads to."""

    PAGE = "page"
    HEADING = "heading"
    TAG = "tag"


_KINDS = {HEADING: Suggested.HEADING, TAG: Suggested.TAG}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant: a page by its title, a heading of a page, or a tag (whose path is '').

    `title` is the page's; `anchor` is the id of the heading's element; `exact` says that the title is what was typed.
    """

    kind: Suggested
    text: str
    path: str
    title: str
    anchor: str | None = None
    exact: bool = False


def suggest(connection: Connection, wiki_id: int, actor: Actor, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
    """At most `limit` titles, headings and tags with a word that begins as typed, best first; never raises for `text`.

    The exact title comes first; titles before headings before tags; pages that more link to before others. Where little
    begins so, what is one slip of the finger away follows. Everything is of live pages that the actor may read at this
    moment. One query, two when slips are looked for; the journal is not read here (see `take_in_suggestions`).
    """
    typed = key_of(text[:LONGEST])
    limit = max(0, min(limit, MOST))
    if not typed or not limit:
        return ()
    asked: dict[str, Any] = {"wiki_id": wiki_id, **bound(actor)}
    rows = connection.execute(_EXACT, {"low": typed, "high": typed + _BEHIND_ALL, **asked}).all()
    found = _in_order(rows, typed)
    if len(found) < min(_ENOUGH, limit):
        words = words_typed(text[:LONGEST])
        heads = openings(typed) + (openings(max(words, key=len)) if len(words) > 1 else [])
        asked["heads"] = _listed(connection, wiki_id, heads)
        near = connection.execute(_near(connection.dialect.name), asked)
        meant = [row for row in near if _is_meant(row, typed, words)]
        found = tuple(dict.fromkeys((*found, *_in_order(meant, typed))))
    return _with_some_of_each(found, limit)


def _page_rows(rank: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Rows of a rank that still say what their page says."""
    return (
        select(Row.rank, Row.key, Row.text, Row.anchor, Page.path, Page.title)
        .join(Page, Page.id == Row.page_id)
        .where(rank, ~Page.deleted, readable(Page.space_id))
    )


def _tag_rows() -> Select[*tuple[Any, ...]]:
    """Tags that a live page has which the actor may read."""
    live = (
        select(Page.id)
        .where(
            Page.id == PageTag.page_id,
            Page.wiki_id == bindparam("wiki_id"),
            ~Page.deleted,
            readable(Page.space_id),
        )
        .correlate(PageTag)
        .exists()
    )
    # One inside the other, so that the tag is looked up first, and not every page of the wiki.
    carried = select(PageTag.page_id).where(PageTag.tag == Row.text, live).correlate(Row).exists()
    return select(
        Row.rank, Row.key, Row.text, Row.anchor, literal("").label("path"), literal("").label("title")
    ).where(Row.rank == TAG, carried)


def _rows_of(rank: int) -> Select[*tuple[Any, ...]]:
    if rank == TAG:
        return _tag_rows()
    same = Row.digest == Page.text_digest if rank == HEADING else Row.text == Page.title
    return _page_rows(Row.rank == rank).where(same)


def _exact() -> CompoundSelect[Any]:
    begins = (Row.wiki_id == bindparam("wiki_id"), Row.key >= bindparam("low"), Row.key < bindparam("high"))
    parts = [_rows_of(rank).where(*begins).order_by(Row.key).limit(_READ).subquery() for rank in range(TAG + 1)]
    return union_all(*(select(part) for part in parts))


_EXACT = _exact()


@cache
def _near(dialect: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows that begin in one of the ways in `heads`, a few for each.

    The ways have to come first, so that each is one step into the index. PostgreSQL is told by LATERAL; SQLite by
    nothing in the table being known without them, not even the wiki.
    """
    if dialect == "postgresql":  # each rank by itself, for only so is the order that of the index
        parts = [_rows_of(rank).order_by(Row.key) for rank in range(TAG + 1)]
    else:
        parts = [_rows_of(HEADING), _rows_of(TAG), _titles()]
    return union_all(*(_stepping(dialect, rows) for rows in parts))


def _titles() -> Select[*tuple[Any, ...]]:
    return _page_rows(Row.rank.in_(range(HEADING))).where(Row.text == Page.title)


def _stepping(dialect: str, rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    if dialect == "postgresql":
        listed = func.unnest(bindparam("heads", type_=ARRAY(String)), type_=String)
        heads = select(listed.collate("C").label("value")).subquery()
        begins = (Row.key >= heads.c.value, Row.key < heads.c.value.op("||")(_BEHIND_ALL))
        few = rows.where(Row.wiki_id == bindparam("wiki_id"), *begins).limit(_READ).lateral()
        return select(few).select_from(heads.join(few, true()))
    each = func.json_each(bindparam("heads", type_=String)).table_valued(column("value", String))
    wiki, head = (func.json_extract(each.c.value, place) for place in ("$[0]", "$[1]"))
    begins = (Row.key >= head, Row.key < head.op("||")(_BEHIND_ALL))
    return select(rows.where(Row.wiki_id == wiki, *begins).limit(_READ * 8).subquery())


def _listed(connection: Connection, wiki_id: int, heads: Sequence[str]) -> Any:
    heads = list(dict.fromkeys(heads))
    if connection.dialect.name == "postgresql":
        return heads
    return compact_json([(wiki_id, head) for head in heads])


def _is_meant(row: Any, typed: str, words: Sequence[str]) -> bool:
    """Whether the row is within one slip of what was typed, or has all of its words in whatever order."""
    if is_near(typed, row.key):
        return True
    if len(words) < 2:
        return False
    keys = keys_of(row.text)
    slips = [word for word in words if not any(key.startswith(word) for key in keys)]
    return not slips or (len(slips) == 1 and any(is_near(slips[0], key) for key in keys))


def _in_order(rows: Iterable[Any], typed: str) -> tuple[Suggestion, ...]:
    """What the rows suggest, each once. The key of a whole text does not end with a space (see `keys_of`)."""

    def place(row: Any) -> tuple[Any, ...]:
        is_exact = row.key == typed and row.rank < HEADING
        return not is_exact, row.rank, row.key.endswith(" "), len(row.text), row.text, row.path

    found: dict[tuple[Any, ...], Suggestion] = {}
    for row in sorted(rows, key=place):
        kind = _KINDS.get(row.rank, Suggested.PAGE)
        exact = kind is Suggested.PAGE and row.key == typed
        found.setdefault(
            (kind, row.path, row.text), Suggestion(kind, row.text, row.path, row.title, row.anchor, exact)
        )
    return tuple(found.values())


def _with_some_of_each(found: Sequence[Suggestion], limit: int) -> tuple[Suggestion, ...]:
    """The first `limit`, of which a heading and a tag are two where there are such: titles do not crowd them out."""
    kept = list(found[:limit])
    for kind in (Suggested.HEADING, Suggested.TAG):
        if limit > 4 and not any(one.kind is kind for one in kept):
            kept += [one for one in found if one.kind is kind][:1]
    while len(kept) > limit:
        kept.remove([one for one in kept if one.kind is Suggested.PAGE][-1])
    return tuple(sorted(kept, key=found.index))
