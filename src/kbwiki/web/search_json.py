"""Search for scripts: results and suggestions as JSON, and the description that browsers make a search engine of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, json

from ..search.log.recording import Screen
from ..search.results import Fragments, Result
from ..search.suggesting import Suggested, Suggestion
from .forms import number
from .searches import note_asked
from .visit import Visit
from .words import kb_t

LONGEST_QUERY = 500
_MOST_RESULTS = 50
_FARTHEST = 1000
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_MOST_SUGGESTIONS = 10


def search_json(visit: Visit) -> Response:
    """Pages found for `q`, best first, `limit` of them behind `start`."""
    args = visit.request.args
    query = args.get("q", "").strip()[:LONGEST_QUERY]
    limit = min(max(args.get("limit", 10, type=number), 1), _MOST_RESULTS)
    start = min(max(args.get("start", 0, type=number), 0), _FARTHEST)
    visit.close()
    found = visit.wiki.search(visit.actor, query, limit=limit, offset=start)
    note_asked(visit, query, found, screen=Screen.JSON, first=start)
    return _answer(
        {
            "query": query,
            "total": found.total,
            "results": [_result(visit, one) for one in found.results],
            "note": found.note,
            "did_you_mean": found.offer.text if found.offer is not None else None,
            "corrected": found.correction.text if found.correction is not None else None,
        }
    )


def suggest_json(visit: Visit) -> Response:
    """What `q` may be the beginning of; with `format=opensearch` as browsers ask for it."""
    args = visit.request.args
    typed = args.get("q", "")[:LONGEST_QUERY]
    limit = min(max(args.get("limit", 8, type=number), 1), _MOST_SUGGESTIONS)
    visit.close()
    found = visit.wiki.search.suggest(visit.actor, typed, limit=limit)
    if args.get("format") == "opensearch":
        columns = [one.text for one in found], list(map(_about, found)), [_whole(visit, one) for one in found]
        return _answer([typed, *columns], "application/x-suggestions+json")
    return _answer({"query": typed, "suggestions": [_suggestion(visit, one) for one in found]})


def opensearch(visit: Visit) -> Response:
    """The OpenSearch description: a browser that reads it can search the wiki from its address bar."""
    host = visit.request.host_url.rstrip("/")
    root = Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    SubElement(root, "ShortName").text = visit.settings.name[:16]
    SubElement(root, "Description").text = kb_t("[Search] in {wiki}", wiki=visit.settings.name)
    SubElement(root, "InputEncoding").text = "UTF-8"
    icon = {"type": "image/svg+xml", "width": "16", "height": "16"}
    SubElement(root, "Image", icon).text = host + visit.url("static", filename="kb-mark.svg")
    for kind, address in (
        ("text/html", visit.url("search") + "?q={searchTerms}"),
        ("application/x-suggestions+json", visit.url("suggest_json") + "?q={searchTerms}&format=opensearch"),
    ):
        SubElement(root, "Url", {"type": kind, "template": host + address})
    xml = b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode").encode()
    return Response(xml, mimetype="application/opensearchdescription+xml")


def _suggestion(visit: Visit, one: Suggestion) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "text": one.text,
        "about": _about(one),
        "url": address_of(visit, one),
        "exact": one.exact,
    }


def address_of(visit: Visit, one: Suggestion) -> str:
    """Where a suggestion leads."""
    if one.kind is Suggested.TAG:
        return visit.url("tags", tag=one.text)
    return visit.url.page(one.path) + (f"#{one.anchor}" if one.anchor else "")


def _whole(visit: Visit, one: Suggestion) -> str:
    return visit.request.host_url.rstrip("/") + address_of(visit, one)


def _about(one: Suggestion) -> str:
    if one.kind is Suggested.TAG:
        return kb_t("[Tag]")
    return kb_t("Section of {title}", title=one.title) if one.kind is Suggested.HEADING else one.path


def _result(visit: Visit, one: Result) -> dict[str, Any]:
    return {
        "title": one.title,
        "url": visit.url.page(one.path),
        "path": one.path,
        "snippet": _plain(one.snippet),
        "snippet_fragments": _fragments(one.snippet),
        "title_fragments": _fragments(one.title_fragments),
        "updated": one.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tags": list(one.tags),
    }


def _plain(fragments: Fragments) -> str:
    return "".join(one.text for one in fragments)


def _fragments(fragments: Fragments) -> Sequence[dict[str, Any]]:
    return [{"text": one.text, "hit": one.hit} for one in fragments]


def _answer(said: Any, mimetype: str = "application/json") -> Response:
    response = Response(json.dumps(said), mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
