"""The reasons moderators of a space choose from, and the messages that go with them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden, Invalid
from ..moderation.messages.reasons import KINDS, ReasonView, catalogue_of, may_edit, set_reasons
from ..moderation.messages.templates import PLACEHOLDERS
from ..spaces.queries import SpaceView, get_space
from .forms import FieldError
from .visit import Visit
from .words import REASON_KINDS, kb_t

EMPTY_ROWS = 3
"""How many empty rows the form has, for new reasons."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason in the form; `number` keeps the fields of a row together."""

    number: int
    key: str
    kind: str
    words: str
    template: str


def reasons(visit: Visit) -> Response:
    """The form for the reasons of the space at `path` (`/` for the root), for those who look after it."""
    space = get_space(visit.connection, visit.wiki.id, visit.request.values.get("path", "/").strip("/"), visit.actor)
    if not may_edit(visit.connection, visit.actor, visit.settings.admin_group, space.id):
        raise Forbidden(kb_t("Only administrators and those who look after [a space] can set its reasons."))
    if visit.request.method == "POST":
        return _submitted(visit, space)
    owner, present = catalogue_of(visit.connection, visit.wiki.id, space.id)
    return _form(visit, space, present, owner)


def _submitted(visit: Visit, space: SpaceView) -> Response:
    sent = visit.request.form
    given = [] if sent.get("action") == "inherit" else _given(visit)
    try:
        with visit.change() as tx:
            set_reasons(tx, space.id, given)
    except Invalid as error:
        return _form(visit, space, given, space.path, (FieldError(error.field, error.why),), status=422)
    return visit.go(visit.url("spaces"))


def _given(visit: Visit) -> list[ReasonView]:
    """The rows that have something in them, in the order of the form; a ticked box takes a reason out."""
    sent = visit.request.form
    numbers = sorted({int(name[4:]) for name in sent if name.startswith("key-") and name[4:].isdecimal()})
    rows = [
        ReasonView(*(sent.get(f"{name}-{number}", "").strip() for name in ("key", "kind", "words", "template")))
        for number in numbers
        if f"retire-{number}" not in sent
    ]
    return [row for row in rows if row.key or row.words or row.template]


def _form(
    visit: Visit,
    space: SpaceView,
    present: list[ReasonView],
    owner: str | None,
    errors: tuple[FieldError, ...] = (),
    *,
    status: int = 200,
) -> Response:
    filled = [ReasonRow(number, one.key, one.kind, kb_t(one.words), one.template) for number, one in enumerate(present)]
    empty = [ReasonRow(len(filled) + more, "", "", "", "") for more in range(EMPTY_ROWS)]
    return visit.show(
        "kbwiki/reasons.html",
        title=kb_t("Reasons in {title}", title=space.title),
        section="admin",
        status=status,
        path=space.path or "/",
        rows=(*filled, *empty),
        kinds=tuple((kind, kb_t(REASON_KINDS[kind]) or kb_t("for everything")) for kind in KINDS),
        placeholders=tuple((f"{{{name}}}", kb_t(words)) for name, words in PLACEHOLDERS.items()),
        inherited_from=None if owner == space.path else owner if owner is None else owner or "/",
        is_own=owner == space.path,
        errors=errors,
        cancel_url=visit.url("spaces"),
    )
