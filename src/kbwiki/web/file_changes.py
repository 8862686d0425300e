"""What is done with a file from its own screen: replace, describe, move, delete, bring back, restore, report."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from ..db import Transaction
from ..errors import Conflict, Invalid
from ..file_subject import report_file
from ..files import (
    StoredFile,
    bring_back_file,
    delete_file,
    describe_file,
    move_file,
    replace_file,
    restore_version,
)
from ..files.queries import get_file
from ..spaces.queries import responsible_groups
from .choosing import reason_choices
from .evidence import say_form
from .file_uploads import sent_content
from .files import show_file
from .forms import FieldError, whole_number
from .visit import Visit
from .words import kb_t, listed


def replace(visit: Visit, path: str) -> Response:
    """Give the file new bytes, wherever it is shown."""
    number = whole_number(visit.request.form.get("number", ""))

    def act() -> StoredFile:
        content = sent_content(visit)
        with visit.change() as tx:
            return replace_file(tx, path, content, number=number, comment=_comment(visit))

    return _done(visit, path, act, "replaced", "file")


def describe(visit: Visit, path: str) -> Response:
    """Say in words what the file shows."""
    sent = visit.request.form
    number = whole_number(sent.get("number", ""))
    return _changed(
        visit, path, lambda tx: describe_file(tx, path, sent.get("alt", ""), number=number), "described", "alt"
    )


def move(visit: Visit, path: str) -> Response:
    """Give the file another name or place."""
    target = visit.request.form.get("path", "")
    return _changed(visit, path, lambda tx: move_file(tx, path, target, comment=_comment(visit)), "moved", "path")


def delete(visit: Visit, path: str) -> Response:
    """Take the file out of sight."""
    return _changed(visit, path, lambda tx: delete_file(tx, path, comment=_comment(visit)), "deleted", "comment")


def bring_back(visit: Visit, path: str) -> Response:
    """Return a deleted file."""
    return _changed(visit, path, lambda tx: bring_back_file(tx, path), "back", "comment")


def restore(visit: Visit, path: str, number: int) -> Response:
    """Make an earlier version the newest."""
    return _changed(visit, path, lambda tx: restore_version(tx, path, number), "restored", "comment")


def _comment(visit: Visit) -> str:
    return visit.request.form.get("comment", "")


def _changed(visit: Visit, path: str, change: Callable[[Transaction], StoredFile], done: str, field: str) -> Response:
    def act() -> StoredFile:
        with visit.change() as tx:
            return change(tx)

    return _done(visit, path, act, done, field)


def _done(visit: Visit, path: str, act: Callable[[], StoredFile], done: str, field: str) -> Response:
    """Do it and go to the file, or show its screen again with what was sent and what was wrong with it."""
    try:
        stored = act()
    except Invalid as error:
        return _again(visit, path, FieldError(error.field, error.why), error.status)
    except Conflict as error:
        return _again(visit, path, FieldError(field, str(error)), error.status)
    return visit.go(visit.url("file", path=stored.path, done=done if stored.changed else "same"))


def _again(visit: Visit, path: str, error: FieldError, status: int) -> Response:
    sent = {name: visit.request.form[name] for name in ("alt", "path", "comment") if name in visit.request.form}
    return show_file(visit, path, errors=(error,), form=sent, status=status)


def report(visit: Visit, path: str) -> Response:
    """Tell those who look after a file that something is wrong with it."""
    file = get_file(visit.connection, visit.wiki.id, path, visit.actor)
    sent = visit.request.form

    def say() -> None:
        with visit.change() as tx:
            report_file(tx, path, sent.get("reason", ""), sent.get("text", ""))

    groups = listed(responsible_groups(visit.connection, [file.space_id]))
    return say_form(
        visit,
        say,
        visit.url("file", path=path, done="reported"),
        title=kb_t("Something is wrong with {title}", title=file.name),
        section="read",
        lead=kb_t(
            "Say what is wrong, in your own words. It goes to {groups}; whoever wrote it is not told who you are.",
            groups=groups,
        ),
        label=kb_t("What is wrong?"),
        hint=kb_t("may stay empty when you choose a reason"),
        button=kb_t("Send"),
        cancel_url=visit.url("file", path=path),
        reasons=tuple((one.key, one.label) for one in reason_choices(visit, file.space_id) if not one.only_for),
    )
