"""Atom feeds of plugins, below `/-/x/<plugin>/<name>.atom`, for whoever asks."""

from __future__ import annotations

from itertools import islice
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement

from flask import Response

from ..hooks import Feed, FeedEntry
from ..hooks.marks import Asked
from ..wording import spoken
from . import plugin_sending
from .atom import _ATOM, atom, ended, moment, name_of, text
from .plugin_additions import in_place
from .visit import Visit

MOST = 100


def find(visit: Visit, plugin: str, name: str) -> Feed | None:
    """The plugin's feed of this name."""
    feeds = visit.wiki.plugins.declared("feeds")
    return next((one.value for one in feeds if one.plugin == plugin and one.value.name == name), None)


def answer(visit: Visit, plugin: str, feed: Feed) -> Response:
    """The document, or why there is none, with status 424."""
    called = visit.wiki.plugins.call(
        plugin,
        "feeds",
        lambda actor: tuple(islice(feed.entries(actor), MOST)),
        visit.actor,
        gives=tuple[FeedEntry, ...],
        asked=Asked.READING,
    )
    if called.value is None:
        return plugin_sending.failed(visit, plugin)
    return atom(visit, ended(_document(visit, plugin, feed, called.value)))


def _document(visit: Visit, plugin: str, feed: Feed, entries: tuple[FeedEntry, ...]) -> Element:
    request = visit.request
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": spoken().tag})
    text(root, "id", f"{name_of(visit)}/x/{plugin}/{feed.name}")
    text(root, "title", feed.title)
    text(root, "updated", moment(max((one.updated_at for one in entries), default=visit.now)))
    text(SubElement(root, "author"), "name", visit.settings.name)
    here = request.host_url.rstrip("/") + request.script_root + request.path
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    for one in entries:
        entry = SubElement(root, "entry")
        text(entry, "id", f"{name_of(visit)}/x/{plugin}/{feed.name}/{one.id}")
        text(entry, "title", one.title)
        text(entry, "updated", moment(one.updated_at))
        if one.author:
            text(SubElement(entry, "author"), "name", one.author)
        url = urljoin(request.host_url, in_place(visit, one.url))
        SubElement(entry, "link", {"rel": "alternate", "href": url})
        if one.text:
            text(entry, "summary", one.text)
    return root
