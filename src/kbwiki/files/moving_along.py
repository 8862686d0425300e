"""Moving a page with everything below it: the pages, and the files, whose old addresses go on working as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from ..actors import Actor
from ..db import Transaction
from ..errors import Conflict
from ..pages.actions.move import Moved, move_page
from ..pages.locking import get_writable as get_writable_page
from ..pages.models import Page
from ..pages.paths import below, normalise_path
from ..pages.policy import clean_comment
from ..spaces.policy import Right
from ..spaces.queries import bound, find_space, has_right, hold_spaces, readable
from ..wording import kb_t
from .locking import CurrentFile, get_locked, require_write
from .models import File
from .policy import Kind
from .state import write_state


@dataclass(frozen=True, slots=True)
class MovedAlong:
    """What a move did to pages, and the old and new path of every file that moved along."""

    pages: Moved
    files: Mapping[str, str]


def move_with_files(tx: Transaction, path: str, new_path: str, *, comment: str = "") -> MovedAlong:
    """Move the page at `path`, and all pages and files below it that the actor may change, to `new_path`.

    Every file gets a version of its own by it, which is reviewed as any other. Errors: those of `move_page`; Forbidden
    for a file that may be read and not changed, Conflict where a file or a page has one of the new addresses.
    """
    hold_spaces(tx.connection, tx.wiki_id)
    old, new = get_writable_page(tx, normalise_path(path)).state.path, normalise_path(new_path)
    files = [] if new == old or new.startswith(f"{old}/") else _theirs(tx, old)
    along = {one.state.path: new + one.state.path[len(old) :] for one in files}
    for target in along.values():
        require_write(tx, find_space(tx.connection, tx.wiki_id, normalise_path(target)), target)
    moved = move_page(tx, path, new_path, comment=comment, along=along)
    _require_no_pages(tx, along.values())
    said = clean_comment(comment)
    for one in files:
        was = one.state.path
        state = replace(one.state, path=along[was])
        write_state(tx, one, state, kind=Kind.MOVE, comment=said, facts={"from": was})
    return MovedAlong(moved, along)


def _theirs(tx: Transaction, path: str) -> list[CurrentFile]:
    """The live files below, locked; what the mover cannot read stays, and what they can only read stops the move."""
    low, high = below(path)
    rows = tx.connection.execute(
        select(File.id, File.path, File.space_id)
        .where(File.wiki_id == tx.wiki_id, File.path >= low, File.path < high, ~File.deleted)
        .order_by(File.id)
    ).all()
    theirs = []
    for row in rows:
        if has_right(tx.connection, row.space_id, Right.READ, tx.actor):
            require_write(tx, row.space_id, row.path)
            theirs.append(get_locked(tx, row.id))
    return [one for one in theirs if one.state.path.startswith(f"{path}/") and not one.state.deleted]


def _require_no_pages(tx: Transaction, paths: Iterable[str]) -> None:
    wanted = list(paths)
    there = select(Page.path).where(Page.wiki_id == tx.wiki_id, Page.path.in_(wanted), ~Page.deleted).limit(1)
    if wanted and (taken := tx.connection.execute(there).scalar()) is not None:
        raise Conflict(kb_t("There is already [a page] at “{taken}”. Please choose another address.", taken=taken))


def files_below(connection: Connection, wiki_id: int, path: str, actor: Actor, *, count: int = 500) -> list[str]:
    """The paths of the live files below `path` that the actor may read, in order."""
    low, high = below(path)
    rows = connection.execute(
        select(File.path)
        .where(File.wiki_id == wiki_id, File.path >= low, File.path < high, ~File.deleted, readable(File.space_id))
        .order_by(File.path)
        .limit(count),
        bound(actor),
    )
    return list(rows.scalars())
