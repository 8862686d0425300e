"""Files as people look at them: lists with small pictures, and one file with its versions and where it is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup

from ..errors import Invalid, NotFound
from ..files.policy import ending_of
from ..files.queries import (
    FileView,
    files_at,
    find_deleted_file,
    find_file,
    list_files,
    search_files,
    used_on,
    versions_of,
)
from ..files.smaller import WIDTHS
from ..files.sniffing import TEXT
from ..pages.paths import normalise_path, parent_of
from ..pages.queries.view import titles_above
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from ..wording.amounts import file_size
from .file_links import written
from .file_notes import notes_for
from .forms import FieldError
from .frame import TreeNode
from .reading import Crumb, crumbs
from .restraints import what_stops
from .visit import Visit
from .words import did, kb_t, when, who

PER_PAGE = 60


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in a list; `picture_url` is None for what is shown by its ending."""

    path: str
    name: str
    url: str
    raw_url: str
    picture_url: str | None
    alt: str
    ending: str
    size: str
    when: Markup
    author: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a file; the addresses are None where there is nothing to have, or to go back to."""

    number: int
    describe: str
    author: str
    at: datetime
    when: Markup
    comment: str
    size: str
    hidden: bool
    current: bool
    raw_url: str | None
    restore_url: str | None


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as its screen shows it; `shown_as` says how: picture, video, audio, document, text or ''."""

    path: str
    name: str
    folder: str
    folder_url: str
    crumbs: tuple[Crumb, ...]
    number: int
    alt: str
    kind: str
    size: str
    width: int
    height: int
    shown_as: str
    raw_url: str
    download_url: str
    written: str
    updated_when: Markup
    author: str
    deleted: bool


def list_all(visit: Visit) -> Response:
    """The files below a page or folder (`path`), or those with the words of `q`."""
    folder = _folder(visit.request.args.get("path", ""))
    query = visit.request.args.get("q", "").strip()[:200]
    after = visit.request.args.get("after", "")[:2000]
    if query:
        found = search_files(visit.connection, visit.wiki.id, visit.actor, query, PER_PAGE)
    else:
        found = list_files(visit.connection, visit.wiki.id, visit.actor, folder, after=after, count=PER_PAGE + 1)
    more = found[PER_PAGE - 1].path if len(found) > PER_PAGE else None
    return visit.show(
        "kbwiki/files.html",
        title=kb_t("Files of {path}", path=folder) if folder else kb_t("Files"),
        section="tree",
        path=folder,
        query=query,
        page_url=visit.url.page(folder) if folder else None,
        files=tuple(line_of(visit, one) for one in found[:PER_PAGE]),
        older_url=visit.url("files", path=folder or None, after=more) if more else None,
        new_url=visit.url("file_new", folder=folder or None) if may_write(visit, folder) else None,
    )


def _folder(path: str) -> str:
    try:
        return normalise_path(path) if path.strip(" /") else ""
    except Invalid:
        return ""


def may_write(visit: Visit, folder: str) -> bool:
    """Whether the visitor may add files there now."""
    space = find_space(visit.connection, visit.wiki.id, folder)
    may = has_right(visit.connection, space, Right.WRITE, visit.actor)
    return may and what_stops(visit, space, folder) is None


def line_of(visit: Visit, file: FileView) -> FileLine:
    """A file as lists show it."""
    mark = file.digest.hex()[:12] if file.digest is not None else None
    picture = visit.url.raw(file.path, width=WIDTHS[0], d=mark) if file.is_picture and mark else None
    return FileLine(
        path=file.path,
        name=file.name,
        url=visit.url("file", path=file.path),
        raw_url=visit.url.raw(file.path),
        picture_url=picture,
        alt=file.alt,
        ending=ending_of(file.path)[:5],
        size=file_size(file.size),
        when=when(file.at, visit.now),
        author=who(file.author),
    )


def about(visit: Visit, path: str) -> Response:
    """One file: what it shows, its versions, where it is used, and what can be done with it."""
    file = find_file(visit.connection, visit.wiki.id, path, visit.actor)
    if file is None:
        moved = files_at(visit.connection, visit.wiki.id, visit.actor, [path]).get(path)
        if moved is not None:
            return visit.go(visit.url("file", path=moved.path))
    return show_file(visit, path)


def show_file(
    visit: Visit,
    path: str,
    *,
    errors: tuple[FieldError, ...] = (),
    form: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """A file's screen, with what was sent and what was wrong with it. Errors: NotFound."""
    visit.catch_up_links()
    file = found_file(visit, path)
    shown = _shown(visit, file)
    return visit.show(
        "kbwiki/file.html",
        title=file.name,
        section="tree",
        status=404 if file.deleted and status == 200 else status,
        file=shown,
        versions=_versions(visit, file),
        used=tuple(
            TreeNode(one.path, one.title, visit.url.page(one.path), False, 0)
            for one in used_on(visit.connection, visit.wiki.id, file.path, visit.actor)
        ),
        responsible=responsible_groups(visit.connection, [file.space_id]),
        most=file_size(visit.settings.max_file_bytes),
        text=_beginning(visit, file) if file.media_type == TEXT else "",
        form={"alt": file.alt, "path": file.path, "comment": "", **(form or {})},
        errors=errors,
        flash=notes_for(visit, file),
        can_write=file.can_write,
    )


def found_file(visit: Visit, path: str) -> FileView:
    """The file at `path`, deleted or not, as its visitor may use it now. Errors: NotFound."""
    args = (visit.connection, visit.wiki.id, path, visit.actor)
    file = find_file(*args) or find_deleted_file(*args)
    if file is None:
        raise NotFound("file", path)
    stopped = file.can_write and what_stops(visit, file.space_id, file.path) is not None
    return replace(file, can_write=False) if stopped else file


def _shown(visit: Visit, file: FileView) -> ShownFile:
    folder = parent_of(file.path)
    titles = titles_above(visit.connection, visit.wiki.id, file.path, visit.actor)
    mark: dict[str, Any] = {"d": file.digest.hex()[:12]} if file.digest is not None else {}
    kind = file.shown_as or ("text" if file.media_type == TEXT else "")
    return ShownFile(
        path=file.path,
        name=file.name,
        folder=folder,
        folder_url=visit.url("files", path=folder or None),
        crumbs=crumbs(visit, file.path, titles),
        number=file.number,
        alt=file.alt,
        kind=file.media_type,
        size=file_size(file.size),
        width=file.width,
        height=file.height,
        shown_as=kind if not file.deleted and file.digest is not None else "",
        raw_url=visit.url.raw(file.path, **mark),
        download_url=visit.url.raw(file.path, download=""),
        written=written(file, ""),
        updated_when=when(file.at, visit.now),
        author=who(file.author),
        deleted=file.deleted,
    )


def _beginning(visit: Visit, file: FileView) -> str:
    """What a plain text begins with, to be read in place."""
    if file.digest is None or file.deleted:
        return ""
    try:
        with visit.wiki.files.store.place(file.digest).open("rb") as opened:
            return opened.read(20_000).decode("utf-8", "ignore")
    except FileNotFoundError:
        return ""


def _versions(visit: Visit, file: FileView) -> tuple[VersionLine, ...]:
    lines = versions_of(visit.connection, visit.wiki.id, file.id, visit.actor)
    return tuple(
        VersionLine(
            number=one.number,
            describe=did(one.kind),
            author=who(one.author),
            at=one.at,
            when=when(one.at, visit.now),
            comment=one.comment,
            size=file_size(one.size),
            hidden=one.hidden,
            current=one.number == file.current,
            raw_url=visit.url.raw(file.path, v=one.number, download="") if one.digest is not None else None,
            restore_url=visit.url("file_restore", path=file.path, number=one.number)
            if file.can_write and one.digest is not None and one.number != file.current
            else None,
        )
        for one in lines
    )
