"""Planning: writing down what is to be decided, and trying it out for real without keeping any of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, insert, select

from ...actors import Actor
from ...db import Transaction, in_list, table_of
from ...errors import Busy, Forbidden, Invalid, KBWikiError
from ...pages.models import Revision
from ...wording import kb_t
from ..handover import hand_over_stranded
from ..lifecycle import ReviewRow
from ..models import Batch, BatchItem, Review
from ..page_subject import KIND as PAGE
from ..policy import Verdict
from ..routing import route
from ..shown import shown_of
from ..subjects import Subjects
from .carry import carry_out
from .items import BULK, Item, Kind, Order, Outcome, WikiOfBatches
from .runs import Runs, find_runs
from .selection import MOST, LeftOut, Selection, select_reviews

AT_MOST = 0.25
"""How many seconds a dry run goes on in one transaction: on SQLite everybody else who saves waits for it."""


REST = 0.1
"""How many seconds it rests before the next one: SQLite's waiting writers look for the lock that often."""


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item with what the dry run says: `forecast` is why it would be refused, '' when it would be done."""

    item: Item
    forecast: str


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A batch that has changed nothing yet. `more` says that the selection goes on beyond what one batch takes."""

    batch_id: str
    items: tuple[PlannedItem, ...]
    left_out: tuple[LeftOut, ...]
    more: bool

    @property
    def would_be_done(self) -> int:
        """How many items would be done."""
        return sum(not one.forecast for one in self.items)


def plan_batch(
    wiki: WikiOfBatches,
    actor: Actor,
    selection: Selection,
    verdict: Verdict | str,
    *,
    reason: str = "",
    note: str = "",
    details: Mapping[str, Any] | None = None,
    most: int = MOST,
    progress: Callable[[int, int], None] | None = None,
) -> BatchPlan:
    """Plan to answer every selected review with the verdict: a dry run, until `run_batch` carries it out.

    Each item keeps base, head and digest as they are now, so that nothing is decided about what comes later. The
    forecast of each is found by carrying it out in a transaction that is never committed. Errors: Invalid for a verdict
    that cannot be given to many at once, and where the reason or note is wrong for every one of them.
    """
    order = _order(Kind.REVIEWS, verdict, reason, note, details)
    with wiki.read() as connection:
        selected = select_reviews(connection, wiki.id, actor, selection, most)
        items = _items(connection, wiki.subjects, selected.review_ids)
    said = try_out(wiki, actor, order, items, progress)
    batch_id = _write(wiki, actor, order, selection.to_json(), said)
    return BatchPlan(batch_id, said, selected.left_out, selected.more)


def plan_rollback(
    wiki: WikiOfBatches,
    actor: Actor,
    runs: Runs,
    *,
    reason: str,
    note: str = "",
    most: int = MOST,
    progress: Callable[[int, int], None] | None = None,
) -> BatchPlan:
    """Plan to take an author's whole run out of every page, each page as one decision; see `runs`.

    Errors: Forbidden for one's own changes, Invalid as for `plan_batch`.
    """
    if runs.author == actor.id:
        raise Forbidden(kb_t("These changes are your own: please undo them from the [pages]' [histories]."))
    order = _order(Kind.RUNS, Verdict.REVERT, reason, note, None)
    with wiki.read() as connection:
        found = find_runs(connection, wiki.id, actor, runs, wiki.subjects, most)
    said = try_out(wiki, actor, order, found.items, progress)
    batch_id = _write(wiki, actor, order, runs.to_json(), said)
    return BatchPlan(batch_id, said, found.left_out, found.more)


def _order(kind: Kind, verdict: Verdict | str, reason: str, note: str, details: Mapping[str, Any] | None) -> Order:
    try:
        known = Verdict(verdict)
    except ValueError:
        raise Invalid("verdict", kb_t("Please choose what to do with these changes.")) from None
    if known not in BULK:
        raise Invalid(
            "verdict",
            kb_t("“{value}” needs a look at each text, so it cannot be done to many at once.", value=known.value),
        )
    return Order(kind, known, reason, note.strip(), dict(details or {}))


def _items(connection: Connection, subjects: Subjects, ids: tuple[int, ...]) -> tuple[Item, ...]:
    rows = connection.execute(select(table_of(Review)).where(in_list(Review.id, "ids")), {"ids": list(ids)})
    reviews = {row.id: ReviewRow(*row) for row in rows}
    return tuple(_item(connection, subjects, place, reviews[one]) for place, one in enumerate(ids) if one in reviews)


def _item(connection: Connection, subjects: Subjects, place: int, review: ReviewRow) -> Item:
    digest = shown_of(connection, review, subjects).digest
    return Item(
        place, review.id, review.group, review.subject_kind, review.subject_id, review.base, review.head, digest
    )


class _NeverMind(Exception):
    """Ends a dry run: leaving the transaction by it undoes everything."""


def try_out(
    wiki: WikiOfBatches,
    actor: Actor,
    order: Order,
    items: tuple[Item, ...],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[PlannedItem, ...]:
    """What would become of each item. Every one is really carried out, one after the other, and nothing is kept.

    Items that can matter to each other (one subject, or pages that had the same address) are tried in one transaction.
    """
    with wiki.read() as connection:
        waiting = _clusters(connection, items)
    refused: dict[int, KBWikiError] = {}
    tried = 0
    while waiting:
        try:
            with wiki.begin(actor) as tx:
                begun = monotonic()
                while waiting and monotonic() - begun < AT_MOST:
                    cluster = waiting.pop(0)
                    refused |= _refusals(tx, order, cluster)
                    tried += len(cluster)
                raise _NeverMind
        except _NeverMind:
            sleep(REST)
        if progress is not None:
            progress(tried, len(items))
    _require_sensible(list(refused.values()), len(items))
    return tuple(PlannedItem(item, str(refused[item.place]) if item.place in refused else "") for item in items)


def _refusals(tx: Transaction, order: Order, cluster: list[Item]) -> dict[int, KBWikiError]:
    said = ((item.place, _refusal(tx, order, item)) for item in cluster)
    return {place: error for place, error in said if error is not None}


def _refusal(tx: Transaction, order: Order, item: Item) -> KBWikiError | None:
    """Why the item would be refused; what it does otherwise stays for the items after it, as it would in earnest."""
    try:
        with tx.attempt():
            carry_out(tx, order, item)
            route(tx)
            hand_over_stranded(tx)
            tx.changes.clear()
    except Busy:
        raise
    except KBWikiError as error:
        return error
    return None


def _require_sensible(errors: list[KBWikiError], count: int) -> None:
    """Errors: Invalid when what the moderator gave is wrong for all items, so that nothing needs planning."""
    wrong = [one for one in errors if isinstance(one, Invalid) and one.field in ("reason", "note", "to")]
    if wrong and len(wrong) == count:
        raise wrong[0]


def _clusters(connection: Connection, items: tuple[Item, ...]) -> list[list[Item]]:
    """The items in groups that share a subject or an address, directly or through others; each in the batch's order."""
    addresses: dict[int, list[str]] = defaultdict(list)
    pages = sorted({item.subject_id for item in items if item.subject_kind == PAGE})
    paths = select(Revision.page_id, Revision.path).where(in_list(Revision.page_id, "pages")).distinct()
    for page_id, path in connection.execute(paths, {"pages": pages}):
        addresses[page_id].append(path)
    head: dict[str, str] = {}

    def find(name: str) -> str:
        while (above := head.setdefault(name, name)) != name:
            head[name] = head[above]
            name = above
        return name

    for item in items:
        name = _subject_name(item)
        for path in addresses[item.subject_id] if item.subject_kind == PAGE else ():
            head[find(f"/{path}")] = find(name)
    together: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        together[find(_subject_name(item))].append(item)
    return list(together.values())


def _subject_name(item: Item) -> str:
    return f"{item.subject_kind}:{item.subject_id}"


def _write(
    wiki: WikiOfBatches, actor: Actor, order: Order, selection: Mapping[str, Any], said: tuple[PlannedItem, ...]
) -> str:
    batch_id = uuid.uuid4().hex
    with wiki.begin(actor) as tx:
        tx.connection.execute(
            insert(table_of(Batch)),
            {
                "id": batch_id,
                "wiki_id": tx.wiki_id,
                "actor_id": tx.actor_id,
                "kind": order.kind.value,
                "verdict": order.verdict.value,
                "reason": order.reason,
                "note": order.note,
                "selection": dict(selection),
                "details": dict(order.details),
                "at": tx.now,
            },
        )
        rows = [_row(batch_id, one) for one in said]
        if rows:
            tx.connection.execute(insert(table_of(BatchItem)), rows)
    return batch_id


def _row(batch_id: str, planned: PlannedItem) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        **asdict(planned.item),
        "forecast": planned.forecast,
        "outcome": Outcome.PLANNED.value,
        "why": "",
        "decision_id": None,
    }
