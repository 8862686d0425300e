"""What a batch is to do or has done, item by item, as far as the actor may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ...actors import Actor
from ...errors import NotFound
from ...journal.models import ActorRow
from ...pages.models import Page
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ...wording.kept import as_said
from ..models import Batch, BatchItem
from ..subjects import Subjects
from .items import Outcome, get_batch


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item. `title` and `path` are '' where the actor may not read any more, and the reasons then too."""

    place: int
    review_id: int | None
    decision_id: int | None
    group: str
    title: str
    path: str
    base: int
    head: int
    forecast: str
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch, how many of its items are where, and each of them in its order."""

    id: str
    kind: str
    verdict: str
    reason: str
    note: str
    selection: Mapping[str, Any]
    by: str
    at: datetime
    planned: int
    done: int
    refused: int
    taken_back: int
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in the list of an actor's own."""

    id: str
    kind: str
    verdict: str
    at: datetime
    counts: Mapping[str, int]


def report_of(connection: Connection, wiki_id: int, actor: Actor, batch_id: str, subjects: Subjects) -> BatchReport:
    """The batch, for the one who planned it. Errors: NotFound, for everybody else too."""
    batch = get_batch(connection, wiki_id, batch_id)
    if batch.actor != actor.id:
        raise NotFound("batch", batch_id)
    lines = _lines(connection, batch_id, actor, subjects)
    count = {outcome: sum(line.outcome == outcome for line in lines) for outcome in Outcome}
    return BatchReport(
        batch.id,
        batch.order.kind.value,
        batch.order.verdict.value,
        batch.order.reason,
        batch.order.note,
        batch.selection,
        batch.actor_name,
        batch.at,
        count[Outcome.PLANNED],
        count[Outcome.DONE],
        count[Outcome.REFUSED],
        count[Outcome.TAKEN_BACK],
        lines,
    )


def batches_of(connection: Connection, wiki_id: int, actor: Actor, count: int = 50) -> list[BatchLine]:
    """The batches the actor planned last, newest first."""
    batches = connection.execute(
        select(Batch.id, Batch.kind, Batch.verdict, Batch.at)
        .join(ActorRow, ActorRow.id == Batch.actor_id)
        .where(Batch.wiki_id == wiki_id, ActorRow.external_id == actor.id)
        .order_by(Batch.at.desc(), Batch.id)
        .limit(count)
    ).all()
    counted = connection.execute(
        select(BatchItem.batch_id, BatchItem.outcome, func.count())
        .where(BatchItem.batch_id.in_([one.id for one in batches]))
        .group_by(BatchItem.batch_id, BatchItem.outcome)
    ).all()
    return [
        BatchLine(one.id, one.kind, one.verdict, one.at, {row[1]: row[2] for row in counted if row[0] == one.id})
        for one in batches
    ]


def _lines(connection: Connection, batch_id: str, actor: Actor, subjects: Subjects) -> tuple[ItemLine, ...]:
    readable_spaces = set(connection.execute(select(Space.id).where(readable(Space.id)), bound(actor)).scalars())
    rows = connection.execute(
        select(
            BatchItem.place,
            BatchItem.review_id,
            BatchItem.decision_id,
            BatchItem.group,
            BatchItem.base,
            BatchItem.head,
            BatchItem.forecast,
            BatchItem.outcome,
            BatchItem.why,
            BatchItem.subject_kind,
            BatchItem.subject_id,
            Page.title,
            Page.path,
            Page.space_id,
        )
        .outerjoin(Page, (Page.id == BatchItem.subject_id) & (BatchItem.subject_kind == "page"))
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.place)
    ).all()
    return tuple(_line(connection, row, subjects, readable_spaces, actor) for row in rows)


def _line(connection: Connection, row: Any, subjects: Subjects, spaces: set[int], actor: Actor) -> ItemLine:
    title, path, space_id = row.title or "", row.path or "", row.space_id
    if row.subject_kind != "page" and row.subject_kind in subjects:
        place = subjects[row.subject_kind].place(connection, row.subject_id)
        title, path, space_id = place.title, place.path, place.space_id
    seen = space_id in spaces and row.group in actor.effective_groups
    hidden = kb_t("You cannot read this any more.")
    return ItemLine(
        row.place,
        row.review_id,
        row.decision_id,
        row.group,
        title if seen else "",
        path if seen else "",
        row.base,
        row.head,
        as_said(row.forecast) if seen or not row.forecast else hidden,
        row.outcome,
        as_said(row.why) if seen or not row.why else hidden,
    )
