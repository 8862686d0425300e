"""The foot of a page: who wrote it and when, how far it was looked at, and what belongs with it."""

from __future__ import annotations

from dataclasses import dataclass

from ..files.queries import files_in
from ..moderation.queries.state import LookedAt
from ..pages.queries.around import Authors, Related, around, authors_of
from ..pages.queries.view import PageView
from ..wording.amounts import file_size
from .visit import Visit
from .words import day, kb_t, listed

MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page named in the foot; `why` says what it has to do with this one, '' where the heading does."""

    title: str
    url: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class NearFile:
    """A file right below the page."""

    name: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below a page's text; what is empty is left out."""

    written: str
    reviewed: str
    linking: tuple[NearPage, ...]
    linking_url: str | None
    related: tuple[NearPage, ...]
    files: tuple[NearFile, ...]
    files_url: str | None
    helped_url: str
    did_not_url: str


def foot_of(visit: Visit, view: PageView, state: LookedAt | None) -> Foot:
    """The foot of the page for this visitor; three queries."""
    visit.freshen_links()
    near = around(visit.connection, visit.wiki.id, view.id, view.path, view.tags, visit.actor)
    files = files_in(visit.connection, visit.wiki.id, visit.actor, view.path, count=MOST_FILES + 1)
    return Foot(
        written=_written(authors_of(visit.connection, view.id)),
        reviewed=_reviewed(state),
        linking=tuple(NearPage(one.title, visit.url.onward(one.path)) for one in near.linking),
        linking_url=visit.url("backlinks", path=view.path) if near.has_more else None,
        related=tuple(NearPage(one.title, visit.url.onward(one.path), _why(one)) for one in near.related),
        files=tuple(
            NearFile(one.name, visit.url("file", path=one.path), file_size(one.size)) for one in files[:MOST_FILES]
        ),
        files_url=visit.url("files", path=view.path) if len(files) > MOST_FILES else None,
        helped_url=visit.url("helpful", path=view.path, helped="yes"),
        did_not_url=visit.url("helpful", path=view.path, helped="no"),
    )


def _written(authors: Authors) -> str:
    """By whom, and since when."""
    since = day(authors.since) if authors.since is not None else ""
    if not authors.names:
        return kb_t("First written on {day}", day=since)
    if authors.more:
        return kb_t(
            "Written by {names} and {n} other since {day}",
            "Written by {names} and {n} others since {day}",
            n=authors.more,
            names=", ".join(authors.names),
            day=since,
        )
    return kb_t("Written by {names} since {day}", names=listed(authors.names), day=since)


def _reviewed(state: LookedAt | None) -> str:
    """How far it was looked at, in plain words; '' where no change ever was for anybody to look at."""
    if state is None:
        return ""
    if state.waits_for:
        return kb_t("Waits for {groups} to look at it", groups=listed(state.waits_for))
    if state.waiting or state.at is None or state.group is None:
        return kb_t("Nobody has looked at all of it")
    return kb_t("Looked at by {group} on {day}", group=state.group, day=day(state.at))


def _why(one: Related) -> str:
    """What the page has to do with this one."""
    reasons = [kb_t("{n} [tag] in common", "{n} [tags] in common", n=one.tags)] if one.tags else []
    if one.linked:
        reasons.append(kb_t("linked from here"))
    if one.links_here:
        reasons.append(kb_t("links here"))
    if one.beside:
        reasons.append(kb_t("in the same folder"))
    return " · ".join(reasons)
