"""Going back: restoring a revision, and taking changes out of the middle of the history."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from ...db import Transaction
from ...errors import Conflict, Forbidden, NotFound
from ...spaces.queries import find_space, hold_spaces
from ...wording import kb_t
from ..locking import CurrentPage, find_deleted_locked, find_locked, require_writable, require_write
from ..merge import merge
from ..models import Revision
from ..paths import normalise_path
from ..policy import Kind, PageState, clean_comment, with_text
from ..state import state_at, write_state
from ..texts import encode, load_texts, store_text
from .save import MAX_PAGE_BYTES, EditConflict, Saved, merge_tags


def restore_revision(tx: Transaction, path: str, number: int, *, comment: str = "") -> Saved:
    """Give the page the text, title and tags of its revision `number` again, as a new revision; it stays where it is.

    Errors: NotFound, Forbidden (also for a hidden revision).
    """
    page = _get_any_writable(tx, path)
    was, hidden = state_at(tx.connection, page.id, number)
    if hidden:
        raise Forbidden(
            kb_t("This [revision] is hidden. [A moderator] has to show it again before it can be restored.")
        )
    state = replace(was, path=page.state.path, deleted=False)
    if state == page.state:
        return Saved(page.id, state.path, page.number, changed=False)
    new = write_state(tx, page, state, kind=Kind.RESTORE, comment=clean_comment(comment), facts={"of": number})
    return Saved(page.id, state.path, new)


def undo_change(tx: Transaction, path: str, number: int, *, comment: str = "") -> Saved:
    """Take the change that made revision `number` out of the page again and keep everything that came later.

    Errors: NotFound, Forbidden, EditConflict when later changes build on the same words, Conflict when nothing of
    the change is left to undo.
    """
    page = _get_any_writable(tx, path)
    for one in (number, number - 1) if number > 1 else (number,):
        if state_at(tx.connection, page.id, one)[1]:
            raise Forbidden(kb_t("This change touches hidden text, so only [a moderator]'s [decision] can undo it."))
    new = merge_out(tx, page, number - 1, number, kind=Kind.UNDO, comment=clean_comment(comment))
    if new is None:
        raise Conflict(kb_t("Nothing of this change is left in the [page], so there is nothing to undo."))
    return new


def merge_out(
    tx: Transaction,
    page: CurrentPage,
    base: int,
    head: int,
    *,
    kind: Kind,
    comment: str,
    decided_by: str | None = None,
) -> Saved | None:
    """Take everything that happened to the page after revision `base` up to and including `head` out of it again.

    What came after `head` stays. A `base` of 0 is the time before the page was there: undoing that is deleting it.
    None when the page already is as it would be. Errors: EditConflict when later changes touch the same words,
    Conflict when the page's old address is taken; NotFound and Forbidden when that address is not the actor's to
    write, unless a decision acts in the name of a group.
    """
    state = _without(tx, page, visible_from(tx, page.id, base), head)
    if state == page.state:
        return None
    if decided_by is None and state.path != page.state.path:
        hold_spaces(tx.connection, tx.wiki_id)
        require_write(tx, find_space(tx.connection, tx.wiki_id, state.path), state.path)
    number = write_state(
        tx, page, state, kind=kind, comment=comment, decided_by=decided_by, facts={"base": base, "head": head}
    )
    return Saved(page.id, state.path, number)


def visible_from(tx: Transaction, page_id: int, base: int) -> int:
    """The newest revision up to `base` that is not hidden: going back never shows hidden text. 0 when there is none."""
    newest = select(func.max(Revision.number)).where(
        Revision.page_id == page_id, Revision.number <= base, ~Revision.hidden
    )
    return tx.connection.execute(newest).scalar() or 0


def _without(tx: Transaction, page: CurrentPage, base: int, head: int) -> PageState:
    if base == 0:
        return replace(page.state, deleted=True)
    to, _ = state_at(tx.connection, page.id, base)
    frm, _ = state_at(tx.connection, page.id, head)
    now = page.state
    state = PageState(
        path=to.path if now.path == frm.path else now.path,
        title=to.title if now.title == frm.title else now.title,
        tags=merge_tags(frm.tags, to.tags, now.tags),
        deleted=to.deleted if now.deleted == frm.deleted else now.deleted,
        text_digest=to.text_digest,
        size=to.size,
    )
    if now.text_digest == frm.text_digest:
        return state
    if to.text_digest == frm.text_digest:
        return with_text(state, now.text_digest, now.size)
    texts = load_texts(tx.connection, [frm.text_digest, to.text_digest, now.text_digest])
    outcome = merge(texts[frm.text_digest], texts[to.text_digest], texts[now.text_digest])
    if not outcome.clean:
        raise EditConflict(
            kb_t("Later changes build on the same words, so this cannot be undone by itself."),
            now.path,
            base,
            page.number,
            outcome,
        )
    raw = encode(outcome.text, max(len(outcome.text) * 4, MAX_PAGE_BYTES))
    return with_text(state, store_text(tx.connection, raw), len(raw))


def _get_any_writable(tx: Transaction, path: str) -> CurrentPage:
    path = normalise_path(path)
    page = find_locked(tx, path) or find_deleted_locked(tx, path)
    if page is None:
        raise NotFound("page", path)
    require_writable(tx, page, path)
    return page
