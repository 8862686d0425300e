"""Hiding revisions and showing them again: a reversible flag on each, and a page that goes back to before them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from ..db import Transaction
from ..errors import Conflict
from .actions.undo import merge_out
from .locking import CurrentPage
from .models import Revision
from .policy import Kind, with_text
from .state import state_at, write_state
from .texts import store_text


def hide_revisions(
    tx: Transaction, page: CurrentPage, base: int, head: int, *, decided_by: str, comment: str
) -> int:
    """Hide the texts of the revisions after `base` up to `head`, and take their changes out of the page.

    Gives back the number of the page's revision afterwards. Errors: EditConflict when later changes build on them.
    """
    _flag(tx, page.id, base, head, hidden=True)
    facts = {"base": base, "head": head}
    if base == 0:
        # Nothing was there before, so nothing is left to show: the text must not live on in the newest revision.
        gone = with_text(replace(page.state, deleted=True), store_text(tx.connection, b""), 0)
        return write_state(
            tx, page, gone, kind=Kind.HIDE, comment=comment, decided_by=decided_by, facts=facts
        )
    undone = merge_out(tx, page, base, head, kind=Kind.HIDE, comment=comment, decided_by=decided_by)
    if undone is not None:
        return undone.number
    return write_state(
        tx, page, page.state, kind=Kind.HIDE, comment=comment, decided_by=decided_by, facts=facts
    )


def show_revisions(
    tx: Transaction, page: CurrentPage, base: int, head: int, hidden_by: int, *, decided_by: str, comment: str
) -> int:
    """Show the revisions after `base` up to `head` again.

    When nothing was changed since revision `hidden_by`, which hid them, the page also gets their last state back;
    otherwise it stays as it is, and their texts are in the history again. Errors: Conflict when they are visible.
    """
    if _flag(tx, page.id, base, head, hidden=False) == 0:
        raise Conflict("Somebody has already shown this again, so there is nothing left to do.")
    state = page.state
    if page.number == hidden_by:
        state, _ = state_at(tx.connection, page.id, head)
    facts = {"base": base, "head": head}
    return write_state(tx, page, state, kind=Kind.UNHIDE, comment=comment, decided_by=decided_by, facts=facts)


def _flag(tx: Transaction, page_id: int, base: int, head: int, *, hidden: bool) -> int:
    flagged = tx.connection.execute(
        update(Revision)
        .where(
            Revision.page_id == page_id,
            Revision.number > base,
            Revision.number <= head,
            Revision.hidden.is_(not hidden),
        )
        .values(hidden=hidden)
    )
    return flagged.rowcount
