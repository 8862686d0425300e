"""How what was found divides: by space, tag, author, review state and age, counted in the database as it stands.

The engine says which pages match; the one rule of reading decides which of them count. A page that is not readable,
not live any more, or of which something was hidden since the index last looked, is in no number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from ..actors import Actor
from ..db import in_list
from ..journal.models import ActorRow
from ..pages.models import Page, PageTag, Revision
from ..spaces.models import Space
from ..spaces.queries import bound, readable
from .feed import HIDDEN_SINCE

MOST_COUNTED = 10_000
"""Pages that facets are counted over. Of more, these are the first ones; the total is always exact."""

MOST_VALUES = 10
"""Values that a facet shows: the most frequent ones."""

WEEK, MONTH, YEAR, OLDER = "<7d", "<30d", "<1y", ">1y"
_AGES = ((WEEK, timedelta(days=7)), (MONTH, timedelta(days=30)), (YEAR, timedelta(days=365)))


@dataclass(frozen=True, slots=True)
class FacetValue:
    """What narrows a question (`typed`) to the `count` pages found that have it. `label` is a name, '' for a code."""

    value: str
    label: str
    count: int
    typed: str


@dataclass(frozen=True, slots=True)
class Facet:
    """`name` is space, tag, author, state or age; `values` have the most frequent first, ages the youngest."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of the pages there are to be seen, and how they divide. `is_partial`: facets leave some uncounted."""

    total: int
    facets: tuple[Facet, ...] = ()
    is_partial: bool = False



def _visible(ids: str) -> tuple[ColumnElement[bool], ...]:
    return (Page.wiki_id == bindparam("wiki_id"), in_list(Page.id, ids), ~Page.deleted, readable(Page.space_id))


VISIBLE = _visible("ids")
"""SQL: those pages of `ids` that the actor may find."""

KNOWN = (*VISIBLE, Page.id.not_in(HIDDEN_SINCE))
"""SQL: the same, but for pages of which something was hidden since the index stood at the journal's `position`."""

_TOTAL = select(func.count()).select_from(Page).where(*KNOWN)
_TOTAL_OF_ALL = (
    select(func.count()).select_from(Page).where(*_visible("all_ids"), Page.id.not_in(HIDDEN_SINCE)).scalar_subquery()
)


class Cut:
    """The statement that divides pages, built once for a wiki, and the time it is asked at.

    `reviewed` is SQL that says of `Page.id` and `Page.number` whether people have looked at all of the page.
    """

    def __init__(self, statement: Select[Any], now: datetime) -> None:
        self.statement = statement
        self._now = now.astimezone(UTC)

    def bounds(self) -> dict[str, datetime]:
        """The parameters of the statement that depend on the time."""
        return {f"age_{at}": self._now - length for at, (_, length) in enumerate(_AGES)}


def count(
    connection: Connection, wiki_id: int, actor: Actor, ids: Sequence[int], position: int, *, cut: Cut | None = None
) -> Counted:
    """Counts those of the pages that the actor may find; how they divide, too, when `cut` is given.

    `position` is the journal's where the index stood. One statement.
    """
    if not ids:
        return Counted(0)
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    if cut is None:
        return Counted(connection.execute(_TOTAL, {"ids": list(ids), **key}).scalar_one())
    given = {"ids": list(ids[:MOST_COUNTED]), **key, **cut.bounds()}
    if len(ids) <= MOST_COUNTED:
        rows = connection.execute(cut.statement, given).all()
        return _divided(rows, sum(row.number for row in rows if row.name == "total"))
    statement = cut.statement.add_columns(_TOTAL_OF_ALL.label("all"))
    rows = connection.execute(statement, {"all_ids": list(ids), **given}).all()
    if not rows:  # nothing of the first pages is to be seen
        return Counted(connection.execute(_TOTAL, {**given, "ids": list(ids)}).scalar_one(), (), True)
    return _divided([row[:4] for row in rows], rows[0].all, partial=True)


def _divided(rows: Sequence[Any], total: int, *, partial: bool = False) -> Counted:
    return Counted(total, tuple(_facets(rows)) if total else (), partial)


def dividing(reviewed: ColumnElement[bool]) -> Select[Any]:
    """The statement: rows of facet, value, label and count. Heavy to build, so keep it."""
    found = (
        select(Page.id, Page.space_id, Page.updated_at, reviewed.label("reviewed"), _author().label("actor_id"))
        .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
        .where(*KNOWN)
        .cte("found")
    )
    state = case((found.c.reviewed, "reviewed"), else_="unreviewed")
    parts = union_all(
        _part("total", literal(""), literal(""), found),
        _part("space", Space.path, Space.title, found, Space, Space.id == found.c.space_id),
        _part("tag", PageTag.tag, literal(""), found, PageTag, PageTag.page_id == found.c.id),
        _part("author", ActorRow.name, literal(""), found, ActorRow, ActorRow.id == found.c.actor_id),
        _part("state", state, literal(""), found),
        _part("age", _age(found), literal(""), found),
    ).subquery()
    return select(parts.c.name, parts.c.value, parts.c.label, parts.c.number)


def _author() -> ColumnElement[int]:
    return case((Revision.author_hidden, None), else_=Revision.actor_id)


def _part(
    name: str, value: Any, label: Any, found: CTE, other: Any = None, on: Any = None
) -> Select[Any]:
    value, label = cast(value, String), cast(label, String)
    statement = select(
        literal(name, String).label("name"), value.label("value"), label.label("label"), func.count().label("number")
    ).select_from(found)
    if other is not None:
        statement = statement.join(other, on)
    return statement.group_by(value, label)


def _age(found: CTE) -> ColumnElement[str]:
    steps = [(found.c.updated_at >= bindparam(f"age_{at}"), name) for at, (name, _) in enumerate(_AGES)]
    return case(*steps, else_=OLDER)


def _facets(rows: Iterable[Any]) -> Iterable[Facet]:
    by_name: dict[str, list[tuple[str, str, int]]] = {}
    for name, value, label, number in rows:
        by_name.setdefault(name, []).append((value, label, number))
    yield Facet("space", _spaces(by_name.get("space", [])))
    yield Facet("tag", _frequent(by_name.get("tag", []), "tag:{}"))
    yield Facet("author", _frequent(by_name.get("author", []), 'by:"{}"'))
    yield Facet("state", _frequent(by_name.get("state", []), "is:{}"))
    yield Facet("age", _ages({value: number for value, _, number in by_name.get("age", [])}))


def _frequent(values: Iterable[tuple[str, str, int]], typed: str) -> tuple[FacetValue, ...]:
    ordered = sorted((one for one in values if one[0]), key=lambda one: (-one[2], one[0]))
    return tuple(
        FacetValue(value, label, number, typed.format(_typed(value, typed)))
        for value, label, number in ordered[:MOST_VALUES]
    )


def _spaces(values: Iterable[tuple[str, str, int]]) -> tuple[FacetValue, ...]:
    """With what lies below each space, as `in:` finds it."""
    known = {path: label for path, label, _ in values}
    numbers: Counter[str] = Counter()
    for path, _, number in values:
        for above in known:
            if above and (path == above or path.startswith(above + "/")):
                numbers[above] += number
    return _frequent(((path, known[path], number) for path, number in numbers.items()), "in:{}")


def _ages(numbers: dict[str, int]) -> tuple[FacetValue, ...]:
    """Each with the younger ones, as `changed:` finds them."""
    values: list[FacetValue] = []
    so_far = 0
    for name, _ in _AGES:
        so_far += numbers.get(name, 0)
        if so_far:
            values.append(FacetValue(name, "", so_far, f"changed:{name}"))
    if numbers.get(OLDER):
        values.append(FacetValue(OLDER, "", numbers[OLDER], f"changed:{OLDER}"))
    return tuple(values)


def _typed(value: str, pattern: str) -> str:
    """The value as it must be typed for the pattern: what has spaces stands in quotation marks."""
    bare = value.replace('"', " ")
    return f'"{bare}"' if " " in bare and '"' not in pattern else bare
