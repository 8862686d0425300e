"""Taking out some pieces of what happened to a page, and leaving the others."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from ...db import Transaction
from ...errors import Forbidden, Invalid, NotFound
from ...wording import kb_t
from ..hunks import Change, Hunk
from ..locking import CurrentPage, require_writable
from ..models import Page
from ..policy import Kind, clean_comment, with_text
from ..state import state_at, write_state
from ..texts import EMPTY_TEXT, encode, load_texts, store_text
from .save import MAX_PAGE_BYTES, EditConflict, Saved


def hunks_of(connection: Connection, page_id: int, base: int, head: int) -> tuple[Hunk, ...]:
    """The pieces by which the text at `head` differs from that at `base`, and which of them come out of the page now.

    Reads only, and checks no access: whoever shows them asks first whether the actor may read the page. A `base` of 0
    is the time before the page was there. Errors: NotFound, Invalid (not a range), Forbidden (hidden text).
    """
    now = connection.execute(select(Page.text_digest).where(Page.id == page_id)).scalar()
    if now is None:
        raise NotFound("page", str(page_id))
    return _change(connection, page_id, base, head, now).hunks()


def take_out_hunks(
    tx: Transaction,
    page: CurrentPage,
    base: int,
    head: int,
    chosen: Collection[int],
    *,
    kind: Kind,
    comment: str,
    decided_by: str | None = None,
) -> Saved | None:
    """Take the chosen pieces of what happened after revision `base` up to `head` out of the page's text; no more.

    The indices are those of `hunks_of` for the same range, whatever was saved since; title, tags and path stay. None
    when nothing of the chosen pieces is left in the page. Errors: Invalid (nothing chosen, no such piece, not a
    range), EditConflict when later changes touch a chosen piece, NotFound, Forbidden (hidden text; or not the actor's
    page to write, unless a decision acts in the name of a group).
    """
    if decided_by is None:
        require_writable(tx, page, page.state.path)
    change = _change(tx.connection, page.id, base, head, page.state.text_digest)
    _require_choice(change, chosen)
    outcome = change.take_out(chosen)
    if not outcome.clean:
        raise EditConflict(
            kb_t("Later changes build on the same words, so what you chose cannot be taken out by itself."),
            page.state.path,
            base,
            page.number,
            outcome.merge,
        )
    if outcome.text == change.now:
        return None
    raw = encode(outcome.text, max(len(outcome.text) * 4, MAX_PAGE_BYTES))
    number = write_state(
        tx,
        page,
        with_text(page.state, store_text(tx.connection, raw), len(raw)),
        kind=kind,
        comment=clean_comment(comment),
        decided_by=decided_by,
        facts={"base": base, "head": head, "hunks": sorted(set(chosen))},
    )
    return Saved(page.id, page.state.path, number)


def _require_choice(change: Change, chosen: Collection[int]) -> None:
    if not chosen:
        raise Invalid("hunks", kb_t("Please choose at least one piece to take out."))
    if not set(chosen) <= set(range(len(change.pieces))):
        raise Invalid("hunks", kb_t("This change has no such piece. Please load the [page] again and choose anew."))


def _change(connection: Connection, page_id: int, base: int, head: int, now: bytes) -> Change:
    """The texts at both ends of the range, and now.

    Neither end may be hidden: the pieces show both texts. That also keeps the pieces in their order, for a base that
    went back to the newest visible revision could be another one by the time of the choice.
    """
    if not 0 <= base < head:
        raise Invalid(
            "base", kb_t("There is no change from [revision] {base} to [revision] {head}.", base=base, head=head)
        )
    digests = [EMPTY_TEXT] if base == 0 else []
    for number in (base, head) if base else (head,):
        state, hidden = state_at(connection, page_id, number)
        if hidden:
            raise Forbidden(kb_t("This change touches hidden text, so its pieces cannot be shown or chosen."))
        digests.append(state.text_digest)
    texts = {EMPTY_TEXT: "", **load_texts(connection, {*digests, now} - {EMPTY_TEXT})}
    return Change(texts[digests[0]], texts[digests[1]], texts[now])
