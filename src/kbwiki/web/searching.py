"""The search page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup, escape

from ..pages.paths import slug
from ..search.results import Found, Fragments, Result
from .lists import TagLine
from .searches import note_asked
from .visit import Visit
from .words import kb_t, when, who

PER_PAGE = 20
_FARTHEST = 1000


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One page found, with what was found marked."""

    title: Markup
    url: str
    path: str
    snippet: Markup
    updated_at: datetime
    updated_when: Markup
    author: str
    tags: tuple[TagLine, ...]


@dataclass(frozen=True, slots=True)
class OtherQuestion:
    """A question one click away: what may have been meant, or exactly what was typed where it was put right."""

    lead: str
    text: str
    url: str


def search(visit: Visit) -> Response:
    """Pages found for `q`, best first."""
    query = visit.request.args.get("q", "").strip()[:500]
    start = min(max(visit.request.args.get("start", 0, type=int), 0), _FARTHEST)
    visit.close()
    found = visit.wiki.search.find(visit.actor, query, limit=PER_PAGE, offset=start)
    asked = note_asked(visit, query, found, first=start)
    more = start + PER_PAGE < min(found.total, _FARTHEST)
    suggested = slug(query)
    return visit.show(
        "kbwiki/search.html",
        title=kb_t("Search: {query}", query=query) if query else kb_t("Search"),
        section="search",
        query=query,
        results=tuple(_line(visit, one) for one in found.results),
        total=found.total,
        older_url=visit.url("search", q=query, start=start + PER_PAGE, view=asked.token) if more else None,
        newer_url=visit.url("search", q=query, start=max(start - PER_PAGE, 0) or None) if start else None,
        note=found.note,
        other_question=_other_question(visit, found),
        asked=asked,
        suggestions={"create_url": visit.url("new", path=suggested, title=query) if suggested else None},
    )


def _other_question(visit: Visit, found: Found) -> OtherQuestion | None:
    if found.correction is not None:
        lead, text = kb_t("Search for exactly what you typed:"), found.correction.as_typed
    elif found.offer is not None:
        lead, text = kb_t("Did you mean:"), found.offer.text
    else:
        return None
    return OtherQuestion(lead, text, visit.url("search", q=text))


def _line(visit: Visit, one: Result) -> ResultLine:
    return ResultLine(
        title=marked(one.title_fragments),
        url=visit.url.page(one.path),
        path=one.path,
        snippet=marked(one.snippet),
        updated_at=one.updated_at,
        updated_when=when(one.updated_at, visit.now),
        author=who(one.author),
        tags=tuple(TagLine(tag, 0, visit.url("tags", tag=tag)) for tag in one.tags),
    )


def marked(fragments: Fragments) -> Markup:
    """Text with what was found in <mark> elements; everything is escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(one.text) if one.hit else escape(one.text) for one in fragments
    )
