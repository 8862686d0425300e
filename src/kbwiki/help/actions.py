"""What happens: pages are bound to screens of the host, and set back. Each change stands in the page's queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, update

from ..actors import ActorKind
from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Conflict, Invalid
from ..pages.locking import CurrentPage, get_locked, get_writable
from ..pages.paths import normalise_path
from ..pages.practice import is_practice
from ..wording import N_, kb_t
from ..wording.kept import as_stored, keep
from .models import HelpBinding, HelpPage
from .policy import Binding, cleaned
from .queries import KIND, SET, bindings_of, states


def set_help(
    tx: Transaction, path: str, bindings: Iterable[Binding], *, number: int | None = None, comment: str = ""
) -> int:
    """Let the page help on these screens, and on no others; the number of its bindings from now on.

    `number` is the state that the editor started from, None to set them whatever they are. Whoever may change the page
    may do so. A practice page helps nowhere, since nobody looks at what its owner does there.
    Errors: NotFound, Forbidden, Invalid, Conflict (somebody else bound the page meanwhile).
    """
    page = get_writable(tx, normalise_path(path))
    kept = cleaned(bindings)
    if kept and is_practice(tx.settings, page.state.path):
        raise Invalid("path", kb_t("A practice [page] helps on no screen. Please copy the text to a new [page]."))
    now, current = bindings_of(tx.connection, page.id)
    if number is not None and number != now:
        why = kb_t("Somebody else chose screens for this [page] meanwhile, so nothing was set. Please look again.")
        raise Conflict(why)
    if kept == cleaned(current):
        return now
    return write_help(tx, page, now, kept, comment=comment)


def take_back_help(tx: Transaction, path: str, number: int) -> int:
    """Make the page's bindings what they were before their state `number`, which must be the newest.

    Errors: NotFound, Forbidden, Conflict when they were changed again since.
    """
    page = get_writable(tx, normalise_path(path))
    return set_back(tx, page.id, number - 1, number, comment=keep(N_("Undid {number}"), number=number))


def set_back(
    tx: Transaction, page_id: int, base: int, head: int, *, comment: str, decided_by: str | None = None
) -> int:
    """Give the page the bindings it had at `base`; the number of the state that this makes. Errors: Conflict."""
    page = get_locked(tx, page_id)
    now, _ = bindings_of(tx.connection, page_id)
    if now != head:
        raise Conflict(kb_t("Other screens were chosen since, so these cannot be set back by themselves."))
    was = next(iter(states(tx.connection, page_id, base, base)), None)
    return write_help(tx, page, now, was.bindings if was is not None else (), comment=comment, decided_by=decided_by)


def write_help(
    tx: Transaction,
    page: CurrentPage,
    was: int,
    bindings: Sequence[Binding],
    *,
    comment: str = "",
    decided_by: str | None = None,
) -> int:
    """Write the page's bindings as they are from now on, and the change. Errors: Conflict when another was first."""
    number = was + 1
    _advance(tx, page.id, was)
    tx.connection.execute(delete(table_of(HelpBinding)).where(HelpBinding.page_id == page.id))
    if bindings:
        rows = [{"wiki_id": tx.wiki_id, "page_id": page.id, **one.as_json()} for one in bindings]
        tx.connection.execute(insert(table_of(HelpBinding)), rows)
    tx.record(
        Change(
            kind=SET,
            subject_kind=KIND,
            subject_id=page.id,
            number=number,
            spaces=(page.space_id,),
            payload={
                "path": page.state.path,
                "bindings": [one.as_json() for one in bindings],
                "comment": as_stored(comment),
            },
            exempt="administration" if tx.actor.kind is ActorKind.SYSTEM else None,
            decided_by=decided_by,
        )
    )
    return number


def _advance(tx: Transaction, page_id: int, was: int) -> None:
    """Be the one who writes the next state; the page is locked, so that only a first one can have been quicker."""
    table = table_of(HelpPage)
    row = {"page_id": page_id, "wiki_id": tx.wiki_id, "number": 1, "updated_at": tx.now}
    if was == 0 and tx.connection.execute(insert_or_ignore(tx.connection, HelpPage, HelpPage.page_id), row).scalar():
        return
    stepped = update(table).where(table.c.page_id == page_id, table.c.number == was)
    if tx.connection.execute(stepped.values(number=was + 1, updated_at=tx.now)).rowcount != 1:
        raise Conflict(kb_t("Somebody else chose screens for this [page] at the same moment, so nothing was set."))
