"""Parts of the wiki inside pages of the host: handed over by its own views, and read with the visitor's own rights."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from flask import request
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from ..drivers import translated
from ..errors import KBWikiError
from ..moderation.queries.state import reviewing_groups
from ..moderation.queries.wanted import View, Wanted
from ..moderation.queries.worklist_counts import total, worklist_counts
from ..pages.paths import normalise_path, title_of
from ..pages.queries.history import RecentFilter, recent_changes
from ..pages.queries.lists import children
from ..pages.queries.view import find_address, find_page
from ..wording import Later, speaking, spoken
from .host_page import addresses, says_which, wiki_here
from .languages import wording_of
from .lists import TreeBranch, change_line
from .queues import Tab
from .reading import as_html
from .searching import line_of
from .visit import Visit
from .words import kb_t

if TYPE_CHECKING:
    from .mount import Mount

log = logging.getLogger("kbwiki.web")

MOST = 100
"""The longest list that a fragment has."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fragment is about: a page or folder, words to search for, and how long a list may be."""

    path: str
    query: str
    count: int


def fragment(mount: Mount, name: str, asked: Asked, *, assets: bool) -> Markup:
    """The fragment `name` as Markup: see `KBWiki.fragment`. Errors: ValueError for a name that no fragment has.

    What the visitor may not see, and what cannot be read just now, is empty: a page of the host never breaks by it.
    """
    facts_of = FRAGMENTS.get(name)
    if facts_of is None:
        raise ValueError(f"There is no fragment named {name!r}; there is {', '.join(FRAGMENTS)}.")
    if not mount.escapes or not says_which(mount):
        return Markup("")
    visit = Visit(mount, request, url=addresses(mount))
    try:
        with translated(ours_only=True):
            return _rendered(visit, name, facts_of, asked, assets)
    except (KBWikiError, SQLAlchemyError):
        log.warning("The fragment %r could not be made; the page goes without.", name, exc_info=True)
        return Markup("")
    finally:
        visit.close()


def stylesheet(mount: Mount) -> Markup:
    """The link to the stylesheet that fragments need."""
    if not says_which(mount):
        return Markup("")
    html = mount.templates.get_template("kbwiki/parts/stylesheet.html").render(
        url=addresses(mount), nonce=mount.guards.nonce()
    )
    return Markup(html)  # noqa: S704 - our own template, escaped by itself


def _rendered(
    visit: Visit, name: str, facts_of: Callable[[Visit, Asked], Facts | None], asked: Asked, assets: bool
) -> Markup:
    mount = visit.mount
    wiki = wiki_here(mount)
    if wiki is None:
        return Markup("")
    visit.wiki, visit.actor = wiki, mount.identity.current()
    with speaking(Later(lambda: wording_of(visit))):
        facts = facts_of(visit, asked)
        if facts is None:
            return Markup("")
        kb = SimpleNamespace(
            name=name,
            assets=assets,
            nonce=mount.guards.nonce(),
            url=visit.url,
            lang=spoken().tag,
            dir=spoken().direction,
            **facts,
        )
        html = mount.templates.get_template(f"kbwiki/fragments/{name}.html").render(kb=kb, kb_t=kb_t)
    return Markup(html)  # noqa: S704 - our own template, escaped by itself


def _page(visit: Visit, asked: Asked) -> Facts | None:
    path = normalise_path(asked.path or visit.settings.home)
    view = find_page(visit.connection, visit.wiki.id, path, visit.actor)
    if view is None and (moved := find_address(visit.connection, visit.wiki.id, path, visit.actor)):
        view = find_page(visit.connection, visit.wiki.id, moved, visit.actor)
    if view is None or view.hidden:  # looking at what is hidden is an act of its own, on a screen of ours
        return None
    html = Markup(as_html(visit, view).html)  # noqa: S704 - sanitised by markup.render
    return {"path": view.path, "title": view.title, "page_url": visit.url.page(view.path), "html": html}


def _recent(visit: Visit, asked: Asked) -> Facts:
    wanted = RecentFilter(below=normalise_path(asked.path) if asked.path else None)
    found = recent_changes(visit.connection, visit.wiki.id, visit.actor, wanted=wanted, count=asked.count)
    return {
        "changes": tuple(change_line(visit, line, []) for line in found),
        "all_url": visit.url("recent", space=asked.path or None),
    }


def _tree(visit: Visit, asked: Asked) -> Facts:
    path = normalise_path(asked.path) if asked.path else ""
    found = children(visit.connection, visit.wiki.id, path, visit.actor, count=asked.count + 1)
    return {
        "nodes": tuple(
            TreeBranch(
                title=one.title if one.id else title_of(one.path),
                url=visit.url.page(one.path) if one.id else visit.url("tree", path=one.path),
                path=one.path,
                is_page=bool(one.id),
                is_space=False,
                below=one.below,
                below_url=visit.url("tree", path=one.path),
            )
            for one in found[: asked.count]
        ),
        "all_url": visit.url("tree", path=path or None) if len(found) > asked.count else None,
    }


def _search(visit: Visit, asked: Asked) -> Facts | None:
    """What a view of the host's asks for again and again is no question that a person has: it is not written down."""
    query = asked.query.strip()
    if not query:
        return None
    visit.close()
    found = visit.wiki.search(visit.actor, query, limit=asked.count)
    return {
        "results": tuple(line_of(visit, one) for one in found.results),
        "total": found.total,
        "all_url": visit.url("search", q=query) if found.total > len(found.results) else None,
    }


def _queue(visit: Visit, asked: Asked) -> Facts | None:
    """How much waits for each of the visitor's groups; nothing for those who look after nothing."""
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups:
        return None
    needs = (View.NEEDS_ME,)
    counts = worklist_counts(
        visit.connection, visit.wiki.id, visit.actor, groups, Wanted(), visit.now, views=needs
    )
    several = groups if len(groups) > 1 else []
    return {
        "waiting": total(counts, View.NEEDS_ME, groups),
        "queue_url": visit.url("queue"),
        "groups": tuple(
            Tab(one, one, total(counts, View.NEEDS_ME, [one]), False, visit.url("queue", group=one))
            for one in several[: asked.count]
        ),
    }


FRAGMENTS: Mapping[str, Callable[[Visit, Asked], Facts | None]] = MappingProxyType(
    {"page": _page, "recent": _recent, "tree": _tree, "search": _search, "queue": _queue}
)
"""Every fragment by its name, which is that of the screen it is a part of, with what its template receives."""
