"""Types of pages with fields of their own, as the form for writing shows them.

The fields stand in the lines before the text (`markup.front`), so nothing else has to know of them. Where the plugin of
a type is gone, these lines are text like any other.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from ..hooks.pages import Field, PageType
from ..markup import Front, Labels, changed_front, is_name, new_front, read_front
from .visit import Visit

log = logging.getLogger("kbwiki.web")

YES, NO = "yes", "no"
_SENT = "field-"
_BLOCK = "front"


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field above the text. `kind` is how it is asked for: a value of another kind is shown as text, and kept."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The part of the form above the text, the block that these fields came from, and the text below it."""

    label: str
    help: str
    fields: tuple[ShownField, ...]
    block: str
    body: str


def types_of(visit: Visit) -> Mapping[str, PageType]:
    """The types there are, by name; the first plugin's of each name."""
    found: dict[str, PageType] = {}
    if not visit.wiki.plugins.uses("page_types"):
        return found
    for given in visit.wiki.plugins.declared("page_types"):
        one: PageType = given.value
        if all(map(is_name, (one.name, *(field.name for field in one.fields)))):
            fields = tuple(field for field in one.fields if field.name != "type")
            found.setdefault(one.name, replace(one, fields=fields))
        else:
            _warn(given.plugin, one.name)
    return found


@lru_cache(maxsize=1_000)
def _warn(plugin: str, name: str) -> None:
    """Once is enough: this is looked at with every page."""
    log.warning("The plugin %s cannot add the type %r: names are small letters, digits, _ and -.", plugin, name)


def labels_of(visit: Visit) -> Labels:
    """What types and their fields are called."""
    labels = {}
    for name, one in types_of(visit).items():
        labels[name, ""] = one.label
        labels.update({(name, field.name): field.label for field in one.fields})
    return labels


def typed_form(visit: Visit, text: str) -> TypedForm | None:
    """The fields of the text's type; None where it has none, its type is not known, or all is wanted as text."""
    types = types_of(visit)
    if not types or visit.request.args.get("as") == "text":
        return None
    front = read_front(text)
    if front is None or front.type not in types:
        return None
    kind = types[front.type]
    fields = tuple(_shown(field, front.fields.get(field.name, "")) for field in kind.fields)
    return TypedForm(kind.label, kind.help, fields, front.block, front.body)


def _shown(field: Field, value: str) -> ShownField:
    kind = field.kind if not value or fits(field, value) else "text"
    choices = (YES, NO) if field.kind == "yesno" else field.choices
    return ShownField(field.name, field.label or field.name, kind, value, choices, field.help)


def fits(field: Field, value: str) -> bool:
    """Whether the value is one of the field's kind."""
    if field.kind == "choice":
        return value in field.choices
    if field.kind == "yesno":
        return value in (YES, NO)
    with suppress(ValueError):
        if field.kind == "date":
            return date.fromisoformat(value).isoformat() == value
        if field.kind == "number":
            return value.isascii() and math.isfinite(float(value))
        return True
    return False


def new_text(kind: PageType) -> str:
    """What a new page of this type begins with."""
    return new_front(kind.name, ((field.name, "") for field in kind.fields)) + kind.template


def text_sent(form: Mapping[str, str]) -> str:
    """The whole text that a form sent: fields put back before it. Lines of fields nobody touched stay as they are."""
    text = _lines(form.get("text", ""))
    block = _lines(form.get(_BLOCK, ""))
    front: Front | None = read_front(block)
    if front is None:
        return text
    wanted = {name.removeprefix(_SENT): value for name, value in form.items() if name.startswith(_SENT)}
    block = changed_front(block, {name: value for name, value in wanted.items() if is_name(name) and name != "type"})
    return f"{block}\n\n{text}" if text and not block.endswith("\n") else block + text


def _lines(text: str) -> str:
    """With the ends of lines that we use; browsers send their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
