"""What a new page can be started from: pages that its spaces have as templates, and what plugins bring."""

from __future__ import annotations

from dataclasses import dataclass

from ..hooks.pages import PageTemplate
from ..pages.line_ends import plain_ends
from ..pages.paths import chain
from ..pages.queries.lists import PageLine, pages_in
from ..pages.queries.view import find_page, text_of
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
    own = [start(f"page.{one.path}", one.title, "") for one in _pages(visit, path)]
    return (*own, *kinds, *templates)


def chosen_text(visit: Visit, path: str) -> str:
    """The text of what was chosen; '' when nothing was, or what is not offered here."""
    chosen = visit.request.args.get("start", "")
    if not chosen:
        return ""
    if chosen.startswith("page."):
        return _text_of_page(visit, path, chosen.removeprefix("page."))
    template = _templates(visit, path).get(chosen)
    if template is not None:
        return template.text
    kind = types_of(visit).get(chosen.removeprefix("type."))
    return new_text(kind) if kind is not None else ""


def with_title(text: str, title: str) -> str:
    """The text with the title where a template leaves room for it. Without a title the room stays."""
    return text.replace("{{title}}", title) if title else text


def _pages(visit: Visit, path: str) -> list[PageLine]:
    """The pages that serve as templates at `path`: those of the folder itself, then of those above; nearer ones win."""
    folder = visit.settings.templates.strip("/")
    if not folder:
        return []
    above = path.lstrip("/").rpartition("/")[0]
    places = [*reversed([*chain(above), above] if above else []), ""]
    folders = [f"{place}/{folder}" if place else folder for place in places]
    found: dict[tuple[int, str], PageLine] = {}
    for line in pages_in(visit.connection, visit.wiki.id, folders, visit.actor):
        found.setdefault((folders.index(line.path.rpartition("/")[0]), line.path), line)
    nearest: dict[str, PageLine] = {}
    for _, line in sorted(found.items()):
        nearest.setdefault(line.path.rpartition("/")[2], line)
    return list(nearest.values())


def _text_of_page(visit: Visit, path: str, chosen: str) -> str:
    """The text of a template, filled in as far as it can be; '' when it is none for this path, or not to be read."""
    if chosen not in {one.path for one in _pages(visit, path)}:
        return ""
    view = find_page(visit.connection, visit.wiki.id, chosen, visit.actor)
    if view is None or view.hidden:
        return ""
    text = plain_ends(text_of(visit.connection, view))
    text = with_title(text, visit.request.args.get("title", ""))
    return text.replace("{{date}}", f"{visit.here:%Y-%m-%d}").replace("{{author}}", visit.actor.name)


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
