"""Adding files: a form that works without script, and the same for the editor, which gets its answer as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Response, jsonify

from ..errors import Conflict, Forbidden, Invalid, KBWikiError
from ..files import AlreadyHere, Content, FileExists, NewFile, StoredFile, upload_file
from ..files.actions import IfThere
from ..files.policy import clean_name
from ..files.queries import get_file
from ..pages.paths import normalise_path
from ..spaces.queries import find_space, responsible_groups
from ..wording.amounts import file_size
from .file_links import written
from .files import line_of, may_write
from .forms import FieldError
from .visit import Visit
from .words import kb_t

_CHOICES = {one.value: one for one in IfThere}


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What stands in the form; the file itself has to be chosen again, which browsers want so."""

    folder: str
    name: str
    alt: str
    comment: str


@dataclass(frozen=True, slots=True)
class Taken:
    """There is such a file already: one of that name (`free` is another name), or the same bytes elsewhere."""

    text: str
    url: str
    path: str
    free: str


def new(visit: Visit) -> Response:
    """The form for a new file in `folder`; on POST, add it. With `quiet` the answer is for a script."""
    is_quiet = "quiet" in visit.request.form
    if visit.request.method != "POST":
        args = visit.request.args
        form = UploadForm(args.get("folder", "").strip("/"), args.get("called", ""), "", "")
        _require_write(visit, form.folder)
        return _form(visit, form)
    sent = visit.request.form
    form = UploadForm(
        sent.get("folder", "").strip("/ "), sent.get("name", "").strip(), sent.get("alt", ""), sent.get("comment", "")
    )
    try:
        stored = _added(visit, form)
    except KBWikiError as error:
        if is_quiet:
            return _told(visit, error)
        return _refused(visit, form, error)
    return _answer(visit, stored) if is_quiet else _gone_to(visit, stored)


def _gone_to(visit: Visit, stored: StoredFile) -> Response:
    done = "added" if stored.created else "replaced" if stored.changed else "same"
    return visit.go(visit.url("file", path=stored.path, done=done))


def _require_write(visit: Visit, folder: str) -> None:
    if not may_write(visit, folder):
        if visit.actor.is_anonymous:
            raise Forbidden(kb_t("Please sign in to add or change files."))
        raise Forbidden(kb_t("You can read here, but adding and changing files is for other [groups]."))


def sent_content(visit: Visit) -> Content:
    """The bytes that were sent, kept. Errors: Invalid when none were."""
    sent = visit.request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("file", kb_t("Please choose a file."))
    return visit.wiki.files.keep(cast(BinaryIO, sent.stream))


def _added(visit: Visit, form: UploadForm) -> StoredFile:
    _require_write(visit, form.folder)  # before anything is kept
    content = sent_content(visit)
    sent = visit.request
    name = clean_name(form.name or sent.files["file"].filename or "")
    new_file = NewFile(
        path=f"{form.folder}/{name}" if form.folder else name,
        content=content,
        alt=form.alt,
        comment=form.comment,
        if_there=_CHOICES.get(sent.form.get("if_there", ""), IfThere.ASK),
        again="again" in sent.form,
    )
    with visit.change() as tx:
        return upload_file(tx, new_file)


def _refused(visit: Visit, form: UploadForm, error: KBWikiError) -> Response:
    if isinstance(error, (FileExists, AlreadyHere)):
        return _form(visit, form, taken=_taken(visit, error), status=error.status)
    if isinstance(error, Invalid):
        return _form(visit, form, errors=(FieldError(error.field, error.why),), status=error.status)
    if isinstance(error, Conflict):
        return _form(visit, form, errors=(FieldError("name", str(error)),), status=error.status)
    raise error


def _taken(visit: Visit, error: FileExists | AlreadyHere) -> Taken:
    free = error.free.rpartition("/")[2] if isinstance(error, FileExists) else ""
    return Taken(str(error), visit.url("file", path=error.path), error.path, free)


def _form(
    visit: Visit,
    form: UploadForm,
    *,
    errors: tuple[FieldError, ...] = (),
    taken: Taken | None = None,
    status: int = 200,
) -> Response:
    space = find_space(visit.connection, visit.wiki.id, form.folder)
    settings = visit.settings
    return visit.show(
        "kbwiki/file_new.html",
        title=kb_t("Add a file"),
        section="edit",
        status=status,
        form=form,
        errors=errors,
        taken=taken,
        most=file_size(settings.max_file_bytes),
        most_bytes=settings.max_file_bytes,
        endings=", ".join(settings.file_types),
        accept=",".join(f".{one.lstrip('.')}" for one in settings.file_types),
        responsible=responsible_groups(visit.connection, [space]),
        cancel_url=visit.url("files", path=form.folder or None),
    )


def _answer(visit: Visit, stored: StoredFile) -> Response:
    """What the editor puts into the text."""
    file = get_file(visit.connection, visit.wiki.id, stored.path, visit.actor)
    page = visit.request.form.get("page", "")
    try:
        page = normalise_path(page)
    except Invalid:
        page = ""
    line = line_of(visit, file)
    alt = visit.request.form.get("alt") or None
    return jsonify({"path": file.path, "name": file.name, "url": line.url, "text": written(file, page, alt)})


def _told(visit: Visit, error: KBWikiError) -> Response:
    """What the editor says when it did not work, and what can be chosen."""
    said = {"error": str(error)}
    if isinstance(error, (FileExists, AlreadyHere)):
        file = get_file(visit.connection, visit.wiki.id, error.path, visit.actor)
        page = visit.request.form.get("page", "")
        said |= {
            "kind": "exists" if isinstance(error, FileExists) else "same",
            "path": error.path,
            "free": error.free.rpartition("/")[2] if isinstance(error, FileExists) else "",
            "text": written(file, page.strip("/")),
        }
    response = jsonify(said)
    response.status_code = error.status
    return response
