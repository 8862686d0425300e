"""Hiding parts of revisions and showing them again: reversible flags on each, and a page that goes back to before them.

Words, comment and author can be hidden apart from each other. Several hidings may stand over the same revision; each
is taken back by itself, and what another one hides stays hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, delete, func, literal, update

from ..db import Transaction, table_of
from .actions.undo import merge_out, visible_from
from .locking import CurrentPage
from .models import PageLink, Revision
from .paths import title_of
from .policy import Kind, PageState
from .state import state_at, write_state
from .texts import store_text


@dataclass(frozen=True, slots=True)
class HideParts:
    """What of a range of revisions is hidden, and from whom.

    `words` are text, title, tags and comment together. With `only_group` only that group may look at what is hidden;
    without, every group that looks after the page may.
    """

    words: bool = True
    comment: bool = False
    author: bool = False
    only_group: str | None = None


@dataclass(frozen=True, slots=True)
class Hiding:
    """One hiding as it was done: what, of the revisions after `base` up to `head`, by writing revision `number`."""

    base: int
    head: int
    number: int
    parts: HideParts = HideParts()

    @property
    def words(self) -> range:
        """The revisions whose words it hides: later ones went on from those texts and hold their words."""
        return range(self.base + 1, self.number) if self.parts.words else range(0)

    @property
    def comments(self) -> range:
        """The revisions whose comment it hides."""
        return range(self.base + 1, self.head + 1) if self.parts.comment else range(0)

    @property
    def authors(self) -> range:
        """The revisions whose author it hides."""
        return range(self.base + 1, self.head + 1) if self.parts.author else range(0)

    @property
    def all(self) -> set[int]:
        """Every revision of which it hides something."""
        return {*self.words, *self.comments, *self.authors}


def hide_revisions(
    tx: Transaction,
    page: CurrentPage,
    base: int,
    head: int,
    *,
    parts: HideParts = HideParts(),
    decided_by: str,
    comment: str,
) -> int:
    """Hide `parts` of the revisions after `base` up to `head`; hidden words are taken out of the page, too.

    Revisions after `head` go on from those texts and hold their words, so their words are hidden with them; what they
    changed stays in the page. A comment or an author is hidden of the range alone, and the page stays as it is. Gives
    back the number of the page's revision afterwards, which there always is: other groups see by it that something was
    hidden. Errors: EditConflict when later changes build on the same words.
    """
    for numbers, flag in _flags_of(Hiding(base, head, page.number + 1, parts)):
        _flag(tx, page.id, numbers, {flag: True})
    if parts.only_group is not None:
        # The first group to keep something to itself goes on doing so.
        narrowed = func.coalesce(Revision.hidden_for, literal(parts.only_group, String))
        _flag(tx, page.id, sorted(Hiding(base, head, page.number + 1, parts).all), {"hidden_for": narrowed})
    facts = {"base": base, "head": head}
    if not parts.words:
        return write_state(tx, page, page.state, kind=Kind.HIDE, comment=comment, decided_by=decided_by, facts=facts)
    return _take_words_out(tx, page, base, head, decided_by=decided_by, comment=comment)


def _take_words_out(tx: Transaction, page: CurrentPage, base: int, head: int, *, decided_by: str, comment: str) -> int:
    """The page as it would be without the range; its kept links are forgotten until they are read anew."""
    tx.connection.execute(delete(table_of(PageLink)).where(PageLink.page_id == page.id))
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
    hiding: Hiding,
    *,
    others: Sequence[Hiding],
    decided_by: str,
    comment: str,
) -> int:
    """Show again exactly what `hiding` hid, save what one of the `others`, oldest first, hides still.

    When it hid words and nothing was changed since, the page also gets its last state before back; otherwise it stays
    as it is, and the texts are in the history again.
    """
    still: dict[str, set[int]] = {"hidden": set(), "comment_hidden": set(), "author_hidden": set()}
    for other in others:
        for numbers, flag in _flags_of(other):
            still[flag].update(numbers)
    for numbers, flag in _flags_of(hiding):
        _flag(tx, page.id, [one for one in numbers if one not in still[flag]], {flag: False})
    _widen(tx, page.id, hiding, others)
    state, last = page.state, hiding.number - 1
    if hiding.parts.words and page.number == hiding.number and last not in still["hidden"]:
        state, _ = state_at(tx.connection, page.id, last)
    facts = {"base": hiding.base, "head": hiding.head if not hiding.parts.words else last}
    return write_state(tx, page, state, kind=Kind.UNHIDE, comment=comment, decided_by=decided_by, facts=facts)


def _widen(tx: Transaction, page_id: int, hiding: Hiding, others: Sequence[Hiding]) -> None:
    """Leave what is still hidden to the first group that kept it to itself, or to every group that looks after it."""
    if hiding.parts.only_group is None:
        return
    left = hiding.all
    for other in others:
        if other.parts.only_group is not None and (theirs := left & other.all):
            _flag(tx, page_id, sorted(theirs), {"hidden_for": other.parts.only_group})
            left -= theirs
    _flag(tx, page_id, sorted(left), {"hidden_for": None})


def _flags_of(hiding: Hiding) -> tuple[tuple[range, str], ...]:
    return (
        (hiding.words, "hidden"),
        (hiding.comments, "comment_hidden"),
        (hiding.authors, "author_hidden"),
    )


def _flag(tx: Transaction, page_id: int, numbers: Collection[int], values: dict[str, Any]) -> None:
    chosen = list(numbers)
    for start in range(0, len(chosen), 500):
        tx.connection.execute(
            update(Revision)
            .where(Revision.page_id == page_id, Revision.number.in_(chosen[start : start + 500]))
            .values(**values)
        )
