"""What a new page can be started from: templates and types that plugins bring. Each is one link away."""

from __future__ import annotations

from dataclasses import dataclass

from ..hooks.pages import PageTemplate
from .page_types import new_text, types_of
from .visit import Visit


@dataclass(frozen=True, slots=True)
class Start:
    """One thing to start from."""

    label: str
    summary: str
    url: str
    is_chosen: bool


def starts(visit: Visit, path: str, title: str) -> tuple[Start, ...]:
    """What may be chosen for a new page at `path`, which may still be empty."""
    chosen = visit.request.args.get("start", "")

    def start(key: str, label: str, summary: str) -> Start:
        url = visit.url("new", path=path or None, title=title or None, start=key)
        return Start(label, summary, url, key == chosen)

    kinds = [start(f"type.{name}", one.label, one.help) for name, one in types_of(visit).items()]
    templates = [start(key, one.label, one.summary) for key, one in _templates(visit, path).items()]
    return (*kinds, *templates)


def chosen_text(visit: Visit, path: str) -> str:
    """The text of what was chosen; '' when nothing was, or what is not offered here."""
    chosen = visit.request.args.get("start", "")
    if not chosen:
        return ""
    template = _templates(visit, path).get(chosen)
    if template is not None:
        return template.text
    kind = types_of(visit).get(chosen.removeprefix("type."))
    return new_text(kind) if kind is not None else ""


def _templates(visit: Visit, path: str) -> dict[str, PageTemplate]:
    plugins = visit.wiki.plugins
    found: dict[str, PageTemplate] = {}
    if plugins.uses("page_templates"):
        for given in plugins.declared("page_templates"):
            if _is_for(given.value, path.strip("/")):
                found.setdefault(f"template.{given.plugin}.{given.value.name}", given.value)
    return found


def _is_for(template: PageTemplate, path: str) -> bool:
    """Whether it is offered at this path: everywhere, or in a space of its own or below one."""
    spaces = [space.strip("/") for space in template.spaces]
    return not spaces or any(not space or path == space or path.startswith(f"{space}/") for space in spaces)
