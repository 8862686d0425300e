"""The one road for every change: from the action through routing and the journal to the signals after the commit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from . import signals
from .actors import Actor
from .db import Transaction
from .errors import Invalid, KBWikiError, SchemaBehind
from .holding import writing
from .journal.actor_rows import ensure_actor
from .journal.append import append
from .journal.models import Entry, WikiRow
from .moderation.handover import hand_over_stranded
from .moderation.routing import route
from .moderation.tallies import write_tallies
from .wording import kb_t

if TYPE_CHECKING:
    from .wiki import Wiki

log = logging.getLogger("kbwiki")

_WIKI = select(WikiRow.id).where(WikiRow.name == bindparam("name"))
_BORN = select(WikiRow.id, WikiRow.created_at).where(WikiRow.name == bindparam("name"))
_THERE = select(Entry.id).where(
    Entry.subject_id == bindparam("subject_id"),
    Entry.subject_kind == bindparam("subject_kind"),
    Entry.number == bindparam("number"),
    Entry.batch == bindparam("batch"),
)


def find_wiki(connection: Connection, name: str) -> int | None:
    """The row of the wiki of this name, if there is one."""
    found: int | None = connection.execute(_WIKI, {"name": name}).scalar()
    return found


class Road:
    """What happens to the changes of one wiki between the action that makes them and those who are told."""

    def __init__(self, wiki: Wiki) -> None:
        self.wiki = wiki
        self.actor_ids: dict[Actor, int] = {}
        self._under_way: dict[Connection, list[Transaction]] = {}
        self._same: WeakSet[Engine] = WeakSet()

    @contextmanager
    def travel(
        self, connection: Connection, actor: Actor, at: datetime | None, *, joined: bool = False
    ) -> Iterator[tuple[Transaction, Arrival]]:
        """A transaction on the connection; leaving the block routes and journals what was recorded in it.

        One within another on the same connection: what the outer one has recorded so far is settled first, so that
        reviews and journal have the order in which things happened.
        """
        wiki = self.wiki
        if joined:
            self._require_same(connection)
        around = self._under_way.setdefault(connection, [])
        for tx in around:
            self.settle(tx)
        try:
            actor_id = self.actor_ids.get(actor) or ensure_actor(connection, wiki.id, actor)
            tx = Transaction(
                connection, wiki.id, actor, actor_id, at or wiki.clock(), wiki.settings, wiki.subjects, wiki.chance,
                joined=joined, dialect=wiki.dialect,
            )  # fmt: skip
            around.append(tx)
            try:
                with writing():
                    yield tx, Arrival(self.wiki, tx, self.actor_ids)
            finally:
                around.remove(tx)
            _require_settled(tx)
            self.settle(tx)
        finally:
            if not around:
                self._under_way.pop(connection, None)

    def settle(self, tx: Transaction) -> None:
        """Give every change recorded so far to its reviews, and to the journal."""
        route(tx)
        hand_over_stranded(tx)
        write_tallies(tx)
        tx.settled += append(tx, self.wiki.name, seal_now=self.wiki.database.has_single_writer)
        tx.changes.clear()
        tx.tallies.clear()

    def _require_same(self, connection: Connection) -> None:
        """Errors: Invalid when the host's connection leads to another database than the wiki's; SchemaBehind."""
        if connection.engine in self._same:
            return
        key, wiki = {"name": self.wiki.name}, self.wiki
        with wiki.read() as own:
            here = own.execute(_BORN, key).first()
        try:
            there = connection.execute(_BORN, key).first()
        except SQLAlchemyError:
            there = None
        if here is None:
            raise SchemaBehind(kb_t("This [wiki] has not been set up yet. Run: flask kbwiki db upgrade"))
        if there is None or tuple(here) != tuple(there):
            raise Invalid(
                "session",
                kb_t(
                    "The session is one of {there}, and the [wiki] is kept elsewhere, in {here}. "
                    "To save together, both must be in one database.",
                    there=repr(connection.engine.url),
                    here=repr(wiki.database.engine.url),
                ),
            )
        self._same.add(connection.engine)


def _require_settled(tx: Transaction) -> None:
    """Errors: RuntimeError when a savepoint was rolled back, unseen by us, that held reviews of what is still there."""
    # What was settled last goes first.
    if tx.settled and not _is_there(tx.connection, tx.settled[-1]):
        raise RuntimeError(
            "A savepoint within the block of wiki.begin() was rolled back that holds reviews of what was written "
            "before it, so nothing of the block was saved. Please use tx.attempt() for what may fail alone."
        )


def _is_there(connection: Connection, row: dict[str, Any]) -> bool:
    key = {name: row[name] for name in ("subject_id", "subject_kind", "number", "batch")}
    return connection.execute(_THERE, key).first() is not None


class Arrival:
    """What follows the commit of a transaction. It does not keep the connection."""

    def __init__(self, wiki: Wiki, tx: Transaction, actor_ids: dict[Actor, int]) -> None:
        self._wiki = wiki
        self._actor, self._actor_id, self._actor_ids = tx.actor, tx.actor_id, actor_ids
        self._rows = tx.settled

    def is_committed(self) -> bool:
        """Whether the entries are there for everybody."""
        if not self._rows:
            return False
        with self._wiki.read() as connection:
            return _is_there(connection, self._rows[0])

    def __call__(self) -> None:
        """Give the entries their place where that waits for the commit, and tell the host."""
        # Only now is the actor's row sure to stay.
        self._actor_ids[self._actor] = self._actor_id
        if not self._rows:
            return
        wiki = self._wiki
        if not wiki.database.has_single_writer:
            try:
                wiki.seal()
            except (KBWikiError, SQLAlchemyError):
                # The change is committed, so whatever failed here, the author must not be told that the save did;
                # the next sealer, or the next reader of the journal, gives it its place.
                log.warning("An entry could not be sealed just now; it will be.", exc_info=True)
        for row in self._rows:
            self._tell(row)

    def _tell(self, row: dict[str, Any]) -> None:
        wiki = self._wiki
        signal = signals.decision_committed if row["kind"] == "decide" else signals.change_committed
        if not signal.receivers:
            return
        event = signals.Committed(
            wiki=wiki.name,
            kind=row["kind"],
            actor_id=self._actor.id,
            actor_name=self._actor.name,
            at=row["at"],
            subject_kind=row["subject_kind"],
            subject_id=row["subject_id"],
            number=row["number"],
            payload=row["payload"],
            position=row["position"],
        )
        signals.tell(signal, wiki.sender if wiki.sender is not None else wiki, event)
