"""What happens: files come, get new versions and descriptions, move, go and come back. Each change is reviewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select

from ..db import Transaction
from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..pages.actions.move import relink_others
from ..pages.links import Moves, take_in_all
from ..pages.models import Page
from ..pages.paths import look_alike, normalise_path, parent_of
from ..pages.policy import clean_comment
from ..spaces.queries import bound, find_space, hold_spaces, readable
from ..wording import kb_t
from .content import Content
from .locking import CurrentFile, find_deleted_locked, find_locked, find_of_that_name, get_writable, require_write
from .models import File
from .policy import FileState, Kind, clean_alt, clean_name, other_name, require_ending
from .state import StoredFile, create_file, state_at, write_state

MOST_NUMBERS = 1000


class IfThere(StrEnum):
    """What to do when there is a file of that name already."""

    ASK = "ask"
    REPLACE = "replace"
    KEEP_BOTH = "keep-both"


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is to become a file: kept bytes, where, and what they show in words.

    `path` is a folder and a name; the name is cleaned (`clean_name`). The same bytes elsewhere are spoken
    of (AlreadyHere) unless `again` says that it is meant.
    """

    path: str
    content: Content
    alt: str = ""
    comment: str = ""
    if_there: IfThere = IfThere.ASK
    again: bool = False


@dataclass(eq=False)
class FileExists(Conflict):
    """There is a file of that name, or of one that looks like it; `free` is a name to keep both. Nothing was done."""

    path: str
    number: int
    free: str


@dataclass(eq=False)
class AlreadyHere(Conflict):
    """The same bytes are a file already, which the actor may read: at `path`. Nothing was changed."""

    path: str


def upload_file(tx: Transaction, new: NewFile) -> StoredFile:
    """Make the bytes a file, live at once. Errors: Invalid (name, ending, description), NotFound and Forbidden
    (access), FileExists, AlreadyHere, Conflict (a page of that name)."""
    path = _path_of(new.path)
    require_ending(path, tx.settings.file_types)
    alt, comment = clean_alt(new.alt), clean_comment(new.comment)
    require_write(tx, find_space(tx.connection, tx.wiki_id, path), path)
    there = find_of_that_name(tx, path)
    if there is not None and there.state.digest == new.content.digest and new.if_there is not IfThere.KEEP_BOTH:
        require_write(tx, there.space_id, there.state.path)
        return StoredFile(there.id, there.state.path, there.number, changed=False)
    if there is not None and new.if_there is IfThere.REPLACE:
        return replace_file(tx, there.state.path, new.content, alt=alt or None, comment=comment)
    if not new.again:
        _require_new_bytes(tx, new.content)
    if there is not None:
        free = _free_name(tx, path)
        if new.if_there is IfThere.ASK:
            raise FileExists(kb_t("There is a file of this name already."), there.state.path, there.number, free)
        path = free
    _require_no_page(tx, path)
    return _created(tx, path, new.content, alt, comment)


def _created(tx: Transaction, path: str, content: Content, alt: str, comment: str) -> StoredFile:
    made = create_file(tx, _state(path, content, alt), comment=comment)
    if made is None:
        other = find_locked(tx, path)
        if other is None:
            raise Conflict(kb_t("Somebody else changed this file at the same moment. Please try again."))
        raise FileExists(kb_t("There is a file of this name already."), path, other.number, _free_name(tx, path))
    return made


def _path_of(path: str) -> str:
    folder, _, name = path.replace("\\", "/").rpartition("/")
    folder = normalise_path(folder) if folder.strip(" /") else ""
    return normalise_path(f"{folder}/{clean_name(name)}")


def _state(path: str, content: Content, alt: str) -> FileState:
    return FileState(
        path, False, alt, content.digest, content.size, content.media_type, content.width, content.height, content.text
    )


def _require_new_bytes(tx: Transaction, content: Content) -> None:
    same = (
        select(File.path)
        .where(
            File.wiki_id == tx.wiki_id,
            File.digest == content.digest,
            ~File.deleted,
            readable(File.space_id),
        )
        .order_by(File.id)
        .limit(1)
    )
    path = tx.connection.execute(same, bound(tx.actor)).scalar()
    if path is not None:
        raise AlreadyHere(kb_t("The same file is here already, at “{path}”.", path=path), path)


def _require_no_page(tx: Transaction, path: str) -> None:
    """Errors: Conflict where a page has this address, since it would stand before the file."""
    there = select(Page.id).where(Page.wiki_id == tx.wiki_id, Page.path == path, ~Page.deleted)
    if tx.connection.execute(there).first() is not None:
        raise Conflict(kb_t("There is already [a page] at “{path}”. Please choose another name.", path=path))


def _free_name(tx: Transaction, path: str) -> str:
    taken = set(
        tx.connection.execute(
            select(File.look_alike).where(File.wiki_id == tx.wiki_id, File.parent == parent_of(path), ~File.deleted)
        ).scalars()
    )
    tried = (other_name(path, number) for number in range(2, MOST_NUMBERS))
    return next((one for one in tried if look_alike(one) not in taken), path)


def replace_file(
    tx: Transaction,
    path: str,
    content: Content,
    *,
    number: int | None = None,
    alt: str | None = None,
    comment: str = "",
) -> StoredFile:
    """Give the file at `path` new bytes, wherever it is shown. `number` is the version one started from.

    Errors: NotFound, Forbidden, Invalid (another kind of file), Conflict (somebody replaced it meanwhile).
    """
    file = get_writable(tx, normalise_path(path))
    _require_current(file, number)
    if content.media_type != file.state.media_type:
        raise Invalid(
            "file",
            kb_t(
                "This is another kind of file ({new}, not {old}), which would no longer fit its name. "
                "Please add it as a file of its own.",
                new=content.media_type,
                old=file.state.media_type,
            ),
        )
    said = file.state.alt if alt is None else clean_alt(alt)
    return _written(tx, file, _state(file.state.path, content, said), Kind.REPLACE, comment)


def _require_current(file: CurrentFile, number: int | None) -> None:
    if number is not None and number != file.number:
        raise Conflict(kb_t("Somebody else changed this file meanwhile, so nothing was changed. Please look again."))


def _written(tx: Transaction, file: CurrentFile, state: FileState, kind: Kind, comment: str) -> StoredFile:
    if state == file.state:
        return StoredFile(file.id, state.path, file.number, changed=False)
    return write_state(tx, file, state, kind=kind, comment=clean_comment(comment))


def describe_file(tx: Transaction, path: str, alt: str, *, number: int | None = None, comment: str = "") -> StoredFile:
    """Say in words what the file shows, for those who do not see it. Errors: NotFound, Forbidden, Invalid, Conflict."""
    file = get_writable(tx, normalise_path(path))
    _require_current(file, number)
    return _written(tx, file, replace(file.state, alt=clean_alt(alt)), Kind.DESCRIBE, comment)


def move_file(tx: Transaction, path: str, new_path: str, *, comment: str = "") -> StoredFile:
    """Move the file; links in pages follow, as revisions by the mover, and old addresses go on working.

    Errors: NotFound, Forbidden, Invalid, Conflict when the new path is taken.
    """
    hold_spaces(tx.connection, tx.wiki_id)
    file = get_writable(tx, normalise_path(path))
    new = _path_of(new_path)
    require_ending(new, tx.settings.file_types)
    if new == file.state.path:
        raise Invalid("path", kb_t("That is where the file already is."))
    require_write(tx, find_space(tx.connection, tx.wiki_id, new), new)
    there = find_of_that_name(tx, new)
    if there is not None and there.id != file.id:
        taken = there.state.path
        raise Conflict(kb_t("There is already a file at “{path}”. Please choose another name.", path=taken))
    _require_no_page(tx, new)
    take_in_all(tx)
    old = file.state.path
    state, said = replace(file.state, path=new), clean_comment(comment)
    moved = write_state(tx, file, state, kind=Kind.MOVE, comment=said, facts={"from": old})
    relink_others(tx, Moves({old: new}, {}), set())
    return moved


def delete_file(tx: Transaction, path: str, *, comment: str = "") -> StoredFile:
    """Take the file out of sight; its versions stay, and `bring_back_file` returns it. Errors: NotFound, Forbidden."""
    file = get_writable(tx, normalise_path(path))
    return _written(tx, file, replace(file.state, deleted=True), Kind.DELETE, comment)


def bring_back_file(tx: Transaction, path: str, *, comment: str = "") -> StoredFile:
    """Return the file last deleted at `path`. Errors: NotFound, Forbidden, Conflict when the path is taken."""
    path = normalise_path(path)
    file = find_deleted_locked(tx, path)
    if file is None:
        raise NotFound("deleted file", path)
    require_write(tx, file.space_id, path)
    _require_shown(tx, file, file.number)
    return _written(tx, file, replace(file.state, deleted=False), Kind.BRING_BACK, comment)


def restore_version(tx: Transaction, path: str, number: int, *, comment: str = "") -> StoredFile:
    """Give the file the bytes and the description of its version `number` again; it stays where it is.

    Errors: NotFound, Forbidden (also for a hidden version).
    """
    path = normalise_path(path)
    file = find_locked(tx, path) or find_deleted_locked(tx, path)
    if file is None:
        raise NotFound("file", path)
    require_write(tx, file.space_id, path)
    _require_shown(tx, file, number)
    was, _ = state_at(tx.connection, file.id, number)
    return _written(tx, file, replace(was, path=file.state.path, deleted=False), Kind.RESTORE, comment)


def _require_shown(tx: Transaction, file: CurrentFile, number: int) -> None:
    if state_at(tx.connection, file.id, number)[1]:
        raise Forbidden(kb_t("This version is hidden. [A moderator] has to show it again before it can be restored."))
