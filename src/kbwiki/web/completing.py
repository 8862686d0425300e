"""What may be meant while somebody writes: pages and headings for links, tags, people; as data for the editor.

All of it is what the actor may read at this moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, json

from ..markup import Heading, section_anchor
from ..pages.parsed import get_parsed
from ..pages.paths import locate, parent_of
from ..pages.queries.lists import pages_below, tags
from ..pages.queries.view import find_page, neighbours
from ..pages.rendering import existing
from ..search.suggesting import Suggested
from .visit import Visit
from .words import kb_t

MOST = 8
LONGEST = 200
_UNFIT = re.compile(r"[\[\]|\\\n]")
_ID = "kb-h-"


@dataclass(frozen=True, slots=True)
class Line:
    """One suggestion: what it is, what is said about it, and what is put into the text."""

    text: str
    about: str
    puts: str


def complete_json(visit: Visit) -> Response:
    """Suggestions of one `kind` (page, heading, tag, person) for what was typed, `q`, on the page `path`."""
    args = visit.request.args
    asked = args.get("q", "")[:LONGEST].strip()
    path = args.get("path", "")[:LONGEST].strip("/")
    found = {
        "page": lambda: _pages(visit, asked, path),
        "heading": lambda: _headings(visit, asked, path, args.get("page", "")[:LONGEST].strip()),
        "tag": lambda: _tags(visit, asked),
        "person": lambda: _people(visit, asked),
    }.get(args.get("kind", "page"), list)()
    lines = [{"text": one.text, "about": one.about, "puts": one.puts} for one in found[:MOST]]
    said = kb_t("{n} suggestion", "{n} suggestions", n=len(lines)) if lines else ""
    response = Response(json.dumps({"lines": lines, "said": said}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _pages(visit: Visit, asked: str, path: str) -> list[Line]:
    """Pages by title, then by path; before anything is typed, those nearby."""
    found: dict[str, str] = {}
    if asked:
        visit.close()
        for one in visit.wiki.search.suggest(visit.actor, asked, limit=10):
            if one.kind is Suggested.PAGE:
                found.setdefault(one.path, one.text)
        if "/" in asked:
            folder = parent_of(asked.lstrip("/"))
            for page in pages_below(visit.connection, visit.wiki.id, folder, visit.actor, count=200):
                if page.path.casefold().startswith(asked.lstrip("/").casefold()):
                    found.setdefault(page.path, page.title)
    elif path:
        for near in neighbours(visit.connection, visit.wiki.id, path, visit.actor):
            if near.path != path:
                found.setdefault(near.path, near.title)
    return [Line(title, at, link_words(at, title, path)) for at, title in found.items()]


def link_words(path: str, title: str, page: str) -> str:
    """What stands between the brackets of a wiki link on `page` that leads to `path` and is called as that is."""
    target = path if "/" in path or "/" not in page else f"/{path}"
    target = target.replace("[", "\\[").replace("]", "\\]")
    label = _UNFIT.sub(" ", title).strip()
    return target if label in ("", target) else f"{target}|{label}"


def _headings(visit: Visit, asked: str, path: str, target: str) -> list[Line]:
    located = locate(target, "wiki", path or "new")
    if located is None:
        return []
    real = existing(visit.connection, visit.wiki.id, visit.actor, [located]).get(located)
    view = find_page(visit.connection, visit.wiki.id, real, visit.actor) if real is not None else None
    if view is None or view.hidden:
        return []
    headings = view.headings
    if view.links is None:
        parsed = get_parsed(visit.connection, [view.text_digest], keep=False, dialect=visit.wiki.dialect)
        headings = parsed[view.text_digest].headings
    fits = [one for one in headings if asked.casefold() in one.title.casefold()]
    return [Line(one.title, kb_t("Section of {title}", title=view.title), _named(one)) for one in fits]


def _named(heading: Heading) -> str:
    """A heading by its words, where they lead to it; else by its id."""
    words = _UNFIT.sub(" ", heading.title).strip()
    return words if words and section_anchor(words) == heading.anchor else heading.anchor.removeprefix(_ID)


def _tags(visit: Visit, asked: str) -> list[Line]:
    begun = asked.lstrip("#").casefold()
    known = tags(visit.connection, visit.wiki.id, visit.actor)
    often = sorted((one for one in known if one[0].casefold().startswith(begun)), key=lambda one: (-one[1], one[0]))
    return [Line(tag, kb_t("on {n} [page]", "on {n} [pages]", n=count), tag) for tag, count in often]


def _people(visit: Visit, asked: str) -> list[Line]:
    """People that the host, or a directory, finds; nobody where there is none to ask, and for strangers."""
    if visit.actor.is_anonymous or not visit.standing.writes or not asked:
        return []
    visit.close()
    found = visit.mount.identity.search(asked, limit=MOST) or ()
    return [Line(one.name, "", one.name) for one in found if one.name]
