"""The state of a page, and the one function through which every page change is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Conflict, NotFound
from ..spaces.queries import find_space, hold_spaces
from ..wording import kb_t
from .locking import CurrentPage, require_write
from .models import Page, PageTag, Redirect, Revision
from .paths import look_alike, parent_of, title_of
from .policy import Kind, PageState, meta_digest

_AT_NUMBER = select(
    Revision.path,
    Revision.title,
    Revision.tags,
    Revision.deleted,
    Revision.text_digest,
    Revision.size,
    Revision.hidden,
).where(Revision.page_id == bindparam("page_id"), Revision.number == bindparam("number"))
_INSERT_PAGE = insert(table_of(Page))
_INSERT_REVISION = insert(table_of(Revision))
_ADVANCE = (
    update(table_of(Page))
    .where(Page.id == bindparam("page_id"), Page.number == bindparam("was_number"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "space_id", "path", "parent", "look_alike", "title", "text_digest", "number", "deleted", "updated_at"
            )
        }
    )
)  # fmt: skip


def state_at(connection: Connection, page_id: int, number: int) -> tuple[PageState, bool]:
    """The state a revision holds, and whether it is hidden. Errors: NotFound."""
    row = connection.execute(_AT_NUMBER, {"page_id": page_id, "number": number}).first()
    if row is None:
        raise NotFound("revision", str(number))
    state = PageState(row.path, row.title, tuple(row.tags), row.deleted, row.text_digest, row.size)
    return state, row.hidden


def create_page(tx: Transaction, state: PageState, *, kind: Kind, comment: str) -> int | None:
    """Make a page with its first revision; its id, or None when a live page took the path at the same moment."""
    hold_spaces(tx.connection, tx.wiki_id)
    space_id = find_space(tx.connection, tx.wiki_id, state.path)
    require_write(tx, space_id, state.path)
    created = tx.connection.execute(
        insert_or_ignore(tx.connection, Page, Page.id),
        {
            "wiki_id": tx.wiki_id,
            "created_at": tx.now,
            "updated_at": tx.now,
            "number": 1,
            "space_id": space_id,
            **_place(state),
        },
    ).scalar()
    if created is None:
        return None
    page_id = int(created)
    _insert_revision(tx, page_id, 1, state, kind, comment, None, False)
    _set_tags(tx.connection, page_id, (), state.tags)
    _record(tx, page_id, 1, (space_id,), state, kind, comment, None, None, {})
    return page_id


def write_state(
    tx: Transaction,
    page: CurrentPage,
    state: PageState,
    *,
    kind: Kind,
    comment: str,
    exempt: str | None = None,
    decided_by: str | None = None,
    facts: Mapping[str, Any] | None = None,
    small: bool = False,
) -> int:
    """Give `page` a new revision with `state` and record the change; give back the revision's number.

    The one road for every change of a page: revision, page row, tags, old address and journal entry are
    written here or nowhere. Errors: Conflict when the path is taken, or when somebody else was first.
    """
    number = page.number + 1
    moved = state.path != page.state.path
    appears = page.state.deleted and not state.deleted
    if moved:
        hold_spaces(tx.connection, tx.wiki_id)
    space_id = find_space(tx.connection, tx.wiki_id, state.path) if moved else page.space_id
    if (moved or appears) and not state.deleted:
        _require_free(tx, page.id, state.path)
    _insert_revision(tx, page.id, number, state, kind, comment, exempt, small)
    advanced = tx.connection.execute(
        _ADVANCE,
        {
            "page_id": page.id,
            "was_number": page.number,
            "new_number": number,
            "new_space_id": space_id,
            "new_updated_at": tx.now,
            **{f"new_{name}": value for name, value in _place(state).items()},
        },
    )
    if advanced.rowcount != 1:
        raise Conflict(kb_t("Somebody else changed this [page] at the same moment. Please try again."))
    _set_tags(tx.connection, page.id, page.state.tags, state.tags)
    if moved:
        _leave_redirect(tx, page.id, page.state.path)
    spaces = (space_id,) if space_id == page.space_id else (page.space_id, space_id)
    _record(tx, page.id, number, spaces, state, kind, comment, exempt, decided_by, facts or {})
    return number


def _require_free(tx: Transaction, page_id: int, path: str) -> None:
    taken = tx.connection.execute(_TAKEN, {"wiki_id": tx.wiki_id, "path": path, "page_id": page_id})
    if taken.first() is not None:
        raise Conflict(kb_t("There is already [a page] at “{path}”. Please choose another address.", path=path))


_TAKEN = select(Page.id).where(
    Page.wiki_id == bindparam("wiki_id"),
    Page.path == bindparam("path"),
    ~Page.deleted,
    Page.id != bindparam("page_id"),
)


def _place(state: PageState) -> dict[str, Any]:
    return {
        "path": state.path,
        "parent": parent_of(state.path),
        "look_alike": look_alike(state.path),
        "title": state.title or title_of(state.path),
        "text_digest": state.text_digest,
        "deleted": state.deleted,
    }


def _insert_revision(
    tx: Transaction, page_id: int, number: int, state: PageState, kind: Kind, comment: str,
    exempt: str | None,
    small: bool,
) -> None:
    tx.connection.execute(
        _INSERT_REVISION,
        {
            "page_id": page_id,
            "number": number,
            "kind": kind.value,
            "actor_id": tx.actor_id,
            "at": tx.now,
            "comment": comment,
            "path": state.path,
            "title": state.title,
            "tags": list(state.tags),
            "deleted": state.deleted,
            "text_digest": state.text_digest,
            "size": state.size,
            "exempt": exempt,
            "small": small,
            "hidden": False,
        },
    )


def _set_tags(connection: Connection, page_id: int, was: Iterable[str], tags: Iterable[str]) -> None:
    before, after = set(was), set(tags)
    if gone := before - after:
        connection.execute(delete(PageTag).where(PageTag.page_id == page_id, PageTag.tag.in_(gone)))
    if new := sorted(after - before):
        connection.execute(
            insert_or_ignore(connection, PageTag), [{"page_id": page_id, "tag": tag} for tag in new]
        )


def _leave_redirect(tx: Transaction, page_id: int, old_path: str) -> None:
    key = {"wiki_id": tx.wiki_id, "path": old_path, "page_id": page_id}
    left = insert_or_ignore(tx.connection, Redirect, Redirect.path)
    if tx.connection.execute(left, key).scalar() is None:
        tx.connection.execute(
            update(Redirect)
            .where(Redirect.wiki_id == tx.wiki_id, Redirect.path == old_path)
            .values(page_id=page_id)
        )


def _record(
    tx: Transaction,
    page_id: int,
    number: int,
    spaces: tuple[int, ...],
    state: PageState,
    kind: Kind,
    comment: str,
    exempt: str | None,
    decided_by: str | None,
    facts: Mapping[str, Any],
) -> None:
    tx.record(
        Change(
            kind=kind.value,
            subject_kind="page",
            subject_id=page_id,
            number=number,
            spaces=spaces,
            payload={
                "path": state.path,
                "text": state.text_digest.hex(),
                "words": meta_digest(state.title, state.tags, comment),
                "deleted": state.deleted,
                **facts,
            },
            exempt=exempt,
            decided_by=decided_by,
        )
    )
