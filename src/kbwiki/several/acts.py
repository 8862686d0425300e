"""What happens: page by page in transactions of their own, each once, however often it is gone on with; and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select, update

from ..actors import Actor
from ..db import Transaction, table_of
from ..errors import Busy, Conflict, Invalid, KBWikiError, NotFound
from ..files.moving_along import move_with_files
from ..pages.actions import delete_page, merge_out
from ..pages.locking import get_locked, get_writable, require_writable
from ..pages.paths import normalise_path
from ..pages.policy import Kind, clean_tags
from ..pages.state import write_state
from ..wording import N_, kb_t
from ..wording.kept import keep
from .models import PageBatch, PageBatchItem
from .policy import MOST, Act, Order, Outcome, checked, target_of
from .queries import get_batch


class WikiOfPages(Protocol):
    """As much of `Wiki` as is needed here."""

    @property
    def id(self) -> int:
        """The wiki's row."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection for queries."""

    def begin(self, actor: Actor) -> AbstractContextManager[Transaction]:
        """A transaction in the name of the actor."""


def start(tx: Transaction, order: Order, pages: Sequence[tuple[int, str]]) -> str:
    """Write down what is to happen to these pages, by id and path; nothing is changed by that. Errors: Invalid."""
    order = checked(order)
    if not pages or len(pages) > MOST:
        raise Invalid("page", kb_t("Please choose at least one [page], and at most {most}.", most=MOST))
    batch_id = uuid.uuid4().hex
    said = {"act": order.act.value, "value": order.value, "comment": order.comment}
    key = {"id": batch_id, "wiki_id": tx.wiki_id, "actor_id": tx.actor_id, "at": tx.now}
    tx.connection.execute(insert(table_of(PageBatch)), {**key, **said})
    rows = [
        {
            "batch_id": batch_id,
            "place": place,
            "page_id": page_id,
            "path": path,
            "outcome": "planned",
            "why": "",
            "made": [],
        }
        for place, (page_id, path) in enumerate(pages)
    ]
    tx.connection.execute(insert(table_of(PageBatchItem)), rows)
    return batch_id


def do_at_once(tx: Transaction, order: Order, page_id: int, path: str) -> str:
    """Do it to one page in this transaction; the id by which it is undone. Errors: those of the act."""
    batch_id = start(tx, order, [(page_id, path)])
    made = _done(tx, checked(order), page_id)
    _note(tx, batch_id, 0, outcome=Outcome.DONE.value, made=made)
    return batch_id


def move_one(tx: Transaction, path: str, new_path: str, *, comment: str = "") -> tuple[str, str]:
    """Move the page at `path` with all that is below it; the id by which it is undone, and where it is now.

    Errors: those of `move_with_files`.
    """
    page = get_writable(tx, normalise_path(path))
    order = checked(Order(Act.MOVE, new_path, comment))
    return do_at_once(tx, order, page.id, page.state.path), order.value


def go_on(wiki: WikiOfPages, actor: Actor, batch_id: str, *, most: int | None = None) -> None:
    """Do what is planned and not done yet, for `most` pages; whoever goes on at the same time repeats nothing.

    Errors: NotFound, Forbidden for anybody but who began it, Busy (what was done stays done).
    """
    order, places = _theirs(wiki, actor, batch_id, Outcome.PLANNED)
    for place in places[:most]:
        with wiki.begin(actor) as tx:
            row = _claim(tx, batch_id, place, Outcome.PLANNED)
            if row is not None:
                _tried(tx, batch_id, place, partial(_carried_out, order, row), refused=Outcome.REFUSED)


def undo(wiki: WikiOfPages, actor: Actor, batch_id: str, *, most: int | None = None) -> None:
    """Take everything out again, last first, for `most` pages; what never ran is called off.

    Whatever was changed since stays: where that is not possible, the page stays as it is, and why is said. Errors:
    NotFound, Forbidden, Busy.
    """
    order, places = _theirs(wiki, actor, batch_id, Outcome.DONE)
    _call_off(wiki, actor, batch_id)
    for place in places[::-1][:most]:
        with wiki.begin(actor) as tx:
            row = _claim(tx, batch_id, place, Outcome.DONE)
            if row is not None:
                _tried(tx, batch_id, place, partial(_undone, order, row), refused=None)


def _carried_out(order: Order, row: Any, tx: Transaction) -> dict[str, Any]:
    return {"outcome": Outcome.DONE.value, "made": _done(tx, order, row.page_id), "why": ""}


def _tried(
    tx: Transaction,
    batch_id: str,
    place: int,
    step: Callable[[Transaction], dict[str, Any]],
    *,
    refused: Outcome | None,
) -> None:
    try:
        with tx.attempt():
            became = step(tx)
    except Busy:
        raise
    except KBWikiError as error:
        became = {"why": str(error), **({"outcome": refused.value} if refused else {})}
    _note(tx, batch_id, place, **became)


def _note(tx: Transaction, batch_id: str, place: int, **values: Any) -> None:
    key = (PageBatchItem.batch_id == batch_id) & (PageBatchItem.place == place)
    tx.connection.execute(update(table_of(PageBatchItem)).where(key).values(**values))


def _done(tx: Transaction, order: Order, page_id: int) -> list[list[Any]]:
    """Do it; every change of a page or file that it made, in order."""
    before = len(tx.changes)
    page = get_locked(tx, page_id)
    path = page.state.path
    if page.state.deleted:
        raise NotFound("page", path)
    if order.act in (Act.MOVE, Act.MOVE_TO):
        move_with_files(tx, path, target_of(order, path), comment=order.comment)
    elif order.act is Act.DELETE:
        delete_page(tx, path, comment=order.comment)
    else:
        _tag(tx, order, page_id)
    return [[one.subject_kind, one.subject_id, one.number] for one in tx.changes[before:]]


def _tag(tx: Transaction, order: Order, page_id: int) -> None:
    page = get_locked(tx, page_id)
    require_writable(tx, page, page.state.path)
    has = order.value in page.state.tags
    if has is (order.act is Act.TAG):
        raise Conflict(kb_t("It has this [tag] already.") if has else kb_t("It does not have this [tag]."))
    tags = {*page.state.tags, order.value} if order.act is Act.TAG else {*page.state.tags} - {order.value}
    said = N_("Tagged {tag}") if order.act is Act.TAG else N_("No longer tagged {tag}")
    state = replace(page.state, tags=clean_tags(tags))
    write_state(tx, page, state, kind=Kind.EDIT, comment=order.comment or keep(said, tag=order.value))


_UNDONE = keep(N_("Undo of what was done to several [pages] at once"))


def _undone(order: Order, row: Any, tx: Transaction) -> dict[str, Any]:
    """Take it out again: what moved moves back with all that is below it now, other changes are merged out."""
    if order.act in (Act.MOVE, Act.MOVE_TO):
        page = get_locked(tx, row.page_id)
        if page.state.deleted or page.state.path != target_of(order, row.path):
            raise Conflict(kb_t("It was moved again or deleted since, so it stays where it is."))
        move_with_files(tx, page.state.path, row.path, comment=_UNDONE)
    else:
        for _, page_id, number in reversed(row.made):
            page = get_locked(tx, page_id)
            require_writable(tx, page, page.state.path)
            merge_out(tx, page, number - 1, number, kind=Kind.UNDO, comment=_UNDONE)
    return {"outcome": Outcome.UNDONE.value, "why": ""}


def _theirs(wiki: WikiOfPages, actor: Actor, batch_id: str, outcome: Outcome) -> tuple[Order, list[int]]:
    with wiki.read() as connection:
        batch = get_batch(connection, wiki.id, batch_id, actor)
        places = connection.execute(
            select(PageBatchItem.place)
            .where(PageBatchItem.batch_id == batch_id, PageBatchItem.outcome == outcome.value)
            .order_by(PageBatchItem.place)
        ).scalars()
        return batch.order, list(places)


def _claim(tx: Transaction, batch_id: str, place: int, outcome: Outcome) -> Any:
    key = (PageBatchItem.batch_id == batch_id, PageBatchItem.place == place, PageBatchItem.outcome == outcome.value)
    return tx.connection.execute(
        select(PageBatchItem.page_id, PageBatchItem.path, PageBatchItem.made).where(*key).with_for_update()
    ).first()


def _call_off(wiki: WikiOfPages, actor: Actor, batch_id: str) -> None:
    why = keep(N_("All was undone before it came to this."))
    key = (PageBatchItem.batch_id == batch_id, PageBatchItem.outcome == Outcome.PLANNED.value)
    with wiki.begin(actor) as tx:
        called_off = update(table_of(PageBatchItem)).where(*key).values(outcome=Outcome.REFUSED.value, why=why)
        tx.connection.execute(called_off)
