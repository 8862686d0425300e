"""Help as a subject of review: here, since help and moderation do not know each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from .db import Transaction, table_of
from .errors import Forbidden, NotFound
from .help.actions import set_back, set_help
from .help.models import HelpWanted
from .help.policy import Binding
from .help.queries import KIND, bindings_of, states
from .help.wanted import KIND as WANTED
from .help.wanted import answer_wanted, close_wanted, get_wanted, was_open
from .moderation.lifecycle import live_reviews, move_on
from .moderation.subjects import Place
from .moderation.transitions import Event
from .pages.locking import get_locked
from .pages.models import Page
from .spaces.queries import find_space
from .wording import kb_t

__all__ = ["KIND", "WANTED", "HelpSubject", "WantedSubject", "bind_help", "close_request"]

WRITTEN = "help-written"
"""How the review of help that was wanted ends when there is a page for it."""

NOT_NEEDED = "help-not-needed"
"""How it ends when an administrator says that none is needed."""


def bind_help(
    tx: Transaction, path: str, bindings: Iterable[Binding], *, number: int | None = None, comment: str = ""
) -> int:
    """Let the page help on these screens, and close what was asked for there; see `help.actions.set_help`."""
    wanted_now = tuple(bindings)
    made = set_help(tx, path, wanted_now, number=number, comment=comment)
    for one in answer_wanted(tx, wanted_now):
        _end_reviews(tx, one.id, WRITTEN)
    return made


def close_request(tx: Transaction, wanted_id: int) -> None:
    """An administrator says that no help is needed where it was asked for; the reviews of that end.

    Errors: Forbidden, NotFound, Conflict when it is closed already.
    """
    if tx.settings.admin_group not in tx.actor.groups:
        raise Forbidden(kb_t("Only administrators can say that no help is needed; others decide the [review] of it."))
    close_wanted(tx, wanted_id, exempt=NOT_NEEDED)
    _end_reviews(tx, wanted_id, NOT_NEEDED)


def _end_reviews(tx: Transaction, wanted_id: int, why: str) -> None:
    for review in live_reviews(tx, WANTED, wanted_id):
        move_on(tx, review, Event.SUPERSEDE, closed_as=why)


class HelpSubject:
    """The screens a page helps on: the journal has every state, and undoing sets the earlier one again.

    Its id is the page's, so that its reviews go where the page goes.
    """

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The page. Errors: NotFound."""
        found = select(Page.title, Page.path, Page.space_id, Page.deleted).where(Page.id == subject_id)
        row = connection.execute(found).first()
        if row is None:
            raise NotFound("page", str(subject_id))
        number, _ = bindings_of(connection, subject_id)
        title = kb_t("Help on screens: {title}", title=row.title)
        return Place(title, row.path, row.space_id, number, row.deleted)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the page's row."""
        get_locked(tx, subject_id)

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Every state in the range, whole."""
        return [
            [one.number, [binding.as_json() for binding in one.bindings]]
            for one in states(connection, subject_id, base, head)
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The screens before and after, one on each line."""
        texts = {
            one.number: "".join(f"{binding}\n" for binding in one.bindings)
            for one in states(connection, subject_id, base, head)
        }
        return texts.get(base, ""), texts.get(head, "")

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether the page helps at `head` where it helped at `base`."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Set the screens that were there before. Errors: Conflict when others were chosen since."""
        return set_back(tx, subject_id, base, head, comment=comment, decided_by=group)


class WantedSubject:
    """Help that was asked for: undoing says that none is needed there."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The screen; it lies in the root space. Errors: NotFound."""
        wiki_id = connection.execute(select(HelpWanted.wiki_id).where(HelpWanted.id == subject_id)).scalar()
        row = get_wanted(connection, wiki_id or 0, subject_id)
        title = kb_t("Help is wanted for {screen}", screen=str(row))
        space_id = find_space(connection, wiki_id or 0, "")
        return Place(title, "", space_id, row.number, row.closed_at is not None)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the row."""
        rows = table_of(HelpWanted)
        tx.connection.execute(select(rows.c.id).where(rows.c.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Whether help was wanted, in every state of the range; not how often, which goes on while somebody reads."""
        return sorted(was_open(connection, subject_id, base, head).items())

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """Where help was wanted before and after."""
        opened = was_open(connection, subject_id, base, head)
        said = f"{self.place(connection, subject_id).title}\n"
        return said if opened.get(base) else "", said if opened.get(head) else ""

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether it is as it was."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Say that no help is needed there. Errors: Conflict when it is closed already."""
        return close_wanted(tx, subject_id, decided_by=group)
