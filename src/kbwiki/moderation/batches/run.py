"""Running a batch, and taking it back: item by item, each whole in a transaction of its own, and each once."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from sqlalchemy import select, update

from ...actors import Actor
from ...db import Transaction, table_of
from ...errors import Busy, KBWikiError
from ...wording import N_
from ...wording.kept import keep
from ..models import BatchItem, Decision
from ..take_back import take_back
from .carry import carry_out
from .items import ITEM_COLUMNS, BatchRow, Item, Outcome, WikiOfBatches, get_batch, key_of, places, require_theirs
from .plan import BatchPlan, plan_rollback
from .report import BatchReport, report_of
from .runs import Runs

Progress = Callable[[int, int], None]
"""Is told how many items are through, and of how many."""

PATIENCE = 5
"""How often an item is tried while the database is busy."""

MOST_REST = 0.05
"""How many seconds lie between two items at most."""

_Step = Callable[[Transaction, BatchRow, Any], dict[str, Any]]


def run_batch(
    wiki: WikiOfBatches, actor: Actor, batch_id: str, *, most: int | None = None, progress: Progress | None = None
) -> BatchReport:
    """Carry out what is planned and not done yet, `most` items of it; what became of every item so far.

    Each item is decided in a transaction of its own that records its outcome too: however a run ends, no item is half
    done, and running again, or twice at the same time, goes on and repeats nothing. What moved on since it was planned
    is refused, and stays open for a look. Errors: NotFound, Forbidden for anybody but the one who planned it, Busy
    (what was done stays done; run it again).
    """
    with wiki.read() as connection:
        batch = get_batch(connection, wiki.id, batch_id)
        require_theirs(batch, actor)
        waiting = places(connection, batch_id, Outcome.PLANNED)[:most]
    _each(wiki, actor, batch, waiting, Outcome.PLANNED, _carry_out, progress)
    return _reported(wiki, actor, batch_id)


def take_back_batch(
    wiki: WikiOfBatches, actor: Actor, batch_id: str, *, most: int | None = None, progress: Progress | None = None
) -> BatchReport:
    """Take back every decision of the batch, last first, `most` of them; what became of every item so far.

    Planned items that never ran are refused for good, so that the batch cannot go on afterwards. An item that cannot
    be taken back any more stays done, with the reason. Resumable and safe twice at the same time, like `run_batch`.
    Errors: NotFound, Forbidden, Busy.
    """
    with wiki.read() as connection:
        batch = get_batch(connection, wiki.id, batch_id)
        require_theirs(batch, actor)
    _call_off(wiki, actor, batch)
    with wiki.read() as connection:
        done = places(connection, batch_id, Outcome.DONE)[::-1][:most]
    _each(wiki, actor, batch, done, Outcome.DONE, _take_back, progress)
    return _reported(wiki, actor, batch_id)


def rollback_run(
    wiki: WikiOfBatches,
    actor: Actor,
    runs: Runs,
    *,
    reason: str,
    note: str = "",
    progress: Progress | None = None,
) -> tuple[BatchPlan, BatchReport]:
    """Take an author's whole run out of every page at once: `plan_rollback`, and `run_batch` of what it planned."""
    plan = plan_rollback(wiki, actor, runs, reason=reason, note=note)
    return plan, run_batch(wiki, actor, plan.batch_id, progress=progress)


def _reported(wiki: WikiOfBatches, actor: Actor, batch_id: str) -> BatchReport:
    with wiki.read() as connection:
        return report_of(connection, wiki.id, actor, batch_id, wiki.subjects)


def _each(
    wiki: WikiOfBatches,
    actor: Actor,
    batch: BatchRow,
    turns: list[int],
    outcome: Outcome,
    step: _Step,
    progress: Progress | None,
) -> None:
    for count, place in enumerate(turns, 1):
        begun = monotonic()
        _patiently(wiki, actor, batch, place, outcome, step)
        # People's saves come first: where one transaction writes at a time, they get in while this one rests.
        sleep(min((monotonic() - begun) / 3, MOST_REST))
        if progress is not None:
            progress(count, len(turns))


def _patiently(wiki: WikiOfBatches, actor: Actor, batch: BatchRow, place: int, outcome: Outcome, step: _Step) -> None:
    """One item; when the database is busy, again, since nothing was changed. Errors: Busy when it stays so."""
    for tries_left in reversed(range(PATIENCE)):
        try:
            _one(wiki, actor, batch, place, outcome, step)
        except Busy:
            if tries_left == 0:
                raise
        else:
            return


def _one(wiki: WikiOfBatches, actor: Actor, batch: BatchRow, place: int, outcome: Outcome, step: _Step) -> None:
    with wiki.begin(actor) as tx:
        # Whoever else runs this batch waits here, and then finds that the item is not theirs to do.
        row = _claim(tx, batch.id, place, outcome)
        if row is None:
            return
        became = step(tx, batch, row)
        key = (BatchItem.batch_id == batch.id) & (BatchItem.place == place)
        tx.connection.execute(update(table_of(BatchItem)).where(key).values(**became))


def _claim(tx: Transaction, batch_id: str, place: int, outcome: Outcome) -> Any:
    statement = (
        select(*ITEM_COLUMNS, BatchItem.decision_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.place == place, BatchItem.outcome == outcome.value)
        .with_for_update()
    )
    return tx.connection.execute(statement).first()


def _carry_out(tx: Transaction, batch: BatchRow, row: Any) -> dict[str, Any]:
    try:
        with tx.attempt():
            decided = carry_out(tx, batch.order, Item(*row[:-1]))
    except Busy:
        raise
    except KBWikiError as error:
        return {"outcome": Outcome.REFUSED.value, "why": str(error)}
    return {"outcome": Outcome.DONE.value, "why": "", "decision_id": decided.decision_id}


def _take_back(tx: Transaction, batch: BatchRow, row: Any) -> dict[str, Any]:
    gone = select(Decision.id).where(Decision.takes_back == row.decision_id)
    if tx.connection.execute(gone).first() is not None:
        return {"outcome": Outcome.TAKEN_BACK.value, "why": keep(N_("Somebody had taken it back already."))}
    key = f"{key_of(batch.order, row)}:back"
    try:
        with tx.attempt():
            take_back(tx, row.decision_id, why=N_("The whole batch was taken back"), key=key)
    except Busy:
        raise
    except KBWikiError as error:
        return {"why": str(error)}
    return {"outcome": Outcome.TAKEN_BACK.value, "why": ""}


def _call_off(wiki: WikiOfBatches, actor: Actor, batch: BatchRow) -> None:
    with wiki.begin(actor) as tx:
        tx.connection.execute(
            update(table_of(BatchItem))
            .where(BatchItem.batch_id == batch.id, BatchItem.outcome == Outcome.PLANNED.value)
            .values(outcome=Outcome.REFUSED.value, why=keep(N_("The batch was taken back before it came to this.")))
        )
