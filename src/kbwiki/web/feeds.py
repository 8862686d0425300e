"""Reviews as an Atom feed (RFC 4287), for feed readers: no cookie, a secret in the address instead."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response

from ..errors import NotFound
from ..moderation.desk.feeds import Feed, find_feed
from ..moderation.queries.queue import QueueLine
from ..moderation.queries.state import reviewing_groups
from ..moderation.queries.worklist import groups_of, newest
from .queue_lines import described, risk_words
from .visit import Visit
from .words import day, kb_t, who

MOST = 50
_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 (2.2) has no way to write. Titles and comments may have it.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(visit: Visit, id: int, secret: str) -> Response:
    """The newest reviews of a saved filter or a group's queue, as the address's owner may see them."""
    found = find_feed(visit.connection, visit.wiki.id, id, secret)
    if found is None:
        raise NotFound("feed", kb_t("at this address"))
    if found.ended:
        return _sentence(410, kb_t("This address was revoked by its owner, and shows nothing any more."))
    if found.is_asleep(visit.now, visit.settings.feed_days):
        return _sentence(403, kb_t("This feed has stopped: its owner has not been in the wiki for a long time."))
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
    return _answer(visit, _written(visit, found, groups, lines))


def _answer(visit: Visit, xml: bytes) -> Response:
    response = Response(xml, mimetype="application/atom+xml")
    response.set_etag(sha256(xml).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(visit.request)
    return response


def _sentence(status: int, words: str) -> Response:
    return Response(f"{words}\n", status=status, mimetype="text/plain")


def _written(visit: Visit, found: Feed, groups: list[str], lines: list[QueueLine]) -> bytes:
    """The document. Nothing in it depends on the present moment but which reviews are listed."""
    host = visit.request.host_url.rstrip("/")
    name = f"tag:{urlsplit(host).hostname},2026:kbwiki/{visit.wiki.name}"
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "en-GB"})
    _text(root, "id", f"{name}/feed/{found.id}")
    _text(root, "title", kb_t("{wiki}: {name}", wiki=visit.settings.name, name=found.name))
    _text(root, "subtitle", _about(found, groups))
    _text(root, "updated", _moment(max((line.updated_at for line in lines), default=found.created_at)))
    _text(SubElement(root, "author"), "name", visit.settings.name)
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": host + visit.url("queue")})
    here = host + visit.request.script_root + visit.request.path
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    for line in lines:
        _entry(visit, root, line, f"{name}/review/{line.id}", host + visit.url("review", id=line.id))
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode").encode()


def _entry(visit: Visit, root: Element, line: QueueLine, name: str, url: str) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", name)
    _text(entry, "title", line.title or line.path or described(line))
    _text(entry, "updated", _moment(line.updated_at))
    _text(entry, "published", _moment(line.opened_at))
    for author in line.authors or ("",):
        _text(SubElement(entry, "author"), "name", who(author))
    SubElement(entry, "category", {"term": _xml(line.group)})
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": url})
    _text(entry, "summary", _summary(visit, line))


def _summary(visit: Visit, line: QueueLine) -> str:
    said = [described(line), line.path, kb_t("for {group}", group=line.group)]
    if line.comment:
        said.append(f"“{line.comment}”")
    if reasons := risk_words(visit, line):
        said.append(", ".join(reasons))
    if line.due_at is not None:
        said.append(kb_t("due {day}, {time} UTC", day=day(line.due_at), time=f"{line.due_at:%H:%M}"))
    return " · ".join(part for part in said if part)


def _about(found: Feed, groups: list[str]) -> str:
    if not groups:
        return kb_t("Its owner was in none of the groups concerned when they were last here, so nothing is listed.")
    return kb_t("For the groups its owner was in when they were last here: {groups}", groups=", ".join(groups))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(parent: Element, tag: str, words: str) -> None:
    SubElement(parent, tag).text = _xml(words)


def _xml(words: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words)
