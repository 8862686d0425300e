"""Atom documents (RFC 4287): what every feed of the wiki has."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response

from ..moderation.desk.feeds import Feed
from ..wording import spoken
from .visit import Visit
from .words import kb_t

_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 (2.2) has no way to write. Titles and comments may have it.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def name_of(visit: Visit) -> str:
    """What the ids of a wiki's feeds and entries begin with (RFC 4151)."""
    return f"tag:{urlsplit(visit.request.host_url).hostname},2026:kbwiki/{visit.wiki.name}"


def begun(visit: Visit, found: Feed, *, subtitle: str, updated: datetime, shown_at: str) -> Element:
    """The document without entries; `shown_at` is the screen that shows the same to people."""
    host = visit.request.host_url.rstrip("/")
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": spoken().tag})
    text(root, "id", f"{name_of(visit)}/feed/{found.id}")
    text(root, "title", kb_t("{wiki}: {name}", wiki=visit.settings.name, name=found.name))
    text(root, "subtitle", subtitle)
    text(root, "updated", moment(updated))
    text(SubElement(root, "author"), "name", visit.settings.name)
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": host + shown_at})
    here = host + visit.request.script_root + visit.request.path
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    return root


def ended(root: Element) -> bytes:
    """The document as it is sent."""
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode").encode()


def atom(visit: Visit, document: bytes) -> Response:
    """The answer, for the reader that asked alone, and short where it has this document already."""
    response = Response(document, mimetype="application/atom+xml")
    response.set_etag(sha256(document).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(visit.request)
    return response


def moment(at: datetime) -> str:
    """A moment as RFC 3339 has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def text(parent: Element, tag: str, words: str) -> None:
    """An element that holds words."""
    SubElement(parent, tag).text = xml(words)


def xml(words: str) -> str:
    """The words without what XML cannot say."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words)
