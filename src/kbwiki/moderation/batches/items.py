"""What a batch is made of, between planning it, running it and showing it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection, select

from ...actors import Actor
from ...db import Transaction, table_of
from ...errors import Forbidden, NotFound
from ...journal.models import ActorRow
from ...wording import kb_t
from ..models import Batch, BatchItem
from ..policy import Verdict
from ..subjects import Registry


class Outcome(StrEnum):
    """What became of an item."""

    PLANNED = "planned"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"


class Kind(StrEnum):
    """What the items of a batch are."""

    REVIEWS = "reviews"
    RUNS = "runs"


BULK = frozenset(
    {Verdict.APPROVE, Verdict.REVERT, Verdict.HIDE, Verdict.DELETE, Verdict.CONCERN, Verdict.HAND_OVER}
)
"""Verdicts that mean the same for many reviews; the others need a look at one text."""


class WikiOfBatches(Protocol):
    """As much of `Wiki` as a batch needs: a batch begins a transaction for each item, so no single one is handed in."""

    subjects: Registry

    @property
    def id(self) -> int:
        """The wiki's row."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection for queries."""

    def begin(self, actor: Actor) -> AbstractContextManager[Transaction]:
        """A transaction in the name of the actor."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with every item."""

    kind: Kind
    verdict: Verdict
    reason: str = ""
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide about, as it was shown when the batch was planned."""

    place: int
    review_id: int | None
    group: str
    subject_kind: str
    subject_id: int
    base: int
    head: int
    digest: bytes


def key_of(order: Order, item: Item) -> str | None:
    """What makes the item happen once; None in a dry run."""
    return f"{order.batch_id}:{item.place}" if order.batch_id is not None else None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands in its row; `actor` is the host's id of whose it is."""

    id: str
    order: Order
    selection: Mapping[str, Any]
    actor: str
    actor_name: str
    at: datetime


ITEM_COLUMNS = [getattr(BatchItem, name) for name in Item.__dataclass_fields__]


def get_batch(connection: Connection, wiki_id: int, batch_id: str) -> BatchRow:
    """The batch. Errors: NotFound."""
    row = connection.execute(
        select(table_of(Batch), ActorRow.external_id, ActorRow.name)
        .join(ActorRow, ActorRow.id == Batch.actor_id)
        .where(Batch.id == batch_id, Batch.wiki_id == wiki_id)
    ).first()
    if row is None:
        raise NotFound("batch", batch_id)
    order = Order(Kind(row.kind), Verdict(row.verdict), row.reason, row.note, row.details, row.id)
    return BatchRow(row.id, order, row.selection, row.external_id, row.name, row.at)


def require_theirs(batch: BatchRow, actor: Actor) -> None:
    """Errors: Forbidden for everybody but the one who planned the batch and saw what it would do."""
    if batch.actor != actor.id:
        raise Forbidden(
            kb_t(
                "{actor_name} planned this batch, so nobody else can run it. Please plan your own.",
                actor_name=batch.actor_name,
            )
        )


def places(connection: Connection, batch_id: str, outcome: Outcome) -> list[int]:
    """The turns of the items with this outcome, first to last."""
    statement = select(BatchItem.place).where(BatchItem.batch_id == batch_id, BatchItem.outcome == outcome.value)
    return list(connection.execute(statement.order_by(BatchItem.place)).scalars())
