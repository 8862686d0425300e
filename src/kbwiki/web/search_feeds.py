"""A kept search as an Atom feed: the pages that match, the last changed first, as its owner may read them now."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from ..moderation.desk.feeds import Feed
from ..search.finding import Order
from ..search.results import Result
from .atom import begun, ended, moment, name_of, text, xml
from .visit import Visit
from .words import kb_t, who

MOST = 50


def written(visit: Visit, found: Feed, query: str) -> bytes:
    """The document. What is late or broken in the index makes it shorter, and is said to people on the screen."""
    visit.close()
    results = visit.wiki.search(found.owner, query, limit=MOST, order=Order.CHANGED).results
    root = begun(
        visit,
        found,
        subtitle=kb_t("[Pages] found for {query}", query=query),
        updated=max((one.updated_at for one in results), default=found.created_at),
        shown_at=visit.url("search", q=query, order=Order.CHANGED.value),
    )
    for one in results:
        _entry(visit, root, one)
    return ended(root)


def _entry(visit: Visit, root: Element, one: Result) -> None:
    entry = SubElement(root, "entry")
    text(entry, "id", f"{name_of(visit)}/page/{one.id}")
    text(entry, "title", one.title)
    text(entry, "updated", moment(one.updated_at))
    text(SubElement(entry, "author"), "name", who(one.author))
    for tag in one.tags:
        SubElement(entry, "category", {"term": xml(tag)})
    url = visit.request.host_url.rstrip("/") + visit.url.page(one.path)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": url})
    text(entry, "summary", " · ".join(filter(None, (one.path, "".join(piece.text for piece in one.snippet)))))
