"""What happens: spaces are created and set; grants and the pages' places follow in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..db import Change, Transaction, table_of
from ..errors import Forbidden, Invalid
from ..settings import Settings
from ..wording import kb_t
from .models import Grant, Space
from .policy import SpaceSettings, contains, grants, shows_reviewed
from .queries import settings_of

Refile = Callable[[Connection, int], None]
"""Told after the set of spaces changed: puts every page into the deepest space that contains it."""


def create_root(connection: Connection, wiki_id: int, settings: Settings, now: datetime) -> None:
    """Make the root space of a new wiki, with the readers and writers of its settings."""
    connection.execute(
        insert(table_of(Space)),
        {
            "wiki_id": wiki_id,
            "path": "",
            "title": settings.name,
            "readers": list(settings.readers),
            "writers": list(settings.writers),
            "reviewers": None,
            "number": 0,
            "created_at": now,
        },
    )
    rebuild_grants(connection, wiki_id, settings)


def set_space(
    tx: Transaction,
    path: str,
    wanted: SpaceSettings,
    settings: Settings,
    refile: Refile,
    *,
    decided_by: str | None = None,
) -> int:
    """Create the space at `path`, or set it anew; give back its id.

    The admin group looks at what people set; what kbwiki itself sets is exempt. `decided_by` is the group in whose name
    a decision takes a change out again.

    The rights of all spaces and the place of all pages follow at once. Errors: Forbidden for anybody but the admin
    group and kbwiki itself, Invalid when nobody could read or write it any more.
    """
    _require_settable(tx, path, wanted, settings)
    row = _hold_root_and(tx, path)
    values = _values(wanted, row.title if row else path.rsplit("/", 1)[-1])
    space_id, number = _write_space(tx, path, row, values)
    rebuild_grants(tx.connection, tx.wiki_id, settings)
    refile(tx.connection, tx.wiki_id)
    tx.record(
        Change(
            kind="set-space",
            subject_kind="space",
            subject_id=space_id,
            number=number,
            spaces=(space_id,),
            payload={"path": path, **values},
            exempt="administration" if tx.actor.kind == "system" else None,
            decided_by=decided_by,
        )
    )
    return space_id


def _values(wanted: SpaceSettings, title: str) -> dict[str, Any]:
    """What is written of the settings; `title` where they say none."""
    groups = {"readers": wanted.readers, "writers": wanted.writers, "reviewers": wanted.reviewers}
    return {
        "title": wanted.title or title,
        **{name: None if those is None else list(those) for name, those in groups.items()},
        "edition": None if wanted.edition is None else wanted.edition.value,
    }


def _require_settable(tx: Transaction, path: str, wanted: SpaceSettings, settings: Settings) -> None:
    if settings.admin_group not in tx.actor.groups and tx.actor.kind != "system":
        raise Forbidden(kb_t("Only administrators can set up [spaces]."))
    for field in ("readers", "writers"):
        if path == "" and getattr(wanted, field) is None:
            raise Invalid(
                field, kb_t("The root [space] has nothing above it to inherit from: name at least one [group].")
            )


def _hold_root_and(tx: Transaction, path: str) -> Any:
    """The row of the space at `path`, if there is one, locked together with the root.

    Whoever is putting a page somewhere holds the root, and is waited for: their page is then filed with the others.
    Not a lock on the key: everything that refers to a space (reviews, tallies, trust) would wait for it, with its page
    locked that we wait for.
    """
    root = select(Space.id).where(Space.wiki_id == tx.wiki_id, Space.path == "")
    tx.connection.execute(root.with_for_update(key_share=True))
    space = select(Space).where(Space.wiki_id == tx.wiki_id, Space.path == path)
    return tx.connection.execute(space.with_for_update(key_share=True)).first()


def _write_space(tx: Transaction, path: str, row: Any, values: dict[str, Any]) -> tuple[int, int]:
    """Write the space anew, or one that was not there (`row` None); its id and number."""
    if row is None:
        created = tx.connection.execute(
            insert(Space).returning(Space.id),
            {"wiki_id": tx.wiki_id, "path": path, "number": 1, "created_at": tx.now, **values},
        )
        return int(created.scalar_one()), 1
    tx.connection.execute(update(Space).where(Space.id == row.id).values(number=row.number + 1, **values))
    return int(row.id), int(row.number) + 1


def rebuild_grants(connection: Connection, wiki_id: int, settings: Settings) -> None:
    """Write anew what follows from all spaces of the wiki: rights and editions; what is right is left alone."""
    rows = connection.execute(select(Space).where(Space.wiki_id == wiki_id)).all()
    spaces: dict[str, SpaceSettings] = {row.path: settings_of(row) for row in rows}
    for row in rows:
        if row.shows_reviewed is not (reviewed := shows_reviewed(spaces, row.path)):
            connection.execute(update(Space).where(Space.id == row.id).values(shows_reviewed=reviewed))
        wanted = {
            (right.value, group)
            for right, group in grants(
                spaces, row.path, admin_group=settings.admin_group, fallback_group=settings.fallback_group
            )
        }
        given = select(Grant.right, Grant.group).where(Grant.space_id == row.id)
        present = {(one.right, one.group) for one in connection.execute(given)}
        for right, group in present - wanted:
            connection.execute(
                delete(Grant).where(Grant.space_id == row.id, Grant.right == right, Grant.group == group)
            )
        if missing := sorted(wanted - present):
            connection.execute(
                insert(table_of(Grant)),
                [{"space_id": row.id, "right": right, "group": group} for right, group in missing],
            )


def deepest_first(connection: Connection, wiki_id: int) -> list[tuple[int, str]]:
    """Id and path of every space, deepest first: the first that `contains` a path is its space."""
    rows = connection.execute(select(Space.id, Space.path).where(Space.wiki_id == wiki_id))
    return sorted(((row.id, row.path) for row in rows), key=lambda row: -len(row[1]))


def space_among(spaces: list[tuple[int, str]], path: str) -> int:
    """The space of `path` among `deepest_first` spaces."""
    return next(space_id for space_id, space in spaces if contains(space, path))
