"""Somebody's own filters and searches, by name: kept, renamed, removed, and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from ...actors import Actor
from ...db import Transaction, insert_or_ignore, table_of
from ...errors import Conflict, Forbidden, Invalid, NotFound
from ...wording import kb_t
from ..models import FeedSecret, SavedFilter
from ..queries.wanted import Wanted
from .access import ME, who_asks

MOST = 20
"""How many filters one moderator keeps: each is a tab with a count that is made for every look at the list."""

LONGEST_NAME = 60

LONGEST_SEARCH = 500

SEARCH = "search-for"
"""What is said of a kept search, in place of what filters say."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search as its owner kept it."""

    id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter as its owner kept it; `removed` while it can still be brought back."""

    id: int
    name: str
    wanted: Wanted
    removed: bool = False


_OF_ACTOR = (
    select(SavedFilter.id, SavedFilter.name, SavedFilter.said, SavedFilter.removed_at)
    .where(SavedFilter.wiki_id == bindparam("wiki_id"), SavedFilter.actor_id == ME)
    .order_by(SavedFilter.name, SavedFilter.id)
)


def saved_filters(connection: Connection, wiki_id: int, actor: Actor) -> list[Saved]:
    """The actor's filters, by name."""
    rows = connection.execute(_OF_ACTOR.where(SavedFilter.removed_at.is_(None)), who_asks(wiki_id, actor))
    return [_saved(row) for row in rows if SEARCH not in row.said]


def saved_searches(connection: Connection, wiki_id: int, actor: Actor) -> list[SavedSearch]:
    """The actor's kept searches, by name."""
    rows = connection.execute(_OF_ACTOR.where(SavedFilter.removed_at.is_(None)), who_asks(wiki_id, actor))
    return [SavedSearch(row.id, row.name, row.said[SEARCH]) for row in rows if SEARCH in row.said]


def find_saved(connection: Connection, wiki_id: int, actor: Actor, filter_id: int) -> Saved | None:
    """One of the actor's own filters; one that was removed, too."""
    row = connection.execute(_OF_ACTOR.where(SavedFilter.id == filter_id), who_asks(wiki_id, actor)).first()
    return _saved(row) if row is not None else None


def save_search(tx: Transaction, name: str, query: str) -> int:
    """Keep a search under a name; the search the actor had under this name is replaced, and feeds of it go on.

    Errors: Forbidden for somebody who is not signed in; Invalid for a name that cannot be, or an empty search;
    Conflict beyond `MOST`, and for the name of one of the actor's filters.
    """
    query = " ".join(query.split())[:LONGEST_SEARCH]
    if not query:
        raise Invalid("query", kb_t("Please look for something first; there is nothing to keep yet."))
    return _keep(tx, name, {SEARCH: query})


def _saved(row: Any) -> Saved:
    return Saved(row.id, row.name, Wanted.read(row.said), row.removed_at is not None)


def save_filter(tx: Transaction, name: str, wanted: Wanted) -> int:
    """Keep `wanted` under a name; what the actor had under this name is replaced, and feeds of it go on with the new.

    Errors: Forbidden for somebody who is not signed in, Invalid for a name that cannot be, Conflict beyond `MOST`.
    """
    return _keep(tx, name, wanted.said())


def _keep(tx: Transaction, name: str, said: dict[str, Any]) -> int:
    if tx.actor.is_anonymous:
        raise Forbidden(kb_t("Filters and [searches] are kept for people who are signed in."))
    name = _clean(name)
    values = {
        "wiki_id": tx.wiki_id,
        "actor_id": tx.actor_id,
        "name": name,
        "said": said,
        "created_at": tx.now,
    }
    table = table_of(SavedFilter)
    made = tx.connection.execute(insert_or_ignore(tx.connection, SavedFilter, table.c.id), values).scalar()
    if made is None:
        return _replace(tx, name, said)
    _require_room(tx)
    return int(made)


def _replace(tx: Transaction, name: str, said: dict[str, Any]) -> int:
    """Let what is kept under a name be something else of its kind: a feed of a filter never becomes one of a search."""
    table = table_of(SavedFilter)
    theirs = (table.c.actor_id == tx.actor_id, table.c.name == name, table.c.removed_at.is_(None))
    kept = tx.connection.execute(select(table.c.id, table.c.said).where(*theirs)).one()
    if (SEARCH in kept.said) != (SEARCH in said):
        raise Conflict(kb_t("You keep something else under this name. Please choose a different one."))
    tx.connection.execute(update(table).where(table.c.id == kept.id).values(said=said))
    return int(kept.id)


def rename_filter(tx: Transaction, filter_id: int, name: str) -> None:
    """Give one of the actor's filters another name. Errors: NotFound, Invalid, Conflict when the name is in use."""
    _change(tx, filter_id, is_removed=False, name=_clean(name))


def remove_filter(tx: Transaction, filter_id: int) -> None:
    """Put one of the actor's filters away; feeds of it stop. It can be brought back until the next one is removed.

    Errors: NotFound.
    """
    before = select(SavedFilter.id).where(
        SavedFilter.actor_id == tx.actor_id, SavedFilter.removed_at.is_not(None), SavedFilter.id != filter_id
    )
    tx.connection.execute(delete(table_of(FeedSecret)).where(FeedSecret.filter_id.in_(before)))
    tx.connection.execute(
        delete(table_of(SavedFilter)).where(
            SavedFilter.actor_id == tx.actor_id, SavedFilter.removed_at.is_not(None), SavedFilter.id != filter_id
        )
    )
    _change(tx, filter_id, is_removed=False, removed_at=tx.now)


def bring_filter_back(tx: Transaction, filter_id: int) -> None:
    """Undo a removal; feeds go on. Errors: NotFound, Conflict when there is another of its name, or too many."""
    _change(tx, filter_id, is_removed=True, removed_at=None)
    _require_room(tx)


def _change(tx: Transaction, filter_id: int, *, is_removed: bool, **values: Any) -> None:
    table = table_of(SavedFilter)
    state = table.c.removed_at.is_not(None) if is_removed else table.c.removed_at.is_(None)
    try:
        with tx.attempt():
            changed = tx.connection.execute(
                update(table).where(table.c.id == filter_id, table.c.actor_id == tx.actor_id, state).values(**values)
            )
    except Conflict:
        raise Conflict(kb_t("You have another filter of this name. Please choose a different one.")) from None
    if changed.rowcount != 1:
        raise NotFound("filter", str(filter_id))


def _require_room(tx: Transaction) -> None:
    kept = select(func.count()).where(SavedFilter.actor_id == tx.actor_id, SavedFilter.removed_at.is_(None))
    if tx.connection.execute(kept).scalar_one() > MOST:
        raise Conflict(kb_t("You have {most} filters already. Please remove one that you no longer use.", most=MOST))


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("name", kb_t("Please give the filter a name."))
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "name",
            kb_t("The name can have at most {most} characters, all of them visible.", most=LONGEST_NAME),
        )
    return name
