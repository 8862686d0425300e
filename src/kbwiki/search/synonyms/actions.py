"""What happens: sets of synonyms are made, changed, removed and set back. Each change stands in a queue itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from ...actors import ActorKind
from ...db import Change, Transaction, table_of
from ...errors import Conflict, Invalid, NotFound
from ...spaces.queries import find_space
from ...wording import N_, kb_t
from ...wording.kept import as_stored, keep
from ..moderators import require_moderator
from ..words.folding import fold
from .models import SynonymSet
from .policy import MOST_SETS, cleaned
from .queries import KIND, SET, states

_NOT_YOURS = N_(
    "Saying which words mean the same is for the [groups] that look after this [wiki]; you are in none of them."
)


def set_synonyms(
    tx: Transaction,
    words: Iterable[str],
    *,
    set_id: int | None = None,
    number: int | None = None,
    one_way: bool = False,
    comment: str = "",
) -> int:
    """Make a set of these words and phrases, or give them to the set `set_id`; the set's id.

    `number` is the state of the set that the editor started from, None to set it whatever it is. A removed set comes
    back when it is set again. With `one_way` the first finds the others, and they do not find it. Errors: Forbidden,
    Invalid, NotFound, Conflict (somebody else changed the set meanwhile).
    """
    require_moderator(tx, kb_t(_NOT_YOURS))
    kept = cleaned(words)
    row = _get(tx, set_id) if set_id is not None else None
    if row is not None and number is not None and number != row.number:
        raise Conflict(
            kb_t("Somebody else changed these words meanwhile, so nothing was set. Please look at them again.")
        )
    if row is not None and not row.removed and (tuple(row.words), row.one_way) == (kept, one_way):
        return int(row.id)
    _require_room(tx, kept, one_way, but_for=set_id if row is not None and not row.removed else None)
    return write_synonyms(tx, row, kept, one_way=one_way, removed=False, comment=comment)


def remove_synonyms(tx: Transaction, set_id: int, *, number: int | None = None, comment: str = "") -> int:
    """Take the set out of use; the number of its new state. Errors: Forbidden, NotFound, Conflict."""
    require_moderator(tx, kb_t(_NOT_YOURS))
    row = _get(tx, set_id)
    if row.removed:
        raise NotFound("set of synonyms", str(set_id))
    if number is not None and number != row.number:
        raise Conflict(
            kb_t("Somebody else changed these words meanwhile, so they were kept. Please look at them again.")
        )
    write_synonyms(tx, row, row.words, one_way=row.one_way, removed=True, comment=comment)
    return int(row.number) + 1


def take_back_synonyms(tx: Transaction, set_id: int, number: int) -> int:
    """Make the set what it was before its state `number`, which must be the newest; the number of its new state.

    Errors: Forbidden, NotFound, Conflict when it was changed again since.
    """
    require_moderator(tx, kb_t(_NOT_YOURS))
    _get(tx, set_id)
    return set_back(tx, set_id, number - 1, number, comment=keep(N_("Undid {number}"), number=number))


def set_back(tx: Transaction, set_id: int, base: int, head: int, *, comment: str, decided_by: str | None = None) -> int:
    """Give the set what it had at `base`; one that was not there then is removed. Errors: Conflict."""
    row = tx.connection.execute(select(SynonymSet).where(SynonymSet.id == set_id)).one()
    if row.number != head:
        raise Conflict(kb_t("These words were changed again since, so they cannot be set back by themselves."))
    was = next(iter(states(tx.connection, set_id, base, base)), None)
    write_synonyms(
        tx,
        row,
        was.words if was is not None else row.words,
        one_way=was.one_way if was is not None else row.one_way,
        removed=was.removed if was is not None else True,
        comment=comment,
        decided_by=decided_by,
    )
    return int(row.number) + 1


def write_synonyms(
    tx: Transaction,
    row: Any,
    words: Sequence[str],
    *,
    one_way: bool,
    removed: bool,
    comment: str = "",
    decided_by: str | None = None,
) -> int:
    """Write the set as it is from now on, and the change; the set's id. Errors: Conflict when another was first."""
    said = {"words": list(words), "one_way": one_way, "removed": removed}
    table = table_of(SynonymSet)
    if row is None:
        number = 1
        made = insert(table).values(wiki_id=tx.wiki_id, number=number, updated_at=tx.now, **said)
        set_id = int(tx.connection.execute(made.returning(table.c.id)).scalar_one())
    else:
        set_id, number = int(row.id), int(row.number) + 1
        written = update(table).where(table.c.id == set_id, table.c.number == row.number)
        if tx.connection.execute(written.values(number=number, updated_at=tx.now, **said)).rowcount != 1:
            raise Conflict(kb_t("Somebody else changed these words at the same moment, so nothing was set."))
    tx.record(
        Change(
            kind=SET,
            subject_kind=KIND,
            subject_id=set_id,
            number=number,
            spaces=(find_space(tx.connection, tx.wiki_id, ""),),
            payload={**said, "comment": as_stored(comment)},
            exempt="administration" if tx.actor.kind is ActorKind.SYSTEM else None,
            decided_by=decided_by,
        )
    )
    return set_id


def _get(tx: Transaction, set_id: int) -> Any:
    row = tx.connection.execute(
        select(SynonymSet).where(SynonymSet.wiki_id == tx.wiki_id, SynonymSet.id == set_id)
    ).first()
    if row is None:
        raise NotFound("set of synonyms", str(set_id))
    return row


def _require_room(tx: Transaction, words: Sequence[str], one_way: bool, but_for: int | None) -> None:
    """Errors: Invalid when there is such a set besides `but_for`, or when there are too many for another one."""
    live = select(SynonymSet.id, SynonymSet.words, SynonymSet.one_way).where(
        SynonymSet.wiki_id == tx.wiki_id, ~SynonymSet.removed
    )
    rows = [row for row in tx.connection.execute(live) if row.id != but_for]
    if any(row.one_way == one_way and _same(row.words, words, one_way) for row in rows):
        raise Invalid("words", kb_t("These words are known as the same already."))
    if but_for is None and len(rows) >= MOST_SETS:
        raise Invalid("words", kb_t("There are {most} sets of words already. Please remove one first.", most=MOST_SETS))


def _same(some: Sequence[str], others: Sequence[str], one_way: bool) -> bool:
    known, wanted = [fold(word) for word in some], [fold(word) for word in others]
    return set(known) == set(wanted) and (not one_way or known[0] == wanted[0])
