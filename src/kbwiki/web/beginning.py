"""A wiki without a first page: what can be done now, for this visitor, and how."""

from __future__ import annotations

from dataclasses import dataclass

from ..pages.practice import practice_path
from ..pages.queries.lists import children
from .starting import Start, starts
from .visit import Visit
from .words import kb_t

MOST_PAGES = 8


@dataclass(frozen=True, slots=True)
class Beginning:
    """One thing to begin with: what it is, why, and where; `command` is for the command line, '' for none."""

    title: str
    text: str
    url: str | None = None
    label: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A page that is there already."""

    title: str
    url: str


def beginnings(visit: Visit, path: str) -> tuple[Beginning, ...]:
    """What this visitor can begin with besides writing the first page, the simplest first."""
    found = []
    if practice_path(visit.settings, visit.actor) is not None and visit.standing.writes:
        text = kb_t("Two minutes on a [page] of your own, where nothing can break.")
        found.append(Beginning(kb_t("Try it out"), text, visit.url("first_steps"), kb_t("First steps")))
    if visit.settings.admin_group in visit.actor.groups:
        found += _for_admins(visit)
    return tuple(found)


def _for_admins(visit: Visit) -> tuple[Beginning, ...]:
    return (
        Beginning(
            kb_t("Say who looks after what"),
            kb_t("[A space] has its own readers and writers, and the [groups] that look at what was changed."),
            visit.url("space"),
            kb_t("Make [a space]"),
        ),
        Beginning(
            kb_t("Use your own words"),
            kb_t("[A wiki] can be called a handbook, and [a page] a guide, wherever they are named."),
            visit.url("vocabulary"),
            kb_t("Choose words"),
        ),
        Beginning(
            kb_t("Bring along what you have"),
            kb_t("Texts in Markdown from a git repository come with every change that was made to them."),
            command="flask kbwiki import git FOLDER",
        ),
    )


def templates_for(visit: Visit, path: str) -> tuple[Start, ...]:
    """What the first page can be started from, from plugins."""
    return starts(visit, path, "") if visit.standing.writes else ()


def begun(visit: Visit) -> tuple[Begun, ...]:
    """The pages at the top that are there already, though the first one is not."""
    lines = children(visit.connection, visit.wiki.id, "", visit.actor, count=MOST_PAGES)
    return tuple(
        Begun(one.title, visit.url.page(one.path) if one.id else visit.url("tree", path=one.path)) for one in lines
    )
