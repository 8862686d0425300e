"""Reviews as an Atom feed (RFC 4287), for feed readers: no cookie, a secret in the address instead."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from flask import Response

from ..errors import NotFound
from ..moderation.desk.feeds import Feed, find_feed
from ..moderation.queries.queue import QueueLine
from ..moderation.queries.state import reviewing_groups
from ..moderation.queries.worklist import groups_of, newest
from .atom import atom, begun, ended, moment, name_of, text, xml
from .queue_lines import described, risk_words
from .search_feeds import written
from .visit import Visit
from .words import day_and_time, kb_t, who

MOST = 50


def feed(visit: Visit, id: int, secret: str) -> Response:
    """The newest reviews of a saved filter or a group's queue, as the address's owner may see them."""
    found = find_feed(visit.connection, visit.wiki.id, id, secret)
    if found is None:
        raise NotFound("feed", kb_t("at this address"))
    if found.ended:
        return _sentence(410, kb_t("This address was revoked by its owner, and shows nothing any more."))
    if found.is_asleep(visit.now, visit.settings.feed_days):
        return _sentence(403, kb_t("This feed has stopped: its owner has not been in the [wiki] for a long time."))
    if found.search is not None:
        return atom(visit, written(visit, found, found.search))
    reviewing = reviewing_groups(visit.connection, visit.wiki.id, found.owner)
    groups = groups_of(reviewing, found.wanted)
    lines = newest(
        visit.connection,
        visit.wiki.id,
        found.owner,
        groups,
        visit.wiki.subjects,
        found.wanted,
        visit.now,
        count=MOST,
    )
    return atom(visit, _written(visit, found, groups, lines))


def _sentence(status: int, words: str) -> Response:
    return Response(f"{words}\n", status=status, mimetype="text/plain")


def _written(visit: Visit, found: Feed, groups: list[str], lines: list[QueueLine]) -> bytes:
    """The document. Nothing in it depends on the present moment but which reviews are listed."""
    host = visit.request.host_url.rstrip("/")
    root = begun(
        visit,
        found,
        subtitle=_about(found, groups),
        updated=max((line.updated_at for line in lines), default=found.created_at),
        shown_at=visit.url("queue"),
    )
    for line in lines:
        _entry(visit, root, line, f"{name_of(visit)}/review/{line.id}", host + visit.url("review", id=line.id))
    return ended(root)


def _entry(visit: Visit, root: Element, line: QueueLine, name: str, url: str) -> None:
    entry = SubElement(root, "entry")
    text(entry, "id", name)
    text(entry, "title", line.title or line.path or described(line))
    text(entry, "updated", moment(line.updated_at))
    text(entry, "published", moment(line.opened_at))
    for author in line.authors or ("",):
        text(SubElement(entry, "author"), "name", who(author))
    SubElement(entry, "category", {"term": xml(line.group)})
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": url})
    text(entry, "summary", _summary(visit, line))


def _summary(visit: Visit, line: QueueLine) -> str:
    said = [described(line), line.path, kb_t("for {group}", group=line.group)]
    if line.comment:
        said.append(f"“{line.comment}”")
    if reasons := risk_words(visit, line):
        said.append(", ".join(reasons))
    if line.due_at is not None:
        said.append(kb_t("due {moment}", moment=day_and_time(line.due_at)))
    return " · ".join(part for part in said if part)


def _about(found: Feed, groups: list[str]) -> str:
    if not groups:
        return kb_t("Its owner was in none of the [groups] concerned when they were last here, so nothing is listed.")
    return kb_t("For the [groups] its owner was in when they were last here: {groups}", groups=", ".join(groups))
