"""Hints of plugins to authors: with a preview, when asked for, and after saving. They never keep anybody from saving.

Nothing is asked while a text is being saved; a plugin that hangs delays the hints, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..hooks.pages import Advice, Draft
from ..markup import read_front
from .page_types import fits, typed_form, types_of
from .visit import Visit
from .words import kb_t

MOST = 20
LONGEST = 500
SHOWN_AFTERWARDS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint; `where` says which line of the text it is about, '' for none."""

    text: str
    where: str


def hints_for(visit: Visit, draft: Draft) -> tuple[Hint, ...]:
    """What plugins advise, and what stands in fields where something else is expected."""
    found = _of_fields(visit, draft)
    above = _lines_above(visit, draft.text)
    if visit.wiki.plugins.uses("advise"):
        visit.close()
        given: list[Advice] = [one.value for one in visit.wiki.plugins.ask("advise", draft=draft)]
        found += [Hint(one.text[:LONGEST], _where(one, draft.text, above)) for one in given if one.text.strip()]
    return tuple(found[:MOST])


def gives_hints(visit: Visit) -> bool:
    """Whether there is anybody to ask."""
    return visit.wiki.plugins.uses("advise") or visit.wiki.plugins.uses("page_types")


def draft_of(visit: Visit, path: str, title: str, text: str, *, is_new: bool) -> Draft:
    """What plugins are told of a text that is being written."""
    front = read_front(text)
    fields = {"type": front.type, **front.fields} if front is not None else {}
    return Draft(path, title, text, visit.actor, is_new, fields)


def _of_fields(visit: Visit, draft: Draft) -> list[Hint]:
    kind = types_of(visit).get(draft.fields.get("type", ""))
    if kind is None:
        return []
    return [
        Hint(kb_t("“{value}” is not what “{field}” expects.", value=value, field=field.label), "")
        for field in kind.fields
        if (value := draft.fields.get(field.name, "")) and not fits(field, value)
    ]


def _lines_above(visit: Visit, text: str) -> int:
    """Lines that the author sees as fields above the text."""
    typed = typed_form(visit, text)
    return typed.block.count("\n") if typed is not None else 0


def _where(advice: Advice, text: str, above: int) -> str:
    if advice.line is None or not above < advice.line <= text.count("\n") + 1:
        return ""
    return kb_t("Line {number}", number=advice.line - above)
