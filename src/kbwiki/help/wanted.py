"""Help that nobody has written yet: people ask for it, nobody's name is kept, and a page bound there answers it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Conflict, Invalid, NotFound
from ..journal.states import states_of
from ..spaces.queries import find_space
from ..wording import kb_t
from .models import HelpWanted
from .policy import Binding, Where, covers
from .screens import Screen

KIND = "help-wanted"
"""What help that is wanted is called in the journal, as a subject of review."""

ASKED, CLOSED = "ask-for-help", "close-help-wanted"
"""What its changes are called there."""

ANSWERED = "help-written"
"""The rule that exempts the entry that closes it: there is a page now, whose binding is reviewed itself."""

MOST_WANTED = 2000
"""Rows of one wiki: screens with and without errors; more would be no list that anybody reads."""

MOST_ERRORS = 20
"""Errors of one screen that are told apart; who asks for a further one asks for the screen."""

_ROWS = table_of(HelpWanted)
_ONE = select(HelpWanted).where(HelpWanted.wiki_id == bindparam("wiki_id"), HelpWanted.id == bindparam("wanted_id"))
_HERE = select(HelpWanted).where(
    HelpWanted.wiki_id == bindparam("wiki_id"),
    HelpWanted.endpoint == bindparam("endpoint"),
    HelpWanted.error == bindparam("error"),
)
_OPEN = (
    select(HelpWanted)
    .where(HelpWanted.wiki_id == bindparam("wiki_id"), HelpWanted.closed_at.is_(None))
    .order_by(HelpWanted.times.desc(), HelpWanted.endpoint, HelpWanted.error)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Help that is wanted on a screen, and how often it was asked for since nobody wrote it."""

    id: int
    endpoint: str
    error: str
    number: int
    times: int
    last_at: datetime
    closed_at: datetime | None

    def __str__(self) -> str:
        """As people read it."""
        where = self.endpoint or kb_t("any screen")
        return f"{where} · {kb_t('error {code}', code=self.error)}" if self.error else where


def ask_for_help(tx: Transaction, where: Where, screens: Sequence[Screen]) -> None:
    """Note that somebody looked for help here and there was none; the first time it comes into the queue of those who
    look after the wiki as a whole.

    To be called in a transaction of `ANONYMOUS`, whoever asks: nothing tells who it was. Errors: Invalid for what is no
    screen of the host, and when there are too many open ones.
    """
    if not may_be_asked(where, screens):
        raise Invalid("endpoint", kb_t("There is no such screen, so no help can be asked for it."))
    error = _few_errors(tx, where.endpoint, where.error[:60])
    key = {"wiki_id": tx.wiki_id, "endpoint": where.endpoint, "error": error}
    row = _counted(tx, key)
    if row is None or row.closed_at is None:
        return
    opened = update(_ROWS).where(_ROWS.c.id == row.id, _ROWS.c.number == row.number, _ROWS.c.closed_at.is_not(None))
    values = {"number": row.number + 1, "times": 1, "last_at": tx.now, "closed_at": None}
    if tx.connection.execute(opened.values(values)).rowcount == 1:
        _record(tx, ASKED, row.id, row.number + 1, key, is_open=True)


def may_be_asked(where: Where, screens: Sequence[Screen]) -> bool:
    """Whether help can be asked for there: on a screen of the host, or for an error of HTTP where there is none."""
    if not where.endpoint:
        return where.error.isascii() and where.error.isdigit() and 400 <= int(where.error[:4]) < 600
    return any(where.endpoint == one.endpoint for one in screens)


def _counted(tx: Transaction, key: dict[str, Any]) -> Any:
    """Count one more where help is wanted already; the row there was, None when this made it."""
    counted = (
        update(_ROWS)
        .where(_ROWS.c.wiki_id == tx.wiki_id, _ROWS.c.endpoint == key["endpoint"], _ROWS.c.error == key["error"])
        .where(_ROWS.c.closed_at.is_(None))
        .values(times=_ROWS.c.times + 1, last_at=tx.now)
    )
    for _ in range(2):  # a second time if somebody else made the row at the same moment
        if tx.connection.execute(counted).rowcount:
            break
        there = tx.connection.execute(_HERE, key).first()
        if there is not None and there.closed_at is not None:
            return there
        _require_room(tx)
        row = {**key, "number": 1, "times": 1, "last_at": tx.now}
        made = tx.connection.execute(insert_or_ignore(tx.connection, HelpWanted, HelpWanted.id), row).scalar()
        if made is not None:
            _record(tx, ASKED, int(made), 1, key, is_open=True)
            return None
    return tx.connection.execute(_HERE, key).first()


def _few_errors(tx: Transaction, endpoint: str, error: str) -> str:
    """The error, or '' where so many others of this screen are known already that it is likely made up."""
    others = select(_ROWS.c.error).where(_ROWS.c.wiki_id == tx.wiki_id, _ROWS.c.endpoint == endpoint)
    known = set(tx.connection.execute(others).scalars()) if error and endpoint else set()
    return error if error in known or len(known) < MOST_ERRORS else ""


def _require_room(tx: Transaction) -> None:
    many = select(func.count()).select_from(_ROWS).where(_ROWS.c.wiki_id == tx.wiki_id)
    if tx.connection.execute(many).scalar_one() >= MOST_WANTED:
        raise Invalid("endpoint", kb_t("So much is asked for already that nothing can be added just now."))


def close_wanted(tx: Transaction, wanted_id: int, *, decided_by: str | None = None, exempt: str | None = None) -> int:
    """Say that no help is needed there; the number of its state. Errors: NotFound, Conflict when it is closed."""
    row = get_wanted(tx.connection, tx.wiki_id, wanted_id)
    if not _close(tx, row):
        raise Conflict(kb_t("It is not asked for any more."))
    _record(tx, CLOSED, row.id, row.number + 1, _key(row), is_open=False, decided_by=decided_by, exempt=exempt)
    return row.number + 1


def answer_wanted(tx: Transaction, bindings: Iterable[Binding]) -> list[Wanted]:
    """Close everything that is wanted where these bindings hold for everybody; what was closed."""
    general = [one for one in bindings if not one.args and not one.roles]
    answered = []
    for row in wanted(tx.connection, tx.wiki_id) if general else ():
        is_answered = any(covers(one.endpoint, row.endpoint) and one.error in ("", row.error) for one in general)
        if is_answered and _close(tx, row):
            _record(tx, CLOSED, row.id, row.number + 1, _key(row), is_open=False, exempt=ANSWERED)
            answered.append(row)
    return answered


def wanted(connection: Connection, wiki_id: int, *, count: int | None = None) -> list[Wanted]:
    """What help is wanted, the most asked for first."""
    rows = connection.execute(_OPEN.limit(count) if count is not None else _OPEN, {"wiki_id": wiki_id})
    return [_wanted(row) for row in rows]


def get_wanted(connection: Connection, wiki_id: int, wanted_id: int) -> Wanted:
    """One of them, a closed one, too. Errors: NotFound."""
    row = connection.execute(_ONE, {"wiki_id": wiki_id, "wanted_id": wanted_id}).first()
    if row is None:
        raise NotFound("help that is wanted", str(wanted_id))
    return _wanted(row)


def was_open(connection: Connection, wanted_id: int, base: int, head: int) -> dict[int, bool]:
    """In which of its states from `base` to `head` help was wanted, as the journal has it."""
    return {one.number: bool(one.payload["open"]) for one in states_of(connection, KIND, wanted_id, base, head)}


def _close(tx: Transaction, row: Wanted) -> bool:
    closed = update(_ROWS).where(_ROWS.c.id == row.id, _ROWS.c.number == row.number, _ROWS.c.closed_at.is_(None))
    return tx.connection.execute(closed.values(closed_at=tx.now, number=row.number + 1)).rowcount == 1


def _record(
    tx: Transaction,
    kind: str,
    wanted_id: int,
    number: int,
    key: dict[str, Any],
    *,
    is_open: bool,
    exempt: str | None = None,
    decided_by: str | None = None,
) -> None:
    tx.record(
        Change(
            kind=kind,
            subject_kind=KIND,
            subject_id=wanted_id,
            number=number,
            spaces=(find_space(tx.connection, tx.wiki_id, ""),),
            payload={"endpoint": key["endpoint"], "error": key["error"], "open": is_open},
            exempt=exempt,
            decided_by=decided_by,
        )
    )


def _key(row: Wanted) -> dict[str, Any]:
    return {"endpoint": row.endpoint, "error": row.error}


def _wanted(row: Any) -> Wanted:
    return Wanted(row.id, row.endpoint, row.error, row.number, row.times, row.last_at, row.closed_at)
