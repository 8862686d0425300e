"""What happens: a moderator says that a question needs no page, and takes it back."""

from __future__ import annotations

from sqlalchemy import delete, select

from ...db import Transaction, insert_or_ignore, table_of
from ...errors import NotFound
from ...spaces.models import Space
from ...spaces.queries import bound
from .models import ClosedRow
from .unanswered import is_theirs, spaces_of_open


def close_question(tx: Transaction, folded: str) -> None:
    """Say that the question needs no page, in every space of the actor's where it is open.

    Errors: NotFound when it is open in none of them (any more).
    """
    spaces = spaces_of_open(tx.connection, tx.wiki_id, tx.actor, tx.settings, folded, tx.now)
    if not spaces:
        raise NotFound("question", folded)
    for space_id, typed in spaces.items():
        row = {"wiki_id": tx.wiki_id, "space_id": space_id, "folded": folded, "typed": typed}
        tx.connection.execute(
            insert_or_ignore(tx.connection, ClosedRow), {**row, "actor_id": tx.actor_id, "at": tx.now}
        )


def open_question(tx: Transaction, folded: str) -> None:
    """Let the question wait again where the actor may say so. Taking back what nobody said does nothing."""
    table = table_of(ClosedRow)
    spaces = select(Space.id).where(Space.wiki_id == tx.wiki_id, is_theirs(Space.id, tx.actor, tx.settings))
    tx.connection.execute(
        delete(table).where(table.c.folded == folded, table.c.space_id.in_(spaces)), bound(tx.actor)
    )
