"""What happens: an administrator chooses what things are called, and it can be taken back."""

from __future__ import annotations

from sqlalchemy import insert, update

from ..actors import ActorKind
from ..db import Change, Transaction, table_of
from ..errors import Conflict, Forbidden, Invalid
from ..spaces.queries import find_space
from ..wording import N_, kb_t
from ..wording.kept import as_stored, keep
from ..wording.vocabularies import Vocabularies, vocabularies_of
from .models import ChosenTerms
from .queries import KIND, SET, Chosen, chosen_terms, states


def choose_terms(tx: Transaction, said: object, *, number: int | None = None, comment: str = "") -> int:
    """Call things so from now on; the number of the choice. `said` is a preset's name or a mapping of terms (see
    `wording.vocabularies`), None lets the host's setting hold again.

    `number` is the choice that the editor started from, None to set it whatever it is. Errors: Forbidden for all but
    the admin group, Invalid, Conflict (somebody else chose meanwhile).
    """
    _require_administrator(tx)
    try:
        wanted = vocabularies_of(said) if said is not None else None
    except ValueError as error:
        raise Invalid("vocabulary", str(error)) from error
    now = chosen_terms(tx.connection, tx.wiki_id)
    if number is not None and number != now.number:
        raise Conflict(
            kb_t("Somebody else changed the terms meanwhile, so nothing was set. Please look at them again.")
        )
    if now.vocabularies == wanted:
        return now.number
    return _write(tx, now, wanted, comment=comment)


def take_back_terms(tx: Transaction, number: int) -> int:
    """Choose again what held before the choice `number`, which must be the newest; the new one's number.

    Errors: Forbidden, Conflict when something was chosen since.
    """
    _require_administrator(tx)
    return set_terms_back(tx, number - 1, number, comment=keep(N_("Undid {number}"), number=number))


def set_terms_back(tx: Transaction, base: int, head: int, *, comment: str, decided_by: str | None = None) -> int:
    """Choose what held at `base`. Errors: Conflict when something was chosen after `head`."""
    now = chosen_terms(tx.connection, tx.wiki_id)
    if now.number != head:
        raise Conflict(kb_t("The terms were changed again since, so they cannot be set back by themselves."))
    was = next(iter(states(tx.connection, now.id, base, base)), None)
    return _write(tx, now, was.vocabularies if was is not None else None, comment=comment, decided_by=decided_by)


def _write(
    tx: Transaction, now: Chosen, wanted: Vocabularies | None, *, comment: str, decided_by: str | None = None
) -> int:
    table, number = table_of(ChosenTerms), now.number + 1
    said = wanted.said() if wanted is not None else None
    if now.number == 0:
        made = insert(table).values(wiki_id=tx.wiki_id, number=number, said=said, updated_at=tx.now)
        chosen_id = int(tx.connection.execute(made.returning(table.c.id)).scalar_one())
    else:
        chosen_id = now.id
        written = update(table).where(table.c.id == chosen_id, table.c.number == now.number)
        if tx.connection.execute(written.values(number=number, said=said, updated_at=tx.now)).rowcount != 1:
            raise Conflict(kb_t("Somebody else changed the terms at the same moment, so nothing was set."))
    tx.record(
        Change(
            kind=SET,
            subject_kind=KIND,
            subject_id=chosen_id,
            number=number,
            spaces=(find_space(tx.connection, tx.wiki_id, ""),),
            payload={"said": said, "comment": as_stored(comment)},
            exempt="administration" if tx.actor.kind is ActorKind.SYSTEM else None,
            decided_by=decided_by,
        )
    )
    return number


def _require_administrator(tx: Transaction) -> None:
    if tx.settings.admin_group not in tx.actor.groups and tx.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(kb_t("Only administrators can change what things are called."))
