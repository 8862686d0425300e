"""Saving: creating a page, editing it, and joining two edits of the same page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...db import Transaction
from ...errors import Conflict
from ...wording import kb_t
from ..locking import CurrentPage, find_deleted_locked, find_locked, require_writable
from ..merge import Agreed, Clash, Merge, merge
from ..paths import normalise_path, title_of
from ..policy import Kind, PageState, clean_comment, clean_tags, clean_title, with_text
from ..state import create_page, state_at, write_state
from ..texts import encode, load_texts, store_text

MAX_PAGE_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Edit:
    """What an author wants saved.

    `base` is the number of the revision the author started from, None for a page that did not exist then. `title`
    and `tags` of None keep what the page has (a new page takes its title from its path). `small` is what the author
    says of the change, for lists; it is reviewed like any other.
    """

    path: str
    text: str
    title: str | None = None
    tags: Iterable[str] | None = None
    comment: str = ""
    base: int | None = None
    small: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an edit: it is live as revision `number` of the page at `path`."""

    page_id: int
    path: str
    number: int
    created: bool = False
    changed: bool = True
    merged: bool = False


@dataclass(eq=False)
class EditConflict(Conflict):
    """Two authors changed the same words. Nothing was saved; `merge` holds both texts, chunk by chunk.

    `current` is the number to name as `base` when saving what was made of both; `deleted` tells that the page was
    deleted in the meantime, and saving against `current` brings it back.
    """

    path: str
    base: int | None
    current: int
    merge: Merge
    deleted: bool = False


def save_page(
    tx: Transaction, edit: Edit, *, max_bytes: int = MAX_PAGE_BYTES, decided_by: str | None = None
) -> Saved:
    """Make the edit live: as a new page, a new revision, or merged with what others saved since `edit.base`.

    `decided_by` is the group in whose name a decision mends the page. Errors: Invalid (path, title, tags, comment,
    text), NotFound and Forbidden (access), EditConflict.
    """
    path = normalise_path(edit.path)
    raw = encode(edit.text, max_bytes)
    comment = clean_comment(edit.comment)
    # Who edits a page means that page, wherever it is by now; who writes a new one means the address.
    page = find_locked(tx, path, follow=edit.base is not None)
    if page is None:
        return _save_absent(tx, path, edit, raw, comment, decided_by)
    require_writable(tx, page, path)
    return _save_present(tx, page, edit, raw, comment, decided_by)


def _save_absent(
    tx: Transaction, path: str, edit: Edit, raw: bytes, comment: str, decided_by: str | None
) -> Saved:
    deleted = find_deleted_locked(tx, path)
    if deleted is not None:
        require_writable(tx, deleted, path)
        if edit.base is not None and edit.base < deleted.number:
            clash = Clash("", edit.text, "")
            raise EditConflict(
                kb_t("The [page] was deleted while you were writing."),
                path,
                edit.base,
                deleted.number,
                Merge((clash,), by_words=False),
                deleted=True,
            )
        state = _wanted(deleted.state, edit, store_text(tx.connection, raw), len(raw))
        back = replace(state, deleted=False)
        number = write_state(
            tx, deleted, back, kind=Kind.BRING_BACK, comment=comment, decided_by=decided_by
        )
        return Saved(deleted.id, path, number, created=True)
    state = PageState(
        path=path,
        title=clean_title(edit.title or "") or title_of(path),
        tags=clean_tags(edit.tags or ()),
        deleted=False,
        text_digest=store_text(tx.connection, raw),
        size=len(raw),
    )
    page_id = create_page(tx, state, kind=Kind.CREATE, comment=comment)
    if page_id is not None:
        return Saved(page_id, path, 1, created=True)
    other = find_locked(tx, path, follow=False)
    if other is None:
        raise Conflict(kb_t("Somebody else changed this [page] at the same moment. Please try again."))
    return _save_present(tx, other, edit, raw, comment)


def _save_present(
    tx: Transaction, page: CurrentPage, edit: Edit, raw: bytes, comment: str, decided_by: str | None = None
) -> Saved:
    if edit.base == page.number:
        digest = store_text(tx.connection, raw)
        state, merged = _wanted(page.state, edit, digest, len(raw)), False
    else:
        state, merged = _merged(tx, page, edit), True
    if state == page.state:
        return Saved(page.id, page.state.path, page.number, changed=False, merged=merged)
    number = write_state(
        tx, page, state, kind=Kind.EDIT, comment=comment, decided_by=decided_by, small=edit.small
    )
    return Saved(page.id, state.path, number, merged=merged)


def _wanted(current: PageState, edit: Edit, digest: bytes, size: int) -> PageState:
    title = current.title if edit.title is None else clean_title(edit.title) or title_of(current.path)
    tags = current.tags if edit.tags is None else clean_tags(edit.tags)
    return with_text(replace(current, title=title, tags=tags), digest, size)


def _merged(tx: Transaction, page: CurrentPage, edit: Edit) -> PageState:
    """What the page becomes when the edit and all that was saved since its base are joined."""
    theirs = page.state
    their_text = load_texts(tx.connection, [theirs.text_digest])[theirs.text_digest]
    if edit.base is None:
        base, hidden = replace(theirs, tags=()), False
    else:
        base, hidden = state_at(tx.connection, page.id, edit.base)
    if edit.base is None or hidden:
        outcome = side_by_side(edit.text, their_text)
    else:
        base_text = load_texts(tx.connection, [base.text_digest])[base.text_digest]
        outcome = merge(base_text, edit.text, their_text)
    if not outcome.clean:
        raise EditConflict(
            kb_t("Somebody else changed the same words while you were writing."),
            theirs.path,
            edit.base,
            page.number,
            outcome,
        )
    raw = encode(outcome.text, max(len(outcome.text) * 4, MAX_PAGE_BYTES))
    mine = _wanted(base, edit, theirs.text_digest, theirs.size)
    return PageState(
        path=theirs.path,
        title=mine.title if mine.title != base.title else theirs.title,
        tags=merge_tags(base.tags, mine.tags, theirs.tags),
        deleted=False,
        text_digest=store_text(tx.connection, raw),
        size=len(raw),
    )


def side_by_side(mine: str, theirs: str) -> Merge:
    """Nothing both started from, or nothing that may be shown: equal texts agree, anything else the author decides."""
    chunk = Agreed(mine) if mine == theirs else Clash("", mine, theirs)
    return Merge((chunk,), by_words=False)


def merge_tags(base: Iterable[str], mine: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """Three-way merge of tag sets: what either side added is in, what either side removed is out."""
    was, own, other = set(base), set(mine), set(theirs)
    return tuple(sorted((own & other) | ((own ^ other) - was)))
