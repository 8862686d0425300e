"""For you: what is new since one's last visit, what waits for one, and what is asked for and missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..files.queries import files_at
from ..moderation.desk.opinions import asked_of
from ..moderation.messages.inbox import count_unread
from ..notices import note_visit, since_last_visit
from ..pages.queries.history import RevisionLine, recent_changes
from ..pages.queries.lists import wanted_pages
from ..search.log.unanswered import unanswered
from .lists import PageName
from .messages import inbox_of
from .visit import Visit
from .words import day_and_time, kb_t, listed, when, who

MOST_NEW = 8
MOST_MISSING = 5
_READ = 60
_AT_FIRST = timedelta(days=7)
_NOTHING: dict[str, Any] = {"wanted": (), "asked_for": ()}
_BY_THE_WAY = frozenset({"relink"})


@dataclass(frozen=True, slots=True)
class NewLine:
    """A page that changed meanwhile: by whom, when last, and where one sees what."""

    page: PageName
    is_new: bool
    authors: str
    at: datetime
    when: Markup
    diff_url: str | None


@dataclass(frozen=True, slots=True)
class WaitLine:
    """Something that waits for the visitor."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Something that others look for and nobody has written: what it is, and why it is listed."""

    text: str
    url: str | None
    about: str


def for_you(visit: Visit) -> Response:
    """What the visitor has missed. With `?fragment` only that, for the first page to take in; `brief` leaves out what
    is missing in the wiki, for that takes the longer the more links there are.

    That somebody was here is written down, every ten minutes at most, and where nobody is writing just then.
    """
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to see what is new for you."))
    since = since_last_visit(visit.connection, visit.wiki.id, visit.actor, visit.now)
    news = _news(visit, since.at or visit.now - _AT_FIRST)
    waits = tuple(_waits(visit))
    shown = visit.show(
        "kbwiki/parts/for_you.html" if "fragment" in visit.request.args else "kbwiki/for_you.html",
        title=kb_t("For you"),
        section="for-you",
        since=day_and_time(since.at) if since.at is not None else "",
        news=news,
        waits=waits,
        said=_said(len(news), len(waits)),
        recent_url=visit.url("recent"),
        **(_NOTHING if visit.request.args.get("fragment") == "brief" else _missing(visit)),
    )
    visit.close()
    if since.here_at is not None:
        with visit.wiki.database.write_if_free() as connection:
            if connection is not None:
                note_visit(connection, visit.wiki.id, visit.actor, since)
    return shown


def _said(news: int, waits: int) -> str:
    """How much there is, for the line that unfolds it."""
    new = kb_t("{n} new", "{n} new", n=news)
    wait = kb_t("{n} waits for you", "{n} wait for you", n=waits)
    said = " · ".join([*([new] if news else []), *([wait] if waits else [])])
    return said or kb_t("nothing new")


def _news(visit: Visit, since: datetime) -> tuple[NewLine, ...]:
    """Pages that others changed since, the last changed first; the newest changes of the wiki are looked through."""
    lines = recent_changes(visit.connection, visit.wiki.id, visit.actor, count=_READ)
    by_page: dict[int, list[RevisionLine]] = {}
    for line in lines:
        mine = line.author == visit.actor.name
        if line.at > since and not mine and not line.page_deleted and line.kind not in _BY_THE_WAY:
            by_page.setdefault(line.page_id, []).append(line)
    return tuple(_new_line(visit, changes) for changes in list(by_page.values())[:MOST_NEW])


def _new_line(visit: Visit, changes: list[RevisionLine]) -> NewLine:
    last, first = changes[0], changes[-1]
    names = list(dict.fromkeys(who(one.author) for one in changes))
    before = first.number - 1
    return NewLine(
        PageName(last.title, visit.url.page(last.path), last.path),
        before == 0,
        listed(names[:3]),
        last.at,
        when(last.at, visit.now),
        visit.url("diff", path=last.path, a=before, b=last.number) if before else None,
    )


def _waits(visit: Visit) -> Iterator[WaitLine]:
    standing = visit.standing
    if standing.asked:
        said = kb_t("{n} question waits for your answer", "{n} questions wait for your answer", n=standing.asked)
        yield WaitLine(said, visit.url("mine"))
    if unread := count_unread(visit.connection, inbox_of(visit)):
        yield WaitLine(kb_t("{n} [message] is new", "{n} [messages] are new", n=unread), visit.url("messages"))
    if standing.queued is None:
        return
    if looks := len(asked_of(visit.connection, visit.wiki.id, visit.actor)):
        said = kb_t("{n} second look is asked of you", "{n} second looks are asked of you", n=looks)
        yield WaitLine(said, visit.url("aside"))
    if standing.queued:
        said = kb_t("{n} [review] is open", "{n} [reviews] are open", n=standing.queued)
        yield WaitLine(said, visit.url("queue"))


def _missing(visit: Visit) -> dict[str, Any]:
    """What is linked to and not written; for those who may see it, what was searched for and not found."""
    visit.freshen_links()
    connection, wiki_id = visit.connection, visit.wiki.id
    lines = wanted_pages(connection, wiki_id, visit.actor, count=3 * MOST_MISSING)
    filed = files_at(connection, wiki_id, visit.actor, [one.path for one in lines])
    wanted = tuple(
        MissingLine(one.path, visit.url("new", path=one.path), kb_t("{n} link", "{n} links", n=one.count))
        for one in lines
        if one.path not in filed
    )[:MOST_MISSING]
    asked: tuple[MissingLine, ...] = ()
    if visit.standing.queued is not None or visit.settings.admin_group in visit.actor.groups:
        found = unanswered(connection, wiki_id, visit.actor, visit.settings, visit.now, count=MOST_MISSING)
        asked = tuple(
            MissingLine(
                one.typed,
                visit.url("search", q=one.typed, quiet=1),
                kb_t("asked once", "asked {n} times", n=one.times),
            )
            for one in found
        )
    return {"wanted": wanted, "asked_for": asked}
