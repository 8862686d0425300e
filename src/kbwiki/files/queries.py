"""What to show: files, their versions, where they are used. `readable` decides in every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, exists, func, select, type_coerce

from ..actors import Actor
from ..db import in_list
from ..errors import NotFound
from ..journal.models import ActorRow
from ..pages.models import Page, PageLink
from ..pages.paths import below, look_alike
from ..spaces.policy import Right
from ..spaces.queries import bound, granted, readable
from .models import File, FileVersion
from .policy import folded, shown_as


@dataclass(frozen=True, slots=True)
class FileView:
    """A version of a file an actor may read; `current` is the number of the newest. What is hidden is not in it: then
    `digest` is None, and alternative text and comment are empty."""

    id: int
    path: str
    space_id: int
    number: int
    current: int
    kind: str
    comment: str
    author: str
    at: datetime
    deleted: bool
    hidden: bool
    alt: str
    digest: bytes | None
    size: int
    media_type: str
    width: int
    height: int
    can_write: bool
    can_review: bool

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown in a page as a picture."""
        return self.shown_as == "picture"

    @property
    def shown_as(self) -> str:
        """How a page shows it; see `policy.shown_as`."""
        return shown_as(self.media_type, self.width, self.height)


def _shown(column: Any) -> Any:
    return case((FileVersion.hidden, ""), else_=column)


_VIEW = (
    select(
        File.id,
        File.path,
        File.space_id,
        FileVersion.number,
        File.number.label("current"),
        FileVersion.kind,
        type_coerce(_shown(FileVersion.comment), FileVersion.comment.type).label("comment"),
        ActorRow.name,
        FileVersion.at,
        File.deleted,
        FileVersion.hidden,
        _shown(FileVersion.alt).label("alt"),
        case((FileVersion.hidden, None), else_=FileVersion.digest).label("digest"),
        FileVersion.size,
        FileVersion.media_type,
        FileVersion.width,
        FileVersion.height,
        granted(Right.WRITE, File.space_id).label("can_write"),
        granted(Right.REVIEW, File.space_id).label("can_review"),
    )
    .join(FileVersion, FileVersion.file_id == File.id)
    .join(ActorRow, ActorRow.id == FileVersion.actor_id)
    .where(File.wiki_id == bindparam("wiki_id"), readable(File.space_id))
)
_NEWEST = _VIEW.where(FileVersion.number == File.number)
_LIVE = _NEWEST.where(File.path == bindparam("path"), ~File.deleted)
_DELETED = (
    _NEWEST.where(File.path == bindparam("path"), File.deleted)
    .order_by(File.updated_at.desc(), File.id.desc())
    .limit(1)
)
_AT = _VIEW.where(File.id == bindparam("file_id"), FileVersion.number == bindparam("number"))
_VERSIONS = _VIEW.where(File.id == bindparam("file_id")).order_by(FileVersion.number.desc()).limit(bindparam("count"))


def find_file(connection: Connection, wiki_id: int, path: str, actor: Actor) -> FileView | None:
    """The live file at exactly `path`, or None, also when the actor may not read it."""
    return _first(connection, _LIVE, wiki_id, actor, path=path)


def find_deleted_file(connection: Connection, wiki_id: int, path: str, actor: Actor) -> FileView | None:
    """The file last deleted at `path`, or None."""
    return _first(connection, _DELETED, wiki_id, actor, path=path)


def get_file(connection: Connection, wiki_id: int, path: str, actor: Actor) -> FileView:
    """The live file at exactly `path`. Errors: NotFound."""
    file = find_file(connection, wiki_id, path, actor)
    if file is None:
        raise NotFound("file", path)
    return file


def get_any_file(connection: Connection, wiki_id: int, path: str, actor: Actor) -> FileView:
    """The file at `path`, deleted or not. Errors: NotFound."""
    file = find_file(connection, wiki_id, path, actor) or find_deleted_file(connection, wiki_id, path, actor)
    if file is None:
        raise NotFound("file", path)
    return file


def get_version(connection: Connection, wiki_id: int, file_id: int, number: int, actor: Actor) -> FileView:
    """Version `number` of the file with this id. Errors: NotFound."""
    found = _first(connection, _AT, wiki_id, actor, file_id=file_id, number=number)
    if found is None:
        raise NotFound("version of a file", str(number))
    return found


def versions_of(connection: Connection, wiki_id: int, file_id: int, actor: Actor, count: int = 200) -> list[FileView]:
    """The versions of a file, the newest first."""
    key = {"wiki_id": wiki_id, "file_id": file_id, "count": count, **bound(actor)}
    return [FileView(*row) for row in connection.execute(_VERSIONS, key)]


def _first(connection: Connection, statement: Select[Any], wiki_id: int, actor: Actor, **key: Any) -> FileView | None:
    row = connection.execute(statement, {"wiki_id": wiki_id, **key, **bound(actor)}).first()
    return FileView(*row) if row is not None else None


def list_files(
    connection: Connection, wiki_id: int, actor: Actor, folder: str = "", *, after: str = "", count: int = 60
) -> list[FileView]:
    """The live files below `folder` ('' for all), by path."""
    wanted = _NEWEST.where(~File.deleted, File.path > after).order_by(File.path).limit(count)
    if folder:
        low, high = below(folder)
        wanted = wanted.where(File.path >= low, File.path < high)
    return [FileView(*row) for row in connection.execute(wanted, {"wiki_id": wiki_id, **bound(actor)})]


_LIES_IN = (
    _NEWEST.where(~File.deleted, File.parent == bindparam("folder")).order_by(File.path).limit(bindparam("count"))
)


def files_in(connection: Connection, wiki_id: int, actor: Actor, folder: str, *, count: int) -> list[FileView]:
    """The first live files right below a page or folder, by path; one query."""
    key = {"wiki_id": wiki_id, "folder": folder, "count": count, **bound(actor)}
    return [FileView(*row) for row in connection.execute(_LIES_IN, key)]


def search_files(connection: Connection, wiki_id: int, actor: Actor, text: str, count: int = 8) -> list[FileView]:
    """The live files whose name, description or plain text has every word of `text`, the last changed first."""
    words = folded(text).split()[:12]
    if not words:
        return []
    wanted = _NEWEST.where(~File.deleted, *(File.words.contains(word, autoescape=True) for word in words))
    rows = connection.execute(
        wanted.order_by(File.updated_at.desc(), File.id.desc()).limit(count), {"wiki_id": wiki_id, **bound(actor)}
    )
    return [FileView(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class FileAt:
    """What a link leads to that names a file: enough to show it in a page."""

    path: str
    digest: bytes
    media_type: str
    width: int
    height: int
    alt: str


_ALIKE = select(
    File.path, File.digest, File.media_type, File.width, File.height, File.alt, File.look_alike.label("asked")
).where(File.wiki_id == bindparam("wiki_id"), in_list(File.look_alike, "keys"), ~File.deleted, readable(File.space_id))
_FORMER = (
    select(File.path, File.digest, File.media_type, File.width, File.height, File.alt, FileVersion.path.label("asked"))
    .join(FileVersion, FileVersion.file_id == File.id)
    .where(
        File.wiki_id == bindparam("wiki_id"),
        in_list(FileVersion.path, "paths"),
        FileVersion.path != File.path,
        ~File.deleted,
        readable(File.space_id),
    )
    .order_by(FileVersion.id)
)


def files_at(connection: Connection, wiki_id: int, actor: Actor, paths: Iterable[str]) -> dict[str, FileAt]:
    """For each path the file a link to it leads to: the one there, the only one that looks alike, or one that moved
    away from there. Paths that lead to none this actor may see are absent."""
    wanted = sorted(set(paths))[:2000]
    if not wanted:
        return {}
    keys = {path: look_alike(path) for path in wanted}
    key = {"wiki_id": wiki_id, **bound(actor)}
    alike: dict[str, list[FileAt]] = {}
    for row in connection.execute(_ALIKE, {**key, "keys": sorted(set(keys.values()))}):
        alike.setdefault(row.asked, []).append(FileAt(*row[:6]))
    found = {}
    for path in wanted:
        there = alike.get(keys[path], [])
        exact = [one for one in there if one.path == path]
        if exact or len(there) == 1:
            found[path] = (exact or there)[0]
    if left := [path for path in wanted if path not in found and "." in path]:
        rows = connection.execute(_FORMER, {**key, "paths": left})
        found |= {row.asked: FileAt(*row[:6]) for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class UsedOn:
    """A page that links to a file, or shows it."""

    path: str
    title: str


def used_on(connection: Connection, wiki_id: int, path: str, actor: Actor) -> list[UsedOn]:
    """The live pages an actor may read that link to `path`, by title."""
    rows = connection.execute(
        select(Page.path, Page.title)
        .join(PageLink, PageLink.page_id == Page.id)
        .where(
            PageLink.wiki_id == wiki_id,
            PageLink.look_alike == look_alike(path),
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(Page.title, Page.path)
        .limit(200),
        bound(actor),
    )
    return [UsedOn(row.path, row.title) for row in rows]


def has_file() -> ColumnElement[bool]:
    """SQL: the page in `Page` links to a live file that the actor may read, or such a file lies right below it."""
    linked = exists(
        select(File.id)
        .join(PageLink, and_(PageLink.wiki_id == File.wiki_id, PageLink.look_alike == File.look_alike))
        .where(PageLink.page_id == Page.id, ~File.deleted, readable(File.space_id))
    )
    lies_below = exists(
        select(File.id).where(
            File.wiki_id == Page.wiki_id, File.parent == Page.path, ~File.deleted, readable(File.space_id)
        )
    )
    return linked | lies_below


def count_files(connection: Connection, wiki_id: int, actor: Actor, folder: str) -> int:
    """How many live files lie right below the page or folder, for this actor."""
    counted = select(func.count(File.id)).where(
        File.wiki_id == wiki_id, File.parent == folder, ~File.deleted, readable(File.space_id)
    )
    return int(connection.execute(counted, bound(actor)).scalar_one())
