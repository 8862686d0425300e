"""What to show: pages to choose from, what was done to several, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ..actors import Actor
from ..db import in_list, table_of
from ..errors import NotFound
from ..journal.models import ActorRow
from ..pages.models import Page, PageTag
from ..pages.paths import below
from ..spaces.policy import Right
from ..spaces.queries import bound, granted, readable
from .models import PageBatch, PageBatchItem
from .policy import MOST, Act, Order, Outcome


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What one actor wanted done with several pages."""

    id: str
    order: Order
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One page of it: its path when chosen, where it is now and its title ('' where it may not be read any more)."""

    path: str
    now: str
    title: str
    deleted: bool
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A live page that may be chosen: the actor may write it."""

    id: int
    path: str
    title: str


def get_batch(connection: Connection, wiki_id: int, batch_id: str, actor: Actor) -> BatchRow:
    """What this actor began under this id. Errors: NotFound, also when somebody else did."""
    row = connection.execute(
        select(table_of(PageBatch))
        .join(ActorRow, ActorRow.id == PageBatch.actor_id)
        .where(PageBatch.id == batch_id, PageBatch.wiki_id == wiki_id, ActorRow.external_id == actor.id)
    ).first()
    if row is None:
        raise NotFound("batch", batch_id)
    return BatchRow(row.id, Order(Act(row.act), row.value, row.comment), row.at)


def items_of(connection: Connection, batch_id: str, actor: Actor) -> list[ItemRow]:
    """What became of each page, in order; titles and places only of pages the actor may read."""
    rows = connection.execute(
        select(PageBatchItem, Page.path.label("now"), Page.title, Page.deleted)
        .outerjoin(Page, (Page.id == PageBatchItem.page_id) & readable(Page.space_id))
        .where(PageBatchItem.batch_id == batch_id)
        .order_by(PageBatchItem.place),
        bound(actor),
    )
    return [
        ItemRow(row.path, row.now or "", row.title or "", bool(row.deleted), Outcome(row.outcome), row.why)
        for row in rows
    ]


def choosable(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    *,
    path: str | None = None,
    tag: str | None = None,
    paths: Iterable[str] | None = None,
    count: int = MOST,
) -> list[Chosen]:
    """Live pages the actor may write, by path: those at and below `path`, with the tag, or at just these `paths`."""
    statement = select(Page.id, Page.path, Page.title).where(
        Page.wiki_id == wiki_id, ~Page.deleted, granted(Right.WRITE, Page.space_id)
    )
    key = bound(actor)
    if path:
        low, high = below(path)
        statement = statement.where((Page.path == path) | ((Page.path >= low) & (Page.path < high)))
    if tag is not None:
        statement = statement.where(Page.id.in_(select(PageTag.page_id).where(PageTag.tag == tag)))
    if paths is not None:
        statement = statement.where(in_list(Page.path, "paths"))
        key = {**key, "paths": sorted(set(paths))}
    return [Chosen(*row) for row in connection.execute(statement.order_by(Page.path).limit(count), key)]
