"""What moderation needs to know of a kind of thing: where it is, what changed, how that is shown, and how it is undone.

Undo is a property of the kind, so that pages, spaces, rules, and whatever a plugin or a host adds stand in the same
queues (DESIGN.md, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection

from ..db import Transaction
from ..errors import Invalid
from ..wording import kb_t


@dataclass(frozen=True, slots=True)
class Place:
    """A subject as queues name it. `number` is its newest state, `path` its address, '' when it has none."""

    title: str
    path: str
    space_id: int
    number: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a subject; `comment` and `author` are empty where they are hidden.

    `something_hidden` tells that there is something to look at on purpose, and `hidden_for` whose it is.
    """

    number: int
    kind: str
    author: str
    at: datetime
    comment: str
    hidden: bool
    exempt: str | None
    something_hidden: bool = False
    hidden_for: str | None = None


class Subject(Protocol):
    """One kind of thing that can be reviewed. Every method is given a subject of this kind that exists."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Where it is now. Errors: NotFound."""

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Be the only one who changes it until the commit."""

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """JSON of everything about the range that a moderator judges; the decision's digest covers it."""

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The text before and after the range; None when a part of it is hidden."""

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether its state at `head` is what it was at `base`."""

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Take the range out again, keeping what came later; the number of the state it made, in the name of `group`.

        Errors: Conflict when that cannot be done by itself.
        """


@runtime_checkable
class Hides(Protocol):
    """A kind of thing whose states can be hidden as a whole. (Pages can be hidden in parts: see `pages.hiding`.)"""

    def hide(
        self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str
    ) -> tuple[int, list[int]]:
        """Hide the range and what goes on from it; the number of the state this makes, and those that it hides."""

    def show(self, tx: Transaction, subject_id: int, hidden: list[int], made: int, *, group: str, comment: str) -> int:
        """Show these states again, hidden by making state `made`; the number of the state this makes."""


Subjects = Mapping[str, Subject]
"""Every kind of subject a wiki knows, by its name in the journal."""


class Registry(dict[str, Subject]):
    """The kinds a wiki knows, by name; for any other there is what the journal says of it."""

    def __init__(self, known: Mapping[str, Subject], unknown: Callable[[str], Subject]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __missing__(self, kind: str) -> Subject:
        return self._unknown(kind)


def subject_of(tx: Transaction, kind: str) -> Subject:
    """The kind's subject."""
    found: Subject = tx.subjects[kind]
    return found


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A host's or plugin's own objects in the queues: `wiki.register_change_kind(ChangeKind("post", …))`.

    Each function gets what `Subject` says; `place` and `sides` are asked with a connection of the wiki's database.
    `undo` may be None: then such changes can be approved or handed over, not reverted.
    """

    name: str
    place_of: Callable[[Connection, int], Place]
    sides_of: Callable[[Connection, int, int, int], tuple[str, str]]
    undo_range: Callable[[Transaction, int, int, int], int] | None = None

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Where the host says it is."""
        return self.place_of(connection, subject_id)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Nothing: the review's own row is locked, and the host's object is the host's."""

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Both texts, as the host shows them."""
        return list(self.sides_of(connection, subject_id, base, head))

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """Both texts, as the host shows them."""
        return self.sides_of(connection, subject_id, base, head)

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether both texts are the same."""
        before, after = self.sides_of(connection, subject_id, base, head)
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Let the host undo it. Errors: Invalid when it did not say how."""
        if self.undo_range is None:
            raise Invalid("verdict", kb_t("Changes of “{name}” cannot be taken out by [a decision].", name=self.name))
        return self.undo_range(tx, subject_id, base, head)
