"""The rows of an import: written in bulk, in an order in which no two live pages ever share a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..journal.append import entry_row, write_entries
from ..pages.models import Page, Redirect, Revision, Text
from ..pages.paths import look_alike, parent_of, title_of
from ..pages.policy import meta_digest
from ..spaces.actions import space_among
from .ledger import Line, Target

RULE = "import"
"""The rule under which imported changes are exempt from review: their history was made elsewhere."""

Spaces = list[tuple[int, str]]
"""Id and path of every space, deepest first."""

_LIFT = update(table_of(Page)).where(table_of(Page).c.id == bindparam("page_id")).values(deleted=True)
_PLACE = (
    update(table_of(Page))
    .where(table_of(Page).c.id == bindparam("page_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "space_id", "path", "parent", "look_alike", "title", "text_digest", "number", "deleted", "updated_at"
            )
        }
    )
)  # fmt: skip


def write_lines(tx: Transaction, wiki: str, lines: Sequence[Line], spaces: Spaces, *, seal_now: bool) -> None:
    """Write revisions with their pages and journal entries; the texts are there already."""
    if not lines:
        return
    _write_pages(tx, lines, spaces)
    _write_revisions(tx, lines)
    _write_journal(tx, wiki, lines, seal_now=seal_now)


def write_texts(tx: Transaction, texts: Mapping[bytes, dict[str, object]]) -> None:
    """Keep the texts of a batch, each once."""
    if texts:
        tx.connection.execute(insert_or_ignore(tx.connection, Text), list(texts.values()))


def _write_pages(tx: Transaction, lines: Sequence[Line], spaces: Spaces) -> None:
    touched = list({id(line.page): line.page for line in lines}.values())
    last = {id(line.page): line.at for line in lines}
    new = [page for page in touched if page.id is None]
    if new:
        # Made as deleted and shown below: until all rows have their places, no two live ones may share a path.
        rows = [{**_row(page, spaces), "deleted": True, "created_at": last[id(page)]} for page in new]
        ids = tx.connection.execute(
            insert(table_of(Page)).returning(Page.id, sort_by_parameter_order=True),
            [{**row, "wiki_id": tx.wiki_id, "updated_at": row["created_at"]} for row in rows],
        ).scalars()
        for page, page_id in zip(new, ids, strict=True):
            page.id = page_id
    restless = [page for page in touched if page.stored_path not in (None, page.path) or page.deleted]
    if restless:
        tx.connection.execute(_LIFT, [{"page_id": page.id} for page in restless])
    tx.connection.execute(
        _PLACE,
        [
            {"page_id": page.id, "new_updated_at": last[id(page)]}
            | {f"new_{name}": value for name, value in _row(page, spaces).items()}
            for page in touched
        ],
    )
    _write_redirects(tx, touched)


def _write_redirects(tx: Transaction, touched: list[Target]) -> None:
    former = [(old, page) for page in touched for old in page.moved_from]
    if former:
        tx.connection.execute(
            insert_or_ignore(tx.connection, Redirect),
            [{"wiki_id": tx.wiki_id, "path": old, "page_id": page.id} for old, page in former],
        )
    for page in touched:
        page.moved_from.clear()
        page.stored_path = page.path


def _row(page: Target, spaces: Spaces) -> dict[str, Any]:
    return {
        "space_id": space_among(spaces, page.path),
        "path": page.path,
        "parent": parent_of(page.path),
        "look_alike": look_alike(page.path),
        "title": title_of(page.path),
        "text_digest": page.digest,
        "number": page.number,
        "deleted": page.deleted,
    }


def _write_revisions(tx: Transaction, lines: Sequence[Line]) -> None:
    tx.connection.execute(
        insert(table_of(Revision)),
        [
            {
                "page_id": line.page.id,
                "number": line.number,
                "kind": line.kind,
                "actor_id": line.author,
                "at": line.at,
                "comment": line.comment,
                "path": line.path,
                "title": title_of(line.path),
                "tags": [],
                "deleted": line.deleted,
                "text_digest": line.digest,
                "size": line.size,
                "exempt": RULE,
                "hidden": False,
            }
            for line in lines
        ],
    )


def _write_journal(tx: Transaction, wiki: str, lines: Sequence[Line], *, seal_now: bool) -> None:
    entries = [
        entry_row(tx, wiki, _change(line), actor_id=line.author, actor=line.author_id) for line in lines
    ]
    write_entries(tx.connection, tx.wiki_id, entries, seal_now=seal_now)


def _change(line: Line) -> Change:
    assert line.page.id is not None
    return Change(
        kind=line.kind,
        subject_kind="page",
        subject_id=line.page.id,
        number=line.number,
        spaces=(),
        payload={
            "path": line.path,
            "text": line.digest.hex(),
            "words": meta_digest(title_of(line.path), (), line.comment),
            "deleted": line.deleted,
            "exempt": {"rule": RULE, "probability": 1},
        },
        exempt=RULE,
    )


def write_former_addresses(tx: Transaction, pages: Mapping[str, int]) -> None:
    """Let old addresses (path → page id) lead to their pages, where nothing else is known by them."""
    rows = [{"wiki_id": tx.wiki_id, "path": path, "page_id": page_id} for path, page_id in pages.items()]
    if rows:
        tx.connection.execute(insert_or_ignore(tx.connection, Redirect), rows)
