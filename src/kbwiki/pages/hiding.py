"""Hiding revisions and showing them again: a reversible flag on each, and a page that goes back to before them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import update

from ..db import Transaction
from .actions.undo import merge_out, visible_from
from .locking import CurrentPage
from .models import Revision
from .paths import title_of
from .policy import Kind, PageState
from .state import state_at, write_state
from .texts import store_text


def hide_revisions(
    tx: Transaction, page: CurrentPage, base: int, head: int, *, decided_by: str, comment: str
) -> int:
    """Hide the texts of the revisions after `base` up to `head`, and take their changes out of the page.

    Revisions after `head` go on from those texts and hold their words, so they are hidden too; what they changed
    stays in the page. Gives back the number of the page's revision afterwards. Errors: EditConflict when later
    changes build on the same words.
    """
    _flag(tx, page.id, range(base + 1, page.number + 1), hidden=True)
    facts = {"base": base, "head": head}
    if visible_from(tx, page.id, base) == 0:
        # Nothing was there before, so nothing is left to show: no word may live on in the newest revision.
        gone = PageState(page.state.path, title_of(page.state.path), (), True, store_text(tx.connection, b""), 0)
        return write_state(tx, page, gone, kind=Kind.HIDE, comment=comment, decided_by=decided_by, facts=facts)
    undone = merge_out(tx, page, base, head, kind=Kind.HIDE, comment=comment, decided_by=decided_by)
    if undone is not None:
        return undone.number
    return write_state(tx, page, page.state, kind=Kind.HIDE, comment=comment, decided_by=decided_by, facts=facts)


def show_revisions(
    tx: Transaction,
    page: CurrentPage,
    base: int,
    hidden_by: int,
    *,
    still_hidden: Collection[int],
    decided_by: str,
    comment: str,
) -> int:
    """Show again what revision `hidden_by` hid: the revisions after `base`, save those that are `still_hidden`.

    When nothing was changed since, the page also gets its last state before `hidden_by` back; otherwise it stays as
    it is, and the texts are in the history again.
    """
    shown = [number for number in range(base + 1, hidden_by) if number not in still_hidden]
    _flag(tx, page.id, shown, hidden=False)
    state = page.state
    if page.number == hidden_by and hidden_by - 1 not in still_hidden:
        state, _ = state_at(tx.connection, page.id, hidden_by - 1)
    facts = {"base": base, "head": hidden_by - 1}
    return write_state(tx, page, state, kind=Kind.UNHIDE, comment=comment, decided_by=decided_by, facts=facts)


def _flag(tx: Transaction, page_id: int, numbers: Sequence[int], *, hidden: bool) -> None:
    for start in range(0, len(numbers), 500):
        tx.connection.execute(
            update(Revision)
            .where(Revision.page_id == page_id, Revision.number.in_(numbers[start : start + 500]))
            .values(hidden=hidden)
        )
