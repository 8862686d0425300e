"""Reading: one page, a page that is not there, and the text as it was written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response
from markupsafe import Markup

from ..errors import Invalid
from ..files.queries import files_at
from ..moderation.queries.state import LookedAt, looked_at
from ..pages.paths import chain, normalise_path, title_of
from ..pages.queries.view import PageView, find_address, find_deleted, find_page, look_alikes, text_of
from ..pages.rendering import PageHtml, page_html
from .beginning import beginnings, begun, templates_for
from .editions import in_edition
from .foot import foot_of
from .frame import TreeNode, tree_around
from .notes import hints_after, note_for
from .page_extras import extras_of
from .page_types import labels_of
from .practice import practice_line
from .restraints import as_restrained, restraint_line
from .sections import with_section_links
from .visit import Visit
from .words import day, kb_t, when, who


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way down to a page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class TagLink:
    """A tag and where its pages are listed."""

    tag: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as templates receive it."""

    path: str
    title: str
    html: Markup
    toc: tuple[object, ...]
    tags: tuple[TagLink, ...]
    number: int
    updated_at: datetime
    updated_when: Markup
    author: str
    size: int
    crumbs: tuple[Crumb, ...]
    url: str
    deleted: bool
    hidden: bool
    redirected_from: str | None


@dataclass(frozen=True, slots=True)
class StateLine:
    """The quiet line under a title that says how far people have looked at the page."""

    text: str
    kind: str
    link_url: str | None = None
    link_label: str = ""


def home(visit: Visit) -> Response:
    """The page people land on."""
    return _read(visit, visit.settings.home)


def page(visit: Visit, path: str) -> Response:
    """The page at `path`, or where it went, or an offer to write it."""
    try:
        clean = normalise_path(path)
    except Invalid:
        return _missing(visit, path, writable=False)
    if clean != path:
        return visit.go(visit.url.page(clean))
    return _read(visit, clean)


def _read(visit: Visit, path: str) -> Response:
    view = find_page(visit.connection, visit.wiki.id, path, visit.actor)
    if view is None:
        address = find_address(visit.connection, visit.wiki.id, path, visit.actor)
        if address is None and path in files_at(visit.connection, visit.wiki.id, visit.actor, [path]):
            return visit.go(visit.url("file", path=path))
        if address is None:
            return _missing(visit, path, writable=True)
        raw = {name: visit.request.args[name] for name in ("raw", "edition") if name in visit.request.args}
        return visit.go(_with(visit.url.page(address), **raw, **{"from": path}))
    newest = view
    view, edition = in_edition(visit, newest)
    if "raw" in visit.request.args:
        return Response(text_of(visit.connection, view), mimetype="text/plain")
    extras = extras_of(visit, view)
    state = looked_at(visit.connection, view.id)
    shown = as_restrained(visit, view)
    return show_page(
        visit,
        shown,
        "kbwiki/page.html",
        sections=shown.can_write and not shown.hidden,
        extras=extras,
        edition=edition,
        state=_state(visit, view, newest, state),
        foot=foot_of(visit, view, state),
        flash=(*note_for(visit, newest), *hints_after(visit, newest)),
        restraint=restraint_line(visit, view),
        report_url=visit.url("report", path=view.path),
        for_you_url=visit.url("for_you") if path == visit.settings.home and not visit.actor.is_anonymous else None,
        lock_url=visit.url("lock", path=view.path) if view.can_review else None,
    )


def _state(visit: Visit, view: PageView, newest: PageView, state: LookedAt | None) -> StateLine:
    """The line below the title; who reads an earlier text than the newest is led to what changed since."""
    line = state_line(visit, newest, state)
    if view.number == newest.number or not line.link_url:
        return line
    since = visit.url("diff", path=view.path, a=view.number, b=newest.number)
    return replace(line, link_url=since, link_label=kb_t("See what changed since"))


def _with(url: str, **args: str) -> str:
    return f"{url}?{urlencode(args)}"


def as_html(visit: Visit, view: PageView) -> PageHtml:
    """The page as its reader sees it: safe HTML, with links as they lead for this actor."""
    html = page_html(
        visit.wiki.database,
        visit.connection,
        visit.wiki.render_cache,
        wiki_id=visit.wiki.id,
        actor=visit.actor,
        path=view.path,
        digest=view.text_digest,
        links=view.links,
        headings=view.headings,
        address=visit.url.to_link,
        max_output=visit.settings.max_output_chars,
        now=visit.now,
        dialect=visit.wiki.dialect,
        labels=labels_of(visit),
        files=visit.files_at,
    )
    visit.is_lasting = visit.is_lasting and html.lasting
    return html


def show_page(visit: Visit, view: PageView, template: str, *, sections: bool = False, **facts: Any) -> Response:
    """The page rendered into `template`, with the navigation around it, and if `sections` links that edit those."""
    rendered = as_html(visit, view)
    tree, children, above = tree_around(visit, view.path)
    former = visit.request.args.get("from")
    html = with_section_links(visit, rendered.html, view.path) if sections else rendered.html
    shown = ShownPage(
        path=view.path,
        title=view.title,
        html=Markup(html),  # noqa: S704 - sanitised by markup.render
        toc=rendered.toc if len(rendered.toc) > 2 else (),
        tags=tuple(TagLink(tag, visit.url("tags", tag=tag)) for tag in view.tags),
        number=view.number,
        updated_at=view.at,
        updated_when=when(view.at, visit.now),
        author=who(view.author),
        size=view.size,
        crumbs=crumbs(visit, view.path, above),
        url=visit.url.page(view.path),
        deleted=view.deleted,
        hidden=view.hidden,
        redirected_from=former if former and former != view.path else None,
    )
    return visit.show(
        template, title=view.title, page=shown, children=children, tree=tree, can_write=view.can_write, **facts
    )


def crumbs(visit: Visit, path: str, titles: dict[str, str]) -> tuple[Crumb, ...]:
    """The way down to `path`; a folder without a page (or one not to be read) leads to the tree instead."""
    return tuple(
        Crumb(titles[above], visit.url.onward(above))
        if above in titles
        else Crumb(title_of(above), visit.url("tree", path=above))
        for above in chain(path)
    )


def state_line(visit: Visit, view: PageView, state: LookedAt | None) -> StateLine:
    """How far people have looked at this page, in one line."""
    if state is None and (line := practice_line(visit, view.path)):
        return StateLine(*line)
    if state is None:
        return StateLine(kb_t("Taken over from elsewhere; nobody has looked at it here yet"), "imported")
    if state.waiting:
        return _waiting(visit, view, state)
    if state.at is None:
        return StateLine(kb_t("Nobody has looked at it yet"), "waiting")
    if len(state.seen) > 1:
        return StateLine(_seen_by(state), "reviewed")
    said = kb_t("Looked at by {group} on {day}", group=state.group, day=day(state.at))
    return StateLine(said, "reviewed")


def _seen_by(state: LookedAt) -> str:
    """How far each group has looked: seen by Legal up to revision 41, by Support up to 44."""
    first, *others = (
        kb_t("{group} up to [revision] {number}", group=group, number=number) for group, number in state.seen
    )
    return kb_t("Seen by {groups}", groups=", ".join([first, *(kb_t("by {one}", one=one) for one in others)]))


def _waiting(visit: Visit, view: PageView, state: LookedAt) -> StateLine:
    said = kb_t("{n} change not looked at yet", "{n} changes not looked at yet", n=state.waiting)
    if state.lapsed == state.waiting:
        said = kb_t("{n} change nobody looked at in time", "{n} changes nobody looked at in time", n=state.lapsed)
    elif state.lapsed:
        said = kb_t("{said}, {n} of them not in time", said=said, n=state.lapsed)
    if len(state.seen) > 1:
        said = f"{said} · {_seen_by(state)}"
    if state.base == 0:
        never = state.lapsed == state.waiting
        return StateLine(said if never else kb_t("New; not looked at yet"), "waiting")
    return StateLine(
        said,
        "waiting",
        visit.url("revision", number=state.base, path=view.path),
        kb_t("See the last [revision] that was looked at"),
    )


def _missing(visit: Visit, path: str, *, writable: bool) -> Response:
    if "raw" in visit.request.args:
        return Response(kb_t("There is no [page] here.\n"), status=404, mimetype="text/plain")
    gone = find_deleted(visit.connection, visit.wiki.id, path, visit.actor) if writable else None
    gone = as_restrained(visit, gone) if gone is not None else None
    alike = look_alikes(visit.connection, visit.wiki.id, path, visit.actor) if writable else []
    is_start = path == visit.settings.home and gone is None
    deleted = None
    if gone is not None:
        deleted = {
            "at": gone.at,
            "when": when(gone.at, visit.now),
            "by": who(gone.author),
            "comment": gone.comment,
            "can_bring_back": gone.can_write,
        }
    return visit.show(
        "kbwiki/missing.html",
        title=title_of(path),
        status=404,
        path=path,
        is_home=path == visit.settings.home,
        is_start=is_start,
        similar=tuple(TreeNode(other, title, visit.url.page(other), False, 0) for other, title in alike),
        deleted=deleted,
        **(_start(visit, path) if is_start else {}),
    )


def _start(visit: Visit, path: str) -> dict[str, Any]:
    return {
        "beginnings": beginnings(visit, path),
        "templates": templates_for(visit, path),
        "begun": begun(visit),
    }
