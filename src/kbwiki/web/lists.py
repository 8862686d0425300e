"""Lists of pages and changes: recent changes, the tree, tags, wanted pages, pages that link here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from flask import Response
from markupsafe import Markup

from ..files.queries import files_at
from ..moderation.queries.outcomes import Outcome, outcome_of, outcomes
from ..pages.paths import title_of
from ..pages.queries.history import NEWEST, RecentFilter, RevisionLine, recent_changes
from ..pages.queries.lists import PageLine, backlinks, children, tagged, tags, wanted_pages
from ..pages.queries.view import get_page
from ..spaces.queries import readable_spaces
from .editions import list_note
from .forms import number
from .frame import TreeNode
from .histories import state_of, view_of
from .visit import Visit
from .words import KINDS, day, did, kb_t, when, who

PER_PAGE = 100
NOT_SMALL = "not-small"
"""Every change but those that their authors called small: a kind to ask for, and none that a change has."""


@dataclass(frozen=True, slots=True)
class PageName:
    """A page as lists name it."""

    title: str
    url: str
    path: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in a list of changes."""

    page: PageName
    url: str
    kind: str
    author: str
    at: datetime
    when: Markup
    comment: str
    delta: int
    describe: str
    diff_url: str
    state: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The changes of one day."""

    day: str
    entries: tuple[ChangeLine, ...]


def recent(visit: Visit) -> Response:
    """What changed lately in everything the actor may read, with filters."""
    args = visit.request.args
    days = args.get("days", type=number)
    chosen = {
        "space": args.get("space") or None,
        "author": args.get("author") or None,
        "kind": args.get("kind") if args.get("kind") in (*KINDS, NOT_SMALL) else None,
        "days": days if days and 0 < days <= 3650 else None,
    }
    wanted = RecentFilter(
        below=chosen["space"],  # type: ignore[arg-type]
        author=chosen["author"],  # type: ignore[arg-type]
        kind=chosen["kind"] if chosen["kind"] != NOT_SMALL else None,  # type: ignore[arg-type]
        since=visit.now - timedelta(days=days) if chosen["days"] and days else None,
        without_small=chosen["kind"] == NOT_SMALL,
    )
    before = args.get("before", NEWEST, type=number)
    lines = recent_changes(
        visit.connection, visit.wiki.id, visit.actor, wanted=wanted, before=before, count=PER_PAGE + 1
    )
    shown = lines[:PER_PAGE]
    older = visit.url("recent", before=shown[-1].id, **chosen) if len(lines) > PER_PAGE else None
    return visit.show(
        "kbwiki/recent.html",
        title=kb_t("Recent changes"),
        section="recent",
        days=_by_day(visit, shown),
        filters={**chosen, **_choices(visit)},
        older_url=older,
        first_url=visit.url("recent", **chosen) if before != NEWEST else None,
    )


def _choices(visit: Visit) -> dict[str, object]:
    spaces = readable_spaces(visit.connection, visit.wiki.id, visit.actor)
    return {
        "spaces": tuple((path, title) for _, path, title in spaces if path),
        "kinds": ((NOT_SMALL, kb_t("all but small changes")), *((kind, did(kind)) for kind in KINDS)),
        "days_choices": (1, 7, 30, 365),
    }


def _by_day(visit: Visit, lines: list[RevisionLine]) -> tuple[Day, ...]:
    reviews = outcomes(visit.connection, {line.page_id for line in lines if line.exempt is None})
    rows = [(day(line.at), change_line(visit, line, reviews.get(line.page_id, []))) for line in lines]
    return tuple(Day(name, tuple(row for _, row in group)) for name, group in groupby(rows, key=lambda row: row[0]))


def change_line(visit: Visit, line: RevisionLine, reviews: list[Outcome]) -> ChangeLine:
    """One change as lists show it."""
    url = visit.url.page(line.path)
    return ChangeLine(
        page=PageName(line.title or title_of(line.path), url, line.path),
        url=url,
        kind=line.kind,
        author=who(line.author),
        at=line.at,
        when=when(line.at, visit.now),
        comment=line.comment,
        delta=line.delta,
        describe=did(line.kind, small=line.small),
        diff_url=visit.url("diff", path=line.path, a=line.number - 1, b=line.number),
        state=state_of(line, outcome_of(reviews, line.number)),
        hidden=line.hidden,
    )


@dataclass(frozen=True, slots=True)
class TreeBranch:
    """A page or folder in the tree; `below` is how many pages lie directly in it."""

    title: str
    url: str
    path: str
    is_page: bool
    is_space: bool
    below: int
    below_url: str
    children: tuple[TreeBranch, ...] = ()


def tree(visit: Visit) -> Response:
    """The pages as a tree, one folder at a time, so that it stays quick however large the wiki is."""
    path = visit.request.args.get("path", "").strip("/")
    after = visit.request.args.get("after", "")
    note = list_note(visit)
    lines = children(visit.connection, visit.wiki.id, path, visit.actor, after=after, count=PER_PAGE * 2)
    spaces = {space: title for _, space, title in readable_spaces(visit.connection, visit.wiki.id, visit.actor)}
    real = [line for line in lines if line.id]
    return visit.show(
        "kbwiki/tree.html",
        title=spaces.get(path) or title_of(path) if path else kb_t("All [pages]"),
        section="tree",
        path=path,
        edition_note=note,
        up_url=visit.url("tree", path=path.rpartition("/")[0] or None) if path else None,
        nodes=tuple(
            TreeBranch(
                title=line.title,
                url=visit.url.onward(line.path) if line.id else visit.url("tree", path=line.path),
                path=line.path,
                is_page=bool(line.id),
                is_space=line.path in spaces,
                below=line.below,
                below_url=visit.url("tree", path=line.path),
            )
            for line in lines
        ),
        older_url=visit.url("tree", path=path or None, after=real[-1].path) if len(real) >= PER_PAGE * 2 else None,
    )


def _nodes(visit: Visit, lines: list[PageLine]) -> tuple[TreeNode, ...]:
    return tuple(TreeNode(one.path, one.title, visit.url.onward(one.path), False, 0) for one in lines)


def show_backlinks(visit: Visit, path: str) -> Response:
    """The pages with a link to this one."""
    view = get_page(visit.connection, visit.wiki.id, path, visit.actor)
    visit.catch_up_links()
    lines = backlinks(visit.connection, visit.wiki.id, path, visit.actor)
    note = list_note(visit)
    return visit.show(
        "kbwiki/backlinks.html",
        title=kb_t("[Pages] that link to {title}", title=view.title),
        section="read",
        page=view_of(visit, view),
        edition_note=note,
        pages=_nodes(visit, lines),
        can_write=view.can_write,
    )


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A path that is linked to and that nobody has written."""

    path: str
    title: str
    url: str
    count: int
    from_: tuple[TreeNode, ...]


def wanted(visit: Visit) -> Response:
    """What people link to and nobody has written yet."""
    visit.catch_up_links()
    lines = wanted_pages(visit.connection, visit.wiki.id, visit.actor)
    filed = files_at(visit.connection, visit.wiki.id, visit.actor, [one.path for one in lines])
    return visit.show(
        "kbwiki/wanted.html",
        title=kb_t("Wanted [pages]"),
        section="tree",
        wanted=tuple(
            WantedLine(
                one.path,
                title_of(one.path),
                visit.url.to_link(one.path, None, True),
                one.count,
                _nodes(visit, list(one.sources)),
            )
            for one in lines
            if one.path not in filed
        ),
    )


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, and how many pages have it."""

    tag: str
    count: int
    url: str


def show_tags(visit: Visit) -> Response:
    """All tags, or the pages with one."""
    tag = visit.request.args.get("tag") or None
    found = [] if tag else tags(visit.connection, visit.wiki.id, visit.actor)
    pages = tagged(visit.connection, visit.wiki.id, tag, visit.actor) if tag else []
    note = list_note(visit)
    return visit.show(
        "kbwiki/tags.html",
        title=kb_t("[Pages] with the [tag] {tag}", tag=tag) if tag else kb_t("[Tags]"),
        section="tree",
        tags=tuple(TagLine(name, count, visit.url("tags", tag=name)) for name, count in found),
        tag=tag,
        edition_note=note,
        pages=_nodes(visit, pages),
    )
