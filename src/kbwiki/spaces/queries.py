"""What to show: which spaces an actor may use. `readable` is the one rule all lists use, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from ..actors import Actor
from ..db import in_list
from ..errors import NotFound
from .models import Grant, Space
from .policy import Edition, Right, SpaceSettings, chain_above


def granted(
    right: Right, space_id: InstrumentedAttribute[int] | ColumnElement[int]
) -> ColumnElement[bool]:
    """SQL: the space in `space_id` gives `right`, and reading, to the actor whose `bound` is passed as parameters."""
    if right is Right.READ:
        return readable(space_id)
    return and_(readable(space_id), space_id.in_(_spaces_giving(right)))


def readable(space_id: InstrumentedAttribute[int] | ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: the actor may read what lies in the space `space_id`. Every list, count and look-up of pages uses this.

    The expression is the same for all actors, so statements with it are built once; execute them with `bound(actor)`.
    """
    return space_id.in_(_spaces_giving(Right.READ))


def _spaces_giving(right: Right) -> Select[int]:
    return select(Grant.space_id).where(
        Grant.right == right.value, in_list(Grant.group, "actor_groups")
    )


def bound(actor: Actor) -> dict[str, Any]:
    """The parameters that `readable` and `granted` need to speak about `actor`."""
    return {"actor_groups": sorted(actor.effective_groups)}


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space as people see it: as set, and what holds after inheritance.

    `shows_reviewed` tells that readers see the reviewed edition of its pages first.
    """

    id: int
    path: str
    title: str
    settings: SpaceSettings
    readers: tuple[str, ...]
    writers: tuple[str, ...]
    reviewers: tuple[str, ...]
    shows_reviewed: bool = False


def find_space(connection: Connection, wiki_id: int, path: str) -> int:
    """The id of the deepest space that contains `path`; the root space contains every path."""
    rows = connection.execute(_CONTAINING, {"wiki_id": wiki_id, "paths": chain_above(path)})
    return int(max(rows, key=lambda row: len(row.path)).id)


def hold_spaces(connection: Connection, wiki_id: int) -> None:
    """Keep the set of spaces as it is until the caller commits: a page being put somewhere cannot miss a new space.

    `set_space` waits for those who hold, and they for it. On SQLite the write lock sees to that.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HELD, {"wiki_id": wiki_id})


_HELD = (
    select(Space.id)
    .where(Space.wiki_id == bindparam("wiki_id"), Space.path == "")
    .with_for_update(read=True)
)
_CONTAINING = select(Space.id, Space.path).where(
    Space.wiki_id == bindparam("wiki_id"), in_list(Space.path, "paths")
)
_HAS_RIGHT = {
    right: select(Space.id).where(Space.id == bindparam("space_id"), granted(right, Space.id)) for right in Right
}
_GROUPS = (
    select(Grant.group)
    .where(
        in_list(Grant.space_id, "space_ids"),
        Grant.right == Right.REVIEW.value,
    )
    .distinct()
    .order_by(Grant.group)
)
_READERS = (
    select(Grant.space_id, Grant.group)
    .join(Space, Space.id == Grant.space_id)
    .where(Space.wiki_id == bindparam("wiki_id"), Grant.right == Right.READ.value)
)
_READABLE_SPACES = select(Space.id, Space.path, Space.title).where(
    Space.wiki_id == bindparam("wiki_id"), readable(Space.id)
)


def has_right(connection: Connection, space_id: int, right: Right, actor: Actor) -> bool:
    """Whether `actor` has `right` in the space."""
    found = connection.execute(_HAS_RIGHT[right], {"space_id": space_id, **bound(actor)})
    return found.first() is not None


def responsible_groups(connection: Connection, space_ids: Sequence[int]) -> tuple[str, ...]:
    """The groups that look at changes in any of the spaces; never empty, since grants always name a fallback."""
    return tuple(connection.execute(_GROUPS, {"space_ids": list(space_ids)}).scalars())


def readable_spaces(connection: Connection, wiki_id: int, actor: Actor) -> list[tuple[int, str, str]]:
    """Id, path and title of every space the actor may read, by path."""
    rows = connection.execute(_READABLE_SPACES, {"wiki_id": wiki_id, **bound(actor)})
    return sorted(((row.id, row.path, row.title) for row in rows), key=lambda row: row[1])


def readers_of_spaces(connection: Connection, wiki_id: int) -> dict[int, frozenset[str]]:
    """The groups that may read each space, by its id."""
    rows = connection.execute(_READERS, {"wiki_id": wiki_id})
    readers: dict[int, set[str]] = {}
    for space_id, group in rows:
        readers.setdefault(space_id, set()).add(group)
    return {space_id: frozenset(groups) for space_id, groups in readers.items()}


def list_spaces(connection: Connection, wiki_id: int, actor: Actor) -> list[SpaceView]:
    """Every space the actor may read, by path, with its settings and what follows from them."""
    rows = connection.execute(
        select(Space).where(Space.wiki_id == wiki_id, readable(Space.id)).order_by(Space.path), bound(actor)
    ).all()
    if not rows:
        return []
    given: dict[tuple[int, str], list[str]] = {}
    grants = select(Grant.space_id, Grant.right, Grant.group).where(Grant.space_id.in_([row.id for row in rows]))
    for space_id, right, group in connection.execute(grants.order_by(Grant.group)):
        given.setdefault((space_id, right), []).append(group)
    return [_view(row, given) for row in rows]


def get_space(connection: Connection, wiki_id: int, path: str, actor: Actor) -> SpaceView:
    """The space at exactly `path`. Errors: NotFound, also when the actor may not read it."""
    for space in list_spaces(connection, wiki_id, actor):
        if space.path == path:
            return space
    raise NotFound("space", path or "/")


def _view(row: Any, given: Mapping[tuple[int, str], list[str]]) -> SpaceView:
    return SpaceView(
        id=row.id,
        path=row.path,
        title=row.title,
        settings=settings_of(row),
        readers=tuple(given.get((row.id, Right.READ.value), ())),
        writers=tuple(given.get((row.id, Right.WRITE.value), ())),
        reviewers=tuple(given.get((row.id, Right.REVIEW.value), ())),
        shows_reviewed=row.shows_reviewed,
    )


def settings_of(row: Any) -> SpaceSettings:
    """The settings a space row carries."""

    def groups(value: list[str] | None) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)

    edition = Edition(row.edition) if row.edition else None
    return SpaceSettings(row.title, groups(row.readers), groups(row.writers), groups(row.reviewers), edition)
