"""What happens to drafts: kept, thrown away, brought back, saved, forgotten. None of it is a change of a page."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, or_, select, update

from ..db import Transaction, insert_or_ignore, table_of
from ..errors import Forbidden, Invalid, NotFound
from ..pages.texts import decode, encode
from ..wording import kb_t
from .models import Draft
from .policy import LONGEST_FIELD, MOST_DRAFTS, MOST_PAGES, THROWN_FOR, State, is_late

_DRAFT = table_of(Draft)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a form. `tab` names the window ('': a new one), `counter` the keeping, from 1."""

    text: str
    path: str = ""
    title: str = ""
    tags: str = ""
    comment: str = ""
    page_id: int | None = None
    base: int | None = None
    tab: str = ""
    counter: int = 1

    @property
    def fields(self) -> dict[str, str]:
        """What was typed besides the text."""
        typed = {"path": self.path, "title": self.title, "tags": self.tags, "comment": self.comment}
        return {name: value[:LONGEST_FIELD] for name, value in typed.items()}


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a draft is kept from now on. `is_second`: the window's name was in use, so it has another one now."""

    tab: str
    counter: int
    at: datetime
    is_second: bool = field(default=False)


def new_tab() -> str:
    """A name for a window that nobody can guess."""
    return token_urlsafe(15)


def keep_draft(tx: Transaction, written: Written, *, max_bytes: int) -> Kept:
    """Keep what was written for its author alone, in place of what the same window kept before.

    Another window's text is never overwritten: when the counter is not larger than the one that is kept, and the text
    is another, it is kept beside it as a draft of its own. Errors: Forbidden for nobody in particular, Invalid when
    there is too much.
    """
    if tx.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to have your texts kept here."))
    written = replace(written, tab=written.tab[:40] or new_tab(), counter=max(written.counter, 1))
    row = _row_of(tx, written, max_bytes)
    if (found := _advanced(tx, written, row)) is not None:
        return found
    _require_room(tx, written, max_bytes)
    if _inserted(tx, row):
        return Kept(written.tab, written.counter, tx.now)
    # Another window of this name is further: what was written here stands beside it.
    other = replace(written, tab=new_tab())
    _inserted(tx, {**row, "tab": other.tab})
    return Kept(other.tab, other.counter, tx.now, is_second=True)


def _row_of(tx: Transaction, written: Written, max_bytes: int) -> dict[str, Any]:
    raw = encode(written.text, max_bytes)
    return {
        "wiki_id": tx.wiki_id,
        "actor_id": tx.actor_id,
        "page_id": written.page_id,
        "path": _clean(written.path)[:1000],
        "tab": written.tab,
        "counter": written.counter,
        "base": written.base,
        "title": _clean(written.title)[:255],
        "fields": written.fields,
        "body": zlib.compress(raw, 6),
        "size": len(raw),
        "state": State.KEPT.value,
        "at": tx.now,
    }


def _clean(text: str) -> str:
    """What every database takes as text."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _inserted(tx: Transaction, row: dict[str, Any]) -> bool:
    return tx.connection.execute(insert_or_ignore(tx.connection, Draft, Draft.id), row).scalar() is not None


def _advanced(tx: Transaction, written: Written, row: dict[str, Any]) -> Kept | None:
    """The window's own draft, moved on; None when there is none, or when another window of its name was faster."""
    mine = _of(tx, Draft.tab == written.tab)
    changed = {name: row[name] for name in row if name not in ("wiki_id", "actor_id", "tab", "page_id")}
    if written.page_id is not None:
        changed["page_id"] = written.page_id
    moved = tx.connection.execute(
        update(_DRAFT).where(mine, Draft.state == State.KEPT.value, Draft.counter < written.counter).values(changed)
    )
    if moved.rowcount == 1:
        return Kept(written.tab, written.counter, tx.now)
    found = tx.connection.execute(select(Draft.state, Draft.counter, Draft.at, Draft.body, Draft.fields).where(mine))
    there = found.first()
    if there is None:
        return None
    is_same = there.state == State.KEPT.value and decode(there.body) == written.text and there.fields == written.fields
    if is_same or is_late(State(there.state), there.counter, written.counter):
        return Kept(written.tab, there.counter, there.at)
    return None


def _require_room(tx: Transaction, written: Written, max_bytes: int) -> None:
    """Errors: Invalid when the actor has so many drafts, or so much text in them, that there is no room for another."""
    has = select(func.count(), func.coalesce(func.sum(Draft.size), 0)).where(_of(tx, Draft.state != State.SAVED.value))
    count, size = tx.connection.execute(has).one()
    if count >= MOST_DRAFTS or size + len(written.text.encode()) > MOST_PAGES * max_bytes:
        raise Invalid("text", kb_t("You have too many texts that are not saved. Please throw some of them away."))


def _of(tx: Transaction, *which: Any) -> Any:
    return and_(Draft.wiki_id == tx.wiki_id, Draft.actor_id == tx.actor_id, *which)


def throw_away(tx: Transaction, draft_id: int) -> None:
    """Put one of the actor's drafts away; for a day it can be brought back. Errors: NotFound."""
    _set_state(tx, draft_id, State.KEPT, State.THROWN)


def bring_back(tx: Transaction, draft_id: int) -> None:
    """Have a draft back that was thrown away. Errors: NotFound when it is gone."""
    _set_state(tx, draft_id, State.THROWN, State.KEPT)


def _set_state(tx: Transaction, draft_id: int, was: State, becomes: State) -> None:
    moved = tx.connection.execute(
        update(_DRAFT)
        .where(_of(tx, Draft.id == draft_id, Draft.state == was.value))
        .values(state=becomes.value, at=tx.now)
    )
    if moved.rowcount != 1:
        raise NotFound("draft", str(draft_id))


def note_saved(tx: Transaction, tab: str, counter: int) -> None:
    """Forget what the window kept: it is live. What of it is still on its way will be known as late."""
    if not tab or tx.actor.is_anonymous:
        return
    empty = {**_row_of(tx, Written("", tab=tab[:40], counter=counter), 1), "state": State.SAVED.value}
    if counter > 0 and _inserted(tx, empty):
        return
    gone = {name: empty[name] for name in ("state", "body", "size", "fields", "title", "at")}
    last = case((Draft.counter > counter, Draft.counter), else_=counter)
    tx.connection.execute(update(_DRAFT).where(_of(tx, Draft.tab == tab[:40])).values(**gone, counter=last))


def forget(tx: Transaction, tab: str) -> None:
    """Let the window's draft go: it says what the page says."""
    tx.connection.execute(delete(_DRAFT).where(_of(tx, Draft.tab == tab[:40], Draft.state == State.KEPT.value)))


def prune(connection: Connection, wiki_id: int, now: datetime, days: int) -> int:
    """Delete what was kept longer than `days`, and what was thrown away or saved a day ago; how many."""
    ended = connection.execute(
        delete(_DRAFT).where(
            Draft.wiki_id == wiki_id,
            or_(
                and_(Draft.state == State.KEPT.value, Draft.at < now - timedelta(days=days)),
                and_(Draft.state != State.KEPT.value, Draft.at < now - THROWN_FOR),
            ),
        )
    )
    return int(ended.rowcount)
