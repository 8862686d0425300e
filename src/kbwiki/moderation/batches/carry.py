"""Carrying out one item: for the dry run and in earnest it is this one function."""

from __future__ import annotations

from ...db import Transaction
from ..decide import Answer, decide
from ..record import Decided
from .items import Item, Kind, Order, key_of
from .runs import roll_back


def carry_out(tx: Transaction, order: Order, item: Item) -> Decided:
    """Decide about the item exactly as it was when the batch was planned.

    Errors: those of `decide`. In earnest, the order has a batch id, and with it every item its key: asked for twice,
    it happens once.
    """
    if order.kind is Kind.RUNS:
        return roll_back(tx, order, item)
    assert item.review_id is not None
    return decide(
        tx,
        Answer(
            item.review_id,
            item.base,
            item.head,
            item.digest,
            order.verdict,
            reason=order.reason,
            note=order.note,
            key=key_of(order, item),
            batch=order.batch_id,
            details=order.details,
        ),
    )
